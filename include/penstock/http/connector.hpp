// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/proxy_options.hpp>
#include <penstock/http/request.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/http/tls_context.hpp>
#include <penstock/http/transport_options.hpp>

#include <memory>

namespace penstock::http {

/// Makes connections. The seam for proxies, tunnels and simulated networks. Belongs to one executor.
class connector {
  public:
    virtual ~connector() = default;

    /// A stream to `to`, ready for the first request. Throws `error` naming the endpoint and the step that failed.
    /// Cancellation (any type) gives up at whatever step.
    virtual awaitable<stream_ptr> connect(origin to) = 0;

    /// Null where requests to `to` are written as for the server itself. A connector over another one passes this on.
    virtual std::shared_ptr<const forwarding> forwarded(const origin& to) const {
        (void)to;
        return nullptr;
    }
};

/// Resolver, TCP (`race_connections`), proxy and TLS. The TLS context is made when the first TLS connection is; a proxy
/// that speaks TLS is trusted as the servers behind it are. A proxy finds the servers' addresses itself.
PENSTOCK_DECL std::shared_ptr<connector> make_connector(std::shared_ptr<resolver> names, tls_options tls,
                                                        transport_options limits, std::shared_ptr<clock_source> clock,
                                                        proxy_options proxies = proxy_options());

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/connector.ipp>
#endif
