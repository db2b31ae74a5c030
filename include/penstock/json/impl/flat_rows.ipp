// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/flat_rows.hpp>

#include <penstock/json/detail/json_fault.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::json::detail {

/// More than that behind the last value of a row is no form to expect.
inline constexpr std::size_t most_back = 16;
inline constexpr std::size_t longest_wait = 1024;

PENSTOCK_DECL flat_rows::flat_rows(simd_level level)
    : level_{level}, kernels_{&penstock::detail::text_kernels_of(level)},
      json_kernels_{&penstock::detail::json_kernels_of(level)}, scan_{level, row_scan::separators::commas} {}

PENSTOCK_DECL void flat_rows::add_column(value_node& column, bool may_be_missing) {
    may_be_missing_ = may_be_missing;
    if (column.is_scalar())
        columns_.emplace_back(column, flat_column::fields::split, level_);
    else
        possible_ = false;
}

// ---- how rows look

PENSTOCK_DECL void flat_rows::begin_lesson(std::string_view row) {
    fields_.clear();
    missing_.clear();
    lesson_failed_ = false;
    lesson_at_ = skip_json_space(row, 0) + 1; // behind the brace
}

/// Adds the next field. False behind the last one, and for a row that is not flat.
PENSTOCK_DECL bool flat_rows::next_field(std::string_view row, std::string_view& key) {
    if (lesson_at_ >= row.size()) return false;
    const auto begin = fields_.empty() ? 0 : lesson_at_;
    const auto first = skip_json_space(row, lesson_at_);
    lesson_failed_ = true; // until the field is read
    if (first == row.size() || row[first] != '"') return false;
    const auto behind_key = skip_json_string(row, first);
    key = row.substr(first + 1, behind_key - first - 2);
    const auto value = skip_json_space(row, skip_json_space(row, behind_key) + 1);
    const auto end = skip_json_value(row, value);
    if (value >= row.size() || row[value] == '{' || row[value] == '[' || key.find('\\') != key.npos) return false;
    if (value - begin > row_scan::block) return false;
    expected_field f;
    f.front = row.substr(begin, value - begin);
    f.size = f.front.size();
    f.front.resize(std::max<std::size_t>(f.size, 16));
    fields_.push_back(std::move(f));
    const auto behind = skip_json_space(row, end);
    if (behind == row.size()) return false;
    if (row[behind] == ',') {
        lesson_failed_ = behind != end;
        lesson_at_ = behind + 1;
    } else {
        back_ = row.substr(end);
        lesson_failed_ = back_.size() > most_back;
        lesson_at_ = row.size();
    }
    return !lesson_failed_;
}

PENSTOCK_DECL void flat_rows::end_lesson(json_layout layout) {
    own_end_ = layout == json_layout::values;
    if (!lesson_failed_ && !fields_.empty()) {
        around_ = layout == json_layout::lines ? 0 : skip_json_space(fields_.front().front, 0);
        if (own_end_) back_.pop_back();
    }
    std::vector<bool> seen(columns_.size());
    bool twice = false;
    for (const auto& f : fields_) {
        if (f.column == no_column) continue;
        twice |= seen[f.column];
        seen[f.column] = true;
    }
    bool lacking = false;
    for (std::size_t c = 0; c < columns_.size(); ++c)
        if (!seen[c]) {
            missing_.push_back(c);
            lacking |= !columns_[c].nullable() || !may_be_missing_;
        }
    if (lesson_failed_ || twice || lacking || fields_.empty()) {
        fields_.clear();
        wait_ = next_wait_;
        next_wait_ = std::min(2 * next_wait_, longest_wait);
    } else {
        unknown_ = false;
    }
}

// ---- rows

/// How many rows from the next one on look as expected.
PENSTOCK_DECL std::size_t flat_rows::equal_rows(const char* text, const run_limits& most) const {
    const auto count = fields_.size();
    const auto* slots = scan_.slots();
    auto rows = std::min({scan_.rows(), most.rows, run_, scan_.slots_left() / count});
    std::size_t bytes = 0;
    const auto* ends = scan_.ends();
    for (std::size_t r = 0; r < rows; ++r) {
        const auto end = ends[r];
        const auto size = end - (slots[count * r] + 1) + own_end_;
        const auto last = slots[count * (r + 1) - 1] + 1;
        if (slots[count * (r + 1)] != end || size > most.line || end - last < fields_.back().size + back_.size() ||
            std::memcmp(text + end - back_.size(), back_.data(), back_.size()) != 0) {
            rows = r;
            break;
        }
        bytes += size - around_;
        if (bytes >= most.bytes) rows = r + 1;
    }
    for (std::size_t f = 0; f < count && rows; ++f)
        rows = kernels_->starting_with({text, slots + f, count, rows}, fields_[f].front.data(), fields_[f].size);
    return rows;
}

/// Appends the next `rows` rows to all columns, or as many as can be taken.
PENSTOCK_DECL std::size_t flat_rows::convert(const char* text, std::size_t rows) {
    const auto count = fields_.size();
    const auto before = columns_.front().builder().size();
    auto good = rows;
    for (std::size_t f = 0; f < count && good; ++f) {
        const auto& e = fields_[f];
        const penstock::detail::field_run run{text,
                                              scan_.slots() + f,
                                              count,
                                              good,
                                              static_cast<std::uint32_t>(e.size),
                                              f + 1 == count ? static_cast<std::uint32_t>(back_.size()) : 0};
        if (e.column != no_column) {
            good = columns_[e.column].append(run);
            continue;
        }
        good = valid_scalars(run, *json_kernels_);
    }
    for (const auto c : missing_) columns_[c].builder().append_nulls(good);
    if (good < rows)
        for (auto& c : columns_) c.builder().truncate(before + good);
    return good;
}

PENSTOCK_DECL row_run flat_rows::append(const row_text& at, const run_limits& most) {
    row_run out;
    if (fields_.empty()) return out;
    if (!scan_.find(at)) {
        out.starved = scan_.is_starved();
        return out;
    }
    const char* const data = at.text.data() - (at.offset - scan_.base());
    const auto equal = equal_rows(data, most);
    unknown_ = equal == 0;
    if (equal == 0) return out;
    next_wait_ = 1;
    const auto begin = scan_.begin();
    out.lines = out.rows = convert(data, equal);
    run_ = out.rows < equal ? cautious_run : std::min(4 * run_, penstock::detail::kernel_rows);
    scan_.pass(out.rows, out.rows * fields_.size());
    out.bytes = scan_.begin() - begin;
    out.text = out.bytes - out.rows * (around_ + 1 - own_end_);
    return out;
}

PENSTOCK_DECL void flat_rows::batch_done() {
    for (auto& c : columns_) c.batch_done();
}

PENSTOCK_DECL void flat_rows::be_modest() noexcept {
    for (auto& c : columns_) c.expect_nothing();
    run_ = 1;
}

} // namespace penstock::json::detail
