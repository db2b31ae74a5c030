// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace penstock::detail {

struct child_limits {
    child_limits() = default;

    duration time = std::chrono::seconds{60};
    std::size_t output = std::size_t{64} << 10;      ///< more on its standard output ends it
    std::size_t error_output = std::size_t{4} << 10; ///< of its standard error, what comes first is kept
    duration patience = std::chrono::seconds{1};     ///< between asking it to end and making it
};

enum class child_end {
    exited,          ///< by itself, with `status`
    killed,          ///< by the signal `status`
    unknown,         ///< ended, but this program has its children reaped by others (SIGCHLD ignored)
    out_of_time,     ///< was ended here, as was
    too_much_output, ///< this one
};

struct child_result {
    child_result() = default;

    child_end end = child_end::unknown;
    int status = 0;
    std::string output;
    std::string error_output;
};

/// Runs a program, found as execvp would, with these arguments (the first is the program) and this process's
/// environment, in which `variables` ("NAME=value") are set, without a shell. Its input is empty; it inherits no other descriptor where the C library can
/// see to that (glibc 2.34), and no blocked or ignored SIGPIPE, SIGTERM and SIGCHLD. Done when the program
/// itself ended, even if something that it started keeps its output open.
///
/// Runs on the caller's executor: no thread, no handler of SIGCHLD, and other children of this process are
/// left alone. Throws the system's code where the program cannot be started, and `errc::unsupported` without
/// pidfds (Linux before 5.4). Cancellation (any type) and limits end the program and what it started, its
/// process group: SIGTERM, and SIGKILL after `patience`. The call does not wait for that; the executor does,
/// so that no zombie stays. A program that still runs when its execution context is destroyed is killed then,
/// and waited for, as short as that is.
PENSTOCK_DECL awaitable<child_result> run_child(std::vector<std::string> words,
                                                std::shared_ptr<clock_source> clock,
                                                child_limits limits = child_limits(),
                                                std::vector<std::string> variables = std::vector<std::string>());

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/child_process.ipp>
#endif
