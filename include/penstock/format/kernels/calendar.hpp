// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock::detail {

// The months of 1900 to 2155, 16 entries a year, by (year - 1900) * 16 + month: the day before the first, as days since
// 1970-01-01, times 64, plus the length of the month; that is 0 where there is no such month, so that no day is within it.
inline constexpr std::uint32_t calendar_first_year = 1900;
inline constexpr std::uint32_t calendar_years = 256;
inline constexpr auto calendar = [] {
    std::array<std::int32_t, std::size_t{calendar_years} * 16> months{};
    constexpr std::int32_t lengths[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    std::int32_t day = -25567 - 1; // 1899-12-31
    for (std::uint32_t y = 0; y < calendar_years; ++y) {
        const auto year = calendar_first_year + y;
        const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (std::uint32_t m = 1; m <= 12; ++m) {
            const auto length = lengths[m] + (m == 2 && leap);
            months[y * 16 + m] = day * 64 + length;
            day += length;
        }
    }
    return months;
}();

} // namespace penstock::detail
