// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "output.hpp"

#include <penstock/core/asio.hpp>
#include <penstock/core/wait_list.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <string>

namespace tool {

/// Runs coroutines side by side, at most so many at once, and prints what they report in the order in which they were
/// started. The first that fails ends all: nothing is started after it, and what runs is cancelled.
///
/// Memory: what the running jobs take, and the reports of at most `max_waiting` that wait for an earlier one.
class job_list {
  public:
    static constexpr std::size_t max_waiting = 1000;

    /// `out` must outlive it.
    job_list(penstock::executor ex, std::size_t at_once, output& out);

    /// Runs `starter`, which starts all jobs, and the jobs to their ends; then throws the first failure of all. Where
    /// one fails, or the caller is cancelled, the others are cancelled, and still waited for. To be called once.
    penstock::awaitable<void> run(penstock::awaitable<void> starter);

    /// Within `run`: starts `job` as soon as there is room. It gives the line to print, or nothing. Throws what an
    /// earlier job threw; then `job` was not started.
    penstock::awaitable<void> start(penstock::awaitable<std::string> job);

  private:
    struct job_state;

    void print_reports();
    void cancel_all();
    penstock::awaitable<void> wait_for_all();

    penstock::executor ex_;
    std::size_t at_once_;
    output* out_;
    std::deque<std::shared_ptr<job_state>> jobs_; // not printed yet, in order
    std::size_t running_ = 0;
    std::exception_ptr failed_; // the first in time
    penstock::wait_list ended_;
};

} // namespace tool
