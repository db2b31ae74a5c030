// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "disk.hpp"

#include <penstock/core/error.hpp>

#include <filesystem>
#include <utility>

namespace tool {

void throw_system(const char* operation, std::string path, const std::error_code& code, std::string hint) {
    penstock::error_detail d;
    d.operation = operation;
    d.object = std::move(path);
    d.hint = std::move(hint);
    throw_failure(penstock::failure{penstock::error_code{code.value(), boost::system::system_category()}, std::move(d)});
}

void make_folder(const std::string& path) {
    std::error_code code;
    std::filesystem::create_directories(path, code);
    if (code) throw_system("create folder", path, code);
}

} // namespace tool
