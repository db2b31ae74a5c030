// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/http_server.hpp>

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/testing/detail/listening_server.hpp>
#include <penstock/testing/detail/server_connection.hpp>
#include <penstock/testing/detail/status_text.hpp>

#include <algorithm>
#include <utility>

namespace penstock::testing {
namespace detail {

struct http_server_state final : listening_server {
    http_handler handler;
    http_server_options options;
    std::shared_ptr<buffer_pool> buffers = buffer_pool::create();
    std::vector<http_request> log;

  protected:
    PENSTOCK_DECL awaitable<void> serve(http::stream_ptr stream, std::function<void()> reset,
                                        std::uint64_t number) override;
    const server_limits& transport_limits() const noexcept override { return options.limits(); }
};

/// One connection to a server that a function answers for.
class http_session final : private server_connection {
  public:
    http_session(http_server_state& s, http::stream_ptr stream, std::uint64_t number)
        : server_connection{std::move(stream), s.options.limits(), s.ex, s.clock, s.buffers}, server_{s},
          number_{number} {}

    awaitable<void> run() {
        for (;;) {
            request_parser parser{limits_.max_header_size};
            const auto problem = co_await read_head(parser);
            if (!parser.done()) {
                if (!parser.untouched()) ++server_.statistics.malformed_requests;
                if (problem.status != 0) co_await refuse(problem.status);
                co_return;
            }
            const bool go_on = co_await answer(parser.head());
            if (!go_on) co_return;
            if (!buffered().empty()) co_await penstock::detail::yield();
        }
    }

  private:
    /// Answers whether the connection goes on.
    awaitable<bool> answer(request_head& head) {
        http_request asked;
        asked.connection = number_;
        asked.method = head.request.method;
        const auto& target = head.request.target;
        const auto question = target.find('?');
        asked.path = target.substr(0, question);
        if (question != std::string::npos) asked.query = target.substr(question + 1);
        asked.headers = head.request.headers;
        const int wrong = co_await read_body(head, asked.body);
        if (wrong != 0) {
            ++server_.statistics.malformed_requests;
            if (wrong > 0) co_await refuse(wrong);
            co_return false;
        }
        ++server_.statistics.requests;
        server_.statistics.request_bytes += asked.body.size();
        server_.log.push_back(asked);
        const auto a = server_.handler(asked);
        if (a.delay() > duration::zero()) co_await pause(a.delay());
        if (a.delay() == duration::max()) co_return false;
        const bool go_on = head.keep_alive && !a.closes() && !a.cut_at() && !a.raw();
        const auto text = a.raw() ? *a.raw() : written(a, asked.method == "HEAD", go_on);
        const auto bytes = std::as_bytes(std::span{text}).first(std::min(a.cut_at().value_or(text.size()), text.size()));
        const bool sent = co_await write_all(bytes);
        if (sent) server_.statistics.response_bytes += bytes.size();
        co_return sent && go_on;
    }

    /// 0, or the status of a refusal, or -1: the connection has ended.
    awaitable<int> read_body(request_head& head, std::string& into) {
        using state = http::body_decoder::state;
        if (!head.has_body) co_return 0;
        if (head.expects_continue && buffered().empty()) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const bool told = co_await write_all(std::as_bytes(std::span{go_on}));
            if (!told) co_return -1;
        }
        auto& body = head.body;
        while (body.now() != state::done) {
            if (buffered().empty()) {
                const bool more = co_await fill(after(limits_.stall_timeout));
                if (!more) co_return -1;
            }
            if (body.now() == state::data) {
                const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(buffered().size(), body.data_size()));
                if (into.size() + n > server_.options.max_body()) co_return 413;
                into.append(reinterpret_cast<const char*>(buffered().data()), n);
                consume(n);
                body.consume_data(n);
            } else {
                const auto used = body.consume_frame(buffered());
                if (!used) co_return 400;
                consume(*used);
            }
        }
        co_return 0;
    }

    awaitable<void> refuse(int status) {
        const auto text = written(http_answer{status}, false, false);
        const bool sent = co_await write_all(std::as_bytes(std::span{text}));
        if (sent) co_await linger();
    }

    static std::string written(const http_answer& a, bool head_only, bool keep_alive) {
        std::string out = "HTTP/1.1 " + std::to_string(a.status()) + " " + std::string{status_text(a.status())} + "\r\n";
        out += a.headers().text();
        if (a.status() != 204 && a.status() != 304) out += "Content-Length: " + std::to_string(a.body().size()) + "\r\n";
        if (!keep_alive) out += "Connection: close\r\n";
        out += "\r\n";
        if (!head_only) out += a.body();
        return out;
    }

    http_server_state& server_;
    std::uint64_t number_;
};

PENSTOCK_DECL awaitable<void> http_server_state::serve(http::stream_ptr stream, std::function<void()>,
                                                       std::uint64_t number) {
    http_session session{*this, std::move(stream), number};
    co_await session.run();
}

} // namespace detail

PENSTOCK_DECL http_server::http_server(executor ex, http_handler handler, http_server_options options)
    : state_{std::make_shared<detail::http_server_state>()} {
    auto& s = *state_;
    s.ex = std::move(ex);
    s.handler = std::move(handler);
    s.options = std::move(options);
    s.clock = s.options.clock() ? s.options.clock() : make_system_clock();
    if (!s.options.certificate_pem().empty())
        s.tls = detail::make_server_tls_context(s.options.certificate_pem(), s.options.key_pem());
}

PENSTOCK_DECL http_server::~http_server() {
    if (state_) stop();
}

PENSTOCK_DECL std::uint16_t http_server::listen(std::uint16_t port, std::string address) {
    return state_->listen(port, address);
}
PENSTOCK_DECL void http_server::listen(simulated_network& network, std::string host, std::uint16_t port) {
    state_->listen(network, host, port);
}
PENSTOCK_DECL const std::string& http_server::endpoint() const noexcept { return state_->endpoint; }
PENSTOCK_DECL std::uint16_t http_server::port() const noexcept { return state_->port; }
PENSTOCK_DECL void http_server::stop() noexcept { state_->stop(); }
PENSTOCK_DECL const std::vector<http_request>& http_server::requests() const noexcept { return state_->log; }
PENSTOCK_DECL void http_server::forget_requests() noexcept { state_->log.clear(); }
PENSTOCK_DECL const server_statistics& http_server::statistics() const noexcept { return state_->statistics; }

} // namespace penstock::testing
