// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/http/origin.hpp>

#include <string>
#include <string_view>

namespace penstock::aws {

/// An endpoint as a user writes it, read.
struct endpoint_location {
    endpoint_location() = default;

    http::origin to;
    std::string base_path; ///< "" or "/base", in the encoding that signatures are made over
};

/// Reads "https://host", "http://127.0.0.1:9000" or "https://host/base". Throws `errc::invalid_endpoint` for
/// all else; user parts and queries, which may be secrets, are not repeated.
PENSTOCK_DECL endpoint_location parse_endpoint_url(std::string_view text);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/endpoint_url.ipp>
#endif
