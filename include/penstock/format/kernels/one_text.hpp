// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/format/kernels/text_kernels.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace penstock::detail {

/// How a kernel reads timestamps of this type.
inline timestamp_rules rules_of(const data_type& timestamp) {
    timestamp_rules rules;
    rules.decimals = 3 * static_cast<int>(timestamp.unit());
    rules.utc = !timestamp.time_zone().empty();
    return rules;
}

/// One text that lies anywhere, by a kernel.
template <class T, class Kernel, class Rules>
std::optional<T> by_kernel(Kernel kernel, const Rules& rules, std::string_view text) {
    char padded[3 * 64] = {};
    if (text.size() > 64) return std::nullopt;
    std::memcpy(padded + 64, text.data(), text.size());
    const std::uint32_t slots[] = {63, static_cast<std::uint32_t>(64 + text.size())};
    const field_run run{padded, slots, 1, 1};
    T out{};
    field_bits bits;
    kernel(run, rules, &out, bits);
    if (bits.valid[0] == 0) return std::nullopt;
    return out;
}

inline std::optional<std::int64_t> one_timestamp(std::string_view text, const data_type& type) {
    auto rules = rules_of(type);
    rules.nulls = null_form::none;
    return by_kernel<std::int64_t>(text_kernels_of(simd_level::portable).timestamp, rules, text);
}
inline std::optional<std::int32_t> one_date(std::string_view text) {
    timestamp_rules rules;
    rules.nulls = null_form::none;
    return by_kernel<std::int32_t>(text_kernels_of(simd_level::portable).date, rules, text);
}

} // namespace penstock::detail
