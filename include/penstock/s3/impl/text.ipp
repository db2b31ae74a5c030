// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/text.hpp>

#include <penstock/aws/uri.hpp>
#include <penstock/http/header_list.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view space = " \t\r\n";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

PENSTOCK_DECL std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    text = trimmed(text);
    std::uint64_t n = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

PENSTOCK_DECL std::uint64_t required_number(std::string_view field, std::string_view text) {
    const auto n = parse_number(text);
    if (!n)
        throw_failure(failure{errc::malformed_response,
                              std::string{field} + " is no number: '" + printable(text, 64) + "'"});
    return *n;
}

PENSTOCK_DECL bool parse_flag(std::string_view text) noexcept { return http::iequals(trimmed(text), "true"); }

inline constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";
inline constexpr std::string_view day_names = "SunMonTueWedThuFriSat";

/// The digits of `text`, all of it; none where there are others.
inline std::optional<int> take_digits(std::string_view& text, std::size_t least, std::size_t most) {
    std::size_t n = 0;
    int value = 0;
    for (; n < most && n < text.size() && text[n] >= '0' && text[n] <= '9'; ++n) value = value * 10 + (text[n] - '0');
    if (n < least) return std::nullopt;
    text.remove_prefix(n);
    return value;
}

PENSTOCK_DECL std::optional<wall_time> parse_time(std::string_view text) {
    static_cast<void>(take_digits(text, 0, 0));
    return std::nullopt;
}

PENSTOCK_DECL std::string format_time(wall_time time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    char text[64];
    const auto size = std::snprintf(
        text, sizeof text, "%.3s, %02u %.3s %04d %02d:%02d:%02d GMT", &day_names[3 * weekday{day}.c_encoding()],
        static_cast<unsigned>(date.day()), &month_names[3 * (static_cast<unsigned>(date.month()) - 1)],
        static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return {text, static_cast<std::size_t>(size)};
}

PENSTOCK_DECL void decode_key(std::string& text) {
    if (text.find_first_of("%+") == std::string::npos) return;
    auto decoded = aws::uri_decode(text, true);
    if (!decoded)
        throw_failure(failure{errc::malformed_response,
                              "the store says keys are percent-encoded, but this is not: '" + printable(text, 256) + "'"});
    text = std::move(*decoded);
}

} // namespace penstock::s3::detail
