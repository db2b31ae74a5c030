// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/random.hpp>

#include <penstock/core/detail/share.hpp>

#include <chrono>

#include <unistd.h>

namespace penstock {
namespace detail {

class splitmix64_source final : public random_source {
  public:
    explicit splitmix64_source(std::uint64_t seed) noexcept : state_{seed} {}
    std::uint64_t next() noexcept override {
        auto z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t state_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<random_source> make_system_random() {
    std::uint64_t seed = 0;
    // Where the kernel refuses, the time is enough: this is no source of secrets.
    if (::getentropy(&seed, sizeof seed) != 0)
        seed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return detail::share<detail::splitmix64_source>(seed);
}

PENSTOCK_DECL std::shared_ptr<random_source> make_seeded_random(std::uint64_t seed) {
    return detail::share<detail::splitmix64_source>(seed);
}

} // namespace penstock
