// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <iterator>
#include <string>

namespace penstock {
namespace detail {

struct checksum_facts {
    std::string_view name;
    std::string_view header;
    std::size_t size;
    bool crc;
};
/// In the order of `checksum_algorithm`.
inline constexpr checksum_facts checksum_table[] = {
    {"CRC32", "x-amz-checksum-crc32", 4, true},         {"CRC32C", "x-amz-checksum-crc32c", 4, true},
    {"CRC64NVME", "x-amz-checksum-crc64nvme", 8, true}, {"SHA1", "x-amz-checksum-sha1", 20, false},
    {"SHA256", "x-amz-checksum-sha256", 32, false},     {"MD5", "Content-MD5", 16, false},
};

inline constexpr const checksum_facts& facts_of(checksum_algorithm a) noexcept {
    return checksum_table[static_cast<std::size_t>(a)];
}

} // namespace detail

PENSTOCK_DECL std::string_view to_string(checksum_algorithm a) noexcept { return detail::facts_of(a).name; }
PENSTOCK_DECL std::string_view to_string(checksum_type t) noexcept {
    return t == checksum_type::composite ? "COMPOSITE" : "FULL_OBJECT";
}

PENSTOCK_DECL std::optional<checksum_algorithm> checksum_algorithm_from(std::string_view name) noexcept {
    char plain[16];
    std::size_t size = 0;
    for (const char c : name) {
        if (c == '-') continue;
        if (size == sizeof plain) return std::nullopt;
        plain[size++] = c;
    }
    const auto* at = std::find_if(std::begin(detail::checksum_table), std::end(detail::checksum_table), [&](const auto& f) {
        return detail::iequals(f.name, {plain, size});
    });
    if (at == std::end(detail::checksum_table)) return std::nullopt;
    return static_cast<checksum_algorithm>(at - detail::checksum_table);
}

PENSTOCK_DECL std::string_view checksum_header(checksum_algorithm a) noexcept { return detail::facts_of(a).header; }
PENSTOCK_DECL std::size_t checksum_size(checksum_algorithm a) noexcept { return detail::facts_of(a).size; }
PENSTOCK_DECL bool is_crc(checksum_algorithm a) noexcept { return detail::facts_of(a).crc; }

} // namespace penstock
