// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Text of CSV to positions of separators. See level.ipp. Without #pragma once.

namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE {

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

} // namespace penstock::detail::PENSTOCK_LEVEL_NAMESPACE
