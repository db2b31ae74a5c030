// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "jobs.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace tool {

namespace asio = boost::asio;
using penstock::awaitable;

struct job_list::job_state {
    asio::cancellation_signal cancel;
    bool ended = false;
    std::string report;
};

job_list::job_list(penstock::executor ex, std::size_t at_once, output& out)
    : ex_{std::move(ex)}, at_once_{at_once}, out_{&out} {}

awaitable<void> job_list::start(awaitable<std::string> job) {
    while (!failed_ && (running_ >= at_once_ || jobs_.size() >= at_once_ + max_waiting)) {
        co_await ended_.wait();
        print_reports();
    }
    if (failed_) std::rethrow_exception(failed_);

    const auto state = std::make_shared<job_state>();
    jobs_.push_back(state);
    ++running_;
    auto on_end = [this, state](std::exception_ptr failed, std::string report) {
        state->ended = true;
        if (!failed) state->report = std::move(report);
        if (failed && !failed_) failed_ = failed;
        --running_;
        ended_.notify_all();
    };
    asio::co_spawn(ex_, std::move(job), asio::bind_cancellation_slot(state->cancel.slot(), std::move(on_end)));
}

awaitable<void> job_list::run(awaitable<void> starter) {
    try {
        co_await std::move(starter);
        co_await wait_for_all();
    } catch (...) { // nothing more can be started, or we are interrupted, or nobody takes our output any more
        if (!failed_) failed_ = std::current_exception();
    }
    cancel_all();
    // Where the caller was cancelled, that has been handed on; now the jobs are waited for, come what may.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (running_ > 0) co_await ended_.wait();
    try {
        print_reports(); // what was done counts
    } catch (...) {
        if (!failed_) failed_ = std::current_exception();
    }
    if (failed_) std::rethrow_exception(failed_);
}

/// As long as nothing fails.
awaitable<void> job_list::wait_for_all() {
    while (running_ > 0 && !failed_) {
        co_await ended_.wait();
        print_reports();
    }
}

void job_list::cancel_all() {
    for (const auto& job : jobs_)
        if (!job->ended) job->cancel.emit(asio::cancellation_type::terminal);
}

void job_list::print_reports() {
    for (; !jobs_.empty() && jobs_.front()->ended; jobs_.pop_front())
        if (!jobs_.front()->report.empty()) out_->line(jobs_.front()->report);
}

} // namespace tool
