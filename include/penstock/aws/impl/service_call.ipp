// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/service_call.hpp>

#include <penstock/core/as_result.hpp>

#include <utility>
#include <vector>

namespace penstock::aws::detail {

inline attempt_record attempt_of(const failure& why, duration took) {
    attempt_record a;
    a.code = why.code();
    a.http_status = why.detail().http_status;
    a.service_code = why.detail().service_code;
    a.duration = std::chrono::duration_cast<std::chrono::milliseconds>(took);
    return a;
}

PENSTOCK_DECL awaitable<http::document> call_service(provider_context context, service_call call) {
    const auto clock = context.clock();
    retry_strategy retry{call.retry, context.make_random()};
    auto session = retry.begin(clock->now());
    std::vector<attempt_record> attempts;
    for (;;) {
        const auto began = clock->now();
        auto asking = context.call(call.to.to, call.ask(), call.body, call.limits);
        auto answer = co_await as_result(std::move(asking));
        failure why;
        if (!answer)
            why = answer.error();
        else if (call.look)
            why = call.look(*answer);
        if (!why) co_return std::move(*answer);
        attempts.push_back(attempt_of(why, clock->now() - began));
        if (answer && call.mend && call.mend(why, *answer)) continue;
        const auto pause = retry.next(session, why, clock->now());
        if (!pause) {
            throw_failure(why.with([&](error_detail& d) {
                d.endpoint = call.to.url();
                d.attempts = std::move(attempts);
            }));
        }
        co_await sleep_for(clock, *pause);
    }
}

} // namespace penstock::aws::detail
