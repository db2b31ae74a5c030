// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/date_time.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace penstock::aws::detail {

/// Dates of servers outside 2000 to 2199 are no reason to change our clock.
inline constexpr std::int64_t earliest_date = 946'684'800, latest_date = 7'258'118'399;
/// A smaller difference is no reason to refuse a request.
inline constexpr std::chrono::minutes clock_tolerance{5};

/// How far the clock of who answered is ahead of `now`; none where it does not say what can be believed.
inline std::optional<std::chrono::seconds> clock_difference(const http::header_list& answer, wall_time now) {
    const auto server = parse_http_date(answer["date"]);
    if (!server || server->seconds < earliest_date || server->seconds > latest_date) return std::nullopt;
    return std::chrono::seconds{server->seconds - instant{now}.seconds};
}

} // namespace penstock::aws::detail
