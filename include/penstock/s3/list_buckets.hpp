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

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
class list_buckets_options : public request_options<list_buckets_options> {
  public:
    list_buckets_options() = default;

    list_buckets_options& prefix(std::string v) { return prefix_ = std::move(v), *this; }
    /// Only buckets of this region.
    list_buckets_options& region(std::string v) { return region_ = std::move(v), *this; }
    /// At most this many a page. None: all at once, as every store knows it.
    list_buckets_options& max_buckets(std::uint32_t n) { return max_buckets_ = n, *this; }
    list_buckets_options& continuation_token(std::string v) {
        return continuation_token_ = std::move(v), *this;
    }

    const std::string& prefix() const noexcept { return prefix_; }
    const std::string& region() const noexcept { return region_; }
    const std::optional<std::uint32_t>& max_buckets() const noexcept { return max_buckets_; }
    const std::string& continuation_token() const noexcept { return continuation_token_; }

  private:
    std::string prefix_;
    std::string region_;
    std::string continuation_token_;
    std::optional<std::uint32_t> max_buckets_;
};

struct bucket_summary {
    bucket_summary() = default;

    std::string name;
    std::optional<wall_time> created;
    std::string region; ///< empty where the store does not say it
};

struct list_buckets_page {
    list_buckets_page() = default;

    std::vector<bucket_summary> buckets;
    std::optional<s3::owner> owner;
    std::string next_continuation_token; ///< empty: that was all
};

namespace detail {

struct operation;

PENSTOCK_DECL operation make_list_buckets(const list_buckets_options& options = {});

PENSTOCK_DECL result<list_buckets_page> parse_list_buckets(const http::response_head& head,
                                                           std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/list_buckets.ipp>
#endif
