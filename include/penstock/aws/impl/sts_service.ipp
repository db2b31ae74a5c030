// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/sts_service.hpp>

#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/detail/clock_difference.hpp>
#include <penstock/aws/detail/service_call.hpp>
#include <penstock/aws/detail/trust.hpp>
#include <penstock/aws/load_profile.hpp>
#include <penstock/aws/sha256.hpp>
#include <penstock/aws/sigv4.hpp>
#include <penstock/core/detail/attempt.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace penstock::aws::detail {

/// For one attempt; a connection that stalls is given up before.
inline constexpr std::chrono::seconds sts_attempt_limit{20};
/// STS takes tokens of up to 20,000 characters.
inline constexpr std::size_t max_web_identity_token = std::size_t{64} << 10;

struct sts_service::question {
    question(sts_operation operation, std::string source, std::string form, credentials_ptr as)
        : operation{operation}, source{std::move(source)}, form{std::move(form)}, as{std::move(as)} {}

    sts_operation operation;
    std::string source, form;
    credentials_ptr as; ///< who signs; null: nobody
    std::string token;  ///< that of web identity
};

/// What STS is asked with in confidence.
inline std::vector<std::string> secrets_of(const credentials_ptr& as, const std::string& token) {
    std::vector<std::string> out{token};
    if (as) out.insert(out.end(), {as->secret_access_key, as->session_token});
    return out;
}

/// The end of a session, which STS tells by its own clock, by ours.
inline wall_time by_our_clock(wall_time end, std::chrono::seconds ahead) {
    instant t{end}; // whose range is wider than the clock's
    t.seconds -= ahead.count();
    return t.to_wall_time();
}

PENSTOCK_DECL sts_service::sts_service(const provider_context& context, const sts_settings& asked, const profile& in)
    : context_{context}, to_{resolve_sts_endpoint(asked, context.env(), in)} {
    auto said = read_client_settings(context.env(), in);
    context_.tls(trust(context.tls(), std::move(said.ca_bundle)));
    retry_ = said.retry.value_or(retry_options{}).deadline(service_deadline);
}

PENSTOCK_DECL sts_service::sts_service(const provider_context& context, const sts_settings& asked)
    : sts_service{context, asked, load_profile(profile_request{}, context.env(), context.read_file())} {}

/// How far the clock of STS is ahead of ours, where that may be why it refused a signature.
inline std::optional<std::chrono::seconds> skew_of(const failure& why, const http::document& answer, wall_time now) {
    if (why.code() != errc::clock_skew && why.code() != errc::signature_mismatch) return std::nullopt;
    const auto off = clock_difference(answer.head.headers, now);
    if (!off || std::chrono::abs(*off) < clock_tolerance) return std::nullopt;
    return off;
}

PENSTOCK_DECL http::request sts_service::request_of(const question& q, wall_time now) const {
    auto request = make_sts_request(to_);
    if (q.as) signer{to_.region, to_.service}.sign(request, *q.as, now, sha256_hex(q.form));
    return request;
}

PENSTOCK_DECL awaitable<credentials> sts_service::ask(question q) const {
    const auto secrets = secrets_of(q.as, q.token);
    std::optional<std::chrono::seconds> skew; // corrected once
    wall_time wall;                           // by the clock of STS, as far as that is known
    result<credentials> read{failure{}};
    service_call call{to_, [&] {
                          wall = context_.clock()->wall_now() + skew.value_or(std::chrono::seconds{0});
                          return request_of(q, wall);
                      }};
    call.body = q.form;
    call.limits.limit(sts_attempt_limit);
    call.retry = retry_;
    call.look = [&](const http::document& answer) {
        read = read_sts_answer(answer, q.operation, q.source, secrets);
        return read ? failure{} : read.error();
    };
    call.mend = [&](const failure& why, const http::document& answer) {
        if (!q.as || skew) return false;
        skew = skew_of(why, answer, wall);
        return skew.has_value();
    };
    auto calling = call_service(context_, std::move(call));
    penstock::detail::attempt answered{std::move(calling)};
    co_await answered.run();
    if (!answered) {
        throw_failure(answered.error().with([&](error_detail& d) {
            if (!d.message.starts_with(q.source)) d.message = q.source + ": " + d.message;
            if (q.as) d.credential_source = q.as->display();
        }));
    }
    if (skew) read->expiration = by_our_clock(*read->expiration, *skew);
    co_return std::move(*read);
}

PENSTOCK_DECL awaitable<credentials> sts_service::assume_role(provider_ptr base, assume_role_options role,
                                                              std::string source) const {
    for (bool first = true;; first = false) {
        penstock::detail::attempt found{base->get()};
        co_await found.run();
        if (!found) {
            if (found.error().code() != errc::no_credentials) throw_failure(found.error());
            const auto& why = found.error().detail();
            throw_failure(failure{errc::invalid_credentials, source + ": nothing to take the role by: " + why.message, why.hint});
        }
        const credentials_ptr as = *found;
        if (!as) {
            throw_failure(failure{errc::invalid_credentials, source + ": anonymous access takes no role",
                                  "give the provider of the role other credentials"});
        }
        auto form = assume_role_form(role, default_session_name(context_.clock()->wall_now()));
        question q{sts_operation::assume_role, source, std::move(form), as};
        auto asking = ask(std::move(q));
        penstock::detail::attempt got{std::move(asking)};
        co_await got.run();
        if (got) co_return std::move(*got);
        if (!first || got.error().code() != errc::expired_token || !base->invalidate(*as)) throw_failure(got.error());
    }
}

PENSTOCK_DECL std::string sts_service::read_token(const std::string& path, const std::string& source) const {
    auto text = context_.read_file()(path, max_web_identity_token);
    if (!text) {
        throw_failure(text.error().with([&](error_detail& d) {
            d.message = source + ": the token's file '" + path + "' cannot be read" + (d.message.empty() ? "" : ": " + d.message);
            d.hint = "see AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile";
        }));
    }
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
    while (!text->empty() && blank(text->back())) text->pop_back();
    if (text->empty() || std::any_of(text->begin(), text->end(), blank))
        throw_failure(failure{errc::invalid_credentials,
                              source + ": the token's file '" + path + "' " + (text->empty() ? "is empty" : "is not one token"),
                              "it must hold a JSON Web Token and nothing else"});
    return std::move(*text);
}

PENSTOCK_DECL awaitable<credentials> sts_service::assume_role_by_token(std::string token_file, assume_role_options role,
                                                                       std::string source) const {
    auto token = read_token(token_file, source);
    for (bool first = true;; first = false) {
        auto form = web_identity_form(role, default_session_name(context_.clock()->wall_now()), token);
        question q{sts_operation::assume_role_with_web_identity, source, std::move(form), nullptr};
        q.token = token;
        auto asking = ask(std::move(q));
        penstock::detail::attempt got{std::move(asking)};
        co_await got.run();
        if (got) co_return std::move(*got);
        if (!first || got.error().code() != errc::expired_token) throw_failure(got.error());
        auto renewed = read_token(token_file, source);
        if (renewed == token) throw_failure(got.error());
        token = std::move(renewed);
    }
}

} // namespace penstock::aws::detail
