// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/as_result.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/http/caching_resolver.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace caching_resolver_test {

using namespace penstock;
using namespace std::chrono_literals;
using asio::ip::address;
using addresses = std::vector<address>;

/// Four addresses a name, unless told otherwise; answers at once, or when the test lets it.
class names final : public http::resolver {
  public:
    awaitable<addresses> resolve(std::string host) override {
        auto found = co_await look_up(std::move(host));
        co_return std::move(found.addresses);
    }
    awaitable<http::resolved_host> look_up(std::string host) override {
        ++asked;
        ++under_way;
        const struct leave {
            int& n;
            ~leave() { --n; }
        } left{under_way};
        if (held) co_await release.wait();
        if (refuse) throw_failure(failure{*refuse, "no " + host});
        http::resolved_host out;
        for (int i = 1; i <= count; ++i) out.addresses.push_back(asio::ip::make_address("10.0.0." + std::to_string(i)));
        out.ttl = ttl;
        co_return out;
    }
    int asked = 0;
    int under_way = 0;
    int count = 4;
    duration ttl = 1min;
    std::optional<errc> refuse;
    bool held = false;
    wait_list release;
};

struct world {
    explicit world(std::uint64_t seed = 1)
        : kept{http::make_caching_resolver(below, clock, make_seeded_random(seed))} {}
    addresses ask(std::string host = "store") { return testing::simulate(io, *clock, kept->resolve(std::move(host))); }
    error_code refusal(std::string host = "store") {
        const auto r = testing::simulate(io, *clock, as_result(kept->resolve(std::move(host))));
        REQUIRE(r.has_error());
        return r.error().code();
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    std::shared_ptr<names> below = std::make_shared<names>();
    asio::io_context io{1};
    std::shared_ptr<http::resolver> kept;
};

TEST_CASE("an answer is kept for its time, at most five seconds") {
    world w;
    SUBCASE("long") { w.below->ttl = 1h; }
    SUBCASE("just as long") { w.below->ttl = 5s; }
    (void)w.ask();
    w.clock->advance(4999ms);
    (void)w.ask();
    CHECK(w.below->asked == 1);
    w.clock->advance(1ms);
    (void)w.ask();
    CHECK(w.below->asked == 2);
    (void)w.ask("other");
    CHECK(w.below->asked == 3);
}

TEST_CASE("a shorter time to live holds; none is none") {
    world w;
    w.below->ttl = 2s;
    (void)w.ask();
    w.clock->advance(2s);
    w.below->ttl = 0s;
    (void)w.ask();
    (void)w.ask();
    CHECK(w.below->asked == 3);
}

TEST_CASE("every call begins with the next address, and has all of them") {
    world w;
    addresses firsts;
    for (int i = 0; i < 8; ++i) {
        const auto found = w.ask();
        CHECK(std::set<address>{found.begin(), found.end()}.size() == 4);
        firsts.push_back(found.front());
        if (i == 3) w.clock->advance(10s); // a new answer goes on in turn
    }
    CHECK(std::set<address>{firsts.begin(), firsts.begin() + 4}.size() == 4);
    CHECK(std::set<address>{firsts.begin() + 4, firsts.end()}.size() == 4);
    CHECK(w.below->asked == 2);
}

TEST_CASE("the start is random") {
    std::set<address> starts;
    for (std::uint64_t seed = 1; seed <= 32; ++seed) starts.insert(world{seed}.ask().front());
    CHECK(starts.size() == 4);
}

TEST_CASE("an address that took no connection comes last for a while") {
    world w;
    const auto bad = asio::ip::make_address("10.0.0.2");
    w.kept->unreachable(bad);
    for (int i = 0; i < 6; ++i) {
        const auto found = w.ask();
        REQUIRE(found.size() == 4);
        CHECK(found.back() == bad);
    }
    w.clock->advance(30s);
    std::set<address> firsts;
    for (int i = 0; i < 4; ++i) firsts.insert(w.ask().front());
    CHECK(firsts.contains(bad));
}

TEST_CASE("where all addresses are to be avoided, none is left out") {
    world w;
    for (const auto& a : w.ask()) w.kept->unreachable(a);
    CHECK(w.ask().size() == 4);
}

TEST_CASE("that a name does not exist is remembered for a second once it was said twice; a server's silence is not") {
    world w;
    w.below->refuse = errc::host_not_found;
    CHECK(w.refusal() == errc::host_not_found);
    w.clock->advance(50ms); // the one retry of such a failure asks indeed
    CHECK(w.refusal() == errc::host_not_found);
    CHECK(w.below->asked == 2);
    w.clock->advance(999ms);
    CHECK(w.refusal() == errc::host_not_found);
    CHECK(w.below->asked == 2);
    w.clock->advance(1ms);
    w.below->refuse = errc::resolve_failed;
    CHECK(w.refusal() == errc::resolve_failed);
    w.below->refuse.reset();
    CHECK(w.ask().size() == 4);
    CHECK(w.below->asked == 4);
}

TEST_CASE("what was said of a name a while ago is not the first of two") {
    world w;
    w.below->refuse = errc::host_not_found;
    CHECK(w.refusal() == errc::host_not_found);
    SUBCASE("another second") { w.clock->advance(1001ms); }
    SUBCASE("found in between") {
        w.below->refuse.reset();
        w.below->ttl = 0s;
        CHECK(w.ask().size() == 4);
        w.below->refuse = errc::host_not_found;
    }
    const auto before = w.below->asked;
    CHECK(w.refusal() == errc::host_not_found);
    w.below->refuse.reset();
    CHECK(w.ask().size() == 4);
    CHECK(w.below->asked == before + 2);
}

TEST_CASE("a resolver that gives nothing is told as a name that does not exist") {
    world w;
    w.below->count = 0;
    CHECK(w.refusal() == errc::host_not_found);
}

TEST_CASE("a name that is lost and found again") {
    world w;
    CHECK(w.ask().size() == 4);
    w.clock->advance(5s);
    w.below->refuse = errc::host_not_found;
    CHECK(w.refusal() == errc::host_not_found);
    w.clock->advance(1s);
    w.below->refuse.reset();
    CHECK(w.ask().size() == 4);
}

/// Several callers at once.
struct crowd {
    explicit crowd(world& w) : w{w} {}
    void join() {
        const auto i = done.size();
        done.emplace_back();
        stop.push_back(std::make_unique<asio::cancellation_signal>());
        asio::co_spawn(w.io, w.kept->resolve("store"),
                       asio::bind_cancellation_slot(stop.back()->slot(), [this, i](std::exception_ptr e, addresses a) {
                           done[i] = e ? to_failure(e).message() : a.empty() ? "" : "found";
                       }));
        settle();
    }
    void settle() {
        w.io.restart();
        w.io.poll();
    }
    void answer() {
        w.below->held = false;
        w.below->release.notify_all();
        settle();
    }
    world& w;
    std::vector<std::optional<std::string>> done;
    std::vector<std::unique_ptr<asio::cancellation_signal>> stop;
};

TEST_CASE("one query a name: who asks meanwhile shares the answer, even one that may not be kept") {
    world w;
    w.below->held = true;
    w.below->ttl = 0s;
    crowd c{w};
    for (int i = 0; i < 3; ++i) c.join();
    CHECK(w.below->asked == 1);
    c.answer();
    for (const auto& d : c.done) CHECK(d == "found");
    CHECK(w.below->asked == 1);
}

TEST_CASE("a failure is shared, too") {
    world w;
    w.below->held = true;
    w.below->refuse = errc::resolve_failed;
    crowd c{w};
    c.join();
    c.join();
    c.answer();
    CHECK(c.done[0].has_value());
    CHECK(c.done[0] == c.done[1]);
    CHECK(w.below->asked == 1);
}

TEST_CASE("where who asks is cancelled, the next one asks; a cancelled waiter just goes") {
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total}) {
        world w;
        w.below->held = true;
        crowd c{w};
        for (int i = 0; i < 3; ++i) c.join();
        // A coroutine that co_spawn starts hears of terminal alone, unless it asks for more: the client's do.
        const bool heard = type == asio::cancellation_type::terminal;
        c.stop[1]->emit(type);
        c.settle();
        CHECK(c.done[1].has_value() == heard);
        c.stop[0]->emit(type);
        c.settle();
        CHECK(c.done[0].has_value() == heard);
        CHECK(w.below->under_way == 1);
        CHECK(w.below->asked == (heard ? 2 : 1));
        c.answer();
        CHECK(c.done[2] == "found");
        CHECK(w.below->under_way == 0);
    }
}

} // namespace caching_resolver_test
