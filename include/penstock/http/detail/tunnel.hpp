// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/detail/proxy_answer.hpp>
#include <penstock/http/head_parser.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/proxy_options.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/http/stream.hpp>

#include <boost/asio/this_coro.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

namespace penstock::http::detail {

/// "host:port", with the port in any case.
inline std::string authority_of(const origin& to) {
    const bool v6 = to.host.find(':') != std::string::npos;
    return (v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

/// RFC 9110, section 9.3.6.
inline std::string make_connect_request(const origin& to, const proxy& by) {
    const auto authority = authority_of(to);
    std::string out = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!by.authorization.empty()) out += "Proxy-Authorization: " + by.authorization + "\r\n";
    return out + "\r\n";
}

/// Asks the proxy behind `s` for a tunnel to `to`, which `s` then is. Throws what the proxy answers, and
/// `errc::connect_timeout` after `limit`.
inline awaitable<void> open_tunnel(stream& s, origin to, proxy by, std::shared_ptr<clock_source> clock, duration limit) {
    const executor ex = co_await asio::this_coro::executor;
    bool late = false;
    auto watchdog = clock->make_timer(ex);
    watchdog->start(later(clock->now(), limit), [&s, &late] {
        late = true;
        s.close();
    });
    failure why;
    const auto text = make_connect_request(to, by);
    auto rest = as_bytes(text);
    while (!rest.empty() && !why) {
        auto r = s.try_write_some(rest);
        if (r.status == io_status::bytes)
            rest = rest.subspan(r.size);
        else if (r.status == io_status::would_block)
            co_await s.wait(wait_for::write);
        else
            why = std::move(r.error);
    }
    response_head head;
    head_parser parser;
    parser.start(head);
    std::array<std::byte, 4096> block{};
    std::size_t got = 0;
    while (!why && !parser.done()) {
        auto r = co_await s.read_some(std::span{block}.subspan(got));
        if (r.status == io_status::error) {
            why = std::move(r.error);
        } else if (r.status != io_status::bytes) {
            why = errc::connection_closed;
        } else {
            const std::size_t have = got + r.size;
            const auto used = parser.parse(std::span{block}.first(have));
            if (!used) {
                why = used.error();
                break;
            }
            got = have - *used;
            std::copy(block.begin() + static_cast<std::ptrdiff_t>(*used), block.begin() + static_cast<std::ptrdiff_t>(have), block.begin());
            if (got == block.size()) why = errc::header_too_large;
            if (!parser.done() || why) continue;
            if (head.status < 200 || head.status > 299)
                why = proxy_refusal(head, by.at.url(), !by.authorization.empty());
            // The server behind it waits for our first word.
            if (!why && got > 0) why = failure{errc::malformed_response, "the proxy " + by.at.url() + " says more than its answer"};
            if (why) break;
        }
    }
    watchdog->cancel();
    if (!why) co_return;
    if (late) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
        why = failure{errc::connect_timeout, "the proxy " + by.at.url() + " did not answer within " + std::to_string(ms) + " ms"};
    }
    throw_failure(why.with([&](error_detail& d) {
        if (d.message.find(by.at.url()) == std::string::npos)
            d.message = "the proxy " + by.at.url() + (d.message.empty() ? "" : ": " + d.message);
        d.operation = "connect";
    }));
}

} // namespace penstock::http::detail
