// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <utility>

#include <unistd.h>

namespace penstock::detail {

/// A file descriptor that closes itself.
class file_descriptor {
  public:
    explicit file_descriptor(int fd) noexcept : fd_{fd} {}
    file_descriptor(file_descriptor&& o) noexcept : fd_{std::exchange(o.fd_, -1)} {}
    file_descriptor& operator=(file_descriptor&&) = delete;
    ~file_descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    int close() noexcept { return ::close(std::exchange(fd_, -1)); }
    /// For a new owner.
    int release() noexcept { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

} // namespace penstock::detail
