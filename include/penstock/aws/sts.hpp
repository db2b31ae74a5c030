// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/fetch.hpp>
#include <penstock/http/request.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Requests to AWS's Security Token Service, and its answers, as pure functions.
/// https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
namespace penstock::aws {

struct session_tag {
    session_tag() = default;
    session_tag(std::string key, std::string value) : key{std::move(key)}, value{std::move(value)} {}

    std::string key, value;
};

/// A role to take, and what its session may do. What is unsaid is not sent, and the role's own setting counts.
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
class assume_role_options {
  public:
    assume_role_options() = default;
    explicit assume_role_options(std::string role_arn) : role_arn_{std::move(role_arn)} {}

    assume_role_options& role_arn(std::string v) { return role_arn_ = std::move(v), *this; }
    /// Seen in the logs of AWS: 2 to 64 letters, digits and `_=,.@+-`. "penstock-" and the time unless it is said.
    assume_role_options& session_name(std::string v) { return session_name_ = std::move(v), *this; }
    /// What the owner of a role in another account asks for.
    assume_role_options& external_id(std::string v) { return external_id_ = std::move(v), *this; }
    /// 15 minutes to 12 hours; an hour unless it is said.
    assume_role_options& duration(std::chrono::seconds v) { return duration_ = v, *this; }
    /// A policy in JSON that narrows what the session may do.
    assume_role_options& policy(std::string v) { return policy_ = std::move(v), *this; }
    assume_role_options& policy_arns(std::vector<std::string> v) { return policy_arns_ = std::move(v), *this; }
    assume_role_options& tags(std::vector<session_tag> v) { return tags_ = std::move(v), *this; }
    /// Which tags sessions of further roles inherit.
    assume_role_options& transitive_tag_keys(std::vector<std::string> v) {
        return transitive_tag_keys_ = std::move(v), *this;
    }
    assume_role_options& source_identity(std::string v) { return source_identity_ = std::move(v), *this; }

    const std::string& role_arn() const noexcept { return role_arn_; }
    const std::string& session_name() const noexcept { return session_name_; }
    const std::string& external_id() const noexcept { return external_id_; }
    std::chrono::seconds duration() const noexcept { return duration_; }
    const std::string& policy() const noexcept { return policy_; }
    const std::vector<std::string>& policy_arns() const noexcept { return policy_arns_; }
    const std::vector<session_tag>& tags() const noexcept { return tags_; }
    const std::vector<std::string>& transitive_tag_keys() const noexcept { return transitive_tag_keys_; }
    const std::string& source_identity() const noexcept { return source_identity_; }

  private:
    std::string role_arn_, session_name_, external_id_;
    std::chrono::seconds duration_{0};
    std::string policy_;
    std::vector<std::string> policy_arns_;
    std::vector<session_tag> tags_;
    std::vector<std::string> transitive_tag_keys_;
    std::string source_identity_;
};

/// Where STS is; unsaid members are as environment and profile say: see `resolve_sts_endpoint`.
class sts_settings {
  public:
    sts_settings() = default;

    sts_settings& endpoint_url(std::string v) { return endpoint_url_ = std::move(v), *this; }
    sts_settings& region(std::string v) { return region_ = std::move(v), *this; }
    /// Only `dual_stack`, `fips` and `legacy_sts` matter.
    sts_settings& switches(const endpoint_switches& v) { return switches_ = v, *this; }

    const std::string& endpoint_url() const noexcept { return endpoint_url_; }
    const std::string& region() const noexcept { return region_; }
    const endpoint_switches& switches() const noexcept { return switches_; }

  private:
    std::string endpoint_url_, region_;
    endpoint_switches switches_;
};

/// What is said here, else by the environment, else by the profile: AWS_ENDPOINT_URL_STS and its kin (see
/// `configured_endpoint_url`), AWS_REGION and its kin, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT,
/// AWS_STS_REGIONAL_ENDPOINTS. A region that nobody names is us-east-1, as for S3. Throws as `resolve_service_endpoint`.
PENSTOCK_DECL endpoint resolve_sts_endpoint(const sts_settings& asked, const environment& env, const profile& in);

enum class sts_operation { assume_role, assume_role_with_web_identity };

/// Throws `errc::invalid_option` for a role that STS would refuse in any case: no ARN, a session name or duration out
/// of bounds.
PENSTOCK_DECL void check_role(const assume_role_options& role);

/// "penstock-" and the seconds since 1970.
PENSTOCK_DECL std::string default_session_name(wall_time now);

/// The form of AssumeRole. The session name is `otherwise` where the role has none.
PENSTOCK_DECL std::string assume_role_form(const assume_role_options& role, const std::string& otherwise);
/// The form of AssumeRoleWithWebIdentity, which has no external id, tags and source identity: they stand in the token.
PENSTOCK_DECL std::string web_identity_form(const assume_role_options& role, const std::string& otherwise,
                                            std::string_view token);

/// A POST of a form to STS, not signed yet.
PENSTOCK_DECL http::request make_sts_request(const endpoint& to);

/// The keys of the session, or what STS refused: its code, its words (but nothing of what it was sent) and the request id.
/// `source` begins the message. Nothing that holds one of `secrets`, which were sent, is repeated.
PENSTOCK_DECL result<credentials> read_sts_answer(const http::document& answer, sts_operation operation,
                                                  const std::string& source,
                                                  const std::vector<std::string>& secrets = std::vector<std::string>());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/sts.ipp>
#endif
