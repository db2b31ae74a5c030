// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/s3/put_object.hpp>

#include <memory>

namespace penstock::s3 {

namespace detail {
struct object_writer_state;
}

/// Writes one object, front to back. What fits into one part (8 MiB unless set) becomes one PUT at `commit`; anything
/// longer is a multipart upload behind the scenes, one part at a time. Parts double in size every 1,000, so that
/// 10,000 of them reach S3's largest object.
///
/// The object appears at `commit`, whole, or not at all. A writer that fails, is cancelled or is destroyed before that
/// aborts its upload, in a detached task on the client's executor that takes ten seconds at most; if the executor stops
/// earlier, the parts stay until the bucket's lifecycle rule removes them. A call under way when the writer is destroyed
/// goes on to its own end; one that has not started yet sends nothing.
///
/// Memory: one part. It is taken from the client's budget, which may have to be waited for: 1 MiB at the first write,
/// the rest of a part at the second MiB, and kept until `commit`. So many large objects can be written at once as parts
/// fit into the budget (15 by default); who opens more in one coroutine waits for himself.
class object_writer final : public byte_sink {
  public:
    PENSTOCK_DECL object_writer(object_writer&&) noexcept;
    PENSTOCK_DECL object_writer& operator=(object_writer&&) noexcept;
    PENSTOCK_DECL ~object_writer() override;

    PENSTOCK_DECL awaitable<void> write(std::span<const std::byte> bytes) override;
    /// As bytes; `text` must live until completion.
    awaitable<void> write(std::string_view text) { return write(as_bytes(text)); }
    PENSTOCK_DECL awaitable<void> commit() override;
    PENSTOCK_DECL std::string name() const override;

    /// What the store said of the new object; after `commit`.
    PENSTOCK_DECL const put_object_result& result() const noexcept;
    /// Bytes written so far.
    PENSTOCK_DECL std::uint64_t size() const noexcept;
    /// The multipart upload behind it, where there is one.
    PENSTOCK_DECL const std::string& upload_id() const noexcept;

    PENSTOCK_DECL explicit object_writer(std::shared_ptr<detail::object_writer_state> s) noexcept;

  private:
    std::shared_ptr<detail::object_writer_state> state_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_writer.ipp>
#endif
