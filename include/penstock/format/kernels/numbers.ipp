// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of whole numbers and of doubles. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

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
    const bool word = rules.nulls == null_form::word || rules.nulls == null_form::word_or_empty;
    const bool empty = rules.nulls == null_form::empty || rules.nulls == null_form::word_or_empty;
    return {_mm256_set1_epi64x(-word), _mm256_set1_epi64x(-!empty),
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

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
