// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace penstock {

/// Readable bytes in front of and behind every pooled buffer: SIMD kernels load past both ends, simdjson wants 64.
inline constexpr std::size_t buffer_padding = 64;

class buffer_pool;
class memory_budget;
class permit;
namespace detail {
class pool_account;
}

/// A block of memory, 64-byte aligned, with `buffer_padding` bytes that may be read (and hold anything) on both sides.
/// Returns to its pool when it is destroyed, from any thread; outlives the pool safely.
class pooled_buffer {
  public:
    pooled_buffer() = default;
    pooled_buffer(pooled_buffer&& o) noexcept { swap(o); }
    pooled_buffer& operator=(pooled_buffer&& o) noexcept {
        pooled_buffer{std::move(o)}.swap(*this);
        return *this;
    }
    PENSTOCK_DECL ~pooled_buffer();

    std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    std::span<std::byte> span() const noexcept { return {data_, size_}; }
    explicit operator bool() const noexcept { return data_ != nullptr; }

    /// A block for at least `size` bytes instead, with the `used` bytes from `begin` on at its beginning. Never refused: it is
    /// paid for by a part of what the larger one was. Precondition: that is larger, and what is used fits.
    PENSTOCK_DECL void shrink(std::size_t size, std::size_t begin, std::size_t used);

    void swap(pooled_buffer& o) noexcept {
        std::swap(data_, o.data_);
        std::swap(size_, o.size_);
        std::swap(pool_, o.pool_);
    }

  private:
    friend class buffer_pool;
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::shared_ptr<buffer_pool> pool_;
};

/// Keeps blocks for reuse: fresh pages from the system cost more than the whole transport. Thread-safe.
class buffer_pool : public std::enable_shared_from_this<buffer_pool> {
  public:
    /// Keeps at most `max_idle` bytes of unused blocks.
    PENSTOCK_DECL static std::shared_ptr<buffer_pool> create(std::size_t max_idle = std::size_t{8} << 20);
    /// The same; blocks that others hold are paid from `budget` (a client's is `client::budget()`), which must not be null,
    /// the unused ones are not.
    PENSTOCK_DECL static std::shared_ptr<buffer_pool> create(std::shared_ptr<memory_budget> budget,
                                                             std::size_t max_idle = std::size_t{8} << 20);
    /// The same; the unused blocks are those of `store`, which must not be null: so pools of many readers keep no more than one.
    PENSTOCK_DECL static std::shared_ptr<buffer_pool> create(std::shared_ptr<memory_budget> budget, std::shared_ptr<buffer_pool> store);
    PENSTOCK_DECL ~buffer_pool();
    buffer_pool(const buffer_pool&) = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;

    /// A block of at least `size` bytes (rounded up to 4 KiB times a power of two, `block_size`). Its content is unspecified.
    /// Throws `error` (`errc::budget_exceeded`) when the budget has no room for it; nothing was allocated then.
    PENSTOCK_DECL pooled_buffer take(std::size_t size);
    PENSTOCK_DECL static std::size_t block_size(std::size_t size) noexcept;

    /// Bytes kept for reuse right now.
    PENSTOCK_DECL std::size_t idle() const noexcept;
    /// Bytes that others hold right now.
    PENSTOCK_DECL std::size_t in_use() const noexcept;
    /// Null for none.
    PENSTOCK_DECL const std::shared_ptr<memory_budget>& budget() const noexcept;

  private:
    struct state;
    friend class pooled_buffer;
    friend class detail::pool_account;
    PENSTOCK_DECL explicit buffer_pool(std::size_t max_idle);
    /// Where unused blocks are.
    PENSTOCK_DECL state& store() noexcept;
    PENSTOCK_DECL permit pay(std::size_t size);
    /// From the unused ones or the system.
    PENSTOCK_DECL std::byte* find_block(std::size_t index);
    PENSTOCK_DECL void count(std::size_t more, std::size_t less) noexcept;
    PENSTOCK_DECL void take_back(std::size_t size) noexcept;
    PENSTOCK_DECL bool keep(std::byte* data, std::size_t size) noexcept;
    PENSTOCK_DECL void give_back(std::byte* data, std::size_t size) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/buffer_pool.ipp>
#endif
