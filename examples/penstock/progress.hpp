// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace tool {

/// A progress bar on standard error, for work that takes longer than a second. Nothing at all where standard error is
/// no terminal. It has no timer: it draws when it is told of progress.
class progress {
  public:
    progress(bool enabled, std::string what, std::optional<std::uint64_t> total);
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress() { clear(); }

    void advance(std::uint64_t bytes);
    /// Removes the bar from the screen.
    void clear() noexcept;

  private:
    using clock = std::chrono::steady_clock;
    void draw(clock::time_point now);

    bool enabled_;
    bool drawn_ = false;
    std::string what_;
    std::optional<std::uint64_t> total_;
    std::uint64_t done_ = 0;
    clock::time_point started_ = clock::now();
    clock::time_point next_ = started_ + std::chrono::seconds{1};
};

/// "17 B", "1.5 KiB", "12.3 MiB" …
std::string human_bytes(double bytes);

} // namespace tool
