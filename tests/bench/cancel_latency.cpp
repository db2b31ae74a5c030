// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
//
// Real time from a cancellation signal, sent by another thread, until the call has ended; then its sockets must be closed,
// by count of the process's descriptors. cancel_latency [N]: medians of N (200) over loopback, a line a stage.
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/http/proxy_options.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/s3/client.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <sys/socket.h>

namespace {

using namespace penstock;
using asio::ip::tcp;
using bench_clock = std::chrono::steady_clock;

std::size_t descriptors() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

/// Listens; the kernel takes connections and bytes, and nobody answers.
struct silent_server {
    silent_server() : acceptor{io, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}} {}
    std::string host() const { return "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()); }
    asio::io_context io{1};
    tcp::acceptor acceptor;
};

/// A queue that is full: Linux drops further SYNs.
struct full_server : silent_server {
    full_server() {
        acceptor.listen(0);
        for (int i = 0; i < 8; ++i) {
            auto& s = waiting.emplace_back(io, tcp::v4());
            s.native_non_blocking(true);
            const auto to = acceptor.local_endpoint();
            (void)::connect(s.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
        }
    }
    std::vector<tcp::socket> waiting;
};

/// Answers each connection's first bytes by one text, from a thread of its own.
class saying_server : public silent_server {
  public:
    explicit saying_server(std::string says) : says_{std::move(says)}, thread_{[this] { run(); }} {}
    ~saying_server() {
        stop_ = true;
        tcp::socket last{io};
        error_code ignored;
        last.connect(acceptor.local_endpoint(), ignored);
        last.close(ignored);
        thread_.join();
    }

  private:
    void run() {
        while (!stop_) {
            error_code ec;
            tcp::socket s{io};
            acceptor.accept(s, ec);
            char block[4096];
            if (ec || s.read_some(asio::buffer(block), ec) == 0) continue;
            s.write_some(asio::buffer(says_), ec);
            while (!ec) s.read_some(asio::buffer(block), ec);
        }
    }
    std::string says_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

s3::client_options base(const std::string& url) {
    s3::client_options o;
    o.endpoint_url(url).region("us-east-1").path_style(true).credentials("AK", "SK").environment(aws::environment{{}});
    return o.transport(http::transport_options{}.expect_continue_from(~std::uint64_t{0}));
}

awaitable<void> call(s3::client c, bool write, const std::string* body) {
    if (write)
        co_await c.put("s3://b/k", *body);
    else
        co_await c.get("s3://b/k");
}

struct scenario {
    const char* name;
    std::function<s3::client_options()> options;
    std::size_t write = 0; ///< the body of a PUT; 0: a GET
    int before = 0; ///< calls that are under way already
};

double measure(const scenario& what) {
    const std::string body(what.write, 'x');
    asio::io_context io{1};
    auto work = asio::make_work_guard(io);
    s3::client c{io.get_executor(), what.options()};
    for (int i = 0; i < what.before; ++i) asio::co_spawn(io, call(c, false, &body), asio::detached);
    if (what.before) io.run_for(std::chrono::milliseconds{20});
    const tcp::socket reactor{io, tcp::v4()}; // brings the descriptors that the io_context itself needs
    const auto open = descriptors();
    asio::cancellation_signal stop;
    bool done = false;
    bench_clock::time_point ended;
    asio::co_spawn(io, call(c, what.write > 0, &body), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) {
        ended = bench_clock::now();
        done = true;
        io.stop();
    }));
    // Until it is where it waits; before a large body is sent it is hashed.
    io.run_for(std::chrono::milliseconds{10 + what.write / 200'000});
    if (done) {
        std::fprintf(stderr, "%s: ended before it was cancelled\n", what.name);
        std::exit(1);
    }
    bench_clock::time_point sent;
    std::thread other{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{2}); // the loop sleeps in the kernel
        sent = bench_clock::now();
        asio::post(io, [&] { stop.emit(asio::cancellation_type::terminal); });
    }};
    io.run_for(std::chrono::seconds{10});
    other.join();
    const double us = std::chrono::duration<double, std::micro>(ended - sent).count();
    // A server's own end of a connection closes in its own time; ours is closed by now.
    const auto until = bench_clock::now() + std::chrono::seconds{1};
    while (descriptors() > open && bench_clock::now() < until) std::this_thread::sleep_for(std::chrono::microseconds{200});
    if (!done || descriptors() > open) {
        std::fprintf(stderr, "%s: %s\n", what.name, done ? "a socket stayed open" : "the call did not end");
        std::exit(1);
    }
    return us;
}

} // namespace

int main(int argc, char** argv) {
    const std::size_t n = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200;
    silent_server silent;
    full_server full;
    saying_server part{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: \"e\"\r\n\r\nfirst"};
    saying_server busy{"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"};
    const asio::ip::udp::socket name_server{silent.io, asio::ip::udp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
    const auto dns = "127.0.0.1:" + std::to_string(name_server.local_endpoint().port());
    const auto at = [&](const silent_server& s) { return [&s] { return base("http://" + s.host()); }; };

    std::vector<scenario> all;
    all.push_back({"DNS (c-ares)", [&] { return base("http://store.example").resolver(http::make_cares_resolver(dns)); }});
    all.push_back({"connect", at(full)});
    all.push_back({"TLS handshake", [&] { return base("https://" + silent.host()); }});
    all.push_back({"proxy CONNECT", [&] { return base("https://store.example").proxy(http::proxy_options().url(silent.host())); }});
    all.push_back({"credentials", [&] {
                       aws::credentials_fetch fetch = []() -> awaitable<aws::credentials> {
                           wait_list never;
                           co_await never.wait();
                           co_return aws::credentials{};
                       };
                       return base("http://" + silent.host()).credentials(aws::make_caller_credentials_provider(std::move(fetch)));
                   }});
    all.push_back({"waiting for a turn", [&] { return base("http://" + silent.host()).request_concurrency(1); }, 0, 1});
    all.push_back({"sending the body", at(silent), std::size_t{16} << 20});
    all.push_back({"100-continue", [&] {
                       return base("http://" + silent.host()).transport(http::transport_options{}.expect_continue_from(1).continue_timeout(std::chrono::seconds{20}));
                   }, 1000});
    all.push_back({"first byte", at(silent)});
    all.push_back({"in the body", at(part)});
    all.push_back({"backing off", [&] {
                       return base("http://" + busy.host()).retry(aws::retry_options().with_jitter(aws::retry_options::jitter::none));
                   }});

    bool good = true;
    for (const auto& s : all) {
        std::vector<double> us;
        for (std::size_t i = 0; i < n; ++i) us.push_back(measure(s));
        std::sort(us.begin(), us.end());
        const double median = us[us.size() / 2];
        std::printf("cancel: %-20s median %7.1f us   99 %% %7.1f us   (%zu)\n", s.name, median, us[us.size() * 99 / 100], us.size());
        good = good && median < 1000;
    }
    return good ? 0 : 1;
}
