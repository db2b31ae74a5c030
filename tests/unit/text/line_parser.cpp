// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "text_support.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <utility>

namespace text_line_parser_test {

using namespace text_test;

inline outcome lines(std::string_view text, const text::options& options = text::options(), const failure& broken = {}) {
    return read_all_ways<text::line_parser>(text, options, broken);
}

TEST_CASE("text lines: LF and CRLF end them, the last may have no end, blank ones count") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"\n", ";"},
        {"a", "a;"},
        {"a\n", "a;"},
        {"a\nb", "a;b;"},
        {"a\r\nb\r\n", "a;b;"},
        {"\r\n\r\n", ";;"},
        {"a\n\nb\n\n\n", "a;;b;;;"},
        {"a\rb\nc\r", "a\rb;c\r;"}, // a CR without a line feed is a character
        {"a\r\r\n", "a\r;"},
        {"\"a\n b,c\t", "\"a; b,c\t;"},
        {"\0a\0\n\0"sv, "\0a\0;\0;"sv},
        {"\xef\xbb\xbf", ""},
        {"\xef\xbb\xbf\n", ";"},
        {"\xef\xbb\xbf\xef\xbb\xbf x\n\xef\xbb\xbfy", "\xef\xbb\xbf x;\xef\xbb\xbfy;"},
        {"Z\xc3\xbcrich\n\xf0\x9f\x9a\x95", "Z\xc3\xbcrich;\xf0\x9f\x9a\x95;"},
    };
    for (const auto& [text, rows] : cases) {
        CAPTURE(text);
        const auto got = lines(text);
        CHECK(got.text() == rows);
        CHECK_FALSE(got.failed.has_value());
        REQUIRE(got.columns != nullptr);
        CHECK(got.columns->fields().size() == 1);
        CHECK((*got.columns)[0].name() == "text");
        CHECK((*got.columns)[0].type() == data_type::string());
        CHECK_FALSE((*got.columns)[0].nullable());
        CHECK(got.statistics.bytes == text.size());
    }
}

TEST_CASE("text lines: a batch ends by rows and by bytes") {
    const auto by_rows = lines("a\nb\nc\nd\ne\n", text::options().batch_rows(2));
    REQUIRE(by_rows.batches.size() == 3);
    CHECK(by_rows.batches[0].num_rows() == 2);
    CHECK(by_rows.batches[2].num_rows() == 1);
    CHECK(by_rows.statistics.rows == 5);
    const auto by_bytes = lines("aaaa\n\n\n\n\nbbbbbb\n", text::options().batch_bytes(5));
    REQUIRE(by_bytes.batches.size() == 2);
    CHECK(by_bytes.batches[0].num_rows() == 1);
    CHECK(by_bytes.batches[1].num_rows() == 5); // line ends count, or blank lines would never fill a batch
}

TEST_CASE("text lines: the limit of a line is exact, its end is no part of it") {
    for (const auto end : {"", "\n", "\r\n", "\nx", "\r\nx"}) {
        CAPTURE(end);
        const auto o = text::options().max_record_bytes(10);
        CHECK_FALSE(lines("ab\n" + std::string(10, 'x') + end, o).failed.has_value());
        const auto got = lines("ab\n" + std::string(11, 'x') + end, o);
        REQUIRE(got.failed.has_value());
        CHECK(got.failed->code() == errc::record_too_large);
        CHECK(got.text() == "ab;");
        CHECK(got.failed->detail().line == 2);
        CHECK(got.failed->detail().column == 1);
        CHECK(got.failed->detail().byte_offset == 3);
        CHECK(got.error().find("t.txt") != std::string::npos);
        CHECK(got.error().find("max_record_bytes") != std::string::npos);
    }
    CHECK_THROWS_AS(text::line_parser{text::options().max_record_bytes((std::size_t{1} << 30) + 1)}, error);
}

TEST_CASE("text lines: bytes that are not UTF-8, by every policy") {
    const auto text = "a\nb\xff\xfe\nc\r\n\xc3"sv;
    const auto failing = lines(text);
    CHECK(failing.text() == "a;");
    REQUIRE(failing.failed.has_value());
    CHECK(failing.failed->code() == errc::invalid_utf8);
    CHECK(failing.failed->detail().line == 2);
    CHECK(failing.failed->detail().column == 2);
    CHECK(failing.failed->detail().byte_offset == 3);
    CHECK(failing.error().find("\\xff\\xfe") != std::string::npos);

    const auto skipping = lines(text, text::options().on_bad_record(bad_records::skip).row_index("n", 1));
    CHECK(skipping.text() == "1|a;3|c;");
    CHECK(skipping.statistics.rows == 2);
    CHECK(skipping.statistics.skipped_rows == 2);
    CHECK(skipping.statistics.errors.size() == 2);

    const auto capturing = lines(text, text::options().on_bad_record(bad_records::capture));
    CHECK(capturing.text() == "a|~;~|b\xef\xbf\xbd\xef\xbf\xbd;c|~;~|\xef\xbf\xbd;");
    CHECK(capturing.statistics.captured_rows == 2);

    // Only values become null; this is no value of another type.
    CHECK(lines(text, text::options().on_bad_record(bad_records::null_values)).failed.has_value());
    CHECK(lines(text, text::options().on_bad_record(bad_records::skip).max_bad_records(1)).failed.has_value());

    const auto binary = lines("\xef\xbb\xbfz\n\xff\r\n"sv, text::options().binary(true).column("line"));
    CHECK_FALSE(binary.failed.has_value());
    REQUIRE(binary.batches.size() == 1);
    CHECK(binary.batches[0].schema()[0].type() == data_type::binary());
    CHECK(binary.batches[0].schema()[0].name() == "line");
    CHECK(binary.batches[0][0].bytes_at(0) == "\xef\xbb\xbfz");
    CHECK(binary.batches[0][0].bytes_at(1) == "\xff");
}

TEST_CASE("text lines: lines too long are passed over, of whatever length") {
    const auto o = text::options().max_record_bytes(4);
    const auto text = "a\n" + std::string(600'000, 'x') + "\nb\n12345\r\n1234\r\n" + std::string(9, 'y');
    for (const std::size_t piece : {1000ul, 65536ul, 10'000'000ul}) {
        const auto skipping = read<text::line_parser>(text, text::options{o}.on_bad_record(bad_records::skip), piece);
        CHECK(skipping.text() == "a;b;1234;");
        CHECK(skipping.statistics.skipped_rows == 3);
        const auto capturing = read<text::line_parser>(text, text::options{o}.on_bad_record(bad_records::capture), piece);
        CHECK(capturing.text() == "a|~;~|xxxx;b|~;~|1234;1234|~;~|yyyy;");
    }
}

TEST_CASE("text lines: limit, columns and schema") {
    CHECK(lines("a\nb\n\xff", text::options().limit(2)).text() == "a;b;"); // what follows is not looked at
    CHECK(lines("a\nb\n", text::options().limit(0)).text().empty());
    const auto counted = lines("a\n\xff\n", text::options().columns(std::vector<std::string>{}));
    CHECK_FALSE(counted.failed.has_value());
    REQUIRE(counted.batches.size() == 1);
    CHECK(counted.batches[0].num_rows() == 2);

    const auto unknown = lines("a\n", text::options().columns({"line"}));
    REQUIRE(unknown.failed.has_value());
    CHECK(unknown.failed->code() == errc::unknown_column);
    CHECK(unknown.columns == nullptr);

    const auto binary = make_schema({field{"text", data_type::binary()}});
    CHECK_FALSE(lines("\xff\n", text::options().schema(binary)).failed.has_value());
    const auto number = lines("1\n", text::options().schema(make_schema({field{"text", data_type::int64()}})));
    REQUIRE(number.failed.has_value());
    CHECK(number.failed->code() == errc::type_mismatch);
    const auto more = make_schema({field{"a", data_type::int64()}, field{"text", data_type::string()}});
    CHECK(lines("x\n", text::options().schema(more)).failed->code() == errc::unknown_column);
    CHECK(lines("x\n", text::options().schema(more).missing_columns(missing_columns::null)).text() == "~|x;");
    CHECK(lines("x\n", text::options().row_index("text")).failed->code() == errc::invalid_option);
}

TEST_CASE("text lines: an input that breaks off gives its whole lines first") {
    const auto got = lines("a\nb\nhalf", text::options(), failure{errc::connection_closed});
    CHECK(got.text() == "a;b;");
    REQUIRE(got.failed.has_value());
    CHECK(got.failed->code() == errc::connection_closed);
}

TEST_CASE("text lines: others have a turn after 256 KiB, in many short lines and in one that is passed over") {
    for (const auto& text : {std::string(1 << 20, '\n'), std::string(1 << 20, 'x')}) {
        text::line_parser parser{text::options().on_bad_record(bad_records::skip).max_record_bytes(100).batch_rows(1 << 29)};
        std::string_view rest = text;
        std::size_t pauses = 0;
        for (;;) {
            const auto step = parser.advance().value();
            if (step == text::line_parser::step::end) break;
            if (step == text::line_parser::step::batch) (void)parser.take();
            if (step == text::line_parser::step::working) ++pauses;
            if (step != text::line_parser::step::need_input) continue;
            const auto room = parser.prepare();
            const auto n = std::min(room.size(), rest.size());
            std::memcpy(room.data(), rest.data(), n);
            rest.remove_prefix(n);
            n ? parser.commit(n) : parser.finish();
        }
        CHECK(pauses >= 3);
    }
}

} // namespace text_line_parser_test
