// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/owner.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
class list_parts_options : public request_options<list_parts_options> {
  public:
    list_parts_options() = default;

    /// Only parts after this number.
    list_parts_options& part_number_marker(std::uint64_t n) { return part_number_marker_ = n, *this; }
    list_parts_options& max_parts(std::uint32_t n) { return max_parts_ = n, *this; }

    const std::optional<std::uint64_t>& part_number_marker() const noexcept { return part_number_marker_; }
    const std::optional<std::uint32_t>& max_parts() const noexcept { return max_parts_; }

  private:
    std::optional<std::uint64_t> part_number_marker_;
    std::optional<std::uint32_t> max_parts_;
};

struct part_summary {
    part_summary() = default;

    std::uint32_t number = 0; ///< 1 to 10,000
    entity_tag etag;
    std::optional<std::uint64_t> size;
    std::optional<wall_time> last_modified;
    object_checksums checksums;
};

struct list_parts_page {
    list_parts_page() = default;

    std::vector<part_summary> parts;
    bool is_truncated = false;
    std::optional<std::uint64_t> next_part_number_marker; ///< always there when truncated

    std::string bucket;
    std::string key;
    std::string upload_id;
    std::string storage_class;
    std::optional<s3::owner> owner;
    std::optional<s3::owner> initiator;
    std::optional<std::uint64_t> part_number_marker;
    std::optional<std::uint64_t> max_parts;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_list_parts(const object_address& object, std::string_view upload_id,
                                        const list_parts_options& options = {});

PENSTOCK_DECL result<list_parts_page> parse_list_parts(const http::response_head& head,
                                                       std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_parts.ipp>
#endif
