// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/s3/detail/multipart_upload.hpp>
#include <penstock/s3/detail/part_memory.hpp>
#include <penstock/s3/detail/part_plan.hpp>
#include <penstock/s3/object_writer.hpp>
#include <penstock/s3/put_object.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace penstock::s3::detail {

class client_state;

/// What an `object_writer` has gathered and sent. Calls and parts under way share it with the writer.
struct object_writer_state : std::enable_shared_from_this<object_writer_state> {
    object_writer_state() = default;

    std::shared_ptr<client_state> client;
    put_object_options options;
    part_plan plan;
    std::shared_ptr<multipart_upload> upload; ///< not begun while the object is small

    part_memory gathering;
    std::optional<part_memory> spare; ///< of a part that ended while `gathering` waited for memory
    bool wants_memory = false;
    bool keeps_memory = false; ///< of a part until the commit: who writes holds some of the same budget
    std::uint32_t next_part = 1;
    std::uint64_t size = 0;
    put_object_result result;
    bool committed = false;
    bool in_call = false;   ///< a call is under way, or one has failed
    bool running = false;   ///< a call is under way
    bool abandoned = false; ///< the writer is gone
    bool given_up = false;  ///< aborted or detached

    /// Held by a call from its first step to its end, whatever that is.
    class running_call {
      public:
        explicit running_call(object_writer_state& s) noexcept : state_{s} { state_.running = true; }
        running_call(const running_call&) = delete;
        running_call& operator=(const running_call&) = delete;
        ~running_call() {
            state_.running = false;
            if (state_.in_call) state_.end_in_vain();
            if (state_.abandoned) state_.abandon();
        }

      private:
        object_writer_state& state_;
    };

    /// A call that does not come to `end_call` (an error, a cancellation) leaves the writer unusable.
    PENSTOCK_DECL running_call begin_call();
    void end_call() noexcept { in_call = false; }
    PENSTOCK_DECL static awaitable<void> write(std::shared_ptr<object_writer_state> s, std::span<const std::byte> bytes);
    /// All that `source` has.
    PENSTOCK_DECL static awaitable<void> write_from(std::shared_ptr<object_writer_state> s, byte_source& source);
    PENSTOCK_DECL static awaitable<void> commit(std::shared_ptr<object_writer_state> s);
    PENSTOCK_DECL static awaitable<void> abort(std::shared_ptr<object_writer_state> s);
    PENSTOCK_DECL static awaitable<put_object_result> send_part(std::shared_ptr<object_writer_state> s, std::uint32_t number,
                                                                part_memory memory);
    PENSTOCK_DECL static awaitable<permit> acquire_beside(std::shared_ptr<object_writer_state> s, std::uint64_t bytes);
    PENSTOCK_DECL awaitable<void> make_room();
    PENSTOCK_DECL awaitable<void> begin_gathering();
    PENSTOCK_DECL awaitable<permit> begin_gathering_beside(std::uint64_t bytes);
    PENSTOCK_DECL awaitable<void> gather_next_part();
    PENSTOCK_DECL bool try_gather(std::uint64_t bytes);
    PENSTOCK_DECL awaitable<void> upload_gathered();
    PENSTOCK_DECL awaitable<void> put();
    /// Settles how large parts are, `beside` bytes of the budget being taken. Throws where it has no room for such as an object
    /// of `total` bytes takes.
    PENSTOCK_DECL void plan_parts(std::optional<std::uint64_t> total, std::uint64_t beside = 0);
    [[noreturn]] PENSTOCK_DECL void refuse(errc code, std::string why, std::string hint = std::string()) const;
    [[noreturn]] PENSTOCK_DECL void refuse_size(errc code) const;
    PENSTOCK_DECL void end_in_vain() noexcept;
    PENSTOCK_DECL void abandon() noexcept;
};

struct writer_access {
    static const std::shared_ptr<object_writer_state>& state(const object_writer& w) noexcept { return w.state_; }
};

/// Throws what is wrong with the address or the options.
PENSTOCK_DECL std::shared_ptr<object_writer_state> make_writer(std::shared_ptr<client_state> client, object_address object,
                                                               put_object_options options);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/object_writer.ipp>
#endif
