// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/s3_service.hpp>

#include <penstock/aws/sigv4_verify.hpp>
#include <penstock/testing/detail/body_intake.hpp>
#include <penstock/testing/detail/service_access.hpp>
#include <penstock/testing/detail/service_call.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace penstock::testing {
namespace detail {

inline constexpr std::size_t longest_key = 1024;

class exchange final : public s3_exchange {
  public:
    exchange(std::shared_ptr<s3_service_state> state, s3_request request)
        : state_{std::move(state)}, request_{std::move(request)}, call_{*state_, request_},
          request_id_{state_->new_id()} {
        attempt([this] { begin(); });
    }

    bool refused() const noexcept override { return problem_.has_value(); }

    void write(std::span<const std::byte> bytes) override {
        if (problem_) return;
        attempt([&] { intake_->write({reinterpret_cast<const char*>(bytes.data()), bytes.size()}); });
    }

    bool work() override {
        bool more = false;
        if (problem_) return more;
        attempt([&] {
            if (!prepared_) {
                prepared_ = true;
                intake_->finish();
                if (route_.prepare) route_.prepare(call_);
            }
            more = call_.pass && call_.pass->step();
        });
        return more;
    }

    s3_response finish() override {
        while (work()) {
        }
        s3_response out;
        if (!problem_) attempt([&] { out = route_.run(call_); });
        if (problem_) out = document_of(*problem_);
        add_common(out);
        return out;
    }

    void ignore_if_match() noexcept override { request_.ignore_if_match = true; }
    void shorten_session(duration d) noexcept override { call_.session_life = d; }

    const std::string& path() const noexcept override { return path_; }

    s3_response make_error(int status, std::string code, std::string message) override {
        auto out = document_of(s3_problem{status, std::move(code), std::move(message)});
        add_common(out);
        return out;
    }

  private:
    template <class F>
    void attempt(F f) {
        try {
            f();
        } catch (s3_problem& p) {
            problem_ = std::move(p);
        } catch (const error& e) {
            problem_ = storage_problem(e.as_failure());
        }
    }

    void begin() {
        const auto question = request_.target.find('?');
        raw_path_ = request_.target.substr(0, question);
        if (question != std::string::npos) raw_query_ = request_.target.substr(question + 1);
        // Absolute form, as to a proxy.
        if (!raw_path_.starts_with('/')) {
            const auto scheme = raw_path_.find("://");
            const auto slash = scheme == std::string::npos ? scheme : raw_path_.find('/', scheme + 3);
            if (scheme == std::string::npos)
                throw s3_problem{400, "InvalidURI", "Couldn't parse the specified URI."};
            raw_path_ = slash == std::string::npos ? "/" : raw_path_.substr(slash);
        }
        split_path();
        call_.query = aws::parse_query(raw_query_);
        check_endpoint_region(call_, base_domain_);
        aws::sigv4_received received;
        received.method = request_.method;
        received.path = raw_path_;
        received.query = raw_query_;
        received.headers = &request_.headers;
        auto granted = grant_access(call_, received);
        check_names();
        route_ = route_of(call_);
        if (route_.check) route_.check(call_);
        intake_.emplace(call_, route_, std::move(granted.payload_hash), std::move(granted.chunk_signer));
    }

    void split_path() {
        auto path = aws::uri_decode(raw_path_);
        if (!path) throw s3_problem{400, "InvalidURI", "Couldn't parse the specified URI."};
        auto host = request_.headers["host"];
        host = host.substr(0, host.find(':'));
        std::string_view in_host;
        const auto& domains = state_->options.base_domains();
        for (const auto& d : domains)
            if (http::iequals(host, d)) base_domain_ = d;
        for (const auto& d : domains) {
            if (!base_domain_.empty()) break;
            if (host.size() <= d.size() + 1 || host[host.size() - d.size() - 1] != '.' ||
                !http::iequals(host.substr(host.size() - d.size()), d))
                continue;
            base_domain_ = d;
            in_host = host.substr(0, host.size() - d.size() - 1);
        }
        if (!in_host.empty()) {
            call_.bucket = in_host;
            std::transform(call_.bucket.begin(), call_.bucket.end(), call_.bucket.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            call_.key = path->substr(1);
        } else {
            const auto slash = path->find('/', 1);
            call_.bucket = path->substr(1, slash == std::string::npos ? slash : slash - 1);
            if (slash != std::string::npos) call_.key = path->substr(slash + 1);
        }
        path_ = "/" + call_.bucket + (call_.key.empty() ? "" : "/" + call_.key);
    }

    void check_names() {
        if (call_.bucket.empty() && !call_.key.empty())
            throw s3_problem{400, "InvalidBucketName", "The specified bucket is not valid."}.detail(
                "BucketName", "");
        if (call_.key.size() > longest_key)
            throw s3_problem{400, "KeyTooLongError", "Your key is too long"}
                .detail("Size", std::to_string(call_.key.size()))
                .detail("MaxSizeAllowed", std::to_string(longest_key));
        const auto owner = request_.headers.find("x-amz-expected-bucket-owner");
        if (owner && !call_.bucket.empty() && *owner != state_->options.owner())
            throw access_denied();
    }

    s3_response document_of(const s3_problem& p) {
        s3_response out;
        out.status = p.status;
        out.code = p.code;
        out.headers = p.headers;
        if (p.status == 304) return out;
        xml::writer w;
        w.open("Error").element("Code", p.code).element("Message", xml_safe(p.message));
        // Element names come from literals in this module.
        for (const auto& [name, value] : p.details) w.element(name, xml_safe(value));
        if (!call_.key.empty()) w.element("Key", xml_safe(call_.key));
        w.element("Resource", xml_safe(path_)).element("RequestId", request_id_).element("HostId", host_id());
        out.headers.set("Content-Type", "application/xml");
        out.body = w.finish();
        return out;
    }

    void add_common(s3_response& out) {
        out.headers.add("x-amz-request-id", request_id_);
        out.headers.add("x-amz-id-2", host_id());
        out.headers.add("Server", "Penstock");
    }

    std::string host_id() const { return to_base64("penstock:" + request_id_); }

    std::shared_ptr<s3_service_state> state_;
    s3_request request_;
    service_call call_;
    std::string request_id_;
    std::string raw_path_;
    std::string raw_query_;
    std::string path_ = "/";
    std::string base_domain_; ///< under which the request came; empty: under none
    service_route route_;
    std::optional<body_intake> intake_;
    bool prepared_ = false;
    std::optional<s3_problem> problem_;
};

} // namespace detail

PENSTOCK_DECL s3_service::s3_service(s3_service_options options, std::shared_ptr<storage> store,
                                     std::shared_ptr<clock_source> clock,
                                     std::shared_ptr<random_source> random)
    : state_{std::make_shared<s3_service_state>()} {
    state_->options = std::move(options);
    for (const auto& user : state_->options.users()) add_user(user);
    state_->store = std::move(store);
    state_->clock = std::move(clock);
    state_->random = random ? std::move(random) : make_system_random();
}
PENSTOCK_DECL s3_service::~s3_service() = default;

PENSTOCK_DECL std::unique_ptr<s3_exchange> s3_service::start(s3_request request) {
    return std::make_unique<detail::exchange>(state_, std::move(request));
}
PENSTOCK_DECL void s3_service::add_user(aws::credentials user) {
    auto& users = state_->users;
    if (users.size() >= max_users)
        users.erase(std::min_element(users.begin(), users.end(), [](const auto& a, const auto& b) {
            return a.second.expiration.value_or(wall_time::max()) < b.second.expiration.value_or(wall_time::max());
        }));
    auto id = user.access_key_id;
    users.insert_or_assign(std::move(id), std::move(user));
}
PENSTOCK_DECL const s3_service_options& s3_service::options() const noexcept { return state_->options; }
PENSTOCK_DECL storage& s3_service::store() const noexcept { return *state_->store; }
PENSTOCK_DECL std::size_t s3_service::open_uploads() const noexcept { return state_->uploads.size(); }

} // namespace penstock::testing
