// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace penstock::s3 {

/// The checksum that goes with a body, and that the store compares.
struct body_checksum {
    body_checksum() = default;

    checksum_algorithm algorithm = checksum_algorithm::crc64nvme;
    std::string value; ///< in base64; empty: computed before the body is sent

    /// Sent behind the body, computed while it is sent: one pass over it where a header field takes two. The body is then
    /// in the aws-chunked coding, which stores other than AWS may not know. Not for MD5, and not for objects in parts,
    /// whose parts are hashed before.
    bool in_trailer = false;
    std::size_t chunk_size = std::size_t{64} << 10; ///< of that coding: 8 KiB or more
    bool signed_chunks = false;                     ///< each is signed, also over TLS
};

/// The base of the options of what sends an object's bytes. By default no checksum is sent, as many stores do not know
/// them: that the bytes arrive unchanged is TLS's affair, and over plain HTTP the signature's.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
template <class Options>
class checksum_options {
  public:
    checksum_options() = default;

    /// Sent in a header field, computed before: x-amz-checksum-…, or Content-MD5.
    Options& checksum(checksum_algorithm a) { return checksum(a, {}); }
    /// Known already, in base64: of what lies on a disk, for instance.
    Options& checksum(checksum_algorithm a, std::string value) {
        checksum_.emplace();
        checksum_->algorithm = a;
        checksum_->value = std::move(value);
        return self();
    }
    /// As `body_checksum::in_trailer` says.
    Options& trailing_checksum(checksum_algorithm a) {
        checksum(a);
        checksum_->in_trailer = true;
        return self();
    }
    Options& checksum(std::optional<body_checksum> c) { return checksum_ = std::move(c), self(); }

    const std::optional<body_checksum>& checksum() const noexcept { return checksum_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    std::optional<body_checksum> checksum_;
};

} // namespace penstock::s3
