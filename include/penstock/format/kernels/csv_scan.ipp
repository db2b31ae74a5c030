// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Text of CSV to positions of separators. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

PENSTOCK_KERNEL std::size_t scan_csv(const csv_scan_rules& rules, const char* text, std::size_t from, std::size_t to,
                                     csv_scan_state& state, scan_output& out) {
    auto inside = state.inside;
    auto of_quoted_before = (inside & 1) | state.closed; // the byte before belongs to a quoted field, its quotes included
    auto edge_before = (inside & 1) | state.may_open;    // ... or separates
    auto* separator = out.separators;
    auto* row_end = out.row_ends;
    std::uint64_t breaks_inside = 0;
    const char delimiter = rules.delimiter;
    const char quote_byte = rules.quote;
    const std::uint64_t quotes = rules.quotes ? ~std::uint64_t{0} : 0;
    to -= (to - from) % 64;
    for (; from < to; from += 64) {
        const auto b = load_block(text + from);
        const auto quote = equal(b, quote_byte) & quotes;
        auto breaks = equal(b, '\n');
        std::uint64_t cr = 0;
        if (any_equal(b, '\r')) [[unlikely]] { // before an LF it is part of that row end
            cr = equal(b, '\r');
            const auto behind = static_cast<std::uint64_t>(text[from + 64] == '\n') << 63;
            breaks |= cr & ~(breaks >> 1 | behind);
        }
        const auto in = prefix_xor(quote) ^ inside;
        const auto row_breaks = breaks & ~in;
        const auto separates = (equal(b, delimiter) & ~in) | row_breaks;

        // A quoted field begins behind a separator and ends before one.
        const auto of_quoted = in | quote;
        const auto edge = of_quoted | separates;
        const auto bad = (of_quoted & ~(edge << 1 | edge_before)) | ((of_quoted << 1 | of_quoted_before) & ~(edge | cr));
        if (bad) [[unlikely]] break;
        inside = std::uint64_t{0} - (in >> 63);
        of_quoted_before = of_quoted >> 63;
        edge_before = edge >> 63;

        const auto base = static_cast<std::uint32_t>(from);
        separator = put_positions(separates, base, separator);
        row_end = put_few(row_breaks, base, row_end);
        if (breaks != row_breaks) [[unlikely]] breaks_inside += count_ones(breaks & in);
    }
    state.inside = inside;
    state.may_open = edge_before & ~inside;
    state.closed = of_quoted_before & ~inside;
    out.line_breaks += breaks_inside + static_cast<std::size_t>(row_end - out.row_ends);
    out.separators = separator;
    out.row_ends = row_end;
    return from;
}

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
