// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/error.hpp>
#include <penstock/testing/http_server.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// A world for credentials providers: a function answers whomever they call, in simulated time, over memory; files and
/// environment are maps. Nothing leaves the process.
class service_lab {
  public:
    using handler = std::function<penstock::testing::http_answer(const penstock::http::origin&,
                                                                 const penstock::testing::http_request&)>;
    using variables = std::map<std::string, std::string>;

    explicit service_lab(handler answer, penstock::wall_time now = penstock::testing::manual_clock::default_start)
        : clock{penstock::testing::manual_clock::create(now)},
          network{penstock::testing::simulated_network::create(io.get_executor(), clock)},
          server{io.get_executor(),
                 [this, answer = std::move(answer)](const penstock::testing::http_request& r) {
                     return answer(called.back(), r);
                 },
                 penstock::testing::http_server_options().clock(clock)} {
        server.listen(*network, "everybody", 80);
    }

    penstock::aws::provider_context context(variables env = {}) {
        penstock::aws::provider_context c;
        c.env(penstock::aws::environment{std::move(env), "/home"}).clock(clock).random(penstock::make_seeded_random(7));
        c.read_file([this](const std::string& path, std::size_t limit) { return read(path, limit); });
        c.connect([this](const penstock::http::transport_options&) { return std::make_shared<connector>(*this); });
        return c;
    }

    /// What awaiting it gives, in simulated time.
    template <class T>
    penstock::result<T> ask(penstock::awaitable<T> op) {
        auto asking = penstock::as_result(std::move(op));
        return penstock::testing::simulate(io, *clock, std::move(asking));
    }
    penstock::result<penstock::aws::credentials_ptr> get(const penstock::aws::provider_ptr& p) { return ask(p->get()); }

    boost::asio::io_context io{1};
    std::shared_ptr<penstock::testing::manual_clock> clock;
    std::shared_ptr<penstock::testing::simulated_network> network;
    std::map<std::string, std::string> files;
    std::vector<std::string> files_read;
    std::vector<penstock::http::origin> called; ///< one a connection
    penstock::failure unreachable;              ///< what connecting ends with; none: it works
    penstock::testing::http_server server;

  private:
    class connector final : public penstock::http::connector {
      public:
        explicit connector(service_lab& lab) : lab_{lab} {}
        penstock::awaitable<penstock::http::stream_ptr> connect(penstock::http::origin to) override {
            lab_.called.push_back(std::move(to));
            if (lab_.unreachable) penstock::throw_failure(lab_.unreachable);
            return lab_.network->connect("everybody", 80);
        }

      private:
        service_lab& lab_;
    };

    penstock::result<std::string> read(const std::string& path, std::size_t limit) {
        files_read.push_back(path);
        const auto at = files.find(path);
        if (at == files.end())
            return penstock::failure{make_error_code(boost::system::errc::no_such_file_or_directory)};
        if (at->second.size() > limit) return penstock::failure{penstock::errc::response_too_large, "the file is too large"};
        return at->second;
    }
};

} // namespace test
