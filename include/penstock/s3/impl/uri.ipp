// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/uri.hpp>

#include <penstock/aws/access_point.hpp>
#include <penstock/aws/arn.hpp>
#include <penstock/aws/bucket_name.hpp>
#include <penstock/http/header_list.hpp>

namespace penstock::s3 {
namespace detail {

inline failure url_failure(errc code, std::string_view url, std::string message, std::string hint) {
    error_detail d;
    d.object = url;
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

/// Where the bucket ends in "bucket/key". An ARN has a slash or a colon of its own before the access point's name.
inline std::size_t end_of_bucket(std::string_view path) noexcept {
    if (!aws::is_arn(path)) return path.find('/');
    std::size_t at = 0;
    for (int colons = 0; colons < 5; ++colons) {
        const auto colon = path.find(':', at);
        if (colon == std::string_view::npos) return path.find('/');
        at = colon + 1;
    }
    const auto type_end = path.find_first_of(":/", at);
    return type_end == std::string_view::npos ? type_end : path.find('/', type_end + 1);
}

inline object_address address_of(std::string_view path, std::size_t slash) {
    object_address found;
    found.bucket = path.substr(0, slash);
    if (slash != std::string_view::npos) found.key = path.substr(slash + 1);
    return found;
}

/// A bucket of a URL that is an ARN.
inline failure check_arn(std::string_view bucket) {
    if (bucket.find('@') != std::string_view::npos || !aws::parse_arn(bucket)) // "arn" may be a key's id
        return url_failure(errc::invalid_url, {}, "the bucket's part of the URL begins like an ARN and is none",
                           "write s3://arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/key");
    const auto point = aws::parse_access_point(bucket);
    return point ? failure{} : point.error();
}

} // namespace detail

PENSTOCK_DECL result<object_address> parse_url(std::string_view url) {
    const auto colon = url.find(':');
    const auto scheme = colon == std::string_view::npos ? std::string_view{} : url.substr(0, colon);
    const bool known =
        http::iequals(scheme, "s3") || http::iequals(scheme, "s3a") || http::iequals(scheme, "s3n");
    const auto rest = url.substr(known ? colon + 1 : 0);
    if (!known || !rest.starts_with("//")) {
        if (url.starts_with('{'))
            return detail::url_failure(errc::invalid_url, {}, "a JSON spec is no URL",
                                       "give it to open_source or create_sink, or to s3::parse_json_spec");
        // Other URLs may hold secrets too: a user part, or a signature in the query.
        const auto shown = url.find('@') == std::string_view::npos ? url.substr(0, url.find('?')) : "";
        return detail::url_failure(errc::invalid_url, shown, "not an S3 URL", "write s3://bucket/key");
    }
    const auto path = rest.substr(2);
    const auto slash = detail::end_of_bucket(path);
    const auto bucket = path.substr(0, slash);
    if (bucket.empty())
        return detail::url_failure(errc::missing_bucket, url, {}, "write s3://bucket/key, with two slashes");
    if (aws::is_arn(bucket)) {
        if (auto why = detail::check_arn(bucket)) return why;
        return detail::address_of(path, slash);
    }
    // "key:secret@bucket": a slash in the secret may have hidden the '@'.
    if (bucket.find_first_of(":@") != std::string_view::npos)
        return detail::url_failure(
            errc::invalid_url, {}, "the bucket's part of the URL has a ':' or '@'",
            "an S3 URL holds no credentials: give them by environment, profile or option");
    if (!aws::valid_bucket_name(bucket)) {
        auto d = aws::bad_bucket_name(bucket);
        d.object = url;
        return failure{errc::invalid_url, std::move(d)};
    }
    return detail::address_of(path, slash);
}

PENSTOCK_DECL object_address::object_address(std::string_view url) : object_address{parse_url(url).value()} {}

} // namespace penstock::s3
