// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/detail/edit_distance.hpp>
#include <penstock/core/detail/text_values.hpp>

#include <doctest/doctest.h>

namespace text_values_test {

using namespace penstock::detail;
using namespace std::chrono_literals;

TEST_CASE("text values: numbers and truth values") {
    CHECK(parse_number("0") == 0);
    CHECK(parse_number("18446744073709551615") == UINT64_MAX);
    for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "18446744073709551616"})
        CHECK_FALSE(parse_number(bad));
    CHECK(parse_flag("true") == true);
    CHECK(parse_flag("false") == false);
    for (const auto* bad : {"", "True", "1", "yes", " true"}) CHECK_FALSE(parse_flag(bad));
}

TEST_CASE("text values: sizes") {
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("7B") == 7);
    CHECK(parse_size("1KiB") == 1024);
    CHECK(parse_size("64MiB") == 64u << 20);
    CHECK(parse_size("2GiB") == std::uint64_t{2} << 30);
    CHECK(parse_size("3TiB") == std::uint64_t{3} << 40);
    CHECK(parse_size("16777215TiB") == std::uint64_t{16777215} << 40);
    for (const auto* bad : {"", "MiB", "64 MiB", "64MB", "64mib", "64M", "-1MiB", "1.5MiB", "16777216TiB", "1MiBs"})
        CHECK_FALSE(parse_size(bad));
}

TEST_CASE("text values: durations") {
    CHECK(parse_duration("0") == 0s);
    CHECK(parse_duration("32s") == 32s);
    CHECK(parse_duration("500ms") == 500ms);
    CHECK(parse_duration("7us") == 7us);
    CHECK(parse_duration("9ns") == 9ns);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("1m30s") == 90s);
    CHECK(parse_duration("1.5s") == 1500ms);
    CHECK(parse_duration("0.25h") == 15min);
    CHECK(parse_duration("0.000000001s") == 1ns);
    CHECK(parse_duration("9223372036s") == 9223372036s);
    for (const auto* bad : {"", "5", "s", "-1s", "+1s", "1 s", " 1s", "1s ", ".5s", "1.s", "1.5", "1d", "1S", "inf", "1e3s",
                            "0.0000000001s", "9223372037s", "9223372036s900000000ns", "99999999999999999999s"})
        CHECK_FALSE(parse_duration(bad));
}

TEST_CASE("text values: how far one word is from another") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("s3_regoin", "s3_region") == 2);
    CHECK(edit_distance("endpoint_url", "endpoint") == 4);
}

} // namespace text_values_test
