// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_url.hpp>

#include <penstock/aws/detail/http_url.hpp>
#include <penstock/aws/uri.hpp>

#include <utility>

namespace penstock::aws {

PENSTOCK_DECL endpoint_location parse_endpoint_url(std::string_view text) {
    auto url = detail::parse_http_url(text);
    if (url.query || url.has_fragment) detail::throw_endpoint(text, "no query or fragment is allowed");
    endpoint_location out;
    out.to = std::move(url.to);
    // In the one encoding that signatures are made over.
    out.base_path = uri_encode(uri_decode(url.path).value_or(""), true);
    while (out.base_path.ends_with('/')) out.base_path.pop_back();
    return out;
}

} // namespace penstock::aws
