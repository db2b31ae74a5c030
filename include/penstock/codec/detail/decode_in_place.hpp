// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/detail/compressed_input.hpp>
#include <penstock/codec/detail/decode_engine.hpp>
#include <penstock/codec/detail/decoder_memory.hpp>
#include <penstock/core/detail/yield.hpp>

namespace penstock::detail {

/// How much is decoded before other work on the executor may run: about a millisecond's worth. In one step of
/// bzip2 a whole block of 900 KB may be sorted back, which takes longer and cannot be divided.
struct decode_slice {
    std::size_t in;
    std::size_t out;
};
inline decode_slice slice_of(compression kind) noexcept {
    constexpr std::size_t kib = 1024;
    switch (kind) {
    case compression::bzip2:
        return {8 * kib, 32 * kib};
    case compression::xz:
    case compression::lzma:
        return {32 * kib, 64 * kib};
    case compression::brotli:
        return {128 * kib, 256 * kib};
    default:
        return {compressed_input::block, 1024 * kib};
    }
}

/// Decodes in the calls of its reader, on the reader's executor.
class in_place_decoder final : public byte_source {
  public:
    in_place_decoder(compressed_input input, decode_engine engine, std::shared_ptr<buffer_pool> pool,
                     std::shared_ptr<memory_budget> budget)
        : input_{std::move(input)}, engine_{std::move(engine)}, pool_{std::move(pool)},
          slice_{slice_of(engine_.kind())}, memory_{budget, compressed_input::block} {
        if (budget)
            engine_.grant(0);
        else
            input_.use(pool_->take(compressed_input::block));
    }

    io_result try_read_some(std::span<std::byte> into) override {
        if (failed_) return io_result::failed(failed_);
        if (ended_) return io_result::end();
        into = into.first(std::min(into.size(), slice_.out));
        for (;;) {
            if (memory_.waiting() || worked_ >= slice_.out) return io_result::would_block();
            if (memory_.failed()) return io_result::failed(failed_ = engine_.cannot_hold(memory_.failed()));
            const auto in = input_.pending();
            auto p = engine_.decode(in.first(std::min(in.size(), slice_.in)), into);
            input_.consume(p.consumed);
            if (p.produced == 0 && !p.error && p.needs == 0 && input_.pending().empty()) {
                auto r = input_.fill();
                if (r.status == io_status::error) failed_ = r.error;
                if (r.status == io_status::would_block || r.status == io_status::error) return r;
                if (r.status == io_status::bytes) continue;
                p = engine_.finish(into);
                if (p.produced == 0 && !p.error && p.needs == 0) return end();
            }
            worked_ += std::max(p.produced, p.consumed);
            if (p.error) failed_ = p.error;
            if (p.produced != 0) return io_result::bytes(p.produced);
            if (p.error) return io_result::failed(failed_);
            if (p.needs != 0 && memory_.have(p.needs)) granted(p.needs);
        }
    }

    // No coroutine itself: a wait costs the frame of what is waited for.
    awaitable<void> ready() override {
        if (memory_.waiting()) return wait_for_memory();
        if (worked_ < slice_.out) return input_.below().ready();
        worked_ = 0;
        return detail::yield();
    }

    std::string name() const override { return input_.below().name(); }

  private:
    awaitable<void> wait_for_memory() {
        const auto needed = memory_.wanted();
        co_await memory_.acquire();
        if (!memory_.failed()) granted(needed);
    }
    void granted(std::uint64_t bytes) {
        engine_.grant(bytes);
        if (!input_.has_block()) input_.use(pool_->take(compressed_input::block));
    }
    io_result end() {
        ended_ = true;
        input_.release();
        memory_.release();
        return io_result::end();
    }

    compressed_input input_;
    decode_engine engine_;
    std::shared_ptr<buffer_pool> pool_;
    decode_slice slice_;
    decoder_memory memory_;
    std::size_t worked_ = 0; // since the last yield
    bool ended_ = false;
    failure failed_;
};

} // namespace penstock::detail
