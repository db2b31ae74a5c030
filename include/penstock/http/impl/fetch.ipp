// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/fetch.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/detail/read_text.hpp>

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace penstock::http {
namespace detail {

inline awaitable<document> fetch_unlimited(std::shared_ptr<connector> how, origin to, request asked, std::string body,
                                           std::shared_ptr<clock_source> clock, fetch_options options) {
    auto stream = co_await how->connect(to);
    const executor ex = co_await asio::this_coro::executor;
    const auto by = how->forwarded(to);
    connection c{ex, to, std::move(stream), transport_options{}.observer(options.observer()), clock, buffer_pool::create()};
    c.forwarded(by);
    if (!body.empty() || asked.method == "POST" || asked.method == "PUT")
        asked.headers.add("Content-Length", body.size());
    auto& text = c.request_text();
    asked.append_to(text, by.get());
    text += body;
    outgoing out;
    out.method = asked.method;
    out.head = text;
    const auto sent = co_await c.exchange(out);
    if (!sent) throw_failure(sent.error());
    auto read = co_await read_text(c, options.max_body(), *clock, options.limit());
    if (!read) throw_failure(read.error());
    document answer;
    answer.head = c.head();
    answer.body = std::move(*read);
    co_return answer;
}

} // namespace detail

PENSTOCK_DECL awaitable<document> fetch(std::shared_ptr<connector> how, origin to, request asked, std::string body,
                                        std::shared_ptr<clock_source> clock, fetch_options options) {
    auto whole = detail::fetch_unlimited(std::move(how), to, std::move(asked), std::move(body), clock, options);
    auto limited = with_timeout(std::move(whole), options.limit(), clock);
    penstock::detail::attempt done{std::move(limited)};
    co_await done.run();
    if (!done) {
        throw_failure(done.error().with([&to](error_detail& d) {
            if (d.endpoint.empty()) d.endpoint = to.url();
        }));
    }
    co_return std::move(*done);
}

} // namespace penstock::http
