// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of text in CSV. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

// What is copied at once: a block, or less where all fields of a column are short.
#if PENSTOCK_LEVEL >= 1
struct piece16 {
    __m128i bytes;
};
PENSTOCK_STEP void load_piece(piece16& x, const char* p) noexcept {
    x.bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}
PENSTOCK_STEP void store_piece(char* p, const piece16& x) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), x.bytes);
}
PENSTOCK_STEP std::uint64_t equal(const piece16& x, char c) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(x.bytes, _mm_set1_epi8(c))));
}
#else
struct piece16 {
    std::uint64_t words[2];
};
PENSTOCK_STEP void load_piece(piece16& x, const char* p) noexcept {
    x.words[0] = load_little8(p);
    x.words[1] = load_little8(p + 8);
}
PENSTOCK_STEP void store_piece(char* p, const piece16& x) noexcept {
    store_little8(p, x.words[0]);
    store_little8(p + 8, x.words[1]);
}
PENSTOCK_STEP std::uint64_t equal(const piece16& x, char c) noexcept {
    return equal_bytes(x.words[0], c) | equal_bytes(x.words[1], c) << 8;
}
#endif
#if PENSTOCK_LEVEL >= 2
struct piece32 {
    __m256i bytes;
};
PENSTOCK_STEP void load_piece(piece32& x, const char* p) noexcept {
    x.bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
PENSTOCK_STEP void store_piece(char* p, const piece32& x) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.bytes);
}
PENSTOCK_STEP std::uint64_t equal(const piece32& x, char c) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(x.bytes, _mm256_set1_epi8(c))));
}
#endif
#if PENSTOCK_LEVEL < 2
struct piece32 {
    piece16 low, high;
};
PENSTOCK_STEP void load_piece(piece32& x, const char* p) noexcept {
    load_piece(x.low, p);
    load_piece(x.high, p + 16);
}
PENSTOCK_STEP void store_piece(char* p, const piece32& x) noexcept {
    store_piece(p, x.low);
    store_piece(p + 16, x.high);
}
PENSTOCK_STEP std::uint64_t equal(const piece32& x, char c) noexcept { return equal(x.low, c) | equal(x.high, c) << 16; }
#endif
PENSTOCK_STEP void load_piece(block& x, const char* p) noexcept { x = load_block(p); }
PENSTOCK_STEP void store_piece(char* p, const block& x) noexcept { store_block(p, x); }

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

/// Text in which every quote is doubled, with one of each two. Gives its size; reads and writes up to 64 bytes more.
PENSTOCK_KERNEL std::size_t copy_undoubled(char* to, const char* from, std::size_t size, char quote) noexcept {
    const char* const begin = to;
    const char* const end = from + size;
    while (from < end) {
        const auto left = static_cast<std::size_t>(end - from);
        const auto b = load_block(from);
        auto quotes = equal(b, quote);
        if (left < 64) quotes = low_bits(quotes, left);
        store_block(to, b);
        const auto step = quotes ? lowest(quotes) + 1 : std::min<std::size_t>(left, 64);
        to += step;
        from += step + (quotes != 0);
    }
    return static_cast<std::size_t>(to - begin);
}

/// The fields that are left to copy.
struct text_cursor {
    const std::uint32_t* slot;
    std::int32_t* end;
    std::size_t position;
};

/// Copies fields up to `last`, or to one that takes more than a piece or has quotes inside. Gives a bit for each that is
/// empty. A function of its own that calls none, so that all it uses stays in registers: what is loaded from the stack would
/// wait for the stores before it.
template <class Piece>
[[gnu::noinline]] std::uint64_t copy_fields(const field_run& run, const csv_text_rules& rules, char* data,
                                            const std::int32_t* last, text_cursor& at) noexcept {
    const auto stride = run.stride;
    const char* const text = run.text;
    const auto front = 1 + run.front;
    const auto back = run.back;
    const char quote = rules.quote;
    const std::uint64_t quotes = rules.quotes ? ~std::uint64_t{0} : 0;
    const auto* slot = at.slot;
    auto* end = at.end;
    auto position = at.position;
    std::uint64_t empty = 0;
    for (std::uint64_t bit = 1; end != last; ++end, slot += stride, bit <<= 1) {
        const std::uint32_t first = slot[0] + front; // wraps where the field begins the text
        const std::size_t size = slot[1] - back - first;
        if (size > std::min<std::size_t>(sizeof(Piece), 63)) [[unlikely]] break;
        Piece p;
        load_piece(p, text + first);
        const auto found = low_bits(equal(p, quote), size) & quotes;
        const auto others = found & (found - 1);
        const auto quoted = found & 1;
        load_piece(p, text + first + quoted);
        auto kept = size - 2 * quoted;
        if (others & (others - 1)) [[unlikely]] {
#if PENSTOCK_LEVEL == 3
            if (!quoted) break;
            const auto inner = low_bits(found >> 1, kept);
            const auto bytes = low_bits(~inner | prefix_xor(inner), kept); // of each two, the first
            _mm512_storeu_si512(data + position, _mm512_maskz_compress_epi8(bytes, _mm512_loadu_si512(text + first + 1)));
            kept = count_ones(bytes);
#else
            break;
#endif
        } else {
            store_piece(data + position, p);
        }
        position += kept;
        *end = static_cast<std::int32_t>(position);
        empty |= size == 0 ? bit : 0;
    }
    at.slot = slot;
    at.end = end;
    at.position = position;
    return empty;
}

/// One field of any kind. Gives whether it is empty, without even quotes.
PENSTOCK_KERNEL bool copy_any_field(const field_run& run, const csv_text_rules& rules, char* data, text_cursor& at) noexcept {
    auto f = text_of(run, at.slot);
    const bool empty = f.size == 0;
    const bool quoted = !empty & (f.first[0] == rules.quote) & rules.quotes;
    f.first += quoted;
    f.size -= 2 * static_cast<std::size_t>(quoted);
    if (quoted && (f.size < 64 || std::memchr(f.first, rules.quote, f.size))) // a short one came here for its quotes
        f.size = copy_undoubled(data + at.position, f.first, f.size, rules.quote);
    else
        std::memcpy(data + at.position, f.first, f.size);
    at.position += f.size;
    *at.end++ = static_cast<std::int32_t>(at.position);
    at.slot += run.stride;
    return empty;
}

PENSTOCK_KERNEL std::size_t csv_text(const field_run& run, const csv_text_rules& rules, char* data, std::size_t position,
                                     std::int32_t* ends, field_bits& bits) {
    const auto copy = rules.widest <= 16   ? &copy_fields<piece16>
                      : rules.widest <= 32 ? &copy_fields<piece32>
                                           : &copy_fields<block>;
    text_cursor at{run.slots, ends, position};
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        const auto* const first = ends + row;
        std::uint64_t empty = 0;
        for (std::size_t done = 0; done != count;) {
            empty |= copy(run, rules, data, first + count, at) << done;
            done = static_cast<std::size_t>(at.end - first);
            if (done == count) break;
            empty |= static_cast<std::uint64_t>(copy_any_field(run, rules, data, at)) << done;
            ++done;
        }
        const auto all = ~std::uint64_t{0} >> (64 - count);
        bits.valid[row / 64] = rules.empty_is_null ? all & ~empty : all;
        bits.hard[row / 64] = 0;
    }
    return at.position;
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
