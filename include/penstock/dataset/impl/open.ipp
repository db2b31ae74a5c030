// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/open.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/json_spec.hpp>
#include <penstock/s3/open_beginning.hpp>

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace penstock {
namespace detail {

/// The letters before "://"; empty where there are none.
inline std::string_view url_scheme(std::string_view url) noexcept {
    const auto end = url.find("://");
    if (end == std::string_view::npos || end == 0) return {};
    for (const char c : url.substr(0, end)) {
        if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return {};
    }
    return url.substr(0, end);
}

inline s3::client& client_for(s3::client* s3) {
    if (!s3)
        throw_failure(failure{errc::invalid_option, "an S3 URL cannot be opened without a client",
                              "pass the s3::client to use"});
    return *s3;
}

inline s3::store_spec read_spec(const s3::client* s3, std::string_view json) {
    if (!s3) return s3::parse_json_spec(json).value();
    // By the means of that client, but for what the spec says itself.
    const auto& means = s3->options();
    s3::client_options asked;
    asked.clock(means.clock()).random(means.random()).resolver(means.resolver()).connector(means.connector());
    asked.tls(means.tls()).transport(means.transport()).user_agent(means.user_agent()).file_reader(means.file_reader());
    asked.buffers(s3->buffers()).budget(s3->budget()).part_size(means.part_size());
    asked.upload_concurrency(means.upload_concurrency()).sign_payload(means.sign_payload());
    return s3::parse_json_spec(json, means.context() ? *means.context() : s3::store_context{means.environment()}, std::move(asked)).value();
}

/// The client of a spec that was read by the means of another, or of none.
inline s3::client make_spec_client(const s3::client* s3, s3::client_options asked, const executor& ex) {
    return s3::client{s3 ? s3->get_executor() : ex, std::move(asked)};
}

inline awaitable<std::unique_ptr<byte_source>> open_object(s3::client client, s3::object_address object, std::uint64_t first) {
    if (first) {
        auto beginning = co_await s3::open_beginning(std::move(client), std::move(object), first);
        co_return beginning;
    }
    auto reader = co_await client.open(std::move(object));
    co_return std::make_unique<s3::object_reader>(std::move(reader));
}

} // namespace detail

PENSTOCK_DECL bool is_s3_url(std::string_view url) noexcept {
    const auto scheme = url.substr(0, url.find(':'));
    if (scheme.size() == url.size()) return false;
    return detail::iequals(scheme, "s3") || detail::iequals(scheme, "s3a") || detail::iequals(scheme, "s3n");
}

PENSTOCK_DECL std::string local_path(std::string_view url) {
    const auto scheme = detail::url_scheme(url);
    if (scheme.empty()) return std::string{url};
    error_detail d;
    if (detail::iequals(scheme, "file")) {
        const auto rest = url.substr(scheme.size() + 3);
        const auto slash = rest.find('/');
        const auto host = rest.substr(0, slash);
        if (slash != std::string_view::npos && (host.empty() || detail::iequals(host, "localhost")))
            return std::string{rest.substr(slash)};
        d.object = url;
        d.message = "a file URL needs an absolute path on this machine";
        d.hint = "write file:///absolute/path, with three slashes, or just the path";
    } else {
        // No more of the URL than its scheme: others may hold secrets.
        d.message = "nothing here opens " + std::string{scheme} + ":// URLs";
        d.hint = "write s3://bucket/key, file:///path or a path";
    }
    throw_failure(failure{errc::invalid_url, std::move(d)});
}

PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_source(s3::client* s3, std::string url) {
    return open_source(s3, std::move(url), 0);
}

PENSTOCK_DECL awaitable<std::unique_ptr<byte_source>> open_source(s3::client* s3, std::string url, std::uint64_t first) {
    if (s3::is_json_spec(url)) {
        const executor ex = co_await asio::this_coro::executor;
        auto spec = detail::read_spec(s3, url);
        auto client = detail::make_spec_client(s3, std::move(spec.client), ex);
        auto source = co_await detail::open_object(std::move(client), std::move(spec.address), first);
        co_return source;
    }
    if (!is_s3_url(url)) co_return open_file(local_path(url));
    auto& client = detail::client_for(s3);
    auto source = co_await detail::open_object(client, s3::object_address{url}, first);
    co_return source;
}

PENSTOCK_DECL awaitable<std::unique_ptr<byte_sink>> create_sink(s3::client* s3, std::string url) {
    if (s3::is_json_spec(url)) {
        const executor ex = co_await asio::this_coro::executor;
        auto spec = detail::read_spec(s3, url);
        auto client = detail::make_spec_client(s3, std::move(spec.client), ex);
        co_return std::make_unique<s3::object_writer>(client.create(std::move(spec.address)));
    }
    if (!is_s3_url(url)) co_return create_file(local_path(url));
    auto& client = detail::client_for(s3);
    co_return std::make_unique<s3::object_writer>(client.create(s3::object_address{url}));
}

} // namespace penstock
