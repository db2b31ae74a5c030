// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// The parts of keys as file names. A part that no file can have as its name is written behind a prefix,
/// which is different for files and folders, so that "a/" (an object) and "a//b" live side by side.
namespace penstock::testing::detail {

inline constexpr std::size_t longest_file_name = 255;

/// Throws `errc::invalid_request` where the name would be too long.
PENSTOCK_DECL std::string file_name_of(std::string_view part, bool folder);
/// The part that `file_name_of` gives this name to; none for names that it never gives.
PENSTOCK_DECL std::optional<std::string> key_part_of(const std::string& name, bool folder);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/key_names.ipp>
#endif
