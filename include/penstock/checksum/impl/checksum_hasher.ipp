// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_hasher.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/crc.hpp>

namespace penstock {

PENSTOCK_DECL checksum_hasher::checksum_hasher(checksum_algorithm a) : algorithm_{a} {
    if (!is_crc(a)) hash_ = detail::hash_context{a};
}

PENSTOCK_DECL void checksum_hasher::update(std::span<const std::byte> bytes) {
    switch (algorithm_) {
    case checksum_algorithm::crc32: crc_ = crc32(bytes, static_cast<std::uint32_t>(crc_)); break;
    case checksum_algorithm::crc32c: crc_ = crc32c(bytes, static_cast<std::uint32_t>(crc_)); break;
    case checksum_algorithm::crc64nvme: crc_ = crc64nvme(bytes, crc_); break;
    default: hash_.update(bytes);
    }
}

PENSTOCK_DECL std::string checksum_hasher::finish_raw() {
    std::string out(checksum_size(algorithm_), '\0');
    if (is_crc(algorithm_)) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(crc_ >> 8 * (out.size() - 1 - i));
        crc_ = 0;
    } else {
        hash_.finish({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    }
    return out;
}

PENSTOCK_DECL std::string checksum_hasher::finish() { return to_base64(as_bytes(finish_raw())); }

PENSTOCK_DECL std::string checksum_of(checksum_algorithm a, std::span<const std::byte> bytes) {
    checksum_hasher hasher{a};
    hasher.update(bytes);
    return hasher.finish();
}

} // namespace penstock
