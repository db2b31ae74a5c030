// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// One provider, a thousand clients on eight threads, keys that live for 25 ms: no race (ThreadSanitizer), no two calls of
// the source at once, never a key with another's token.
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/s3/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace penstock;
using std::chrono::milliseconds;

constexpr unsigned threads = 8;
constexpr unsigned clients_per_thread = 125;
constexpr milliseconds lifetime{25};
constexpr int wanted_calls = 200;
constexpr std::chrono::seconds too_long{60};

std::atomic<int> failures{0};
void check(bool ok, const char* what) {
    if (ok) return;
    if (++failures < 10) std::printf("thread_safety_refreshing: %s\n", what);
}

std::atomic<int> calls{0}, calling{0};

/// Takes a millisecond, so that others come meanwhile; every seventh call fails.
awaitable<aws::credentials> fetch() {
    check(++calling == 1, "two calls of the source at once");
    const auto n = std::to_string(++calls);
    const auto ex = co_await asio::this_coro::executor;
    asio::steady_timer pause{ex, milliseconds{1}};
    co_await pause.async_wait(asio::use_awaitable);
    aws::credentials c{"KEY" + n, "SECRET" + n, "TOKEN" + n};
    c.expiration = std::chrono::system_clock::now() + lifetime;
    --calling;
    if (calls % 7 == 0) throw_failure(failure{errc::service_unavailable, "not now"});
    co_return c;
}

std::string text_between(const std::string& in, const std::string& from, const std::string& to) {
    const auto at = in.find(from);
    if (at == std::string::npos) return {};
    const auto begin = at + from.size();
    return in.substr(begin, in.find(to, begin) - begin);
}

awaitable<void> use(s3::client client, unsigned number) {
    const auto ex = co_await asio::this_coro::executor;
    asio::steady_timer pause{ex};
    const auto until = std::chrono::steady_clock::now() + too_long;
    while (calls < wanted_calls && std::chrono::steady_clock::now() < until) {
        std::string link;
        try {
            link = co_await client.presign("s3://bucket/key", std::chrono::seconds{60});
        } catch (const error& e) {
            // On a busy machine keys may have expired when they come.
            check(e.code() == errc::service_unavailable || e.code() == errc::invalid_credentials, e.what());
        }
        if (!link.empty()) {
            const auto key = text_between(link, "Credential=KEY", "%2F");
            check(!key.empty() && key == text_between(link, "Security-Token=TOKEN", "&"), "a key with another's token");
        }
        pause.expires_after(milliseconds{10 + number % 20});
        co_await pause.async_wait(asio::use_awaitable);
    }
}

} // namespace

int main() {
    const auto began = std::chrono::steady_clock::now();
    const auto provider = aws::make_caller_credentials_provider(&fetch);
    std::atomic<unsigned> ended{0};
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            asio::io_context io{1};
            for (unsigned i = 0; i < clients_per_thread; ++i) {
                s3::client_options o;
                o.credentials(provider).endpoint_url("http://127.0.0.1:1").environment(
                    aws::environment{std::map<std::string, std::string>{}});
                asio::co_spawn(io, use(s3::client{io.get_executor(), std::move(o)}, t * clients_per_thread + i),
                               [&ended](std::exception_ptr e) {
                                   if (!e) ++ended;
                               });
            }
            io.run_for(2 * too_long);
        });
    for (auto& t : all) t.join();
    check(ended == threads * clients_per_thread, "a client failed");
    // One call in the last fifth of each lifetime, or after a failure; far more would mean that a call was not shared.
    const auto windows = static_cast<int>((std::chrono::steady_clock::now() - began) / (lifetime * 4 / 5));
    check(calls >= wanted_calls, "there were too few calls");
    check(calls <= 2 * windows, "there were more calls than windows");
    if (failures == 0) std::printf("thread_safety_refreshing: ok, %d calls\n", calls.load());
    return failures == 0 ? 0 : 1;
}
