// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/s3/get_object.hpp>

#include <memory>

namespace penstock::s3 {

namespace detail {
struct object_reader_state;
}

/// The bytes of one object, or of a part of it, in order, as the network brings them.
///
/// Nothing is read ahead of the caller: a reader that is not read stops the socket, and with it the server. A
/// connection that breaks in the middle is replaced and the download goes on at the very byte, pinned by If-Match to
/// the object it began with; if that object is no more, reading ends in `errc::object_changed`, never in mixed bytes.
///
/// Belongs to its client's executor, and outlives the client. Holds one connection until the body ends or the reader is
/// destroyed; dropping it early closes the connection. Memory: `http::connection_memory`, charged to the client's budget.
class object_reader final : public byte_source {
  public:
    PENSTOCK_DECL object_reader(object_reader&&) noexcept;
    PENSTOCK_DECL object_reader& operator=(object_reader&&) noexcept;
    PENSTOCK_DECL ~object_reader() override;

    /// What the answer's header said of the object. Valid as long as the reader.
    PENSTOCK_DECL const object_metadata& metadata() const;
    /// Which part of the object this reader gives. Where the store did not tell the size, the length is 0.
    PENSTOCK_DECL byte_range range() const noexcept;
    /// How the store took the request: whole, a part, not modified (then there are no bytes) …
    PENSTOCK_DECL get_object_outcome outcome() const noexcept;

    /// Whether all bytes have been read and were compared with the store's checksum (`get_object_options::checksum_mode`).
    PENSTOCK_DECL bool checksum_validated() const noexcept;

    PENSTOCK_DECL io_result try_read_some(std::span<std::byte> into) override;
    PENSTOCK_DECL awaitable<void> ready() override;
    PENSTOCK_DECL std::optional<std::uint64_t> remaining() const override;
    /// "s3://bucket/key"
    PENSTOCK_DECL std::string name() const override;

    /// At least one byte, at most `into.size()`; 0 only at the end. See `penstock::read_some`.
    awaitable<std::size_t> read_some(std::span<std::byte> into) { return penstock::read_some(*this, into); }
    /// Until `into` is full or the object ends.
    awaitable<std::size_t> read(std::span<std::byte> into) { return penstock::read(*this, into); }
    /// All that is left, at most `limit` bytes.
    awaitable<std::string> read_all(std::size_t limit = std::size_t{64} << 20) {
        return penstock::read_all(*this, limit);
    }

    PENSTOCK_DECL explicit object_reader(std::unique_ptr<detail::object_reader_state> s) noexcept;

  private:
    std::unique_ptr<detail::object_reader_state> state_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_reader.ipp>
#endif
