// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/put_object.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::s3::detail {

class client_state;

/// Of the connection that a writer sends on.
inline constexpr std::uint64_t sending_memory = http::connection_memory(true);

/// What an `object_writer` has gathered and sent. A call under way shares it with the writer.
struct object_writer_state {
    object_writer_state() = default;

    std::shared_ptr<client_state> client;
    object_address where;
    put_object_options options;

    std::size_t part_size = 0;
    permit first_block;         ///< from the budget
    permit other_blocks;        ///< the rest of a part
    std::vector<permit> growth; ///< what larger parts take beyond that
    static constexpr std::size_t parts_before_doubling = 1000;
    std::size_t next_growth = parts_before_doubling;
    std::vector<pooled_buffer> blocks;
    std::size_t gathered = 0; ///< bytes in the blocks
    std::uint64_t size = 0;
    std::string upload_id;
    std::vector<completed_part> parts;
    put_object_result result;
    bool committed = false;
    bool in_call = false;   ///< a call is under way, or one has failed
    bool running = false;   ///< a call is under way
    bool abandoned = false; ///< the writer is gone

    /// Held by a call from its first step to its end, whatever that is.
    class running_call {
      public:
        explicit running_call(object_writer_state& s) noexcept : state_{s} { state_.running = true; }
        running_call(const running_call&) = delete;
        running_call& operator=(const running_call&) = delete;
        ~running_call() {
            state_.running = false;
            if (state_.abandoned) state_.abandon();
        }

      private:
        object_writer_state& state_;
    };

    /// A call that does not come to `end_call` (an error, a cancellation) leaves the writer unusable.
    PENSTOCK_DECL running_call begin_call();
    void end_call() noexcept { in_call = false; }
    PENSTOCK_DECL static awaitable<void> write(std::shared_ptr<object_writer_state> s, std::span<const std::byte> bytes);
    PENSTOCK_DECL static awaitable<void> commit(std::shared_ptr<object_writer_state> s);
    PENSTOCK_DECL awaitable<void> add_block();
    PENSTOCK_DECL std::size_t gather(std::span<const std::byte> bytes) noexcept;
    PENSTOCK_DECL std::size_t room() const noexcept;
    PENSTOCK_DECL std::vector<std::span<const std::byte>> pieces() const;
    PENSTOCK_DECL awaitable<void> upload_gathered();
    PENSTOCK_DECL awaitable<void> put();
    PENSTOCK_DECL awaitable<void> complete();
    PENSTOCK_DECL void release_memory() noexcept;
    PENSTOCK_DECL void abandon() noexcept;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_writer.ipp>
#endif
