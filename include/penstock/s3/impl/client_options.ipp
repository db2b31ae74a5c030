// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client_options.hpp>

#include <penstock/core/rate_limiter.hpp>

#include <penstock/aws/anonymous_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/s3/request_options.hpp>

namespace penstock::s3 {

PENSTOCK_DECL client_options& client_options::credentials(std::string access_key_id, std::string secret_access_key,
                                                          std::string session_token) {
    return credentials(aws::make_static_credentials_provider(std::move(access_key_id), std::move(secret_access_key),
                                                             std::move(session_token)));
}

PENSTOCK_DECL client_options& client_options::header(std::string_view name, std::string_view value) {
    detail::add_extra_header(headers_, name, value);
    return *this;
}

PENSTOCK_DECL client_options& client_options::anonymous() {
    return credentials(aws::make_anonymous_credentials_provider());
}

PENSTOCK_DECL client_options& client_options::read_rate(double per_second, duration doubling_time) {
    return read_rate(rate_limiter::create(per_second, doubling_time));
}
PENSTOCK_DECL client_options& client_options::write_rate(double per_second, duration doubling_time) {
    return write_rate(rate_limiter::create(per_second, doubling_time));
}

} // namespace penstock::s3
