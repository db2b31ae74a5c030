// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/system_files.hpp>
#include <penstock/testing/stored_object.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace penstock::testing::detail {

/// A file that was there when it was opened, and is read to that size.
class opened_file final : public stored_bytes {
  public:
    opened_file(unique_fd fd, std::uint64_t size) : fd_{std::move(fd)}, size_{size} {}

    std::uint64_t size() const noexcept override { return size_; }
    PENSTOCK_DECL std::span<const std::byte> chunk(std::uint64_t offset,
                                                   std::span<std::byte> scratch) const override;

  private:
    unique_fd fd_;
    std::uint64_t size_;
};

/// A new file, which is removed again unless it is `released`. Sealed, it holds no descriptor: an upload may
/// have 10,000 of these.
class staged_file final : public staged_bytes {
  public:
    staged_file(unique_fd fd, std::string path) : fd_{std::move(fd)}, path_{std::move(path)} {}
    PENSTOCK_DECL ~staged_file() override;

    std::uint64_t size() const noexcept override { return size_; }
    PENSTOCK_DECL std::span<const std::byte> chunk(std::uint64_t offset,
                                                   std::span<std::byte> scratch) const override;
    PENSTOCK_DECL void append(std::span<const std::byte> bytes) override;
    void seal() noexcept override { fd_ = unique_fd{}; }

    const std::string& path() const noexcept { return path_; }
    /// It is an object now.
    void release() noexcept { path_.clear(); }

  private:
    unique_fd fd_;
    std::string path_;
    std::uint64_t size_ = 0;
};

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/staged_file.ipp>
#endif
