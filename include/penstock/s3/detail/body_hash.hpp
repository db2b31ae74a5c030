// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/http/body_stream.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::s3::detail {

using body_pieces = std::vector<std::span<const std::byte>>;

/// In slices between which others run: a body may be gigabytes. Each hasher, where there is one, gets all of it. What the
/// pieces lie in must outlive the call.
PENSTOCK_DECL awaitable<void> hash_slowly(body_pieces pieces, checksum_hasher* first, checksum_hasher* second = nullptr);

/// The same for a body that is read for that. Throws what its reading fails with.
PENSTOCK_DECL awaitable<void> hash_slowly(std::shared_ptr<http::body_stream> body, checksum_hasher* first, checksum_hasher* second = nullptr);

/// In base64.
PENSTOCK_DECL awaitable<std::string> checksum_slowly(checksum_algorithm a, body_pieces pieces);
PENSTOCK_DECL awaitable<std::string> checksum_slowly(checksum_algorithm a, std::shared_ptr<http::body_stream> body);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/body_hash.ipp>
#endif
