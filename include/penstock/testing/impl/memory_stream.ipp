// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/memory_stream.hpp>

#include <penstock/core/wait_list.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace penstock::testing {
namespace detail {

inline io_result stream_failure(int code, const char* what) {
    error_detail d;
    d.message = what;
    return io_result::failed(failure{error_code{code, boost::system::system_category()}, std::move(d)});
}

/// One direction of a connection.
class memory_pipe {
  public:
    memory_pipe(const executor& ex, link_options options, const memory_stream_options& shared)
        : options_{std::move(options)}, clock_{shared.clock}, random_{shared.random} {
        if (clock_) timer_ = clock_->make_timer(ex);
    }

    io_result read(std::span<std::byte> into) {
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

    io_result write(std::span<const std::byte> from) {
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

    awaitable<void> wait_readable() {
        if (reset_ || reader_closed_) co_return;
        apply_faults();
        if (reset_ || cut_ || readable(1) > 0 || at_end()) co_return;
        arm();
        co_await readable_.wait();
    }

    awaitable<void> wait_writable() {
        if (reset_ || writer_closed_ || reader_closed_ || cut_ || on_the_way_ < options_.capacity) co_return;
        co_await writable_.wait();
    }

    void close_writer() {
        if (writer_closed_) return;
        writer_closed_ = true;
        if (clock_) end_arrives_ = std::max(clock_->now() + options_.latency, last_arrival_);
        wake();
    }
    void close_reader() {
        reader_closed_ = true;
        drop();
        wake();
    }
    void reset() {
        reset_ = true;
        drop();
        wake();
    }

    bool was_reset() const noexcept { return reset_; }
    bool was_cut() const noexcept { return cut_; }
    bool anything_to_read() {
        apply_faults();
        return reset_ || cut_ || readable(1) > 0 || at_end();
    }
    std::uint64_t delivered() const noexcept { return delivered_; }

  private:
    struct segment {
        std::string bytes;
        steady_time arrives;
    };

    std::size_t limited(std::size_t n) {
        if (n == 0 || options_.max_transfer == 0) return n;
        const auto most = random_ ? 1 + random_->below(options_.max_transfer) : options_.max_transfer;
        return std::min<std::size_t>(n, most);
    }

    steady_time arrival_of(std::size_t n) {
        if (!clock_) return {};
        auto leaves = std::max(clock_->now(), last_departure_);
        if (options_.bytes_per_second > 0)
            leaves += duration{
                static_cast<duration::rep>(n * 1e9 / static_cast<double>(options_.bytes_per_second))};
        last_departure_ = leaves;
        last_arrival_ = leaves + options_.latency;
        return last_arrival_;
    }

    bool arrived(steady_time t) const { return !clock_ || t <= clock_->now(); }
    bool stalled() const { return stall_forever_ || (stall_until_ && !arrived(*stall_until_)); }

    /// Bytes that a read of `want` would get now.
    std::size_t readable(std::size_t want) {
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

    bool at_end() const { return !stalled() && writer_closed_ && segments_.empty() && arrived(end_arrives_); }

    void take(std::span<std::byte> into) {
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

    void apply_faults() {
        while (next_fault_ < options_.faults.size() && delivered_ >= options_.faults[next_fault_].at &&
               !stalled()) {
            const auto& f = options_.faults[next_fault_++];
            switch (f.what) {
            case link_fault::kind::close:
                cut_ = true;
                drop();
                wake();
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

    /// Wakes the reader when what it waits for arrives.
    void arm() {
        if (!timer_ || stall_forever_) return;
        std::optional<steady_time> when;
        if (!segments_.empty())
            when = segments_.front().arrives;
        else if (writer_closed_)
            when = end_arrives_;
        if (stall_until_ && !arrived(*stall_until_))
            when = when ? std::max(*when, *stall_until_) : *stall_until_;
        if (when && !arrived(*when)) timer_->start(*when, [this] { readable_.notify_all(); });
    }

    void drop() {
        segments_.clear();
        taken_ = 0;
        on_the_way_ = 0;
    }
    void wake() {
        readable_.notify_all();
        writable_.notify_all();
    }

    link_options options_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    std::unique_ptr<timer> timer_;
    std::deque<segment> segments_;
    std::size_t taken_ = 0; // of the front segment
    std::size_t on_the_way_ = 0;
    std::uint64_t delivered_ = 0;
    std::size_t next_fault_ = 0;
    steady_time last_departure_{};
    steady_time last_arrival_{};
    steady_time end_arrives_{};
    std::optional<steady_time> stall_until_;
    bool stall_forever_ = false;
    bool writer_closed_ = false;
    bool reader_closed_ = false;
    bool reset_ = false;
    bool cut_ = false;
    wait_list readable_;
    wait_list writable_;
};

class memory_stream final : public server_stream {
  public:
    memory_stream(std::shared_ptr<memory_pipe> in, std::shared_ptr<memory_pipe> out, bool is_client,
                  std::uint64_t reset_at_step, std::shared_ptr<link_statistics> statistics)
        : in_{std::move(in)}, out_{std::move(out)}, is_client_{is_client}, reset_at_step_{reset_at_step},
          statistics_{std::move(statistics)} {}
    ~memory_stream() override { memory_stream::close(); }

    io_result try_read_some(std::span<std::byte> into) override {
        if (closed_) return io_result::failed(failure{errc::closed});
        auto r = in_->read(into);
        if (r.status != io_status::would_block && step_fails()) return in_->read(into);
        after_read();
        if (statistics_ && r.status == io_status::bytes)
            (is_client_ ? statistics_->bytes_to_client : statistics_->bytes_to_server) += r.size;
        return r;
    }

    io_result try_write_some(std::span<const std::byte> from) override {
        if (closed_) return io_result::failed(failure{errc::closed});
        auto r = out_->write(from);
        if (r.status != io_status::would_block && step_fails()) return out_->write(from);
        return r;
    }

    awaitable<void> wait(http::wait_for what) override {
        // The pipe outlives the stream where the stream is destroyed during the wait.
        auto pipe = what == http::wait_for::read ? in_ : out_;
        if (closed_) co_return;
        if (what == http::wait_for::read)
            co_await pipe->wait_readable();
        else
            co_await pipe->wait_writable();
    }

    void close() noexcept override {
        if (closed_) return;
        closed_ = true;
        out_->close_writer();
        in_->close_reader();
    }

    void reset() noexcept override {
        if (closed_) return;
        in_->reset();
        out_->reset();
        close();
    }

    bool usable() noexcept override {
        if (closed_) return false;
        const bool anything = in_->anything_to_read();
        after_read();
        return !anything && !out_->was_cut();
    }

  private:
    bool step_fails() {
        if (!is_client_) return false;
        const auto step = ++steps_;
        if (statistics_) ++statistics_->client_steps;
        if (step != reset_at_step_) return false;
        in_->reset();
        out_->reset();
        return true;
    }

    /// A fault of one direction is seen on both.
    void after_read() {
        if (in_->was_reset() && !out_->was_reset()) out_->reset();
        if (in_->was_cut() && !cut_seen_) {
            cut_seen_ = true;
            out_->close_reader();
        }
    }

    std::shared_ptr<memory_pipe> in_;
    std::shared_ptr<memory_pipe> out_;
    bool is_client_;
    std::uint64_t reset_at_step_;
    std::uint64_t steps_ = 0;
    std::shared_ptr<link_statistics> statistics_;
    bool closed_ = false;
    bool cut_seen_ = false;
};

struct memory_pipes {
    std::shared_ptr<memory_pipe> to_server;
    std::shared_ptr<memory_pipe> to_client;
};

inline memory_pipes make_memory_pipes(const executor& ex, const memory_stream_options& options) {
    memory_pipes out;
    out.to_server = std::make_shared<memory_pipe>(ex, options.to_server, options);
    out.to_client = std::make_shared<memory_pipe>(ex, options.to_client, options);
    return out;
}

inline memory_stream_pair make_memory_streams(memory_pipes pipes, const memory_stream_options& options) {
    memory_stream_pair out;
    out.client = std::make_unique<memory_stream>(pipes.to_client, pipes.to_server, true,
                                                 options.reset_at_client_step, options.statistics);
    out.server =
        std::make_unique<memory_stream>(pipes.to_server, pipes.to_client, false, 0, options.statistics);
    return out;
}

} // namespace detail

PENSTOCK_DECL memory_stream_pair make_memory_streams(executor ex, memory_stream_options options) {
    return detail::make_memory_streams(detail::make_memory_pipes(ex, options), options);
}

} // namespace penstock::testing
