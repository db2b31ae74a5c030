// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Lines parsed in several parts at a time, against the same lines parsed in one.

#include "json_support.hpp"

#include <support/rounds.hpp>
#include <support/short_of_memory.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <random>

namespace json_split_test {

using namespace json_test;
using penstock::bad_records;
using penstock::byte_source;
using penstock::data_type;
using penstock::field;
using penstock::io_result;

/// The text, then an error instead of the end.
class cut_off_source final : public byte_source {
  public:
    cut_off_source(std::string text, std::size_t chunk) : text_{std::move(text), chunk, "data.jsonl"} {}
    io_result try_read_some(std::span<std::byte> into) override {
        auto r = text_.try_read_some(into);
        if (r.status == penstock::io_status::end) return io_result::failed({errc::connection_closed, "gone"});
        return r;
    }
    awaitable<void> ready() override { co_return; }
    std::string name() const override { return text_.name(); }

  private:
    penstock::memory_source text_;
};

std::unique_ptr<byte_source> source_of(const std::string& text, std::size_t chunk, bool cut_off) {
    if (cut_off) return std::make_unique<cut_off_source>(text, chunk);
    return std::make_unique<penstock::memory_source>(text, chunk, "data.jsonl");
}

outcome split(const std::string& text, lines_options o, std::size_t tasks, std::size_t bytes, std::size_t chunk, bool cut_off) {
    asio::io_context io{1};
    outcome out;
    lines_reader reader{source_of(text, chunk, cut_off),
                        o.compute_executor(io.get_executor()).tasks(tasks).task_bytes(bytes)};
    test::run(io, drain(reader, out));
    out.statistics = reader.statistics();
    out.batches.clear(); // how rows are shared out between them is not compared
    return out;
}

void check(const std::string& text, const lines_options& o, bool cut_off = false) {
    auto whole = read_source(source_of(text, 1 << 20, cut_off), o);
    whole.batches.clear();
    for (const std::size_t tasks : {2, 3})
        for (const std::size_t bytes : {1, 60, 200, 100000})
            for (const std::size_t chunk : {5, 1000}) {
                const auto got = split(text, o, tasks, bytes, chunk, cut_off);
                REQUIRE_MESSAGE(got == whole, text, " in ", tasks, " tasks of ", bytes, " bytes, read by ", chunk, ": ", got.rows.size(),
                                " rows ", got.counts(), " ", got.error.message(), " instead of ", whole.rows.size(), " ",
                                whole.counts(), " ", whole.error.message());
            }
}

std::string table(int rows, const char* end = "\n") {
    std::string text;
    for (int i = 0; i < rows; ++i) text += "{\"id\":" + std::to_string(i) + ",\"note\":\"a, \\\"b\\\"\"}" + end;
    return text;
}

lines_options few() { return lines_options().inference_rows(1); }

TEST_CASE("jsonl split: the same rows") {
    check(table(40), few());
    check(table(40, "\r\n"), few());
    check(table(40, "\n\n  \n"), few());
    check("\xef\xbb\xbf" + table(40) + "{\"id\":7}", few());
    check(table(40) + "{\"note\":\"x\",\"id\":3,\"more\":[1,{}]}\n" + table(5), few());
    check(table(40), lines_options());
    check(table(40), few().columns({"note"}));
    check(table(40), few().value_column("v"));
    check(table(40), few().expect_flat_rows(false));
    check("", few());
    check("\n\n\n", few());
    check(table(20) + "{\"id\":1,\"note\":\"" + std::string(500, 'x') + "\"}\n" + table(20), few());
}

TEST_CASE("jsonl split: errors are where they are, policies count over all parts") {
    for (const char* bad : {"{\"id\":}", "{\"id\":\"x\"}", "17", "{\"id\":1", "{\"id\":\"\xff\"}"}) {
        check(table(20) + bad + "\n" + table(20), few());
        check(table(20) + bad, few());
    }
    check(table(20) + "{\"id\":1,\"note\":\"" + std::string(500, 'x') + "\"}\n" + table(20), few().max_record_bytes(100));
    check(table(20), few(), true);
    check(table(20) + "{\"id\":", few(), true);

    std::string text;
    for (int i = 0; i < 60; ++i)
        text += i % 7 == 3    ? std::string{"{\"id\":\"x\"}\n"}
                : i % 11 == 5 ? std::string{"[1]\n"}
                : i % 13 == 6 ? "{\"id\":1,\"note\":\"" + std::string(100, 'y') + "\"}\n"
                              : "{\"id\":" + std::to_string(i) + ",\"note\":\"n\"}\n";
    const auto s = penstock::make_schema({field{"id", data_type::int64()}, field{"note", data_type::string()}});
    for (const auto policy : {bad_records::skip, bad_records::capture, bad_records::null_values, bad_records::fail}) {
        auto o = lines_options().schema(s).on_bad_record(policy).row_index("n", 5).batch_rows(8).max_record_bytes(90);
        check(text, o);
        for (const int limit : {0, 20, 41, 42, 60}) check(text, lines_options{o}.limit(limit));
        for (const int most : {0, 10, 15, 16, 17}) check(text, lines_options{o}.max_bad_records(most));
        check(text, lines_options{o}.limit(30).max_bad_records(5));
        check(text, lines_options{o}.max_kept_errors(3));
    }
}

TEST_CASE("jsonl split: random lines, random options") {
    std::mt19937 random{23};
    static constexpr std::string_view lines[] = {"{\"a\":1,\"b\":\"x\"}", "{\"b\":\"y\",\"a\":2}", "{\"a\":null}", "{\"a\":1.5}", "{}", "", "{\"a\":",
                                                 "[]", "{\"a\":3,\"b\":\"\\n\",\"c\":[1,2]}", "{\"b\":\"0123456789012345678901234567890123456789\"}"};
    std::size_t rows = 0;
    for (int round = 0; round < 300; ++round) {
        std::string text;
        const auto kinds = 1 + random() % std::size(lines);
        for (auto n = random() % 60; n > 0; --n) (text += lines[random() % kinds]) += random() % 5 ? "\n" : "\r\n";
        if (random() % 2 && !text.empty()) text.pop_back();
        auto o = lines_options()
                     .batch_rows(1 + random() % 5)
                     .inference_rows(1 + random() % 5)
                     .on_bad_record(static_cast<bad_records>(random() % 4))
                     .max_record_bytes(1 + random() % 100);
        if (random() % 4 == 0) o.row_index("#");
        if (random() % 4 == 0) o.limit(random() % 40);
        if (random() % 4 == 0) o.max_bad_records(random() % 10);
        if (random() % 4 == 0) o.batch_bytes(1 + random() % 100);
        const bool cut_off = random() % 8 == 0;
        auto whole = read_source(source_of(text, 1 << 20, cut_off), o);
        whole.batches.clear();
        rows += whole.rows.size();
        const auto bytes = 1 + random() % 100;
        const auto got = split(text, o, 2 + random() % 3, bytes, 1 + random() % 50, cut_off);
        REQUIRE_MESSAGE(got == whole, text, " in parts of ", bytes, " bytes: ", got.counts(), " ", got.error.message(), " instead of ",
                        whole.counts(), " ", whole.error.message());
    }
    CHECK(rows > 1500);
}

TEST_CASE("jsonl split: where memory is refused, the next call goes on with every row once") {
    std::mt19937 random{43};
    std::size_t refused = 0;
    for (int round = 0; round < test::rounds(30); ++round) {
        CAPTURE(round);
        std::string text;
        for (int i = 0; i < 7000; ++i) {
            const auto id = std::to_string(i);
            text += random() % 3 ? "{\"id\":" + id + ",\"note\":\"" + std::string(random() % 60, 'x') + "\"}\n"
                                 : "{\"note\":\"a\\n\", \"id\":" + id + ", \"more\":[1,{}]}\n";
            if (i % 500 == 499 && round % 2) text += "bad\n";
        }
        auto o = lines_options().inference_bytes(2000).batch_bytes(1000 + random() % 30000).on_bad_record(bad_records::skip).columns({"id", "note"});
        if (random() % 2) o.row_index("#");
        if (random() % 4 == 0) o.limit(random() % 7500);
        if (random() % 4 == 0) o.max_bad_records(random() % 9);
        const auto expected = read_source(source_of(text, 1 << 20, false), o);

        const auto budget = penstock::memory_budget::create((std::uint64_t{900} << 10) + random() % (std::uint64_t{1} << 20));
        outcome got;
        {
            asio::io_context io{1};
            o.pool(penstock::buffer_pool::create(budget)).compute_executor(io.get_executor()).tasks(2 + random() % 4);
            lines_reader reader{source_of(text, 1 + random() % 5000, false), o.task_bytes(500 + random() % 40000)};
            test::greedy_user other{budget, static_cast<unsigned>(random())};
            asio::co_spawn(io, other.take_now_and_then(), asio::detached);
            const auto end = test::run(io, test::read_in_shortage(reader, other, random() % 40,
                                                                  [&](const penstock::record_batch& batch) { add(got, batch); }));
            refused += end.refused;
            if (end.failed) got.error = *end.failed;
            got.statistics = reader.statistics();
        }
        CHECK(got.rows == expected.rows);
        CHECK(got.counts() == expected.counts());
        CHECK(got.error.message() == expected.error.message());
        CHECK(budget->used() == 0);
    }
    CHECK(refused > 10);
}

} // namespace json_split_test
