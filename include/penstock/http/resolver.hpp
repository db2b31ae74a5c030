// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <string>
#include <vector>

namespace penstock::http {

/// Names to addresses. Literal addresses never reach a resolver. Belongs to one executor.
class resolver {
  public:
    virtual ~resolver() = default;

    /// At least one address, in the order to try them. Throws `errc::host_not_found` where the name does not exist, and
    /// `errc::resolve_failed` where that could not be found out. Cancellation (any type) ends the query.
    virtual awaitable<std::vector<asio::ip::address>> resolve(std::string host) = 0;
};

/// The default: c-ares on the caller's executor. No thread, real cancellation; the system's hosts file and
/// resolv.conf. Answers are kept for their TTL, at most five seconds.
PENSTOCK_DECL std::shared_ptr<resolver> make_cares_resolver(std::shared_ptr<clock_source> clock);

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/resolver.ipp>
#endif
