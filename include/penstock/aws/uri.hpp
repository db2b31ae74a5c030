// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one encoder for paths and queries. AWS's UriEncode: everything but A-Z a-z 0-9 - . _ ~ as %XX, upper case hex.
namespace penstock::aws {

struct query_parameter {
    query_parameter() = default;
    query_parameter(std::string name, std::string value = {}) : name{std::move(name)}, value{std::move(value)} {}

    std::string name; ///< both as they are, not encoded
    std::string value;
};

using query_parameters = std::vector<query_parameter>;

PENSTOCK_DECL void append_uri_encoded(std::string& out, std::string_view text, bool keep_slash = false);
PENSTOCK_DECL std::string uri_encode(std::string_view text, bool keep_slash = false);

/// Percent-decoding, and '+' as space only where `plus_is_space`. None where a '%' is not followed by two hex digits.
PENSTOCK_DECL std::optional<std::string> uri_decode(std::string_view text, bool plus_is_space = false);

/// Encoded, sorted by encoded name then value, every name with its '='. This form is signed and sent.
PENSTOCK_DECL std::string canonical_query(const query_parameters& parameters);

/// The parameters of an encoded query string, decoded, in their order. '+' is itself; a name or value with a broken
/// escape is kept as it stands; empty parts ("&&") are dropped.
PENSTOCK_DECL query_parameters parse_query(std::string_view query);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/uri.ipp>
#endif
