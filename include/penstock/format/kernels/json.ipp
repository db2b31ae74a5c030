// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// JSON: positions of separators, strings, plain values. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

/// Bytes that are at most `highest` above `first`.
PENSTOCK_STEP std::uint64_t bytes_from(const block& b, char first, char highest) noexcept {
#if PENSTOCK_LEVEL == 3
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(b.bytes, _mm512_set1_epi8(first)), _mm512_set1_epi8(highest));
#elif PENSTOCK_LEVEL == 2
    const auto from = _mm256_set1_epi8(first);
    const auto most = _mm256_set1_epi8(highest);
    const auto x = _mm256_sub_epi8(b.low, from);
    const auto y = _mm256_sub_epi8(b.high, from);
    const auto low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(x, most), x));
    const auto high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(y, most), y));
    return static_cast<std::uint32_t>(low) | std::uint64_t{static_cast<std::uint32_t>(high)} << 32;
#elif PENSTOCK_LEVEL == 1
    const auto from = _mm_set1_epi8(first);
    const auto most = _mm_set1_epi8(highest);
    std::uint64_t bits = 0;
    for (int i = 0; i < 4; ++i) {
        const auto x = _mm_sub_epi8(b.part[i], from);
        const auto found = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, most), x)));
        bits |= std::uint64_t{found} << (16 * i);
    }
    return bits;
#else
    std::uint64_t bits = 0;
    for (int w = 0; w < 8; ++w)
        for (int i = 0; i < 8; ++i) {
            const auto x = static_cast<unsigned char>((b.words[w] >> (8 * i)) - static_cast<unsigned char>(first));
            bits |= static_cast<std::uint64_t>(x <= static_cast<unsigned char>(highest)) << (8 * w + i);
        }
    return bits;
#endif
}

/// Bytes below a space.
PENSTOCK_STEP std::uint64_t control_bytes(const block& b) noexcept {
#if PENSTOCK_LEVEL == 0
    constexpr std::uint64_t rest = 0x7f7f7f7f7f7f7f7fu;
    std::uint64_t bits = 0;
    for (int w = 0; w < 8; ++w) {
        const auto x = b.words[w] & 0xe0e0e0e0e0e0e0e0u;
        const auto zero = ~(((x & rest) + rest) | x | rest);
        bits |= ((zero >> 7) * 0x0102040810204080u >> 56) << (8 * w);
    }
    return bits;
#else
    return bytes_from(b, 0, ' ' - 1);
#endif
}

PENSTOCK_STEP block and_bytes(const block& b, char mask) noexcept {
#if PENSTOCK_LEVEL == 3
    return {_mm512_and_si512(b.bytes, _mm512_set1_epi8(mask))};
#elif PENSTOCK_LEVEL == 2
    return {_mm256_and_si256(b.low, _mm256_set1_epi8(mask)), _mm256_and_si256(b.high, _mm256_set1_epi8(mask))};
#elif PENSTOCK_LEVEL == 1
    block out;
    for (int i = 0; i < 4; ++i) out.part[i] = _mm_and_si128(b.part[i], _mm_set1_epi8(mask));
    return out;
#else
    block out;
    for (int i = 0; i < 8; ++i) out.words[i] = b.words[i] & 0x0101010101010101u * static_cast<unsigned char>(mask);
    return out;
#endif
}

/// Colons, and brackets of all kinds; also "Y", "y", "_" and DEL, which stand nowhere in JSON but in strings.
PENSTOCK_STEP std::uint64_t colons_and_brackets(const block& b) noexcept {
    return equal(b, ':') | equal(and_bytes(b, static_cast<char>(0xd9)), 0x59);
}

template <bool Tokens, json_layout Layout>
PENSTOCK_KERNEL std::size_t json_scan(const char* text, std::size_t from, std::size_t to, json_scan_state& state, scan_output& out) {
    constexpr bool lines = Layout == json_layout::lines;
    auto inside = state.inside;
    auto carry = state.escaped;
    auto closed = state.closed;
    auto* separator = out.separators;
    auto* row_end = out.row_ends;
    for (; from < to; from += 64) {
        const auto b = load_block(text + from);
        const auto kept = to - from >= 64 ? ~std::uint64_t{0} : low_bits(~std::uint64_t{0}, to - from);
        const auto escaped = escaped_bytes(equal(b, '\\'), carry);
        const auto in = prefix_xor(equal(b, '"') & ~escaped) ^ inside;
        const auto control = control_bytes(b) & kept;
        if (control & in) [[unlikely]]
            break;
        if constexpr (Tokens) {
            const auto ends = equal(b, '\n');
            auto spaces = equal(b, ' ') & kept & ~in;
            if (lines ? control & ~ends : control) [[unlikely]] {
                const auto cr = equal(b, '\r') & kept;
                const auto tab = equal(b, '\t') & kept;
                if (control & ~(ends | cr | tab)) break;
                const auto behind = static_cast<std::uint64_t>(to - from > 64 && text[from + 64] == '\n') << 63;
                spaces |= lines ? tab | (cr & ~(ends >> 1 | behind)) : control;
            }
            out.spaces |= spaces;
        }
        inside = std::uint64_t{0} - (in >> 63);
        const auto base = static_cast<std::uint32_t>(from);
        const auto commas = equal(b, ',');
        std::uint64_t separates = commas;
        std::uint64_t rows = 0;
        if constexpr (lines) {
            if (PENSTOCK_LEVEL > 0 || control) rows = equal(b, '\n') & kept;
        } else if constexpr (!Tokens) {
            const auto closing = equal(b, '}') & ~in;
            rows = kept & (Layout == json_layout::values ? closing : commas & ~in & (closing << 1 | closed));
            closed = closing >> 63;
        }
        if constexpr (Tokens) separates |= colons_and_brackets(b);
        separator = put_positions((separates & kept & ~in) | rows, base, separator);
        if constexpr (Tokens && !lines) continue;
        // Two without asking: how many there are in a block cannot be predicted.
        const auto n = count_ones(rows);
        row_end[0] = base + lowest(rows);
        row_end[1] = base + lowest(rows & (rows - 1));
        if (n > 2) [[unlikely]]
            put_positions(rows, base, row_end);
        row_end += n;
    }
    state = {inside, carry, closed};
    out.separators = separator;
    out.row_ends = row_end;
    return std::min(from, to);
}

PENSTOCK_KERNEL std::size_t json_line_feeds(const char* text, std::size_t size) {
    std::size_t n = 0;
    std::size_t i = 0;
    for (; i + 64 <= size; i += 64) n += count_ones(equal(load_block(text + i), '\n'));
    if (i < size) n += count_ones(low_bits(equal(load_block(text + i), '\n'), size - i));
    return n;
}

PENSTOCK_KERNEL std::size_t json_unescape(char* to, const char* from, std::size_t size) {
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
        const auto found = equal(b, '\\') | equal(b, '"');
        const auto special = left < 64 ? low_bits(found, left) : found;
        const auto step = special ? lowest(special) : std::min<std::size_t>(left, 64);
        to += step;
        from += step;
        if (special && (*from == '"' || !undo_json_escape(to, from, left - step))) return invalid_escape;
    }
    return static_cast<std::size_t>(to - begin);
}

/// A string of less than 64 bytes without escapes.
PENSTOCK_STEP bool is_short_string(const field_text& f, const block& b) noexcept {
    const auto outer = std::uint64_t{1} | std::uint64_t{1} << (f.size - 1);
    return low_bits(equal(b, '"') | equal(b, '\\'), f.size) == outer && in_quotes(f);
}

PENSTOCK_KERNEL std::size_t json_strings(const field_run& run, null_form nulls, char* data, std::size_t& position, std::int32_t* ends,
                                         field_bits& bits) {
    const auto* slot = run.slots;
    auto at = position;
    std::size_t row = 0;
    while (row < run.rows) {
        const auto begin = row;
        const auto end = std::min(run.rows, row + 64);
        std::uint64_t valid = 0;
        for (; row < end; ++row, slot += run.stride) {
            const auto f = text_of(run, slot);
            std::size_t size = 0;
            bool there = true;
            if (f.size < 64 && f.size >= 2 && is_short_string(f, load_block(f.first))) [[likely]] {
                size = f.size - 2;
#if PENSTOCK_LEVEL >= 2
                store_block(data + at, load_block(f.first + 1));
#else
                copy_text(data + at, f.first + 1, size);
#endif
            } else if (is_nothing(f, nulls)) {
                there = false;
            } else {
                if (!in_quotes(f)) break;
                size = json_unescape(data + at, f.first + 1, f.size - 2);
                if (size == invalid_escape) break;
            }
            at += size;
            ends[row] = static_cast<std::int32_t>(at);
            valid |= static_cast<std::uint64_t>(there) << (row - begin);
        }
        bits.valid[begin / 64] = valid;
        if (row < end) break;
    }
    position = at;
    return row;
}

PENSTOCK_KERNEL std::size_t json_plain_scalars(const field_run& run) {
    const auto* slot = run.slots;
    for (std::size_t row = 0; row < run.rows; ++row, slot += run.stride) {
        const auto f = text_of(run, slot);
        if (f.size == 0 || f.size >= 64) [[unlikely]]
            return row;
        const auto b = load_block(f.first);
        if (f.first[0] == '"') {
            if (f.size < 2 || !is_short_string(f, b)) return row;
            continue;
        }
        const std::size_t sign = f.first[0] == '-';
        const auto first = std::uint64_t{1} << sign; // of the digits
        const auto all = low_bits(~std::uint64_t{0}, f.size) & ~(first - 1);
        const auto digits = low_bits(bytes_from(b, '0', 9), f.size);
        const auto point = low_bits(equal(b, '.'), f.size);
        // digits, one point at most, and not at an end; a zero in front only alone or before the point
        const bool number = ((digits | point) & all) == all && (point & (point - 1)) == 0 && (digits & first) &&
                            digits >> (f.size - 1) && (f.first[sign] != '0' || (all & first << 1) == (point & first << 1));
        if (number) continue;
        const bool word = (f.size == 4 && (std::memcmp(f.first, "true", 4) == 0 || is_word_null(f.first, 4))) ||
                          (f.size == 5 && std::memcmp(f.first, "false", 5) == 0);
        if (!word) return row;
    }
    return run.rows;
}

inline constexpr json_kernels json_table{static_cast<simd_level>(PENSTOCK_LEVEL), 
                                         {&json_scan<false, json_layout::lines>, &json_scan<false, json_layout::elements>,
                                          &json_scan<false, json_layout::values>},
                                         {&json_scan<true, json_layout::lines>, &json_scan<true, json_layout::elements>,
                                          &json_scan<true, json_layout::elements>},
                                         &json_line_feeds, &json_strings, &json_plain_scalars, &json_unescape};

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
