// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/stream.hpp>
#include <penstock/http/tls_context.hpp>

#include <string>

namespace penstock::http {

/// Makes a TLS client stream over `lower` and shakes hands: `host` is what the certificate must be valid for, a name
/// (sent as SNI) or a literal address. Throws `errc::certificate_rejected` with OpenSSL's reason, `errc::tls_failed`,
/// `errc::tls_timeout` after `limit`. OpenSSL holds a record each way, 34 KiB, while the stream lives.
PENSTOCK_DECL awaitable<stream_ptr> connect_tls(stream_ptr lower, std::string host,
                                                std::shared_ptr<ssl_ctx_st> context,
                                                std::shared_ptr<clock_source> clock, duration limit);

/// The server's side: shakes hands over an accepted stream with a context that holds certificate and key.
PENSTOCK_DECL awaitable<stream_ptr> accept_tls(stream_ptr lower, std::shared_ptr<ssl_ctx_st> context,
                                               std::shared_ptr<clock_source> clock, duration limit);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/tls_stream.ipp>
#endif
