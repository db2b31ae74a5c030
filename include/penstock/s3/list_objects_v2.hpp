// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/entity_tag.hpp>
#include <penstock/s3/owner.hpp>
#include <penstock/s3/request_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
class list_objects_options : public request_options<list_objects_options> {
  public:
    list_objects_options() = default;

    list_objects_options& prefix(std::string v) { return prefix_ = std::move(v), *this; }
    /// Keys that go on after the prefix and then hold this text are rolled up into one common prefix.
    list_objects_options& delimiter(std::string v) { return delimiter_ = std::move(v), *this; }
    /// Only keys after this one, in the store's order.
    list_objects_options& start_after(std::string v) { return start_after_ = std::move(v), *this; }
    /// At most this many keys and prefixes a page; stores give at most 1,000. None: the store decides.
    list_objects_options& max_keys(std::uint32_t n) { return max_keys_ = n, *this; }
    /// Where a former page ended: its `next_continuation_token`.
    list_objects_options& continuation_token(std::string v) {
        return continuation_token_ = std::move(v), *this;
    }
    list_objects_options& fetch_owner(bool on) { return fetch_owner_ = on, *this; }
    /// Ask for percent-encoded keys, which alone survive XML when they hold control characters. On; off is
    /// for stores that get it wrong.
    list_objects_options& encode_keys(bool on) { return encode_keys_ = on, *this; }

    const std::string& prefix() const noexcept { return prefix_; }
    const std::string& delimiter() const noexcept { return delimiter_; }
    const std::string& start_after() const noexcept { return start_after_; }
    const std::optional<std::uint32_t>& max_keys() const noexcept { return max_keys_; }
    const std::string& continuation_token() const noexcept { return continuation_token_; }
    bool fetch_owner() const noexcept { return fetch_owner_; }
    bool encode_keys() const noexcept { return encode_keys_; }

  private:
    std::string prefix_;
    std::string delimiter_;
    std::string start_after_;
    std::string continuation_token_;
    std::optional<std::uint32_t> max_keys_;
    bool fetch_owner_ = false;
    bool encode_keys_ = true;
};

/// One object as a list shows it. Text is empty where the store said nothing.
struct object_summary {
    object_summary() = default;

    std::string key; ///< decoded
    std::optional<std::uint64_t> size;
    entity_tag etag;
    std::optional<wall_time> last_modified;
    std::string storage_class;
    std::optional<s3::owner> owner;
    std::vector<std::string> checksum_algorithms;
    std::string checksum_type;
};

/// One page. Prefix, delimiter, start-after, keys and common prefixes are decoded.
struct list_objects_page {
    list_objects_page() = default;

    std::vector<object_summary> objects;
    std::vector<std::string> common_prefixes;

    bool is_truncated = false;
    std::string next_continuation_token; ///< never empty when truncated
    bool is_first_version = false;       ///< an answer of ListObjects' first version, whose markers stand for tokens

    std::string name;
    std::string prefix;
    std::string delimiter;
    std::string start_after;
    std::string continuation_token;
    std::string encoding_type;
    std::optional<std::uint64_t> max_keys;
    std::optional<std::uint64_t> key_count;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`.
PENSTOCK_DECL operation make_list_objects_v2(std::string_view bucket,
                                             const list_objects_options& options = {});

/// Errors: `errc::malformed_xml` (with its place), `errc::malformed_response` (another document, an object
/// without a key, a size that is no number, more pages announced but no token to get them): never a short
/// list for a whole one.
PENSTOCK_DECL result<list_objects_page> parse_list_objects_v2(const http::response_head& head,
                                                              std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_objects_v2.ipp>
#endif
