// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_attributes.hpp>

#include <penstock/aws/uri.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL void add_nonempty(http::header_list& headers, std::string_view name, std::string_view value) {
    if (!value.empty()) headers.add(name, value);
}

PENSTOCK_DECL void add_metadata(http::header_list& headers,
                                const std::map<std::string, std::string>& metadata) {
    for (const auto& [name, value] : metadata) headers.add("x-amz-meta-" + name, value);
}

PENSTOCK_DECL void add_tagging(http::header_list& headers, const std::map<std::string, std::string>& tags) {
    std::string text;
    for (const auto& [name, value] : tags) {
        if (!text.empty()) text += '&';
        aws::append_uri_encoded(text, name);
        text += '=';
        aws::append_uri_encoded(text, value);
    }
    add_nonempty(headers, "x-amz-tagging", text);
}

} // namespace penstock::s3::detail
