// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/memory_pipe.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace penstock::testing::detail {

inline io_result stream_failure(int code, const char* what) {
    error_detail d;
    d.message = what;
    return io_result::failed(failure{error_code{code, boost::system::system_category()}, std::move(d)});
}

PENSTOCK_DECL memory_pipe::memory_pipe(const executor& ex, link_options options,
                                       std::shared_ptr<clock_source> clock,
                                       std::shared_ptr<random_source> random)
    : options_{std::move(options)}, clock_{std::move(clock)}, random_{std::move(random)} {
    if (clock_) timer_ = clock_->make_timer(ex);
}

PENSTOCK_DECL io_result memory_pipe::read(std::span<std::byte> into) {
    if (reset_) return stream_failure(ECONNRESET, "the simulated connection was reset");
    if (reader_closed_) return io_result::failed(failure{errc::closed});
    apply_faults();
    if (reset_) return stream_failure(ECONNRESET, "the simulated connection was reset");
    if (cut_) return io_result::end();
    const auto n = readable(into.size());
    if (n > 0) {
        take(into.first(n));
        return io_result::bytes(n);
    }
    return at_end() ? io_result::end() : io_result::would_block();
}

PENSTOCK_DECL io_result memory_pipe::write(std::span<const std::byte> from) {
    if (reset_) return stream_failure(ECONNRESET, "the simulated connection was reset");
    if (writer_closed_) return io_result::failed(failure{errc::closed});
    if (reader_closed_ || cut_)
        return stream_failure(EPIPE, "the other side of the simulated connection is closed");
    const auto n =
        limited(std::min(from.size(), options_.capacity - std::min(options_.capacity, on_the_way_)));
    if (n == 0) return io_result::would_block();
    segments_.push_back({std::string{reinterpret_cast<const char*>(from.data()), n}, arrival_of(n)});
    on_the_way_ += n;
    readable_.notify_all();
    return io_result::bytes(n);
}

PENSTOCK_DECL awaitable<void> memory_pipe::wait_readable() {
    if (reset_ || reader_closed_) co_return;
    apply_faults();
    if (reset_ || cut_ || readable(1) > 0 || at_end()) co_return;
    arm();
    co_await readable_.wait();
}

PENSTOCK_DECL awaitable<void> memory_pipe::wait_writable() {
    if (reset_ || writer_closed_ || reader_closed_ || cut_ || on_the_way_ < options_.capacity) co_return;
    co_await writable_.wait();
}

PENSTOCK_DECL void memory_pipe::close_writer() {
    if (writer_closed_) return;
    writer_closed_ = true;
    if (clock_) end_arrives_ = std::max(clock_->now() + options_.latency, last_arrival_);
    wake();
}

PENSTOCK_DECL void memory_pipe::close_reader() {
    reader_closed_ = true;
    drop();
    wake();
}

PENSTOCK_DECL void memory_pipe::cut() {
    cut_ = true;
    drop();
    wake();
}

PENSTOCK_DECL void memory_pipe::reset() {
    reset_ = true;
    drop();
    wake();
}

PENSTOCK_DECL bool memory_pipe::anything_to_read() {
    apply_faults();
    return reset_ || cut_ || readable(1) > 0 || at_end();
}

PENSTOCK_DECL std::size_t memory_pipe::limited(std::size_t n) {
    if (n == 0 || options_.max_transfer == 0) return n;
    const auto most = random_ ? 1 + random_->below(options_.max_transfer) : options_.max_transfer;
    return std::min<std::size_t>(n, most);
}

PENSTOCK_DECL steady_time memory_pipe::arrival_of(std::size_t n) {
    if (!clock_) return {};
    auto leaves = std::max(clock_->now(), last_departure_);
    if (options_.bytes_per_second > 0)
        leaves +=
            duration{static_cast<duration::rep>(n * 1e9 / static_cast<double>(options_.bytes_per_second))};
    last_departure_ = leaves;
    last_arrival_ = leaves + options_.latency;
    return last_arrival_;
}

PENSTOCK_DECL std::size_t memory_pipe::readable(std::size_t want) {
    if (stalled()) return 0;
    std::size_t n = 0;
    for (const auto& s : segments_) {
        if (n >= want || !arrived(s.arrives)) break;
        n += s.bytes.size() - (&s == &segments_.front() ? taken_ : 0);
    }
    n = std::min(n, want);
    if (next_fault_ < options_.faults.size())
        n = std::min<std::uint64_t>(n, options_.faults[next_fault_].at - delivered_);
    return want > 1 ? limited(n) : n;
}

PENSTOCK_DECL void memory_pipe::take(std::span<std::byte> into) {
    delivered_ += into.size();
    on_the_way_ -= into.size();
    while (!into.empty()) {
        auto& front = segments_.front();
        const auto n = std::min(into.size(), front.bytes.size() - taken_);
        std::memcpy(into.data(), front.bytes.data() + taken_, n);
        into = into.subspan(n);
        taken_ += n;
        if (taken_ == front.bytes.size()) {
            segments_.pop_front();
            taken_ = 0;
        }
    }
    writable_.notify_all();
}

PENSTOCK_DECL void memory_pipe::apply_faults() {
    while (next_fault_ < options_.faults.size() && delivered_ >= options_.faults[next_fault_].at &&
           !stalled()) {
        const auto& f = options_.faults[next_fault_++];
        switch (f.what) {
        case link_fault::kind::close:
            cut();
            return;
        case link_fault::kind::reset:
            reset();
            return;
        case link_fault::kind::stall:
            if (f.length == duration::max() || !clock_)
                stall_forever_ = true;
            else
                stall_until_ = clock_->now() + f.length;
            break;
        }
    }
}

PENSTOCK_DECL void memory_pipe::arm() {
    if (!timer_ || stall_forever_) return;
    std::optional<steady_time> when;
    if (!segments_.empty())
        when = segments_.front().arrives;
    else if (writer_closed_)
        when = end_arrives_;
    if (stall_until_ && !arrived(*stall_until_)) when = when ? std::max(*when, *stall_until_) : *stall_until_;
    if (when && !arrived(*when)) timer_->start(*when, [this] { readable_.notify_all(); });
}

PENSTOCK_DECL void memory_pipe::drop() {
    segments_.clear();
    taken_ = 0;
    on_the_way_ = 0;
}

PENSTOCK_DECL void memory_pipe::wake() {
    readable_.notify_all();
    writable_.notify_all();
}

} // namespace penstock::testing::detail
