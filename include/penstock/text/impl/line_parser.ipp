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

/// False when the next line is not all there.
PENSTOCK_DECL bool line_parser::take_line() {
    using got = penstock::detail::line_buffer::got;
    penstock::detail::text_line line;
    switch (lines_.next(line)) {
    case got::need_input:
        if (broken_) failed_ = std::move(broken_);
        return failed_.has_value();
    case got::end:
        ended_ = true;
        return true;
    case got::too_long:
        lines_.pass_over();
        table_.refuse_long(line);
        break;
    case got::line:
        add(line);
        break;
    }
    worked_ += line.text.size() + 1;
    return true;
}

PENSTOCK_DECL result<line_parser::step> line_parser::advance() {
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
