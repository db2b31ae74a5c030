// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "text_support.hpp"

#include <penstock/columnar/array_builder.hpp>
#include <penstock/text/line_reader.hpp>
#include <penstock/text/writer.hpp>

#include <support/run.hpp>

#include <doctest/doctest.h>

#include <random>

namespace text_writer_test {

using namespace text_test;

inline record_batch column(const std::vector<std::optional<std::string>>& values, data_type type = data_type::string()) {
    array_builder b{type, buffer_pool::create()};
    for (const auto& v : values) {
        if (!v) {
            b.append_null();
        } else if (auto* large = b.try_as<large_string_builder>()) {
            large->append(*v);
        } else {
            b.as<string_builder>().append(*v);
        }
    }
    return record_batch{make_schema({field{"s", type}}), {b.finish()}, values.size()};
}

struct written {
    std::string text;
    failure failed;
};

inline written write(std::vector<record_batch> batches, text::write_options options = text::write_options()) {
    written out;
    text::writer w{memory_sink{out.text, "t.txt"}, std::move(options)};
    try {
        for (auto& b : batches) test::run(w.write(std::move(b)));
        test::run(w.close());
    } catch (const error& e) {
        out.failed = e.as_failure();
    }
    return out;
}

TEST_CASE("text writer: a value a line") {
    CHECK(write({}).text.empty());
    CHECK(write({column({"a", "", "b c"}), column({}), column({"d\re"})}).text == "a\n\nb c\nd\re\n");
    CHECK(write({column({"a", "b\r"})}, text::write_options().crlf(true)).text == "a\r\nb\r\r\n");
    // The first mark of a text is dropped by readers.
    CHECK(write({column({"\xef\xbb\xbf", "\xef\xbb\xbf"})}).text == "\xef\xbb\xbf\xef\xbb\xbf\n\xef\xbb\xbf\n");
    CHECK(write({column({"a"}, data_type::large_string())}).text == "a\n");
    CHECK(write({column({"\xff"}, data_type::binary())}).text == "\xff\n");
    CHECK(write({column({"a", std::nullopt})}, text::write_options().null_text("\\N")).text == "a\n\\N\n");
}

TEST_CASE("text writer: what has no form is an error with its row, or an option") {
    const std::pair<std::optional<std::string>, errc> cases[] = {
        {"a\nb", errc::unsupported}, {"a\r", errc::unsupported}, {std::nullopt, errc::unsupported}, {"\xff", errc::invalid_utf8}};
    for (const auto& [value, code] : cases) {
        const auto got = write({column({"x", "y"}), column({"z", value})});
        CHECK(got.failed.code() == code);
        CHECK(got.failed.message().find("row 4") != std::string::npos);
        CHECK(got.failed.message().find("t.txt") != std::string::npos);
        CHECK(got.text.empty()); // nothing is committed
    }
    const auto breaks = column({"a\r\nb\n", "c\r", "\n\r"});
    CHECK(write({breaks}, text::write_options().line_breaks(text::line_breaks::space)).text == "a b \nc \n  \n");
    CHECK(write({breaks}, text::write_options().line_breaks(text::line_breaks::keep)).text == "a\r\nb\n\nc\r\n\n\r\n");
}

TEST_CASE("text writer: other columns than one of text are refused") {
    int64_builder n{buffer_pool::create()};
    n.append(1);
    const auto numbers = n.finish();
    const record_batch number{make_schema({field{"n", data_type::int64()}}), {numbers}, 1};
    CHECK(write({number}).failed.code() == errc::type_mismatch);
    const record_batch two{make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}}), {numbers, numbers}, 1};
    const auto refused = write({two});
    CHECK(refused.failed.code() == errc::invalid_option);
    CHECK(refused.failed.message().find("a, b") != std::string::npos);
    CHECK(write({column({"a"}), column({"a"}, data_type::binary())}).failed.code() == errc::invalid_option);
    std::string none;
    CHECK_THROWS_AS(text::writer(memory_sink{none}, text::write_options(), two.shared_schema()), error);
}

TEST_CASE("text writer: closed after close, and after an error") {
    std::string out;
    text::writer w{memory_sink{out}};
    test::run(w.write(column({"a"})));
    CHECK_THROWS_AS(test::run(w.write(column({std::nullopt}))), error);
    try {
        test::run(w.close());
        FAIL("closed");
    } catch (const error& e) {
        CHECK(e.code() == errc::closed);
    }
    CHECK(out.empty());
}

TEST_CASE("text: what is written is read back") {
    std::mt19937 random{7};
    std::vector<std::optional<std::string>> values;
    for (int i = 0; i < 20'000; ++i) {
        std::string v;
        for (auto n = random() % 40; n > 0; --n) v += "ab \t\r,\"\xc3\xbc"[random() % 7];
        while (v.ends_with('\r')) v.pop_back();
        values.emplace_back(v);
    }
    const auto out = write({column(values)});
    CHECK_FALSE(out.failed.code().failed());
    text::line_reader reader{memory_source{out.text, 10'000}, text::options().batch_rows(30'000)};
    const auto back = test::run(reader.next());
    REQUIRE(back.has_value());
    REQUIRE(back->num_rows() == values.size());
    bool same = true;
    for (std::size_t i = 0; i < values.size(); ++i) same = same && (*back)[0].string_at(i) == *values[i];
    CHECK(same);
}

} // namespace text_writer_test
