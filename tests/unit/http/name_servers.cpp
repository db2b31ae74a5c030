// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/name_server.hpp"
#include "support/run.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/caching_resolver.hpp>
#include <penstock/http/resolver.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// c-ares against a name server of ours, which answers as the tests want it.
namespace name_servers_test {

using namespace penstock;
using namespace std::chrono_literals;
using test::name_server;
using question = name_server::question;
using answer = name_server::answer;
using addresses = std::vector<asio::ip::address>;

// How long the first try waits; the second has twice that.
constexpr auto plenty = 10s; // for who is answered, on a busy machine, too
constexpr auto little = 40ms;

struct world {
    explicit world(name_server::answering say, duration wait = plenty) : server{io, std::move(say)}, patience{wait} {}
    result<http::resolved_host> ask(std::string host = "store.example") {
        return test::run(io, as_result(http::make_cares_resolver(server.list(), patience)->look_up(std::move(host))));
    }
    failure refusal(std::string host = "store.example") {
        const auto r = ask(std::move(host));
        REQUIRE(r.has_error());
        return r.error();
    }

    asio::io_context io{1};
    name_server server;
    duration patience;
};

/// The records of these, to each question those of its kind.
name_server::answering known(std::vector<std::string> texts, std::uint32_t ttl = 60) {
    return [texts = std::move(texts), ttl](const question& q) -> std::optional<std::string> {
        answer a;
        for (const auto& text : texts) {
            const bool v6 = text.find(':') != std::string::npos;
            if (v6 == (q.asked == name_server::type::aaaa)) a.records.push_back(name_server::address(text, ttl));
        }
        return name_server::packet(q, a);
    };
}
name_server::answering refusing(int code) {
    return [code](const question& q) {
        answer a;
        a.code = code;
        return name_server::packet(q, a);
    };
}
std::optional<std::string> silence(const question&) { return std::nullopt; }

std::vector<std::string> sorted(const addresses& found) {
    std::vector<std::string> out;
    for (const auto& a : found) out.push_back(a.to_string());
    std::sort(out.begin(), out.end());
    return out;
}

std::size_t open_descriptors() {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        (void)entry;
        ++n;
    }
    return n;
}

TEST_CASE("name servers: all addresses, of either family or both") {
    std::vector<std::string> want;
    SUBCASE("both") { want = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "fd00::7"}; }
    SUBCASE("only IPv4") { want = {"10.0.0.1", "10.0.0.2"}; }
    SUBCASE("only IPv6") { want = {"fd00::1"}; }
    SUBCASE("eight, as S3 gives") {
        for (int i = 1; i <= 8; ++i) want.push_back("10.0.0." + std::to_string(i));
    }
    world w{known(want)};
    const auto found = w.ask();
    REQUIRE(found.has_value());
    CHECK(sorted(found->addresses) == want);
    CHECK(w.server.asked == 2);
}

TEST_CASE("name servers: one family's failure leaves the other's addresses") {
    world w{[](const question& q) {
        return q.asked == name_server::type::a ? known({"10.0.0.1"})(q) : refusing(2)(q);
    }};
    const auto found = w.ask();
    REQUIRE(found.has_value());
    CHECK(sorted(found->addresses) == std::vector<std::string>{"10.0.0.1"});
}

TEST_CASE("name servers: one family's silence leaves the other's addresses") {
    world w{[](const question& q) { return q.asked == name_server::type::a ? known({"10.0.0.1"})(q) : silence(q); }, 300ms};
    const auto found = w.ask();
    REQUIRE(found.has_value());
    CHECK(sorted(found->addresses) == std::vector<std::string>{"10.0.0.1"});
}

TEST_CASE("name servers: an alias is followed, and no answer outlives any of its records") {
    std::uint32_t alias = 0, address = 0;
    SUBCASE("the alias is the shorter") { alias = 7, address = 600; }
    SUBCASE("the address is") { alias = 600, address = 7; }
    world w{[=](const question& q) {
        answer a;
        if (q.asked == name_server::type::a) {
            a.records.push_back(name_server::record(name_server::type::alias, alias, std::string{"\1x\4real\0", 8}));
            auto of_real = name_server::address("10.0.0.9", address);
            of_real.replace(0, 2, std::string{"\1x\4real\0", 8});
            a.records.push_back(of_real);
        }
        return name_server::packet(q, a);
    }};
    const auto found = w.ask();
    REQUIRE(found.has_value());
    CHECK(sorted(found->addresses) == std::vector<std::string>{"10.0.0.9"});
    CHECK(found->ttl == 7s);
}

TEST_CASE("name servers: the time to live is told as it is") {
    struct row {
        std::uint32_t sent;
        duration told;
    };
    // RFC 2181, section 8: one with its highest bit is none.
    for (const row r : {row{0, 0s}, {1, 1s}, {60, 60s}, {86'400, 24h}, {0x7fffffff, std::chrono::seconds{0x7fffffff}}, {0x80000000, 0s}}) {
        CAPTURE(r.sent);
        world w{known({"10.0.0.1", "fd00::1"}, r.sent)};
        const auto found = w.ask();
        REQUIRE(found.has_value());
        CHECK(found->ttl == r.told);
    }
}

TEST_CASE("name servers: what the cache keeps of an answer") {
    std::uint32_t ttl = 0;
    duration most = 5s;
    int in_ten_seconds = 0;
    SUBCASE("nothing without a time to live") { ttl = 0, in_ten_seconds = 10; }
    SUBCASE("its own time") { ttl = 2, in_ten_seconds = 5; }
    SUBCASE("no longer than the cache's") { ttl = 3600, in_ten_seconds = 2; }
    SUBCASE("longer, where the cache may") { ttl = 3600, most = 1h, in_ten_seconds = 1; }
    world w{known({"10.0.0.1"}, ttl)};
    const auto clock = testing::manual_clock::create();
    const auto kept = http::make_caching_resolver(http::make_cares_resolver(w.server.list(), w.patience), clock,
                                                  make_seeded_random(1), http::caching_resolver_options().max_ttl(most));
    for (int second = 0; second < 10; ++second) {
        CHECK(test::run(w.io, kept->resolve("store.example")).size() == 1);
        clock->advance(1s);
    }
    CHECK(w.server.asked == 2 * in_ten_seconds); // A and AAAA
}

TEST_CASE("name servers: no such name, and a name without addresses") {
    int code = 0;
    SUBCASE("NXDOMAIN") { code = 3; }
    SUBCASE("no records") { code = 0; }
    world w{refusing(code)};
    const auto e = w.refusal();
    CHECK(e.code() == errc::host_not_found);
    CHECK(e.detail().object == "store.example");
    CHECK(e.detail().hint.find("check the endpoint") != std::string::npos);
}

TEST_CASE("name servers: a server that cannot answer is no word on the name") {
    for (const int code : {1, 2, 4, 5}) {
        CAPTURE(code);
        world w{refusing(code)};
        const auto e = w.refusal();
        CHECK(e.code() == errc::resolve_failed);
        CHECK(e.code() == condition::connection);
        CHECK(e.detail().object == "store.example");
        CHECK_FALSE(e.detail().message.empty());
    }
}

TEST_CASE("name servers: silence ends after two tries") {
    world w{silence, little};
    const auto e = w.refusal();
    CHECK(e.code() == errc::resolve_failed);
    CHECK(e.detail().hint.find("did not answer") != std::string::npos);
    CHECK(w.server.asked == 4); // A and AAAA
}

TEST_CASE("name servers: nobody there, and the next one is asked") {
    world w{known({"10.0.0.1"})};
    name_server silent{w.io, silence};
    std::uint16_t nobody = 0;
    {
        const name_server gone{w.io, silence};
        nobody = gone.port();
    }
    for (const auto& first : {silent.list(), "127.0.0.1:" + std::to_string(nobody)}) {
        CAPTURE(first);
        const auto names = http::make_cares_resolver(first + "," + w.server.list(), little);
        CHECK(test::run(w.io, names->resolve("store.example")).size() == 1);
    }
    const auto e = test::run(w.io, as_result(http::make_cares_resolver("127.0.0.1:" + std::to_string(nobody), little)->resolve("store.example")));
    REQUIRE(e.has_error());
    CHECK(e.error().code() == errc::resolve_failed);
}

TEST_CASE("name servers: an answer that is too long for UDP comes by TCP") {
    const auto say = [](const question& q) {
        if (q.by_tcp) {
            std::vector<std::string> many;
            for (int i = 0; i < 200; ++i) many.push_back("10.0.1." + std::to_string(i));
            return known(many)(q);
        }
        answer a;
        a.truncated = true;
        return std::optional{name_server::packet(q, a)};
    };
    SUBCASE("all of it") {
        for (int attempt = 0;; ++attempt) {
            REQUIRE(attempt < 20);
            world w{say};
            if (!w.server.also_tcp()) continue; // the same port is taken there
            const auto found = w.ask();
            REQUIRE(found.has_value());
            CHECK(found->addresses.size() == 200);
            break;
        }
    }
    SUBCASE("nobody takes TCP") {
        world w{say};
        CHECK(w.refusal().code() == errc::resolve_failed);
    }
}

TEST_CASE("name servers: garbage is an error, in time") {
    struct row {
        const char* what;
        std::function<std::string(const question&)> say;
    };
    const auto good = [](const question& q) { return *known({"10.0.0.1", "fd00::1"})(q); };
    const auto with_record = [](const question& q, std::string record) {
        answer a;
        a.records.push_back(std::move(record));
        return name_server::packet(q, a);
    };
    const row rows[] = {
        {"nothing", [](const question&) { return std::string{}; }},
        {"one byte", [](const question&) { return std::string{"x"}; }},
        {"words", [](const question&) { return std::string{"HTTP/1.1 400 Bad Request\r\n\r\n"}; }},
        {"zeros", [](const question& q) { return name_server::number(q.id) + std::string(500, '\0'); }},
        {"ones", [](const question& q) { return name_server::number(q.id) + std::string(500, '\xff'); }},
        {"another's id", [=](const question& q) { return name_server::number(q.id ^ 1u) + good(q).substr(2); }},
        {"another's question", [=](const question& q) {
             auto p = good(q);
             p[13] = 'x';
             return p;
         }},
        {"the question itself", [](const question& q) { return q.packet; }},
        {"a head alone", [=](const question& q) { return good(q).substr(0, 12); }},
        {"records that are not there", [=](const question& q) {
             auto p = good(q);
             p.replace(6, 2, "\xff\xff");
             return p;
         }},
        {"a name that leads to itself", [=](const question& q) {
             const auto at = q.packet.size();
             auto r = name_server::address(q.asked == name_server::type::a ? "10.0.0.1" : "fd00::1");
             r.replace(0, 2, {'\xc0', static_cast<char>(at)});
             return with_record(q, r);
         }},
        {"a name from beyond the end", [=](const question& q) {
             auto r = name_server::address("10.0.0.1");
             r.replace(0, 2, "\xff\xff");
             return with_record(q, r);
         }},
        {"a record longer than the packet", [=](const question& q) {
             auto r = name_server::address("10.0.0.1");
             r.replace(10, 2, "\xff\xff");
             return with_record(q, r);
         }},
        {"an address of three bytes", [=](const question& q) { return with_record(q, name_server::record(q.asked, 60, "abc")); }},
        {"an alias of itself", [=](const question& q) { return with_record(q, name_server::record(name_server::type::alias, 60, "\xc0\x0c")); }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        world w{[&](const question& q) { return std::optional{r.say(q)}; }, little};
        const auto e = w.refusal();
        CHECK(e.code() == condition::connection);
        CHECK(e.detail().object == "store.example");
    }
}

TEST_CASE("name servers: an answer cut anywhere gives an error, or what it says") {
    const std::vector<std::string> all = {"10.0.0.1", "10.0.0.2", "fd00::1"};
    for (std::size_t cut = 12; cut < 80; cut += 5) {
        CAPTURE(cut);
        world w{[&](const question& q) { return std::optional{known(all)(q)->substr(0, cut)}; }, little};
        const auto found = w.ask();
        if (!found) {
            CHECK(found.error().code() == condition::connection);
            continue;
        }
        for (const auto& a : sorted(found->addresses)) CHECK(std::find(all.begin(), all.end(), a) != all.end());
    }
}

TEST_CASE("name servers: a query that is cancelled is gone at once, and so are its sockets") {
    world w{silence, little};
    const auto before = open_descriptors();
    asio::cancellation_signal cancel;
    std::exception_ptr ended;
    bool done = false;
    const auto names = http::make_cares_resolver(w.server.list(), 30s);
    asio::co_spawn(w.io, names->resolve("store.example"),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, addresses) {
                       ended = e;
                       done = true;
                   }));
    for (int turn = 0; w.server.asked < 2 && turn < 100; ++turn) w.io.run_one_for(100ms);
    CHECK_FALSE(done);
    CHECK(open_descriptors() > before);
    cancel.emit(asio::cancellation_type::terminal);
    w.io.poll();
    REQUIRE(done);
    REQUIRE(ended);
    CHECK(to_failure(ended).code() == condition::cancelled);
    CHECK(open_descriptors() == before);
}

TEST_CASE("name servers: an answer that comes while the query is cancelled does no harm") {
    for (int turns = 0; turns < 12; ++turns) {
        CAPTURE(turns);
        world w{known({"10.0.0.1", "fd00::1"})};
        asio::cancellation_signal cancel;
        bool done = false;
        const auto names = http::make_cares_resolver(w.server.list(), 30s);
    asio::co_spawn(w.io, names->resolve("store.example"),
                       asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, addresses) { done = true; }));
        for (int i = 0; i < turns && !done; ++i) w.io.run_one_for(100ms);
        cancel.emit(asio::cancellation_type::terminal);
        w.io.poll();
        CHECK(done);
    }
}

TEST_CASE("name servers: an io_context that goes takes a waiting query along") {
    auto token = std::make_shared<int>(1);
    const std::weak_ptr<int> gone = token;
    const auto before = open_descriptors();
    {
        world w{silence, little};
        const auto body = [](std::shared_ptr<http::resolver> names, std::shared_ptr<int> token) -> awaitable<void> {
            (void)co_await names->resolve("store.example");
            (void)token;
        };
        asio::co_spawn(w.io, body(http::make_cares_resolver(w.server.list(), 30s), std::move(token)), asio::detached);
        for (int turn = 0; w.server.asked < 2 && turn < 100; ++turn) w.io.run_one_for(100ms);
        CHECK_FALSE(gone.expired());
    }
    CHECK(gone.expired());
    CHECK(open_descriptors() == before);
}

TEST_CASE("name servers: hundreds of queries at a time") { // 200, of either family: the server's socket has room for them
    world w{known({"10.0.0.1"})};
    const auto names = http::make_cares_resolver(w.server.list(), 10s);
    int found = 0;
    for (int i = 0; i < 100; ++i)
        asio::co_spawn(w.io, names->resolve("store" + std::to_string(i) + ".example"),
                       [&](std::exception_ptr e, addresses a) { found += !e && a.size() == 1; });
    for (int turn = 0; found < 100 && turn < 100'000; ++turn) w.io.run_one_for(100ms);
    CHECK(found == 100);
    CHECK(w.server.asked == 200);
}

TEST_CASE("name servers: a list that is none is refused when the resolver is made") {
    for (const std::string list : {" ", ",", "dns.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999",
                                   "127.0.0.1:5x", "127.0.0.1,", ",127.0.0.1", "127.0.0.1, 127.0.0.2", "[::1", "[::1]5353", "[127.0.0.1]:53",
                                   "::1]", "fe80::1%lo", "127.0.0.1 127.0.0.2", "127.1", "[]:53", "127.0.0.1:-1"}) {
        CAPTURE(list);
        try {
            (void)http::make_cares_resolver(list);
            CHECK(false);
        } catch (const error& e) {
            CHECK(e.code() == errc::invalid_option);
            CHECK(std::string{e.what()}.find("name servers") != std::string::npos);
        }
    }
    for (const std::string list : {"", "127.0.0.1", "127.0.0.1:53", "::1", "[::1]", "[::1]:5353", "127.0.0.1:65535,::1,[fd00::1]:1"})
        CHECK_NOTHROW((void)http::make_cares_resolver(list));
    for (const duration bad : {duration{0}, duration{-1s}, duration{100us}, duration{25h}, duration::max()})
        CHECK_THROWS_AS((void)http::make_cares_resolver("", bad), error);
}

TEST_CASE("name servers: one of IPv6 is asked at its port") {
    asio::io_context io{1};
    error_code ec;
    asio::ip::udp::socket v6{io};
    v6.open(asio::ip::udp::v6());
    v6.bind({asio::ip::make_address("::1"), 0}, ec);
    if (ec) return; // this machine has no IPv6
    const auto list = "[::1]:" + std::to_string(v6.local_endpoint().port());
    const auto e = test::run(io, as_result(http::make_cares_resolver(list, little)->resolve("store.example")));
    CHECK(e.has_error());
    CHECK(v6.available() > 12); // a question
}

} // namespace name_servers_test
