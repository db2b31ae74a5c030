// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "simulation/world.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

/// A client of the embedded server in simulated time.
namespace simulated {

using namespace penstock;

struct world {
    explicit world(testing::s3_server_options how = {})
        : network{testing::simulated_network::create(io.get_executor(), clock, 1)},
          server{io.get_executor(), how.credentials("ak", "sk").clock(clock).random(make_seeded_random(1))} {
        server.listen(*network, "s3.test", 80);
        options.endpoint_url("http://s3.test").region("us-east-1").credentials("ak", "sk").path_style(true);
        options.clock(clock).random(make_seeded_random(2)).environment(aws::environment{{}});
        options.connector(std::make_shared<simulation_test::network_connector>(network));
    }

    s3::client client() { return s3::client{io.get_executor(), options}; }
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }
    /// Queries of all requests that came, in order.
    std::vector<std::string> queries() const {
        std::vector<std::string> out;
        for (const auto& r : server.requests()) out.push_back(r.target.substr(std::min(r.target.find('?'), r.target.size())));
        return out;
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<testing::simulated_network> network;
    testing::s3_server server;
    s3::client_options options;
};

} // namespace simulated
