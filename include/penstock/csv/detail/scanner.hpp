// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/kernels/text_kernels.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace penstock::csv::detail {

/// The byte behind a position. The one before the buffer is stored as the largest number: behind it is 0.
inline std::size_t behind(std::uint32_t position) noexcept {
    return static_cast<std::uint32_t>(position + 1);
}

/// Positions in a buffer, in order. In blocks of a pool, which may refuse them; the first few need none.
class position_list {
  public:
    explicit position_list(std::shared_ptr<buffer_pool> pool = buffer_pool::create(0)) : pool_{std::move(pool)} {}
    position_list(const position_list&) = delete;
    position_list& operator=(const position_list&) = delete;

    const std::uint32_t* data() const noexcept { return items_; }
    std::uint32_t operator[](std::size_t i) const noexcept { return items_[i]; }
    std::size_t size() const noexcept { return size_; }
    std::uint32_t back() const noexcept { return items_[size_ - 1]; }

    /// Room for `more` positions behind the last; what was written there counts after `written_to`.
    std::uint32_t* room(std::size_t more) {
        if (most_ < size_ + more) grow(size_ + more);
        return items_ + size_;
    }
    void written_to(const std::uint32_t* end) noexcept { size_ = static_cast<std::size_t>(end - items_); }
    /// Never throws where the list is empty.
    void push(std::size_t position) {
        *room(1) = static_cast<std::uint32_t>(position);
        ++size_;
    }
    std::uint32_t* written(std::size_t i) noexcept { return items_ + i; }
    /// Forgets the first `n`.
    PENSTOCK_DECL void drop(std::size_t n) noexcept;
    /// Forgets all but the first `n`.
    void keep_first(std::size_t n) noexcept { size_ = n; }
    /// Gives its memory back, where it is so little that it needs none.
    PENSTOCK_DECL void release() noexcept;
    /// The bytes moved down by `by`.
    PENSTOCK_DECL void shift(std::size_t by) noexcept;

  private:
    PENSTOCK_DECL void grow(std::size_t least);

    static constexpr std::size_t few = 8;
    std::shared_ptr<buffer_pool> pool_;
    pooled_buffer block_;
    std::uint32_t first_[few]{};
    std::uint32_t* items_ = first_;
    std::size_t most_ = few;
    std::size_t size_ = 0;
};

/// Finds the delimiters and row ends that are not inside quotes. 64 bytes at a time by a kernel: comparisons make bit
/// masks, and the prefix xor of the quotes' mask tells what lies inside. That is right only while every quote
/// opens behind a separator and closes before one; a block where some quote does not goes through a state
/// machine byte by byte, from the state at its first byte, and the next block is fast again.
class scanner {
  public:
    /// Where the byte to come stands.
    enum class place : std::uint8_t {
        row_start, ///< at a field's start, too
        field_start,
        unquoted,
        quoted,
        after_quote, ///< behind a quote that ends the field or is the first of two
        behind_quote, ///< behind such a field, and blanks
        escaped,
        escaped_in_quotes,
        comment,
    };

    /// `line_breaks` came before.
    PENSTOCK_DECL explicit scanner(const dialect& d, simd_level level = penstock::detail::best_simd_level(),
                                   std::uint64_t line_breaks = 0);

    /// Scans `text[from, to)` and appends the positions of separators (row ends among them) and of row ends.
    /// A CRLF ends a row at its LF, a delimiter of several bytes a field at its last one. A comment is a row of one field.
    /// Unless `last`, `lookahead` bytes from `to` on must be there as well, and up to 63 bytes may be left for the next call.
    /// Gives the position where it stopped, which may be within a delimiter's length behind `to`; a malformed byte stops it
    /// for good.
    PENSTOCK_DECL std::size_t scan(const char* text, std::size_t from, std::size_t to, bool last,
                                   position_list& separators, position_list& row_ends);

    std::size_t lookahead() const noexcept { return lookahead_; }

    /// The byte where `scan` stopped follows a closing quote and is no separator.
    bool malformed() const noexcept { return malformed_; }
    /// Goes on behind a malformed byte and what was passed over of its row; `at_break`: that ended with a line break.
    void resume(bool at_break) noexcept {
        malformed_ = false;
        place_ = at_break ? place::row_start : place::field_start;
        line_breaks_ += at_break;
    }
    /// Another text. Precondition: this one was scanned up to the end of a row.
    void restart() noexcept { line_breaks_ = 0; }
    place at() const noexcept { return place_; }

    /// To go back to, when a list had no room.
    struct mark {
        place at;
        bool malformed;
        std::uint64_t line_breaks;
    };
    mark here() const noexcept { return {place_, malformed_, line_breaks_}; }
    void go_back(const mark& m) noexcept {
        place_ = m.at;
        malformed_ = m.malformed;
        line_breaks_ = m.line_breaks;
    }
    /// Line breaks in what was scanned, those inside quotes included.
    std::uint64_t line_breaks() const noexcept { return line_breaks_; }
    void add_line_breaks(std::uint64_t n) noexcept { line_breaks_ += n; }

  private:
    PENSTOCK_DECL std::size_t scan_bytes(const char* text, std::size_t from, std::size_t to, bool last,
                                         position_list& separators, position_list& row_ends);
    PENSTOCK_DECL std::size_t scan_blocks(const char* text, std::size_t from, std::size_t to,
                                          position_list& separators, position_list& row_ends);
    PENSTOCK_DECL std::size_t run_kernel(const char* text, std::size_t from, std::size_t to, position_list& separators,
                                         position_list& row_ends);
    PENSTOCK_DECL std::size_t find_comment(const char* text, std::size_t from, std::size_t to) const noexcept;
    bool is_delimiter(const char* text, std::size_t at, std::size_t limit) const noexcept {
        return text[at] == delimiter_ && at + more_.size() < limit && std::memcmp(text + at + 1, more_.data(), more_.size()) == 0;
    }
    bool begins_comment(const char* text, std::size_t at, std::size_t limit) const noexcept {
        return !comment_.empty() && at + comment_.size() <= limit && std::memcmp(text + at, comment_.data(), comment_.size()) == 0;
    }

    const penstock::detail::text_kernels* kernels_;
    char delimiter_;
    std::string more_; // of the delimiter, behind its first byte
    std::string comment_;
    bool trim_;
    std::size_t lookahead_;
    bool quotes_;
    char quote_;
    bool doubled_;
    bool escapes_;
    char escape_;
    place place_ = place::row_start;
    bool malformed_ = false;
    std::uint64_t line_breaks_ = 0;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/scanner.ipp>
#endif
