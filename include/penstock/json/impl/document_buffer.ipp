// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/document_buffer.hpp>

#include <penstock/format/detail/offending_text.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace penstock::json::detail {

/// A first line that is longer says nothing about the others.
inline constexpr std::size_t most_detected = std::size_t{64} << 10;

/// The first quotation mark or backslash in [first, last), or `last`.
inline const char* find_string_mark(const char* first, const char* last) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    for (; last - first >= 8; first += 8) {
        std::uint64_t x;
        std::memcpy(&x, first, 8);
        const auto quote = x ^ ones * '"';
        const auto slash = x ^ ones * '\\';
        if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & ones * 0x80) break;
    }
    while (first != last && *first != '"' && *first != '\\') ++first;
    return first;
}

PENSTOCK_DECL document_buffer::document_buffer(std::shared_ptr<buffer_pool> pool, std::size_t max_record,
                                               document_shape shape, std::vector<std::string> path, simd_level level)
    : record_buffer{std::move(pool), max_record},
      kernels_{&penstock::detail::json_kernels_of(level)}, shape_{shape}, has_path_{!path.empty()},
      now_{document_walker{std::move(path)}} {}

PENSTOCK_DECL void document_buffer::hold() {
    record_buffer::hold();
    held_progress_ = now_;
    gave_ = false;
}

PENSTOCK_DECL void document_buffer::rewind() {
    record_buffer::rewind();
    now_ = std::move(*held_progress_);
    held_progress_.reset();
}

/// Nothing before the first record need be kept.
PENSTOCK_DECL void document_buffer::hold_on() {
    if (held_ && !gave_) hold();
}

PENSTOCK_DECL void document_buffer::mark_place(text_line& record) const noexcept {
    record.text = {};
    record.number = now_.line;
    record.offset = offset_ + begin_;
    record.column = record.offset - now_.line_start + 1;
}

PENSTOCK_DECL void document_buffer::pass_to(std::size_t i) noexcept {
    const auto passed = text(begin_, i);
    if (const auto breaks = kernels_->line_feeds(passed.data(), passed.size())) {
        now_.line += breaks;
        now_.line_start = offset_ + begin_ + passed.rfind('\n') + 1;
    }
    begin_ = i;
    scanned_ = std::max(scanned_, i);
}

PENSTOCK_DECL std::optional<penstock::detail::json_layout> document_buffer::layout() const noexcept {
    using penstock::detail::json_layout;
    switch (now_.phase) {
    case phase::lines:
        return json_layout::lines;
    case phase::elements:
        return json_layout::elements;
    case phase::values:
        return json_layout::values;
    default:
        return std::nullopt;
    }
}

PENSTOCK_DECL void document_buffer::consume(std::size_t records, std::size_t bytes) noexcept {
    if (now_.phase == phase::lines) return record_buffer::consume(records, bytes);
    pass_to(begin_ + bytes);
    end_record(now_.phase);
    gave_ = true;
}

PENSTOCK_DECL record_buffer::got document_buffer::next(text_line& record) {
    for (;;) {
        std::optional<got> said;
        switch (now_.phase) {
        case phase::begin:
            said = begin();
            break;
        case phase::detect:
            said = detect();
            break;
        case phase::around:
            // a sample ends with the records: what follows them is not to be kept for it
            said = held_ && gave_ ? got::end : walk(record);
            break;
        case phase::elements:
            said = next_element(record);
            break;
        case phase::value:
        case phase::values:
            said = next_value(record);
            break;
        case phase::lines:
            return record_buffer::next(record);
        case phase::broken:
            mark_place(record);
            said = got::failed;
            break;
        }
        if (said) return *said;
    }
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::begin() {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    const auto there = text(begin_, std::min(end_, begin_ + mark.size()));
    if (there.size() < mark.size() && mark.starts_with(there) && !ended_) return got::need_input;
    if (there == mark) {
        begin_ = scanned_ = begin_ + mark.size();
        now_.line_start = mark.size();
        hold_on();
    }
    switch (shape_) {
    case document_shape::automatic:
        now_.phase = has_path_ ? phase::around : phase::detect;
        break;
    case document_shape::lines:
        now_.phase = phase::lines;
        break;
    case document_shape::concatenated:
        now_.phase = phase::values;
        break;
    default:
        now_.phase = phase::around;
        break;
    }
    return std::nullopt;
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::detect() {
    const auto shape = shape_of_first_line();
    if (!shape) return got::need_input;
    scanned_ = begin_;
    now_.started = now_.in_string = now_.escaped = false;
    now_.depth = 0;
    now_.phase = *shape == document_shape::array   ? phase::around
                 : *shape == document_shape::lines ? phase::lines
                                                   : phase::values;
    return std::nullopt;
}

/// Nothing while it takes more bytes to know.
PENSTOCK_DECL std::optional<document_shape> document_buffer::shape_of_first_line() {
    auto& s = now_;
    for (; scanned_ < end_ && scanned_ - begin_ < most_detected; ++scanned_) {
        const char c = at(scanned_);
        if (!s.started) {
            if (is_json_space(c)) continue;
            if (c == '[') return document_shape::array;
            s.started = s.first = true;
        }
        if (s.escaped) {
            s.escaped = false;
        } else if (c == '\n') {
            return s.depth > 0 && !s.in_string ? document_shape::concatenated : document_shape::lines;
        } else if (s.in_string) {
            s.escaped = c == '\\';
            s.in_string = c != '"';
        } else if (c == '"' || c == '{' || c == '[') {
            if (s.depth == 0 && !s.first) return document_shape::concatenated;
            s.in_string = c == '"';
            s.depth += c != '"';
        } else if ((c == '}' || c == ']') && s.depth > 0) {
            --s.depth;
        }
        s.first = false;
    }
    if (!s.started && scanned_ - begin_ >= most_detected) {
        // Nothing but white space so far, which tells nothing and is not kept.
        pass_to(scanned_);
        line_number_ = now_.line - 1;
        hold_on();
        return shape_of_first_line();
    }
    if (scanned_ < end_ || ended_) return document_shape::concatenated;
    return std::nullopt;
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::walk(text_line& record) {
    auto i = begin_;
    switch (now_.walker.walk(text(0, end_), i)) {
    case document_walker::at::target:
        pass_to(i);
        return reach_target(record);
    case document_walker::at::fault:
        return broken(record, i,
                      {now_.walker.code(), // only the byte itself is there however the text is cut
                       std::string{now_.walker.what()} + ": " + penstock::detail::shown_beginning(text(i, std::min(i + 1, end_))), {}});
    case document_walker::at::piece_end:
        break;
    }
    pass_to(end_);
    hold_on();
    if (!ended_) return got::need_input;
    if (now_.walker.finish()) return got::end;
    return broken(record, end_, {now_.walker.code(), now_.walker.what(), {}});
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::reach_target(text_line& record) {
    const bool is_array = at(begin_) == '[';
    if (shape_ == document_shape::array && !is_array)
        return broken(record, begin_,
                      {errc::type_mismatch, "expected an array of rows",
                       "choose the document_shape that the data has, or leave it automatic"});
    if (shape_ == document_shape::object || !is_array) {
        now_.phase = phase::value;
    } else {
        pass_to(begin_ + 1);
        now_.phase = phase::elements;
    }
    now_.started = false;
    now_.first = true;
    hold_on();
    return std::nullopt;
}

// ----------------------------------------------------------------------------------------------------
// records

/// False when there is nothing but space.
PENSTOCK_DECL bool document_buffer::begin_record() {
    if (now_.started) return true;
    auto i = begin_;
    while (i < end_ && is_json_space(at(i))) ++i;
    pass_to(i);
    hold_on();
    if (i == end_) return false;
    scanned_ = begin_;
    now_.started = true;
    now_.closed = now_.in_string = now_.escaped = false;
    now_.depth = 0;
    return true;
}

PENSTOCK_DECL void document_buffer::end_record(phase next) noexcept {
    now_.started = false;
    now_.first = false;
    passing_ = false;
    now_.phase = next;
    if (next == phase::around) now_.walker.target_done();
}

PENSTOCK_DECL record_buffer::got document_buffer::give(text_line& record) {
    mark_place(record);
    auto whole = text(begin_, scanned_);
    while (!whole.empty() && is_json_space(whole.back())) whole.remove_suffix(1);
    record.text = whole;
    gave_ = true;
    return got::line;
}

PENSTOCK_DECL record_buffer::got document_buffer::too_long(text_line& record) {
    mark_place(record);
    record.text = text(begin_, begin_ + max_line_);
    gave_ = true;
    return got::too_long;
}

PENSTOCK_DECL record_buffer::got document_buffer::broken(text_line& record, std::size_t where, fault_text why) {
    pass_to(where);
    mark_place(record);
    fault_ = std::move(why);
    now_.phase = phase::broken;
    return got::failed;
}

PENSTOCK_DECL record_buffer::got document_buffer::unclosed(text_line& record) {
    const auto rest = text(begin_, end_);
    if (!passing_ && !rest.empty())
        if (const auto fault = find_json_fault(rest); fault && fault.offset < rest.size())
            return broken(record, begin_ + fault.offset,
                          {errc::malformed_json,
                           std::string{fault.what} + ": " + penstock::detail::shown_up_to(rest, fault.offset), {}});
    return broken(record, end_, {errc::malformed_json, "the text ends inside an array", {}});
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::next_element(text_line& record) {
    if (!begin_record()) return ended_ ? unclosed(record) : got::need_input;
    const bool found = find_separator();
    if (!passing_ && scanned_ - begin_ > max_line_) return too_long(record);
    if (!found) {
        if (ended_) return unclosed(record);
        if (passing_) pass_to(scanned_);
        return got::need_input;
    }
    const bool last = at(scanned_) == ']';
    std::optional<got> said;
    if (passing_) {
        pass_to(scanned_);
    } else if (scanned_ > begin_) {
        said = give(record);
    } else if (!last || !now_.first) {
        mark_place(record);
        fault_ = {errc::malformed_json, last ? "expected a value behind the comma" : "expected a value", {}};
        gave_ = true;
        said = got::bad;
    }
    pass_to(scanned_ + 1);
    end_record(last ? phase::around : phase::elements);
    return said;
}

PENSTOCK_DECL std::optional<record_buffer::got> document_buffer::next_value(text_line& record) {
    if (!begin_record()) return ended_ ? got::end : got::need_input;
    const bool found = now_.closed || find_value_end();
    now_.closed = found;
    if (!passing_ && scanned_ - begin_ > max_line_) return too_long(record);
    if (!found && !ended_) {
        if (passing_) pass_to(scanned_);
        return got::need_input;
    }
    std::optional<got> said;
    if (!passing_) said = give(record);
    pass_to(scanned_);
    end_record(now_.phase == phase::value ? phase::around : phase::values);
    return said;
}

/// Moves `scanned_` to the comma or the end of the array behind the element at hand.
PENSTOCK_DECL bool document_buffer::find_separator() noexcept {
    auto& s = now_;
    const char* const data = text(0, end_).data();
    const char* const end = data + end_;
    const char* p = data + scanned_;
    bool found = false;
    while (p != end) {
        if (s.escaped) {
            s.escaped = false;
        } else if (s.in_string) {
            p = find_string_mark(p, end);
            if (p == end) break;
            s.escaped = *p == '\\';
            s.in_string = *p != '"';
        } else {
            const char c = *p;
            if (c == '"') {
                s.in_string = true;
            } else if (c == '{' || c == '[') {
                ++s.depth;
            } else if (c == '}' || c == ']') {
                if (s.depth > 0)
                    --s.depth;
                else if (c == ']')
                    found = true;
            } else if (c == ',' && s.depth == 0) {
                found = true;
            }
            if (found) break;
        }
        ++p;
    }
    scanned_ = static_cast<std::size_t>(p - data);
    return found;
}

/// Moves `scanned_` behind the value at hand.
PENSTOCK_DECL bool document_buffer::find_value_end() noexcept {
    auto& s = now_;
    const bool many = s.phase == phase::values;
    while (scanned_ < end_) {
        const char c = at(scanned_);
        const bool inside = passing_ || scanned_ != begin_;
        if (s.escaped) {
            s.escaped = false;
        } else if (s.in_string) {
            const char* const data = text(0, end_).data();
            scanned_ = static_cast<std::size_t>(find_string_mark(data + scanned_, data + end_) - data);
            if (scanned_ == end_) return false;
            s.escaped = at(scanned_) == '\\';
            s.in_string = at(scanned_) != '"';
            if (!s.in_string && s.depth == 0) {
                ++scanned_;
                return true;
            }
        } else if (s.depth == 0 && inside &&
                   (is_json_space(c) || c == '"' || c == '{' || c == '[' ||
                    (!many && (c == ',' || c == '}' || c == ']')))) {
            return true;
        } else if (c == '"') {
            s.in_string = true;
        } else if (c == '{' || c == '[') {
            ++s.depth;
        } else if ((c == '}' || c == ']') && s.depth > 0 && --s.depth == 0) {
            ++scanned_;
            return true;
        }
        ++scanned_;
    }
    return false;
}

} // namespace penstock::json::detail
