// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/aws/date_time.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/sso_settings.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/http/request.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Single sign-on without the I/O: files of the cache, requests, answers. No failure has a token in it.
namespace penstock::aws::detail {

/// The file that a login is kept in: the SHA-1 of the session's name or, without one, of the start URL.
PENSTOCK_DECL std::string sso_token_file(const sso_settings& settings);

/// The command that logs in.
PENSTOCK_DECL std::string sso_login_hint(const sso_settings& settings);

/// A login, as the cache has it. What is not there is empty.
struct sso_token {
    sso_token() = default;

    std::string access_token;
    instant expires_at;
    std::string refresh_token;
    std::string client_id;
    std::string client_secret;
    std::optional<instant> registration_expires_at;

    /// Whether the file has all that a new token is asked for by.
    bool renewable(wall_time now) const {
        return !refresh_token.empty() && !client_id.empty() && !client_secret.empty() &&
               registration_expires_at && *registration_expires_at > instant{now};
    }
};

/// `errc::invalid_credentials` for what is no JSON or has no usable token.
PENSTOCK_DECL result<sso_token> parse_sso_token(std::string_view document);

/// CreateToken: head and body.
PENSTOCK_DECL http::request make_create_token_request(const endpoint& to);
PENSTOCK_DECL std::string create_token_body(const sso_token& token);

/// The cache's document with the new token in it.
PENSTOCK_DECL result<std::string> renew_sso_document(std::string_view document, const sso_token& old,
                                                     const http::document& answer, wall_time now);

/// GetRoleCredentials.
PENSTOCK_DECL http::request make_role_request(const endpoint& to, const sso_settings& settings,
                                              const sso_token& token);
PENSTOCK_DECL result<credentials> read_role_credentials(const http::document& answer,
                                                        const sso_settings& settings, const sso_token& token);

/// What a status that is no success says, with code, message and request id; `doing` tells at what.
PENSTOCK_DECL failure sso_refusal(const http::document& answer, const sso_token& token,
                                  std::string_view doing);

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sso.ipp>
#endif
