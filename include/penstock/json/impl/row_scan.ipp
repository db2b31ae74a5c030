// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/row_scan.hpp>

#include <penstock/format/utf8.hpp>

#include <algorithm>

namespace penstock::json::detail {

/// Of tokens, where rows end that are no lines: where as many brackets are closed as were opened. `end` gets one more.
class nesting {
  public:
    nesting(const char* text, json_layout layout) noexcept : text_{text}, mark_{layout == json_layout::elements ? ',' : '}'} {}

    std::uint32_t* find_ends(const std::uint32_t* token, const std::uint32_t* last, std::uint32_t* end) noexcept {
        auto depth = depth_;
        for (; token != last; ++token) {
            const auto c = static_cast<char>(text_[*token] | 0x20); // "[" and "]" become "{" and "}"
            depth += (c == '{') - (c == '}');
            *end = *token;
            end += (depth == 0) & (c == mark_);
        }
        depth_ = depth;
        return end;
    }

  private:
    const char* text_;
    char mark_;
    int depth_ = 0;
};

PENSTOCK_DECL void row_scan::scan(const row_text& at) {
    if (slots_.empty()) {
        slots_.resize(1 + block + 64);
        slots_[0] = static_cast<std::uint32_t>(-1);
        ends_.resize(block + 64);
    }
    base_ = at.offset;
    row_ = rows_ = valid_ = 0;
    slot_ = 0;
    const char* const text = at.text.data();
    const auto size = std::min(at.text.size(), longest_row);
    const auto layout = static_cast<std::size_t>(at.layout);
    const auto kernel = what_ == separators::tokens ? json_kernels_->scan_tokens[layout] : json_kernels_->scan[layout];
    penstock::detail::json_scan_state state;
    nesting levels{text, at.layout};
    std::size_t used = 1;
    std::size_t from = 0;
    spaces_ = starved_ = false;
    for (;;) {
        const auto to = std::min(from + block, size);
        if (slots_.size() < used + block + 64) slots_.resize(used + block + 64);
        penstock::detail::scan_output out{slots_.data() + used, ends_.data()};
        const auto stopped = kernel(text, from, to, state, out);
        if (what_ == separators::tokens && at.layout != json_layout::lines)
            out.row_ends = levels.find_ends(slots_.data() + used, out.separators, out.row_ends);
        used = static_cast<std::size_t>(out.separators - slots_.data());
        rows_ = static_cast<std::size_t>(out.row_ends - ends_.data());
        spaces_ |= out.spaces != 0;
        from = to;
        if (rows_ > 0) break;
        if (stopped < to || used > most_slots || to == longest_row) {
            retry_ = at.offset + 1;
            retry_size_ = 0;
            break;
        }
        if (to == size) { // There may be a whole row when there is more text.
            retry_ = at.offset;
            retry_size_ = 2 * size;
            starved_ = true;
            break;
        }
    }
    slots_used_ = used;
    if (rows_ && kernels_->utf8(text, ends_[rows_ - 1]) != penstock::detail::encoding::neither) valid_ = rows_;
}

/// Whether the next row is UTF-8.
PENSTOCK_DECL bool row_scan::is_valid(const char* text) {
    if (row_ < valid_) return true;
    const std::size_t first = begin();
    const auto bad = find_invalid_utf8({text + first, ends_[rows_ - 1] - first});
    for (valid_ = row_; valid_ < rows_; ++valid_)
        if (bad != std::string_view::npos && ends_[valid_] > first + bad) break;
    return row_ < valid_;
}

PENSTOCK_DECL bool row_scan::find(const row_text& at) {
    while (row_ < rows_ && base_ + begin() < at.offset) {
        const auto end = ends_[row_++];
        while (slots_[slot_] != end) ++slot_;
    }
    if (row_ == rows_ || base_ + begin() != at.offset) {
        if (at.offset < retry_ || (at.offset == retry_ && at.text.size() < retry_size_)) return false;
        scan(at);
        if (rows_ == 0) return false;
    }
    return is_valid(at.text.data() - (at.offset - base_));
}

} // namespace penstock::json::detail
