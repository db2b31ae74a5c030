// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of text in CSV. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

#if PENSTOCK_LEVEL < 2
/// Copies `n` bytes in steps of 16: reads and writes up to 15 more. A call for a few bytes costs more than the bytes.
PENSTOCK_STEP void copy_text(char* to, const char* from, std::size_t n) noexcept {
    if (n > 64) {
        std::memcpy(to, from, n);
        return;
    }
    for (std::size_t i = 0; i < n; i += 16) std::memcpy(to + i, from + i, 16);
}
#endif

/// Text in which every quote is doubled, with one of each two. Gives its size; writes up to 64 bytes more.
PENSTOCK_KERNEL std::size_t copy_undoubled(char* to, const char* from, std::size_t size, char quote) noexcept {
    const char* const begin = to;
    const char* const end = from + size;
    while (from < end) {
        const auto left = static_cast<std::size_t>(end - from);
        const auto b = load_block(from);
#if PENSTOCK_LEVEL >= 2
        store_block(to, b);
#else
        std::memcpy(to, from, 64);
#endif
        const auto quotes = left < 64 ? low_bits(equal(b, quote), left) : equal(b, quote);
        const auto step = quotes ? lowest(quotes) + 1 : std::min<std::size_t>(left, 64);
        to += step;
        from += step + (quotes != 0);
    }
    return static_cast<std::size_t>(to - begin);
}

PENSTOCK_KERNEL std::size_t csv_text(const field_run& run, const csv_text_rules& rules, char* data, std::size_t position,
                                     std::int32_t* ends, field_bits& bits) {
    const auto* slot = run.slots;
    const char quote = rules.quote;
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t empty = 0;
        for (std::size_t i = 0; i < count; ++i, slot += run.stride) {
            auto f = text_of(run, slot);
            empty |= static_cast<std::uint64_t>(f.size == 0) << i;
            const std::size_t quoted = (f.first[0] == quote) & (f.size != 0) & rules.quotes;
            f.first += quoted;
            f.size -= 2 * quoted;
            char* const to = data + position;
            if (f.size < 64) [[likely]] {
                const auto b = load_block(f.first);
                const auto inner = low_bits(equal(b, quote), f.size) & (std::uint64_t{0} - quoted);
#if PENSTOCK_LEVEL == 3
                if (inner) { // of each two, the first is kept
                    const auto kept = low_bits(~inner | prefix_xor(inner), f.size);
                    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(kept, b.bytes));
                    f.size = count_ones(kept);
                } else {
                    store_block(to, b);
                }
#elif PENSTOCK_LEVEL == 2
                if (inner)
                    f.size = copy_undoubled(to, f.first, f.size, quote);
                else
                    store_block(to, b);
#else
                if (inner)
                    f.size = copy_undoubled(to, f.first, f.size, quote);
                else
                    copy_text(to, f.first, f.size);
#endif
            } else if (quoted && std::memchr(f.first, quote, f.size)) {
                f.size = copy_undoubled(to, f.first, f.size, quote);
            } else {
                std::memcpy(to, f.first, f.size);
            }
            position += f.size;
            ends[row + i] = static_cast<std::int32_t>(position);
        }
        const auto all = ~std::uint64_t{0} >> (64 - count);
        bits.valid[row / 64] = rules.empty_is_null ? all & ~empty : all;
        bits.hard[row / 64] = 0;
    }
    return position;
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
