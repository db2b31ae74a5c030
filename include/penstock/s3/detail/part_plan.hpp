// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/part_number.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace penstock::s3::detail {

inline constexpr std::uint64_t smallest_part = std::uint64_t{5} << 20; ///< S3's rule for all parts but the last
inline constexpr std::uint64_t largest_part = std::uint64_t{5} << 30;

/// How large the parts of one upload are.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
class part_plan {
  public:
    static constexpr std::uint32_t parts_before_doubling = 1000;

    part_plan() = default;
    /// Parts start at `size`. Where the object's size is known they stay so, or become as large as it takes for 10,000
    /// of them; else they double every 1,000 parts, unless they have to be `equal`.
    part_plan(std::uint64_t size, bool equal, std::optional<std::uint64_t> total = std::nullopt) noexcept
        : first_{size}, grows_{!equal && !total} {
        constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
        if (!total) return;
        const auto least = (*total + max_part_number - 1) / max_part_number;
        if (least > size) first_ = std::min((least + mebibyte - 1) / mebibyte * mebibyte, largest_part);
    }

    std::uint64_t first() const noexcept { return first_; }
    /// Of part `number`, from 1.
    std::uint64_t size_of(std::uint32_t number) const noexcept {
        if (!grows_) return first_;
        const auto doublings = (number - 1) / parts_before_doubling;
        return doublings > 30 ? largest_part : std::min(first_ << doublings, largest_part);
    }

    /// What a part may take of a budget of `limit`, where `wanted` was asked for: no more than half, lest uploads stop
    /// everything else, but S3's smallest part where that fits at all. The rest has room for `other` memory, always.
    static std::uint64_t within(std::uint64_t limit, std::uint64_t wanted, std::uint64_t other) noexcept {
        return std::min({wanted, std::max(smallest_part, limit / 2), limit - other});
    }

    /// The largest part for which a writer may wait: `usual`, as `within` gives it, or what fits into the quarter of the
    /// budget that reads ahead leave alone (`headroom_of`). What copies an object would else wait for itself.
    static std::uint64_t largest_within(std::uint64_t limit, std::uint64_t usual, std::uint64_t other) noexcept {
        return std::max(usual, limit / 4 - std::min(limit / 4, other));
    }

  private:
    std::uint64_t first_ = 0;
    bool grows_ = false;
};

} // namespace penstock::s3::detail
