// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/get_object.hpp>

namespace test {

/// All that the header of a GET's answer says.
struct get_object_head : penstock::s3::get_object_body {
    get_object_head() = default;

    penstock::s3::object_metadata metadata;
};

inline penstock::result<get_object_head> parse_get_object(const penstock::s3::get_object_options& asked,
                                                          const penstock::http::response_head& head,
                                                          std::string_view error_body = {}) {
    const auto body = penstock::s3::detail::parse_get_object_body(asked, head, error_body);
    if (!body) return body.error();
    get_object_head found;
    static_cast<penstock::s3::get_object_body&>(found) = *body;
    found.metadata = penstock::s3::detail::metadata_of(head, *body);
    return found;
}

} // namespace test
