// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/scanner.hpp>

#include <penstock/csv/detail/block.hpp>

#include <cstring>

namespace penstock::csv::detail {

PENSTOCK_DECL void position_list::drop(std::size_t n) noexcept {
    size_ -= n;
    if (n && size_) std::memmove(items_.data(), items_.data() + n, size_ * sizeof(std::uint32_t));
}

PENSTOCK_DECL void position_list::shift(std::size_t by) noexcept {
    for (std::size_t i = 0; i < size_; ++i) items_[i] -= static_cast<std::uint32_t>(by);
}

PENSTOCK_DECL scanner::scanner(const dialect& d)
    : delimiter_{d.delimiter}, quotes_{d.quote.has_value()}, quote_{d.quote.value_or('\0')},
      doubled_{d.quote && d.escape == d.quote}, escapes_{d.escape && d.escape != d.quote},
      escape_{d.escape.value_or('\0')} {}

PENSTOCK_DECL std::size_t scanner::scan(const char* text, std::size_t from, std::size_t to, bool last,
                                        position_list& separators, position_list& row_ends) {
    if (malformed_) return from;
    const bool blocks = !escapes_ && (doubled_ || !quotes_); // what the masks can tell
    if (!blocks) return scan_bytes(text, from, to, last, separators, row_ends);
    const auto whole = to - (to - from) % 64;
    // The last byte of a block looks at the one behind it, which the last block of all may not have.
    const auto fast = last && whole == to && whole > from ? whole - 64 : whole;
    from = scan_blocks(text, from, fast, separators, row_ends);
    return last && !malformed_ ? scan_bytes(text, from, to, last, separators, row_ends) : from;
}

PENSTOCK_DECL std::size_t scanner::scan_blocks(const char* text, std::size_t from, std::size_t to,
                                               position_list& separators, position_list& row_ends) {
    // The state between blocks, as masks: all ones inside quotes; lowest bit 1 when the byte before may stand
    // before an opening quote; lowest bit 1 when it was a closing quote.
    std::uint64_t inside = 0;
    std::uint64_t may_open = 0;
    std::uint64_t closed = 0;
    const auto load = [&] {
        inside = place_ == place::quoted ? ~std::uint64_t{0} : 0;
        closed = place_ == place::after_quote;
        may_open = place_ == place::field_start || place_ == place::after_quote;
    };
    const auto store = [&] {
        place_ = inside     ? place::quoted
                 : closed   ? place::after_quote
                 : may_open ? place::field_start
                            : place::unquoted;
    };
    load();
    auto* separator = separators.room(to - from + 8);
    auto* row_end = row_ends.room(to - from + 8);
    for (; from < to; from += 64) {
        const block_bytes bytes{text + from};
        const auto quote = quotes_ ? bytes.equal(quote_) : 0;
        const auto lf = bytes.equal('\n');
        const auto cr = bytes.equal('\r');
        const auto behind = static_cast<std::uint64_t>(text[from + 64] == '\n') << 63;
        const auto breaks = lf | (cr & ~(lf >> 1 | behind)); // a CR before an LF is part of that row end
        const auto in = prefix_xor(quote) ^ inside;
        const auto separates = (bytes.equal(delimiter_) | breaks) & ~in;

        const auto open = quote & in;
        const auto close = quote & ~in;
        const auto fine_before_open = separates | close;
        const auto bad = (open & ~(fine_before_open << 1 | may_open)) |
                         ((close << 1 | closed) & ~(separates | quote | cr));
        if (bad) [[unlikely]] {
            store();
            separators.written_to(separator);
            row_ends.written_to(row_end);
            const auto stopped = scan_bytes(text, from, from + 64, false, separators, row_ends);
            if (malformed_) return stopped;
            load();
            separator = separators.room(to - from - 64 + 8);
            row_end = row_ends.room(to - from - 64 + 8);
            continue;
        }
        inside = ~((in >> 63) - 1);
        may_open = fine_before_open >> 63;
        closed = close >> 63;

        const auto base = static_cast<std::uint32_t>(from);
        separator = put_positions(separates, base, separator);
        for (auto m = breaks & ~in; m; m &= m - 1) {
            *row_end++ = base + static_cast<std::uint32_t>(std::countr_zero(m));
            ++line_breaks_;
        }
        if (const auto quoted_breaks = breaks & in) line_breaks_ += count_ones(quoted_breaks);
    }
    separators.written_to(separator);
    row_ends.written_to(row_end);
    store();
    return from;
}

PENSTOCK_DECL std::size_t scanner::scan_bytes(const char* text, std::size_t from, std::size_t to, bool last,
                                              position_list& separators, position_list& row_ends) {
    for (; from < to; ++from) {
        const char c = text[from];
        const bool before_lf = (from + 1 < to || !last) && text[from + 1] == '\n';
        const bool is_break = c == '\n' || (c == '\r' && !before_lf);
        switch (place_) {
        case place::escaped:
        case place::escaped_in_quotes:
            place_ = place_ == place::escaped ? place::unquoted : place::quoted;
            line_breaks_ += is_break;
            continue;
        case place::quoted:
            if (escapes_ && c == escape_)
                place_ = place::escaped_in_quotes;
            else if (c == quote_)
                place_ = place::after_quote;
            line_breaks_ += is_break;
            continue;
        case place::after_quote:
            if (doubled_ && c == quote_) {
                place_ = place::quoted;
                continue;
            }
            break;
        case place::field_start:
            if (quotes_ && c == quote_) {
                place_ = place::quoted;
                continue;
            }
            break;
        case place::unquoted:
            break;
        }
        if (c == delimiter_ || is_break) {
            separators.push(from);
            if (is_break) {
                row_ends.push(from);
                ++line_breaks_;
            }
            place_ = place::field_start;
        } else if (c == '\r') {
            continue; // of a CRLF: the LF ends the row
        } else if (place_ == place::after_quote) {
            malformed_ = true;
            return from;
        } else {
            place_ = escapes_ && c == escape_ ? place::escaped : place::unquoted;
        }
    }
    return from;
}

} // namespace penstock::csv::detail
