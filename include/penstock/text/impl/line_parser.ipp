// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/line_parser.hpp>

#include <utility>

namespace penstock::text {
namespace detail {

inline constexpr std::size_t slice_bytes = std::size_t{256} << 10;
} // namespace detail

// One byte more than a line may have: the CR in front of the line feed is none of them.
PENSTOCK_DECL line_parser::line_parser(text::options o, std::string object)
    : options_{detail::with_pool(std::move(o))},
      lines_{options_.common().pool, options_.common().max_record_bytes + 1},
      table_{options_, std::move(object), "line"} {}

PENSTOCK_DECL void line_parser::add(penstock::detail::text_line line) {
    if (line.has_end && line.text.ends_with('\r')) line.text.remove_suffix(1);
    if (line.number == 1 && !options_.binary() && line.text.starts_with(detail::byte_order_mark)) {
        line.text.remove_prefix(detail::byte_order_mark.size());
        line.offset += detail::byte_order_mark.size();
        if (line.text.empty() && !line.has_end) return; // nothing but the mark
    }
    table_.add(line);
}

/// False when there is none, or not all of it.
PENSTOCK_DECL bool line_parser::next_line() {
    using got = penstock::detail::line_buffer::got;
    penstock::detail::text_line line;
    const auto what = lines_.next(line);
    if (what == got::need_input || what == got::end) {
        if (what == got::end) ended_ = true;
        else if (broken_) failed_ = std::move(broken_);
        return false;
    }
    too_long_ = what == got::too_long;
    if (too_long_) lines_.pass_over();
    worked_ += line.text.size() + 1;
    line_ = line;
    return true;
}

/// False when the next line is not all there.
PENSTOCK_DECL bool line_parser::take_line() {
    if (!line_ && !next_line()) return ended_ || failed_;
    if (too_long_)
        table_.refuse_long(*line_);
    else
        add(*line_);
    line_.reset();
    return true;
}

PENSTOCK_DECL result<line_parser::step> line_parser::advance() {
    try {
        return go_on();
    } catch (const error& e) {
        if (table_.any()) return step::batch;
        return e.as_failure();
    }
}

PENSTOCK_DECL result<line_parser::step> line_parser::go_on() {
    for (;;) {
        if (!failed_ && table_.failed()) failed_ = table_.failed();
        if (table_.complete()) ended_ = true;
        if (table_.any() && (failed_ || ended_ || table_.full())) return step::batch;
        if (failed_) return *failed_;
        if (ended_) return step::end;
        if (worked_ >= detail::slice_bytes) {
            worked_ = 0;
            return step::working;
        }
        if (!take_line()) return step::need_input;
    }
}

PENSTOCK_DECL read_statistics line_parser::statistics() const {
    auto s = table_.statistics();
    s.bytes = bytes_;
    return s;
}

} // namespace penstock::text
