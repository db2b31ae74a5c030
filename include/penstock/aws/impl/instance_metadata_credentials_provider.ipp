// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/instance_metadata_credentials_provider.hpp>

#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/detail/metadata_credentials.hpp>
#include <penstock/aws/endpoint_url.hpp>
#include <penstock/aws/load_profile.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/aws/setting.hpp>
#include <penstock/core/as_result.hpp>

#include <algorithm>
#include <utility>

namespace penstock::aws {
namespace detail {

inline constexpr const char* instance_metadata_name = "instance metadata";
inline constexpr const char* metadata_token_path = "/latest/api/token";
inline constexpr const char* metadata_roles_path = "/latest/meta-data/iam/security-credentials/";
inline constexpr std::size_t largest_metadata_answer = std::size_t{64} << 10;

[[noreturn]] inline void throw_instance_metadata(errc code, const std::string& message, std::string hint = {}) {
    throw_failure(failure{code, std::string{instance_metadata_name} + ": " + message, std::move(hint)});
}

/// Visible ASCII: what may stand in a header and, as roles are named, in a path.
inline bool is_metadata_word(std::string_view text, std::string_view forbidden) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return c > 0x20 && c < 0x7f && forbidden.find(c) == std::string_view::npos;
    });
}

inline bool is_role_name(std::string_view text) { return is_metadata_word(text, "/?#%\\\"<>"); }

/// What options, environment and profile say together.
struct instance_metadata_settings {
    instance_metadata_settings() = default;

    endpoint_location where;
    duration timeout = std::chrono::seconds{1};
    int attempts = 1;
    std::string role;
    bool allow_v1 = false;
};

inline endpoint_location locate_instance_metadata(const instance_metadata_options& options, const environment& env,
                                                  const profile& in) {
    const auto url = first_said({{options.endpoint(), "the option endpoint"},
                                 from_environment(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
                                 from_profile(in, "ec2_metadata_service_endpoint")});
    if (!url.value.empty()) {
        try {
            return parse_endpoint_url(url.value);
        } catch (const error& e) {
            throw_failure(e.as_failure().with([&](error_detail& d) { d.message += " (" + url.source + ")"; }));
        }
    }
    auto mode = options.mode();
    if (!mode) {
        const auto word = as_word(first_said({from_environment(env, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
                                              from_profile(in, "ec2_metadata_service_endpoint_mode")}),
                                  {"IPv4", "IPv6"});
        mode = word && *word == 1 ? metadata_endpoint_mode::ipv6 : metadata_endpoint_mode::ipv4;
    }
    return parse_endpoint_url(*mode == metadata_endpoint_mode::ipv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
}

inline instance_metadata_settings settle_instance_metadata(const instance_metadata_options& options,
                                                           const environment& env, const profile& in) {
    const auto either = [&](const char* variable, const char* property) {
        return first_said({from_environment(env, variable), from_profile(in, property)});
    };
    instance_metadata_settings out;
    out.where = locate_instance_metadata(options, env, in);
    if (options.timeout())
        out.timeout = *options.timeout();
    else if (const auto seconds = as_count(either("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")))
        out.timeout = std::chrono::seconds{*seconds};
    if (options.attempts())
        out.attempts = *options.attempts();
    else if (const auto n = as_count(either("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")))
        out.attempts = *n;
    if (options.allow_v1())
        out.allow_v1 = *options.allow_v1();
    else if (const auto off = as_bool(either("AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled")))
        out.allow_v1 = !*off;
    out.role = options.role();
    return out;
}

/// Throws what keeps it from being asked.
inline instance_metadata_settings read_instance_metadata_settings(const instance_metadata_options& options,
                                                                  const provider_context& context) {
    const auto& env = context.env();
    const auto disabled = from_environment(env, "AWS_EC2_METADATA_DISABLED");
    try {
        const bool off = options.disabled() ? *options.disabled() : as_bool(disabled).value_or(false);
        if (!off) return settle_instance_metadata(options, env, load_profile(options.profile(), env, context.read_file()));
    } catch (const error& e) {
        throw_failure(told_by(instance_metadata_name, e.as_failure()));
    }
    throw_instance_metadata(errc::no_credentials, options.disabled() ? "switched off by the option disabled"
                                                                     : "switched off by AWS_EC2_METADATA_DISABLED");
}

/// The conversation with the service: one for every fetch.
class metadata_session {
  public:
    metadata_session(const provider_context& context, instance_metadata_settings settings)
        : context_{context.direct()}, settings_{std::move(settings)} {}

    awaitable<credentials> fetch() {
        co_await fetch_token();
        std::string role = settings_.role;
        if (role.empty()) role = co_await fetch_role();
        const auto answer = co_await get(metadata_roles_path + role);
        if (answer.head.status == 404)
            throw_instance_metadata(errc::no_credentials, "there are no credentials for the role '" + printable(role, 128) + "'");
        check_status(answer);
        auto found = read_metadata_credentials(answer.body, instance_metadata_name, token_);
        if (!found) throw_failure(found.error().with([this](error_detail& d) { d.endpoint = settings_.where.to.url(); }));
        co_return std::move(*found);
    }

  private:
    /// What becomes of the answer to the request for a token: see `token_answered`.
    awaitable<void> fetch_token() {
        auto answer = co_await exchange("PUT", metadata_token_path);
        if (!answer)
            token_failed(answer.error());
        else
            token_answered(*answer);
    }

    /// Packets that may make one hop only do not come back into a container: the connection stands, the answer never comes.
    void token_failed(const failure& why) {
        if (why.code() != errc::deadline_exceeded) throw_exchange(why);
        if (settings_.allow_v1) return;
        throw_none(why, std::string{instance_metadata_name} + ": the request for a token is not answered",
                   "in a container on EC2, let answers make more hops: aws ec2 modify-instance-metadata-options "
                   "--http-put-response-hop-limit 2");
    }

    void token_answered(const http::document& answer) {
        const int status = answer.head.status;
        if (status == 200) {
            if (!is_metadata_word(answer.body, "")) throw_instance_metadata(errc::malformed_response, "the token is no token");
            token_ = answer.body;
        } else if (status != 403 && status != 404 && status != 405) {
            check_status(answer);
        } else if (!settings_.allow_v1) {
            throw_none(status_failure(answer, instance_metadata_name, ""),
                       std::string{instance_metadata_name} + ": it gives no token, and version 1 is not allowed",
                       "switch the service on (aws ec2 modify-instance-metadata-options --http-endpoint enabled), or, where "
                       "it knows no tokens, allow version 1");
        }
    }

    awaitable<std::string> fetch_role() {
        const auto answer = co_await get(metadata_roles_path);
        if (answer.head.status == 404) no_role();
        check_status(answer);
        const std::string role = answer.body.substr(0, answer.body.find_first_of("\r\n"));
        if (role.empty()) no_role();
        if (!is_role_name(role)) throw_instance_metadata(errc::malformed_response, "the name of the role is no name");
        co_return role;
    }

    [[noreturn]] static void no_role() {
        throw_instance_metadata(errc::no_credentials, "the instance has no role",
                                "attach an instance profile to the instance, or give credentials in another way");
    }

    /// With the token, and once more with a new one where that is refused.
    awaitable<http::document> get(std::string path) {
        auto answer = co_await exchange("GET", path);
        if (answer && answer->head.status == 401 && !token_.empty() && !std::exchange(renewed_, true)) {
            token_.clear();
            co_await fetch_token();
            answer = co_await exchange("GET", path);
        }
        if (!answer) throw_exchange(answer.error());
        co_return std::move(*answer);
    }

    /// As often as is allowed. Every status is an answer.
    awaitable<result<http::document>> exchange(std::string method, std::string path) {
        for (int left = settings_.attempts;; --left) {
            auto answer = co_await as_result(exchange_once(method, path));
            if (answer) answered_ = true;
            const bool again = answer ? is_passing(answer->head.status) : answer.error().code() != condition::cancelled;
            if (!again || left <= 1) co_return answer;
        }
    }

    awaitable<http::document> exchange_once(std::string method, std::string path) {
        const auto& to = settings_.where.to;
        http::request asked;
        asked.method = std::move(method);
        asked.path = settings_.where.base_path + path;
        asked.headers.add("Host", host_with_port(to));
        if (asked.method == "PUT")
            asked.headers.add("x-aws-ec2-metadata-token-ttl-seconds", "21600");
        else if (!token_.empty())
            asked.headers.add("x-aws-ec2-metadata-token", token_);
        const auto limits = http::fetch_options().limit(settings_.timeout).max_body(largest_metadata_answer);
        // Somewhat less, to know which of the two it was. (Linux repeats an unanswered SYN after a second only.)
        const auto how = http::transport_options().connect_timeout(settings_.timeout / 4 * 3);
        return context_.call(to, std::move(asked), "", limits, how);
    }

    void check_status(const http::document& answer) const {
        if (answer.head.status == 200) return;
        const auto why = status_failure(answer, instance_metadata_name, token_);
        if (answer.head.status == 401 && token_.empty())
            throw_none(why, std::string{instance_metadata_name} + ": it wants a token, and gave none", "");
        throw_failure(why.with([this](error_detail& d) { d.endpoint = settings_.where.to.url(); }));
    }

    /// There are no credentials here, told with what is known of the answer.
    [[noreturn]] void throw_none(const failure& why, std::string message, std::string hint) const {
        auto detail = why.detail();
        detail.message = std::move(message);
        detail.hint = std::move(hint);
        detail.endpoint = settings_.where.to.url();
        throw_failure(failure{errc::no_credentials, std::move(detail)});
    }

    /// A service that never answered is not there.
    [[noreturn]] void throw_exchange(const failure& why) const {
        const bool unreachable = why.code() == condition::timeout || why.code() == errc::connect_failed ||
                                 why.code() == errc::host_not_found || why.code() == errc::resolve_failed;
        if (answered_ || !unreachable) throw_failure(told_by(instance_metadata_name, why));
        const auto& said = why.detail().message;
        throw_none(why, std::string{instance_metadata_name} + ": it cannot be reached: " + why.code().message() +
                            (said.empty() ? "" : ": " + said), "");
    }

    provider_context context_;
    instance_metadata_settings settings_;
    std::string token_; ///< empty: version 1
    bool renewed_ = false;
    bool answered_ = false;
};

/// Keys that have expired, or will within a minute, are all that there is: they last a while longer.
inline void extend_expired(credentials& c, wall_time now, random_source& random) {
    using std::chrono::minutes;
    if (*c.expiration >= now + minutes{1}) return; // not by their difference: they may lie ages apart
    c.expiration = now + minutes{15} + minutes{2} + std::chrono::seconds{random.below(8 * 60 + 1)};
}

inline awaitable<credentials> fetch_instance_metadata(provider_context context, instance_metadata_options options) {
    metadata_session session{context, read_instance_metadata_settings(options, context)};
    auto found = co_await session.fetch();
    const auto random = context.make_random();
    extend_expired(found, context.clock()->wall_now(), *random);
    co_return found;
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_instance_metadata_credentials_provider(instance_metadata_options options,
                                                                       const provider_context& context) {
    if (!options.role().empty() && !detail::is_role_name(options.role()))
        detail::throw_instance_metadata(errc::invalid_option, "the option role is no name of a role");
    if (options.attempts().value_or(1) < 1 || options.timeout().value_or(duration{1}) <= duration::zero())
        detail::throw_instance_metadata(errc::invalid_option, "attempts and timeout must be positive");
    auto fetch = [context, options = std::move(options)] { return detail::fetch_instance_metadata(context, options); };
    return make_refreshing_credentials_provider(detail::instance_metadata_name, std::move(fetch), context.clock(),
                                                context.make_random());
}

} // namespace penstock::aws
