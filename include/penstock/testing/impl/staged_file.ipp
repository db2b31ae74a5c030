// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/staged_file.hpp>

#include <algorithm>

#include <fcntl.h>

namespace penstock::testing::detail {

/// Some bytes from `offset` of a file of `size`.
inline std::span<const std::byte> read_some_at(const unique_fd& fd, std::uint64_t offset, std::uint64_t size,
                                               std::span<std::byte> scratch) {
    if (offset >= size) return {};
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), size - offset));
    for (;;) {
        const auto n = ::pread(fd.get(), scratch.data(), want, static_cast<off_t>(offset));
        if (n >= 0) return scratch.first(static_cast<std::size_t>(n));
        if (errno != EINTR) throw_errno("read", "a stored file");
    }
}

PENSTOCK_DECL std::span<const std::byte> opened_file::chunk(std::uint64_t offset,
                                                            std::span<std::byte> scratch) const {
    return read_some_at(fd_, offset, size_, scratch);
}

PENSTOCK_DECL staged_file::~staged_file() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

PENSTOCK_DECL std::span<const std::byte> staged_file::chunk(std::uint64_t offset,
                                                            std::span<std::byte> scratch) const {
    if (fd_) return read_some_at(fd_, offset, size_, scratch);
    const unique_fd fd{::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
    if (!fd) throw_errno("open", path_);
    return read_some_at(fd, offset, size_, scratch);
}

PENSTOCK_DECL void staged_file::append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto n = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw_errno("write", path_);
        size_ += static_cast<std::uint64_t>(n);
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
}

} // namespace penstock::testing::detail
