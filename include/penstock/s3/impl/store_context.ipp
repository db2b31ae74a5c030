// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/store_context.hpp>

#include <penstock/aws/setting.hpp>
#include <penstock/s3/detail/context_scope.hpp>

#include <algorithm>
#include <thread>

namespace penstock::s3 {

PENSTOCK_DECL const detail::context_scope& detail::context_scope::root() const noexcept {
    const auto* at = this;
    while (at->parent_) at = at->parent_.get();
    return *at;
}

PENSTOCK_DECL std::uint64_t detail::default_request_concurrency(const aws::environment& env) {
    const auto said = aws::as_count(aws::first_said({aws::from_environment(env, "PENSTOCK_S3_REQUEST_CONCURRENCY"),
                                                     aws::from_environment(env, "TENSORSTORE_S3_REQUEST_CONCURRENCY")}));
    return static_cast<std::uint64_t>(said.value_or(32));
}

PENSTOCK_DECL std::shared_ptr<fair_semaphore> detail::context_scope::shared_requests() const {
    const auto& of = root();
    const auto limit = default_request_concurrency(of.env_);
    const std::lock_guard lock{of.mutex_};
    if (!of.requests_) of.requests_ = fair_semaphore::create(limit);
    return of.requests_;
}

PENSTOCK_DECL std::shared_ptr<semaphore> detail::context_scope::shared_copies() const {
    const auto& of = root();
    const std::lock_guard lock{of.mutex_};
    if (!of.copies_) of.copies_ = semaphore::create(std::max(std::thread::hardware_concurrency(), 1u));
    return of.copies_;
}

PENSTOCK_DECL store_context::store_context(aws::environment env)
    : scope_{std::make_shared<const detail::context_scope>(std::move(env))} {}

PENSTOCK_DECL std::shared_ptr<fair_semaphore> store_context::shared_requests() const { return scope_->shared_requests(); }

} // namespace penstock::s3
