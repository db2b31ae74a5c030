// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/s3/put_object.hpp>

#include <memory>

namespace penstock::s3 {

namespace detail {
struct object_writer_state;
struct writer_access;
}

/// Writes one object, front to back. What fits into one part (8 MiB unless set) becomes one PUT at `commit`; anything
/// longer is a multipart upload behind the scenes, whose parts are sent side by side (four unless set) while the next is
/// gathered. Parts double in size every 1,000, so that 10,000 of them reach S3's largest object; see `part_size`,
/// `equal_parts` and `upload_concurrency` of `client_options` and `content_length` of `put_object_options`.
///
/// The object appears at `commit`, whole, or not at all. What a part fails with, after the client's retries, is thrown by
/// the next call, and its story has the upload's id. A writer that fails, is cancelled or is destroyed before its commit
/// sends no more parts, and aborts its upload, in a detached task on the client's executor: it ends the parts under way,
/// aborts, looks whether a part has come late, then aborts again; all in ten seconds at most. If the executor stops
/// earlier, the upload stays at the store (`s3/uploads.hpp` finds it) until it is aborted or the bucket's lifecycle rule
/// removes it. A commit that is cancelled while the store is at it may have taken effect. A call under way when the writer
/// is destroyed goes on to its own end; one that has not started yet sends nothing.
///
/// Memory: taken from the client's budget before it is used, which may have to be waited for. 1 MiB at the first write,
/// the rest of a part at the second MiB. Another part is gathered while earlier ones are sent as far as the budget has
/// memory free for it; else the memory of a part that has been sent is used again. So one writer takes
/// `upload_concurrency` parts at most, and as many large objects can be written at once as parts fit into the budget (15
/// by default); who opens more in one coroutine waits for himself. A part that has to be sent again is in memory still. A
/// writer beneath an encoder on the same budget keeps the memory of one part from the first to the commit.
class object_writer final : public byte_sink {
  public:
    PENSTOCK_DECL object_writer(object_writer&&) noexcept;
    PENSTOCK_DECL object_writer& operator=(object_writer&&) noexcept;
    PENSTOCK_DECL ~object_writer() override;

    PENSTOCK_DECL awaitable<void> write(std::span<const std::byte> bytes) override;
    /// As bytes; `text` must live until completion.
    awaitable<void> write(std::string_view text) { return write(as_bytes(text)); }
    PENSTOCK_DECL awaitable<void> commit() override;

    /// Gives up what was written, as destroying does, and waits until the store has forgotten it: throws what that failed
    /// with. Cancelled, only the waiting ends.
    PENSTOCK_DECL awaitable<void> abort();
    /// Gives up writing, but leaves the upload and the parts that were sent at the store, to be gone on with later or
    /// elsewhere: gives `upload_id()`, which is empty where nothing was sent yet. No call may be under way.
    PENSTOCK_DECL std::string detach();

    PENSTOCK_DECL std::string name() const override;
    PENSTOCK_DECL awaitable<permit> acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) override;

    /// What the store said of the new object; after `commit`.
    PENSTOCK_DECL const put_object_result& result() const noexcept;
    /// Bytes written so far.
    PENSTOCK_DECL std::uint64_t size() const noexcept;
    /// The multipart upload behind it, where there is one; from the first part that is sent.
    PENSTOCK_DECL const std::string& upload_id() const noexcept;

    PENSTOCK_DECL explicit object_writer(std::shared_ptr<detail::object_writer_state> s) noexcept;

  private:
    friend struct detail::writer_access;
    std::shared_ptr<detail::object_writer_state> state_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_writer.ipp>
#endif
