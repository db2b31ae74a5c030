// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/hedging.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace penstock::s3::detail {

/// When a request is late, and whether another may be sent in its place: pure.
class hedge_control {
  public:
    explicit hedge_control(hedging_options how) : how_{how} {}

    /// How long to wait for an answer first; none while too little is known.
    std::optional<duration> late_after() const {
        if (how_.after()) return how_.after();
        if (!usual_) return std::nullopt;
        return std::max(*usual_, how_.least());
    }

    /// Takes what a hedge costs, where it is there.
    bool take() noexcept {
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

    /// An answer came, after that time.
    void answered(duration after) {
        tokens_ = std::min(most, tokens_ + gain);
        if (how_.after()) return;
        times_[seen_++ % times_.size()] = after;
        // Often enough: the percentile of so many moves slowly.
        if (seen_ >= enough && seen_ % 8 == 4) usual_ = percentile();
    }

    double tokens() const noexcept { return tokens_; }

  private:
    static constexpr double most = 10, gain = 0.05;
    static constexpr std::size_t enough = 20;

    duration percentile() const {
        auto sorted = times_;
        const auto n = std::min(seen_, sorted.size());
        const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(n * 95 / 100);
        std::nth_element(sorted.begin(), at, sorted.begin() + static_cast<std::ptrdiff_t>(n));
        return *at;
    }

    hedging_options how_;
    double tokens_ = most;
    std::array<duration, 128> times_{};
    std::size_t seen_ = 0;
    std::optional<duration> usual_;
};

} // namespace penstock::s3::detail
