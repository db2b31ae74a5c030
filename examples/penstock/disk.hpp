// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <string>
#include <system_error>

namespace tool {

/// Throws `penstock::error`: what the system would not do with `path`.
[[noreturn]] void throw_system(const char* operation, std::string path, const std::error_code& code,
                               std::string hint = {});

/// Makes a folder and those that it lies in, where they are not there yet.
void make_folder(const std::string& path);

} // namespace tool
