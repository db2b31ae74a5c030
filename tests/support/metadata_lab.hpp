// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/metadata_server.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace test {

/// A metadata server on a simulated network, in simulated time; every connection leads to it, wherever it was to go.
struct metadata_lab {
    metadata_lab() { server.listen(*network, "metadata", 80); }

    boost::asio::io_context io{1};
    std::shared_ptr<penstock::testing::manual_clock> clock = penstock::testing::manual_clock::create();
    std::shared_ptr<penstock::testing::simulated_network> network =
        penstock::testing::simulated_network::create(io.get_executor(), clock);
    penstock::testing::metadata_server server{io.get_executor(), penstock::testing::metadata_contents(),
                                              penstock::testing::http_server_options().clock(clock)};
    std::map<std::string, std::string> variables, files;
    std::map<std::string, std::vector<std::string>> names; ///< to addresses
    std::vector<penstock::http::origin> asked_for;          ///< connections, in order
    penstock::duration took{};                              ///< by the last `get`

    /// As the machine's, it gives up after a while.
    class connector final : public penstock::http::connector {
      public:
        connector(metadata_lab& l, penstock::duration limit) : lab_{l}, limit_{limit} {}
        penstock::awaitable<penstock::http::stream_ptr> connect(penstock::http::origin to) override {
            lab_.asked_for.push_back(to);
            auto tried = penstock::with_timeout(lab_.network->connect("metadata", 80), limit_, lab_.clock);
            auto made = co_await penstock::as_result(std::move(tried));
            if (made) co_return std::move(*made);
            if (made.error().code() == penstock::errc::deadline_exceeded)
                penstock::throw_failure(penstock::failure{penstock::errc::connect_timeout});
            penstock::throw_failure(made.error());
        }

      private:
        metadata_lab& lab_;
        penstock::duration limit_;
    };

    class resolver final : public penstock::http::resolver {
      public:
        explicit resolver(metadata_lab& l) : lab_{l} {}
        penstock::awaitable<std::vector<boost::asio::ip::address>> resolve(std::string host) override {
            if (!lab_.names.contains(host)) penstock::throw_failure(penstock::failure{penstock::errc::host_not_found, host});
            std::vector<boost::asio::ip::address> out;
            for (const auto& text : lab_.names[host]) out.push_back(boost::asio::ip::make_address(text));
            co_return out;
        }

      private:
        metadata_lab& lab_;
    };

    /// As things are now: variables are copied.
    penstock::aws::provider_context context() {
        return penstock::aws::provider_context()
            .env(penstock::aws::environment{variables, "/home/me"})
            .clock(clock)
            .random(penstock::make_seeded_random(5))
            .read_file([this](const std::string& path, std::size_t) -> penstock::result<std::string> {
                const auto found = files.find(path);
                if (found == files.end())
                    return penstock::failure{make_error_code(boost::system::errc::no_such_file_or_directory)};
                return found->second;
            })
            .connect([this](const penstock::http::transport_options& how) {
                return std::make_shared<connector>(*this, how.connect_timeout());
            })
            .resolver([this] { return std::make_shared<resolver>(*this); });
    }

    penstock::result<penstock::aws::credentials_ptr> get(const penstock::aws::provider_ptr& p) {
        const auto began = clock->now();
        auto got = penstock::testing::simulate(io, *clock, penstock::as_result(p->get()));
        took = clock->now() - began;
        if (!got) check_no_secret(got.error());
        return got;
    }

    /// Where the n-th request went, by what it said itself.
    std::string url(std::size_t n) const {
        const auto& r = server.requests().at(n);
        return std::string{asked_for.at(n).tls ? "https://" : "http://"} + std::string{r.headers["host"]} + r.path +
               (r.query.empty() ? "" : "?" + r.query);
    }

    void check_no_secret(const penstock::failure& why) const {
        const auto& keys = server.contents().keys;
        const auto text = why.message();
        INFO(text);
        for (const auto& secret : {keys.secret_access_key, keys.session_token, std::string{"AQAEATOKEN"}})
            CHECK(text.find(secret) == std::string::npos);
    }
};

} // namespace test
