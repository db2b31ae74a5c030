// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of truth values. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

PENSTOCK_KERNEL bool boolean(const field_run& run, null_form nulls, std::uint64_t* out, field_bits& bits) {
    const auto* slot = run.slots;
    std::uint64_t any = 0;
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        std::uint64_t values = 0;
        std::uint64_t hard = 0;
        for (std::size_t i = 0; i < count; ++i, slot += run.stride) {
            const auto f = text_of(run, slot);
            const bool yes = (f.size == 4) & (std::memcmp(f.first, "true", 4) == 0);
            const bool no = (f.size == 5) & (std::memcmp(f.first, "false", 5) == 0);
            const bool there = yes | no;
            values |= static_cast<std::uint64_t>(yes) << i;
            valid |= static_cast<std::uint64_t>(there) << i;
            hard |= static_cast<std::uint64_t>(!there && !is_nothing(f, nulls)) << i;
        }
        out[row / 64] = values;
        bits.valid[row / 64] = valid;
        bits.hard[row / 64] = hard;
        any |= hard;
    }
    return any == 0;
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
