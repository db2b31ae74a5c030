// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
//
// An HTTP server that gives out the objects of a bucket, by ranges, on one thread and one io_context:
//
//   async_server BUCKET PORT       /KEY   /healthz   /metrics      (endpoint and credentials from the environment)
//
// SIGTERM: no new connection, /healthz says 503, downloads under way may end within 10 s.
#include "objects.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/prometheus.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <set>

using namespace penstock;
using server::request;

namespace {

/// What all connections share.
struct service {
    service(executor ex, std::string bucket) : s3{ex}, bucket{std::move(bucket)} {
        connections = s3.metrics()->make_gauge("server_connections", "Connections of clients.");
        aborted = s3.metrics()->make_counter("server_aborted_total", "Answers that did not reach their end.");
    }

    void count(int status) {
        auto& c = answers[status];
        if (!c) c = s3.metrics()->make_counter("server_requests_total", "Answers, by status.", {{"status", std::to_string(status)}});
        c->add();
    }

    s3::client s3;
    std::string bucket;
    bool stopping = false;
    std::shared_ptr<gauge> connections;
    std::shared_ptr<counter> aborted;
    std::map<int, std::shared_ptr<counter>> answers;
    std::set<server::socket*> idle; ///< connections that are asked for nothing
};

/// Gives the status; 0: the answer was cut off.
asio::awaitable<int> serve_one(service& all, server::socket& client, const request& asked) {
    int status = 200;
    if (asked.method != "GET" && asked.method != "HEAD") {
        status = 405;
        co_await server::answer(client, asked, status, "", "text/plain");
    } else if (asked.path == "/healthz") {
        status = all.stopping ? 503 : 200;
        co_await server::answer(client, asked, status, all.stopping ? "stopping\n" : "ok\n", "text/plain");
    } else if (asked.path == "/metrics") {
        const auto text = prometheus_text(all.s3.metrics()->collect());
        co_await server::answer(client, asked, status, text, prometheus_content_type);
    } else if (asked.path.size() < 2 || asked.path[0] != '/') {
        status = 404;
        co_await server::answer(client, asked, status, "", "text/plain");
    } else {
        status = co_await server::send_object(client, asked, all.s3, all.bucket);
    }
    co_return status;
}

asio::awaitable<void> serve(service& all, server::socket client) {
    all.connections->add(1);
    try {
        std::string buffer;
        for (;;) {
            all.idle.insert(&client);
            const auto asked = co_await server::read_request(client, buffer);
            all.idle.erase(&client);
            if (!asked) break;
            const int status = co_await serve_one(all, client, *asked);
            if (status == 0) all.aborted->add();
            if (status != 0) all.count(status);
            if (status == 0 || !asked->keep_alive || all.stopping) break;
        }
    } catch (const std::exception&) { // this client is gone, or speaks something else
    }
    all.idle.erase(&client);
    all.connections->add(-1);
}

asio::awaitable<void> accept(service& all, asio::ip::tcp::acceptor& door) {
    for (;;) {
        boost::system::error_code ec;
        auto client = co_await door.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted || !door.is_open()) co_return;
        if (!ec) asio::co_spawn(door.get_executor(), serve(all, std::move(client)), asio::detached);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) return std::fputs("usage: async_server BUCKET PORT\n", stderr), 2;
    try {
        asio::io_context io{1};
        service all{io.get_executor(), argv[1]};
        const auto port = static_cast<asio::ip::port_type>(std::atoi(argv[2]));
        asio::ip::tcp::acceptor door{io, {asio::ip::address_v4::loopback(), port}};
        asio::co_spawn(io, accept(all, door), asio::detached);
        std::printf("http://127.0.0.1:%u\n", static_cast<unsigned>(door.local_endpoint().port()));
        std::fflush(stdout);

        asio::steady_timer grace{io};
        asio::signal_set stop{io, SIGTERM, SIGINT};
        stop.async_wait([&](boost::system::error_code ec, int) {
            if (ec) return;
            all.stopping = true;
            door.close();
            for (auto* client : all.idle) client->close();
            grace.expires_after(std::chrono::seconds{10});
            const auto look = [&](auto& self) -> void { // until the last connection has ended
                if (all.connections->value() == 0 || grace.expiry() <= std::chrono::steady_clock::now()) return io.stop();
                auto tick = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds{20});
                tick->async_wait([tick, self](boost::system::error_code) mutable { self(self); });
            };
            look(look);
        });
        io.run();
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "async_server: %s\n", e.what());
        return 1;
    }
}
