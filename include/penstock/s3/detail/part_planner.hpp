// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/range_source.hpp>
#include <penstock/s3/parallel_options.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace penstock::s3::detail {

/// No part is smaller but the last: requests cost more than they bring.
inline constexpr std::uint64_t min_parallel_part = std::uint64_t{1} << 20;
/// Parts that are received ahead are kept in blocks of this size.
inline constexpr std::uint64_t received_block_size = std::uint64_t{256} << 10;
inline constexpr std::uint64_t max_default_window = std::uint64_t{64} << 20;

/// What of the wishes for a parallel read can be had.
struct parallel_limits {
    parallel_limits() = default;

    std::uint64_t part_size = 0;
    std::uint32_t connections = 1; ///< 1: one plain stream
    std::uint64_t window = 0;      ///< bytes received ahead, at most
    std::uint64_t headroom = 0;    ///< what reading ahead leaves of the budget to others

    friend bool operator==(const parallel_limits&, const parallel_limits&) = default;
};

/// Reading ahead never takes the last of a budget: what reads may wait for a writer on the same budget, which must then
/// have room for one of its parts.
inline std::uint64_t headroom_of(std::uint64_t budget, std::uint64_t writer_part) noexcept {
    return std::min(budget, std::max(budget / 4, writer_part));
}

/// For delivery in order: parts ahead of the caller need memory, the one that the caller reads needs none.
/// A connection takes `connection` bytes besides.
inline parallel_limits settle_window(const parallel_options& asked, std::uint64_t budget, std::uint64_t writer_part,
                                     std::uint64_t connection) noexcept {
    parallel_limits out;
    out.part_size = std::max(asked.part_size(), min_parallel_part);
    out.headroom = headroom_of(budget, writer_part);
    const std::uint64_t ahead = asked.connections() > 1 ? asked.connections() - 1 : 0;
    const bool many = ahead > max_default_window / out.part_size;
    const auto wished = asked.window() > 0 ? asked.window() : many ? max_default_window : ahead * out.part_size;
    const auto left = budget - out.headroom;
    const auto room = left > connection ? left - connection : 0; // the caller's own part is received without memory
    const auto fitting = std::min({ahead, wished / min_parallel_part, room / (min_parallel_part + connection)});
    out.window = std::min(wished, room - fitting * connection) / received_block_size * received_block_size;
    out.connections = static_cast<std::uint32_t>(1 + fitting);
    if (fitting == 0)
        out.window = 0;
    else
        out.part_size = std::clamp(out.window / fitting / received_block_size * received_block_size, min_parallel_part, out.part_size);
    return out;
}

/// What part of memory in blocks `length` bytes take.
inline std::uint64_t in_blocks(std::uint64_t length) noexcept {
    return (length + received_block_size - 1) / received_block_size * received_block_size;
}

/// Cuts [begin, end) into parts, in order, as they can be had.
class part_planner {
  public:
    part_planner() = default;
    part_planner(std::uint64_t begin, std::uint64_t end, parallel_limits limits)
        : next_{begin}, end_{end}, limits_{limits} {}

    const parallel_limits& limits() const noexcept { return limits_; }
    bool all_taken() const noexcept { return next_ == end_; }
    /// The next part, of at most `length` bytes.
    byte_range take(std::uint64_t length) noexcept {
        byte_range r{next_, std::min(length, end_ - next_)};
        next_ += r.length;
        return r;
    }
    byte_range take() noexcept { return take(limits_.part_size); }

    /// The length of a part to begin ahead of the caller, while `running` are under way and `ahead` bytes of memory are
    /// taken; 0 where none shall begin now.
    std::uint64_t wanted_ahead(std::size_t running, std::uint64_t ahead) const noexcept {
        if (all_taken() || running >= limits_.connections) return 0;
        const auto length = std::min(limits_.part_size, end_ - next_);
        return ahead + in_blocks(length) <= limits_.window ? length : 0;
    }
    /// What to try instead, where the budget has no room for `length`: half of it. Only where nothing is read ahead yet;
    /// else room will come. 0: nothing.
    std::uint64_t smaller(std::uint64_t length, std::uint64_t ahead) const noexcept {
        return ahead > 0 || length < 2 * min_parallel_part ? 0 : length / 2;
    }

  private:
    std::uint64_t next_ = 0;
    std::uint64_t end_ = 0;
    parallel_limits limits_;
};

} // namespace penstock::s3::detail
