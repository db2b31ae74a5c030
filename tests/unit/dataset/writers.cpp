// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/dataset/open_batches.hpp>

#include <support/run.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What holds for the writers of all formats.
namespace writers_test {

using namespace penstock;

/// A sink that takes so many calls, and fails then.
class failing_sink final : public byte_sink {
  public:
    failing_sink(int good, bool& committed) : left_{good}, committed_{&committed} {}
    awaitable<void> write(std::span<const std::byte>) override {
        step();
        co_return;
    }
    awaitable<void> commit() override {
        step();
        *committed_ = true;
        co_return;
    }
    std::string name() const override { return "s3://lake/out"; }

  private:
    void step() {
        if (left_-- == 0) throw_failure({errc::access_denied, "no more"});
    }
    int left_;
    bool* committed_;
};

/// One column of texts, which every format can hold.
inline record_batch lines(std::size_t rows) {
    string_builder b{buffer_pool::create()};
    for (std::size_t i = 0; i < rows; ++i) b.append(std::string(i % 200, 'x') + std::to_string(i));
    std::vector<array> columns;
    columns.push_back(b.finish());
    return record_batch{make_schema({field{"t", data_type::string()}}), std::move(columns), rows};
}

inline record_batch other(const data_type& type, const char* name = "t") {
    std::vector<array> columns;
    columns.push_back(array{type});
    return record_batch{make_schema({field{name, type}}), std::move(columns), 0};
}

inline std::unique_ptr<batch_writer> writer_into(std::unique_ptr<byte_sink> sink, file_format f, std::shared_ptr<const schema> s,
                                                 create_options options = create_options()) {
    return make_batch_writer(std::move(sink), std::move(s), std::move(options.format(f).compression(compression::none)));
}

inline failure failure_of(const std::function<void()>& f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

TEST_CASE("writers: a given schema that the format cannot hold is refused when the writer is made, by column and type") {
    const auto values = data_type::dictionary(data_type::int8(), data_type::dictionary(data_type::int8(), data_type::string()));
    const auto mixed = data_type::map(data_type::int64(), data_type::string());
    const auto list = data_type::list(data_type::string());
    struct row {
        file_format format;
        std::vector<field> fields;
        errc code;
        const char* says;
    };
    for (const auto& t : {
             row{file_format::csv, {field{"tags", list}}, errc::unsupported, "tags\": values of type list<item: string> have no form in CSV"},
             row{file_format::tsv, {field{"tags", list}}, errc::unsupported, "tags"},
             row{file_format::jsonl, {field{"counts", mixed}}, errc::unsupported, "column counts: maps need keys that are texts"},
             row{file_format::json, {field{"counts", mixed}}, errc::unsupported, "column counts"},
             row{file_format::jsonl, {field{"a", list}, field{"a", list}}, errc::invalid_option, "two columns have the name a"},
             row{file_format::text, {field{"n", data_type::int64()}}, errc::type_mismatch, "column n is int64, not text"},
             row{file_format::arrow, {field{"codes", values}}, errc::unsupported, "codes"},
         }) {
        CAPTURE(to_string(t.format));
        std::string out = "before";
        const auto schema = make_schema(t.fields);
        const auto why = failure_of([&] { writer_into(std::make_unique<memory_sink>(out, "s3://lake/x"), t.format, schema); });
        CHECK(why.code() == t.code);
        CHECK_MESSAGE(why.message().find(t.says) != std::string::npos, why.message());
        CHECK_MESSAGE(why.message().find("s3://lake/x") != std::string::npos, why.message());
        // The schema of the first batch is judged alike.
        auto late = writer_into(std::make_unique<memory_sink>(out), t.format, nullptr);
        std::vector<array> columns;
        for (const auto& f : t.fields) columns.emplace_back(f.type());
        const record_batch first{schema, std::move(columns), 0};
        CHECK(failure_of([&] { test::run(late->write(first)); }).code() == t.code);
        CHECK(failure_of([&] { test::run(late->close()); }).code() == errc::closed);
        CHECK(out == "before");
    }
}

TEST_CASE("writers: a batch of another schema is refused, by what differs, whether the first was given or came") {
    for (const auto f : file_formats()) {
        for (const bool given : {true, false}) {
            CAPTURE(to_string(f));
            CAPTURE(given);
            std::string out;
            auto writer = writer_into(std::make_unique<memory_sink>(out), f, given ? lines(0).shared_schema() : nullptr);
            if (!given) test::run(writer->write(lines(2)));
            test::run(writer->write(lines(1))); // the same, another object
            const auto type = failure_of([&] { test::run(writer->write(other(data_type::binary()))); });
            CHECK(type.code() == errc::invalid_option);
            CHECK_MESSAGE(type.message().find("column 1 of a batch is t: binary, but what is written has t: string") != std::string::npos,
                          type.message());
            CHECK_MESSAGE(type.message().find("cast the batch") != std::string::npos, type.message());
            CHECK(failure_of([&] { test::run(writer->close()); }).code() == errc::closed);

            auto again = writer_into(std::make_unique<memory_sink>(out), f, lines(0).shared_schema());
            const auto name = failure_of([&] { test::run(again->write(other(data_type::string(), "u"))); });
            CHECK_MESSAGE(name.message().find("a batch has the columns u, but what is written has t") != std::string::npos, name.message());
            CHECK(out.empty());
        }
    }
}

TEST_CASE("writers: a date format that does not fit is refused when the writer is made") {
    const auto day = make_schema({field{"d", data_type::date32()}});
    const auto made = [&](const char* column, const char* form) {
        std::string out;
        auto options = create_options().csv(csv::write_options().date_format(column, form));
        return failure_of([&] { writer_into(std::make_unique<memory_sink>(out, "s3://lake/x.csv"), file_format::csv, day, options); });
    };
    CHECK_FALSE(made("d", "%d/%m/%Y"));
    const auto time = made("d", "%H:%M");
    CHECK(time.code() == errc::invalid_option);
    for (const char* part : {"write csv s3://lake/x.csv", "column \"d\"", "date32", "correct date_format"})
        CHECK_MESSAGE(time.message().find(part) != std::string::npos, time.message());
    CHECK(made("e", "%Y-%m-%d").code() == errc::unknown_column);
    const auto no_form = made("d", "%Q");
    CHECK(no_form.code() == errc::invalid_option);
    CHECK_MESSAGE(no_form.message().find("column \"d\"") != std::string::npos, no_form.message());
}

TEST_CASE("writers: without a row the text is whole, too") {
    const std::pair<file_format, const char*> cases[] = {{file_format::csv, "t\n"}, {file_format::tsv, "t\n"}, {file_format::jsonl, ""},
                                                         {file_format::json, "[]\n"}, {file_format::text, ""}};
    for (const auto& [f, text] : cases) {
        for (const bool batch : {true, false}) {
            CAPTURE(to_string(f));
            std::string out = "before";
            auto writer = writer_into(std::make_unique<memory_sink>(out), f, batch ? nullptr : lines(0).shared_schema());
            if (batch) test::run(writer->write(lines(0)));
            test::run(writer->close());
            CHECK(out == text);
        }
    }
    std::string out;
    auto writer = writer_into(std::make_unique<memory_sink>(out), file_format::arrow, lines(0).shared_schema());
    test::run(writer->close());
    auto reader = make_batch_reader(std::make_unique<memory_source>(out), open_options().format(file_format::arrow));
    CHECK(*test::run(reader->schema()) == lines(0).schema());
    CHECK_FALSE(test::run(reader->next()));
}

TEST_CASE("writers: a sink that fails at any step ends the writer, and nothing is committed") {
    for (const auto f : file_formats()) {
        CAPTURE(to_string(f));
        int steps = 0;
        for (bool failed = true; failed; ++steps) {
            bool committed = false;
            auto writer = writer_into(std::make_unique<failing_sink>(steps, committed), f, nullptr);
            const auto why = failure_of([&] {
                test::run(writer->write(lines(6000)));
                test::run(writer->write(lines(100)));
                test::run(writer->close());
            });
            failed = static_cast<bool>(why);
            CHECK(committed != failed);
            if (!failed) continue;
            CHECK(why.code() == errc::access_denied);
            CHECK(failure_of([&] { test::run(writer->write(lines(1))); }).code() == errc::closed);
            CHECK(failure_of([&] { test::run(writer->close()); }).code() == errc::closed);
            CHECK_FALSE(committed);
        }
        CHECK(steps > 3);
    }
}

TEST_CASE("writers: a full disk is told by name; without close the old file stays, and nothing is beside it") {
    for (const auto f : file_formats()) {
        CAPTURE(to_string(f));
        const auto full = [&](std::size_t rows) {
            auto writer = writer_into(create_file("/dev/full"), f, nullptr);
            return failure_of([&] {
                test::run(writer->write(lines(rows)));
                test::run(writer->close());
            });
        };
        for (const std::size_t rows : {1u, 6000u}) {
            const auto why = full(rows);
            CHECK_MESSAGE(why.message().find("/dev/full") != std::string::npos, why.message());
            CHECK_MESSAGE(why.message().find("No space left") != std::string::npos, why.message());
        }
        const test::temporary_folder folder;
        const auto path = folder / "out";
        std::ofstream{path} << "old";
        {
            auto writer = writer_into(create_file(path), f, nullptr);
            test::run(writer->write(lines(6000)));
        }
        CHECK(test::run(read_all(*open_file(path))) == "old");
        CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
    }
}

} // namespace writers_test
