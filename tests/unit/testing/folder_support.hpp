// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace folder_test {

inline void write_file(const std::filesystem::path& path, std::string_view text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}

/// As long as it lives, this process can have only `free` more descriptors.
class few_descriptors {
  public:
    explicit few_descriptors(unsigned free = 0) {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const int next = ::fcntl(STDERR_FILENO, F_DUPFD, 0); // all below are taken
        REQUIRE(next >= 0);
        ::close(next);
        auto now = before_;
        now.rlim_cur = static_cast<rlim_t>(next) + free;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
    }
    few_descriptors(const few_descriptors&) = delete;
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

} // namespace folder_test
