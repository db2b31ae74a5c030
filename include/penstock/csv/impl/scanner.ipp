// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/scanner.hpp>

#include <penstock/csv/detail/cell.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::csv::detail {

PENSTOCK_DECL void position_list::drop(std::size_t n) noexcept {
    size_ -= n;
    if (n && size_) std::memmove(items_, items_ + n, size_ * sizeof(std::uint32_t));
}

PENSTOCK_DECL void position_list::grow(std::size_t least) {
    auto larger = pool_->take(least * sizeof(std::uint32_t));
    auto* to = reinterpret_cast<std::uint32_t*>(larger.data());
    std::memcpy(to, items_, size_ * sizeof(std::uint32_t));
    block_ = std::move(larger);
    items_ = to;
    most_ = block_.size() / sizeof(std::uint32_t);
}

PENSTOCK_DECL void position_list::release() noexcept {
    if (size_ > few || !block_) return;
    std::memcpy(first_, items_, size_ * sizeof(std::uint32_t));
    items_ = first_;
    most_ = few;
    block_ = {};
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
    // The last bytes of a block look at the ones behind it, which the last block of all may not have.
    const auto seen = last ? to - std::min(to - from, lookahead_) : to;
    from = scan_blocks(text, from, from + (seen - from) / 64 * 64, separators, row_ends);
    return last && !malformed_ ? scan_bytes(text, from, to, last, separators, row_ends) : from;
}

/// Kernels know no comments, and stop before a block with a quote that is none.
PENSTOCK_DECL std::size_t scanner::scan_blocks(const char* text, std::size_t from, std::size_t to,
                                               position_list& separators, position_list& row_ends) {
    constexpr std::size_t window = 4096; // what lists have room for ahead; not critical within a factor of four
    while (from + 64 <= to && !malformed_) {
        auto stop = std::min(to, from + window);
        if (!comment_.empty()) {
            const auto comment = place_ == place::comment ? from : find_comment(text, from, stop);
            stop = from + (comment - from) / 64 * 64;
        }
        if (from < stop) {
            from = run_kernel(text, from, stop, separators, row_ends);
            if (from + 64 > stop) continue;
        }
        from = scan_bytes(text, from, from + 64, false, separators, row_ends);
    }
    return from;
}

/// Whole blocks up to one that takes a state machine.
PENSTOCK_DECL std::size_t scanner::run_kernel(const char* text, std::size_t from, std::size_t to, position_list& separators,
                                              position_list& row_ends) {
    penstock::detail::csv_scan_rules rules{delimiter_, quote_, quotes_, doubled_};
    rules.escapes = escapes_;
    rules.escape = escape_;
    rules.trim = trim_;
    rules.more = more_;
    penstock::detail::csv_scan_state state;
    const bool quoted = place_ == place::quoted || place_ == place::escaped_in_quotes;
    state.inside = quoted ? ~std::uint64_t{0} : 0;
    state.closed = place_ == place::after_quote || place_ == place::behind_quote;
    state.may_open = place_ == place::row_start || place_ == place::field_start || place_ == place::after_quote;
    state.escaped = place_ == place::escaped || place_ == place::escaped_in_quotes;
    penstock::detail::scan_output out{separators.room(to - from + 64), row_ends.room(to - from + 64)};
    const auto stopped = kernels_->scan_csv(rules, text, from, to, state, out);
    if (stopped == from) return from;
    const char before = text[stopped - 1];
    place_ = state.escaped                        ? (state.inside ? place::escaped_in_quotes : place::escaped)
             : state.inside                       ? place::quoted
             : state.closed                       ? (state.may_open ? place::after_quote : place::behind_quote)
             : !state.may_open                    ? place::unquoted
             : before == '\n' || before == '\r' ? place::row_start
                                                  : place::field_start;
    separators.written_to(out.separators);
    row_ends.written_to(out.row_ends);
    line_breaks_ += out.line_breaks;
    return stopped;
}

/// The first byte that begins a comment, or seems to, or `to`.
PENSTOCK_DECL std::size_t scanner::find_comment(const char* text, std::size_t from, std::size_t to) const noexcept {
    for (auto at = from; at < to; ++at) {
        const void* found = std::memchr(text + at, comment_.front(), to - at);
        if (!found) break;
        at = static_cast<std::size_t>(static_cast<const char*>(found) - text);
        const bool begins = at == from ? place_ == place::row_start : text[at - 1] == '\n' || text[at - 1] == '\r';
        if (begins) return at;
    }
    return to;
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
