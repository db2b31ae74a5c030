// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connector.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/http/happy_eyeballs.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_stream.hpp>

namespace penstock::http {
namespace detail {

class tcp_connector final : public connector {
  public:
    tcp_connector(std::shared_ptr<resolver> names, tls_options tls, transport_options limits,
                  std::shared_ptr<clock_source> clock)
        : names_{std::move(names)}, tls_{std::move(tls)}, limits_{limits}, clock_{std::move(clock)} {}

    awaitable<stream_ptr> connect(origin to) override {
        auto made = co_await as_result(open(to));
        if (!made) throw_failure(made.error().with([&](error_detail& d) { d.endpoint = to.url(); }));
        co_return std::move(*made);
    }

  private:
    awaitable<stream_ptr> open(origin to) {
        error_code not_an_address;
        const auto literal = asio::ip::make_address(to.host, not_an_address);
        std::vector<asio::ip::address> addresses;
        if (not_an_address)
            addresses = co_await names_->resolve(to.host);
        else
            addresses.push_back(literal);

        auto tcp = co_await connect_any(std::move(addresses), to);
        if (!to.tls) co_return tcp;
        if (!context_) context_ = make_tls_context(tls_);
        co_return co_await connect_tls(std::move(tcp), to.host, context_, clock_, limits_.tls_timeout());
    }

    awaitable<stream_ptr> connect_any(std::vector<asio::ip::address> addresses, origin to) {
        if (addresses.empty()) throw_failure(failure{errc::host_not_found, "the resolver knows no address of " + to.host});
        if (addresses.size() == 1)
            co_return co_await connect_tcp(addresses.front(), to.port, clock_, limits_.connect_timeout());
        // A copy of all it needs: an attempt that lost may end after this connector.
        dialer dial = [clock = clock_, limit = limits_.connect_timeout(), port = to.port](asio::ip::address a) {
            return connect_tcp(std::move(a), port, clock, limit);
        };
        auto raced = co_await race_connections(std::move(addresses), std::move(dial), clock_);
        for (const auto& a : raced.passed_over) names_->unreachable(a);
        if (raced.stream) co_return std::move(raced.stream);
        throw_failure(raced.last.with([n = raced.passed_over.size()](error_detail& d) {
            d.message += " (the last of " + std::to_string(n) + " addresses)";
        }));
    }

    std::shared_ptr<resolver> names_;
    tls_options tls_;
    transport_options limits_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<ssl_ctx_st> context_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<connector> make_connector(std::shared_ptr<resolver> names, tls_options tls,
                                                        transport_options limits,
                                                        std::shared_ptr<clock_source> clock) {
    return std::make_shared<detail::tcp_connector>(std::move(names), std::move(tls), limits, std::move(clock));
}

} // namespace penstock::http
