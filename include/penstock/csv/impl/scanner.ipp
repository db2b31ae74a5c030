// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/scanner.hpp>

#include <cstring>

namespace penstock::csv::detail {

PENSTOCK_DECL void position_list::drop(std::size_t n) noexcept {
    size_ -= n;
    if (n && size_) std::memmove(items_.data(), items_.data() + n, size_ * sizeof(std::uint32_t));
}

PENSTOCK_DECL void position_list::shift(std::size_t by) noexcept {
    for (std::size_t i = 0; i < size_; ++i) items_[i] -= static_cast<std::uint32_t>(by);
}

PENSTOCK_DECL scanner::scanner(const dialect& d, simd_level level, std::uint64_t line_breaks)
    : kernels_{&penstock::detail::text_kernels_of(level)}, delimiter_{d.delimiter}, quotes_{d.quote.has_value()},
      quote_{d.quote.value_or('\0')}, doubled_{d.quote && d.escape == d.quote}, escapes_{d.escape && d.escape != d.quote},
      escape_{d.escape.value_or('\0')}, line_breaks_{line_breaks} {}

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
    const penstock::detail::csv_scan_rules rules{delimiter_, quote_, quotes_};
    while (from < to) {
        penstock::detail::csv_scan_state state;
        state.inside = place_ == place::quoted ? ~std::uint64_t{0} : 0;
        state.closed = place_ == place::after_quote;
        state.may_open = place_ == place::field_start || place_ == place::after_quote;
        penstock::detail::scan_output out{separators.room(to - from + 64), row_ends.room(to - from + 64)};
        from = kernels_->scan_csv(rules, text, from, to, state, out);
        place_ = state.inside     ? place::quoted
                 : state.closed   ? place::after_quote
                 : state.may_open ? place::field_start
                                  : place::unquoted;
        separators.written_to(out.separators);
        row_ends.written_to(out.row_ends);
        line_breaks_ += out.line_breaks;
        if (from == to) break;
        from = scan_bytes(text, from, from + 64, false, separators, row_ends);
        if (malformed_) break;
    }
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
