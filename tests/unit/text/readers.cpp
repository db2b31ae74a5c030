// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "text_support.hpp"

#include <penstock/text/detail/file_parser.hpp>
#include <penstock/text/file_reader.hpp>
#include <penstock/text/line_reader.hpp>

#include <support/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

namespace text_readers_test {

using namespace text_test;
namespace asio = boost::asio;

awaitable<std::string> rows_of(batch_reader& reader) {
    std::string out;
    while (auto batch = co_await reader.next())
        for (std::size_t i = 0; i < batch->num_rows(); ++i) out += std::string{(*batch)[0].bytes_at(i)} + ";";
    co_return out;
}

/// Nothing comes until `open` says so; counts waits.
class gated_source final : public byte_source {
  public:
    gated_source(std::string bytes, std::shared_ptr<int> waits) : inner_{std::move(bytes), 3}, waits_{std::move(waits)} {}
    io_result try_read_some(std::span<std::byte> into) override {
        if (blocked_) return io_result::would_block();
        blocked_ = true;
        return inner_.try_read_some(into);
    }
    awaitable<void> ready() override {
        ++*waits_;
        blocked_ = false;
        co_return;
    }
    std::string name() const override { return "gated.log"; }

  private:
    memory_source inner_;
    std::shared_ptr<int> waits_;
    bool blocked_ = true;
};

TEST_CASE("text line_reader: waits for its source, gives schema and rows") {
    const auto waits = std::make_shared<int>(0);
    text::line_reader reader{gated_source{"one\ntwo\r\nthree", waits}};
    const auto columns = test::run(reader.schema());
    CHECK((*columns)[0].name() == "text");
    CHECK(*waits == 0); // nothing is read for it
    CHECK(test::run(rows_of(reader)) == "one;two;three;");
    CHECK(*waits == 6);
    CHECK(reader.statistics().rows == 3);
    CHECK(reader.statistics().bytes == 14);
    auto after = test::run(reader.next());
    CHECK_FALSE(after.has_value());
}

TEST_CASE("text line_reader: cuts lines on another executor") {
    asio::thread_pool pool{1};
    std::string text;
    std::string expected;
    for (int i = 0; i < 100'000; ++i) {
        text += "line " + std::to_string(i) + "\n";
        expected += "line " + std::to_string(i) + ";";
    }
    text::line_reader reader{memory_source{text}, text::options().compute_executor(pool.get_executor())};
    CHECK((test::run(rows_of(reader)) == expected));
    pool.join();
}

TEST_CASE("text line_reader: an error comes after the rows before it, and again") {
    text::line_reader reader{memory_source{"good\n\xff\n"}};
    const auto first = test::run(reader.next());
    REQUIRE(first.has_value());
    for (int i = 0; i < 2; ++i) CHECK_THROWS_AS(test::run(reader.next()), error);
    text::line_reader none{memory_source{"x"}, text::options().columns({"y"})};
    CHECK_THROWS_AS(test::run(none.schema()), error);
}

TEST_CASE("text: other encodings are decoded") {
    const auto latin = text::options().encoding(text_encoding::latin1);
    text::line_reader lines{memory_source{"Z\xfcrich\nx"}, latin};
    CHECK(test::run(rows_of(lines)) == "Z\xc3\xbcrich;x;");
    text::file_reader file{memory_source{"Z\xfcrich\nx"}, latin};
    CHECK(test::run(rows_of(file)) == "Z\xc3\xbcrich\nx;");
}

TEST_CASE("text file_reader: all bytes are one row") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ";"}, {"\n", "\n;"}, {"a\r\nb\n", "a\r\nb\n;"}, {"\xef\xbb\xbfx", "x;"}, {"\xef\xbb\xbf", ";"}, {"\0"sv, "\0;"sv},
    };
    for (const auto& [text, rows] : cases) {
        CHECK(read_all_ways<text::detail::file_parser>(text, text::options()).text() == rows);
        text::file_reader reader{memory_source{std::string{text}, 2}};
        CHECK(test::run(rows_of(reader)) == rows);
        CHECK(reader.statistics().rows == 1);
        CHECK(reader.statistics().bytes == text.size());
    }
    std::string large;
    for (int i = 0; large.size() < 3'000'000; ++i) large += std::to_string(i) + "\n";
    text::file_reader reader{memory_source{large, 100'000}};
    CHECK((test::run(rows_of(reader)) == large + ";"));
    text::file_reader raw{memory_source{"\xef\xbb\xbf\xff"}, text::options().binary(true)};
    CHECK(test::run(rows_of(raw)) == "\xef\xbb\xbf\xff;");
}

TEST_CASE("text file_reader: limits, bad text and policies") {
    using parser = text::detail::file_parser;
    const auto o = text::options().max_record_bytes(10);
    CHECK_FALSE(read_all_ways<parser>("0123456789", o).failed.has_value());
    const auto long_one = read<parser>("0123456789a", o, 100);
    REQUIRE(long_one.failed.has_value());
    CHECK(long_one.failed->code() == errc::record_too_large);

    const auto bad = read_all_ways<parser>("ab\nc\xff", text::options());
    REQUIRE(bad.failed.has_value());
    CHECK(bad.failed->code() == errc::invalid_utf8);
    CHECK(bad.failed->detail().line == 2);
    CHECK(bad.failed->detail().column == 2);
    CHECK(bad.failed->detail().byte_offset == 4);

    const auto skipping = read<parser>(std::string(100, 'x'), text::options{o}.on_bad_record(bad_records::skip), 100);
    CHECK(skipping.text().empty());
    CHECK(skipping.statistics.skipped_rows == 1);
    const auto capturing = read_all_ways<parser>("0123456789abc", text::options{o}.on_bad_record(bad_records::capture));
    CHECK(capturing.text() == "~|0123456789;");
    CHECK(read_all_ways<parser>("x", text::options().limit(0)).text().empty());
    CHECK(read_all_ways<parser>("x", text::options().row_index("n", 7)).text() == "7|x;");
    const auto broken = read_all_ways<parser>("x", text::options(), failure{errc::connection_closed});
    CHECK(broken.text().empty());
    CHECK(broken.failed->code() == errc::connection_closed);
}

} // namespace text_readers_test
