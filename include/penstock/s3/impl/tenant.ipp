// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/tenant.hpp>

#include <penstock/s3/detail/client_state.hpp>

namespace penstock::s3 {

PENSTOCK_DECL client make_tenant(const client& of, tenant_options options) {
    return detail::client_access::make(detail::make_tenant_state(detail::client_access::state(of), options));
}

PENSTOCK_DECL std::shared_ptr<detail::client_state> detail::make_tenant_state(std::shared_ptr<client_state> of,
                                                                              const tenant_options& asked) {
    auto options = of->options_;
    options.clock(of->clock_).random(of->random_).buffers(of->buffers_);
    options.budget(asked.budget() ? asked.budget() : of->budget_);
    options.request_concurrency(of->gate_.requests()).weight(asked.weight()).max_requests(asked.max_requests());
    options.retry(asked.retry() ? of->retry_.with(*asked.retry()).options() : of->retry_.options());
    auto label = asked.label().empty() ? of->metrics_->tenant() : asked.label();
    if (!label.empty()) options.metrics(of->metrics_->all());
    auto made = std::make_shared<client_state>(of->ex_, std::move(options), std::move(label));
    if (asked.budget() && !made->metrics_->tenant().empty()) made->metrics_->observe_budget(asked.budget());
    made->gate_.keep_to(asked.read_rate(), asked.write_rate());
    made->own_retry_ = asked.retry();
    made->parent_ = std::move(of);
    return made;
}

} // namespace penstock::s3
