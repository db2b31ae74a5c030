// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::testing {

/// What the embedded server knows about an object beside its bytes.
struct object_record {
    object_record() = default;

    std::string key;
    std::uint64_t size = 0;
    std::string etag; ///< without quotes
    wall_time last_modified{};
    http::header_list headers;      ///< given back as they came: Content-Type, x-amz-meta-* …
    std::string checksum_algorithm; ///< "CRC32C"; empty: none
    std::string checksum;           ///< base64, with "-N" where composite
    bool checksum_composite = false;
    std::vector<std::uint64_t> part_sizes; ///< of a multipart upload
    std::string version_id;                ///< empty: the null version
    std::string tags;                      ///< as in x-amz-tagging: "a=1&b=2", percent-encoded
};

/// Bytes that do not change any more, in pieces.
class stored_bytes {
  public:
    virtual ~stored_bytes() = default;
    virtual std::uint64_t size() const noexcept = 0;
    /// Some bytes from `offset`: the storage's own memory, or `scratch` (at most `scratch.size()` bytes)
    /// filled. Empty only at the end, or where the bytes are gone (a file that was cut). Throws `error` where
    /// reading fails.
    virtual std::span<const std::byte> chunk(std::uint64_t offset, std::span<std::byte> scratch) const = 0;
};

/// An object as it was when it was found: replacing or deleting it does not change what is read here.
struct stored_object {
    stored_object() = default;
    object_record record;
    std::shared_ptr<const stored_bytes> bytes;
};

/// Bytes on their way into an object. Destroying it without putting it anywhere leaves nothing behind.
class staged_bytes : public stored_bytes {
  public:
    virtual void append(std::span<const std::byte> bytes) = 0;
    /// No more are appended: lets go of what only that needed.
    virtual void seal() noexcept {}
};

} // namespace penstock::testing
