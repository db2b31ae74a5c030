// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <map>
#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
class get_object_tagging_options : public request_options<get_object_tagging_options> {
  public:
    get_object_tagging_options() = default;

    get_object_tagging_options& version_id(std::string id) { return version_id_ = std::move(id), *this; }
    const std::string& version_id() const noexcept { return version_id_; }

  private:
    std::string version_id_;
};

using object_tags = std::map<std::string, std::string>;

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_get_object_tagging(const object_address& object, const get_object_tagging_options& options = {});

PENSTOCK_DECL result<object_tags> parse_get_object_tagging(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/get_object_tagging.ipp>
#endif
