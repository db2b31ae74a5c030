// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/http/origin.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::aws::detail {

/// The parts of an http or https URL, percent-encoded as they came.
struct http_url {
    http_url() = default;

    http::origin to;
    std::string path;
    std::optional<std::string> query;
    bool has_fragment = false;
};

/// Throws `errc::invalid_endpoint` for all else, and for a user part. Neither that nor the query, which may be secrets, are
/// repeated.
PENSTOCK_DECL http_url parse_http_url(std::string_view text);

[[noreturn]] PENSTOCK_DECL void throw_endpoint(std::string_view url, std::string message);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/http_url.ipp>
#endif
