// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/format/rolling_writer.hpp>

#include <penstock/codec/compress.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/document_writer.hpp>
#include <penstock/json/lines_writer.hpp>
#include <penstock/text/writer.hpp>

#include <support/numbers.hpp>
#include <support/run.hpp>

#include <doctest/doctest.h>

#include <map>

namespace rolling_writer_test {

using namespace penstock;
using files = std::map<std::string, std::string>;

/// A committed text; `fail_at`: what is written into a file of that name fails.
inline rolling_writer::open_sink into(files& out, std::string fail_at = {}) {
    return [&out, fail_at](std::string name) -> awaitable<std::unique_ptr<byte_sink>> {
        if (name == fail_at) throw_failure({errc::access_denied, name});
        std::unique_ptr<byte_sink> sink = std::make_unique<memory_sink>(out[name], name);
        co_return sink;
    };
}

/// "n": counts from `first`; "t": texts of up to `longest` bytes.
inline record_batch batch(std::size_t rows, std::size_t longest, std::int64_t first = 0) {
    test::numbers n{static_cast<std::uint64_t>(first) + 1};
    const auto pool = buffer_pool::create();
    int64_builder count{pool};
    string_builder text{pool};
    for (std::size_t i = 0; i < rows; ++i) {
        count.append(first + static_cast<std::int64_t>(i));
        std::string t;
        for (auto left = n.below(longest + 1); left > 0; --left) t += static_cast<char>('a' + n.below(16));
        text.append(t);
    }
    std::vector<array> columns;
    columns.push_back(count.finish());
    columns.push_back(text.finish());
    return record_batch{make_schema({field{"n", data_type::int64()}, field{"t", data_type::string()}}), std::move(columns),
                        rows};
}

inline awaitable<void> write_all(rolling_writer& out, std::vector<record_batch> batches) {
    for (auto& b : batches) co_await out.write(b);
    co_await out.close();
}

inline awaitable<std::int64_t> check_rows(std::unique_ptr<batch_reader> reader, std::int64_t first) {
    for (;;) {
        const auto b = co_await reader->next();
        if (!b) co_return first;
        for (const auto n : b->column<std::int64_t>("n")) CHECK(n == first++);
    }
}

inline std::unique_ptr<batch_writer> as_array(std::unique_ptr<byte_sink> sink) {
    return std::make_unique<json::document_writer>(std::move(sink));
}
inline std::unique_ptr<batch_writer> as_lines(std::unique_ptr<byte_sink> sink) {
    return std::make_unique<json::lines_writer>(std::move(sink));
}
inline std::unique_ptr<batch_writer> as_csv(std::unique_ptr<byte_sink> sink) {
    return std::make_unique<csv::batch_writer>(std::move(sink));
}
inline std::unique_ptr<batch_writer> as_gzip(std::unique_ptr<byte_sink> sink) {
    return std::make_unique<json::lines_writer>(compress(std::move(sink), compression::gzip));
}

TEST_CASE("name_pattern: digits in braces are the place and the first number") {
    CHECK(name_pattern{"part-{00000}.csv"}.name(0) == "part-00000.csv");
    CHECK(name_pattern{"part-{00000}.csv"}.name(123456) == "part-123456.csv");
    CHECK(name_pattern{"{1}"}.name(9) == "10");
    CHECK(name_pattern{"a/{007}/x"}.name(1) == "a/008/x");
    for (const char* wrong : {"", "part", "{}", "{x}", "{0", "0}", "}0{", "{0}{1}", "{{0}}", "{0000000000000000000}"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(name_pattern{wrong}, error);
    }
}

TEST_CASE("rolling_writer: files of one size, whole and in order, wherever the batches end") {
    const std::tuple<rolling_writer::make_writer, std::uint64_t, std::size_t> cases[] = {
        {as_array, 20000, 100}, {as_array, 700000, 1000}, {as_lines, 3000, 10}, {as_lines, 40000, 50},
    };
    for (const auto& [make, target, longest] : cases) {
        CAPTURE(target);
        std::vector<record_batch> batches;
        std::int64_t rows = 0;
        for (int i = 0; i < 10; ++i) {
            batches.push_back(batch(i == 3 ? 0 : 400, longest, rows));
            rows += static_cast<std::int64_t>(batches.back().num_rows());
        }
        files out;
        rolling_writer writer{name_pattern{"part-{00000}"}, into(out), make, rolling_options().target_bytes(target)};
        test::run(write_all(writer, std::move(batches)));
        REQUIRE(writer.files().size() > 2);
        CHECK(out.size() == writer.files().size());
        std::int64_t next = 0;
        for (std::size_t i = 0; i < writer.files().size(); ++i) {
            const auto& f = writer.files()[i];
            CAPTURE(f.name);
            CHECK(f.name == name_pattern{"part-{00000}"}.name(i));
            const auto& text = out.at(f.name);
            CHECK(f.bytes == text.size());
            if (i + 1 < writer.files().size()) {
                CHECK(static_cast<double>(text.size()) < static_cast<double>(target) * 1.1);
                CHECK(static_cast<double>(text.size()) > static_cast<double>(target) * 0.9);
            }
            const auto before = next;
            next = test::run(check_rows(std::make_unique<json::document_reader>(memory_source{text}), next));
            CHECK(static_cast<std::uint64_t>(next - before) == f.rows);
        }
        CHECK(next == rows);
    }
}

TEST_CASE("rolling_writer: sizes are those of the compressed files") {
    std::vector<record_batch> batches;
    for (int i = 0; i < 60; ++i) batches.push_back(batch(1000, 200, 1000 * i));
    files out;
    constexpr double target = 1000000;
    rolling_writer writer{name_pattern{"part-{0}"}, into(out), as_gzip,
                          rolling_options().target_bytes(static_cast<std::uint64_t>(target))};
    test::run(write_all(writer, std::move(batches)));
    REQUIRE(writer.files().size() > 2);
    std::int64_t next = 0;
    for (std::size_t i = 0; i < writer.files().size(); ++i) {
        const auto& text = out.at(writer.files()[i].name);
        CAPTURE(text.size());
        CHECK(text.size() < target * 1.1);
        if (i > 0 && i + 1 < writer.files().size()) CHECK(text.size() > target * 0.9);
        auto plain = decompress(std::make_unique<memory_source>(text));
        next = test::run(check_rows(std::make_unique<json::document_reader>(std::move(plain)), next));
    }
    CHECK(next == 60000);
}

TEST_CASE("rolling_writer: rows a file, one row at least, and none at all") {
    const auto write = [](rolling_options options, rolling_writer::make_writer make, std::vector<record_batch> batches) {
        files out;
        rolling_writer writer{name_pattern{"{0}"}, into(out), std::move(make), options};
        test::run(write_all(writer, std::move(batches)));
        return out;
    };
    const auto five = write(rolling_options().max_rows(2), as_csv, {batch(3, 0), batch(2, 0, 3)});
    CHECK(five == files{{"0", "n,t\n0,\"\"\n1,\"\"\n"}, {"1", "n,t\n2,\"\"\n3,\"\"\n"}, {"2", "n,t\n4,\"\"\n"}});
    const auto large = write(rolling_options().target_bytes(1), as_lines, {batch(2, 0)});
    CHECK(large == files{{"0", "{\"n\":0,\"t\":\"\"}\n"}, {"1", "{\"n\":1,\"t\":\"\"}\n"}});
    CHECK(write(rolling_options().max_rows(1), as_array, {}).empty());
    CHECK(write(rolling_options().max_rows(1), as_array, {batch(0, 0)}).empty());
    CHECK(write({}, as_array, {batch(2, 0), batch(2, 0)}).size() == 1);
    CHECK_THROWS_AS(write(rolling_options().max_rows(0), as_csv, {}), error);
    CHECK_THROWS_AS(write(rolling_options().target_bytes(0), as_csv, {}), error);
}

TEST_CASE("rolling_writer: what fails leaves the files before it, and only those") {
    files out;
    rolling_writer writer{name_pattern{"{0}"}, into(out, "1"), as_lines, rolling_options().max_rows(1)};
    std::vector<record_batch> two{batch(2, 0)};
    const auto failed = test::run(as_result(write_all(writer, two)));
    REQUIRE(failed.has_error());
    CHECK(failed.error().code() == errc::access_denied);
    CHECK(out == files{{"0", "{\"n\":0,\"t\":\"\"}\n"}});
    CHECK(writer.files().size() == 1);
    const auto after = test::run(as_result(writer.close()));
    REQUIRE(after.has_error());
    CHECK(after.error().code() == errc::closed);

    files mixed;
    rolling_writer strict{name_pattern{"{0}"}, into(mixed), as_lines, rolling_options().max_rows(1)};
    test::run(strict.write(batch(1, 0)));
    const std::vector<std::string> one{"n"};
    const auto narrower = test::run(as_result(strict.write(batch(1, 0).select(one))));
    REQUIRE(narrower.has_error());
    CHECK(narrower.error().code() == errc::invalid_option);
    for (const char* part : {"write files 1: ", "a batch has the columns n, but what is written has n, t"})
        CHECK_MESSAGE(narrower.error().message().find(part) != std::string::npos, narrower.error().message());
    CHECK(mixed.size() == 1);

    files open;
    {
        rolling_writer unfinished{name_pattern{"{0}"}, into(open), as_lines, rolling_options().max_rows(2)};
        test::run(unfinished.write(batch(3, 0)));
    }
    CHECK_FALSE(open.at("0").empty());
    CHECK(open.at("1").empty()); // opened, never committed
}

} // namespace rolling_writer_test
