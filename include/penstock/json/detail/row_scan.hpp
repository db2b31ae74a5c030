// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/kernels/json_kernels.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

using penstock::detail::json_layout;

/// Where a reader of many rows at once is to begin.
struct row_text {
    std::string_view text;
    std::uint64_t offset; ///< in the data
    json_layout layout;
};
/// How much it may take.
struct run_limits {
    std::size_t rows;
    std::size_t bytes; ///< a run ends with the row that brings their texts to so many
    std::size_t line;  ///< a longer one is not taken
};
/// What it took.
struct row_run {
    std::size_t rows = 0;
    std::size_t lines = 0; ///< of the scan: empty ones may stand between rows
    std::size_t bytes = 0; ///< with what ends the rows
    std::size_t text = 0;  ///< of the rows: lines without line feeds; elements and values without what stands around them
    std::size_t first = 0; ///< where the first row begins, and ends
    std::size_t first_end = 0;
    bool starved = false; ///< nothing was taken, because the text ends within the first row
};

/// Rows in a run after one that held a value which could not be taken; runs that can be taken grow again.
inline constexpr std::size_t cautious_run = 8;

/// Where the rows of a text are, and separators or tokens in them: of so much text in one go that the list stays in the
/// cache until it is used, or of one long row. The text is UTF-8 as far as rows are given.
class row_scan {
  public:
    static constexpr std::size_t block = std::size_t{32} << 10;
    /// Rows that are longer, or have more separators, are not found.
    static constexpr std::size_t longest_row = std::size_t{1} << 20;
    static constexpr std::size_t most_slots = std::size_t{1} << 17;

    enum class separators : std::uint8_t {
        commas,
        tokens, ///< brackets and colons, too
    };
    row_scan(simd_level level, separators what) noexcept
        : kernels_{&penstock::detail::text_kernels_of(level)}, json_kernels_{&penstock::detail::json_kernels_of(level)}, what_{what} {}

    /// Goes to the row that begins with the text. What was in front of it when it was here before must not have been cut off or
    /// moved. False where no row is known that is whole.
    PENSTOCK_DECL bool find(const row_text& at);

    /// After `find` said no: the text ends within the row.
    bool is_starved() const noexcept { return starved_; }

    /// What comes is another text.
    void restart() noexcept {
        rows_ = row_ = valid_ = 0;
        retry_ = 0;
    }

    // of the next row; positions count from `base()` of the data

    std::uint64_t base() const noexcept { return base_; }
    /// The byte before it, and then all separators; the last of a row is what ends it.
    const std::uint32_t* slots() const noexcept { return slots_.data() + slot_; }
    std::size_t slots_left() const noexcept { return slots_used_ - 1 - slot_; }
    std::uint32_t begin() const noexcept { return slots_[slot_] + 1; }
    /// Its end, and those of the rows behind it.
    const std::uint32_t* ends() const noexcept { return ends_.data() + row_; }
    std::size_t rows() const noexcept { return valid_ - row_; }
    /// Of tokens: there may be white space between them, also elsewhere than at line ends.
    bool spaces() const noexcept { return spaces_; }

    /// So many rows were taken, which have so many slots.
    void pass(std::size_t rows, std::size_t slots) noexcept {
        row_ += rows;
        slot_ += slots;
    }

  private:
    PENSTOCK_DECL void scan(const row_text& at);
    PENSTOCK_DECL bool is_valid(const char* text);

    const penstock::detail::text_kernels* kernels_;
    const penstock::detail::json_kernels* json_kernels_;
    separators what_;
    std::vector<std::uint32_t> slots_; // the first is the byte before the text
    std::vector<std::uint32_t> ends_;
    std::uint64_t base_ = 0;
    std::size_t rows_ = 0;
    std::size_t row_ = 0;   // next
    std::size_t valid_ = 0; // those before this one are UTF-8
    std::size_t slot_ = 0; // before its first field
    std::size_t slots_used_ = 1;
    bool spaces_ = false;
    // No row was found in front of this, or at this with so little text.
    std::uint64_t retry_ = 0;
    std::size_t retry_size_ = 0;
    bool starved_ = false;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/row_scan.ipp>
#endif
