// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Values in headers and documents.
namespace penstock::s3::detail {

/// `text` without white space at both ends.
PENSTOCK_DECL std::string_view trimmed(std::string_view text) noexcept;

/// A decimal number, white space around it allowed.
PENSTOCK_DECL std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;
/// As `parse_number`, but throws `errc::malformed_response` where `text` is no number.
PENSTOCK_DECL std::uint64_t required_number(std::string_view field, std::string_view text);
/// "true", in any case.
PENSTOCK_DECL bool parse_flag(std::string_view text) noexcept;
/// A date of HTTP or XML; none where it is neither, since no read depends on it.
PENSTOCK_DECL std::optional<wall_time> parse_time(std::string_view text);

/// Undoes encoding-type=url in place, where a plus sign is a space too. Throws `errc::malformed_response`.
PENSTOCK_DECL void decode_key(std::string& text);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/text.ipp>
#endif
