// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

// Values that people write into configuration. Nothing is guessed: what is not wholly of the form is none.

namespace penstock::detail {

/// Decimal digits alone.
inline std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    std::uint64_t n = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, n);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return n;
}

inline std::optional<bool> parse_flag(std::string_view text) noexcept {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

/// Bytes: "67108864", "64MiB"; units B, KiB, MiB, GiB, TiB. No "MB", which is two different sizes to two people.
inline std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto n = parse_number(text.substr(0, digits));
    if (!n) return std::nullopt;
    const auto unit = text.substr(digits);
    if (unit.empty() || unit == "B") return n;
    static constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB"};
    unsigned shift = 0;
    for (const auto u : units) {
        shift += 10;
        if (unit != u) continue;
        if (*n > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
        return *n << shift;
    }
    return std::nullopt;
}

/// Takes a unit of time off the front of `text`, as nanoseconds; 0: none is there.
inline std::int64_t take_time_unit(std::string_view& text) noexcept {
    struct unit {
        std::string_view name;
        std::int64_t nanoseconds;
    };
    static constexpr unit units[] = {{"ns", 1},          {"us", 1'000},           {"ms", 1'000'000},
                                     {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};
    for (const auto& u : units) {
        if (!text.starts_with(u.name)) continue;
        text.remove_prefix(u.name.size());
        return u.nanoseconds;
    }
    return 0;
}

/// "32s", "500ms", "1.5h", "1m30s"; "0" needs no unit. Units ns, us, ms, s, m, h.
inline std::optional<duration> parse_duration(std::string_view text) noexcept {
    if (text == "0") return duration::zero();
    if (text.empty()) return std::nullopt;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    std::int64_t total = 0;
    const auto add = [&total](std::int64_t count, std::int64_t unit) {
        if (count > (most - total) / unit) return false;
        total += count * unit;
        return true;
    };
    while (!text.empty()) {
        std::int64_t whole = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
        if (!is_digit(text.front()) || read.ec != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        std::string_view fraction;
        if (text.starts_with('.')) {
            fraction = text.substr(1, std::min(text.find_first_not_of("0123456789", 1), text.size()) - 1);
            if (fraction.empty()) return std::nullopt;
            text.remove_prefix(1 + fraction.size());
        }
        auto unit = take_time_unit(text);
        if (unit == 0 || !add(whole, unit)) return std::nullopt;
        for (const char digit : fraction) {
            if (unit % 10 != 0) return std::nullopt; // less than a nanosecond
            unit /= 10;
            if (!add(digit - '0', unit)) return std::nullopt;
        }
    }
    return duration{total};
}

} // namespace penstock::detail
