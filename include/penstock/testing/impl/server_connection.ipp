// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/server_connection.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::testing::detail {

inline constexpr std::size_t connection_buffer_size = std::size_t{64} << 10;

PENSTOCK_DECL server_connection::server_connection(http::stream_ptr stream, const server_limits& limits,
                                                   const executor& ex, std::shared_ptr<clock_source> clock,
                                                   const std::shared_ptr<buffer_pool>& buffers)
    : stream_{std::move(stream)}, limits_{limits}, clock_{std::move(clock)}, buffer_{buffers->take(connection_buffer_size)},
      watchdog_{clock_->make_timer(ex)} {}
PENSTOCK_DECL server_connection::~server_connection() {
    stream_->close();
} // in TLS, with a word that this is the end

/// One timer a connection, re-armed lazily: most deadlines are replaced long before they are due.
PENSTOCK_DECL void server_connection::watch(steady_time deadline) {
    deadline_ = deadline;
    if (deadline >= armed_for_) return;
    armed_for_ = deadline;
    watchdog_->start(deadline, [this] { watchdog_barked(); });
}

PENSTOCK_DECL void server_connection::watchdog_barked() {
    armed_for_ = steady_time::max();
    if (deadline_ == steady_time::max()) return;
    if (clock_->now() < deadline_)
        watch(deadline_);
    else
        stream_->close(); // whoever waits goes on, and finds it closed
}

PENSTOCK_DECL awaitable<bool> server_connection::fill(steady_time deadline) {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    for (;;) {
        const auto r = stream_->try_read_some(buffer_.span().subspan(end_));
        if (r.status == io_status::bytes) {
            end_ += r.size;
            watch(steady_time::max());
            co_return true;
        }
        if (r.status != io_status::would_block) co_return false;
        watch(deadline);
        co_await stream_->wait(http::wait_for::read);
    }
}

PENSTOCK_DECL awaitable<bool> server_connection::write_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto r = stream_->try_write_some(bytes);
        if (r.status == io_status::bytes) {
            bytes = bytes.subspan(r.size);
        } else if (r.status == io_status::would_block) {
            watch(after(limits_.stall_timeout));
            co_await stream_->wait(http::wait_for::write);
        } else {
            co_return false;
        }
    }
    watch(steady_time::max());
    co_return true;
}

PENSTOCK_DECL awaitable<void> server_connection::pause(duration d) {
    watch(steady_time::max());
    if (d != duration::max()) {
        co_await sleep_for(clock_, d);
        co_return;
    }
    for (;;) {
        std::byte unwanted[4096];
        const auto r = stream_->try_read_some(unwanted);
        if (r.status == io_status::end || r.status == io_status::error) co_return;
        if (r.status == io_status::would_block) co_await stream_->wait(http::wait_for::read);
    }
}

PENSTOCK_DECL awaitable<void> server_connection::linger() {
    const auto deadline = after(std::chrono::milliseconds{500});
    std::uint64_t left = limits_.max_drain;
    begin_ = end_ = 0;
    while (left > 0) {
        const bool more = co_await fill(deadline);
        if (!more || clock_->now() >= deadline) break;
        left -= std::min<std::uint64_t>(left, end_);
        begin_ = end_ = 0;
    }
    stream_->close();
}

PENSTOCK_DECL awaitable<head_problem> server_connection::read_head(request_parser& parser) {
    auto deadline = after(limits_.idle_timeout);
    while (!parser.done() && parser.problem().status == 0) {
        if (!buffered().empty()) {
            const bool first = parser.untouched();
            const auto used = parser.parse(buffered());
            consume(used);
            if (first && !parser.untouched()) deadline = after(limits_.header_timeout);
            if (used > 0 || parser.problem().status != 0) continue;
            if (end_ - begin_ == buffer_.size()) // one line that fills the whole buffer
                co_return head_problem{431, "RequestHeaderSectionTooLarge",
                                       "A line of the request's header is too long."};
        }
        const bool more = co_await fill(deadline);
        if (!more) co_return head_problem();
    }
    co_return parser.problem();
}

} // namespace penstock::testing::detail
