// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/response_head.hpp>
#include <penstock/s3/checksum_options.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_attributes.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// What a write does where an object may be there already.
enum class write_mode : std::uint8_t {
    replace,         ///< writes, whatever is there; only under conditions that are given
    create_only,     ///< fails with `errc::precondition_failed` where there is an object
    if_unchanged,    ///< fails so unless the object still has the ETag of `if_match`
    append_to_prefix ///< the address names a prefix: a new object below it, with a key of its own
};

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
class put_object_options : public request_options<put_object_options>,
                           public object_attributes<put_object_options>,
                           public checksum_options<put_object_options>,
                           public encryption_options<put_object_options>,
                           public write_conditions<put_object_options> {
  public:
    put_object_options() = default;

    /// For a writer: how many bytes it will be given, where that is known. Parts then have one size by which 10,000 of them
    /// suffice, and another number of bytes is `errc::body_too_long` or, at `commit`, `errc::body_too_short`. Where these
    /// parts are larger than `client_options::part_size`, and than a quarter of the memory budget, `errc::budget_exceeded`
    /// at once: one could wait for memory for ever.
    put_object_options& content_length(std::uint64_t bytes) { return content_length_ = bytes, *this; }
    const std::optional<std::uint64_t>& content_length() const noexcept { return content_length_; }

    /// Modes other than `replace` are conditional writes. A store that is known to ignore these
    /// (`client_options::capabilities`) is `errc::unsupported`; one that is not known to may overwrite.
    put_object_options& mode(write_mode m) { return mode_ = m, *this; }
    /// With `append_to_prefix`: what the key ends in, as ".jsonl.gz". It begins with the prefix, and goes on with the time
    /// (UTC, to the second) and 80 random bits, so that keys of one writer sort by time.
    put_object_options& key_suffix(std::string v) { return key_suffix_ = std::move(v), *this; }

    write_mode mode() const noexcept { return mode_; }
    const std::string& key_suffix() const noexcept { return key_suffix_; }

  private:
    std::optional<std::uint64_t> content_length_;
    write_mode mode_ = write_mode::replace;
    std::string key_suffix_;
};

/// What a store says about an object (or a part) that it just took.
struct put_object_result {
    put_object_result() = default;

    std::string key; ///< where the store was told to write: of interest with `write_mode::append_to_prefix`
    entity_tag etag;
    std::string version_id;
    object_checksums checksums;
    std::string server_side_encryption;
};

namespace detail {

struct operation;

/// `body`: pieces that must stay valid until the operation ends; none for an empty object. Throws
/// `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_put_object(const object_address& object,
                                        std::vector<std::span<const std::byte>> body,
                                        const put_object_options& options = {});

PENSTOCK_DECL result<put_object_result> parse_put_object(const http::response_head& head,
                                                         std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/put_object.ipp>
#endif
