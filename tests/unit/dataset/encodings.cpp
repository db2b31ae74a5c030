// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/json/document_reader.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/text/file_reader.hpp>
#include <penstock/text/line_reader.hpp>

#include <support/run.hpp>

#include <doctest/doctest.h>

namespace encodings_test {

using namespace penstock;
using namespace std::string_literals;
using enum text_encoding;

template <class Reader, class Options>
std::string read_with(std::string stored, Options options) {
    asio::io_context io{1};
    Reader reader{memory_source{std::move(stored), 3, "t"}, std::move(options)};
    const auto all = [&]() -> awaitable<std::string> {
        std::string out;
        while (auto batch = co_await reader.next())
            for (std::size_t i = 0; i < batch->num_rows(); ++i) out += std::string{(*batch)[0].bytes_at(i)} + ";";
        co_return out;
    };
    return test::run(io, all());
}

TEST_CASE("encoding: every reader of text has it") {
    CHECK(read_with<csv::batch_reader>("n\ncaf\xe9\n", csv::options().encoding(latin1)) == "caf\xc3\xa9;");
    CHECK(read_with<csv::batch_reader>("\xff\xfen\0\n\0\xac\x20\n\0"s, csv::options().encoding(utf16)) == "\xe2\x82\xac;");
    CHECK(read_with<csv::batch_reader>("n\na\xff\n", csv::options().encoding(utf8, broken_text::replace)) ==
          "a\xef\xbf\xbd;");
    CHECK(read_with<text::line_reader>("caf\xe9\nx", text::options().encoding(windows_1252)) == "caf\xc3\xa9;x;");
    CHECK(read_with<text::file_reader>("\x80", text::options().encoding(windows_1252)) == "\xe2\x82\xac;");
    CHECK(read_with<json::lines_reader>("{\"a\":\"\xe9\"}\n", json::lines_options().encoding(latin1)) == "\xc3\xa9;");
    CHECK(read_with<json::document_reader>("[{\"a\":\"\xe9\"}]", json::document_options().encoding(latin1)) == "\xc3\xa9;");
    CHECK_THROWS_WITH_AS(read_with<csv::batch_reader>("n\0\n\0\x3d\xd8\n\0"s, csv::options().encoding(utf16le)),
                         doctest::Contains("decode utf-16le t, byte 4: text is not valid UTF-16"), error);
    // What is UTF-8 anyway is the parsers' own: a policy for bad records sees what is broken.
    CHECK(read_with<csv::batch_reader>("n\na\xff\nb\n",
                                       csv::options().encoding(utf8).on_bad_record(bad_records::skip)) == "b;");
}

} // namespace encodings_test
