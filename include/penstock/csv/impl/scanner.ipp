// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/scanner.hpp>

#include <penstock/csv/detail/cell.hpp>

#include <algorithm>
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
    : kernels_{&penstock::detail::text_kernels_of(level)}, delimiter_{d.delimiter.front()}, more_{d.delimiter.substr(1)},
      comment_{d.comment}, trim_{d.trim}, lookahead_{std::max({std::size_t{1}, more_.size(), comment_.size()})},
      quotes_{d.quote.has_value()}, quote_{d.quote.value_or('\0')}, doubled_{d.quote && d.escape == d.quote},
      escapes_{d.escape && d.escape != d.quote}, escape_{d.escape.value_or('\0')}, line_breaks_{line_breaks} {}

PENSTOCK_DECL std::size_t scanner::scan(const char* text, std::size_t from, std::size_t to, bool last,
                                        position_list& separators, position_list& row_ends) {
    if (malformed_ || from >= to) return from; // behind a delimiter that began in front of it
    const bool blocks = !escapes_ && (doubled_ || !quotes_); // what the masks can tell
    if (!blocks) return scan_bytes(text, from, to, last, separators, row_ends);
    // The last bytes of a block look at the ones behind it, which the last block of all may not have.
    const auto seen = last ? to - std::min(to - from, lookahead_) : to;
    const auto fast = from + (seen - from) / 64 * 64;
    const bool plain = more_.empty() && comment_.empty() && !trim_;
    from = plain ? scan_blocks(text, from, fast, separators, row_ends) : scan_mixed(text, from, fast, separators, row_ends);
    return last && !malformed_ ? scan_bytes(text, from, to, last, separators, row_ends) : from;
}

PENSTOCK_DECL std::size_t scanner::scan_blocks(const char* text, std::size_t from, std::size_t to,
                                               position_list& separators, position_list& row_ends) {
    while (from < to) {
        from = run_kernel(text, from, to, separators, row_ends);
        if (from == to) break;
        from = scan_bytes(text, from, from + 64, false, separators, row_ends);
        if (malformed_) break;
    }
    return from;
}

/// Whole blocks up to one that takes a state machine. Of a delimiter of several bytes, this is the first.
PENSTOCK_DECL std::size_t scanner::run_kernel(const char* text, std::size_t from, std::size_t to, position_list& separators,
                                              position_list& row_ends) {
    const penstock::detail::csv_scan_rules rules{delimiter_, quote_, quotes_ && more_.empty()};
    penstock::detail::csv_scan_state state;
    state.inside = place_ == place::quoted ? ~std::uint64_t{0} : 0;
    state.closed = place_ == place::after_quote;
    state.may_open = place_ == place::row_start || place_ == place::field_start || place_ == place::after_quote;
    penstock::detail::scan_output out{separators.room(to - from + 64), row_ends.room(to - from + 64)};
    const auto stopped = kernels_->scan_csv(rules, text, from, to, state, out);
    if (stopped == from) return from;
    const char before = text[stopped - 1];
    place_ = state.inside                         ? place::quoted
             : state.closed                       ? place::after_quote
             : !state.may_open                    ? place::unquoted
             : before == '\n' || before == '\r' ? place::row_start
                                                  : place::field_start;
    separators.written_to(out.separators);
    row_ends.written_to(out.row_ends);
    line_breaks_ += out.line_breaks;
    return stopped;
}

/// As `scan_blocks`, where kernels see only what they know: no comment, no blanks in front of a quote, and with a delimiter of
/// several bytes no quotes at all.
PENSTOCK_DECL std::size_t scanner::scan_mixed(const char* text, std::size_t from, std::size_t to, position_list& separators,
                                              position_list& row_ends) {
    constexpr std::size_t window = 2048; // not critical within a factor of four
    while (from + 64 <= to && !malformed_) {
        const bool known = place_ != place::comment && place_ != place::behind_quote &&
                           (more_.empty() || (place_ != place::quoted && place_ != place::after_quote));
        const auto special = known ? find_special(text, from, std::min(to, from + window)) : from;
        const auto stop = from + (special - from) / 64 * 64;
        if (stop == from) {
            from = scan_bytes(text, from, from + 64, false, separators, row_ends);
            continue;
        }
        const auto before = place_;
        const auto start = from;
        const auto had = separators.size();
        from = run_kernel(text, from, stop, separators, row_ends);
        if (from == start) { // a quote that is none, or blanks before one
            from = scan_bytes(text, from, from + 64, false, separators, row_ends);
            continue;
        }
        if (!more_.empty()) from = keep_delimiters(text, start, from, had, separators);
        if (!trim_ || place_ != place::unquoted) continue;
        // Behind blanks only, a field may still begin with a quote.
        const bool found = separators.size() > had;
        const auto first = found ? behind(separators.back()) : start;
        auto at = from;
        while (at > first && is_blank(text[at - 1])) --at;
        if (at == first && (found || before == place::row_start || before == place::field_start)) place_ = place::field_start;
    }
    return from;
}

/// The first byte that a kernel must not see, or `to`.
PENSTOCK_DECL std::size_t scanner::find_special(const char* text, std::size_t from, std::size_t to) const noexcept {
    const auto find = [&](char c, std::size_t at) {
        const void* found = at < to ? std::memchr(text + at, c, to - at) : nullptr;
        return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text) : to;
    };
    if (quotes_ && !more_.empty()) to = find(quote_, from);
    if (comment_.empty()) return to;
    for (auto at = find(comment_.front(), from); at < to; at = find(comment_.front(), at + 1)) {
        const bool begins = at == from ? place_ == place::row_start : text[at - 1] == '\n' || text[at - 1] == '\r';
        if (begins) return at;
    }
    return to;
}

/// Of the separators from `known` on, which a kernel found in `text[from, to)`, the row ends and those that begin a delimiter.
/// Gives where to go on: behind the last delimiter.
PENSTOCK_DECL std::size_t scanner::keep_delimiters(const char* text, std::size_t from, std::size_t to, std::size_t known,
                                                   position_list& separators) noexcept {
    auto* out = separators.written(known);
    const auto* const end = separators.written(separators.size());
    for (const auto* in = out; in != end; ++in) {
        const std::size_t at = *in;
        if (text[at] == '\n' || text[at] == '\r') {
            *out++ = *in;
            from = at + 1;
        } else if (at >= from && is_delimiter(text, at, at + 1 + more_.size())) {
            from = at + 1 + more_.size();
            *out++ = static_cast<std::uint32_t>(from - 1);
        }
    }
    separators.written_to(out);
    const bool at_end = out != separators.written(known) && behind(out[-1]) >= to;
    place_ = !at_end ? place::unquoted : text[out[-1]] == '\n' || text[out[-1]] == '\r' ? place::row_start : place::field_start;
    return std::max(from, to);
}

PENSTOCK_DECL std::size_t scanner::scan_bytes(const char* text, std::size_t from, std::size_t to, bool last,
                                              position_list& separators, position_list& row_ends) {
    const auto limit = last ? to : to + lookahead_;
    for (; from < to; ++from) {
        const char c = text[from];
        const bool before_lf = from + 1 < limit && text[from + 1] == '\n';
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
        case place::row_start:
            if (begins_comment(text, from, limit)) {
                place_ = place::comment;
                continue;
            }
            [[fallthrough]];
        case place::field_start:
            if (quotes_ && c == quote_) {
                place_ = place::quoted;
                continue;
            }
            break;
        case place::comment:
            if (!is_break) continue;
            break;
        case place::behind_quote:
        case place::unquoted:
            break;
        }
        const bool starts = place_ == place::row_start || place_ == place::field_start;
        const bool quoted = place_ == place::after_quote || place_ == place::behind_quote;
        if (is_break) {
            separators.push(from);
            row_ends.push(from);
            ++line_breaks_;
            place_ = place::row_start;
        } else if (is_delimiter(text, from, limit)) {
            from += more_.size();
            separators.push(from);
            place_ = place::field_start;
        } else if (c == '\r') {
            continue; // of a CRLF: the LF ends the row
        } else if (trim_ && (starts || quoted) && is_blank(c)) {
            place_ = starts ? place::field_start : place::behind_quote;
        } else if (quoted) {
            malformed_ = true;
            return from;
        } else {
            place_ = escapes_ && c == escape_ ? place::escaped : place::unquoted;
        }
    }
    return from;
}

} // namespace penstock::csv::detail
