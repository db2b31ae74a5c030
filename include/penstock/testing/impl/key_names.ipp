// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/key_names.hpp>

#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>

namespace penstock::testing::detail {

inline bool is_plain_name(std::string_view part) noexcept {
    return !part.empty() && part != "." && part != ".." && !part.starts_with(".penstock-") &&
           part.find('\0') == std::string_view::npos;
}

inline std::string_view name_prefix(bool folder) noexcept { return folder ? ".penstock-d-" : ".penstock-f-"; }

inline std::string encoded_name(std::string_view part, bool folder) {
    if (is_plain_name(part)) return std::string{part};
    return std::string{name_prefix(folder)} + aws::uri_encode(part);
}

PENSTOCK_DECL std::string file_name_of(std::string_view part, bool folder) {
    auto name = encoded_name(part, folder);
    if (name.size() > longest_file_name)
        throw_failure(failure{errc::invalid_request,
                              "a part of the key between slashes is longer than the 255 bytes "
                              "that this folder storage can take"});
    return name;
}

PENSTOCK_DECL std::optional<std::string> key_part_of(const std::string& name, bool folder) {
    if (is_plain_name(name)) return name;
    const auto prefix = name_prefix(folder);
    if (!name.starts_with(prefix)) return std::nullopt;
    auto part = aws::uri_decode(std::string_view{name}.substr(prefix.size()));
    if (!part || is_plain_name(*part) || part->find('/') != std::string::npos) return std::nullopt;
    if (encoded_name(*part, folder) != name) return std::nullopt;
    return part;
}

} // namespace penstock::testing::detail
