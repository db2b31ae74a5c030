// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Whether a text is ASCII or UTF-8. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

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

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
