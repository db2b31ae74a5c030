// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <string>
#include <string_view>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
class delete_object_options : public request_options<delete_object_options> {
  public:
    delete_object_options() = default;

    /// Removes this version for good; without it a versioned bucket only gets a delete marker.
    delete_object_options& version_id(std::string id) { return version_id_ = std::move(id), *this; }
    /// Only while the object has this ETag. Many stores ignore it.
    delete_object_options& if_match(std::string etag) { return if_match_ = std::move(etag), *this; }

    const std::string& version_id() const noexcept { return version_id_; }
    const std::string& if_match() const noexcept { return if_match_; }

  private:
    std::string version_id_;
    std::string if_match_;
};

struct delete_object_result {
    delete_object_result() = default;

    bool delete_marker = false; ///< a marker was made, or the version removed was one
    std::string version_id;     ///< of the marker, or of the version removed
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_delete_object(const object_address& object,
                                           const delete_object_options& options = {});

/// Deleting what is not there succeeds, as S3 has it, except under `if_match` (`errc::no_such_key`).
PENSTOCK_DECL result<delete_object_result> parse_delete_object(const http::response_head& head,
                                                               std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/delete_object.ipp>
#endif
