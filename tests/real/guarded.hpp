// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <exception>
#include <string>

/// For functions that C calls: null, or what was thrown, until the next call.
template <class F>
const char* guarded(F&& f) {
    static std::string problem;
    try {
        f();
        return nullptr;
    } catch (const std::exception& e) {
        problem = e.what();
        return problem.c_str();
    }
}
