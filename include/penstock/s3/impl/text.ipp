// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/text.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/http/header_list.hpp>

#include <charconv>

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

PENSTOCK_DECL std::optional<wall_time> parse_time(std::string_view text) {
    text = trimmed(text);
    auto t = aws::parse_iso8601(text);
    if (!t) t = aws::parse_http_date(text);
    if (!t && text.size() > 6 && text[4] == ' ' && text[6] == ' ')
        t = aws::parse_http_date(
            std::string{text}.insert(5, "0")); // "Sun, 1 Jan 2006": some stores save the zero
    if (!t) return std::nullopt;
    const auto wall = t->to_wall_time();
    if (wall == wall_time::max() || wall == wall_time::min()) return std::nullopt; // beyond what the clock can hold
    return wall;
}

PENSTOCK_DECL void decode_key(std::string& text) {
    if (text.find('%') == std::string::npos && text.find('+') == std::string::npos) return;
    auto decoded = aws::uri_decode(text, true);
    if (!decoded)
        throw_failure(
            failure{errc::malformed_response, "the store says keys are percent-encoded, but this is not: '" +
                                                  printable(text, 256) + "'"});
    text = std::move(*decoded);
}

} // namespace penstock::s3::detail
