// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/crc.hpp>

#include <penstock/checksum/detail/crc_kernels.hpp>

namespace penstock {
namespace detail {

inline crc_kernel best_crc_kernel(std::size_t size) noexcept {
    if (size >= 128) // below that the table has no rival
        for (const auto kernel : {crc_kernel::wide_folding, crc_kernel::folding})
            if (usable(kernel)) return kernel;
    return crc_kernel::table;
}

template <class P>
typename P::word crc_of(std::span<const std::byte> bytes, typename P::word before) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    return ~crc_by<P>(best_crc_kernel(bytes.size()), ~before, at, bytes.size());
}

} // namespace detail

PENSTOCK_DECL std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    return detail::crc_of<detail::crc32_polynomial>(bytes, before);
}
PENSTOCK_DECL std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
    return detail::crc_of<detail::crc32c_polynomial>(bytes, before);
}
PENSTOCK_DECL std::uint64_t crc64nvme(std::span<const std::byte> bytes, std::uint64_t before) noexcept {
    return detail::crc_of<detail::crc64nvme_polynomial>(bytes, before);
}

PENSTOCK_DECL std::uint32_t combine_crc32(std::uint32_t first, std::uint32_t second, std::uint64_t second_size) noexcept {
    return detail::crc32_polynomial::combine(first, second, second_size);
}
PENSTOCK_DECL std::uint32_t combine_crc32c(std::uint32_t first, std::uint32_t second, std::uint64_t second_size) noexcept {
    return detail::crc32c_polynomial::combine(first, second, second_size);
}
PENSTOCK_DECL std::uint64_t combine_crc64nvme(std::uint64_t first, std::uint64_t second,
                                              std::uint64_t second_size) noexcept {
    return detail::crc64nvme_polynomial::combine(first, second, second_size);
}

} // namespace penstock
