// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sts.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/configured_endpoint.hpp>
#include <penstock/aws/date_time.hpp>
#include <penstock/aws/detail/service_codes.hpp>
#include <penstock/aws/detail/without_secrets.hpp>
#include <penstock/aws/service_endpoint.hpp>
#include <penstock/aws/setting.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/xml/element.hpp>

#include <algorithm>

namespace penstock::aws {
namespace detail {

/// A form as its text grows.
class form_writer {
  public:
    explicit form_writer(std::string_view action) {
        add("Action", action);
        add("Version", "2011-06-15");
    }
    void add(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_ += '&';
        text_ += name;
        text_ += '=';
        append_uri_encoded(text_, value);
    }
    void add_if_said(std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
    }
    /// "Tags.member.1.Key"
    static std::string member(std::string_view list, std::size_t index, std::string_view of = {}) {
        return std::string{list} + ".member." + std::to_string(index + 1) + std::string{of};
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

/// What both operations send.
inline form_writer begin_role_form(std::string_view action, const assume_role_options& role,
                                   const std::string& session_name) {
    form_writer form{action};
    form.add("RoleArn", role.role_arn());
    form.add("RoleSessionName", role.session_name().empty() ? session_name : role.session_name());
    if (role.duration().count() != 0) form.add("DurationSeconds", std::to_string(role.duration().count()));
    form.add_if_said("Policy", role.policy());
    for (std::size_t i = 0; i < role.policy_arns().size(); ++i)
        form.add(form_writer::member("PolicyArns", i, ".arn"), role.policy_arns()[i]);
    return form;
}

/// Words that mean more than the code beside them, as MinIO has them.
inline constexpr std::pair<std::string_view, errc> sts_words[] = {
    {"Token is expired", errc::expired_token},
    {"The request signature we calculated does not match", errc::signature_mismatch},
};

inline errc sts_errc(std::string_view code, std::string_view words, int status) noexcept {
    for (const auto& [said, meaning] : sts_words)
        if (words.find(said) != std::string_view::npos) return meaning;
    if (const auto* known = find_service_code(code)) return known->code;
    if (status == 429) return errc::throttled;
    if (status >= 500) return errc::service_unavailable;
    if (status == 401 || status == 403) return errc::access_denied;
    return status >= 400 ? errc::invalid_request : errc::service_error;
}

inline std::string sts_hint(errc code, sts_operation operation) {
    const bool web = operation == sts_operation::assume_role_with_web_identity;
    if (code == errc::access_denied)
        return web ? "the role's trust policy must name the issuer of the token, and allow its audience and subject"
                   : "the role's trust policy must allow these credentials sts:AssumeRole; where it asks for an external "
                     "id, that must be the same";
    if (code == errc::expired_token)
        return web ? "whatever writes the token's file must renew it in time" : "renew the credentials that the role is taken by";
    if (code == errc::invalid_credentials)
        return "the role's account must know the token's issuer as an identity provider, with the token's audience";
    if (code == errc::clock_skew || code == errc::signature_mismatch)
        return "check the secret access key, the region, and this machine's clock";
    return {};
}

/// The text of an element, a path of names below `in`.
inline std::string_view text_at(const xml::element& in, std::initializer_list<std::string_view> path) {
    const auto* at = &in;
    for (const auto name : path)
        if (at = at->find(name); !at) return {};
    return at->text;
}

/// What STS says, up to the first line break: behind it, it repeats what it was sent, tokens included.
inline std::string first_line(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin);
    return std::string{text.substr(0, text.find_first_of("\r\n"))};
}

inline failure sts_refusal(const http::document& answer, sts_operation operation, const std::string& source,
                           const std::vector<std::string>& secrets) {
    error_detail d;
    d.http_status = answer.head.status;
    d.request_id = answer.head.headers["x-amzn-requestid"];
    std::string words;
    if (const auto parsed = xml::parse_document(answer.body)) {
        const auto* inner = parsed->name == "Error" ? &*parsed : parsed->find("Error"); // some stores answer as S3 does
        if (inner) {
            d.service_code = first_line(text_at(*inner, {"Code"}));
            words = first_line(text_at(*inner, {"Message"}));
        }
        for (const auto* in : {&*parsed, inner})
            if (in && d.request_id.empty()) d.request_id = first_line(text_at(*in, {"RequestId"}));
    }
    const auto code = sts_errc(d.service_code, words, d.http_status);
    d.service_code = without_secrets(d.service_code, secrets);
    d.request_id = without_secrets(d.request_id, secrets);
    d.message = source + ": " + (words.empty() ? "STS refused" : without_secrets(words, secrets, "STS refused, repeating a secret"));
    d.hint = sts_hint(code, operation);
    return failure{code, std::move(d)};
}

inline failure sts_nonsense(const http::document& answer, const std::string& source, const std::vector<std::string>& secrets,
                            const std::string& what) {
    error_detail d;
    d.http_status = answer.head.status;
    d.request_id = without_secrets(answer.head.headers["x-amzn-requestid"], secrets);
    d.message = source + ": the answer of STS " + what;
    return failure{errc::malformed_response, std::move(d)};
}

} // namespace detail

PENSTOCK_DECL endpoint resolve_sts_endpoint(const sts_settings& asked, const environment& env, const profile& in) {
    const auto region = first_said({{asked.region(), "region"},
                                    from_environment(env, "AWS_REGION"),
                                    from_environment(env, "AWS_DEFAULT_REGION"),
                                    from_profile(in, "region"),
                                    {"us-east-1", "default"}});
    const auto url = asked.endpoint_url().empty() ? configured_endpoint_url("sts", env, in).value : asked.endpoint_url();
    return resolve_service_endpoint(credential_service::sts, url, region.value,
                                    complete_switches(asked.switches(), read_service_switches(env, in)));
}

PENSTOCK_DECL void check_role(const assume_role_options& role) {
    const auto refuse = [](std::string what, std::string hint) {
        throw_failure(failure{errc::invalid_option, std::move(what), std::move(hint)});
    };
    const auto usable = [](char c) {
        using namespace penstock::detail;
        return is_letter(c) || is_digit(c) || std::string_view{"_=,.@+-"}.find(c) != std::string_view::npos;
    };
    if (role.role_arn().empty()) refuse("no role ARN", "as in arn:aws:iam::123456789012:role/name");
    const auto not_visible = [](char c) { return c <= ' ' || c == 0x7f; };
    if (std::any_of(role.role_arn().begin(), role.role_arn().end(), not_visible))
        refuse("role ARN '" + printable(role.role_arn(), 128) + "'", "as in arn:aws:iam::123456789012:role/name");
    const auto& name = role.session_name();
    if (!name.empty() && (name.size() < 2 || name.size() > 64 || !std::all_of(name.begin(), name.end(), usable)))
        refuse("role session name '" + printable(name, 64) + "'", "2 to 64 letters, digits and _=,.@+-");
    const auto seconds = role.duration().count();
    if (seconds != 0 && (seconds < 900 || seconds > 43200))
        refuse("a role's session of " + std::to_string(seconds) + " s", "900 to 43200 seconds");
}

PENSTOCK_DECL std::string default_session_name(wall_time now) {
    return "penstock-" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

PENSTOCK_DECL std::string assume_role_form(const assume_role_options& role, const std::string& otherwise) {
    using detail::form_writer;
    auto form = detail::begin_role_form("AssumeRole", role, otherwise);
    form.add_if_said("ExternalId", role.external_id());
    for (std::size_t i = 0; i < role.tags().size(); ++i) {
        form.add(form_writer::member("Tags", i, ".Key"), role.tags()[i].key);
        form.add(form_writer::member("Tags", i, ".Value"), role.tags()[i].value);
    }
    for (std::size_t i = 0; i < role.transitive_tag_keys().size(); ++i)
        form.add(form_writer::member("TransitiveTagKeys", i), role.transitive_tag_keys()[i]);
    form.add_if_said("SourceIdentity", role.source_identity());
    return form.take();
}

PENSTOCK_DECL std::string web_identity_form(const assume_role_options& role, const std::string& otherwise,
                                            std::string_view token) {
    auto form = detail::begin_role_form("AssumeRoleWithWebIdentity", role, otherwise);
    form.add("WebIdentityToken", token);
    return form.take();
}

PENSTOCK_DECL http::request make_sts_request(const endpoint& to) {
    http::request r;
    r.method = "POST";
    r.path = to.path_prefix + "/";
    r.headers.add("Host", to.host_header);
    r.headers.add("Content-Type", "application/x-www-form-urlencoded");
    r.headers.add("User-Agent", "penstock/" PENSTOCK_VERSION_STRING);
    return r;
}

PENSTOCK_DECL result<credentials> read_sts_answer(const http::document& answer, sts_operation operation,
                                                  const std::string& source, const std::vector<std::string>& secrets) {
    if (answer.head.status != 200) return detail::sts_refusal(answer, operation, source, secrets);
    const auto nonsense = [&](const std::string& what) { return detail::sts_nonsense(answer, source, secrets, what); };
    const auto parsed = xml::parse_document(answer.body);
    if (!parsed) return nonsense("is not XML");
    const bool web = operation == sts_operation::assume_role_with_web_identity;
    const auto* found = parsed->find(web ? "AssumeRoleWithWebIdentityResult" : "AssumeRoleResult");
    const auto* keys = found ? found->find("Credentials") : nullptr;
    if (!keys) return nonsense("has no credentials");
    credentials out;
    for (const auto& [member, name] : {std::pair{&out.access_key_id, "AccessKeyId"}, std::pair{&out.secret_access_key, "SecretAccessKey"},
                                       std::pair{&out.session_token, "SessionToken"}}) {
        *member = detail::text_at(*keys, {name});
        if (member->empty()) return nonsense(std::string{"has no "} + name);
    }
    const auto expiration = parse_iso8601(detail::text_at(*keys, {"Expiration"}));
    if (!expiration) return nonsense("has no time of expiration");
    out.expiration = expiration->to_wall_time();
    const auto user = detail::text_at(*found, {"AssumedRoleUser", "Arn"});
    if (const auto parts = parse_arn(user)) out.account_id = parts->account_id;
    return out;
}

} // namespace penstock::aws
