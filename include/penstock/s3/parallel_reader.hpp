// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/parallel_options.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace penstock::s3 {

namespace detail {
struct parallel_reader_state;
}

/// Some bytes of an object in memory of their own, with their share of the budget; both go back when it is destroyed. The
/// memory is padded as `pooled_buffer` says.
class received_block {
  public:
    received_block() = default;
    received_block(pooled_buffer memory, permit held) : memory_{std::move(memory)}, held_{std::move(held)} {}

    /// None: the end of the object.
    explicit operator bool() const noexcept { return first_ < last_; }
    std::span<std::byte> bytes() const noexcept { return memory_.span().subspan(first_, last_ - first_); }

    // For who fills and empties it.
    std::span<std::byte> room() const noexcept { return memory_.span().subspan(last_); }
    void add(std::size_t n) noexcept { last_ += n; }
    void drop(std::size_t n) noexcept { first_ += n; }

  private:
    pooled_buffer memory_;
    permit held_;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

/// The bytes of one object, or of a part of it, in order, received by several ranged GETs at a time.
///
/// The part that the caller reads comes straight from its connection, as with an `object_reader`; those after it are
/// received meanwhile into memory of the client's pool, which is taken from the budget before their requests are sent. So
/// reading itself never waits for the budget, and a caller that stops reading stops all sockets once the window is full.
/// Every request but the first carries If-Match, and every answer's ETag and size are compared: mixed data never come, but
/// `errc::object_changed`. Each part goes on at its byte where a connection breaks. What fails ahead of the caller is told
/// when the caller gets there.
///
/// Belongs to its client's executor, and outlives the client. Dropping it cancels all that is under way: the sockets are
/// closed within a turn of the loop. Memory: `parallel_options::window`, within the budget, and the connections' own
/// buffers. An object of no more than one part is one GET, and a store that does not know ranges is read as one stream.
class parallel_reader final : public byte_source {
  public:
    PENSTOCK_DECL parallel_reader(parallel_reader&&) noexcept;
    PENSTOCK_DECL parallel_reader& operator=(parallel_reader&&) noexcept;
    PENSTOCK_DECL ~parallel_reader() override;

    /// What the first answer said of the object.
    PENSTOCK_DECL const object_metadata& metadata() const noexcept;
    /// Which part of the object this reader gives. Where the store did not tell the size, the length is 0.
    PENSTOCK_DECL byte_range range() const noexcept;
    /// Of the first answer; `whole` also where the object came in parts.
    PENSTOCK_DECL get_object_outcome outcome() const noexcept;

    PENSTOCK_DECL io_result try_read_some(std::span<std::byte> into) override;
    PENSTOCK_DECL awaitable<void> ready() override;
    PENSTOCK_DECL std::optional<std::uint64_t> remaining() const override;
    PENSTOCK_DECL std::string name() const override;

    awaitable<std::size_t> read_some(std::span<std::byte> into) { return penstock::read_some(*this, into); }
    awaitable<std::size_t> read(std::span<std::byte> into) { return penstock::read(*this, into); }

    /// The next bytes in memory that the caller may keep; what was received ahead comes without a copy. None at the end.
    /// Throws `error`; on cancellation no byte is lost. May wait for 256 KiB of the budget: who keeps so many blocks that
    /// none is left, and asks for more, is told by `errc::budget_stalled`.
    PENSTOCK_DECL awaitable<received_block> next_block();

    PENSTOCK_DECL explicit parallel_reader(std::shared_ptr<detail::parallel_reader_state> s) noexcept;

  private:
    std::shared_ptr<detail::parallel_reader_state> state_;
};

/// Opens an object for reading over several connections; as `client::open` else. The first request is for the first part
/// (for a suffix longer than a part: for the last byte), and its answer tells the size; there is no HEAD. Throws
/// `errc::invalid_option` for a part number, which names one part of an upload.
PENSTOCK_DECL awaitable<parallel_reader> open_parallel(client from, object_address object,
                                                       get_object_options options = get_object_options(),
                                                       parallel_options how = parallel_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/parallel_reader.ipp>
#endif
