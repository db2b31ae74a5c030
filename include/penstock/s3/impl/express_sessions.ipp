// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/express_sessions.hpp>

#include <penstock/aws/refreshing_credentials_provider.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace penstock::s3::detail {

/// As botocore's: a session lives for five minutes.
inline aws::refresh_windows session_windows() { return {std::chrono::seconds{45}, std::chrono::seconds{10}}; }

PENSTOCK_DECL express_sessions::express_sessions(create_function create, std::shared_ptr<clock_source> clock,
                                                 std::shared_ptr<random_source> random)
    : create_{std::move(create)}, clock_{std::move(clock)}, random_{std::move(random)} {}

PENSTOCK_DECL aws::provider_ptr express_sessions::of(const std::string& bucket, const aws::credentials_ptr& who) {
    const auto found = std::find_if(known_.begin(), known_.end(), [&](const session& s) {
        return s.bucket == bucket && (s.who == who || aws::same_keys(*s.who, *who));
    });
    if (found != known_.end()) {
        std::rotate(known_.begin(), found, found + 1);
        return known_.front().provider;
    }
    auto provider = aws::make_refreshing_credentials_provider(
        "session of the directory bucket", [create = create_, bucket] { return create(bucket); }, clock_, random_,
        session_windows());
    if (known_.size() >= limit) known_.pop_back();
    known_.insert(known_.begin(), session{bucket, who, provider});
    return provider;
}

} // namespace penstock::s3::detail
