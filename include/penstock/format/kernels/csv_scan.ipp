// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Text of CSV to positions of separators. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

/// Delimiters of several bytes in a block: their first and last bytes. One may end behind the block.
struct long_delimiters {
    std::uint64_t begins;
    std::uint64_t ends;
    std::size_t behind; ///< the block, or a delimiter that begins in it
};

/// `first` are bytes that may begin one. Where two overlap, the first one counts.
PENSTOCK_STEP long_delimiters find_delimiters(std::uint64_t first, const char* p, std::string_view more) noexcept {
    for (std::size_t i = 0; i < more.size() && first; ++i) first &= equal(load_block(p + 1 + i), more[i]);
    long_delimiters found{0, 0, 64};
    while (first) {
        const auto begin = lowest(first);
        const auto end = begin + more.size();
        found.begins |= std::uint64_t{1} << begin;
        if (end < 64) found.ends |= std::uint64_t{1} << end;
        if (end >= 63) {
            found.behind = end + 1;
            break;
        }
        first = first >> (end + 1) << (end + 1);
    }
    return found;
}

/// Runs of `blanks` whose first bit is in `first`.
PENSTOCK_STEP std::uint64_t runs_from(std::uint64_t blanks, std::uint64_t first) noexcept {
    return blanks & ~(blanks + (blanks & first));
}

/// `Any`: of any rules; otherwise delimiters have one byte, and there are neither escapes nor blanks to trim. Its `step` is
/// always 64.
template <bool Any>
PENSTOCK_KERNEL std::size_t scan_blocks(const csv_scan_rules& rules, const char* text, std::size_t from, std::size_t to,
                                      csv_scan_state& state, scan_output& out) {
    auto inside = state.inside;
    auto of_quoted_before = (inside & 1) | state.closed; // the byte before belongs to a quoted field, its quotes included
    auto edge_before = (inside & 1) | state.may_open;    // ... or separates
    auto carry = state.escaped;
    auto* separator = out.separators;
    auto* row_end = out.row_ends;
    std::uint64_t breaks_inside = 0;
    const char delimiter = rules.delimiter;
    const char quote_byte = rules.quote;
    const std::uint64_t quotes = rules.quotes ? ~std::uint64_t{0} : 0;
    std::size_t step = 64;
    for (; from + 64 <= to; from += Any ? step : 64) {
        const auto b = load_block(text + from);
        std::uint64_t escaped = 0;
        auto next_carry = carry;
        if (Any && rules.escapes) escaped = escaped_bytes(equal(b, rules.escape), next_carry);
        const auto quote = equal(b, quote_byte) & quotes & ~escaped;
        auto breaks = equal(b, '\n');
        std::uint64_t cr = 0;
        if (any_equal(b, '\r')) [[unlikely]] { // before an LF it is part of that row end
            cr = equal(b, '\r');
            const auto behind = static_cast<std::uint64_t>(text[from + 64] == '\n') << 63;
            breaks |= cr & ~(breaks >> 1 | behind);
        }
        const auto in = prefix_xor(quote) ^ inside;
        const auto row_breaks = breaks & ~(in | escaped);
        auto begins = equal(b, delimiter) & ~(in | escaped);
        auto ends = begins;
        std::uint64_t lead = 0; // blanks behind a separator
        std::uint64_t tail = 0; // ... behind a closing quote
        if constexpr (Any) {
            if (!rules.more.empty()) {
                const auto found = find_delimiters(begins, text + from, rules.more);
                begins = found.begins;
                ends = found.ends;
                step = found.behind;
            }
            if (rules.trim) {
                auto not_blank = in;
                for (std::size_t i = 0; i <= rules.more.size(); ++i) not_blank |= begins << i;
                const auto blanks = (equal(b, ' ') | equal(b, '\t')) & ~not_blank;
                lead = runs_from(blanks, (ends | row_breaks) << 1 | (edge_before & ~of_quoted_before));
                tail = runs_from(blanks, (quote & ~in) << 1 | (of_quoted_before & ~inside));
            }
        }

        // A quoted field begins behind a separator and ends before one.
        const auto of_quoted = in | quote;
        const auto edge = of_quoted | ends | row_breaks | lead;
        const auto may_follow = of_quoted | begins | row_breaks | cr | tail;
        auto bad = (of_quoted & ~(edge << 1 | edge_before)) | (((of_quoted | tail) << 1 | of_quoted_before) & ~may_follow);
        if (Any && !rules.doubled) bad |= quote & in & ((quote & ~in) << 1 | (of_quoted_before & edge_before & ~inside));
        if (bad) [[unlikely]] break;
        inside = std::uint64_t{0} - (in >> 63);
        of_quoted_before = (of_quoted | tail) >> 63;
        edge_before = edge >> 63;
        carry = next_carry;

        const auto base = static_cast<std::uint32_t>(from);
        separator = put_positions(ends | row_breaks, base, separator);
#if PENSTOCK_LEVEL < 3
        if (ends == 0 && (row_breaks & (row_breaks - 1))) [[unlikely]] { // rows of one field
            const auto n = count_ones(row_breaks);
            for (std::size_t i = 0; i < n; i += 4) std::memcpy(row_end + i, separator - n + i, 16);
            row_end += n;
        } else
#endif
            row_end = put_few(row_breaks, base, row_end);
        if (breaks != row_breaks) [[unlikely]] breaks_inside += count_ones(breaks & ~row_breaks);
        if (Any && step > 64) {
            *separator++ = base + static_cast<std::uint32_t>(step) - 1;
            edge_before = 1;
        }
    }
    state.inside = inside;
    state.may_open = edge_before & ~inside;
    state.closed = of_quoted_before & ~inside;
    state.escaped = carry;
    out.line_breaks += breaks_inside + static_cast<std::size_t>(row_end - out.row_ends);
    out.separators = separator;
    out.row_ends = row_end;
    return from;
}

PENSTOCK_KERNEL std::size_t scan_csv(const csv_scan_rules& rules, const char* text, std::size_t from, std::size_t to,
                                     csv_scan_state& state, scan_output& out) {
    const bool usual = rules.more.empty() && !rules.escapes && !rules.trim && (rules.doubled || !rules.quotes);
    return usual ? scan_blocks<false>(rules, text, from, to, state, out) : scan_blocks<true>(rules, text, from, to, state, out);
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
