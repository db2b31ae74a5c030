// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/detail/number_kernels.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

namespace format_numbers_test {

using namespace penstock;

inline std::string text_of(double v) {
    std::string out;
    append_float64(out, v);
    return out;
}
inline std::string text_of(std::int64_t v) {
    std::string out;
    append_int64(out, v);
    return out;
}

TEST_CASE("numbers: integers") {
    CHECK(parse_int64("0") == 0);
    CHECK(parse_int64("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(parse_int64("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_int64("+3") == 3);
    CHECK(parse_int64("007") == 7);
    CHECK(parse_int64("-0") == 0);
    for (const char* bad :
         {"", "+", "-", "+-3", "--3", "9223372036854775808", "1 ", " 1", "1.0", "1e3", "0x1", "a"})
        CHECK_MESSAGE(!parse_int64(bad), bad);
}

TEST_CASE("numbers: canonical integers are what is written") {
    for (const char* good : {"0", "7", "-7", "10", "9223372036854775807", "-9223372036854775808"}) {
        CHECK(is_canonical_int64(good));
        CHECK(text_of(*parse_int64(good)) == good);
    }
    for (const char* bad :
         {"", "-", "-0", "00", "007", "-01", "+1", "9223372036854775808", "1.0", "1e3", " 1"})
        CHECK_MESSAGE(!is_canonical_int64(bad), bad);
}

TEST_CASE("numbers: doubles") {
    CHECK(parse_float64("1") == 1);
    CHECK(parse_float64("-0.5") == -0.5);
    CHECK(parse_float64(".5") == 0.5);
    CHECK(parse_float64("5.") == 5);
    CHECK(parse_float64("+1e5") == 1e5);
    CHECK(parse_float64("1E-2") == 0.01);
    CHECK(std::signbit(*parse_float64("-0")));
    CHECK(parse_float64("1e-400") == 0);
    CHECK(parse_float64("4.9e-324") == std::numeric_limits<double>::denorm_min());
    CHECK(std::isnan(*parse_float64("NaN")));
    CHECK(parse_float64("-Infinity") == -std::numeric_limits<double>::infinity());
    CHECK(parse_float64("inf") == std::numeric_limits<double>::infinity());
    for (const char* bad :
         {"",      ".",    "-",     "-.",     "e5",       "1e",   "1e+", "1e400", "-1e400", "1..2",
          "1.2.3", "0x10", "1_000", "nan(1)", "INFINITY", "infx", "+-1", " 1",    "1 ",     "1,5"})
        CHECK_MESSAGE(!parse_float64(bad), bad);
}

TEST_CASE("numbers: truth values") {
    for (const char* yes : {"true", "True", "TRUE", "1"}) CHECK(parse_boolean(yes) == true);
    for (const char* no : {"false", "False", "FALSE", "0"}) CHECK(parse_boolean(no) == false);
    for (const char* bad : {"", "tRUE", "yes", "t", "2", "true "})
        CHECK_FALSE(parse_boolean(bad).has_value());
}

TEST_CASE("numbers: doubles are written so that they read back, as doubles") {
    CHECK(text_of(40.0) == "40.0");
    CHECK(text_of(0.1) == "0.1");
    CHECK(text_of(-0.0) == "-0.0");
    CHECK(text_of(100000.0) == "100000.0");
    CHECK(text_of(123456789012345.6) == "123456789012345.6");
    CHECK(text_of(9007199254740993.0) == "9007199254740992.0");
    CHECK(text_of(1e16) == "1e+16");
    CHECK(text_of(0.00001) == "0.00001");
    CHECK(text_of(0.000001) == "1e-06");
    CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == "NaN");
    CHECK(text_of(-std::numeric_limits<double>::infinity()) == "-Infinity");
    std::mt19937_64 random{2};
    for (int i = 0; i < 20000; ++i) {
        const auto v = std::bit_cast<double>(random());
        if (std::isnan(v)) continue;
        const auto text = text_of(v);
        REQUIRE(parse_float64(text) == v);
        REQUIRE_MESSAGE(classify(text) == text_kind::float64, text);
    }
}

/// The shortest text, by the standard library alone.
template <class T>
std::string shortest(T value, T large) {
    char text[64];
    const T size = std::fabs(value);
    const bool plain = size == 0 || (size >= T(1e-5) && size < large);
    const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
    std::string out{text, std::to_chars(text, text + sizeof text, value, form).ptr};
    if (plain && out.find('.') == out.npos) out += ".0";
    return out;
}

TEST_CASE("numbers: of few digits or many, the shortest text is written") {
    const auto floats = [](float v) {
        std::string out;
        append_float32(out, v);
        return out;
    };
    std::mt19937_64 random{3};
    static constexpr double scales[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e12, 1e-3};
    for (int i = 0; i < 60000; ++i) {
        const auto digits = static_cast<double>(random() >> random() % 64);
        auto v = digits / scales[random() % std::size(scales)];
        if (random() % 4 == 0) v = std::nextafter(v, random() % 2 ? 1e300 : 0);
        if (random() % 2) v = -v;
        REQUIRE(text_of(v) == shortest(v, 1e16));
        const auto narrow = static_cast<float>(v);
        REQUIRE(floats(narrow) == shortest(narrow, 1e7f));
        const auto any = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (std::isfinite(any)) REQUIRE(floats(any) == shortest(any, 1e7f));
    }
    for (int i = 0; i < 20000; ++i) {
        const auto n = static_cast<std::uint64_t>(random() >> random() % 64);
        std::string out;
        append_uint64(out, n);
        REQUIRE(out == std::to_string(n));
        out.clear();
        append_int64(out, static_cast<std::int64_t>(n));
        REQUIRE(out == std::to_string(static_cast<std::int64_t>(n)));
    }
    std::uint64_t power = 1;
    for (int i = 0; i < 20; ++i, power *= 10)
        for (const auto n : {power - 1, power, power + 1}) {
            std::string out;
            append_uint64(out, n);
            CHECK(out == std::to_string(n));
        }
}

/// The kernels read in front of the number: give them room, filled with what must not matter.
template <class F>
bool fast(std::string_view text, F&& f) {
    std::string padded = "123456789.,\"-7e" + std::string{"9."};
    padded = padded.substr(padded.size() - 16) + std::string{text};
    return f(padded.data() + 16, padded.data() + padded.size());
}

TEST_CASE("number kernels: what they take equals the exact parsers") {
    std::mt19937_64 random{3};
    const std::string_view alphabet = "00123456789999..--+eE ,";
    std::size_t integers = 0;
    std::size_t doubles = 0;
    for (int i = 0; i < 300000; ++i) {
        std::string text;
        const auto n = 1 + random() % 18;
        const bool mostly_digits = random() % 4 != 0;
        for (std::size_t k = 0; k < n; ++k)
            text += mostly_digits && random() % 8 ? static_cast<char>('0' + random() % 10)
                                                  : alphabet[random() % alphabet.size()];
        std::int64_t integer = 0;
        if (fast(text, [&](auto* a, auto* b) { return detail::fast_int64(a, b, integer); })) {
            ++integers;
            REQUIRE_MESSAGE(is_canonical_int64(text), text);
            REQUIRE(parse_int64(text) == integer);
        } else if (is_canonical_int64(text)) {
            REQUIRE_MESSAGE(text.size() > 16, text); // nothing common is left to the slow way
        }
        double number = 0;
        if (fast(text, [&](auto* a, auto* b) { return detail::fast_float64(a, b, number); })) {
            ++doubles;
            REQUIRE_MESSAGE(fits(classify(text), data_type::float64()), text);
            const auto exact = parse_float64(text);
            REQUIRE(exact.has_value());
            REQUIRE_MESSAGE(std::bit_cast<std::uint64_t>(*exact) == std::bit_cast<std::uint64_t>(number),
                            text);
        }
    }
    CHECK(integers > 10000);
    CHECK(doubles > 10000);
}

TEST_CASE("number kernels: all decimals of few digits, at every place of the point") {
    for (const char* digits : {"0", "7", "12", "305", "4096", "99999", "123456", "9999999", "12345678",
                               "999999999", "123456789012", "999999999999999"}) {
        const std::string d = digits;
        for (std::size_t point = 0; point <= d.size(); ++point) {
            for (const char* sign : {"", "-"}) {
                const auto text = sign + d.substr(0, point) + "." + d.substr(point);
                double v = 0;
                const bool taken =
                    fast(text, [&](auto* a, auto* b) { return detail::fast_float64(a, b, v); });
                const bool leading_zero = point > 1 && d[0] == '0';
                CHECK_MESSAGE(taken == (d.size() <= 15 && !leading_zero), text);
                if (taken) CHECK_MESSAGE(parse_float64(text) == v, text);
            }
        }
    }
}

} // namespace format_numbers_test
