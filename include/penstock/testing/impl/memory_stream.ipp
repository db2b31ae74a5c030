// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/memory_stream.hpp>

#include <penstock/testing/detail/memory_pipe.hpp>

#include <utility>

namespace penstock::testing {
namespace detail {

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
            out_->cut();
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

PENSTOCK_DECL memory_pipes make_memory_pipes(const executor& ex, const memory_stream_options& options) {
    memory_pipes out;
    out.to_server = std::make_shared<memory_pipe>(ex, options.to_server, options.clock, options.random);
    out.to_client = std::make_shared<memory_pipe>(ex, options.to_client, options.clock, options.random);
    return out;
}

PENSTOCK_DECL memory_stream_pair make_memory_streams(memory_pipes pipes,
                                                     const memory_stream_options& options) {
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
