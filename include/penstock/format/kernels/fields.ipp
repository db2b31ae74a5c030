// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// A field in the text, and what all fields of a column have in front or behind. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

struct field_text {
    const char* first;
    std::size_t size;
};
PENSTOCK_STEP field_text text_of(const field_run& run, const std::uint32_t* slot) noexcept {
    const std::uint32_t first = slot[0] + 1 + run.front; // wraps where the field begins the text
    return {run.text + first, static_cast<std::size_t>(slot[1]) - run.back - first};
}

PENSTOCK_STEP bool is_word_null(const char* first, std::size_t size) noexcept {
    return size == 4 && std::memcmp(first, "null", 4) == 0;
}
PENSTOCK_STEP bool is_nothing(const field_text& f, null_form form) noexcept {
    if (form == null_form::none) return false;
    if (form != null_form::word && f.size == 0) return true;
    return form != null_form::empty && is_word_null(f.first, f.size);
}

PENSTOCK_STEP bool in_quotes(const field_text& f) noexcept {
    return f.size >= 2 && f.first[0] == '"' && f.first[f.size - 1] == '"';
}
/// Without its quotes, where it has any; where it should have and has not, its size is 0.
PENSTOCK_STEP field_text unquoted(field_text f, bool quoted) noexcept {
    if (!quoted) return f;
    if (!in_quotes(f)) return {f.first, 0};
    return {f.first + 1, f.size - 2};
}

PENSTOCK_KERNEL how_many ending_with(const field_run& run, char wanted) {
    const auto* slot = run.slots + 1;
    const char* last = run.text - run.back - 1;
    bool all = true;
    bool any = false;
    for (std::size_t row = 0; row < run.rows; ++row, slot += run.stride) {
        const bool found = (last[slot[0]] == wanted) & (slot[0] - slot[-1] - 1 > run.back);
        all &= found;
        any |= found;
    }
    return !any ? how_many::none : all ? how_many::all : how_many::some;
}

PENSTOCK_KERNEL std::size_t starting_with(const field_run& run, const char* bytes, std::size_t size) {
    const auto* slot = run.slots;
    std::size_t row = 0;
#if PENSTOCK_LEVEL >= 1
    if (size <= 16) {
        const auto wanted = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
        const auto outside = ~0u << size;
        for (; row < run.rows; ++row, slot += run.stride) {
            const char* first = run.text + static_cast<std::uint32_t>(slot[0] + 1);
            const auto same = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)), wanted);
            const auto long_enough = slot[1] - (slot[0] + 1) >= size;
            if ((static_cast<unsigned>(_mm_movemask_epi8(same)) | outside) != ~0u || !long_enough) [[unlikely]]
                break;
        }
        return row;
    }
#endif
    for (; row < run.rows; ++row, slot += run.stride) {
        const char* first = run.text + static_cast<std::uint32_t>(slot[0] + 1);
        if (slot[1] - (slot[0] + 1) < size || std::memcmp(first, bytes, size) != 0) break;
    }
    return row;
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
