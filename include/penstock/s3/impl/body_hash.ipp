// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/body_hash.hpp>

#include <penstock/core/detail/yield.hpp>

#include <algorithm>

namespace penstock::s3::detail {

/// Half a millisecond of SHA-256.
inline constexpr std::size_t hash_slice = std::size_t{1} << 20;

PENSTOCK_DECL awaitable<void> hash_slowly(body_pieces pieces, checksum_hasher* first, checksum_hasher* second) {
    for (auto piece : pieces) {
        while (!piece.empty()) {
            const auto slice = piece.first(std::min(piece.size(), hash_slice));
            if (first) first->update(slice);
            if (second) second->update(slice);
            piece = piece.subspan(slice.size());
            if (slice.size() == hash_slice) co_await penstock::detail::yield();
        }
    }
}

PENSTOCK_DECL awaitable<void> hash_slowly(std::shared_ptr<http::body_stream> body, checksum_hasher* first, checksum_hasher* second) {
    body->rewind();
    for (std::size_t since = 0;;) {
        const auto more = body->next();
        if (!more) throw_failure(more.error());
        if (more->empty()) break;
        if (first) first->update(*more);
        if (second) second->update(*more);
        since += more->size();
        if (since < hash_slice) continue;
        since = 0;
        co_await penstock::detail::yield();
    }
}

PENSTOCK_DECL awaitable<std::string> checksum_slowly(checksum_algorithm a, std::shared_ptr<http::body_stream> body) {
    checksum_hasher hasher{a};
    co_await hash_slowly(std::move(body), &hasher);
    co_return hasher.finish();
}

PENSTOCK_DECL awaitable<std::string> checksum_slowly(checksum_algorithm a, body_pieces pieces) {
    checksum_hasher hasher{a};
    co_await hash_slowly(std::move(pieces), &hasher);
    co_return hasher.finish();
}

} // namespace penstock::s3::detail
