// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/detail/compressed_input.hpp>
#include <penstock/codec/detail/decode_engine.hpp>
#include <penstock/codec/detail/decoder_memory.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <exception>

namespace penstock::detail {

/// Decodes on another executor, a job of at most 256 KiB of output at a time, while the reader's executor
/// receives the next input and hands out the output before.
///
/// Two blocks of input and two of output. A job belongs to its executor from `start` until `done` is seen;
/// the other blocks are the reader's. The job owns what it uses: a source may go while one runs.
class overlapped_decoder final : public byte_source {
  public:
    static constexpr std::size_t out_block = std::size_t{256} << 10;
    static constexpr std::size_t buffers = 2 * (compressed_input::block + out_block);

    overlapped_decoder(compressed_input input, decode_engine engine, std::shared_ptr<buffer_pool> pool,
                       const std::shared_ptr<memory_budget>& budget, executor compute)
        : input_{std::move(input)}, pool_{std::move(pool)}, compute_{std::move(compute)},
          shared_{std::make_shared<shared>(std::move(engine), decoder_memory{budget, buffers})} {
        if (budget)
            shared_->engine.grant(0);
        else
            take_blocks();
    }

    io_result try_read_some(std::span<std::byte> into) override {
        if (failed_) return io_result::failed(failed_);
        if (over_) return io_result::end();
        if (worked_ >= most_work) return io_result::would_block();
        if (!input_.has_block()) {
            auto r = find_out_needs(into);
            if (r.status != io_status::bytes) return r;
        }
        pump();
        const auto ready = output();
        if (!ready.empty()) {
            const auto n = std::min(into.size(), ready.size());
            std::memcpy(into.data(), ready.data(), n);
            read_ += n;
            worked_ += n;
            if (output().empty()) pump(); // the next job need not wait for the next call
            return io_result::bytes(n);
        }
        if (error_) return io_result::failed(failed_ = error_);
        if (ended_) return end();
        return io_result::would_block();
    }

    awaitable<void> ready() override {
        const auto ex = co_await asio::this_coro::executor;
        reader_ = ex;
        auto& memory = shared_->memory;
        if (worked_ >= most_work) {
            worked_ = 0;
            co_await detail::yield();
        } else if (running_) {
            const auto keep = shared_; // the list outlives the wait
            if (!keep->done.load(std::memory_order_acquire)) co_await keep->finished.wait();
        } else if (memory.waiting()) {
            const auto needed = memory.wanted();
            co_await memory.acquire();
            if (!memory.failed()) granted(needed);
        } else if (input_.has_block() && can_start()) {
            // nothing to wait for but the executor, which is known now
        } else {
            co_await input_.below().ready();
        }
    }

    std::string name() const override { return input_.below().name(); }

  private:
    static constexpr std::size_t most_work = std::size_t{1} << 20;

    /// What a job and its source have in common.
    struct shared {
        shared(decode_engine e, decoder_memory m) : memory{std::move(m)}, engine{std::move(e)} {}

        decoder_memory memory; // given back after all else
        decode_engine engine;
        pooled_buffer input, output[2];
        wait_list finished;
        // the job
        std::span<const std::byte> in;
        std::span<std::byte> out;
        bool last_input = false;
        decode_engine::progress result;
        bool at_end = false;
        std::exception_ptr exception;
        std::atomic<bool> done{true};

        void run() noexcept {
            try {
                result = engine.decode(in, out);
                if (last_input && result.produced == 0 && result.consumed == in.size() && !result.error &&
                    result.needs == 0) {
                    const auto consumed = result.consumed;
                    result = engine.finish(out);
                    result.consumed = consumed;
                    at_end = result.produced == 0 && !result.error && result.needs == 0;
                }
            } catch (...) {
                exception = std::current_exception();
            }
            done.store(true, std::memory_order_release);
        }
    };

    std::span<const std::byte> output() const noexcept {
        const auto& s = *shared_;
        return {s.output[reading_].data() + read_, filled_ - read_};
    }

    void take_blocks() {
        input_.use(pool_->take(compressed_input::block));
        shared_->input = pool_->take(compressed_input::block);
        for (auto& o : shared_->output) o = pool_->take(out_block);
    }
    void granted(std::uint64_t bytes) {
        shared_->engine.grant(bytes);
        if (!input_.has_block()) take_blocks();
    }

    /// Looks at the first bytes here, without memory: a decoder asks for some before it gives any byte.
    /// `bytes` once there are blocks.
    io_result find_out_needs(std::span<std::byte> into) {
        auto& s = *shared_;
        for (;;) {
            if (s.memory.waiting()) return io_result::would_block();
            if (s.memory.failed())
                return io_result::failed(failed_ = s.engine.cannot_hold(s.memory.failed()));
            auto p = s.engine.decode(input_.pending(), into);
            input_.consume(p.consumed);
            if (p.needs == 0 && !p.error && input_.pending().empty()) {
                auto r = input_.fill();
                if (r.status == io_status::error) failed_ = r.error;
                if (r.status == io_status::would_block || r.status == io_status::error) return r;
                if (r.status == io_status::bytes) continue;
                p = s.engine.finish(into);
                if (p.needs == 0 && !p.error) return end();
            }
            if (p.error) return io_result::failed(failed_ = p.error);
            if (p.needs == 0 || !s.memory.have(p.needs)) continue;
            granted(p.needs);
            return io_result::bytes(1);
        }
    }

    io_result end() {
        over_ = true;
        input_.release();
        auto& s = *shared_;
        s.input = {};
        for (auto& o : s.output) o = {};
        s.memory.release();
        return io_result::end();
    }

    bool can_start() const noexcept {
        return !running_ && !error_ && !ended_ && produced_ == 0 && !shared_->memory.waiting() &&
               (taken_ < given_ || !input_.pending().empty() || more_ || input_.ended());
    }

    /// Whatever can be done without waiting.
    void pump() {
        auto& s = *shared_;
        if (running_ && s.done.load(std::memory_order_acquire)) collect();
        if (s.memory.failed() && !error_) error_ = s.engine.cannot_hold(s.memory.failed());
        if (read_ == filled_ && !running_ && produced_ > 0) { // the job's output is the next to be read
            reading_ = 1 - reading_;
            read_ = 0;
            filled_ = std::exchange(produced_, 0);
        }
        fill();
        if (!reader_ || !can_start()) return;
        start();
        fill(); // meanwhile
    }

    void fill() {
        while (!error_ && !ended_ && !below_failed_ && !input_.ended() &&
               input_.pending().size() < compressed_input::block) {
            auto r = input_.fill();
            if (r.status == io_status::error) below_failed_ = r.error;
            if (r.status != io_status::bytes) break;
        }
        const bool used_up =
            !running_ && produced_ == 0 && !more_ && taken_ == given_ && input_.pending().empty();
        if (below_failed_ && used_up) error_ = below_failed_;
    }

    void start() {
        auto& s = *shared_;
        if (taken_ == given_) { // the job before has used up its input
            taken_ = 0;
            given_ = input_.move_to(s.input);
        }
        s.in = {s.input.data() + taken_, given_ - taken_};
        s.out = s.output[1 - reading_].span().first(out_block);
        s.last_input = input_.ended() && input_.pending().empty();
        s.done.store(false, std::memory_order_relaxed);
        running_ = true;
        asio::post(compute_, [job = shared_, reader = reader_]() mutable {
            auto& done = *job;
            done.run();
            // what the job owns goes on the reader's executor, if it is the last to hold it
            asio::post(reader, [job = std::move(job)] { job->finished.notify_all(); });
        });
    }

    void collect() {
        auto& s = *shared_;
        running_ = false;
        if (s.exception) std::rethrow_exception(std::exchange(s.exception, nullptr));
        const auto& p = s.result;
        taken_ += p.consumed;
        produced_ = p.produced;
        more_ = p.produced == s.out.size();
        ended_ = s.at_end;
        if (p.error) error_ = p.error;
        if (p.needs != 0 && s.memory.have(p.needs)) granted(p.needs);
    }

    compressed_input input_; // the block that is filled; the job has the other
    std::shared_ptr<buffer_pool> pool_;
    executor compute_, reader_; // reader_: known from the first wait
    std::shared_ptr<shared> shared_;
    std::size_t taken_ = 0, given_ = 0; // of the job's input
    std::size_t produced_ = 0;          // in the job's output block, waiting to be read
    std::size_t read_ = 0, filled_ = 0; // of the block that is read
    int reading_ = 0;                   // which of the output blocks that is
    std::size_t worked_ = 0;            // since the last yield
    bool running_ = false;
    bool more_ = false;      // the last job filled its block
    bool ended_ = false;     // the data
    bool over_ = false;      // and all of it was read
    failure below_failed_;   // after what came before it
    failure error_, failed_; // found; told
};

} // namespace penstock::detail
