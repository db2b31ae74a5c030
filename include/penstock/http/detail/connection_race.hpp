// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace penstock::http::detail {

/// The families by turns, beginning with that of the first address; the order within a family stays (RFC 8305, section 4).
inline std::vector<asio::ip::address> interleave_families(std::vector<asio::ip::address> addresses) {
    std::vector<asio::ip::address> same, other, out;
    for (auto& a : addresses) (a.is_v6() == addresses.front().is_v6() ? same : other).push_back(a);
    out.reserve(addresses.size());
    for (std::size_t i = 0; i < std::max(same.size(), other.size()); ++i) {
        if (i < same.size()) out.push_back(same[i]);
        if (i < other.size()) out.push_back(other[i]);
    }
    return out;
}

/// Decides when which of several attempts begins (RFC 8305, section 5): the next one a delay after the one before it, or
/// at once where no attempt that began is still under way. Pure.
class connection_race {
  public:
    connection_race(std::size_t attempts, duration delay) : attempts_{attempts}, delay_{delay} {}

    /// The attempt that is to begin now.
    std::optional<std::size_t> next(steady_time now) {
        if (begun_ == attempts_ || (running_ > 0 && now < next_at_)) return std::nullopt;
        next_at_ = later(now, delay_);
        ++running_;
        return begun_++;
    }
    /// When there may be another; the end of time where there is none.
    steady_time next_at() const noexcept { return begun_ == attempts_ ? steady_time::max() : next_at_; }
    /// One that began has failed: the next need not wait for its time.
    void failed(steady_time now) noexcept {
        --running_;
        next_at_ = now;
    }
    bool lost() const noexcept { return begun_ == attempts_ && running_ == 0; }

  private:
    std::size_t attempts_;
    duration delay_;
    std::size_t begun_ = 0;
    std::size_t running_ = 0;
    steady_time next_at_{};
};

} // namespace penstock::http::detail
