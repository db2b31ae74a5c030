// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/staging_folder.hpp>

#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>

namespace penstock::testing::detail {

inline std::string staged_name(random_source& random) {
    char name[17];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(random.next()));
    return name;
}

inline bool is_staged_name(std::string_view name) noexcept {
    return name.size() == 16 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

PENSTOCK_DECL std::unique_ptr<staged_file> staging_folder::stage() {
    const auto folder = make_folder(make_folder(hidden_) + "/tmp");
    for (int attempt = 0; attempt < 100; ++attempt) {
        auto path = folder + "/" + staged_name(*random_);
        unique_fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
        if (fd) return std::make_unique<staged_file>(std::move(fd), std::move(path));
        if (errno != EEXIST) throw_errno("create", path);
    }
    throw_errno("create", folder);
}

PENSTOCK_DECL void staging_folder::sweep(const unique_fd& served) {
    const auto hidden = open_folder(served.get(), ".penstock");
    if (!hidden) return;
    const auto folder = open_folder(hidden.get(), "tmp");
    if (!folder) return;
    std::vector<std::string> left;
    each_entry(folder, [&](std::string name, entry_kind kind) {
        if (kind == entry_kind::file && is_staged_name(name)) left.push_back(std::move(name));
    });
    // What cannot be removed (a read-only file system) only takes room.
    for (const auto& name : left) ::unlinkat(folder.get(), name.c_str(), 0);
}

} // namespace penstock::testing::detail
