// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sha256.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>

#include <openssl/evp.h>

#include <cstring>
#include <tuple>

namespace penstock::aws {
namespace detail {

[[noreturn]] PENSTOCK_DECL void throw_no_sha256() {
    throw_failure(failure{errc::unsupported, "OpenSSL offers no SHA-256 or HMAC",
                          "check that an OpenSSL provider with SHA-256 is loaded (openssl.cnf)"});
}

/// Every byte as its two digits: one look-up a byte.
inline constexpr auto hex_pairs = [] {
    using penstock::detail::lower_hex;
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {lower_hex[i >> 4], lower_hex[i & 15]};
    return pairs;
}();

PENSTOCK_DECL void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
    for (const auto b : bytes) out.append(hex_pairs[b].data(), 2);
}

PENSTOCK_DECL void append_hex(std::string& out, const sha256_digest& digest) {
    char text[2 * std::tuple_size_v<sha256_digest>];
    for (std::size_t i = 0; i < digest.size(); ++i) std::memcpy(text + 2 * i, hex_pairs[digest[i]].data(), 2);
    out.append(text, sizeof text);
}

} // namespace detail

PENSTOCK_DECL std::string sha256_hasher::finish_hex() { return hex(finish()); }

PENSTOCK_DECL std::string hex(std::span<const std::uint8_t> bytes) {
    std::string out;
    detail::append_hex(out, bytes);
    return out;
}

PENSTOCK_DECL sha256_digest sha256(std::string_view data) {
    sha256_digest out;
    if (EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_sha256(), nullptr) != 1)
        detail::throw_no_sha256();
    return out;
}

PENSTOCK_DECL std::string sha256_hex(std::string_view data) { return hex(sha256(data)); }

} // namespace penstock::aws
