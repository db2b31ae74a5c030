// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/conditions.hpp>

#include <penstock/aws/date_time.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string quoted_etag(std::string_view etag) {
    if (etag == "*" || etag.find('"') != std::string_view::npos) return std::string{etag};
    std::string quoted{'"'};
    return quoted.append(etag).append("\"");
}

PENSTOCK_DECL void add_etag(http::header_list& headers, std::string_view name, std::string_view etag) {
    if (!etag.empty()) headers.add(name, quoted_etag(etag));
}

PENSTOCK_DECL void add_time(http::header_list& headers, std::string_view name,
                            const std::optional<wall_time>& time) {
    // Every time that the clock can hold has four digits for its year.
    if (time) headers.add(name, aws::format_http_date(aws::instant{*time}).value());
}

} // namespace penstock::s3::detail
