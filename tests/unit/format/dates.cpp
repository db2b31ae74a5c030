// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/dates.hpp>

#include <support/numbers.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace dates_test {

using namespace penstock;
using enum time_unit;

constexpr auto least = std::numeric_limits<std::int64_t>::min();
constexpr auto most = std::numeric_limits<std::int64_t>::max();

template <class F>
std::string text(F&& append) {
    std::string out;
    append(out);
    return out;
}
std::string date(std::int32_t d) {
    return text([&](auto& s) { append_date32(s, d); });
}
std::string stamp(std::int64_t v, time_unit u, bool utc = false) {
    return text([&](auto& s) { append_timestamp(s, v, u, utc); });
}
std::string span(std::int64_t v, time_unit u) {
    return text([&](auto& s) { append_duration(s, v, u); });
}

TEST_CASE("dates: days and their texts") {
    struct row {
        std::int32_t days;
        std::string_view text;
    };
    for (const auto& t : {row{0, "1970-01-01"}, row{-1, "1969-12-31"}, row{19782, "2024-02-29"}, row{11016, "2000-02-29"},
                          row{-719528, "0000-01-01"}, row{-719529, "-0001-12-31"}, row{2932896, "9999-12-31"},
                          row{2932897, "+10000-01-01"}, row{2147483647, "+5881580-07-11"},
                          row{-2147483647 - 1, "-5877641-06-23"}}) {
        CHECK(date(t.days) == t.text);
        CHECK(parse_date32(t.text) == t.days);
        CHECK(parse_date64(t.text) == t.days * std::int64_t{86400000});
        std::string same;
        CHECK(append_date64(same, t.days * std::int64_t{86400000}));
        CHECK(same == t.text);
    }
    CHECK(parse_date32("+0000-01-01") == -719528);
    for (const std::string_view bad :
         {"", "2024-2-9", "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "20240101",
          "2024-01-01 ", " 2024-01-01", "-0000-01-01", "12345-01-01", "+123-01-01", "2024/01/01", "+5881580-07-12",
          "-5877641-06-22", "+9999999999999-01-01", "2024-01-01T00:00", "2024-01", "0x10-01-01"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_date32(bad));
    }
    std::string none;
    CHECK_FALSE(append_date64(none, 1));
    CHECK(none.empty());
    CHECK_FALSE(parse_date64("+999999999999-01-01"));
}

TEST_CASE("dates: times of a day") {
    CHECK(parse_time("00:00", second) == 0);
    CHECK(parse_time("23:59:59", second) == 86399);
    CHECK(parse_time("23:59:59.999", millisecond) == 86399999);
    CHECK(parse_time("12:00:00.5000000000000", microsecond) == 43200500000);
    CHECK(parse_time("00:00:00.000000001", nanosecond) == 1);
    for (const std::string_view bad : {"", "24:00", "23:60", "23:59:60", "1:00", "12", "12:0", "12:00:", "12:00:0", "12:00:00.",
                                       "12:00:00.1x", "-01:00", "12:00:00.0000000001", "12:00Z"})
        CHECK_FALSE(parse_time(bad, nanosecond));
    CHECK_FALSE(parse_time("12:00:00.5", second));
    CHECK_FALSE(parse_time("12:00:00.0005", millisecond));
    CHECK(parse_time("12:00:00.500", second).has_value() == false);
    CHECK(parse_time("12:00:00.000", second) == 43200);
    std::string out;
    CHECK(append_time(out, 86399999, millisecond));
    CHECK(out == "23:59:59.999");
    CHECK_FALSE(append_time(out, 86400, second));
    CHECK_FALSE(append_time(out, -1, nanosecond));
    CHECK(out == "23:59:59.999");
}

TEST_CASE("dates: timestamps with and without a zone") {
    CHECK(stamp(0, second) == "1970-01-01T00:00:00");
    CHECK(stamp(-1, millisecond, true) == "1969-12-31T23:59:59.999Z");
    CHECK(stamp(1709251199123456, microsecond) == "2024-02-29T23:59:59.123456");
    CHECK(stamp(least, nanosecond) == "1677-09-21T00:12:43.145224192");
    CHECK(stamp(most, nanosecond, true) == "2262-04-11T23:47:16.854775807Z");
    CHECK(stamp(most, second) == "+292277026596-12-04T15:30:07");
    CHECK(stamp(least, second) == "-292277022657-01-27T08:29:52");
    for (const auto u : {second, millisecond, microsecond, nanosecond})
        for (const auto v : {least, most, std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}})
            for (const bool utc : {false, true}) CHECK(parse_timestamp(stamp(v, u, utc), u, utc) == v);
    CHECK(parse_timestamp("2024-02-29 23:59", second, false) == 1709251140);
    CHECK(parse_timestamp("2024-02-29", second, false) == 1709164800);
    CHECK(parse_timestamp("1970-01-01T02:00:00+02:00", second, true) == 0);
    CHECK(parse_timestamp("1970-01-01T02:00+0200", second, true) == 0);
    CHECK(parse_timestamp("1969-12-31T22:30-0130", second, true) == 0);
    CHECK(parse_timestamp("1969-12-31T22:00-02", second, true) == 0);
    for (const std::string_view bad : {"1970-01-01T00:00:00", "1970-01-01", "1970-01-01Z", "1970-01-01T00:00z",
                                       "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+02:60", "1970-01-01T00:00:00+2",
                                       "1970-01-01T00:00:00+02:0", "1970-01-01T00:00:00Z ", "1970-01-01T23:59:60Z",
                                       "1970-01-01t00:00:00Z"})
        CHECK_FALSE(parse_timestamp(bad, second, true));
    for (const std::string_view bad : {"1970-01-01T00:00:00Z", "1970-01-01T", "1970-01-01T00", "1970-01-01  00:00",
                                       "1970-01-01T00:00:00+00:00"})
        CHECK_FALSE(parse_timestamp(bad, second, false));
    // beyond the unit
    CHECK_FALSE(parse_timestamp("2262-04-11T23:47:16.854775808", nanosecond, false));
    CHECK_FALSE(parse_timestamp("1677-09-21T00:12:43.145224191", nanosecond, false));
    CHECK_FALSE(parse_timestamp("+292277026596-12-04T15:30:08", second, false));
}

TEST_CASE("dates: durations") {
    CHECK(span(0, nanosecond) == "PT0S");
    CHECK(span(93784500, millisecond) == "P1DT2H3M4.5S");
    CHECK(span(-500000, microsecond) == "-PT0.5S");
    CHECK(span(86400, second) == "P1D");
    CHECK(span(-60, second) == "-PT1M");
    for (const auto u : {second, millisecond, microsecond, nanosecond})
        for (const auto v : {least, most, std::int64_t{0}, std::int64_t{-1}, std::int64_t{86399}})
            CHECK(parse_duration(span(v, u), u) == v);
    CHECK(parse_duration("P2W", second) == 1209600);
    CHECK(parse_duration("PT-1.5S", millisecond) == -1500);
    CHECK(parse_duration("-PT-1.5S", millisecond) == 1500);
    CHECK(parse_duration("PT1M-1S", second) == 59);
    CHECK(parse_duration("-42", second) == -42);
    for (const std::string_view bad : {"", "P", "PT", "P1DT", "1S", "P1", "P1.5D", "PT1S1M", "P1Y", "P1M", "PT1X", "PT1s",
                                       "P1S", "PT1.S", "9223372036854775808", "P99999999999999999D", "1.5", "PT1S "}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad, second));
    }
    CHECK_FALSE(parse_duration("PT0.5S", second));
}

TEST_CASE("dates: intervals") {
    const auto months = [](std::int32_t m) { return text([&](auto& s) { append_interval_months(s, m); }); };
    CHECK(months(-14) == "P-14M");
    for (const auto m : {0, 14, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()})
        CHECK(parse_interval_months(months(m)) == m);
    CHECK(parse_interval_months("P1Y2M") == 14);
    CHECK(parse_interval_months("-P1Y") == -12);
    CHECK_FALSE(parse_interval_months("P1D"));
    CHECK_FALSE(parse_interval_months("P200000000Y"));

    const day_time_interval d{-3, 1500};
    const auto day_text = text([&](auto& s) { append_interval_day_time(s, d); });
    CHECK(day_text == "P-3DT1.5S");
    CHECK(parse_interval_day_time(day_text) == d);
    CHECK(parse_interval_day_time("P1WT1H") == day_time_interval{7, 3600000});
    CHECK_FALSE(parse_interval_day_time("P1M"));
    CHECK_FALSE(parse_interval_day_time("PT0.0001S"));

    const month_day_nano_interval n{1, -2, least};
    const auto nano_text = text([&](auto& s) { append_interval_month_day_nano(s, n); });
    CHECK(nano_text == "P1M-2DT-9223372036.854775808S");
    CHECK(parse_interval_month_day_nano(nano_text) == n);
    CHECK(parse_interval_month_day_nano("P1Y") == month_day_nano_interval{12, 0, 0});
    CHECK_FALSE(parse_interval_month_day_nano("P"));
}

TEST_CASE("dates: random days go there and back, in order") {
    test::numbers n{3};
    for (int i = 0; i < 20000; ++i) {
        const auto d = static_cast<std::int32_t>(n.below(std::uint64_t{1} << 32));
        REQUIRE(parse_date32(date(d)) == d);
    }
    std::string before = date(-1000);
    for (std::int32_t d = -999; d < 40000; ++d) {
        const auto now = date(d);
        REQUIRE(before < now);
        before = now;
    }
}

} // namespace dates_test
