// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/system_files.hpp>

#include <penstock/core/error.hpp>

#include <string_view>

#include <dirent.h>
#include <fcntl.h>

namespace penstock::testing::detail {

[[noreturn]] PENSTOCK_DECL void throw_errno(const char* operation, std::string path, int code) {
    error_detail d;
    d.operation = operation;
    d.object = std::move(path);
    throw_failure(failure{error_code{code, boost::system::system_category()}, std::move(d)});
}

PENSTOCK_DECL unique_fd open_folder(int parent, const std::string& name) {
    unique_fd fd{::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!fd && !is_absence(errno)) throw_errno("open folder", name);
    return fd;
}

PENSTOCK_DECL std::string make_folder(std::string path) {
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) throw_errno("create folder", path);
    return path;
}

PENSTOCK_DECL std::optional<struct stat> stat_entry(const unique_fd& folder, const std::string& name) {
    struct stat st {};
    if (::fstatat(folder.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0) return st;
    if (!is_absence(errno)) throw_errno("stat", name);
    return std::nullopt;
}

inline entry_kind kind_of(mode_t mode) noexcept {
    return S_ISREG(mode) ? entry_kind::file : S_ISDIR(mode) ? entry_kind::folder : entry_kind::other;
}

PENSTOCK_DECL void each_entry(const unique_fd& folder,
                              const std::function<void(std::string name, entry_kind kind)>& visit) {
    // A descriptor of its own: a directory stream owns and moves the position of the one it gets.
    unique_fd copy{::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!copy) throw_errno("list folder", ".");
    DIR* stream = ::fdopendir(copy.get());
    if (!stream) throw_errno("list folder", ".");
    struct closer {
        DIR* stream;
        ~closer() { ::closedir(stream); }
    } guard{stream};
    copy.release();
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(stream);
        if (!entry) {
            if (errno != 0) throw_errno("list folder", ".");
            return;
        }
        std::string name{entry->d_name};
        if (name == "." || name == "..") continue;
        auto kind = entry_kind::other;
        if (entry->d_type == DT_UNKNOWN) { // not every file system says it here
            const auto st = stat_entry(folder, name);
            if (!st) continue;
            kind = kind_of(st->st_mode);
        } else if (entry->d_type == DT_REG || entry->d_type == DT_DIR) {
            kind = entry->d_type == DT_DIR ? entry_kind::folder : entry_kind::file;
        }
        visit(std::move(name), kind);
    }
}

} // namespace penstock::testing::detail
