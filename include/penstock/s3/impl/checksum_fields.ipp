// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/checksum_fields.hpp>

#include <penstock/s3/detail/text.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL void set_checksum(object_checksums& checksums, std::size_t index, std::string_view text) {
    std::string* const fields[checksum_field_count] = {&checksums.crc32,     &checksums.crc32c,
                                                       &checksums.crc64nvme, &checksums.sha1,
                                                       &checksums.sha256,    &checksums.type};
    if (index < checksum_field_count) *fields[index] = trimmed(text);
}

} // namespace penstock::s3::detail
