// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>

#include <boost/asio/ip/address.hpp>

#include <memory>
#include <string>
#include <vector>

namespace penstock::http {

/// What a name leads to, and for how long.
struct resolved_host {
    resolved_host() = default;

    std::vector<asio::ip::address> addresses;
    duration ttl = std::chrono::seconds{5};
};

/// Names to addresses. Literal addresses never reach a resolver. Belongs to one executor.
class resolver {
  public:
    virtual ~resolver() = default;

    /// At least one address, in the order to try them. Throws `errc::host_not_found` where the name does not exist, and
    /// `errc::resolve_failed` where that could not be found out. Cancellation (any type) ends the query.
    virtual awaitable<std::vector<asio::ip::address>> resolve(std::string host) = 0;

    /// As `resolve`, for who keeps answers. A resolver that knows nothing of times gives five seconds.
    PENSTOCK_DECL virtual awaitable<resolved_host> look_up(std::string host);

    /// Told of an address that took no connection, or took longer than another to.
    virtual void unreachable(const asio::ip::address&) noexcept {}
};

/// c-ares on the caller's executor. No thread, real cancellation; the system's hosts file and resolv.conf. Asks anew each
/// time: a cache is `make_caching_resolver`'s part. `servers` instead of resolv.conf's: addresses, each with its port
/// unless that is 53, as "127.0.0.1:5353,[::1]:5353". Each server is tried twice, for `patience` and then for twice as
/// long: so one that is silent ends a query after 6 s, and three after 18. Throws `errc::invalid_option` for what is no
/// such list, and a patience below a millisecond or over a day.
PENSTOCK_DECL std::shared_ptr<resolver> make_cares_resolver(std::string servers = {},
                                                            duration patience = std::chrono::seconds{2});

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/resolver.ipp>
#endif
