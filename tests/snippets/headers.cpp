// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// What the comments of headers show, and what "all that users call" promises of penstock.hpp.
#include <penstock.hpp>
#include <penstock/csv/parser.hpp>
#include <penstock/testing/s3_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string_view>
#include <vector>

namespace asio = boost::asio;
using namespace penstock;
using csv::parser;

namespace {

void expect(bool held, const char* what) {
    if (held) return;
    std::fprintf(stderr, "not so: %s\n", what);
    std::exit(1);
}

std::size_t used = 0;
void use(double) { ++used; }
void use(std::string_view) { ++used; }
void use(const record_batch& batch) { used += batch.num_rows(); }

asio::awaitable<void> a_value_or_a_failure(s3::client s3) {
    auto head = co_await as_result(s3.head("s3://lake/a.csv"));
    if (!head && head.error().code() == condition::not_found) {}
    expect(!head && head.error().code() == condition::not_found, "there is no a.csv");
}

asio::awaitable<void> local_rows() {
    auto rows = csv::batch_reader{open_file("trips.csv"), csv::options().columns({"fare"})};
    while (auto batch = co_await rows.next())
        for (double fare : batch->column<double>("fare")) use(fare);
}

asio::awaitable<void> local_lines() {
    auto lines = text::line_reader{open_file("server.log")};
    while (auto batch = co_await lines.next())
        for (const auto line : batch->column<std::string_view>("text")) use(line);
}

asio::awaitable<void> stored_rows(s3::client s3) {
    auto rows = co_await open_batches(&s3, "s3://lake/trips.csv.gz");
    while (auto batch = co_await rows->next()) use(*batch);
}

void pushed_rows(std::string_view text) {
    csv::parser parser{csv::options(), "trips.csv"};
    const auto read = [&text](std::span<std::byte> room) {
        const auto n = std::min(room.size(), text.size());
        std::memcpy(room.data(), text.data(), n);
        text.remove_prefix(n);
        return n;
    };
    for (;;) {
        const auto step = parser.advance();   // a failure: all rows before the faulty one have been given
        if (!step || *step == parser::step::end) break;
        if (*step == parser::step::batch) use(parser.take());
        if (*step == parser::step::need_input) {
            const auto room = parser.prepare();
            const auto n = read(room);
            if (n) parser.commit(n); else parser.finish();   // or input_failed(why)
        }
    }
}

asio::awaitable<aws::credentials> ask_somebody() {
    aws::credentials found{"ak", "sk"};
    co_return found;
}

asio::awaitable<void> whose_credentials(std::string endpoint) {
    std::vector<aws::provider_ptr> providers;
    providers.push_back(aws::make_environment_credentials_provider(aws::environment{{}}));
    providers.push_back(aws::make_caller_credentials_provider(&ask_somebody));
    providers.push_back(aws::make_static_credentials_provider("other", "other"));
    providers.push_back(aws::make_anonymous_credentials_provider());
    s3::client_options options;
    options.endpoint_url(endpoint).credentials(aws::make_credentials_chain(std::move(providers)));
    s3::client s3{co_await asio::this_coro::executor, options};
    auto rows = co_await open_batches(&s3, "s3://lake/trips.csv");
    table_printer table;
    while (auto batch = co_await rows->next())
        expect(table.print(*batch).find("Oslo") != std::string::npos, "the table shows the rows");
}

asio::awaitable<void> files_of_one_size(s3::client s3) {
    auto rows = co_await open_batches(&s3, "s3://lake/trips.csv.gz");
    const auto open = [&s3](std::string name) { return create_sink(&s3, std::move(name)); };
    const auto make = [](std::unique_ptr<byte_sink> sink) {
        return std::make_unique<json::lines_writer>(compress(std::move(sink), compression::gzip));
    };
    rolling_writer out{name_pattern{"s3://lake/parts/{000}.jsonl.gz"}, open, make, rolling_options().target_bytes(128 << 20)};
    while (auto batch = co_await rows->next()) co_await out.write(*batch);
    co_await out.close();
    expect(out.files().size() == 1 && out.files()[0].rows == 2, "the rows are in one file");
}

asio::awaitable<void> all(s3::client s3, std::string endpoint) {
    auto sink = co_await create_sink(&s3, "s3://lake/trips.csv.gz");
    const auto out = compress(std::move(sink), compression::gzip);
    co_await out->write(as_bytes("city,fare\nOslo,40.5\nLima,1.25\n"));
    co_await out->commit();
    co_await a_value_or_a_failure(s3);
    co_await stored_rows(s3);
    co_await files_of_one_size(s3);
    expect(used == 2, "both stored rows were used");
    pushed_rows("city,fare\nOslo,40.5\n");
    expect(used == 3, "the pushed row was used");
    const auto no_file = co_await as_result(local_rows());
    expect(!no_file && no_file.error().code() == condition::not_found, "there is no such file here");
    const auto no_log = co_await as_result(local_lines());
    expect(!no_log && no_log.error().code() == condition::not_found, "nor is there a log");
    co_await whose_credentials(endpoint);
}

} // namespace

int main() {
    asio::io_context io;
    testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "sk")};
    server.listen();
    server.put("lake", "trips.csv", "city,fare\n");
    auto options = s3::client_options().endpoint_url(server.endpoint()).credentials("ak", "sk");
    s3::client client{io.get_executor(), options};

    server.put("lake", "trips.csv", "city,fare\nOslo,40.5\n");
    int status = 1;
    asio::co_spawn(io, all(std::move(client), server.endpoint()), [&](std::exception_ptr failed) {
        status = failed ? 1 : 0;
        if (failed) std::fprintf(stderr, "%s\n", to_failure(failed).message().c_str());
        server.stop();
    });
    io.run();
    return status;
}
