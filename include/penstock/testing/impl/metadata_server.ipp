// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/metadata_server.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/core/detail/json_string.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string_view>

namespace penstock::testing {
namespace detail {

inline constexpr std::string_view metadata_roles_folder = "/latest/meta-data/iam/security-credentials/";

inline std::string json_text(std::string_view text) {
    std::string out;
    penstock::detail::append_json_string(out, text);
    return out;
}

inline http_answer metadata_error(int status, std::string_view code, std::string_view message) {
    if (code.empty()) return http_answer{status};
    return http_answer{status,
                       "{\"Code\":" + json_text(code) + ",\"Message\":" + json_text(message) + "}", "application/json"};
}

} // namespace detail

PENSTOCK_DECL http_answer metadata_fault::spoil(http_answer right) const {
    switch (kind_) {
    case kind::slow:
        return right.delay(length_);
    case kind::status:
        return detail::metadata_error(status_, code_, message_);
    case kind::garbage:
        return http_answer{200, message_, "text/html"};
    case kind::noise:
        return http_answer::raw("\x16\x03\x01 this is not HTTP\r\n\r\n");
    case kind::oversized:
        return http_answer{200, right.body() + std::string(at_ - std::min(at_, right.body().size()), ' ')};
    case kind::cut:
        return right.cut_at(at_);
    }
    return right;
}

struct metadata_server::state {
    metadata_contents contents;
    std::shared_ptr<clock_source> clock;
    std::set<std::string, std::less<>> tokens;
    std::uint64_t tokens_given = 0;
    std::optional<std::uint64_t> forget_after;
    std::map<metadata_request, std::deque<metadata_fault>> planned;
    std::map<metadata_request, metadata_fault> standing;
    std::map<metadata_request, std::uint64_t> counts;

    http_answer answer(const http_request& r) {
        if (forget_after && (*forget_after)-- == 0) {
            tokens.clear();
            forget_after.reset();
        }
        const auto kind = kind_of(r);
        ++counts[kind];
        auto right = right_answer(kind, r);
        auto& mine = planned[kind];
        if (!mine.empty()) {
            const auto f = mine.front();
            mine.pop_front();
            return f.spoil(std::move(right));
        }
        const auto f = standing.find(kind);
        return f == standing.end() ? right : f->second.spoil(std::move(right));
    }

    metadata_request kind_of(const http_request& r) const {
        const auto target = r.query.empty() ? r.path : r.path + "?" + r.query;
        if (r.path == "/latest/api/token") return metadata_request::token;
        if (r.path == detail::metadata_roles_folder) return metadata_request::role;
        if (r.path.starts_with(detail::metadata_roles_folder)) return metadata_request::credentials;
        return target == contents.container_path ? metadata_request::container : metadata_request::other;
    }

    http_answer right_answer(metadata_request kind, const http_request& r) {
        if (kind != metadata_request::token && kind != metadata_request::other && r.method != "GET") return http_answer{405};
        switch (kind) {
        case metadata_request::token:
            return give_token(r);
        case metadata_request::role:
        case metadata_request::credentials:
            return answer_metadata(kind, r);
        case metadata_request::container:
            if (!contents.container_token.empty() && r.headers["authorization"] != contents.container_token)
                return detail::metadata_error(401, "AccessDeniedException", "the token is not valid");
            return keys("");
        case metadata_request::other:
            break;
        }
        return http_answer{404};
    }

    http_answer give_token(const http_request& r) {
        if (r.method != "PUT") return http_answer{405};
        if (r.headers.contains("x-forwarded-for")) return http_answer{403};
        const auto seconds = r.headers["x-aws-ec2-metadata-token-ttl-seconds"];
        int n = 0;
        const auto read = std::from_chars(seconds.data(), seconds.data() + seconds.size(), n);
        if (read.ec != std::errc{} || read.ptr != seconds.data() + seconds.size() || n < 1 || n > 21600)
            return http_answer{400};
        auto token = "AQAEATOKEN" + std::to_string(++tokens_given) + "==";
        tokens.insert(token);
        return http_answer{200, token}.header("x-aws-ec2-metadata-token-ttl-seconds", seconds);
    }

    http_answer answer_metadata(metadata_request kind, const http_request& r) const {
        const auto token = r.headers.find("x-aws-ec2-metadata-token");
        if (token ? !tokens.contains(*token) : !contents.version_1) return http_answer{401};
        const auto asked = std::string_view{r.path}.substr(detail::metadata_roles_folder.size());
        if (contents.role.empty() || (kind == metadata_request::credentials && asked != contents.role))
            return http_answer{404};
        if (kind == metadata_request::role) return http_answer{200, contents.role};
        return keys("\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",");
    }

    http_answer keys(const std::string& before) const {
        const auto& k = contents.keys;
        const auto whole = [](auto t) { return std::chrono::floor<std::chrono::seconds>(t); };
        const auto expires = whole(clock->wall_now() + contents.lifetime);
        std::string body = "{" + before + "\"AccessKeyId\":" + detail::json_text(k.access_key_id) +
                           ",\"SecretAccessKey\":" + detail::json_text(k.secret_access_key) +
                           ",\"Token\":" + detail::json_text(k.session_token) +
                           ",\"Expiration\":" + detail::json_text(aws::format_iso8601(aws::instant{expires}).value_or(""));
        if (!k.account_id.empty()) body += ",\"AccountId\":" + detail::json_text(k.account_id);
        return http_answer{200, body + "}", "application/json"};
    }
};

PENSTOCK_DECL metadata_server::metadata_server(executor ex, metadata_contents contents, http_server_options options)
    : state_{std::make_shared<state>()},
      server_{std::move(ex), [s = state_](const http_request& r) { return s->answer(r); }, options} {
    state_->contents = std::move(contents);
    state_->clock = options.clock() ? options.clock() : make_system_clock();
}

PENSTOCK_DECL std::uint16_t metadata_server::listen(std::uint16_t port, std::string address) {
    return server_.listen(port, std::move(address));
}
PENSTOCK_DECL void metadata_server::listen(simulated_network& network, std::string host, std::uint16_t port) {
    server_.listen(network, std::move(host), port);
}
PENSTOCK_DECL const std::string& metadata_server::endpoint() const noexcept { return server_.endpoint(); }
PENSTOCK_DECL std::uint16_t metadata_server::port() const noexcept { return server_.port(); }
PENSTOCK_DECL void metadata_server::stop() noexcept { server_.stop(); }

PENSTOCK_DECL metadata_contents& metadata_server::contents() const noexcept { return state_->contents; }
PENSTOCK_DECL void metadata_server::forget_tokens_after(std::uint64_t requests) noexcept {
    state_->forget_after = requests;
}

PENSTOCK_DECL void metadata_server::next(metadata_request of, metadata_fault f) {
    state_->planned[of].push_back(std::move(f));
}
PENSTOCK_DECL void metadata_server::always(metadata_request of, metadata_fault f) {
    state_->standing.insert_or_assign(of, std::move(f));
}
PENSTOCK_DECL void metadata_server::heal() noexcept {
    state_->planned.clear();
    state_->standing.clear();
}

PENSTOCK_DECL std::uint64_t metadata_server::count(metadata_request of) const noexcept {
    const auto found = state_->counts.find(of);
    return found == state_->counts.end() ? 0 : found->second;
}
PENSTOCK_DECL const std::vector<http_request>& metadata_server::requests() const noexcept { return server_.requests(); }

} // namespace penstock::testing
