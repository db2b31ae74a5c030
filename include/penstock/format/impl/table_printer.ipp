// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/table_printer.hpp>

#include <penstock/core/detail/utf8.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/value_text.hpp>

#include <algorithm>
#include <cstdint>

namespace penstock {
namespace detail {

/// The first character of a text that is not empty. A byte that starts none stands for U+FFFD.
inline utf8_step next_code_point(std::string_view t) noexcept {
    const auto step = first_character(t);
    return step.size ? step : utf8_step{0xfffd, 1};
}

struct code_point_range {
    std::uint32_t first, last;
};

// The large blocks of Unicode's EastAsianWidth W and F and of its combining marks: enough for a tidy table.
inline constexpr code_point_range wide_ranges[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x26aa, 0x26ab},   {0x26bd, 0x26be},   {0x2705, 0x2705},   {0x2728, 0x2728},
    {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2795, 0x2797},   {0x2b1b, 0x2b1c},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd},
};
inline constexpr code_point_range narrow_ranges[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x064b, 0x065f},
    {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

template <std::size_t N>
bool in_ranges(std::uint32_t c, const code_point_range (&ranges)[N]) noexcept {
    const auto* r = std::lower_bound(ranges, ranges + N, c,
                                     [](const code_point_range& x, std::uint32_t v) { return x.last < v; });
    return r != ranges + N && c >= r->first;
}

inline std::size_t code_point_width(std::uint32_t c) noexcept {
    if (c < 0x300) return 1;
    if (in_ranges(c, narrow_ranges)) return 0;
    return in_ranges(c, wide_ranges) ? 2 : 1;
}

/// `text`, cut to `width` columns with "…" when it is wider.
inline std::string cut_to(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string{text};
    std::string cut;
    for (std::size_t used = 1; !text.empty();) {
        const auto c = next_code_point(text);
        used += code_point_width(c.code_point);
        if (used > width) break;
        cut += text.substr(0, c.size);
        text.remove_prefix(c.size);
    }
    return cut + "\u2026";
}

/// Appends `text`, padded to `width`.
inline void append_cell(std::string& out, std::string_view text, std::size_t width, bool right) {
    const auto used = display_width(text);
    const auto padding = used < width ? width - used : 0;
    if (right) out.append(padding, ' ');
    out += text;
    if (!right) out.append(padding, ' ');
}

/// Digits that are left out make another number; a text that is cut shows that it is.
inline bool may_cut(const array& column, std::size_t row) noexcept {
    const auto id = column.type().id();
    return (is_text(id) || is_binary(id) || is_nested(id) || id == type_id::dictionary) && !column.is_null(row);
}

/// A line without the spaces that the last cell was padded with.
inline void end_line(std::string& out) {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
}

} // namespace detail

PENSTOCK_DECL std::size_t display_width(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        const auto c = detail::next_code_point(text);
        width += detail::code_point_width(c.code_point);
        text.remove_prefix(c.size);
    }
    return width;
}

PENSTOCK_DECL void table_printer::measure(const record_batch& batch) {
    const auto limit = std::max<std::size_t>(options_.max_column_width, 1);
    std::size_t total = 0;
    std::string cell;
    for (std::size_t c = 0; c < batch.num_columns(); ++c) {
        auto width = std::clamp<std::size_t>(display_width(printable(batch.schema()[c].name())), 1, limit);
        for (std::size_t r = 0; r < batch.num_rows(); ++r) {
            cell.clear();
            append_value(cell, batch[c], r, options_.null_text);
            const auto needed = display_width(printable(cell));
            width = std::max(width, detail::may_cut(batch[c], r) ? std::min(needed, limit) : needed);
        }
        total += width + 3; // " | " in between
        if (options_.width && total > options_.width && c > 0) {
            cut_ = true;
            break;
        }
        widths_.push_back(width);
    }
}

PENSTOCK_DECL void table_printer::print_header(std::string& out, const schema& s) const {
    for (std::size_t c = 0; c < widths_.size(); ++c) {
        if (c) out += " | ";
        const auto name = detail::cut_to(printable(s[c].name()), widths_[c]);
        detail::append_cell(out, name, widths_[c], is_numeric(s[c].type().id()));
    }
    if (cut_) out += " …";
    detail::end_line(out);
    for (std::size_t c = 0; c < widths_.size(); ++c) {
        if (c) out += "-+-";
        out.append(widths_[c], '-');
    }
    out += '\n';
}

PENSTOCK_DECL std::string table_printer::print(const record_batch& batch) {
    std::string out;
    if (!started_) {
        measure(batch);
        print_header(out, batch.schema());
        started_ = true;
    }
    std::string cell;
    for (std::size_t r = 0; r < batch.num_rows(); ++r) {
        for (std::size_t c = 0; c < widths_.size() && c < batch.num_columns(); ++c) {
            if (c) out += " | ";
            cell.clear();
            append_value(cell, batch[c], r, options_.null_text);
            auto shown = printable(cell);
            if (detail::may_cut(batch[c], r)) shown = detail::cut_to(shown, widths_[c]);
            detail::append_cell(out, shown, widths_[c], is_numeric(batch[c].type().id()));
        }
        if (cut_) out += " …";
        detail::end_line(out);
    }
    return out;
}

} // namespace penstock
