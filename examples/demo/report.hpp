// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/s3/client.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace demo {

std::string human_bytes(std::uint64_t bytes);

/// What the demo prints, and whether all its checks held.
class report {
  public:
    report();

    void heading(const std::string& text);
    /// A step begins; `end` prints how long it took, and how much it moved where that is known.
    void begin(const std::string& verb, const std::string& what);
    void end(std::uint64_t bytes = 0, std::uint64_t rows = 0);
    void note(const std::string& text);
    void table(const penstock::record_batch& batch);
    void check(bool held, const std::string& what);
    void finish(const penstock::s3::client_statistics& did);
    void failed(const std::string& why);

    /// Everything was reached, and every check held.
    bool good() const noexcept { return finished_ && failures_ == 0; }

  private:
    using clock = std::chrono::steady_clock;
    const char* bold() const noexcept { return colour_ ? "\x1b[1m" : ""; }
    const char* dim() const noexcept { return colour_ ? "\x1b[2m" : ""; }
    const char* red() const noexcept { return colour_ ? "\x1b[31m" : ""; }
    const char* green() const noexcept { return colour_ ? "\x1b[32m" : ""; }
    const char* plain() const noexcept { return colour_ ? "\x1b[0m" : ""; }

    bool colour_;
    bool finished_ = false;
    int checks_ = 0;
    int failures_ = 0;
    clock::time_point started_ = clock::now();
    clock::time_point step_ = started_;
};

} // namespace demo
