// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/request_options.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

/// `request_options::time_limit`. Requests keep to it by themselves (`client_state::execute`); a call of more than one, or
/// one that reads a body, is wrapped by `as_one_call`.
namespace penstock::s3::detail {

inline duration time_left(const request_settings& said, steady_time now) {
    const auto ends = said.ends.value_or(steady_time::max());
    return std::min(ends - now, said.time_limit.value_or(duration::max()));
}

inline failure out_of_time(const request_settings& said, std::string_view doing) {
    using std::chrono::milliseconds;
    const auto ms = std::chrono::duration_cast<milliseconds>(said.time_limit.value_or(duration::zero())).count();
    std::string what = "not done within " + std::to_string(ms) + " ms";
    if (!doing.empty()) what.append(": it was ").append(doing);
    return failure{errc::deadline_exceeded, std::move(what), "see request_options::time_limit"};
}

template <class Options, class Start>
auto run_as_one_call(std::shared_ptr<clock_source> clock, Options options, const char* last, Start start) -> decltype(start(std::move(options))) {
    using T = typename decltype(start(std::move(options)))::value_type;
    const auto limit = *options.settings()->time_limit;
    auto said = std::make_shared<request_settings>(*options.settings());
    said->ends = later(clock->now(), limit);
    options.settings(said);
    penstock::detail::outcome_of<T> out;
    auto running = start(std::move(options));
    auto stored = penstock::detail::store_outcome(std::move(running), &out);
    const bool cut = co_await penstock::detail::run_with_limit(std::move(stored), limit, std::move(clock));
    if (out.failed) {
        const auto why = to_failure(out.failed);
        // A request that ran out of time says where it stood.
        if (cut && why.code() == condition::cancelled) throw_failure(out_of_time(*said, last));
        std::rethrow_exception(out.failed);
    }
    if constexpr (!std::is_void_v<T>) co_return std::move(*out.value);
}

/// `start(options)`, a call with these options, for no longer than their time limit. Without one there is no coroutine
/// between. `last` says what it does between and after its requests.
template <class Options, class Start>
auto as_one_call(const std::shared_ptr<clock_source>& clock, Options options, const char* last, Start start)
    -> decltype(start(std::move(options))) {
    if (!options.settings() || !options.settings()->time_limit) return start(std::move(options));
    return run_as_one_call(clock, std::move(options), last, std::move(start));
}

} // namespace penstock::s3::detail
