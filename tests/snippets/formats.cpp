// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What docs/formats.md and the headers of format show.
#include <penstock/columnar/parse_data_type.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/format/format_reader.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/typed_rows.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace penstock;

namespace {

int failures = 0;
void expect(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "not so: %s\n", what);
    ++failures;
}
double used = 0;
void use(double v) { used += v; }

struct trip {
    std::string city;
    double fare = 0;
};
BOOST_DESCRIBE_STRUCT(trip, (), (city, fare))

class numbers_options : public read_option_setters<numbers_options> {};

class numbers_reader final : public batch_reader {
  public:
    numbers_reader(std::unique_ptr<byte_source> source, numbers_options options)
        : source_{std::move(source)}, options_{std::move(options)}, values_{type_id::int64, buffer_pool::create()} {}

    awaitable<std::shared_ptr<const penstock::schema>> schema() override { co_return schema_; }

    awaitable<std::optional<record_batch>> next() override {
        for (;;) {
            for (auto end = text_.find('\n'); end != text_.npos; end = text_.find('\n')) {
                const auto value = parse_int64(std::string_view{text_}.substr(0, end));
                if (!value) throw error{failure{errc::type_mismatch, source_->name() + ": " + printable(text_, 40)}};
                text_.erase(0, end + 1);
                values_.append(*value);
                if (values_.size() == options_.common().batch_rows) co_return batch();
            }
            std::array<std::byte, 4096> block;
            const auto n = co_await read_some(*source_, block);
            if (n == 0) break;
            text_.append(reinterpret_cast<const char*>(block.data()), n);
        }
        if (values_.size() == 0) co_return std::nullopt;
        co_return batch();
    }

  private:
    record_batch batch() {
        const auto rows = values_.size();
        std::vector<array> columns;
        columns.push_back(values_.finish());
        return record_batch{schema_, std::move(columns), rows};
    }

    std::unique_ptr<byte_source> source_;
    numbers_options options_;
    int64_builder values_;
    std::string text_;
    std::shared_ptr<const penstock::schema> schema_ = make_schema({field{"n", data_type::int64(), false}});
};

static_assert(format_reader<numbers_reader, numbers_options>);
static_assert(format_reader<csv::batch_reader, csv::options>);
static_assert(format_reader<json::lines_reader, json::lines_options>);

struct number {
    int n = 0;
};
BOOST_DESCRIBE_STRUCT(number, (), (n))

asio::awaitable<void> own_format(std::unique_ptr<byte_source> source) {
    auto rows = read_rows<number, numbers_reader>(std::move(source), numbers_options());
    while (auto row = co_await rows.next()) use(row->n);
}

asio::awaitable<void> encoded(std::unique_ptr<byte_source> source) {
    auto rows = csv::batch_reader{std::move(source), csv::options().encoding(text_encoding::windows_1252)};
    while (auto batch = co_await rows.next()) expect(batch->column<std::string_view>("price")[0] == "\xe2\x82\xac 5", "encoding");
}

asio::awaitable<void> on_threads(std::unique_ptr<byte_source> source) {
    asio::thread_pool pool{2};
    const auto workers = pool.get_executor();
    auto rows = csv::batch_reader{std::move(source), csv::options().compute_executor(workers).tasks(4)};   // a thread pool of yours
    std::int64_t next = 0;
    while (auto batch = co_await rows.next())
        for (const auto n : batch->column<std::int64_t>("n")) expect(n == next++, "the rows are in order");
    expect(next == 200000, "all rows come");
}

asio::awaitable<void> given_dialect(std::unique_ptr<byte_source> source) {
    const auto german = csv::options().delimiter(';').decimal_separator(',').thousands_separator('.').date_format("day", "%d.%m.%Y");
    auto rows = csv::batch_reader{std::move(source), german};
    while (auto batch = co_await rows.next()) {
        expect(batch->column<double>("price")[0] == 1234.5, "separators");
        expect(batch->schema()[0].type() == data_type::date32(), "a date");
    }
    expect(rows.statistics().rows == 1, "its row");
}

asio::awaitable<void> any_dialect(std::unique_ptr<byte_source> source) {
    auto rows = csv::batch_reader{std::move(source), csv::options().detect(true)};
    while (auto batch = co_await rows.next()) expect(batch->column<std::int64_t>("b")[0] == 2, "detect");
    expect(rows.detected()->dialect.delimiter == ";", "the dialect is told");
}

asio::awaitable<void> typed(std::unique_ptr<byte_source> source) {
    auto rows = read_rows<trip, csv::batch_reader>(std::move(source), csv::options());
    while (auto row = co_await rows.next()) use(row->fare);
}

asio::awaitable<void> typed_out(std::unique_ptr<byte_sink> sink) {
    const std::vector<trip> trips(3);
    typed_writer<trip> out{json::lines_writer{std::move(sink)}};
    co_await out.write(trips);
    co_await out.close();
}

void written_schema() {
    const auto columns = parse_schema("id: int64 not null, at: timestamp[us, UTC], tags: list<string>");
    expect(columns && columns->size() == 3 && to_string(*columns).starts_with("id: int64 not null, at:"), "a schema is read");
}

void run(asio::awaitable<void> what) {
    asio::io_context io{1};
    asio::co_spawn(io, std::move(what), [](std::exception_ptr e) { expect(!e, "it ends well"); });
    io.run();
}

} // namespace

int main() {
    run(own_format(std::make_unique<memory_source>("1\n2\n3\n")));
    expect(used == 6, "all numbers are read");
    run(encoded(std::make_unique<memory_source>("price\n\x80 5\n")));
    std::string many = "n\n";
    for (int i = 0; i < 200000; ++i) many += std::to_string(i) + "\n";
    run(on_threads(std::make_unique<memory_source>(std::move(many))));
    run(given_dialect(std::make_unique<memory_source>("day;price\n29.02.2024;1.234,5\n")));
    run(any_dialect(std::make_unique<memory_source>("a;b\n1,5;2\n")));
    run(typed(std::make_unique<memory_source>("fare,tip,city\n1.5,0,Bern\n2,1,Basel\n")));
    expect(used == 9.5, "all fares are read");
    std::string text;
    run(typed_out(std::make_unique<memory_sink>(text)));
    expect(text.starts_with("{\"city\":\"\",\"fare\":0.0}\n"), "structs are written");
    written_schema();
    return failures != 0;
}
