// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/provider_context.hpp>

#include <penstock/aws/detail/trust.hpp>

#include <utility>

namespace penstock::aws {

PENSTOCK_DECL provider_context::provider_context() : clock_{make_system_clock()} {}

PENSTOCK_DECL std::shared_ptr<random_source> provider_context::make_random() const {
    return random_ ? make_seeded_random(random_->next()) : make_system_random();
}

PENSTOCK_DECL std::shared_ptr<http::resolver> provider_context::make_resolver() const {
    return resolver_ ? resolver_() : http::make_cares_resolver();
}

PENSTOCK_DECL awaitable<std::vector<asio::ip::address>> provider_context::resolve(std::string host) const {
    const auto names = make_resolver();
    co_return co_await names->resolve(std::move(host));
}

PENSTOCK_DECL awaitable<http::document> provider_context::call(http::origin to, http::request asked, std::string body,
                                                               http::fetch_options limits,
                                                               http::transport_options how) const {
    how.observer(observer_);
    limits.observer(observer_);
    const auto make = [&] {
        auto tls = detail::trust(tls_, env_.get("AWS_CA_BUNDLE").value_or(""));
        const auto variable = [this](const std::string& name) { return env_.get(name); };
        auto proxies = proxy_ ? *proxy_ : http::read_proxy_environment(variable);
        return http::make_connector(make_resolver(), std::move(tls), how, clock_, std::move(proxies));
    };
    auto connector = connect_ ? connect_(how) : make();
    return http::fetch(std::move(connector), std::move(to), std::move(asked), std::move(body), clock_, limits);
}

} // namespace penstock::aws
