// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/body_decoder.hpp>
#include <penstock/http/body_stream.hpp>
#include <penstock/http/detail/speed_window.hpp>
#include <penstock/http/head_parser.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/request.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/http/transport_options.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock {
class counter;
}

namespace penstock::http {

/// What is sent: the head as text, and the body in pieces. All of it must stay valid until the exchange ends.
struct outgoing {
    outgoing() = default;

    std::string_view method;
    std::string_view head; ///< with its empty line
    std::span<const std::span<const std::byte>> body;
    body_stream* stream = nullptr; ///< in place of `body`, from its beginning
    bool expect_continue = false; ///< the head says "Expect: 100-continue"
    counter* sent = nullptr;      ///< grows by bytes of `body` as they leave
    counter* received = nullptr;  ///< grows by bytes of the answer's body as they are read; lives until that ends
};

/// What a connection takes of a memory budget while an exchange is under way: the receive buffer, the object and its
/// coroutine frames; over TLS also OpenSSL's two record buffers, the session and the certificates. An idle one keeps
/// neither buffer.
constexpr std::uint64_t connection_memory(bool tls) noexcept { return (tls ? 72 : 24) * std::uint64_t{1024}; }

/// One connection: requests and their answers in turn, HTTP/1.1, with one lazily armed watchdog timer for all limits.
/// Belongs to one executor; one exchange at a time.
class connection {
  public:
    PENSTOCK_DECL connection(executor ex, origin to, stream_ptr stream, const transport_options& limits,
                             std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers);
    PENSTOCK_DECL ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Sends a request and receives the head of its final answer into `head()`; the body follows by
    /// `try_read_body`. Failures are values, for the retry engine; only cancellation throws. After either the
    /// connection is of no further use.
    awaitable<result<void>> exchange(outgoing request) {
        return limits_.observer() ? observed_exchange(request) : plain_exchange(request);
    }

    const response_head& head() const noexcept { return head_; }

    /// Through a proxy that forwards requests: how they are written for it. Null for none.
    const forwarding* forwarded() const noexcept { return forwarded_.get(); }
    void forwarded(std::shared_ptr<const forwarding> by) noexcept { forwarded_ = std::move(by); }

    /// Memory for the text of the next request, kept from one to the next.
    std::string& request_text() noexcept { return request_text_; }

    /// The contract of `byte_source::try_read_some` and `ready`, for the body of the current answer. The body has been
    /// checked against its framing when `end` comes.
    PENSTOCK_DECL io_result try_read_body(std::span<std::byte> into);
    /// Awaiting it counts as waiting, for the stall limit, until the next `try_read_body`.
    ///
    /// `gather`: so many bytes are waited for, where no more than a second passes meanwhile.
    PENSTOCK_DECL awaitable<void> body_ready(std::size_t gather = 1);
    bool body_done() const noexcept { return body_.now() == body_decoder::state::done; }

    /// How much of the current answer's body is to be read until the connection may serve again. None where that cannot be,
    /// is not known, or a wait for the body was cancelled.
    PENSTOCK_DECL std::optional<std::uint64_t> left_to_read() const noexcept;

    /// Nobody counts what still comes of the body: who asked for it may be gone.
    void stop_counting() noexcept { received_ = nullptr; }

    /// Whether another request may be sent: the last answer is complete and both sides keep the connection.
    bool reusable() const noexcept { return reusable_; }
    /// As `reusable`, and the other side has not closed it meanwhile. Costs a system call.
    bool alive() noexcept { return reusable_ && stream_->usable(); }
    /// Whether the last answer had no body by rule (to HEAD; 204, 304), where careless servers send one nevertheless.
    bool bodiless() const noexcept { return bodiless_; }
    /// How many requests were sent over it before the current one.
    std::uint64_t earlier_requests() const noexcept { return exchanges_ > 0 ? exchanges_ - 1 : 0; }
    /// Whether any byte of an answer to the current request has come.
    bool answered() const noexcept { return answered_; }
    /// Whether any byte of the current request has left.
    bool request_started() const noexcept { return request_started_; }
    steady_time opened_at() const noexcept { return opened_at_; }
    /// When the other side last took something of the current request that it had made us wait for; `steady_time{}`
    /// where it never did.
    steady_time progress() const noexcept { return progress_; }

    const origin& to() const noexcept { return to_; }
    /// What its buffers were charged to, and is told whenever bytes move. A header larger than the receive buffer takes more of the same, where it is free.
    void charge(permit memory) noexcept { memory_ = std::move(memory); }
    /// Gives back buffers and charge until the next exchange.
    PENSTOCK_DECL void rest() noexcept;
    PENSTOCK_DECL void close() noexcept;

  private:
    enum class phase { none, sending, first_byte, body };

    PENSTOCK_DECL awaitable<result<void>> plain_exchange(outgoing request);
    PENSTOCK_DECL awaitable<result<void>> observed_exchange(outgoing request);
    PENSTOCK_DECL void tell_end(error_code why) noexcept;
    PENSTOCK_DECL awaitable<result<void>> send_rest(outgoing request, std::size_t sent);
    PENSTOCK_DECL awaitable<bool> await_continue();
    PENSTOCK_DECL awaitable<void> wait_at_most(duration limit);
    PENSTOCK_DECL result<void> parse_head();
    PENSTOCK_DECL std::span<std::byte> make_room();
    PENSTOCK_DECL io_result received(io_result r);
    PENSTOCK_DECL io_result fill_buffer();
    PENSTOCK_DECL io_result finish_body();
    PENSTOCK_DECL failure explain(failure f) const;

    PENSTOCK_DECL awaitable<void> take_turn();

    class waiting_scope;
    PENSTOCK_DECL void start_waiting(phase p);
    PENSTOCK_DECL void stop_waiting() noexcept;
    PENSTOCK_DECL void arm_watchdog();
    PENSTOCK_DECL void on_watchdog();
    PENSTOCK_DECL duration limit_of(phase p) const noexcept;

    executor ex_;
    origin to_;
    stream_ptr stream_;
    transport_options limits_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<buffer_pool> buffers_;

    permit memory_;
    pooled_buffer buffer_; // what was received and not yet taken: heads, framing, first bytes of a body
    std::size_t begin_ = 0, end_ = 0;
    std::string request_text_;
    std::shared_ptr<const forwarding> forwarded_;
    head_parser parser_;
    response_head head_;
    body_decoder body_;

    std::unique_ptr<timer> watchdog_;
    bool watchdog_armed_ = false;
    phase waiting_ = phase::none;
    steady_time deadline_{};
    steady_time stalls_at_{}; // the deadline without regard to speed
    detail::speed_window speed_;
    bool too_slow_ = false;
    steady_time opened_at_;
    bool answer_open_ = false; // the last exchange ended well
    phase timed_out_ = phase::none;
    steady_time progress_{};
    steady_time head_until_{};

    std::uint64_t exchanges_ = 0;
    std::size_t burst_ = 0; // body bytes since the last suspension
    bool yield_ = false;
    bool read_past_buffer_ = false;
    bool answered_ = false;
    bool request_started_ = false;
    bool request_sent_ = false;
    bool source_failed_ = false;
    bool reusable_ = true;
    bool bodiless_ = false;
    failure body_failure_;

    counter* received_ = nullptr;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t number_ = 0;    ///< by the observer; 0 until one looks
    steady_time observed_since_{};
    bool observing_body_ = false; ///< its end has to be told
};

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/connection.ipp>
#endif
