// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/sso.hpp>

#include <penstock/aws/detail/json_members.hpp>
#include <penstock/aws/detail/without_secrets.hpp>
#include <penstock/aws/sha256.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/json_string.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>

namespace penstock::aws::detail {

inline std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
        throw_failure(failure{errc::unsupported,
                              "sso: OpenSSL offers no SHA-1, by which the files of logins are named"});
    return hex(std::span{digest.data(), size});
}

/// A name as one word of a command.
inline std::string as_word(const std::string& name) {
    const auto plain = [](char c) {
        return penstock::detail::is_letter(c) || penstock::detail::is_digit(c) || c == '-' || c == '_' ||
               c == '.';
    };
    return std::all_of(name.begin(), name.end(), plain) ? name : "'" + printable(name, 128) + "'";
}

inline std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t n = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return n;
}

/// What can stand in a header, or in any document, as one token.
inline bool is_token(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

inline http::request sso_request(const endpoint& to, std::string_view path) {
    http::request r;
    r.path = to.path_prefix;
    r.path += path;
    r.headers.add("Host", to.host_header);
    r.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION_STRING);
    return r;
}

PENSTOCK_DECL std::string sso_token_file(const sso_settings& settings) {
    return sha1_hex(settings.session.empty() ? settings.start_url : settings.session) + ".json";
}

PENSTOCK_DECL std::string sso_login_hint(const sso_settings& settings) {
    std::string command = "aws sso login";
    if (!settings.session.empty())
        command += " --sso-session " + as_word(settings.session);
    else if (!settings.profile.empty())
        command += " --profile " + as_word(settings.profile);
    return command;
}

PENSTOCK_DECL result<sso_token> parse_sso_token(std::string_view document) {
    const auto wrong = [](std::string what) {
        return failure{errc::invalid_credentials, "sso: the file of the login " + std::move(what)};
    };
    const auto read = parse_json_members(document);
    if (!read) return wrong("is " + read.error().detail().message);
    sso_token out;
    out.access_token = member(*read, "accessToken");
    const auto expires_at = parse_iso8601(member(*read, "expiresAt"));
    if (!is_token(out.access_token)) return wrong("has no usable accessToken");
    if (!expires_at) return wrong("has no usable expiresAt");
    out.expires_at = *expires_at;
    out.refresh_token = member(*read, "refreshToken");
    out.client_id = member(*read, "clientId");
    out.client_secret = member(*read, "clientSecret");
    out.registration_expires_at = parse_iso8601(member(*read, "registrationExpiresAt"));
    return out;
}

PENSTOCK_DECL http::request make_create_token_request(const endpoint& to) {
    auto r = sso_request(to, "/token");
    r.method = "POST";
    r.headers.add("Content-Type", "application/json");
    return r;
}

PENSTOCK_DECL std::string create_token_body(const sso_token& token) {
    const json_members said{{"clientId", token.client_id},
                            {"clientSecret", token.client_secret},
                            {"grantType", "refresh_token"},
                            {"refreshToken", token.refresh_token}};
    return replace_json_members("{}", said).value();
}

PENSTOCK_DECL result<std::string> renew_sso_document(std::string_view document, const sso_token& old,
                                                     const http::document& answer, wall_time now) {
    if (answer.head.status != 200) return sso_refusal(answer, old, "renewing the login");
    const auto wrong = [](const char* what) {
        return failure{errc::invalid_credentials, std::string{"sso: renewing the login: the answer "} + what};
    };
    const auto read = parse_json_members(answer.body);
    if (!read) return wrong("is no JSON object");
    json_members changed;
    changed["accessToken"] = member(*read, "accessToken");
    if (!is_token(changed["accessToken"])) return wrong("has no usable accessToken");
    const auto lifetime = whole_number(member(*read, "expiresIn"));
    constexpr std::int64_t century = std::int64_t{100} * 366 * 24 * 3600;
    if (!lifetime || *lifetime <= 0 || *lifetime > century) return wrong("has no usable expiresIn");
    changed["expiresAt"] = format_iso8601(instant{instant{now}.seconds + *lifetime}).value_or("");
    // The old one may do again where no new one comes.
    if (const auto fresh = member(*read, "refreshToken"); !fresh.empty()) changed["refreshToken"] = fresh;
    return replace_json_members(document, std::move(changed));
}

PENSTOCK_DECL http::request make_role_request(const endpoint& to, const sso_settings& settings,
                                              const sso_token& token) {
    auto r = sso_request(to, "/federation/credentials");
    r.query = canonical_query({{"account_id", settings.account_id}, {"role_name", settings.role_name}});
    r.headers.add("x-amz-sso_bearer_token", token.access_token);
    return r;
}

PENSTOCK_DECL result<credentials>
read_role_credentials(const http::document& answer, const sso_settings& settings, const sso_token& token) {
    if (answer.head.status != 200) {
        const auto why = sso_refusal(answer, token,
                                     "role '" + printable(settings.role_name, 64) + "' in account '" +
                                         printable(settings.account_id, 32) + "'");
        const bool login = answer.head.status == 401;
        const bool role = answer.head.status == 403 || answer.head.status == 404;
        return why.with([&](error_detail& d) {
            if (login) d.hint = "the login is no longer valid: " + sso_login_hint(settings);
            if (role)
                d.hint = "the user must be assigned that role there: see sso_account_id and sso_role_name";
        });
    }
    const auto wrong = [](const std::string& what) {
        return failure{errc::invalid_credentials, "sso: the answer of the portal " + what};
    };
    const auto read = parse_json_members(answer.body, "roleCredentials");
    if (!read) return wrong("is no JSON with roleCredentials");
    for (const auto* needed : {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"})
        if (member(*read, needed).empty()) return wrong("has no " + std::string{needed});
    const auto milliseconds = whole_number(member(*read, "expiration"));
    if (!milliseconds || *milliseconds < 0) return wrong("has an expiration that is no time");
    credentials out{member(*read, "accessKeyId"), member(*read, "secretAccessKey"),
                    member(*read, "sessionToken")};
    out.expiration =
        instant{*milliseconds / 1000, static_cast<std::uint32_t>(*milliseconds % 1000 * 1'000'000)}
            .to_wall_time();
    out.account_id = settings.account_id;
    out.source = "sso";
    return out;
}

PENSTOCK_DECL failure sso_refusal(const http::document& answer, const sso_token& token,
                                  std::string_view doing) {
    const std::string_view secrets[] = {token.access_token, token.refresh_token, token.client_secret};
    const auto& headers = answer.head.headers;
    error_detail d;
    d.http_status = answer.head.status;
    d.request_id = without_secrets(headers.find("x-amzn-requestid").value_or(headers["requestid"]), secrets);
    // "UnauthorizedException:http://internal…"
    std::string code{headers["x-amzn-errortype"].substr(0, headers["x-amzn-errortype"].find(':'))};
    std::string message;
    if (const auto said = parse_json_members(answer.body)) {
        for (const auto* name : {"__type", "error"})
            if (code.empty()) code = member(*said, name);
        for (const auto* name : {"message", "Message", "error_description"})
            if (message.empty()) message = member(*said, name);
    }
    d.service_code = without_secrets(code, secrets);
    d.message = "sso: " + std::string{doing} + " was refused";
    if (!message.empty()) d.message += ": " + without_secrets(message, secrets);
    const int status = d.http_status;
    const auto kind = status == 429                    ? errc::throttled
                      : status >= 500                  ? errc::service_unavailable
                      : status == 403 || status == 404 ? errc::access_denied
                      : status >= 400                  ? errc::invalid_credentials
                                                       : errc::service_error;
    return failure{kind, std::move(d)};
}

} // namespace penstock::aws::detail
