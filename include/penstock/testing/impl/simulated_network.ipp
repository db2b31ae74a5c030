// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/simulated_network.hpp>

#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/testing/detail/memory_pipe.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace penstock::testing {
namespace detail {

struct listening_port {
    static constexpr std::size_t backlog = 1024;
    std::deque<server_stream_ptr> waiting;
    wait_list arrived;
    bool closed = false;
};

struct weak_connection {
    std::weak_ptr<memory_pipe> to_server;
    std::weak_ptr<memory_pipe> to_client;

    bool expired() const noexcept { return to_server.expired() && to_client.expired(); }
    void reset() const {
        if (auto p = to_server.lock()) p->reset();
        if (auto p = to_client.lock()) p->reset();
    }
};

} // namespace detail

struct simulated_network::state {
    executor ex;
    std::shared_ptr<clock_source> clock;
    std::shared_ptr<random_source> random;
    std::function<connection_plan(const connection_attempt&)> planner;
    std::map<std::pair<std::string, std::uint16_t>, std::shared_ptr<detail::listening_port>> ports;
    std::vector<detail::weak_connection> connections;
    std::shared_ptr<link_statistics> statistics = std::make_shared<link_statistics>();
    std::uint64_t attempts = 0;
    wait_list never;

    void remember(detail::weak_connection c) {
        std::erase_if(connections, [](const auto& old) { return old.expired(); });
        connections.push_back(std::move(c));
    }
};

namespace detail {

class simulated_listener_impl final : public simulated_listener {
  public:
    simulated_listener_impl(std::weak_ptr<simulated_network::state> network,
                            std::pair<std::string, std::uint16_t> where, std::shared_ptr<listening_port> port)
        : network_{std::move(network)}, where_{std::move(where)}, port_{std::move(port)} {}
    ~simulated_listener_impl() override { simulated_listener_impl::close(); }

    awaitable<server_stream_ptr> accept() override {
        auto port = port_;
        while (!port->closed && port->waiting.empty()) co_await port->arrived.wait();
        if (port->closed) throw boost::system::system_error{asio::error::operation_aborted};
        auto stream = std::move(port->waiting.front());
        port->waiting.pop_front();
        co_return stream;
    }

    void close() noexcept override {
        if (port_->closed) return;
        port_->closed = true;
        if (auto n = network_.lock()) n->ports.erase(where_);
        for (auto& s : port_->waiting) s->reset();
        port_->waiting.clear();
        port_->arrived.notify_all();
    }

  private:
    std::weak_ptr<simulated_network::state> network_;
    std::pair<std::string, std::uint16_t> where_;
    std::shared_ptr<listening_port> port_;
};

inline failure connect_failure(errc code, const std::string& host, std::uint16_t port, const char* message) {
    error_detail d;
    d.operation = "connect";
    d.endpoint = host + ":" + std::to_string(port);
    d.message = message;
    return failure{code, std::move(d)};
}

} // namespace detail

PENSTOCK_DECL std::shared_ptr<simulated_network>
simulated_network::create(executor ex, std::shared_ptr<clock_source> clock, std::uint64_t seed) {
    return std::shared_ptr<simulated_network>{new simulated_network{std::move(ex), std::move(clock), seed}};
}

PENSTOCK_DECL simulated_network::simulated_network(executor ex, std::shared_ptr<clock_source> clock,
                                                   std::uint64_t seed)
    : state_{std::make_shared<state>()} {
    state_->ex = std::move(ex);
    state_->clock = std::move(clock);
    state_->random = make_seeded_random(seed);
}

PENSTOCK_DECL simulated_network::~simulated_network() {
    reset_all();
    state_->never.notify_all();
}

PENSTOCK_DECL void
simulated_network::plan(std::function<connection_plan(const connection_attempt&)> planner) {
    state_->planner = std::move(planner);
}

PENSTOCK_DECL std::unique_ptr<simulated_listener> simulated_network::listen(std::string host,
                                                                            std::uint16_t port) {
    auto entry = std::make_shared<detail::listening_port>();
    auto where = std::make_pair(std::move(host), port);
    if (!state_->ports.emplace(where, entry).second)
        throw_failure(failure{errc::invalid_option, "somebody listens on " + where.first + ":" +
                                                        std::to_string(port) +
                                                        " of the simulated network already"});
    return std::make_unique<detail::simulated_listener_impl>(state_, std::move(where), std::move(entry));
}

PENSTOCK_DECL awaitable<http::stream_ptr> simulated_network::connect(std::string host, std::uint16_t port) {
    auto s = state_;
    connection_attempt attempt;
    attempt.host = host;
    attempt.port = port;
    attempt.number = ++s->attempts;
    const connection_plan plan = s->planner ? s->planner(attempt) : connection_plan();

    if (plan.what == connection_plan::fate::host_not_found)
        throw_failure(detail::connect_failure(errc::host_not_found, host, port, "no such simulated host"));
    if (plan.what == connection_plan::fate::black_hole) {
        co_await s->never.wait();
        throw_failure(
            detail::connect_failure(errc::connect_failed, host, port, "the simulated network is gone"));
    }
    co_await sleep_for(s->clock, plan.to_server.latency + plan.to_client.latency);

    const auto found = s->ports.find(std::make_pair(host, port));
    if (plan.what == connection_plan::fate::refuse || found == s->ports.end() ||
        found->second->waiting.size() >= detail::listening_port::backlog)
        throw_failure(detail::connect_failure(errc::connect_failed, host, port, "connection refused"));

    memory_stream_options options;
    options.to_server = plan.to_server;
    options.to_client = plan.to_client;
    options.reset_at_client_step = plan.reset_at_client_step;
    options.clock = s->clock;
    options.random = s->random;
    options.statistics = s->statistics;
    auto pipes = detail::make_memory_pipes(s->ex, options);
    s->remember({pipes.to_server, pipes.to_client});
    auto pair = detail::make_memory_streams(std::move(pipes), options);
    found->second->waiting.push_back(std::move(pair.server));
    found->second->arrived.notify_one();
    co_return std::move(pair.client);
}

PENSTOCK_DECL void simulated_network::reset_all() {
    for (const auto& c : std::exchange(state_->connections, {})) c.reset();
}

PENSTOCK_DECL std::uint64_t simulated_network::attempts() const noexcept { return state_->attempts; }
PENSTOCK_DECL const link_statistics& simulated_network::statistics() const noexcept {
    return *state_->statistics;
}

} // namespace penstock::testing
