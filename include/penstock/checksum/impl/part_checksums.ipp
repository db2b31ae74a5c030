// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/part_checksums.hpp>

#include <penstock/checksum/base64.hpp>
#include <penstock/checksum/crc.hpp>

#include <utility>

namespace penstock {

PENSTOCK_DECL part_checksums::part_checksums(checksum_algorithm a, checksum_type type)
    : algorithm_{a}, type_{type}, values_{a} {
    if (type == checksum_type::full_object && !is_crc(a))
        throw_failure(failure{errc::invalid_option,
                              std::string{to_string(a)} + " of a whole object cannot be made from its parts",
                              "choose a CRC, or a composite checksum"});
}

PENSTOCK_DECL bool part_checksums::add(std::string_view value, std::uint64_t size) {
    const auto raw = from_base64(value);
    if (!raw || raw->size() != checksum_size(algorithm_)) return false;
    ++parts_;
    if (type_ == checksum_type::composite) {
        values_.update(*raw);
        return true;
    }
    std::uint64_t crc = 0;
    for (const char c : *raw) crc = crc << 8 | static_cast<unsigned char>(c);
    const auto narrow = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
    crc_ = algorithm_ == checksum_algorithm::crc32    ? combine_crc32(narrow(crc_), narrow(crc), size)
           : algorithm_ == checksum_algorithm::crc32c ? combine_crc32c(narrow(crc_), narrow(crc), size)
                                                      : combine_crc64nvme(crc_, crc, size);
    return true;
}

PENSTOCK_DECL std::string part_checksums::finish() {
    const auto parts = std::exchange(parts_, 0);
    if (type_ == checksum_type::composite) return values_.finish() + "-" + std::to_string(parts);
    const auto size = checksum_size(algorithm_);
    std::string raw(size, '\0');
    for (std::size_t i = 0; i < size; ++i) raw[i] = static_cast<char>(crc_ >> 8 * (size - 1 - i));
    crc_ = 0;
    return to_base64(as_bytes(raw));
}

} // namespace penstock
