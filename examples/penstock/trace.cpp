// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "trace.hpp"

#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/load_profile.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace tool {

using namespace penstock;

namespace {

using trace_clock = std::chrono::steady_clock;

void say(const std::string& text, trace_clock::time_point since) {
    const double ms = std::chrono::duration<double, std::milli>(trace_clock::now() - since).count();
    std::fprintf(stderr, "trace: %s, %.1f ms\n", printable(text, 2048).c_str(), ms);
}

/// "GET /bucket/key?query" where a request starts here; else empty.
std::string_view request_line(std::string_view bytes) {
    const auto line = bytes.substr(0, bytes.find("\r\n"));
    constexpr std::string_view version = " HTTP/1.1";
    if (!line.ends_with(version)) return {};
    for (const std::string_view method : {"GET ", "PUT ", "HEAD ", "POST ", "DELETE "})
        if (line.starts_with(method)) return line.substr(0, line.size() - version.size());
    return {};
}

/// The request's line for people. Where credentials of containers are is their secret with some agents.
std::string shown(std::string_view line, const aws::environment& env) {
    const auto target = line.substr(line.find(' ') + 1);
    const auto relative = env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), full = env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const bool secret = target.size() > 1 && ((relative && *relative == target) || (full && full->ends_with(target)));
    return std::string{secret ? line.substr(0, line.size() - target.size()) : line} + (secret ? "(not shown)" : "");
}

class tracing_stream final : public http::stream {
  public:
    tracing_stream(http::stream_ptr inner, aws::environment env) : inner_{std::move(inner)}, env_{std::move(env)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        auto moved = inner_->try_read_some(into);
        if (moved.status == io_status::bytes && !waiting_.empty()) answered(as_text(into.first(moved.size)));
        return moved;
    }
    io_result try_write_some(std::span<const std::byte> from) override {
        auto moved = inner_->try_write_some(from);
        if (moved.status != io_status::bytes) return moved;
        if (const auto line = request_line(as_text(from)); !line.empty()) {
            waiting_ = shown(line, env_);
            since_ = trace_clock::now();
        }
        return moved;
    }
    awaitable<void> wait(http::wait_for what) override { return inner_->wait(what); }
    void close() noexcept override { inner_->close(); }
    bool usable() noexcept override { return inner_->usable(); }

  private:
    void answered(std::string_view bytes) {
        const auto line = bytes.substr(0, bytes.find("\r\n"));
        const auto status = line.starts_with("HTTP/1.") ? line.substr(std::min<std::size_t>(9, line.size())) : "?";
        if (status.starts_with("100")) return;
        say(std::exchange(waiting_, {}) + " -> " + std::string{status}, since_);
    }

    http::stream_ptr inner_;
    aws::environment env_;
    std::string waiting_; // the request that has no answer yet
    trace_clock::time_point since_;
};

class tracing_connector final : public http::connector {
  public:
    tracing_connector(std::shared_ptr<http::connector> inner, aws::environment env)
        : inner_{std::move(inner)}, env_{std::move(env)} {}

    awaitable<http::stream_ptr> connect(http::origin to) override {
        const auto since = trace_clock::now();
        auto stream = co_await as_result(inner_->connect(to));
        say("connect " + to.url() + (stream ? "" : " failed"), since);
        if (!stream) throw_failure(stream.error());
        co_return std::make_unique<tracing_stream>(std::move(*stream), env_);
    }

    std::shared_ptr<const http::forwarding> forwarded(const http::origin& to) const override { return inner_->forwarded(to); }

  private:
    std::shared_ptr<http::connector> inner_;
    aws::environment env_;
};

} // namespace

std::shared_ptr<http::connector> make_tracing_connector(const std::string& profile) {
    http::tls_options tls;
    const aws::environment env;
    aws::profile_request asked;
    asked.name = profile;
    tls.ca_file(aws::read_client_settings(env, aws::load_profile(asked, env)).ca_bundle);
    auto clock = make_system_clock();
    auto inner = http::make_connector(http::make_cares_resolver(), std::move(tls), http::transport_options{},
                                      clock, http::read_proxy_environment([&env](const std::string& name) { return env.get(name); }));
    return std::make_shared<tracing_connector>(std::move(inner), env);
}

} // namespace tool
