// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/json_text.hpp>

#include <boost/json/parse.hpp>

#include "json_support.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace json_text_test {

using namespace json_test;

inline std::string json_quoted(std::string_view text) {
    std::string out = "=";
    penstock::json::append_string(out, text);
    return out.substr(1);
}
inline std::string number(double value) {
    std::string out;
    penstock::json::append_number(out, value);
    return out;
}

TEST_CASE("append_string: escapes what must be, and nothing else") {
    CHECK(json_quoted("") == "\"\"");
    CHECK(json_quoted("plain") == "\"plain\"");
    CHECK(json_quoted("\"\\/") == "\"\\\"\\\\/\"");
    CHECK(json_quoted("\b\f\n\r\t") == "\"\\b\\f\\n\\r\\t\"");
    CHECK(json_quoted("\0\x01\x1f\x7f"sv) == "\"\\u0000\\u0001\\u001f\x7f\"");
    CHECK(json_quoted("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x90\xb1") == "\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x90\xb1\"");
    CHECK(json_quoted("a\nb\n") == "\"a\\nb\\n\"");
}

TEST_CASE("append_string: every byte and pair of ASCII comes back through a parser") {
    for (int a = 0; a < 128; ++a)
        for (int b = 0; b < 128; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            const auto back = boost::json::parse(json_quoted(text));
            CHECK((std::string_view{back.as_string()} == text));
        }
}

TEST_CASE("append_number: the same double comes back; what JSON lacks is null") {
    for (double v : {0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 1e-7, 1e308, 5e-324, 123456789.125, 2.5, 1.0 / 3.0}) {
        const auto text = number(v);
        CAPTURE(text);
        const auto back = std::strtod(text.c_str(), nullptr);
        CHECK(std::memcmp(&back, &v, sizeof v) == 0);
        CHECK(boost::json::parse(text).is_number());
    }
    CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(number(std::numeric_limits<double>::infinity()) == "null");
    CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}

} // namespace json_text_test
