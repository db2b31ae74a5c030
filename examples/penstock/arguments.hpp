// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "session.hpp"

#include <functional>
#include <optional>

namespace tool {

/// A command line, understood.
struct invocation {
    invocation() = default;

    global_options global;
    std::function<awaitable<void>(session&)> command;
    bool cleans_up = false; ///< an interrupted command has things to put back in order
    bool serves = false;    ///< being interrupted is how it ends
};

/// None where everything was said already (--help, --version). Throws `usage_error`.
std::optional<invocation> parse_arguments(int argc, char** argv);

} // namespace tool
