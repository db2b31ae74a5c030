// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connector.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/http/detail/tunnel.hpp>
#include <penstock/http/happy_eyeballs.hpp>
#include <penstock/http/tcp_stream.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/http/transport_observer.hpp>

namespace penstock::http {
namespace detail {

/// Tells the observer how long a step took, and how it ended.
template <class T>
awaitable<T> observed(transport_observer* who, clock_source& clock, connect_step step, const origin& to, awaitable<T> op) {
    if (!who) co_return co_await std::move(op);
    connect_event event{step, to};
    const auto began = clock.now();
    penstock::detail::attempt done{std::move(op)};
    co_await done.run();
    event.took = clock.now() - began;
    if (!done) event.code = done.error().code();
    tell(who, &transport_observer::connecting, event);
    if (!done) throw_failure(done.error());
    co_return std::move(*done);
}

class tcp_connector final : public connector {
  public:
    tcp_connector(std::shared_ptr<resolver> names, tls_options tls, transport_options limits,
                  std::shared_ptr<clock_source> clock, proxy_options proxies)
        : names_{std::move(names)}, tls_{std::move(tls)}, limits_{limits}, clock_{std::move(clock)},
          proxies_{std::move(proxies)} {}

    awaitable<stream_ptr> connect(origin to) override {
        penstock::detail::attempt made{open(to)};
        co_await made.run();
        if (!made) throw_failure(made.error().with([&](error_detail& d) { d.endpoint = to.url(); }));
        co_return std::move(*made);
    }

    std::shared_ptr<const forwarding> forwarded(const origin& to) const override {
        const auto* by = to.tls ? nullptr : proxies_.find(to);
        if (!by) return nullptr;
        auto out = penstock::detail::share<forwarding>();
        out->proxy = by->at.url();
        out->base = to.url();
        out->authorization = by->authorization;
        return out;
    }

  private:
    awaitable<stream_ptr> open(origin to) {
        const auto* by = proxies_.find(to);
        if (!by) {
            auto s = co_await connect_addresses(to);
            if (to.tls) s = co_await secure(std::move(s), to);
            co_return s;
        }
        auto s = co_await reach(by->at);
        if (!to.tls) co_return s;
        co_await open_tunnel(*s, to, *by, clock_, limits_.first_byte_timeout());
        co_return co_await secure(std::move(s), to);
    }

    awaitable<stream_ptr> secure(stream_ptr s, origin to) {
        if (!context_) context_ = make_tls_context(tls_);
        auto handshake = connect_tls(std::move(s), to.host, context_, clock_, limits_.tls_timeout());
        co_return co_await observe(connect_step::tls, to, std::move(handshake));
    }

    /// Failures name the proxy: the server behind it is not to blame.
    awaitable<stream_ptr> reach(origin at) {
        penstock::detail::attempt made{connect_proxy(at)};
        co_await made.run();
        if (!made) {
            throw_failure(made.error().with([&at](error_detail& d) {
                if (!d.object.empty()) d.message = d.object + ": " + d.message;
                d.object = "the proxy " + at.url();
            }));
        }
        co_return std::move(*made);
    }
    awaitable<stream_ptr> connect_proxy(origin at) {
        auto s = co_await connect_addresses(at);
        if (at.tls) s = co_await secure(std::move(s), at);
        co_return s;
    }

    awaitable<stream_ptr> connect_addresses(origin to) {
        error_code not_an_address;
        const auto literal = asio::ip::make_address(to.host, not_an_address);
        std::vector<asio::ip::address> addresses;
        if (not_an_address)
            addresses = co_await observe(connect_step::resolve, to, names_->resolve(to.host));
        else
            addresses.push_back(literal);
        auto connecting = connect_any(std::move(addresses), to);
        co_return co_await observe(connect_step::tcp, to, std::move(connecting));
    }

    template <class T>
    awaitable<T> observe(connect_step step, const origin& to, awaitable<T> op) {
        return observed(limits_.observer().get(), *clock_, step, to, std::move(op));
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
    proxy_options proxies_;
    std::shared_ptr<ssl_ctx_st> context_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<connector> make_connector(std::shared_ptr<resolver> names, tls_options tls,
                                                        transport_options limits, std::shared_ptr<clock_source> clock,
                                                        proxy_options proxies) {
    return penstock::detail::share<detail::tcp_connector>(std::move(names), std::move(tls), limits, std::move(clock),
                                                   std::move(proxies));
}

} // namespace penstock::http
