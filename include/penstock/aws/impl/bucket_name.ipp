// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/bucket_name.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <string>

namespace penstock::aws {

PENSTOCK_DECL bool valid_bucket_name(std::string_view bucket) noexcept {
    const auto at_end = [](char c) { return penstock::detail::is_letter(c) || penstock::detail::is_digit(c); };
    return !bucket.empty() && bucket.size() <= 255 && at_end(bucket.front()) && at_end(bucket.back()) &&
           std::all_of(bucket.begin(), bucket.end(),
                       [at_end](char c) { return at_end(c) || c == '.' || c == '-' || c == '_'; });
}

PENSTOCK_DECL error_detail bad_bucket_name(std::string_view bucket) {
    error_detail d;
    d.message = "'" + printable(bucket, 64) + "' cannot be the name of a bucket";
    d.hint = "bucket names are made of letters, digits, '.', '-' and '_'";
    return d;
}

} // namespace penstock::aws
