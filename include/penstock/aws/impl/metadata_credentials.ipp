// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/metadata_credentials.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/detail/json_members.hpp>
#include <penstock/aws/detail/without_secrets.hpp>

#include <utility>

namespace penstock::aws::detail {

/// Services write "Code" and "code".
inline std::string said_as(const json_members& in, std::string_view upper, std::string_view lower) {
    auto text = member(in, upper);
    return text.empty() ? member(in, lower) : text;
}

PENSTOCK_DECL result<credentials> read_metadata_credentials(std::string_view body, const std::string& source,
                                                            std::string_view secret) {
    const std::string_view secrets[] = {secret};
    const auto read = parse_json_members(body);
    if (!read) return told_by(source, read.error());
    credentials out{member(*read, "AccessKeyId"), member(*read, "SecretAccessKey"), member(*read, "Token")};
    out.account_id = member(*read, "AccountId");
    out.source = source;
    const auto code = said_as(*read, "Code", "code");
    if (out.access_key_id.empty() && out.secret_access_key.empty() && !code.empty() && code != "Success") {
        error_detail d;
        d.service_code = without_secrets(code, secrets);
        d.message = source + ": " + without_secrets(said_as(*read, "Message", "message"), secrets);
        d.hint = "the role that is attached may not be assumed by this machine: see its trust policy";
        return failure{errc::no_credentials, std::move(d)};
    }
    for (const char* needed : {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"})
        if (member(*read, needed).empty())
            return failure{errc::invalid_credentials, source + ": the answer has no " + needed};
    const auto expiration = parse_iso8601(member(*read, "Expiration"));
    if (!expiration) return failure{errc::invalid_credentials, source + ": Expiration is no date"};
    out.expiration = expiration->to_wall_time();
    return out;
}

PENSTOCK_DECL failure status_failure(const http::document& answer, const std::string& source, std::string_view secret) {
    const std::string_view secrets[] = {secret};
    const int status = answer.head.status;
    error_detail d;
    d.http_status = status;
    d.message = source;
    if (const auto said = parse_json_members(answer.body)) {
        d.service_code = without_secrets(said_as(*said, "Code", "code"), secrets);
        const auto message = said_as(*said, "Message", "message");
        if (!message.empty()) d.message += ": " + without_secrets(message, secrets);
    }
    const auto code = status == 429                   ? errc::throttled
                      : status >= 500                 ? errc::service_unavailable
                      : status == 401 || status == 403 ? errc::access_denied
                                                      : errc::service_error;
    return failure{code, std::move(d)};
}

} // namespace penstock::aws::detail
