// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/shared_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace penstock {

namespace detail {

/// A pooled block that grows by doubling. `size` is what is used.
class growing_block {
  public:
    explicit growing_block(std::shared_ptr<buffer_pool> pool) noexcept : pool_{std::move(pool)} {}

    std::byte* data() const noexcept { return block_.data(); }
    std::size_t size() const noexcept { return size_; }
    void resize(std::size_t size) {
        if (size > block_.size()) grow(size);
        size_ = size;
    }
    void reserve(std::size_t size) {
        if (size > block_.size()) grow(size);
    }
    /// Gives the block away, zeroed up to the next 64 bytes, and starts anew.
    PENSTOCK_DECL shared_buffer finish();

  private:
    PENSTOCK_DECL void grow(std::size_t size);

    std::shared_ptr<buffer_pool> pool_;
    pooled_buffer block_;
    std::size_t size_ = 0;
};

/// Bits, least significant first.
class bit_builder {
  public:
    explicit bit_builder(std::shared_ptr<buffer_pool> pool) noexcept : block_{std::move(pool)} {}

    std::size_t size() const noexcept { return size_; }
    void append(bool bit) { append_word(bit, 1); }
    /// The `count` (at most 64) low bits of `bits`; those above must be 0.
    PENSTOCK_DECL void append_word(std::uint64_t bits, std::size_t count);
    PENSTOCK_DECL void append_run(bool bit, std::size_t count);
    void reserve(std::size_t more) { block_.reserve((size_ + more + 63) / 64 * 8); }
    /// How many bits from `first` on are 0.
    PENSTOCK_DECL std::size_t zeros_from(std::size_t first) const noexcept;
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL shared_buffer finish();

  private:
    growing_block block_;
    std::size_t size_ = 0;
};

} // namespace detail
} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/growing_block.ipp>
#endif
