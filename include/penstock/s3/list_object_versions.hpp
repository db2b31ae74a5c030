// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/detail/listing_guard.hpp>
#include <penstock/s3/list_objects_v2.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

class client;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
class list_object_versions_options : public request_options<list_object_versions_options> {
  public:
    list_object_versions_options() = default;

    list_object_versions_options& prefix(std::string v) { return prefix_ = std::move(v), *this; }
    list_object_versions_options& delimiter(std::string v) { return delimiter_ = std::move(v), *this; }
    /// Where a former page ended: its `next_key_marker` and `next_version_id_marker`.
    list_object_versions_options& markers(std::string key, std::string version_id) {
        return key_marker_ = std::move(key), version_id_marker_ = std::move(version_id), *this;
    }
    list_object_versions_options& max_keys(std::uint32_t n) { return max_keys_ = n, *this; }

    const std::string& prefix() const noexcept { return prefix_; }
    const std::string& delimiter() const noexcept { return delimiter_; }
    const std::string& key_marker() const noexcept { return key_marker_; }
    const std::string& version_id_marker() const noexcept { return version_id_marker_; }
    const std::optional<std::uint32_t>& max_keys() const noexcept { return max_keys_; }

  private:
    std::string prefix_;
    std::string delimiter_;
    std::string key_marker_;
    std::string version_id_marker_;
    std::optional<std::uint32_t> max_keys_;
};

/// One version of an object, or the mark that it was deleted.
struct version_summary : object_summary {
    version_summary() = default;

    std::string version_id; ///< "null" for what was written without versioning
    bool is_latest = false;
    bool delete_marker = false; ///< then there are neither size nor ETag
};

/// One page. Prefix, delimiter, keys, key markers and common prefixes are decoded.
struct list_object_versions_page {
    list_object_versions_page() = default;

    std::vector<version_summary> versions; ///< delete markers among them, in the store's order: the latest of a key first
    std::vector<std::string> common_prefixes;
    bool is_truncated = false;
    std::string next_key_marker; ///< never empty when truncated
    std::string next_version_id_marker;

    std::string name;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string version_id_marker;
    std::string encoding_type;
    std::optional<std::uint64_t> max_keys;
};

namespace detail {

class client_state;
struct operation;

/// Throws `errc::missing_bucket`.
PENSTOCK_DECL operation make_list_object_versions(std::string_view bucket,
                                                  const list_object_versions_options& options = {});

/// Errors: as `parse_list_objects_v2`; a version without an id is one.
PENSTOCK_DECL result<list_object_versions_page> parse_list_object_versions(const http::response_head& head,
                                                                           std::string_view body);

} // namespace detail

/// The pages of a listing of versions, one request each. Holds one page at most.
class version_lister {
  public:
    /// The next page; none after the last. Throws `error`; after an error or a cancellation the same page is asked for
    /// again. An entry that is not under the prefix, markers that come again, and a thousand pages without an entry are
    /// `errc::malformed_response`.
    PENSTOCK_DECL awaitable<std::optional<list_object_versions_page>> next();

    PENSTOCK_DECL version_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                 list_object_versions_options options);

  private:
    PENSTOCK_DECL void check(const list_object_versions_page& page);

    std::shared_ptr<detail::client_state> client_;
    std::string bucket_;
    list_object_versions_options options_;
    bool ended_ = false;
    detail::listing_guard guard_;
};

/// All versions of the objects under a prefix: the address's key, unless the options name one. Nothing is sent before the
/// first `next`. Needs the permission s3:ListBucketVersions; directory buckets have no versions.
PENSTOCK_DECL version_lister list_object_versions(const client& c, object_address prefix,
                                                  list_object_versions_options options = list_object_versions_options());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_object_versions.ipp>
#endif
