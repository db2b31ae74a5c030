// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/http/detail/tunnel.hpp>
#include <penstock/http/tls_stream.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/detached.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A call is cancelled at each of its stages, in simulated time: it ends without time passing, its connection is closed,
/// and nothing follows.
namespace cancellation_test {

using namespace penstock;
using namespace std::chrono_literals;

enum class stage {
    dns, connect, tls, proxy, credentials, turn, connection_line, memory, head, body, continue_100, first_byte, error_document, in_body,
    back_off
};

struct names {
    stage at;
    const char* text;
};
inline constexpr names all_stages[] = {
    {stage::dns, "DNS"}, {stage::connect, "connect"}, {stage::tls, "TLS"}, {stage::proxy, "CONNECT"}, {stage::credentials, "credentials"},
    {stage::turn, "a turn"}, {stage::connection_line, "a connection of the pool"}, {stage::memory, "memory"}, {stage::head, "sending the head"},
    {stage::body, "sending the body"}, {stage::continue_100, "100-continue"}, {stage::first_byte, "the first byte"},
    {stage::error_document, "an error's document"}, {stage::in_body, "in the body"}, {stage::back_off, "backing off"}};

/// Counts who is inside.
struct inside {
    explicit inside(int& n) : n{n} { ++n; }
    ~inside() { --n; }
    int& n;
};

class silent_names final : public http::resolver {
  public:
    explicit silent_names(int& asking) : asking_{asking} {}
    awaitable<std::vector<asio::ip::address>> resolve(std::string) override {
        const inside here{asking_};
        co_await never_.wait();
        co_return std::vector<asio::ip::address>{};
    }

  private:
    int& asking_;
    wait_list never_;
};

struct world;

class way final : public http::connector {
  public:
    explicit way(world& w) : w_{w} {}
    awaitable<http::stream_ptr> connect(http::origin to) override;

  private:
    world& w_;
};

struct world {
    explicit world(stage at) : at{at} {
        network->plan([this](const testing::connection_attempt&) {
            testing::connection_plan p;
            if (this->at == stage::connect) p.what = testing::connection_plan::fate::black_hole;
            if (this->at == stage::head) p.to_server.capacity = 10;
            return p;
        });
        asio::co_spawn(io, accept(this), asio::detached);
        options.clock(clock).endpoint_url("http://store").region("us-east-1").path_style(true).environment(aws::environment{{}});
        options.credentials("AK", "SK").memory_budget(std::uint64_t{16} << 20);
        http::transport_options limits;
        limits.expect_continue_from(at == stage::continue_100 ? 1 : ~std::uint64_t{0});
        if (at == stage::connection_line) limits.max_connections_per_origin(1);
        options.transport(limits);
        if (at == stage::dns)
            options.resolver(std::make_shared<silent_names>(under_way));
        else
            options.connector(std::make_shared<way>(*this));
        if (at == stage::credentials)
            options.credentials(aws::make_caller_credentials_provider([this] { return fetch(this); }, "caller", aws::provider_context().clock(clock)));
        if (at == stage::turn) options.request_concurrency(1);
        if (at == stage::memory) {
            budget = memory_budget::create(std::uint64_t{16} << 20);
            all = budget->try_acquire(budget->limit());
            options.budget(budget);
        }
    }

    static awaitable<aws::credentials> fetch(world* w) {
        const inside here{w->under_way};
        co_await w->never.wait();
        co_return aws::credentials{};
    }

    static awaitable<void> accept(world* w) {
        for (;;) {
            auto s = co_await w->listener->accept();
            w->servers.push_back(std::move(s));
            const bool reads = w->at != stage::head && w->at != stage::body;
            if (reads) asio::co_spawn(w->io, serve(w, w->servers.back().get()), asio::detached);
        }
    }
    static awaitable<void> serve(world* w, http::stream* s) {
        for (std::string got;;) {
            std::byte block[4096];
            const auto r = s->try_read_some(block);
            if (r.status == io_status::would_block) {
                co_await s->wait(http::wait_for::read);
                continue;
            }
            if (r.status != io_status::bytes) co_return;
            got.append(as_text({block, r.size}));
            if (got.find("\r\n\r\n") == std::string::npos) continue;
            got.clear();
            ++w->requests;
            std::string_view says;
            if (w->at == stage::in_body) says = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: \"e\"\r\n\r\nfirst";
            if (w->at == stage::error_document) says = "HTTP/1.1 500 No\r\nContent-Length: 1000\r\n\r\n<Error>";
            if (w->at == stage::back_off) says = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n";
            if (!says.empty()) (void)s->try_write_some(as_bytes(says));
        }
    }

    /// Connections that the client has not closed.
    int open() {
        int n = 0;
        for (auto& s : servers) {
            std::vector<std::byte> block(1 << 20);
            io_status last = io_status::bytes;
            while (last == io_status::bytes) last = s->try_read_some(block).status;
            n += last == io_status::would_block;
        }
        return n;
    }
    void settle() {
        io.restart();
        io.poll();
    }

    stage at;
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    std::shared_ptr<testing::simulated_network> network = testing::simulated_network::create(io.get_executor(), clock);
    std::unique_ptr<testing::simulated_listener> listener = network->listen("store", 80);
    std::vector<testing::server_stream_ptr> servers;
    wait_list never;
    std::shared_ptr<memory_budget> budget;
    permit all;
    s3::client_options options;
    int requests = 0;
    int under_way = 0;
};

awaitable<http::stream_ptr> way::connect(http::origin to) {
    const inside here{w_.under_way};
    auto s = co_await w_.network->connect(to.host, to.port);
    if (w_.at == stage::proxy) {
        http::proxy by;
        by.at = {"proxy", 3128, false};
        co_await http::detail::open_tunnel(*s, to, by, w_.clock, 10s);
    }
    if (w_.at == stage::tls) s = co_await http::connect_tls(std::move(s), to.host, http::make_tls_context({}), w_.clock, 10s);
    co_return s;
}

struct ended {
    bool done = false;
    failure why;
};

/// As a caller whose coroutine lets every kind of cancellation through.
inline awaitable<void> call(s3::client c, bool write, std::string* body, ended* out) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    std::exception_ptr thrown;
    try {
        if (write)
            co_await c.put("s3://b/k", *body);
        else
            co_await c.get("s3://b/k");
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) out->why = to_failure(thrown);
    out->done = true;
}

inline void cancel_at(stage at, asio::cancellation_type type) {
    world w{at};
    s3::client c{w.io.get_executor(), w.options};
    const bool write = at == stage::body || at == stage::continue_100;
    std::string body(1 << 20, 'x');
    ended other, mine;
    // Who has what the call waits for.
    const bool second = at == stage::turn || at == stage::connection_line;
    if (second) asio::co_spawn(w.io, call(c, false, &body, &other), asio::detached);
    w.settle();
    asio::cancellation_signal stop;
    asio::co_spawn(w.io, call(c, write, &body, &mine), asio::bind_cancellation_slot(stop.slot(), asio::detached));
    w.settle();
    REQUIRE_FALSE(mine.done);
    // It is where it should be.
    const bool before_network = at == stage::dns || at == stage::credentials || at == stage::memory;
    CHECK(w.network->attempts() == (before_network ? 0U : 1U));
    const bool connecting = at == stage::dns || at == stage::connect || at == stage::tls || at == stage::proxy || at == stage::credentials;
    CHECK(w.under_way == (connecting ? 1 : 0));
    const bool asked = at == stage::continue_100 || at == stage::first_byte || at == stage::error_document || at == stage::in_body ||
                       at == stage::back_off || at == stage::proxy || second;
    CHECK(w.requests == (asked ? 1 : 0));

    const auto now = w.clock->now();
    stop.emit(type);
    w.settle();
    CHECK(w.clock->now() == now);
    REQUIRE(mine.done);
    CHECK(mine.why.code() == condition::cancelled);
    CHECK(w.under_way == 0);
    // After a whole answer there is nothing to cut: backing off holds no connection in use.
    CHECK(w.open() == (second || at == stage::back_off ? 1 : 0));

    for (int i = 0; i < 100 && !second; ++i) {
        w.clock->advance(10s);
        w.settle();
    }
    CHECK(w.network->attempts() == (before_network ? 0U : 1U));
    CHECK(w.requests == (asked ? 1 : 0));
    if (second) return;
    CHECK(w.clock->running_timers() == 0);
    CHECK(w.open() == 0);
    if (w.budget) w.all.release();
    CHECK(c.budget()->used() == 0);
}

TEST_CASE("cancelled at any stage, by any kind of cancellation: ended in one turn, closed, and nothing after it") {
    for (const auto& s : all_stages) {
        CAPTURE(std::string{s.text});
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
            CAPTURE(static_cast<int>(type));
            cancel_at(s.at, type);
        }
    }
}

TEST_CASE("a call goes with its io_context at any stage") {
    for (const auto& s : all_stages) {
        CAPTURE(std::string{s.text});
        std::string body(1 << 20, 'x');
        ended mine;
        std::optional<s3::client> c;
        {
            world w{s.at};
            c.emplace(w.io.get_executor(), w.options);
            const bool write = s.at == stage::body || s.at == stage::continue_100;
            asio::co_spawn(w.io, call(*c, write, &body, &mine), asio::detached);
            w.settle();
            c.reset();
        }
        CHECK_FALSE(mine.done);
    }
}

TEST_CASE("a coroutine hears of terminal alone unless it asks for more") {
    world w{stage::first_byte};
    s3::client c{w.io.get_executor(), w.options};
    asio::cancellation_signal stop;
    bool done = false;
    asio::co_spawn(w.io, c.head("s3://b/k"), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr, s3::object_metadata) { done = true; }));
    w.settle();
    stop.emit(asio::cancellation_type::total);
    w.settle();
    CHECK_FALSE(done);
    stop.emit(asio::cancellation_type::terminal);
    w.settle();
    CHECK(done);
    CHECK(w.open() == 0);
}

} // namespace cancellation_test
