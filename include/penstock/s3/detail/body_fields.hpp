// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/encryption.hpp>

#include <optional>

/// What options of checksums and encryption make of an operation.
namespace penstock::s3::detail {

/// Makes `c` the checksum of the operation's body. Throws `errc::invalid_option` for a value that is none of its
/// algorithm, and for MD5 or chunks below 8 KiB where it goes in a trailer.
PENSTOCK_DECL void set_checksum(operation& op, const std::optional<body_checksum>& c);

/// x-amz-checksum-algorithm, for what has no body itself. Throws `errc::invalid_option` for MD5, which S3 keeps for none.
PENSTOCK_DECL void add_checksum_algorithm(operation& op, const std::optional<checksum_algorithm>& a);

PENSTOCK_DECL void add_customer_key(operation& op, const customer_key& key);
PENSTOCK_DECL void add_source_key(operation& op, const customer_key& key);
/// Throws `errc::invalid_option` for settings that exclude each other.
PENSTOCK_DECL void add_encryption(operation& op, const std::optional<server_side_encryption>& e, const customer_key& key);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/body_fields.ipp>
#endif
