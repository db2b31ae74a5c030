// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of timestamps and dates. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

struct timestamp_scale {
    std::int64_t second; ///< units in a second
    std::size_t decimals;
};
PENSTOCK_STEP timestamp_scale scale_of(const timestamp_rules& rules) noexcept {
    std::int64_t second = 1;
    for (int i = 0; i < rules.decimals; ++i) second *= 10;
    return {second, static_cast<std::size_t>(rules.decimals)};
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
PENSTOCK_STEP std::uint32_t load4(const char* p) noexcept {
    std::uint32_t x;
    std::memcpy(&x, p, 4);
    return x;
}

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

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
