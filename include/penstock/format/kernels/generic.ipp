// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The kernels of one level; see impl/text_kernels.ipp, which includes this once for each. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

#define PENSTOCK_KERNEL inline
#define PENSTOCK_STEP inline __attribute__((always_inline))

// ---- masks of 64 bytes

#if PENSTOCK_LEVEL == 3
struct block {
    __m512i bytes;
};
PENSTOCK_STEP block load_block(const char* p) noexcept { return {_mm512_loadu_si512(p)}; }
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    return _mm512_cmpeq_epi8_mask(b.bytes, _mm512_set1_epi8(c));
}
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept { _mm512_storeu_si512(p, b.bytes); }
#elif PENSTOCK_LEVEL == 2
struct block {
    __m256i low, high;
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    const auto wanted = _mm256_set1_epi8(c);
    const auto low = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.low, wanted)));
    const auto high = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.high, wanted)));
    return low | std::uint64_t{high} << 32;
}
PENSTOCK_STEP void store_block(char* p, const block& b) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), b.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 32), b.high);
}
#elif PENSTOCK_LEVEL == 1
struct block {
    __m128i part[4];
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    const auto* q = reinterpret_cast<const __m128i*>(p);
    return {{_mm_loadu_si128(q), _mm_loadu_si128(q + 1), _mm_loadu_si128(q + 2), _mm_loadu_si128(q + 3)}};
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    const auto wanted = _mm_set1_epi8(c);
    const auto m0 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[0], wanted)));
    const auto m1 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[1], wanted)));
    const auto m2 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[2], wanted)));
    const auto m3 = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[3], wanted)));
    return (m0 | m1 << 16) | std::uint64_t{m2 | m3 << 16} << 32;
}
#else
struct block {
    std::uint64_t words[8]; // byte i of a word in its bits 8 i to 8 i + 7, on any machine
};
PENSTOCK_STEP block load_block(const char* p) noexcept {
    block b;
    for (int w = 0; w < 8; ++w) {
        std::uint64_t x = 0;
        for (int i = 0; i < 8; ++i) x |= std::uint64_t{static_cast<unsigned char>(p[8 * w + i])} << (8 * i);
        b.words[w] = x;
    }
    return b;
}
PENSTOCK_STEP std::uint64_t equal(const block& b, char c) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t rest = 0x7f7f7f7f7f7f7f7fu;
    std::uint64_t bits = 0;
    for (int w = 0; w < 8; ++w) {
        const auto x = b.words[w] ^ ones * static_cast<unsigned char>(c);
        const auto zero = ~(((x & rest) + rest) | x | rest); // bit 7 of each byte that is 0
        bits |= ((zero >> 7) * 0x0102040810204080u >> 56) << (8 * w);
    }
    return bits;
}
#endif

/// Bit i is the xor of bits 0 to i.
PENSTOCK_STEP std::uint64_t prefix_xor(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    const auto product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(x)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
#else
    for (int shift = 1; shift < 64; shift *= 2) x ^= x << shift;
    return x;
#endif
}

PENSTOCK_STEP std::size_t count_ones(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    return static_cast<std::size_t>(_mm_popcnt_u64(x));
#else // without the instruction, the library's popcount is a call
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return static_cast<std::size_t>(x * 0x0101010101010101u >> 56);
#endif
}

/// Position of the lowest bit; any number where there is none.
PENSTOCK_STEP std::uint32_t lowest(std::uint64_t x) noexcept {
#if PENSTOCK_LEVEL >= 2
    return static_cast<std::uint32_t>(_tzcnt_u64(x));
#else
    return static_cast<std::uint32_t>(std::countr_zero(x | std::uint64_t{1} << 63));
#endif
}

/// The `n` (below 64) low bits.
PENSTOCK_STEP std::uint64_t low_bits(std::uint64_t x, std::size_t n) noexcept {
#if PENSTOCK_LEVEL >= 2
    return _bzhi_u64(x, static_cast<std::uint32_t>(n));
#else
    return x & ((std::uint64_t{1} << n) - 1);
#endif
}

/// Writes where the bits of `mask` are, behind `base`. May write 16 positions more than there are bits.
PENSTOCK_STEP std::uint32_t* put_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
    const auto n = count_ones(mask);
#if PENSTOCK_LEVEL == 3 // forms with a mask of ones: g++ 12 warns of those without
    alignas(64) static constexpr std::uint8_t places[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const auto set = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(places));
    const auto first = _mm512_set1_epi32(static_cast<int>(base));
    _mm512_storeu_si512(out, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 0))));
    if (n > 16) [[unlikely]] {
        _mm512_storeu_si512(out + 16, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 1))));
        if (n > 32) {
            _mm512_storeu_si512(out + 32, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 2))));
            _mm512_storeu_si512(out + 48, _mm512_add_epi32(first, _mm512_maskz_cvtepu8_epi32(0xffff, _mm512_maskz_extracti32x4_epi32(0xf, set, 3))));
        }
    }
#else
    // Eight at once without asking: how many there are in a block cannot be predicted.
    for (std::size_t i = 0; i < 8; ++i) {
        out[i] = base + lowest(mask);
        mask &= mask - 1;
    }
    if (n > 8) [[unlikely]] {
        for (std::size_t i = 8; i < 16; ++i) {
            out[i] = base + lowest(mask);
            mask &= mask - 1;
        }
        for (std::size_t i = 16; i < n; ++i) {
            out[i] = base + lowest(mask);
            mask &= mask - 1;
        }
    }
#endif
    return out + n;
}

// ---- scanning

PENSTOCK_KERNEL std::size_t scan_csv(const csv_scan_rules& rules, const char* text, std::size_t from, std::size_t to,
                                     csv_scan_state& state, scan_output& out) {
    auto inside = state.inside;
    auto may_open = state.may_open;
    auto closed = state.closed;
    auto* separator = out.separators;
    auto* row_end = out.row_ends;
    auto line_breaks = out.line_breaks;
    const char delimiter = rules.delimiter;
    const char quote_byte = rules.quote;
    const std::uint64_t quotes = rules.quotes ? ~std::uint64_t{0} : 0;
    to -= (to - from) % 64;
    for (; from < to; from += 64) {
        const auto b = load_block(text + from);
        const auto quote = equal(b, quote_byte) & quotes;
        auto breaks = equal(b, '\n');
        const auto cr = equal(b, '\r');
        if (cr) { // before an LF it is part of that row end
            const auto behind = static_cast<std::uint64_t>(text[from + 64] == '\n') << 63;
            breaks |= cr & ~(breaks >> 1 | behind);
        }
        const auto in = prefix_xor(quote) ^ inside;
        const auto row_breaks = breaks & ~in;
        const auto separates = (equal(b, delimiter) & ~in) | row_breaks;

        const auto open = quote & in;
        const auto close = quote & ~in;
        const auto fine_before_open = separates | close;
        const auto bad = (open & ~(fine_before_open << 1 | may_open)) | ((close << 1 | closed) & ~(separates | quote | cr));
        if (bad) [[unlikely]] break;
        inside = std::uint64_t{0} - (in >> 63);
        may_open = fine_before_open >> 63;
        closed = close >> 63;

        const auto base = static_cast<std::uint32_t>(from);
        separator = put_positions(separates, base, separator);
        // Two without asking, for the same reason.
        const auto rows = count_ones(row_breaks);
        row_end[0] = base + lowest(row_breaks);
        row_end[1] = base + lowest(row_breaks & (row_breaks - 1));
        if (rows > 2) [[unlikely]]
            put_positions(row_breaks, base, row_end);
        row_end += rows;
        line_breaks += count_ones(breaks);
    }
    state.inside = inside;
    state.may_open = may_open;
    state.closed = closed;
    out.separators = separator;
    out.row_ends = row_end;
    out.line_breaks = line_breaks;
    return from;
}

// ---- fields

struct field_text {
    const char* first;
    std::size_t size;
};
PENSTOCK_STEP field_text text_of(const field_run& run, const std::uint32_t* slot) noexcept {
    const std::uint32_t first = slot[0] + 1 + run.front; // wraps where the field begins the text
    return {run.text + first, static_cast<std::size_t>(slot[1]) - run.back - first};
}

PENSTOCK_STEP std::uint32_t load4(const char* p) noexcept {
    std::uint32_t x;
    std::memcpy(&x, p, 4);
    return x;
}
PENSTOCK_STEP bool is_word_null(const char* first, std::size_t size) noexcept {
    return size == 4 && std::memcmp(first, "null", 4) == 0;
}
PENSTOCK_STEP bool is_nothing(const field_text& f, null_form form) noexcept {
    return form == null_form::empty ? f.size == 0 : form == null_form::word && is_word_null(f.first, f.size);
}

// ---- numbers

PENSTOCK_STEP bool one_number(const field_text& f, const number_rules& rules, std::int64_t& out) noexcept {
    return f.size && fast_int64(f.first, f.first + f.size, out, rules.canonical);
}
PENSTOCK_STEP bool one_number(const field_text& f, const number_rules& rules, double& out) noexcept {
    return f.size && fast_float64(f.first, f.first + f.size, out, rules.canonical, rules.json);
}

/// `count` rows from `slot` on; their bits are the lowest of `valid` and `hard`.
template <class T>
PENSTOCK_KERNEL void some_numbers(const field_run& run, const std::uint32_t* slot, std::size_t count,
                                  const number_rules& rules, T* out, std::uint64_t& valid, std::uint64_t& hard) {
    for (std::size_t i = 0; i < count; ++i, slot += run.stride) {
        const auto f = text_of(run, slot);
        if (one_number(f, rules, out[i])) [[likely]] {
            valid |= std::uint64_t{1} << i;
        } else {
            out[i] = T{};
            hard |= static_cast<std::uint64_t>(!is_nothing(f, rules.nulls)) << i;
        }
    }
}

#if PENSTOCK_LEVEL >= 2

// Loads of pairs: g++ 12 makes four loads through the stack of a list of four, which stalls.
PENSTOCK_STEP __m128i load_two(const void* a, const void* b) noexcept {
    long long high;
    std::memcpy(&high, b, 8);
    return _mm_insert_epi64(_mm_loadl_epi64(static_cast<const __m128i_u*>(a)), high, 1);
}
PENSTOCK_STEP __m256i load_four(const void* a, const void* b, const void* c, const void* d) noexcept {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load_two(a, b)), load_two(c, d), 1);
}

/// Eight digit values in each lane, the most significant in the lowest byte.
PENSTOCK_STEP __m256i four_digits8(__m256i x) noexcept {
    const auto pairs = _mm256_maddubs_epi16(x, _mm256_set1_epi16(0x010a));
    const auto fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00010064));
    return _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(fours, 32));
}
/// The low halves of the lanes.
PENSTOCK_STEP __m128i narrow_four(__m256i x) noexcept {
    return _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(x, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6)));
}

struct number_masks {
    __m256i word; ///< all ones: null is a word
    __m256i need; ///< all ones: an empty field is no null
    __m256i canonical;
    __m256i json;
    __m256i extra; ///< bytes of a field that are not its value
};
PENSTOCK_STEP number_masks masks_of(const field_run& run, const number_rules& rules) noexcept {
    return {_mm256_set1_epi64x(-(rules.nulls == null_form::word)), _mm256_set1_epi64x(-(rules.nulls != null_form::empty)),
            _mm256_set1_epi64x(-rules.canonical), _mm256_set1_epi64x(-rules.json),
            _mm256_set1_epi64x(static_cast<long long>(1 + run.front + run.back))};
}

/// Four values of at most eight characters. Gives four bits that say which are there, or -1 where one is not common.
template <class T>
PENSTOCK_STEP int four_numbers(const field_run& run, const std::uint32_t* slot, const number_masks& masks, T* out) noexcept {
    const auto stride = run.stride;
    const char* text = run.text - run.back - 8;
    const auto zero = _mm256_setzero_si256();
    const auto raw = load_four(text + slot[1], text + slot[stride + 1], text + slot[2 * stride + 1], text + slot[3 * stride + 1]);
    const auto ends = load_four(slot, slot + stride, slot + 2 * stride, slot + 3 * stride);
    // The first position may be -1 in 32 bits: subtract there.
    auto size = _mm256_sub_epi32(_mm256_srli_epi64(ends, 32), _mm256_and_si256(ends, _mm256_set1_epi64x(0xffffffff)));
    size = _mm256_sub_epi64(size, masks.extra);
    auto empty = _mm256_cmpeq_epi64(size, zero);
    auto bad = _mm256_or_si256(_mm256_and_si256(empty, masks.need), _mm256_cmpgt_epi64(size, _mm256_set1_epi64x(8)));
    const auto word = _mm256_and_si256(
        masks.word, _mm256_and_si256(_mm256_cmpeq_epi64(size, _mm256_set1_epi64x(4)),
                                     _mm256_cmpeq_epi64(_mm256_srli_epi64(raw, 32), _mm256_set1_epi64x(0x6c6c756e))));
    size = _mm256_andnot_si256(word, size);
    empty = _mm256_or_si256(empty, word);

    // What stands in front of the value goes out, zeros come in.
    const auto shift = _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(size, 3));
    auto x = _mm256_sllv_epi64(_mm256_srlv_epi64(_mm256_xor_si256(raw, _mm256_set1_epi8(0x30)), shift), shift);
    auto first = _mm256_sllv_epi64(_mm256_set1_epi64x(0xff), shift);
    const auto minus = _mm256_and_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8('-' ^ '0')), first);
    const auto negative = _mm256_andnot_si256(empty, _mm256_cmpeq_epi64(minus, first));
    x = _mm256_andnot_si256(minus, x);
    const auto to_digit = _mm256_and_si256(negative, _mm256_set1_epi64x(8));
    first = _mm256_sllv_epi64(first, to_digit);
    const auto digits = _mm256_add_epi64(size, negative); // points among them
    const auto leading_zero = _mm256_cmpeq_epi64(_mm256_and_si256(x, first), zero);

    if constexpr (sizeof(T) == 8 && static_cast<T>(0.5) == 0) { // whole numbers
        // "-", and "007" or "-0"
        bad = _mm256_or_si256(bad, _mm256_andnot_si256(empty, _mm256_cmpeq_epi64(digits, zero)));
        bad = _mm256_or_si256(bad, _mm256_and_si256(_mm256_and_si256(leading_zero, masks.canonical),
                                                    _mm256_cmpgt_epi64(size, _mm256_set1_epi64x(1))));
        bad = _mm256_or_si256(bad, _mm256_subs_epu8(x, _mm256_set1_epi8(9)));
        if (!_mm256_testz_si256(bad, bad)) [[unlikely]]
            return -1;
        const auto value = _mm256_sub_epi64(_mm256_xor_si256(four_digits8(x), negative), negative);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), value);
    } else {
        const auto point = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('.' ^ '0'));
        const auto lowest_bit = _mm256_and_si256(point, _mm256_sub_epi64(zero, point));
        const auto below = _mm256_sub_epi64(lowest_bit, _mm256_set1_epi64x(1));
        const auto no_point = _mm256_cmpeq_epi64(point, zero);
        // a second point: more than the byte of the lowest bit
        bad = _mm256_or_si256(bad, _mm256_xor_si256(_mm256_sub_epi64(_mm256_slli_epi64(lowest_bit, 8), lowest_bit), point));
        // "007", but not "0.5"
        const auto second = _mm256_and_si256(_mm256_slli_epi64(first, 8), point);
        bad = _mm256_or_si256(bad, _mm256_and_si256(_mm256_and_si256(leading_zero, masks.canonical),
                                                    _mm256_and_si256(_mm256_cmpeq_epi64(second, zero),
                                                                     _mm256_cmpgt_epi64(digits, _mm256_set1_epi64x(1)))));
        // ".5", "5."
        const auto edges = _mm256_or_si256(first, _mm256_set1_epi64x(static_cast<long long>(0xff00000000000000u)));
        bad = _mm256_or_si256(bad, _mm256_and_si256(masks.json, _mm256_and_si256(edges, point)));
        // "", "-", ".", "-."
        const auto count = _mm256_sub_epi64(digits, _mm256_andnot_si256(no_point, _mm256_set1_epi64x(1)));
        bad = _mm256_or_si256(bad, _mm256_andnot_si256(empty, _mm256_cmpgt_epi64(_mm256_set1_epi64x(1), count)));
        // The point's byte goes out; the bytes below move up.
        auto low = _mm256_and_si256(x, below);
        const auto high = _mm256_andnot_si256(below, _mm256_andnot_si256(point, x));
        low = _mm256_blendv_epi8(_mm256_slli_epi64(low, 8), low, no_point);
        const auto joined = _mm256_or_si256(low, high);
        bad = _mm256_or_si256(bad, _mm256_subs_epu8(joined, _mm256_set1_epi8(9)));
        if (!_mm256_testz_si256(bad, bad)) [[unlikely]]
            return -1;
        const auto behind = _mm256_andnot_si256(_mm256_or_si256(below, point), _mm256_set1_epi8(1));
        const auto decimals = _mm256_sad_epu8(behind, zero); // at most 7
        const auto powers = _mm256_permutevar8x32_epi32(
            _mm256_setr_epi32(1, 10, 100, 1000, 10000, 100000, 1000000, 10000000), decimals);
        auto value = _mm256_div_pd(_mm256_cvtepi32_pd(narrow_four(four_digits8(joined))), _mm256_cvtepi32_pd(narrow_four(powers)));
        value = _mm256_or_pd(value, _mm256_castsi256_pd(_mm256_slli_epi64(negative, 63)));
        _mm256_storeu_pd(reinterpret_cast<double*>(out), value);
    }
    return ~_mm256_movemask_pd(_mm256_castsi256_pd(empty)) & 15;
}

#endif

template <class T>
PENSTOCK_STEP bool numbers(const field_run& run, const number_rules& rules, T* out, field_bits& bits) {
    const auto* slot = run.slots;
    std::uint64_t any = 0;
#if PENSTOCK_LEVEL >= 2
    const auto masks = masks_of(run, rules);
#endif
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        std::uint64_t hard = 0;
        std::size_t i = 0;
#if PENSTOCK_LEVEL >= 2
        for (; i + 4 <= count; i += 4, slot += 4 * run.stride) {
            const auto there = four_numbers(run, slot, masks, out + row + i);
            if (there >= 0) [[likely]] {
                valid |= static_cast<std::uint64_t>(there) << i;
                continue;
            }
            std::uint64_t v = 0;
            std::uint64_t h = 0;
            some_numbers(run, slot, 4, rules, out + row + i, v, h);
            valid |= v << i;
            hard |= h << i;
        }
#endif
        if (i < count) {
            std::uint64_t v = 0;
            std::uint64_t h = 0;
            some_numbers(run, slot, count - i, rules, out + row + i, v, h);
            slot += (count - i) * run.stride;
            valid |= v << i;
            hard |= h << i;
        }
        bits.valid[row / 64] = valid;
        bits.hard[row / 64] = hard;
        any |= hard;
    }
    return any == 0;
}
PENSTOCK_KERNEL bool int64(const field_run& run, const number_rules& rules, std::int64_t* out, field_bits& bits) {
    return numbers(run, rules, out, bits);
}
PENSTOCK_KERNEL bool float64(const field_run& run, const number_rules& rules, double* out, field_bits& bits) {
    return numbers(run, rules, out, bits);
}

// ---- dates and times

struct timestamp_scale {
    std::int64_t second; ///< units in a second
    std::size_t decimals;
};
PENSTOCK_STEP timestamp_scale scale_of(const timestamp_rules& rules) noexcept {
    std::int64_t second = 1;
    for (int i = 0; i < rules.decimals; ++i) second *= 10;
    return {second, static_cast<std::size_t>(rules.decimals)};
}

/// Without its quotes, where it has any; where it should have and has not, its size is 0.
PENSTOCK_STEP field_text unquoted(field_text f, bool quoted) noexcept {
    if (!quoted) return f;
    if (f.size < 2 || f.first[0] != '"' || f.first[f.size - 1] != '"') return {f.first, 0};
    return {f.first + 1, f.size - 2};
}

/// `YYYY-MM-DD` at `p`, with 6 readable bytes behind it.
PENSTOCK_STEP bool one_day(const char* p, std::int64_t& out) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    const auto month = load8(p) ^ 0x2d30302d30303030u;  // YYYY-MM-
    const auto day = (load8(p + 2) ^ 0x30302d30302d3030u) >> 48; // the DD of YY-MM-DD
    constexpr std::uint64_t dashes = 0xff0000ff00000000u;
    if (above_nine(month) | (month & dashes) | above_nine(day)) return false;
    const auto pairs = month * 10 + (month >> 8);
    const auto year = (pairs & 0xff) * 100 + (pairs >> 16 & 0xff);
    const auto d = ((day & 0xff) * 10 + (day >> 8));
    const auto m = pairs >> 40 & 0xff;
    const auto y = year - calendar_first_year;
    if ((y >= calendar_years) | (m > 12)) return false;
    const auto entry = calendar[y * 16 + m];
    if (d - 1 >= static_cast<std::uint64_t>(entry & 63)) return false;
    out = (entry >> 6) + static_cast<std::int64_t>(d);
    return true;
}

PENSTOCK_STEP bool one_timestamp(field_text f, const timestamp_rules& rules, const timestamp_scale& scale,
                                 std::int64_t& out) noexcept {
    if constexpr (std::endian::native != std::endian::little) return false;
    f = unquoted(f, rules.quoted);
    const char* p = f.first;
    if (f.size < 19 || (p[10] != ' ' && p[10] != 'T')) return false;
    std::int64_t day = 0;
    if (!one_day(p, day)) return false;
    const auto time = load8(p + 11) ^ 0x30303a30303a3030u; // HH:MM:SS
    constexpr std::uint64_t colons = 0x0000ff0000ff0000u;
    if (above_nine(time) | (time & colons)) return false;
    const auto pairs = time * 10 + (time >> 8);
    const auto hour = pairs & 0xff;
    const auto minute = pairs >> 24 & 0xff;
    const auto second = pairs >> 48 & 0xff;
    if ((hour > 23) | (minute > 59) | (second > 59)) return false;
    auto value = (day * 86400 + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second)) * scale.second;
    std::size_t at = 19;
    if (at < f.size && p[at] == '.') {
        std::int64_t unit = scale.second;
        std::size_t n = 0;
        while (++at < f.size && static_cast<unsigned char>(p[at] - '0') <= 9) {
            if (++n > scale.decimals) return false;
            unit /= 10;
            value += (p[at] - '0') * unit;
        }
        if (n == 0) return false;
    }
    if (rules.utc && at < f.size && p[at] == 'Z')
        ++at;
    else if (rules.utc)
        return false;
    if (at != f.size) return false;
    out = value;
    return true;
}

PENSTOCK_KERNEL void some_timestamps(const field_run& run, const std::uint32_t* slot, std::size_t count,
                                     const timestamp_rules& rules, const timestamp_scale& scale, std::int64_t* out,
                                     std::uint64_t& valid, std::uint64_t& hard) {
    for (std::size_t i = 0; i < count; ++i, slot += run.stride) {
        const auto f = text_of(run, slot);
        if (one_timestamp(f, rules, scale, out[i])) [[likely]] {
            valid |= std::uint64_t{1} << i;
        } else {
            out[i] = 0;
            hard |= static_cast<std::uint64_t>(!is_nothing(f, rules.nulls)) << i;
        }
    }
}

#if PENSTOCK_LEVEL >= 2

/// What the vectors of `two_timestamps` are compared with.
struct timestamp_masks {
    __m256i form;  ///< of the 16 bytes from the last digit of the year on: 0 for a digit, else the character
    __m256i limit; ///< that a byte's difference from it may have
    std::size_t size; ///< of a field: 19, with its quotes and Z
    std::size_t skip; ///< an opening quote
};
PENSTOCK_STEP timestamp_masks masks_of(const field_run& run, const timestamp_rules& rules) noexcept {
    const std::size_t skip = rules.quoted;
    const char* first = text_of(run, run.slots).first; // the separator of the first row is tried on all
    const char between = first[skip + 10] == 'T' ? 'T' : ' ';
    const auto form = _mm_setr_epi8('0', '-', '0', '0', '-', '0', '0', between, '0', '0', ':', '0', '0', ':', '0', '0');
    const auto limit = _mm_setr_epi8(9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9);
    return {_mm256_broadcastsi128_si256(form), _mm256_broadcastsi128_si256(limit), 19 + 2 * skip + rules.utc, skip};
}

/// Two values `YYYY-MM-DD HH:MM:SS`; false where one is not.
PENSTOCK_STEP bool two_timestamps(const char* a, const char* b, const timestamp_masks& masks, std::int64_t second,
                                  std::int64_t* out) noexcept {
    const auto rest = _mm256_xor_si256(
        masks.form, _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a + 3))),
                                            _mm_loadu_si128(reinterpret_cast<const __m128i*>(b + 3)), 1));
    const auto years = _mm256_xor_si256(
        _mm256_set1_epi64x(0x30303030),
        _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_cvtsi32_si128(static_cast<int>(load4(a)))),
                                _mm_cvtsi32_si128(static_cast<int>(load4(b))), 1));
    // Digits in pairs: century, year, month, day, hour, minute, second, nothing.
    const auto places = _mm256_broadcastsi128_si256(_mm_setr_epi8(-1, -1, -1, -1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1));
    const auto digits = _mm256_blend_epi16(_mm256_shuffle_epi8(rest, places), years, 3);
    auto bad = _mm256_or_si256(_mm256_subs_epu8(rest, masks.limit), _mm256_subs_epu8(digits, _mm256_set1_epi8(9)));
    const auto pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(0x010a));
    const auto most = _mm256_broadcastsi128_si256(_mm_setr_epi16(99, 99, 12, 31, 23, 59, 59, 0));
    bad = _mm256_or_si256(bad, _mm256_subs_epu16(pairs, most));
    if (!_mm256_testz_si256(bad, bad)) [[unlikely]]
        return false;
    // (year * 16, month + day * 256, seconds of hour and minute, seconds)
    const auto weights = _mm256_broadcastsi128_si256(_mm_setr_epi16(1600, 16, 1, 256, 3600, 60, 1, 0));
    const auto parts = _mm256_madd_epi16(pairs, weights);
    const auto low = _mm256_castsi256_si128(parts);
    const auto high = _mm256_extracti128_si256(parts, 1);
    const auto date_a = static_cast<std::uint64_t>(_mm_cvtsi128_si64(low));
    const auto date_b = static_cast<std::uint64_t>(_mm_cvtsi128_si64(high));
    const auto time_a = static_cast<std::uint64_t>(_mm_extract_epi64(low, 1));
    const auto time_b = static_cast<std::uint64_t>(_mm_extract_epi64(high, 1));
    const auto month_a = static_cast<std::uint32_t>(date_a) + (date_a >> 32 & 0xff) - calendar_first_year * 16;
    const auto month_b = static_cast<std::uint32_t>(date_b) + (date_b >> 32 & 0xff) - calendar_first_year * 16;
    if ((month_a >= calendar.size()) | (month_b >= calendar.size())) [[unlikely]]
        return false;
    const auto entry_a = calendar[month_a];
    const auto entry_b = calendar[month_b];
    const auto day_a = static_cast<std::int32_t>(date_a >> 40);
    const auto day_b = static_cast<std::int32_t>(date_b >> 40);
    if ((static_cast<std::uint32_t>(day_a - 1) >= static_cast<std::uint32_t>(entry_a & 63)) |
        (static_cast<std::uint32_t>(day_b - 1) >= static_cast<std::uint32_t>(entry_b & 63))) [[unlikely]]
        return false;
    const auto seconds_a = static_cast<std::int64_t>((time_a & 0xffffffff) + (time_a >> 32));
    const auto seconds_b = static_cast<std::int64_t>((time_b & 0xffffffff) + (time_b >> 32));
    out[0] = (std::int64_t{(entry_a >> 6) + day_a} * 86400 + seconds_a) * second;
    out[1] = (std::int64_t{(entry_b >> 6) + day_b} * 86400 + seconds_b) * second;
    return true;
}

#endif

PENSTOCK_KERNEL bool timestamp(const field_run& run, const timestamp_rules& rules, std::int64_t* out, field_bits& bits) {
    const auto scale = scale_of(rules);
    const auto* slot = run.slots;
    std::uint64_t any = 0;
#if PENSTOCK_LEVEL >= 2
    const auto masks = masks_of(run, rules);
#endif
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        std::uint64_t hard = 0;
        std::size_t i = 0;
#if PENSTOCK_LEVEL >= 2
        for (; i + 2 <= count; i += 2, slot += 2 * run.stride) {
            const auto a = text_of(run, slot);
            const auto b = text_of(run, slot + run.stride);
            bool fine = (a.size == masks.size) & (b.size == masks.size);
            if (fine && rules.quoted)
                fine = (a.first[0] == '"') & (b.first[0] == '"') & (a.first[a.size - 1] == '"') & (b.first[b.size - 1] == '"');
            if (fine && rules.utc) fine = (a.first[masks.skip + 19] == 'Z') & (b.first[masks.skip + 19] == 'Z');
            if (fine && two_timestamps(a.first + masks.skip, b.first + masks.skip, masks, scale.second, out + row + i))
                [[likely]] {
                valid |= std::uint64_t{3} << i;
                continue;
            }
            std::uint64_t v = 0;
            std::uint64_t h = 0;
            some_timestamps(run, slot, 2, rules, scale, out + row + i, v, h);
            valid |= v << i;
            hard |= h << i;
        }
#endif
        if (i < count) {
            std::uint64_t v = 0;
            std::uint64_t h = 0;
            some_timestamps(run, slot, count - i, rules, scale, out + row + i, v, h);
            slot += (count - i) * run.stride;
            valid |= v << i;
            hard |= h << i;
        }
        bits.valid[row / 64] = valid;
        bits.hard[row / 64] = hard;
        any |= hard;
    }
    return any == 0;
}

PENSTOCK_KERNEL bool date(const field_run& run, const timestamp_rules& rules, std::int32_t* out, field_bits& bits) {
    const auto* slot = run.slots;
    std::uint64_t any = 0;
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        std::uint64_t hard = 0;
        for (std::size_t i = 0; i < count; ++i, slot += run.stride) {
            const auto f = text_of(run, slot);
            const auto t = unquoted(f, rules.quoted);
            std::int64_t day = 0;
            const bool there = t.size == 10 && one_day(t.first, day);
            out[row + i] = static_cast<std::int32_t>(day);
            valid |= static_cast<std::uint64_t>(there) << i;
            hard |= static_cast<std::uint64_t>(!there && !is_nothing(f, rules.nulls)) << i;
        }
        bits.valid[row / 64] = valid;
        bits.hard[row / 64] = hard;
        any |= hard;
    }
    return any == 0;
}

// ---- truth values

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

// ---- text

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

#if PENSTOCK_LEVEL >= 2

/// Bytes of two lanes moved up by `N`, those of the vector before in front.
template <int N>
PENSTOCK_STEP __m256i moved_up(__m256i now, __m256i before) noexcept {
    return _mm256_alignr_epi8(now, _mm256_permute2x128_si256(before, now, 0x21), 16 - N);
}
PENSTOCK_STEP __m256i looked_up(__m256i at, __m128i table) noexcept {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), at);
}
PENSTOCK_STEP __m256i high_nibbles(__m256i x) noexcept {
    return _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
}

/// What is wrong in 32 bytes behind others: Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte".
PENSTOCK_STEP __m256i utf8_errors(__m256i now, __m256i before) noexcept {
    enum : char {
        too_short = 1 << 0,  // 11______ 0_______, 11______ 11______
        too_long = 1 << 1,   // 0_______ 10______
        overlong_3 = 1 << 2, // 11100000 100_____
        too_large = 1 << 3,  // 11110100 1001____ and beyond
        surrogate = 1 << 4,  // 11101101 101_____
        overlong_2 = 1 << 5, // 1100000_ 10______
        too_large_1000 = 1 << 6, // 11110101 1000____ and beyond; 11110000 1000____ is too short a form
        overlong_4 = 1 << 6,
        two_continuations = static_cast<char>(1 << 7), // 10______ 10______
        carry = too_short | too_long | two_continuations,
    };
    const auto first_high = _mm_setr_epi8(too_long, too_long, too_long, too_long, too_long, too_long, too_long, too_long,
                                          two_continuations, two_continuations, two_continuations, two_continuations,
                                          too_short | overlong_2, too_short, too_short | overlong_3 | surrogate,
                                          too_short | too_large | too_large_1000 | overlong_4);
    const char beyond = carry | too_large | too_large_1000;
    const auto first_low =
        _mm_setr_epi8(carry | overlong_3 | overlong_2 | overlong_4, carry | overlong_2, carry, carry, carry | too_large,
                      beyond, beyond, beyond, beyond, beyond, beyond, beyond, beyond, beyond | surrogate, beyond, beyond);
    const char low_range = too_long | overlong_2 | two_continuations;
    const auto second_high = _mm_setr_epi8(
        too_short, too_short, too_short, too_short, too_short, too_short, too_short, too_short,
        low_range | overlong_3 | too_large_1000 | overlong_4, low_range | overlong_3 | too_large,
        low_range | surrogate | too_large, low_range | surrogate | too_large, too_short, too_short, too_short, too_short);
    const auto previous = moved_up<1>(now, before);
    const auto special = _mm256_and_si256(
        _mm256_and_si256(looked_up(high_nibbles(previous), first_high),
                         looked_up(_mm256_and_si256(previous, _mm256_set1_epi8(15)), first_low)),
        looked_up(high_nibbles(now), second_high));
    // The third and fourth bytes of a character must be those with two continuations, and no others.
    const auto third = _mm256_subs_epu8(moved_up<2>(now, before), _mm256_set1_epi8(static_cast<char>(0xe0 - 0x80)));
    const auto fourth = _mm256_subs_epu8(moved_up<3>(now, before), _mm256_set1_epi8(static_cast<char>(0xf0 - 0x80)));
    const auto must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
    return _mm256_xor_si256(must, special);
}

PENSTOCK_KERNEL encoding utf8(const char* text, std::size_t size) {
    // Not 0 where a character does not end in the vector.
    const auto unfinished_above = _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                                   -1, -1, -1, -1, -1, -1, -1, -1, -1, static_cast<char>(0xf0 - 1),
                                                   static_cast<char>(0xe0 - 1), static_cast<char>(0xc0 - 1));
    bool ascii = true;
    auto errors = _mm256_setzero_si256();
    auto before = _mm256_setzero_si256();
    auto unfinished = _mm256_setzero_si256();
    for (std::size_t i = 0; i < size; i += 64) {
        block b;
        if (size - i >= 64) {
            b = load_block(text + i);
        } else {
            char rest[64] = {};
            std::memcpy(rest, text + i, size - i);
            b = load_block(rest);
        }
#if PENSTOCK_LEVEL == 3
        const auto low = _mm512_maskz_extracti64x4_epi64(0xff, b.bytes, 0);
        const auto high = _mm512_maskz_extracti64x4_epi64(0xff, b.bytes, 1);
#else
        const auto low = b.low;
        const auto high = b.high;
#endif
        if (_mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0) {
            errors = _mm256_or_si256(errors, unfinished);
            unfinished = _mm256_setzero_si256();
            before = high;
            continue;
        }
        ascii = false;
        errors = _mm256_or_si256(errors, utf8_errors(low, before));
        errors = _mm256_or_si256(errors, utf8_errors(high, low));
        unfinished = _mm256_subs_epu8(high, unfinished_above);
        before = high;
    }
    errors = _mm256_or_si256(errors, unfinished);
    return ascii ? encoding::ascii : _mm256_testz_si256(errors, errors) ? encoding::utf8 : encoding::neither;
}

#else

PENSTOCK_KERNEL encoding utf8(const char* text, std::size_t size) {
    if (is_ascii({text, size})) return encoding::ascii;
    return find_invalid_utf8({text, size}) == std::string_view::npos ? encoding::utf8 : encoding::neither;
}

#endif

inline constexpr text_kernels table{static_cast<simd_level>(PENSTOCK_LEVEL), &scan_csv, &starting_with, &ending_with, &int64,
                                    &float64, &timestamp, &date, &boolean, &csv_text, &utf8};

#undef PENSTOCK_KERNEL
#undef PENSTOCK_STEP

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
