// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

/// The system's files and folders, by descriptors: step by step, so that no symbolic link leads out.
namespace penstock::testing::detail {

/// A failure of the system. `path` is for who runs the server; clients are not told.
[[noreturn]] PENSTOCK_DECL void throw_errno(const char* operation, std::string path, int code = errno);

class unique_fd {
  public:
    unique_fd() = default;
    explicit unique_fd(int fd) noexcept : fd_{fd} {}
    unique_fd(unique_fd&& o) noexcept : fd_{std::exchange(o.fd_, -1)} {}
    unique_fd& operator=(unique_fd&& o) noexcept {
        std::swap(fd_, o.fd_);
        return *this;
    }
    ~unique_fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    int release() noexcept { return std::exchange(fd_, -1); }
    explicit operator bool() const noexcept { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// Whether `errno` says that there is no such file, or one of another kind. Anything else that keeps a file
/// from being opened (no descriptor left, no permission) says nothing about whether it is there.
inline bool is_absence(int code) noexcept { return code == ENOENT || code == ENOTDIR || code == ELOOP; }

/// No descriptor where there is no such folder; then `errno` says what there is.
PENSTOCK_DECL unique_fd open_folder(int parent, const std::string& name);

/// `path`, a folder now where there was nothing.
PENSTOCK_DECL std::string make_folder(std::string path);

enum class entry_kind { file, folder, other };

/// None where there is no such entry (any more). Symbolic links are others.
PENSTOCK_DECL std::optional<struct stat> stat_entry(const unique_fd& folder, const std::string& name);

/// The entries of a folder but "." and "..". What goes away meanwhile may be left out.
PENSTOCK_DECL void each_entry(const unique_fd& folder,
                              const std::function<void(std::string name, entry_kind kind)>& visit);

} // namespace penstock::testing::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/system_files.ipp>
#endif
