// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>
#include <penstock/csv/detail/cell.hpp>
#include <penstock/csv/detail/scanner.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace penstock::csv::detail {

/// Text that is scanned and then converted while it is in the cache. Not critical within a factor of four.
inline constexpr std::size_t mini_block = std::size_t{32} << 10;
/// ... of a table with so many columns: enough for some rows of it.
inline constexpr std::size_t mini_block_of(std::size_t columns) noexcept {
    return std::clamp(columns * 256, mini_block, 8 * mini_block);
}

/// The text that was not converted yet, and where its fields and rows end. Bytes come in at one end, rows are
/// consumed at the other. Positions are those in the buffer; they hold until the next `prepare`.
class row_index {
  public:
    /// The first block takes so much text. Not critical within a factor of four.
    static constexpr std::size_t usual_block = std::size_t{512} << 10;

    /// `object` is what errors call the text. A part of it may begin at an `offset`, with a row.
    PENSTOCK_DECL row_index(const dialect& d, std::string object, std::shared_ptr<buffer_pool> pool,
                            simd_level level = penstock::detail::best_simd_level(), std::uint64_t offset = 0,
                            std::size_t first_block = usual_block);

    /// Another part of the text, in the same block if that is not much too large. Precondition: `between_rows`, and it was not
    /// finished.
    PENSTOCK_DECL void restart(std::uint64_t offset);

    // ---- bytes

    /// Where the next bytes go: never empty.
    PENSTOCK_DECL std::span<std::byte> prepare();
    void commit(std::size_t n) noexcept {
        end_ += n;
        cut_ = false;
    }
    /// The last byte that is there ends a line: it can be looked at without the one behind it.
    void cut() noexcept { cut_ = true; }
    /// There are no more bytes: what stands behind the last row end is a row, too.
    void finish() noexcept { finished_ = true; }
    /// There are no more bytes, though there should be: what has no row end is no row.
    void cut_off() noexcept { finished_ = cut_off_ = true; }
    bool finished() const noexcept { return finished_; }
    bool is_cut_off() const noexcept { return cut_off_; }

    // ---- scanning

    /// What was read and not consumed. Precondition: nothing was scanned.
    std::string_view read_text() const noexcept { return {text() + row_start(), end_ - row_start()}; }
    /// Steps over the byte-order mark and the lines to skip; `row_start` is behind them. False when it takes more bytes.
    PENSTOCK_DECL bool start();
    /// Precondition: nothing was scanned but what `start` steps over.
    void set_dialect(const dialect& d, simd_level level) { scanner_ = scanner{d, level, scanner_.line_breaks()}; }

    /// The first `lines` lines are dropped, whatever stands in them. Precondition: nothing was scanned.
    void skip_lines(std::uint64_t lines) noexcept { to_skip_ = lines; }

    /// All that is there was looked at and consumed, and a row begins behind it.
    PENSTOCK_DECL bool between_rows() const noexcept;
    /// Line breaks in what was scanned, and before.
    std::uint64_t line_breaks() const noexcept { return scanner_.line_breaks(); }
    /// There are so many before the text's first byte.
    void add_line_breaks(std::uint64_t n) noexcept { scanner_.add_line_breaks(n); }

    /// What a mini-block is from now on.
    void set_block(std::size_t bytes) noexcept {
        block_ = bytes;
        release_ = true;
    }
    std::size_t block() const noexcept { return block_; }

    /// Finds the ends in about a mini-block more. False when there is nothing to look at.
    PENSTOCK_DECL bool scan_more();
    /// All before it was looked at.
    std::size_t scanned() const noexcept { return scanned_; }
    /// The byte at `scanned()` follows a closing quote and is no separator.
    bool malformed() const noexcept { return scanner_.malformed(); }
    /// The text was scanned to its end.
    bool closed() const noexcept { return closed_; }
    /// The text is closed and ends in the middle of a quoted field.
    bool open_end() const noexcept { return open_end_; }

    // ---- rows

    const char* text() const noexcept { return reinterpret_cast<const char*>(buffer_.data()); }
    /// The first is the byte before the first row that is still to be done, the others end fields and rows.
    std::span<const std::uint32_t> separators() const noexcept {
        return {separators_.data() + slot_, separators_.size() - slot_};
    }
    std::span<const std::uint32_t> row_ends() const noexcept {
        return {row_ends_.data() + row_, row_ends_.size() - row_};
    }
    std::size_t row_start() const noexcept { return behind(separators_[slot_]); }
    /// How many fields the first row has. Precondition: it has its end.
    PENSTOCK_DECL std::size_t fields() const noexcept;
    /// Whether the row is none, because nothing or a comment stands in it: that behind separator `slot` that ends at row end
    /// `row`.
    PENSTOCK_DECL bool is_dropped(std::size_t slot, std::size_t row, const cell_rules& rules) const noexcept;
    /// The first `rows` rows, of `fields` fields in all, are done.
    void consume(std::size_t fields, std::size_t rows) noexcept {
        slot_ += fields;
        row_ += rows;
    }

    /// The first row, which has its end, without its line break; or what is there of it.
    PENSTOCK_DECL std::string_view first_row(const cell_rules& rules) const noexcept;
    /// Looks for the end of a malformed first row behind the malformed byte: a line break, the text's end, or more than
    /// `most` bytes of row. False where it takes more text.
    PENSTOCK_DECL bool find_malformed_end(std::size_t most) noexcept;
    /// The first row has no end yet and is not to be kept: `scan_more` consumes what comes of it. It ends where it
    /// does, and one with text behind a closing quote at the next line break.
    PENSTOCK_DECL void pass_over();
    bool passing() const noexcept { return passing_; }

    // ---- where things are

    const std::string& object() const noexcept { return object_; }
    /// Of a position, in the whole text.
    std::uint64_t offset(std::size_t position) const noexcept { return base_ + position; }
    /// A failure at a position in the first row or behind it, with its line and column.
    PENSTOCK_DECL failure fault(errc code, std::size_t position, std::string message,
                                std::string hint = {}) const;
    /// The first row's text in front of a position, for a failure's message.
    PENSTOCK_DECL std::string shown_before(std::size_t position) const;
    /// Its first bytes from a position on, of those in front of `end`.
    PENSTOCK_DECL std::string shown_from(std::size_t position, std::size_t end) const;

  private:
    PENSTOCK_DECL void make_room();
    PENSTOCK_DECL void take_usual_block();
    PENSTOCK_DECL void move_to_front(std::size_t first) noexcept;
    /// Bytes up to here can be looked at: a CR must see what follows.
    std::size_t known_end() const noexcept { return finished_ || cut_ || end_ == 0 ? end_ : end_ - 1; }
    PENSTOCK_DECL bool skip_mark();
    PENSTOCK_DECL bool skip_some_lines();
    PENSTOCK_DECL void close();
    PENSTOCK_DECL void drop_consumed() noexcept;
    PENSTOCK_DECL void start_row_at_scanned();
    PENSTOCK_DECL void find_line_break();
    PENSTOCK_DECL std::uint64_t breaks(std::size_t from, std::size_t to) const noexcept;

    std::string object_;
    std::shared_ptr<buffer_pool> pool_;
    std::size_t first_block_;
    scanner scanner_;

    pooled_buffer buffer_;
    std::uint64_t base_;      // offset in the text of the buffer's first byte
    std::size_t scanned_ = 0; // [scanned_, end_) was not looked at yet
    std::size_t end_ = 0;
    bool finished_ = false;
    bool cut_off_ = false;
    bool cut_ = false;
    bool started_; // behind the byte-order mark
    std::uint64_t to_skip_ = 0; // lines in front of the first row
    bool closed_ = false;
    bool open_end_ = false;
    bool passing_ = false;
    std::size_t tail_ = 0; // of a malformed row, behind what was scanned

    position_list separators_;
    position_list row_ends_;
    std::size_t block_ = mini_block;
    bool release_ = false; // the lists, when they are empty: they had more in them than comes in one go
    bool sampled_ = false; // what the sample took beyond that was given back, but for the text's block
    std::size_t slot_ = 0; // what is before these was consumed
    std::size_t row_ = 0;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/row_index.ipp>
#endif
