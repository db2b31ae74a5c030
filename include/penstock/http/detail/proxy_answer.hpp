// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <string>
#include <utility>

namespace penstock::http::detail {

/// What a proxy refused by. What may pass is `errc::connect_failed`, to be tried again.
inline failure proxy_refusal(const response_head& head, const std::string& proxy_url, bool authorized) {
    error_detail d; // without the status: it is not the store's
    d.operation = "connect";
    d.message = "the proxy " + proxy_url + " answered " + std::to_string(head.status);
    if (!head.reason.empty()) d.message += " " + printable(head.reason, 80);
    if (head.status != 407)
        d.hint = "the proxy decides whom it connects to; hosts that need none belong into NO_PROXY";
    else if (authorized)
        d.hint = "check the proxy's user and password";
    else
        d.hint = "give the proxy a user and password: http://user:password@host:port";
    return failure{head.status >= 500 ? errc::connect_failed : errc::proxy_refused, std::move(d)};
}

} // namespace penstock::http::detail
