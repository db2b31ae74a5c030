// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/origin.hpp>
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
};

/// Resolver, TCP and TLS: every address in turn until one answers. The TLS context is made when the first TLS
/// connection is.
PENSTOCK_DECL std::shared_ptr<connector> make_connector(std::shared_ptr<resolver> names, tls_options tls,
                                                        transport_options limits,
                                                        std::shared_ptr<clock_source> clock);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/connector.ipp>
#endif
