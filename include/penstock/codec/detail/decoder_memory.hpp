// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace penstock::detail {

/// What a decoder and its buffers hold of a budget. All that is needed is asked for at once; who needs more
/// later (a frame with a larger window) gives back first what the decoder held, and keeps only the buffers:
/// so nobody waits for those who wait with much in their hands.
class decoder_memory {
  public:
    /// `buffers`: bytes beside what the decoder says it needs.
    decoder_memory(std::shared_ptr<memory_budget> budget, std::uint64_t buffers)
        : budget_{std::move(budget)}, buffers_{buffers} {}

    /// Whether the decoder may go on with so many bytes. If not, await `acquire`.
    bool have(std::uint64_t bytes) {
        if (!budget_ || bytes <= held_) return true;
        give_back();
        wanted_ = bytes;
        auto got = budget_->try_acquire(missing(), headroom());
        if (got.units() == 0) return false;
        keep(std::move(got));
        return true;
    }
    bool waiting() const noexcept { return wanted_ > 0; }
    std::uint64_t wanted() const noexcept { return wanted_; }

    /// Waits for what `have` asked for. A budget that can never give as much is a failure, which `failed`
    /// tells; throws only on cancellation, after which it may be awaited again.
    awaitable<void> acquire() {
        failure exceeded;
        try {
            auto got = co_await budget_->acquire(missing(), headroom());
            keep(std::move(got));
        } catch (const error& e) {
            exceeded = e.as_failure();
        }
        if (exceeded) {
            failed_ = exceeded;
            wanted_ = 0;
        }
    }
    const failure& failed() const noexcept { return failed_; }

    void release() noexcept {
        for_buffers_.release();
        for_decoder_.release();
        held_ = 0;
    }

  private:
    std::uint64_t missing() const noexcept { return wanted_ + buffers_ - for_buffers_.units(); }
    /// Whoever reads what is decoded needs some, too, while this is held.
    std::uint64_t headroom() const noexcept {
        return std::min(budget_->limit() / 4, budget_->limit() - std::min(budget_->limit(), missing()));
    }
    void give_back() noexcept {
        for_decoder_.release();
        held_ = 0;
    }
    void keep(permit got) noexcept {
        held_ = std::exchange(wanted_, 0);
        if (for_buffers_.units() == 0) for_buffers_ = got.split(buffers_);
        for_decoder_ = std::move(got);
    }

    std::shared_ptr<memory_budget> budget_;
    std::uint64_t buffers_;
    std::uint64_t wanted_ = 0, held_ = 0; // by the decoder
    permit for_buffers_, for_decoder_;
    failure failed_;
};

} // namespace penstock::detail
