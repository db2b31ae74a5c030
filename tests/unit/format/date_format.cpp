// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/date_format.hpp>

#include <penstock/core/error.hpp>

#include <support/numbers.hpp>

#include <doctest/doctest.h>

namespace date_format_test {

using namespace penstock;
using enum time_unit;

TEST_CASE("date_format: patterns and texts") {
    struct row {
        std::string_view pattern;
        std::string_view text;
        std::int64_t seconds;
        std::string_view written; // where it differs
    };
    for (const auto& t : {
             row{"%Y-%m-%d %H:%M:%S", "2024-02-29 23:59:58", 1709251198, ""},
             row{"%F %T", "2024-02-29 23:59:58", 1709251198, ""},
             row{"%d.%m.%Y", "29.2.2024", 1709164800, "29.02.2024"},
             row{"%d/%m/%y", "31/12/68", 3124137600, ""},
             row{"%m/%d/%y", "01/01/69", -31536000, ""},
             row{"%D %R", "02/29/24 01:02", 1709168520, ""},
             row{"%I:%M %p", "12:05 am", 300, "12:05 AM"},
             row{"%I:%M %p", "12:05 PM", 43500, ""},
             row{"%I:%M %p", "1:05 pm", 46800 + 300, "01:05 PM"},
             row{"%a, %d %b %Y", "Thu, 01 Jan 1970", 0, ""},
             row{"%A %e %B %Y", "thursday  1 JANUARY 1970", 0, "Thursday  1 January 1970"},
             row{"%d-%h-%Y", "01-may-1970", 10368000, "01-May-1970"},
             row{"%Y%j", "2024366", 1735603200, ""},
             row{"%Y%m%d", "20240229", 1709164800, ""},
             row{"%H%M%z", "0200+0200", 0, "0000+0000"},
             row{"%s", "-5", -5, ""},
             row{"100%% %Y", "100%1970", 0, "100% 1970"},
             row{"%Y", "-0044", -63555753600, ""},
         }) {
        CAPTURE(t.pattern);
        CAPTURE(t.text);
        const date_format f{t.pattern};
        CHECK(f.parse_timestamp(t.text, second) == t.seconds);
        std::string out;
        f.append_timestamp(out, t.seconds, second);
        CHECK(out == (t.written.empty() ? t.text : t.written));
        CHECK(f.parse_timestamp(out, second) == t.seconds);
        CHECK_FALSE(f.parse_timestamp(std::string{t.text} + "x", second));
        for (std::size_t n = 0; n < t.text.size(); ++n) (void)f.parse_timestamp(t.text.substr(0, n), second);
    }
}

TEST_CASE("date_format: what is refused") {
    const date_format f{"%Y-%m-%d %H:%M:%S"};
    for (const std::string_view bad : {"", "2024-02-30 00:00:00", "2024-13-01 00:00:00", "2024-00-01 00:00:00",
                                       "2024-01-01 24:00:00", "2024-01-01 00:60:00", "2024-01-01 00:00:60", "24-01-01 00:00:00"})
        CHECK_FALSE(f.parse_timestamp(bad, second));
    CHECK_FALSE(date_format{"%Y%j"}.parse_date32("2023366"));
    CHECK_FALSE(date_format{"%Y%j"}.parse_date32("2023000"));
    CHECK_FALSE(date_format{"%I%p"}.parse_time("13PM", second));
    CHECK_FALSE(date_format{"%I%p"}.parse_time("0AM", second));
    CHECK_FALSE(date_format{"%b"}.parse_date32("Foo"));
    CHECK_FALSE(date_format{"%Y"}.parse_timestamp("+999999999999", nanosecond));
    for (const std::string_view bad : {"%", "%Q", "%I", "%p", "%j %m", "%s %Y", "%\xff"})
        CHECK_THROWS_AS(date_format{bad}, error);
}

TEST_CASE("date_format: units, dates and times") {
    const date_format f{"%H:%M:%S.%f"};
    CHECK(f.parse_time("00:00:01.5", millisecond) == 1500);
    CHECK_FALSE(f.parse_time("00:00:01.5", second));
    CHECK(f.parse_time("00:00:01.500000000000", microsecond) == 1500000);
    CHECK(f.has_time());
    CHECK_FALSE(f.has_date());
    CHECK_FALSE(date_format{"%H%z"}.parse_time("01+02", second));
    CHECK(date_format{"%H%z"}.has_zone());
    CHECK(date_format{"%d.%m.%Y"}.parse_date32("01.01.1970") == 0);
    CHECK_FALSE(date_format{"%d.%m.%Y %H"}.parse_date32("01.01.1970 01"));
    CHECK_FALSE(date_format{"%Y"}.parse_time("1970", second));
    std::string out;
    f.append_timestamp(out, -1, nanosecond);
    CHECK(out == "23:59:59.999999999");
    out.clear();
    date_format{"%d.%m.%Y"}.append_date32(out, -1);
    CHECK(out == "31.12.1969");
}

TEST_CASE("date_format: seconds before 1970 have their fraction on the same side") {
    const date_format f{"%s.%f"};
    CHECK(f.parse_timestamp("-1.25", time_unit::millisecond) == -1250);
    CHECK(f.parse_timestamp("-0.5", time_unit::millisecond) == -500);
    CHECK(f.parse_timestamp("-1.0", time_unit::millisecond) == -1000);
    CHECK(f.parse_timestamp("1.25", time_unit::millisecond) == 1250);
    for (const std::int64_t v : {-1250, -1000, -999, -1, 0, 1, 999, 1250}) {
        std::string text;
        f.append_timestamp(text, v, time_unit::millisecond);
        CHECK(f.parse_timestamp(text, time_unit::millisecond) == v);
        if (v == -1250) CHECK(text == "-1.250");
        if (v == -1) CHECK(text == "-0.001");
    }
    CHECK_FALSE(date_format{"%b %m"}.parse_date32(" 3")); // a name that is none
}

TEST_CASE("date_format: any moment is read back") {
    test::numbers n{5};
    const date_format f{"%Y-%m-%dT%H:%M:%S.%f%z"};
    const date_format names{"%A %B %e, %Y %I:%M:%S.%f %p"};
    for (int i = 0; i < 5000; ++i) {
        const auto v = static_cast<std::int64_t>(n.below(std::uint64_t{1} << 62)) * (i % 2 ? 1 : -1);
        for (const auto u : {millisecond, microsecond, nanosecond}) {
            std::string a;
            f.append_timestamp(a, v, u);
            REQUIRE(f.parse_timestamp(a, u) == v);
            std::string b;
            names.append_timestamp(b, v, u);
            REQUIRE(names.parse_timestamp(b, u) == v);
        }
    }
}

} // namespace date_format_test
