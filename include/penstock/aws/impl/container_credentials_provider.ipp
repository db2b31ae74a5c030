// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/container_credentials_provider.hpp>

#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/detail/http_url.hpp>
#include <penstock/aws/detail/metadata_credentials.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/with_timeout.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace penstock::aws {
namespace detail {

inline constexpr const char* container_name = "container";
inline constexpr std::size_t largest_container_text = std::size_t{64} << 10; ///< of answers and tokens
inline constexpr std::chrono::seconds container_timeout{2};
inline constexpr int container_attempts = 3;

[[noreturn]] inline void throw_container(errc code, const std::string& message, std::string hint = {}) {
    throw_failure(failure{code, std::string{container_name} + ": " + message, std::move(hint)});
}

/// Whom a token may be sent to in the clear: this machine, and the agents of ECS and EKS.
inline bool is_container_address(const asio::ip::address& a) {
    static constexpr const char* agents[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
    return a.is_loopback() || std::any_of(std::begin(agents), std::end(agents),
                                          [&](const char* agent) { return a == asio::ip::make_address(agent); });
}

inline http_url find_container_url(const environment& env) {
    const std::string relative_name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", full_name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    const auto relative = env.get(relative_name);
    const auto full = env.get(full_name);
    if (!relative && !full) throw_container(errc::no_credentials, "neither " + relative_name + " nor " + full_name + " is set");
    const auto& name = relative ? relative_name : full_name;
    // Not "@host/path", which would lead elsewhere.
    if (relative && !relative->starts_with('/'))
        throw_container(errc::invalid_endpoint, relative_name + " does not begin with '/'");
    try {
        auto url = parse_http_url(relative ? "http://169.254.170.2" + *relative : *full);
        if (url.path.empty()) url.path = "/";
        return url;
    } catch (const error& e) {
        // The value is not repeated: with some agents it is the secret.
        throw_container(errc::invalid_endpoint, name + ": " + e.detail().message,
                        "it looks like " + std::string{relative ? "/v2/credentials/ID" : "http://169.254.170.23/v1/credentials"});
    }
}

/// The value of Authorization, "" for none.
inline std::string read_container_token(const environment& env, const file_reader& read) {
    const std::string file_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", plain_name = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    std::string token;
    const auto file = env.get(file_name);
    if (file) {
        auto text = read(*file, largest_container_text);
        if (!text)
            throw_failure(told_by(container_name, text.error()).with([&](error_detail& d) {
                if (d.object.empty()) d.object = *file;
                d.hint = file_name + " names it";
            }));
        token = std::move(*text);
    } else {
        token = env.get(plain_name).value_or("");
    }
    const auto& name = file ? file_name : plain_name;
    if (file && token.empty()) throw_container(errc::invalid_credentials, "the token of " + name + " is empty");
    if (token.find_first_of("\r\n") != std::string::npos)
        throw_container(errc::invalid_credentials, "the token of " + name + " has a line break", "write it without one");
    if (!http::valid_header("Authorization", token))
        throw_container(errc::invalid_credentials, "the token of " + name + " has a control character");
    return token;
}

/// The conversation with the agent: one for every fetch.
class container_session {
  public:
    container_session(const provider_context& context, http_url url, std::string token)
        : context_{context.direct()}, url_{std::move(url)}, token_{std::move(token)} {}

    awaitable<credentials> fetch() {
        const auto targets = co_await find_targets();
        for (int left = container_attempts;; --left) {
            penstock::detail::attempt found{try_targets(targets)};
            co_await found.run();
            if (found) co_return std::move(*found);
            const auto& why = found.error();
            const bool passing = why.detail().http_status ? is_passing(why.detail().http_status) : is_transport(why);
            if (!passing || left <= 1) throw_failure(why);
            co_await sleep_for(context_.clock(), std::chrono::seconds{1});
        }
    }

  private:
    static bool is_transport(const failure& why) {
        return why.code() == condition::connection || why.code() == condition::timeout;
    }

    /// Where to connect to: what is checked, and nothing else that the name might lead to a moment later.
    awaitable<std::vector<http::origin>> find_targets() {
        std::vector<http::origin> out;
        if (url_.to.tls) {
            out.push_back(url_.to);
            co_return out;
        }
        error_code not_an_address;
        const auto literal = asio::ip::make_address(url_.to.host, not_an_address);
        std::vector<asio::ip::address> addresses;
        if (not_an_address) {
            auto asked = with_timeout(context_.resolve(url_.to.host), container_timeout, context_.clock());
            penstock::detail::attempt resolved{std::move(asked)};
            co_await resolved.run();
            if (!resolved) throw_failure(told(resolved.error()));
            addresses = std::move(*resolved);
        } else {
            addresses.push_back(literal);
        }
        for (const auto& a : addresses) {
            if (!is_container_address(a)) refuse_host();
            out.emplace_back(a.to_string(), url_.to.port, false);
        }
        if (out.empty()) refuse_host();
        co_return out;
    }

    [[noreturn]] void refuse_host() const {
        throw_container(errc::invalid_endpoint, "the host '" + printable(url_.to.host, 256) + "' is not allowed over http",
                        "use https, an address of this machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]; all "
                        "addresses of a name must be such");
    }

    /// One attempt: the addresses in turn, until one can be connected to.
    awaitable<credentials> try_targets(std::vector<http::origin> targets) {
        failure last;
        for (const auto& to : targets) {
            penstock::detail::attempt answer{ask(to)};
            co_await answer.run();
            if (answer) co_return read(*answer);
            last = told(answer.error());
            if (last.code() != errc::connect_failed && last.code() != errc::connect_timeout) break;
        }
        throw_failure(last);
    }

    awaitable<http::document> ask(http::origin to) {
        http::request asked;
        asked.path = url_.path;
        asked.query = url_.query.value_or("");
        asked.headers.add("Host", host_with_port(url_.to));
        asked.headers.add("Accept", "application/json");
        if (!token_.empty()) asked.headers.add("Authorization", token_);
        const auto limits = http::fetch_options().limit(container_timeout).max_body(largest_container_text);
        const auto how = http::transport_options().connect_timeout(container_timeout);
        return context_.call(std::move(to), std::move(asked), "", limits, how);
    }

    credentials read(const http::document& answer) const {
        if (answer.head.status != 200) throw_failure(at_endpoint(status_failure(answer, container_name, token_)));
        auto found = read_metadata_credentials(answer.body, container_name, token_);
        if (found) return std::move(*found);
        // It is set up here: that it has none is no reason to look elsewhere.
        const bool none = found.error().code() == errc::no_credentials;
        throw_failure(at_endpoint(none ? failure{errc::invalid_credentials, found.error().detail()} : found.error()));
    }

    failure told(const failure& why) const { return at_endpoint(told_by(container_name, why)); }
    failure at_endpoint(const failure& why) const {
        return why.with([this](error_detail& d) { d.endpoint = url_.to.url(); });
    }

    provider_context context_;
    http_url url_;
    std::string token_;
};

inline awaitable<credentials> fetch_container_credentials(provider_context context) {
    container_session session{context, find_container_url(context.env()),
                              read_container_token(context.env(), context.read_file())};
    co_return co_await session.fetch();
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_container_credentials_provider(const provider_context& context) {
    auto fetch = [context] { return detail::fetch_container_credentials(context); };
    return make_refreshing_credentials_provider(detail::container_name, std::move(fetch), context.clock(),
                                                context.make_random());
}

} // namespace penstock::aws
