// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/range_source.hpp>
#include <penstock/s3/conditions.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3 {

/// Which bytes of an object are asked for.
class object_range {
  public:
    enum class kind : std::uint8_t { whole, slice, from, suffix };

    /// The whole object.
    object_range() = default;
    object_range(byte_range r) : object_range{kind::slice, r.offset, r.length} {}

    /// `length` bytes (at least one) from `offset`; fewer where the object ends.
    static object_range slice(std::uint64_t offset, std::uint64_t length) {
        return {kind::slice, offset, length};
    }
    static object_range from(std::uint64_t offset) { return {kind::from, offset, 0}; }
    /// The last `length` bytes (at least one), or all where the object is shorter.
    static object_range suffix(std::uint64_t length) { return {kind::suffix, 0, length}; }

    kind what() const noexcept { return kind_; }
    std::uint64_t offset() const noexcept { return offset_; }
    std::uint64_t length() const noexcept { return length_; }

    friend bool operator==(const object_range&, const object_range&) = default;

  private:
    object_range(kind k, std::uint64_t offset, std::uint64_t length)
        : kind_{k}, offset_{offset}, length_{length} {}

    kind kind_ = kind::whole;
    std::uint64_t offset_ = 0;
    std::uint64_t length_ = 0;
};

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
class get_object_options : public request_options<get_object_options>,
                           public customer_key_options<get_object_options>,
                           public read_conditions<get_object_options> {
  public:
    get_object_options() = default;

    get_object_options& range(object_range r) { return range_ = r, *this; }
    get_object_options& version_id(std::string id) { return version_id_ = std::move(id), *this; }
    /// One part (1 to 10,000) of an object that was uploaded in parts. Excludes `range`.
    get_object_options& part_number(std::uint32_t n) { return part_number_ = n, *this; }

    /// Asks for the checksum that the store keeps, and compares it with the bytes as they are read: a reader then ends in
    /// `errc::bad_digest` in place of the last bytes. Only whole objects can be compared, by a checksum that is not
    /// composite, and single parts of those whose checksum is; `object_reader::checksum_validated` says whether it was done.
    get_object_options& checksum_mode(bool on) { return checksum_mode_ = on, *this; }

    const object_range& range() const noexcept { return range_; }
    const std::string& version_id() const noexcept { return version_id_; }
    std::uint32_t part_number() const noexcept { return part_number_; }
    bool checksum_mode() const noexcept { return checksum_mode_; }

  private:
    object_range range_;
    std::string version_id_;
    std::uint32_t part_number_ = 0;
    bool checksum_mode_ = false;
};

/// Content-Range of RFC 9110, section 14.4.
struct content_range {
    content_range() = default;

    /// None for "bytes */total".
    std::optional<byte_range> range;
    /// None for "bytes first-last/*".
    std::optional<std::uint64_t> total;
};

enum class get_object_outcome : std::uint8_t {
    whole,         ///< the body is the object
    partial,       ///< the body is `range` of the object, as asked
    range_ignored, ///< a range was asked for, but the body is the whole object: the store does not know
                   ///< ranges
    not_modified,  ///< no body: the object is what the caller has (a condition said so)
    empty,         ///< no body: a range was asked of an object of zero bytes
};

/// What the body of an answer is.
struct get_object_body {
    get_object_body() = default;

    get_object_outcome outcome = get_object_outcome::whole;
    /// Where in the object the body lies. Its length is that of the body where the store says it
    /// (Content-Length or Content-Range), which is always so but for `whole` and `range_ignored` without a
    /// Content-Length.
    byte_range range;
    std::optional<std::uint64_t> size; ///< of the whole object, where the store says it
};

namespace detail {

/// Where a caller's wish begins and ends in an object of `size` bytes.
PENSTOCK_DECL byte_range resolve(const object_range& asked, std::uint64_t size) noexcept;

struct operation;

/// "bytes=0-99", "bytes=100-" or "bytes=-100"; empty for the whole.
PENSTOCK_DECL std::string range_header(const object_range& range);
/// Adds it as field `name`. Throws `errc::invalid_option` for a range of no bytes, or one that ends beyond
/// 2^64.
PENSTOCK_DECL void add_range(operation& op, std::string_view name, const object_range& range);

/// None where `text` does not follow the grammar, or its numbers contradict each other.
PENSTOCK_DECL std::optional<content_range> parse_content_range(std::string_view text);

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_get_object(const object_address& object, const get_object_options& options = {});

/// Checks the answer against what was asked, so that no other bytes can pass for those wanted. `error_body`
/// is the body where the status is 400 or more.
///
/// Errors: `errc::malformed_response` (a 206 without or with another range than asked, lengths that
/// contradict each other), `errc::range_not_satisfiable`, `errc::precondition_failed`, else
/// `service_failure`.
PENSTOCK_DECL result<get_object_body> parse_get_object_body(const get_object_options& asked,
                                                            const http::response_head& head,
                                                            std::string_view error_body = {});

/// The metadata in an answer that `parse_get_object_body` has understood.
PENSTOCK_DECL object_metadata metadata_of(const http::response_head& head, const get_object_body& body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/get_object.ipp>
#endif
