// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock {

/// The checksum of an object in parts, from those of its parts, which are added in their order.
///
/// `full_object` is what the whole would have as one piece; `composite` the checksum of the parts' values, with "-N".
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
class part_checksums {
  public:
    /// Throws `errc::invalid_option` for `full_object` of what is no CRC.
    PENSTOCK_DECL part_checksums(checksum_algorithm a, checksum_type type);

    checksum_algorithm algorithm() const noexcept { return algorithm_; }
    checksum_type type() const noexcept { return type_; }
    std::size_t parts() const noexcept { return parts_; }

    /// `value` in base64. False, and nothing is added, where it is none of this algorithm.
    PENSTOCK_DECL bool add(std::string_view value, std::uint64_t size);

    /// In base64, with "-N" where composite.
    PENSTOCK_DECL std::string finish();

  private:
    checksum_algorithm algorithm_;
    checksum_type type_;
    std::size_t parts_ = 0;
    std::uint64_t crc_ = 0;
    checksum_hasher values_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/checksum/impl/part_checksums.ipp>
#endif
