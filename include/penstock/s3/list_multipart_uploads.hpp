// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/owner.hpp>
#include <penstock/s3/request_options.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
class list_multipart_uploads_options : public request_options<list_multipart_uploads_options> {
  public:
    list_multipart_uploads_options() = default;

    list_multipart_uploads_options& prefix(std::string v) { return prefix_ = std::move(v), *this; }
    list_multipart_uploads_options& delimiter(std::string v) { return delimiter_ = std::move(v), *this; }
    /// Where a former page ended: its `next_key_marker` and `next_upload_id_marker`.
    list_multipart_uploads_options& markers(std::string key, std::string upload_id) {
        return key_marker_ = std::move(key), upload_id_marker_ = std::move(upload_id), *this;
    }
    list_multipart_uploads_options& max_uploads(std::uint32_t n) { return max_uploads_ = n, *this; }

    const std::string& prefix() const noexcept { return prefix_; }
    const std::string& delimiter() const noexcept { return delimiter_; }
    const std::string& key_marker() const noexcept { return key_marker_; }
    const std::string& upload_id_marker() const noexcept { return upload_id_marker_; }
    const std::optional<std::uint32_t>& max_uploads() const noexcept { return max_uploads_; }

  private:
    std::string prefix_;
    std::string delimiter_;
    std::string key_marker_;
    std::string upload_id_marker_;
    std::optional<std::uint32_t> max_uploads_;
};

struct upload_summary {
    upload_summary() = default;

    std::string key; ///< decoded
    std::string upload_id;
    std::optional<wall_time> initiated;
    std::string storage_class;
    std::optional<s3::owner> owner;
    std::optional<s3::owner> initiator;
};

/// One page. Prefix, delimiter, keys, key markers and common prefixes are decoded.
struct list_multipart_uploads_page {
    list_multipart_uploads_page() = default;

    std::vector<upload_summary> uploads;
    std::vector<std::string> common_prefixes;
    bool is_truncated = false;
    std::string next_key_marker; ///< never empty when truncated
    std::string next_upload_id_marker;

    std::string bucket;
    std::string prefix;
    std::string delimiter;
    std::string key_marker;
    std::string upload_id_marker;
    std::string encoding_type;
    std::optional<std::uint64_t> max_uploads;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`.
PENSTOCK_DECL operation make_list_multipart_uploads(std::string_view bucket,
                                                    const list_multipart_uploads_options& options = {});

PENSTOCK_DECL result<list_multipart_uploads_page>
parse_list_multipart_uploads(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_multipart_uploads.ipp>
#endif
