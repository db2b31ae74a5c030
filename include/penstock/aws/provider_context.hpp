// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/http/proxy_options.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/http/tls_context.hpp>
#include <penstock/http/transport_options.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::aws {

/// What credentials providers know the world by. All members may be used from several threads at once, for a provider
/// is: a test's own must bear that where its test has threads.
class provider_context {
  public:
    /// The machine's: its clock, its files, the process's environment, connections by c-ares, TCP and TLS.
    PENSTOCK_DECL provider_context();

    provider_context& env(environment v) { return env_ = std::move(v), *this; }
    provider_context& read_file(penstock::file_reader v) { return read_file_ = std::move(v), *this; }
    provider_context& clock(std::shared_ptr<clock_source> v) { return clock_ = std::move(v), *this; }
    /// Seeds every provider's own jitter; null for one that nobody can repeat.
    provider_context& random(std::shared_ptr<random_source> v) { return random_ = std::move(v), *this; }
    /// Whom HTTPS services are trusted by; unsaid: AWS_CA_BUNDLE, else the system's.
    provider_context& tls(http::tls_options v) { return tls_ = std::move(v), *this; }
    /// Which proxy services are reached through; unsaid: the environment's.
    provider_context& proxy(http::proxy_options v) { return proxy_ = std::move(v), *this; }
    /// The same without a proxy: a link-local service is not behind one.
    provider_context direct() const { return provider_context{*this}.proxy(http::proxy_options()); }
    /// Makes the connector of one call, on the executor of who awaits it. Replaces resolver, TCP and TLS.
    using connector_factory = std::function<std::shared_ptr<http::connector>(const http::transport_options&)>;
    provider_context& connect(connector_factory v) { return connect_ = std::move(v), *this; }

    /// Told of all calls to services, as `http::transport_options::observer`.
    provider_context& observer(std::shared_ptr<http::transport_observer> v) { return observer_ = std::move(v), *this; }
    /// Makes the resolver of one call, likewise. Not asked where `connect` replaces connecting, but by providers that must
    /// know where a name leads.
    using resolver_factory = std::function<std::shared_ptr<http::resolver>()>;
    provider_context& resolver(resolver_factory v) { return resolver_ = std::move(v), *this; }

    const environment& env() const noexcept { return env_; }
    const penstock::file_reader& read_file() const noexcept { return read_file_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    const http::tls_options& tls() const noexcept { return tls_; }
    /// A source of its own for one provider.
    PENSTOCK_DECL std::shared_ptr<random_source> make_random() const;

    /// One request to a service, as `http::fetch`; `how` limits connecting.
    PENSTOCK_DECL awaitable<http::document> call(http::origin to, http::request asked, std::string body,
                                                 http::fetch_options limits = {}, http::transport_options how = {}) const;
    /// The addresses of a name, as `http::resolver::resolve`.
    PENSTOCK_DECL awaitable<std::vector<asio::ip::address>> resolve(std::string host) const;

  private:
    std::shared_ptr<http::resolver> make_resolver() const;

    environment env_;
    penstock::file_reader read_file_ = read_small_file;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    http::tls_options tls_;
    std::optional<http::proxy_options> proxy_;
    connector_factory connect_;
    resolver_factory resolver_;
    std::shared_ptr<http::transport_observer> observer_;
};

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/provider_context.ipp>
#endif
