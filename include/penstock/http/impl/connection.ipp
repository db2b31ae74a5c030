// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connection.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/detail/proxy_answer.hpp>
#include <penstock/http/transport_observer.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace penstock::http {
namespace detail {

inline constexpr std::size_t receive_buffer = std::size_t{16} << 10;

/// After this much without a suspension a body lets others run: one fast connection must not starve the io_context.
inline constexpr std::size_t body_burst = std::size_t{1} << 20;

/// Where a stall is said sooner than this, every byte is looked at as it comes.
inline constexpr std::chrono::milliseconds patient_limit{100};

/// A head that drips: from its first wait after its first byte.
inline constexpr std::chrono::seconds head_limit{60};

/// Informational answers before the final one; more than this is no conversation.
inline constexpr int max_interim_responses = 16;

inline std::uint64_t bytes_at(std::uint64_t bytes_per_second, duration length) noexcept {
    return static_cast<std::uint64_t>(static_cast<double>(bytes_per_second) * std::chrono::duration<double>{length}.count());
}

} // namespace detail

PENSTOCK_DECL connection::connection(executor ex, origin to, stream_ptr stream, const transport_options& limits,
                                     std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers)
    : ex_{std::move(ex)}, to_{std::move(to)}, stream_{std::move(stream)}, limits_{limits},
      clock_{std::move(clock)}, buffers_{std::move(buffers)}, parser_{limits.max_header_size()},
      watchdog_{clock_->make_timer(ex_)}, speed_{detail::bytes_at(limits.minimum_speed(), limits.speed_window()), limits.speed_window()},
      opened_at_{clock_->now()} {}

PENSTOCK_DECL connection::~connection() { close(); }

PENSTOCK_DECL void connection::rest() noexcept {
    tell_end({});
    if (begin_ == end_) {
        begin_ = end_ = 0;
        buffer_ = {};
    }
    stream_->release_buffers();
    memory_.release();
}

PENSTOCK_DECL std::optional<std::uint64_t> connection::left_to_read() const noexcept {
    if (!answer_open_ || body_failure_ || !request_sent_ || !head_.keep_alive || waiting_ != phase::none) return std::nullopt;
    return body_.remaining();
}

PENSTOCK_DECL void connection::close() noexcept {
    if (observing_body_) {
        const error_code stopped = body_done() ? error_code{} : error_code{asio::error::operation_aborted};
        tell_end(body_failure_ ? body_failure_.code() : stopped);
    }
    reusable_ = false;
    answer_open_ = false;
    watchdog_->cancel();
    stream_->close();
}

// ---- waiting, with limits

PENSTOCK_DECL duration connection::limit_of(phase p) const noexcept {
    return p == phase::first_byte ? limits_.first_byte_timeout() : limits_.stall_timeout();
}

PENSTOCK_DECL void connection::start_waiting(phase p) {
    const auto now = clock_->now();
    waiting_ = p;
    deadline_ = later(now, limit_of(p));
    if (p == phase::first_byte && answered_) {
        if (head_until_ == steady_time{}) head_until_ = later(now, detail::head_limit);
        deadline_ = std::min(deadline_, head_until_);
    }
    stalls_at_ = deadline_;
    if (speed_.enabled() && p != phase::first_byte) {
        speed_.begin_wait(now);
        deadline_ = std::min(deadline_, speed_.over_at());
    }
    if (!watchdog_armed_) arm_watchdog();
}

PENSTOCK_DECL void connection::stop_waiting() noexcept {
    if (speed_.enabled() && (waiting_ == phase::sending || waiting_ == phase::body)) speed_.end_wait(clock_->now());
    waiting_ = phase::none;
}

/// While one lives, the watchdog compares the time: from just before a wait to just after it, whatever ends it. A caller
/// who does something else meanwhile is no stall.
class connection::waiting_scope {
  public:
    waiting_scope(connection& c, phase p) : connection_{c} { c.start_waiting(p); }
    waiting_scope(const waiting_scope&) = delete;
    waiting_scope& operator=(const waiting_scope&) = delete;
    ~waiting_scope() { connection_.stop_waiting(); }

  private:
    connection& connection_;
};

/// The timer is not moved at each wait (that would cost more than the wait): it ticks, and compares. It stops by itself
/// when a tick finds nobody waiting.
PENSTOCK_DECL void connection::arm_watchdog() {
    using std::chrono::milliseconds;
    const duration shortest = std::min(limits_.first_byte_timeout(), limits_.stall_timeout());
    const duration tick = std::clamp<duration>(shortest / 4, milliseconds{10}, milliseconds{1000});
    watchdog_armed_ = true;
    watchdog_->start(std::min(clock_->now() + tick, deadline_), [this] { on_watchdog(); });
}

PENSTOCK_DECL void connection::on_watchdog() {
    watchdog_armed_ = false;
    if (waiting_ == phase::none) return;
    const auto now = clock_->now();
    if (now < deadline_) {
        if (waiting_ == phase::body) stream_->gather(1); // what is there counts
        return arm_watchdog();
    }
    if (now < stalls_at_) {
        if (!speed_.too_slow(now)) {
            deadline_ = std::min(stalls_at_, speed_.over_at());
            return arm_watchdog();
        }
        too_slow_ = true;
    }
    timed_out_ = waiting_;
    reusable_ = false;
    stream_->close(); // whoever waits on it resumes
}

/// Gives a failure of the stream its reason: a limit of ours, or what the other side did.
PENSTOCK_DECL failure connection::explain(failure f) const {
    const auto text = [](duration d) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms";
    };
    error_detail d = f.detail();
    d.endpoint = to_.url();
    if (timed_out_ == phase::first_byte) {
        d.message = answered_ ? "the header of the answer was not complete in time"
                              : "no byte of an answer within " + text(limits_.first_byte_timeout());
        return failure{errc::first_byte_timeout, std::move(d)};
    }
    if (timed_out_ != phase::none) {
        d.message = too_slow_ ? "less than " + std::to_string(limits_.minimum_speed()) + " bytes a second over " + text(limits_.speed_window())
                              : "not a byte moved for " + text(limits_.stall_timeout());
        return failure{errc::stall_timeout, std::move(d)};
    }
    return failure{f.code(), std::move(d)};
}

// ---- sending

/// What the first try did not take: the rest of the head, then the pieces of the body.
PENSTOCK_DECL awaitable<result<void>> connection::send_rest(outgoing request, std::size_t sent) {
    auto rest = as_bytes(request.head).subspan(sent);
    std::size_t next = 0;
    bool asked = request.expect_continue;
    bool waited = false;
    bool in_body = false;
    for (;;) {
        while (!rest.empty()) {
            auto r = stream_->try_write_some(rest);
            if (r.status == io_status::bytes) {
                request_started_ = true;
                if (in_body && request.sent) request.sent->add(r.size);
                rest = rest.subspan(r.size);
                speed_.moved(r.size);
                memory_.touch();
                if (std::exchange(waited, false)) progress_ = clock_->now();
            } else if (r.status == io_status::would_block) {
                const waiting_scope watched{*this, phase::sending};
                co_await stream_->wait(wait_for::write);
                waited = true;
            } else {
                co_return explain(std::move(r.error));
            }
        }
        if (next == request.body.size() && !request.stream) break;
        if (asked) {
            asked = false;
            const bool go_on = co_await await_continue();
            if (!go_on) co_return result<void>{};
        }
        in_body = true;
        if (next < request.body.size()) {
            rest = request.body[next++];
            continue;
        }
        auto more = request.stream->next();
        if (!more) {
            source_failed_ = true;
            co_return more.error();
        }
        if (more->empty()) break;
        rest = *more;
    }
    request_sent_ = true;
    co_return result<void>{};
}

/// Waits for the server's leave to send the body. True: send it (leave given, or none came in time); false: a final
/// answer is there already.
PENSTOCK_DECL awaitable<bool> connection::await_continue() {
    const auto until = later(clock_->now(), limits_.continue_timeout());
    for (int interim = 0; interim < detail::max_interim_responses;) {
        if (!parse_head()) co_return false; // exchange meets the same failure and reports it
        if (parser_.done()) {
            if (head_.status == 100) {
                parser_.start(head_);
                co_return true;
            }
            if (head_.status >= 200) co_return false;
            parser_.start(head_);
            ++interim;
            continue;
        }
        const auto r = fill_buffer();
        if (r.status == io_status::bytes) continue;
        if (r.status != io_status::would_block) co_return false;
        const auto left = until - clock_->now();
        if (left <= duration::zero()) co_return true;
        const waiting_scope watched{*this, phase::body};
        co_await wait_at_most(left);
    }
    co_return true;
}

PENSTOCK_DECL awaitable<void> connection::wait_at_most(duration limit) {
    penstock::detail::outcome_of<void> out;
    auto waiting = penstock::detail::store_outcome(stream_->wait(wait_for::read), &out);
    const bool cut = co_await penstock::detail::run_with_limit(std::move(waiting), limit, clock_);
    if (!cut && out.failed) std::rethrow_exception(out.failed);
}

// ---- receiving the head

/// Takes what it can from the buffer; the parser says whether the head is complete.
PENSTOCK_DECL result<void> connection::parse_head() {
    if (parser_.done() || begin_ == end_) return {};
    const auto used = parser_.parse({buffer_.data() + begin_, end_ - begin_});
    if (!used) return used.error();
    begin_ += *used;
    return {};
}

/// The free part of the buffer, which grows as far as a head may; empty when it may not.
PENSTOCK_DECL std::span<std::byte> connection::make_room() {
    if (!buffer_) buffer_ = buffers_->take(detail::receive_buffer);
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == buffer_.size()) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        } else {
            if (buffer_.size() > limits_.max_header_size()) return {};
            if (memory_.units() > 0 && !memory_.try_grow(buffer_.size())) return {};
            auto larger = buffers_->take(buffer_.size() * 2);
            std::memcpy(larger.data(), buffer_.data(), end_);
            buffer_ = std::move(larger);
        }
        end_ -= begin_;
        begin_ = 0;
    }
    return buffer_.span().subspan(end_);
}

/// Counts what came into the room that `make_room` made.
PENSTOCK_DECL io_result connection::received(io_result r) {
    if (r.status == io_status::bytes) {
        end_ += r.size;
        answered_ = true;
    }
    return r;
}

PENSTOCK_DECL io_result connection::fill_buffer() {
    const auto room = make_room();
    if (room.empty()) return io_result::failed(errc::header_too_large);
    return received(stream_->try_read_some(room));
}

PENSTOCK_DECL awaitable<result<void>> connection::observed_exchange(outgoing request) {
    const auto observer = limits_.observer();
    if (number_ == 0) number_ = observer->number_connection();
    observed_since_ = clock_->now();
    exchange_event event{to_, number_};
    event.request = request.head;
    for (const auto& piece : request.body) event.request_body += piece.size();
    detail::tell(observer.get(), &transport_observer::request, event);
    result<void> done;
    std::exception_ptr cancelled;
    try {
        done = co_await plain_exchange(request);
    } catch (const boost::system::system_error& e) {
        event.code = e.code();
        cancelled = std::current_exception();
    }
    if (!done) event.code = done.error().code();
    observing_body_ = !event.code;
    if (observing_body_) event.head = &head_;
    event.request = {};
    event.took = clock_->now() - observed_since_;
    detail::tell(observer.get(), &transport_observer::answer, event);
    if (cancelled) std::rethrow_exception(cancelled);
    co_return done;
}

PENSTOCK_DECL void connection::tell_end(error_code why) noexcept {
    if (!std::exchange(observing_body_, false)) return;
    exchange_event event{to_, number_};
    event.head = &head_;
    event.body = body_bytes_;
    event.took = clock_->now() - observed_since_;
    event.code = why;
    detail::tell(limits_.observer().get(), &transport_observer::end, event);
}

PENSTOCK_DECL awaitable<result<void>> connection::plain_exchange(outgoing request) {
    ++exchanges_;
    received_ = request.received;
    body_bytes_ = 0;
    reusable_ = false;
    answered_ = request_started_ = request_sent_ = source_failed_ = read_past_buffer_ = yield_ = false;
    burst_ = 0;
    body_failure_ = {};
    answer_open_ = false;
    speed_.restart();
    progress_ = head_until_ = {};
    parser_.start(head_);
    stream_->gather(1);

    // A request without a body nearly always leaves at once: that needs no coroutine of its own.
    result<void> sent;
    const auto first = stream_->try_write_some(as_bytes(request.head));
    request_started_ = first.status == io_status::bytes;
    if (first.size == request.head.size() && request.body.empty() && !request.stream) {
        request_sent_ = true;
    } else if (first.status == io_status::error) {
        sent = explain(first.error);
    } else {
        sent = co_await send_rest(request, first.size);
    }
    // A server that refuses a body may answer and close while we still write: its answer is the better story.
    if (!sent && (!request_started_ || source_failed_ || timed_out_ != phase::none)) co_return sent;

    failure why;
    for (int interim = 0; !why;) {
        const auto parsed = parse_head();
        if (!parsed) {
            why = parsed.error();
        } else if (parser_.done()) {
            if (head_.status >= 200) break;
            // 101 would hand the connection to a protocol that nobody asked for
            if (head_.status == 101) why = failure{errc::malformed_response, "unasked protocol switch"};
            if (++interim > detail::max_interim_responses)
                why = failure{errc::malformed_response, "too many informational responses"};
            parser_.start(head_);
        } else {
            const auto room = make_room();
            if (room.empty()) {
                why = errc::header_too_large;
                break;
            }
            io_result r;
            {
                const waiting_scope watched{*this, phase::first_byte};
                r = co_await stream_->read_some(room);
            }
            r = received(std::move(r));
            if (r.status == io_status::error) {
                why = std::move(r.error);
            } else if (r.status == io_status::end) {
                why = failure{errc::connection_closed,
                              answered_ ? "in the middle of the response header" : "before any answer"};
            }
        }
    }
    if (!why && head_.status == 407 && forwarded_)
        why = detail::proxy_refusal(head_, forwarded_->proxy, !forwarded_->authorization.empty());
    if (why) co_return sent ? explain(std::move(why)) : sent;
    // A refusal may come before the body is sent; a success cannot be meant.
    if (!request_sent_ && head_.status < 300) {
        if (!sent) co_return sent;
        co_return explain(failure{errc::malformed_response, "a success before the body of the request was sent"});
    }
    body_.start(head_, request.method);
    // Another coding beneath the chunks, or in their place, would pass for the object's own bytes.
    if (!body_done() && !body_.remaining()) {
        const auto coding = head_.headers.find("transfer-encoding");
        if (coding && !iequals(*coding, "chunked"))
            co_return explain(failure{errc::unsupported, "transfer coding '" + std::string{*coding} + "'"});
    }
    bodiless_ = request.method == "HEAD" || head_.status == 204 || head_.status == 304;
    if (body_done() && begin_ == end_) reusable_ = request_sent_ && head_.keep_alive;
    answer_open_ = true;
    co_return result<void>{};
}

// ---- the body

PENSTOCK_DECL io_result connection::try_read_body(std::span<std::byte> into) {
    stop_waiting(); // ends what `body_ready` began
    if (body_failure_) return io_result::failed(body_failure_);
    if (yield_) return io_result::would_block();
    using state = body_decoder::state;
    std::size_t got = 0;
    for (;;) {
        io_result r;
        if (body_.now() == state::done) {
            if (got > 0) break;
            return finish_body();
        }
        if (body_.now() == state::data) {
            const auto room = into.subspan(got);
            if (room.empty()) break;
            const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), body_.data_size()));
            if (begin_ < end_) {
                const auto n = std::min(want, end_ - begin_);
                std::memcpy(room.data(), buffer_.data() + begin_, n);
                begin_ += n;
                got += n;
                body_.consume_data(n);
                continue;
            }
            r = stream_->try_read_some(room.first(want));
            if (r.status == io_status::bytes) {
                read_past_buffer_ = true;
                got += r.size;
                body_.consume_data(r.size);
                break;
            }
        } else {
            if (begin_ < end_) {
                const auto used = body_.consume_frame({buffer_.data() + begin_, end_ - begin_});
                if (!used) {
                    body_failure_ = explain(used.error());
                    break;
                }
                begin_ += *used;
                continue;
            }
            r = fill_buffer();
            if (r.status == io_status::bytes) continue;
        }
        // Nothing more without waiting, or no more at all.
        if (r.status == io_status::error) {
            body_failure_ = explain(std::move(r.error));
        } else if (r.status == io_status::end) {
            const auto ended = body_.consume_end();
            if (ended) continue;
            body_failure_ = explain(ended.error());
        }
        break;
    }
    if (got > 0) {
        body_bytes_ += got;
        if (received_) received_->add(got);
        burst_ += got;
        speed_.moved(got);
        memory_.touch();
        yield_ = burst_ >= detail::body_burst;
        return io_result::bytes(got);
    }
    return body_failure_ ? io_result::failed(body_failure_) : io_result::would_block();
}

/// The body is complete: is the connection, too? Bytes beyond what was promised mean that promise and body do not
/// belong together, and nobody knows which is wrong.
PENSTOCK_DECL io_result connection::finish_body() {
    if (reusable_) return io_result::end();
    bool more = begin_ < end_;
    bool open = !body_.ends_with_connection();
    if (open && !more && read_past_buffer_ && head_.keep_alive) {
        std::byte probe;
        const auto r = stream_->try_read_some({&probe, 1});
        more = r.status == io_status::bytes;
        open = r.status == io_status::would_block;
    }
    if (more && body_.remaining()) {
        body_failure_ = explain(failure{errc::body_too_long, "bytes follow the end that Content-Length gives"});
        close();
        return io_result::failed(body_failure_);
    }
    reusable_ = open && !more && request_sent_ && head_.keep_alive && timed_out_ == phase::none;
    read_past_buffer_ = false;
    return io_result::end();
}

/// No coroutine itself: with the caller's frame and the stream's, a third would be taken from the heap at each wait.
PENSTOCK_DECL awaitable<void> connection::body_ready(std::size_t gather) {
    burst_ = 0;
    if (yield_ || body_done() || body_failure_) return take_turn();
    start_waiting(phase::body);
    // Bytes that nobody has seen yet must pass neither for a stall nor for slowness: the watchdog ticks well before.
    const bool patient = !speed_.enabled() && limits_.stall_timeout() >= detail::patient_limit;
    stream_->gather(patient ? static_cast<std::size_t>(std::min<std::uint64_t>(gather, body_.remaining().value_or(1))) : 1);
    return stream_->wait(wait_for::read);
}

/// Lets others run where a burst asks for that.
PENSTOCK_DECL awaitable<void> connection::take_turn() {
    const bool yield = std::exchange(yield_, false);
    if (yield) co_await asio::post(ex_, asio::deferred);
}

} // namespace penstock::http
