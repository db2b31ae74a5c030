// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/connector.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace simulation_test {

using namespace penstock;

class network_connector final : public http::connector {
  public:
    explicit network_connector(std::shared_ptr<testing::simulated_network> network) : network_{std::move(network)} {}
    awaitable<http::stream_ptr> connect(http::origin to) override {
        co_return co_await network_->connect(to.host, to.port);
    }

  private:
    std::shared_ptr<testing::simulated_network> network_;
};

/// One thread, no sockets, no real time: everything that happens follows from the seed.
struct world {
    explicit world(std::uint64_t seed, std::shared_ptr<testing::fault_plan> faults = testing::fault_plan::create())
        : seed{seed}, network{testing::simulated_network::create(io.get_executor(), clock, seed)},
          server{io.get_executor(), testing::s3_server_options()
                                        .credentials("ak", "sk")
                                        .min_part_size(std::uint64_t{1} << 20)
                                        .clock(clock)
                                        .random(make_seeded_random(seed))
                                        .faults(std::move(faults))} {
        server.listen(*network, "s3.test", 80);
    }

    s3::client_options options() const {
        s3::client_options o;
        o.endpoint_url("http://s3.test").region("us-east-1").credentials("ak", "sk");
        o.clock(clock).random(make_seeded_random(seed ^ 0x5eed));
        o.connector(std::make_shared<network_connector>(network));
        o.part_size(std::uint64_t{1} << 20).memory_budget(std::uint64_t{4} << 20);
        o.environment(aws::environment{std::map<std::string, std::string>{}});
        return o;
    }

    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }

    std::uint64_t seed;
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<testing::simulated_network> network;
    testing::s3_server server;
};

inline std::string pattern(std::size_t n, std::uint64_t salt) {
    auto random = make_seeded_random(salt);
    std::string s(n, '\0');
    for (auto& c : s) c = static_cast<char>(random->next() >> 56);
    return s;
}

} // namespace simulation_test
