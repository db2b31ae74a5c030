// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/buffer_pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace penstock::detail {

/// One line without its line feed. The bytes behind it up to `penstock::buffer_padding` may be read.
struct text_line {
    std::string_view text;
    std::uint64_t number = 0; ///< from 1
    std::uint64_t offset = 0; ///< of its first byte in the data
    bool has_end = false;     ///< a line feed ends it, not the data
};

/// Cuts bytes into lines wherever the pieces they come in are cut. Pure. Lines are views into one padded
/// block, which grows for long lines and shrinks again.
class line_buffer {
  public:
    static constexpr std::size_t usual_block = std::size_t{256} << 10;

    /// A part of the data may begin at an `offset`, with a line; the first block takes so much of it.
    line_buffer(std::shared_ptr<buffer_pool> pool, std::size_t max_line, std::uint64_t offset = 0,
                std::size_t first_block = usual_block) noexcept
        : pool_{std::move(pool)}, max_line_{max_line}, first_block_{first_block}, offset_{offset} {}

    /// Another part of the data, in the same block if that is not much too large. Precondition: `between_lines`, and it has
    /// not ended.
    void restart(std::uint64_t offset) noexcept {
        if (block_.size() > 2 * first_block_) block_ = {};
        offset_ = offset;
        begin_ = scanned_ = end_ = 0;
        line_number_ = 0;
    }

    /// Where the next bytes of the data go; never empty. Lines given so far are void afterwards.
    /// Precondition: `next` said `need_input`.
    PENSTOCK_DECL std::span<std::byte> room();
    void filled(std::size_t n) noexcept { end_ += n; }
    /// There are no more bytes.
    void ended() noexcept { ended_ = true; }
    bool has_ended() const noexcept { return ended_; }

    enum class got : std::uint8_t {
        line,
        need_input,
        end,
        too_long, ///< the next line is longer than allowed; `line` has its beginning
    };
    PENSTOCK_DECL got next(text_line& line);

    /// The bytes from the next line on that are there, and what `consume` takes of them.
    std::string_view text() const noexcept {
        return block_ && !passing_ ? std::string_view{reinterpret_cast<const char*>(block_.data()) + begin_, end_ - begin_}
                                   : std::string_view{};
    }
    std::uint64_t text_offset() const noexcept { return offset_ + begin_; }
    /// So many whole lines, of so many bytes with their line feeds, were read from `text`.
    void consume(std::size_t lines, std::size_t bytes) noexcept {
        begin_ += bytes;
        scanned_ = std::max(scanned_, begin_);
        line_number_ += lines;
    }

    /// The next line, which is too long, is dropped as its bytes come.
    void pass_over() noexcept { passing_ = true; }
    bool passing() const noexcept { return passing_; }

    /// Keeps all lines from the next one on, so that `rewind` can go back to it, once.
    void hold() noexcept { held_ = mark{begin_, line_number_}; }
    void rewind() noexcept {
        begin_ = scanned_ = held_->begin;
        line_number_ = held_->line_number;
        held_.reset();
    }
    /// All that is there was given, and a line begins behind it.
    bool between_lines() const noexcept { return begin_ == end_ && !passing_; }
    /// Lines given, and before.
    std::uint64_t lines() const noexcept { return line_number_; }
    /// There are so many before the first.
    void add_lines(std::uint64_t n) noexcept { line_number_ += n; }

    /// Bytes of the data that are there from the hold, or the next line, on.
    std::size_t pending() const noexcept { return end_ - keep_from(); }

  protected:
    struct mark {
        std::size_t begin;
        std::uint64_t line_number;
    };
    std::size_t keep_from() const noexcept { return held_ ? held_->begin : begin_; }
    PENSTOCK_DECL void move_to(pooled_buffer block);

    std::shared_ptr<buffer_pool> pool_;
    std::size_t max_line_;
    std::size_t first_block_;
    pooled_buffer block_;
    std::size_t begin_ = 0;         // of the next line
    std::size_t scanned_ = 0;       // no line feed in [begin_, scanned_)
    std::size_t end_ = 0;           // of the data in the block
    std::uint64_t offset_;          // of the block in the data
    std::uint64_t line_number_ = 0; // lines given
    std::optional<mark> held_;
    bool ended_ = false;
    bool passing_ = false;
};

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/line_buffer.ipp>
#endif
