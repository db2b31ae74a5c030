// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/s3/detail/region_redirect.hpp>
#include <penstock/s3/detail/request_observation.hpp>

#include <utility>

// The part of client_state that looks for the region of a bucket.
namespace penstock::s3::detail {

/// Empty where the store does not say it, or cannot be reached: whoever needs the region goes on without, and meets what
/// is wrong himself.
PENSTOCK_DECL awaitable<std::string> client_state::find_region(std::string bucket) {
    std::string found;
    interpreter look = [&found](const http::response_head& head, std::string_view) {
        found = region_in(head);
        return failure{};
    };
    auto asked = execute(make_find_region(bucket), answer_kind::document, std::move(look));
    penstock::detail::attempt answered{std::move(asked)};
    co_await answered.run();
    if (!answered && answered.error().code() == condition::cancelled) throw_failure(answered.error());
    co_return found;
}

PENSTOCK_DECL awaitable<void> client_state::settle_region(std::string bucket) {
    const auto turns = places_.turn(bucket);
    const auto turn = co_await turns->acquire(1);
    if (places_.knows(bucket)) co_return;
    auto region = co_await find_region(bucket);
    // A wrong guess is put right by the answer to what follows.
    places_.learn(bucket, region.empty() ? places_.settings().region : std::move(region));
}

PENSTOCK_DECL awaitable<endpoint_ptr> client_state::follow_region(const operation& op, endpoint_ptr where,
                                                                  const signing_identity& signing, history& past,
                                                                  failure& why) {
    const auto sign = region_sign_of(op, why);
    if (sign == region_sign::none) co_return nullptr;
    auto region = why.detail().region;
    // A session could not have been had from another region; and what is known need not be asked for.
    const bool settled = sign == region_sign::possible && (signing.session() || places_.knows(op.bucket));
    const bool just_asked = op.key.empty() && std::string_view{op.method} == "HEAD"; // another would not say more
    const bool can_ask = !settled && !past.moved && !just_asked;
    if (region.empty() && can_ask) region = co_await find_region(op.bucket);
    if (sign == region_sign::possible) {
        if (region.empty()) co_return nullptr;
        if (region == where->region) {
            places_.learn(op.bucket, std::move(region));
            co_return nullptr;
        }
    }
    if (const auto obstacle = region_obstacle(places_.settings(), *where, region, past.moved, why)) {
        why = obstacle;
        co_return nullptr;
    }
    past.moved = true;
    places_.learn(op.bucket, std::move(region));
    co_return places_.of(op);
}

/// Once for each bucket, where the caller said a region and the bucket is in another.
PENSTOCK_DECL void client_state::note_region(const std::string& bucket, std::string_view region, request_observation& seen) {
    const auto& own = places_.settings();
    if (region.empty() || own.region_is_default || region == aws::signing_region(own.region)) return;
    if (places_.first_seen_far(bucket)) seen.far_bucket(region, aws::signing_region(own.region));
}

} // namespace penstock::s3::detail
