// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/row_fitter.hpp>

#include <penstock/format/detail/number_kernels.hpp>

#include <algorithm>
#include <bit>

namespace penstock::csv::detail {

/// Slots of a run. A padded row has more of them than text: a short line in a wide table must not take what is not there.
inline constexpr std::size_t most_slots = std::size_t{1} << 16;

PENSTOCK_DECL row_fitter::row_fitter(const options& o, const cell_rules& rules)
    : rules_{rules}, allowed_{o.ragged_rows()} {}

PENSTOCK_DECL void row_fitter::clear(std::size_t width) {
    width_ = width;
    rows_ = 0;
    short_ = false;
    lengths_.clear();
}

PENSTOCK_DECL row_fitter::verdict row_fitter::add(const row_index& index, std::size_t slot, std::size_t row) {
    const auto* separators = index.separators().data() + slot;
    const auto stop = index.row_ends()[row];
    std::size_t n = 1;
    while (separators[n] != stop) ++n;
    fields_ = n;
    if (n == 1 && index.is_dropped(slot, row, rules_)) return verdict::dropped;
    if (!allowed_.allow(n, width_)) return verdict::ragged;

    const auto used = rows_ * width_ * 2;
    if (slots_.size() < used + width_ * 2) slots_.resize(std::max(used + width_ * 2, slots_.size() * 2));
    auto* out = slots_.data() + used;
    const auto there = std::min(n, width_);
    const auto more = static_cast<std::uint32_t>(rules_.delimiter_size() - 1); // its last byte is the separator
    for (std::size_t i = 0; i < there; ++i) {
        *out++ = separators[i];
        *out++ = separators[i + 1] - more;
    }
    if (n <= width_) { // the last field of the text is in
        const auto first = behind(separators[n - 1]);
        out[-1] = static_cast<std::uint32_t>(first + rules_.without_cr({index.text() + first, stop - first}).size());
    }
    if (rules_.trims()) trim(index.text(), there);
    for (std::size_t i = there; i < width_; ++i) { // nothing, at the row's end
        *out++ = stop - 1;
        *out++ = stop;
    }
    short_ |= n < width_;
    lengths_.push_back(static_cast<std::uint32_t>(n));
    ++rows_;
    return verdict::good;
}

/// Not 0 in the bytes that are no blanks, in their highest bit.
inline std::uint64_t no_blanks(std::uint64_t x) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    const auto unlike = [](std::uint64_t y) { return ((y & 0x7f * ones) + 0x7f * ones) | y; };
    return unlike(x ^ ' ' * ones) & unlike(x ^ '\t' * ones) & 0x80 * ones;
}

/// Without the blanks at both ends. Eight bytes in front and behind are read: how many blanks there are cannot be predicted.
inline std::string_view without_blanks(const char* first, const char* last) noexcept {
    for (int blanks = 8; blanks == 8 && first < last; first += blanks)
        blanks = std::countr_zero(no_blanks(penstock::detail::load8(first))) / 8;
    if (first >= last) return {last, 0};
    for (int blanks = 8; blanks == 8; last -= blanks) blanks = std::countl_zero(no_blanks(penstock::detail::load8(last - 8))) / 8;
    return {first, static_cast<std::size_t>(last - first)};
}

/// The first `fields` fields of the row behind the last.
PENSTOCK_DECL void row_fitter::trim(const char* text, std::size_t fields) noexcept {
    auto* slot = slots_.data() + rows_ * width_ * 2;
    const bool by_words = std::endian::native == std::endian::little && !rules_.escapes();
    for (std::size_t i = 0; i < fields; ++i, slot += 2) {
        const auto first = behind(slot[0]);
        const auto cut = by_words ? without_blanks(text + first, text + slot[1]) : rules_.trimmed({text + first, slot[1] - first});
        slot[0] = static_cast<std::uint32_t>(cut.data() - text - 1);
        slot[1] = static_cast<std::uint32_t>(cut.data() - text + cut.size());
    }
}

PENSTOCK_DECL row_run row_fitter::fit(const row_index& index, std::size_t width, const room& most) {
    clear(width);
    starts_.clear();
    end_ = {};
    const auto separators = index.separators();
    const auto row_ends = index.row_ends();
    const auto rows = std::min(most.rows, std::max<std::size_t>(most_slots / (2 * width), 1));
    place at;
    while (rows_ < rows && at.row < row_ends.size() && at.bytes_behind < most.bytes) {
        const std::size_t stop = row_ends[at.row];
        if (stop - behind(separators[at.slot]) > most.row_bytes) break;
        const auto what = add(index, at.slot, at.row);
        if (what == verdict::ragged) break;
        if (what == verdict::good) {
            at.bytes_behind += stop - behind(separators[at.slot]) + 1 + (width - std::min(width, fields_));
            starts_.push_back(at);
        }
        at.slot += fields_;
        ++at.row;
    }
    end_ = at;
    return run(index);
}

PENSTOCK_DECL std::size_t row_fitter::changed(std::size_t rows) const noexcept {
    std::size_t n = 0;
    for (std::size_t i = 0; i < rows; ++i) n += lengths_[i] != width_;
    return n;
}

PENSTOCK_DECL void row_fitter::consume(row_index& index, std::size_t rows) const noexcept {
    const auto& to = rows < starts_.size() ? starts_[rows] : end_;
    index.consume(to.slot, to.row);
}

} // namespace penstock::csv::detail
