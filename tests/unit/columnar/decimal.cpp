// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/decimal.hpp>
#include <penstock/columnar/float16.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace decimal_test {

using namespace penstock;

std::string text(const std::optional<decimal128_value>& v, int scale) {
    if (!v) return "none";
    std::string out;
    append_decimal(out, *v, scale);
    return out;
}
std::string text(const std::optional<decimal256_value>& v, int scale) {
    if (!v) return "none";
    std::string out;
    append_decimal(out, *v, scale);
    return out;
}

const std::string nines38(38, '9');
const std::string nines76(76, '9');

TEST_CASE("decimal: texts that are read, and what is written for them") {
    struct row {
        const char* in;
        int precision, scale;
        const char* out;
    };
    const row rows[] = {
        {"0", 1, 0, "0"},
        {"-0", 1, 0, "0"},
        {"+1", 1, 0, "1"},
        {"12.5", 4, 2, "12.50"},
        {"-12.5", 4, 2, "-12.50"},
        {".5", 2, 1, "0.5"},
        {"-.05", 3, 2, "-0.05"},
        {"5.", 3, 2, "5.00"},
        {"00012", 2, 0, "12"},
        {"0.000", 1, 1, "0.0"},
        {"1.500", 2, 1, "1.5"},
        {"1.501", 9, 1, "none"},
        {"123", 2, 0, "none"},
        {"99.9", 3, 1, "99.9"},
        {"100", 3, 1, "none"},
        {"1e3", 4, 0, "1000"},
        {"1E+3", 4, 0, "1000"},
        {"1e3", 3, 0, "none"},
        {"1200e-2", 2, 0, "12"},
        {"1.25e1", 3, 1, "12.5"},
        {"1e-3", 3, 2, "none"},
        {"0e999999999999999999999", 1, 0, "0"},
        {"1e999999999999999999999", 38, 0, "none"},
        {"1e-999999999999999999999", 38, 38, "none"},
        {"1200", 2, -2, "1200"},
        {"1250", 9, -2, "none"},
        {"0", 5, -2, "0"},
        {"", 5, 0, "none"},
        {".", 5, 0, "none"},
        {"-", 5, 0, "none"},
        {"1-", 5, 0, "none"},
        {" 1", 5, 0, "none"},
        {"1 ", 5, 0, "none"},
        {"1.2.3", 5, 2, "none"},
        {"1e", 5, 0, "none"},
        {"1e+", 5, 0, "none"},
        {"e1", 5, 0, "none"},
        {"1,5", 5, 1, "none"},
        {"0x1", 5, 0, "none"},
        {"NaN", 5, 0, "none"},
        {"--1", 5, 0, "none"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.in);
        CHECK(text(parse_decimal128(r.in, r.precision, r.scale), r.scale) == r.out);
        CHECK(text(parse_decimal256(r.in, r.precision, r.scale), r.scale) == r.out);
    }
    CHECK(text(parse_decimal128(nines38, 38, 0), 0) == nines38);
    CHECK(text(parse_decimal128("-" + nines38, 38, 38), 38) == "none");
    CHECK(text(parse_decimal128("-0." + nines38, 38, 38), 38) == "-0." + nines38);
    CHECK(text(parse_decimal256("-" + nines76, 76, 0), 0) == "-" + nines76);
    CHECK_FALSE(parse_decimal256(nines76 + "0", 76, 0));
    CHECK(text(parse_decimal128(std::string(100'000, '0') + "7", 1, 0), 0) == "7");
    CHECK(text(parse_decimal128("7." + std::string(100'000, '0'), 1, 0), 0) == "7");
}

TEST_CASE("decimal: a scale beyond sense takes no memory") {
    CHECK(text(to_decimal128(5), 2'000'000'000) == "5E-2000000000");
    CHECK(text(to_decimal128(-5), -2'000'000'000) == "-5E+2000000000");
    CHECK(text(to_decimal128(0), -2'000'000'000) == "0");
    CHECK(parse_decimal128("5E-2000000000", 1, 2'000'000'000) == to_decimal128(5));
    CHECK(parse_decimal128("5E+2000000000", 1, -2'000'000'000) == to_decimal128(5));
    CHECK_FALSE(rescale(to_decimal128(1), std::numeric_limits<int>::min(), std::numeric_limits<int>::max(), 38));
    CHECK_FALSE(rescale(to_decimal128(1), std::numeric_limits<int>::max(), std::numeric_limits<int>::min(), 38));
    CHECK(rescale(to_decimal128(0), std::numeric_limits<int>::max(), std::numeric_limits<int>::min(), 38) ==
          to_decimal128(0));
    CHECK(to_double(to_decimal128(1), -2'000'000'000) == std::numeric_limits<double>::infinity());
    CHECK(to_double(to_decimal128(-1), 2'000'000'000) == 0.0);
    CHECK(compare_decimals(to_decimal256(1), 2'000'000'000, to_decimal256(1), -2'000'000'000) < 0);
    CHECK(compare_decimals(to_decimal256(-1), 2'000'000'000, to_decimal256(-1), -2'000'000'000) > 0);
    CHECK_FALSE(to_decimal128(1.0, 38, 2'000'000'000));
    CHECK(to_decimal128(0.0, 38, 2'000'000'000) == to_decimal128(0));
    CHECK(to_decimal128(1e300, 38, -2'000'000'000) == to_decimal128(0));
}

TEST_CASE("decimal: any value's text reads back, and its order is that of the numbers") {
    test::numbers random{5};
    const auto any = [&] {
        std::string digits = random.below(2) ? "-" : "";
        for (auto n = 1 + random.below(76); n-- > 0;) digits += static_cast<char>('0' + random.below(10));
        return *parse_decimal256(digits, 76, 0);
    };
    std::optional<decimal256_value> before;
    for (int i = 0; i < 20'000; ++i) {
        const auto v = any();
        const auto scale = static_cast<int>(random.below(90)) - 10;
        const auto t = text(v, scale);
        REQUIRE(parse_decimal256(t, 76, scale) == v);
        if (const auto narrow = to_decimal128(v); narrow && fits_precision(*narrow, 38)) {
            CHECK(text(*narrow, scale) == t);
            CHECK(to_decimal256(*narrow) == v);
            CHECK(parse_decimal128(t, 38, scale) == narrow);
        } else {
            CHECK_FALSE(parse_decimal128(t, 38, scale));
        }
        // The scale moved there and back changes nothing; other scales of the same number are equal to it.
        const auto more = static_cast<int>(random.below(20));
        if (const auto moved = rescale(v, scale, scale + more, 76)) {
            CHECK(rescale(*moved, scale + more, scale, 76) == v);
            CHECK(compare_decimals(v, scale, *moved, scale + more) == 0);
            CHECK(compare_decimals(*moved, scale + more, v, scale) == 0);
            decimal256_value next = *moved; // one digit more, of the smaller weight
            auto wide = *parse_decimal256(text(next, 0), 76, 0);
            if (wide.words[0] != ~std::uint64_t{0}) {
                ++wide.words[0];
                CHECK(compare_decimals(v, scale, wide, scale + more) < 0);
                CHECK(compare_decimals(wide, scale + more, v, scale) > 0);
            }
        }
        if (before) {
            const auto x = text(*before, 0), y = text(v, 0);
            const bool less = x[0] == '-' ? y[0] != '-' || x.size() > y.size() || (x.size() == y.size() && x > y)
                                          : y[0] != '-' && (x.size() < y.size() || (x.size() == y.size() && x < y));
            CHECK((*before < v) == less);
        }
        before = v;
    }
}

TEST_CASE("decimal: to and from integers") {
    const auto least = std::numeric_limits<std::int64_t>::min();
    const auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(text(to_decimal128(least), 0) == "-9223372036854775808");
    CHECK(text(to_decimal128(most), 0) == "18446744073709551615");
    CHECK(text(to_decimal256(least), 2) == "-92233720368547758.08");
    CHECK(to_int64(to_decimal256(least), 0) == least);
    CHECK_FALSE(to_int64(to_decimal256(most), 0));
    CHECK(to_int64(to_decimal256(1500), 2) == 15);
    CHECK_FALSE(to_int64(to_decimal256(1501), 2));
    CHECK(to_int64(to_decimal256(15), -2) == 1500);
    CHECK_FALSE(to_int64(to_decimal256(1), -19));
    CHECK(to_decimal128(-1) < to_decimal128(0));
    CHECK(to_decimal256(-1) < to_decimal256(0));
    CHECK(decimal256_value{{0, 1, 0, 0}} > to_decimal256(most));
}

TEST_CASE("decimal: to double is the nearest one") {
    test::numbers random{9};
    for (int i = 0; i < 20'000; ++i) {
        std::string digits;
        for (auto n = 1 + random.below(30); n-- > 0;) digits += static_cast<char>('0' + random.below(10));
        const auto scale = static_cast<int>(random.below(30));
        const auto v = *parse_decimal128(digits, 38, 0);
        const auto t = digits + "e-" + std::to_string(scale);
        REQUIRE(to_double(v, scale) == std::strtod(t.c_str(), nullptr));
    }
    CHECK(to_double(to_decimal128(-25), 1) == -2.5);
    CHECK(to_double(to_decimal256(12), -3) == 12000.0);
}

TEST_CASE("decimal: from double is the nearest one, of two the even one") {
    struct row {
        double in;
        int scale;
        const char* out;
    };
    const row rows[] = {
        {0.5, 0, "0"},       {1.5, 0, "2"},      {2.5, 0, "2"},         {-1.5, 0, "-2"},   {0.1, 1, "0.1"},
        {0.125, 2, "0.12"},  {0.375, 2, "0.38"}, {-0.0, 2, "0.00"},     {1e22, 0, "10000000000000000000000"},
        {45.4, -1, "50"},    {45.0, -1, "40"},   {55.0, -1, "60"},      {44.9, -1, "40"},  {5.0, -1, "0"},
        {5.000001, -1, "10"}, {4.0, -1, "0"},    {95.0, -1, "100"},     {99.0, -1, "100"}, {-95.5, -1, "-100"},
        {0.4, -1, "0"},      {123456.0, -3, "123000"}, {1e-300, 5, "0.00000"}, {9.99, 1, "10.0"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.in);
        CHECK(text(to_decimal128(r.in, 38, r.scale), r.scale) == r.out);
        CHECK(text(to_decimal256(r.in, 76, r.scale), r.scale) == r.out);
    }
    CHECK_FALSE(to_decimal128(9.99, 2, 1));
    CHECK_FALSE(to_decimal128(1e39, 38, 0));
    CHECK(to_decimal256(1e38, 76, 0));
    CHECK_FALSE(to_decimal256(1e300, 76, 0));
    CHECK_FALSE(to_decimal128(std::nan(""), 38, 0));
    CHECK_FALSE(to_decimal128(-std::numeric_limits<double>::infinity(), 38, -3));
}

TEST_CASE("float16: every half-precision number becomes the same float, and back") {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const float16 half{static_cast<std::uint16_t>(bits)};
        const float f = to_float(half);
        const auto exponent = static_cast<int>(bits >> 10 & 31);
        const double mantissa = bits & 0x3ff;
        if (exponent == 31) {
            CHECK(std::isnan(f) == (mantissa != 0));
            CHECK(std::isinf(f) == (mantissa == 0));
        } else {
            const double size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
            REQUIRE(f == static_cast<float>(bits >> 15 ? -size : size));
        }
        CHECK(std::signbit(f) == (bits >> 15 != 0));
        REQUIRE(to_float16(f) == half);
        if (!std::isnan(f)) REQUIRE(to_float16(static_cast<double>(f)) == half);
    }
}

TEST_CASE("float16: numbers in between go to the nearest, of two the even one, and round once") {
    for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
        const double low = to_float({bits}), high = to_float({static_cast<std::uint16_t>(bits + 1)});
        const double middle = (low + high) / 2;
        const auto even = static_cast<std::uint16_t>(bits + (bits & 1));
        REQUIRE(to_float16(middle).bits == even);
        REQUIRE(to_float16(std::nextafter(middle, 0)).bits == bits);
        REQUIRE(to_float16(std::nextafter(middle, 1e9)).bits == bits + 1);
        REQUIRE(to_float16(-middle).bits == (even | 0x8000));
        REQUIRE(to_float16(static_cast<float>(middle)).bits == even);
    }
    CHECK(to_float16(65519.99f).bits == 0x7bff);
    CHECK(to_float16(65520.0f).bits == 0x7c00);
    CHECK(to_float16(-1e300).bits == 0xfc00);
    CHECK(to_float16(1e-300).bits == 0);
    CHECK(std::isnan(to_float(to_float16(std::nan("")))));
    CHECK(std::isnan(to_float(to_float16(std::bit_cast<float>(0x7f800001u))))); // its payload is lost, not that it is NaN
}

} // namespace decimal_test
