// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/row_index.hpp>

#include <penstock/format/detail/offending_text.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::csv::detail {

PENSTOCK_DECL row_index::row_index(const dialect& d, std::string object, std::shared_ptr<buffer_pool> pool,
                                   simd_level level, std::uint64_t offset, std::size_t first_block)
    : object_{std::move(object)}, pool_{std::move(pool)}, first_block_{first_block}, scanner_{d, level}, base_{offset},
      started_{offset != 0}, separators_{pool_}, row_ends_{pool_} {
    separators_.push(scanned_ - 1); // before the first byte: wraps, and behind() wraps back
}

PENSTOCK_DECL void row_index::restart(std::uint64_t offset) {
    if (buffer_.size() > 2 * first_block_) buffer_ = {};
    base_ = offset;
    scanned_ = end_ = 0;
    cut_ = false;
    scanner_.restart();
    start_row_at_scanned();
}

// ---- bytes

PENSTOCK_DECL std::span<std::byte> row_index::prepare() {
    make_room();
    return buffer_.span().subspan(end_);
}

PENSTOCK_DECL void row_index::make_room() {
    if (!buffer_) buffer_ = pool_->take(first_block_);
    if (sampled_) take_usual_block();
    if (buffer_.size() - end_ >= buffer_.size() / 2) return;
    const auto first = row_start();
    const auto used = end_ - first;
    // Moving pays when at least as much was consumed as is moved; the rest doubles. Either way a byte moves
    // O(1) times.
    if (used > first && buffer_.size() - end_ >= buffer_.size() / 4) return;
    if (used <= first) {
        std::memmove(buffer_.data(), buffer_.data() + first, used);
    } else {
        auto larger = pool_->take(buffer_.size() * 2);
        std::memcpy(larger.data(), buffer_.data() + first, used);
        buffer_ = std::move(larger);
    }
    move_to_front(first);
}

/// The bytes before were dropped.
PENSTOCK_DECL void row_index::move_to_front(std::size_t first) noexcept {
    drop_consumed();
    separators_.shift(first);
    row_ends_.shift(first);
    base_ += first;
    scanned_ -= first;
    end_ -= first;
}

/// Instead of the one that the sample was read into.
PENSTOCK_DECL void row_index::take_usual_block() {
    const auto first = row_start();
    const auto used = end_ - first;
    if (used > first_block_ / 4) return;
    sampled_ = false;
    if (buffer_.size() <= buffer_pool::block_size(first_block_)) return;
    buffer_.shrink(first_block_, first, used);
    move_to_front(first);
}

PENSTOCK_DECL void row_index::drop_consumed() noexcept {
    separators_.drop(std::exchange(slot_, 0));
    row_ends_.drop(std::exchange(row_, 0));
    if (!release_ || row_ends_.size()) return;
    separators_.release();
    row_ends_.release();
    release_ = false;
    sampled_ = true;
}

// ---- scanning

/// Steps over a byte-order mark. False when it takes more bytes to tell.
PENSTOCK_DECL bool row_index::skip_mark() {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    const std::string_view seen{text(), std::min(end_, mark.size())};
    const bool so_far = mark.starts_with(seen);
    if (so_far && seen != mark && !finished_) return false;
    started_ = true;
    if (seen != mark) return true;
    scanned_ = mark.size();
    separators_.drop(1);
    separators_.push(scanned_ - 1);
    return true;
}

/// About a mini-block of them. False when it takes more bytes.
PENSTOCK_DECL bool row_index::skip_some_lines() {
    const auto known = known_end();
    if (scanned_ >= known && !finished_) return false;
    const auto stop = std::min(known, scanned_ + block_);
    while (to_skip_ && scanned_ < stop) {
        const bool ended = breaks(scanned_, scanned_ + 1) != 0;
        ++scanned_;
        if (!ended) continue;
        --to_skip_;
        scanner_.resume(true);
    }
    start_row_at_scanned();
    if (finished_ && scanned_ == end_) to_skip_ = 0;
    return true;
}

PENSTOCK_DECL bool row_index::start() {
    if (!started_ && !skip_mark()) return false;
    while (to_skip_)
        if (!skip_some_lines()) return false;
    return true;
}

PENSTOCK_DECL bool row_index::scan_more() {
    if (!started_ && !skip_mark()) return false;
    if (to_skip_) return skip_some_lines();
    drop_consumed();
    const auto ahead = scanner_.lookahead(); // what is there must be seen whole
    const bool whole = finished_ || cut_;
    const auto known = whole ? end_ : end_ - std::min(end_, ahead);
    auto to = std::min(known, scanned_ + block_);
    if (whole && end_ - to <= ahead) to = end_;
    if (to <= scanned_) {
        if (!finished_ || closed_) return false;
        close();
        return true;
    }
    if (passing_ && malformed()) {
        find_line_break();
        return true;
    }
    const bool was_malformed = malformed();
    const auto before = scanner_.here();
    const auto fields_before = separators_.size(), rows_before = row_ends_.size();
    std::size_t stopped = 0;
    try {
        stopped = scanner_.scan(text(), scanned_, to, whole && to == end_, separators_, row_ends_);
    } catch (...) { // no memory: it can be tried again
        scanner_.go_back(before);
        separators_.keep_first(fields_before);
        row_ends_.keep_first(rows_before);
        throw;
    }
    const bool moved = stopped != scanned_;
    scanned_ = stopped;
    if (passing_ && row_ends_.size()) {
        consume(fields(), 1); // a malformed byte is one of a later row
        passing_ = false;
    } else if (passing_ && !malformed()) {
        start_row_at_scanned();
    }
    return moved || malformed() != was_malformed; // the malformed byte itself may be the first one
}

/// At the end of the text: what stands there without a line break is a row, too, unless the text is cut.
PENSTOCK_DECL void row_index::close() {
    (void)separators_.room(1); // may be refused, and is tried again then
    (void)row_ends_.room(1);
    closed_ = true;
    if (cut_off_ || std::exchange(passing_, false)) return;
    using place = scanner::place;
    const auto at = scanner_.at();
    open_end_ = at == place::quoted || at == place::escaped || at == place::escaped_in_quotes;
    const auto before = row_ends_.size() ? row_ends_.back() : separators_[slot_]; // the unfinished row
    if (open_end_ || behind(before) == end_) return;
    separators_.push(end_);
    row_ends_.push(end_);
}

// ---- bad rows

/// What was scanned is consumed.
PENSTOCK_DECL void row_index::start_row_at_scanned() {
    separators_.drop(separators_.size());
    row_ends_.drop(row_ends_.size());
    slot_ = row_ = 0;
    separators_.push(scanned_ - 1);
}

PENSTOCK_DECL void row_index::pass_over() {
    if (closed_) {
        open_end_ = false;
        start_row_at_scanned();
    } else {
        passing_ = true;
        if (!malformed()) start_row_at_scanned();
    }
}

/// From a malformed byte on. Consumes all up to a line break, or all that is there.
PENSTOCK_DECL void row_index::find_line_break() {
    const auto known = known_end();
    while (scanned_ < known && passing_) {
        passing_ = breaks(scanned_, scanned_ + 1) == 0;
        ++scanned_;
    }
    start_row_at_scanned();
    tail_ = 0;
    if (!passing_) scanner_.resume(true);
    if (!passing_ || !finished_) return;
    passing_ = false;
    scanner_.resume(false);
}

PENSTOCK_DECL bool row_index::find_malformed_end(std::size_t most) noexcept {
    const auto known = known_end();
    for (auto at = scanned_ + tail_; at < known; ++at, ++tail_)
        if (breaks(at, at + 1) != 0 || at - row_start() > most) return true;
    return finished_;
}

PENSTOCK_DECL std::string_view row_index::first_row(const cell_rules& rules) const noexcept {
    const auto start = row_start();
    if (row_ends().empty()) {
        const auto end = closed_ ? end_ : scanned_ + tail_;
        return rules.without_cr({text() + start, end - start});
    }
    return rules.without_cr({text() + start, row_ends().front() - start});
}

PENSTOCK_DECL bool row_index::between_rows() const noexcept {
    return scanned_ == end_ && row_start() == end_ && !passing_ && !malformed() &&
           scanner_.at() == scanner::place::row_start;
}

// ---- rows

PENSTOCK_DECL std::size_t row_index::fields() const noexcept {
    const auto all = separators();
    std::size_t n = 1;
    while (all[n] != row_ends().front()) ++n;
    return n;
}

PENSTOCK_DECL bool row_index::is_dropped(std::size_t slot, std::size_t row,
                                       const cell_rules& rules) const noexcept {
    const auto begin = behind(separators()[slot]);
    const std::size_t end = row_ends()[row];
    return separators()[slot + 1] == end && rules.drops({text() + begin, end - begin});
}

// ---- where things are

/// Line breaks in a part of the buffer, as the scanner counts them.
PENSTOCK_DECL std::uint64_t row_index::breaks(std::size_t from, std::size_t to) const noexcept {
    std::uint64_t n = 0;
    const auto count = [&](char c, auto is_one) {
        for (auto at = from; at < to; ++at) {
            const void* found = std::memchr(text() + at, c, to - at);
            if (!found) return;
            at = static_cast<std::size_t>(static_cast<const char*>(found) - text());
            n += is_one(at);
        }
    };
    count('\n', [](std::size_t) { return true; });
    count('\r', [&](std::size_t at) { return !(at + 1 < end_ && text()[at + 1] == '\n'); });
    return n;
}

PENSTOCK_DECL failure row_index::fault(errc code, std::size_t position, std::string message,
                                       std::string hint) const {
    error_detail d;
    d.operation = "read csv";
    d.object = object_;
    d.message = std::move(message);
    d.hint = std::move(hint);
    d.byte_offset = offset(position);
    // Lines are not counted while all goes well, only line breaks; what was scanned too far is counted back.
    const auto start = row_start();
    d.line = 1 + scanner_.line_breaks() - breaks(start, scanned_) + breaks(start, position);
    auto line = position;
    while (line > start && breaks(line - 1, line) == 0) --line;
    d.column = position - line + 1;
    return failure{code, std::move(d)};
}

PENSTOCK_DECL std::string row_index::shown_before(std::size_t position) const {
    const auto start = row_start();
    if (position <= start) return "\"\"";
    return penstock::detail::shown_up_to({text() + start, position - start}, position - start - 1);
}

PENSTOCK_DECL std::string row_index::shown_from(std::size_t position, std::size_t end) const {
    return penstock::detail::shown_beginning({text() + position, end - position});
}

} // namespace penstock::csv::detail
