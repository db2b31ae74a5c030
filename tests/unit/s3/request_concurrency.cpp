// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

#include <exception>

namespace request_concurrency_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
const std::string object = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbody";

/// A store that may be asked by `limit` requests at a time.
struct limited : world {
    limited(std::vector<say> script, std::uint64_t limit) : world{std::move(script)}, requests{fair_semaphore::create(limit)} {
        options.request_concurrency(requests);
    }

    /// Starts an operation that nobody waits for; `done` counts those that ended.
    template <class T>
    void start(awaitable<T> op) {
        asio::co_spawn(io, std::move(op), [this](std::exception_ptr e, auto&&...) { ++(e ? failed : done); });
    }
    void start(awaitable<void> op) {
        asio::co_spawn(io, std::move(op), [this](std::exception_ptr e) { ++(e ? failed : done); });
    }
    /// Lets them run for a while.
    void pass(duration d) { run(sleep_for(clock, d)); }

    std::shared_ptr<fair_semaphore> requests;
    int done = 0, failed = 0;
};

awaitable<std::unique_ptr<s3::object_reader>> opened(s3::client client) {
    auto reader = co_await client.open("s3://b/k");
    co_return std::make_unique<s3::object_reader>(std::move(reader));
}

TEST_CASE("request concurrency: as many as the limit at a time, over several clients") {
    limited w{{ok, ok, ok, ok, ok, ok}, 2};
    auto a = w.client(), b = w.client();
    for (int i = 0; i < 3; ++i) w.start(a.head("s3://b/k")), w.start(b.head("s3://b/k"));
    w.pass(1s);
    CHECK(w.done == 6);
    CHECK(w.requests->peak() == 2);
    CHECK(w.requests->used() == 0);
}

TEST_CASE("request concurrency: a body holds its place until it is read or dropped") {
    limited w{{object, object, object}, 3};
    auto client = w.client();
    {
        const auto reader = w.run(opened(client));
        CHECK(w.requests->used() == 1);
        CHECK(w.run(reader->read_all(100)) == "body");
        CHECK(w.requests->used() == 0);
    }
    {
        const auto reader = w.run(opened(client));
        CHECK(w.requests->used() == 1);
    }
    CHECK(w.requests->used() == 0);
    w.run(client.get("s3://b/k"));
    CHECK(w.requests->used() == 0);
}

TEST_CASE("request concurrency: open bodies leave a place to short requests") {
    limited w{{object, ok, object}, 2};
    auto client = w.client();
    auto first = w.run(opened(client));
    w.start(client.get("s3://b/k"));
    w.pass(1s);
    CHECK(w.requests->waiting() == 1); // the second body waits …
    w.run(client.head("s3://b/k"));    // … and this does not
    CHECK(w.done == 0);
    first.reset();
    w.pass(1s);
    CHECK(w.done == 1);
    CHECK(w.requests->used() == 0);
}

TEST_CASE("request concurrency: one at a time") {
    limited w{{object, ok}, 1};
    auto client = w.client();
    auto reader = w.run(opened(client));
    w.start(client.head("s3://b/k"));
    w.pass(1s);
    CHECK(w.done == 0);
    w.run(reader->read_all(100));
    w.pass(1s);
    CHECK(w.done == 1);
}

TEST_CASE("request concurrency: a request that waits to be retried holds nothing, nor one that failed") {
    const auto busy = "HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n", gone = "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n";
    using retries = aws::retry_options;
    limited w{{busy, ok, gone, say::nothing(), ok}, 1};
    w.options.retry(retries{}.with_jitter(retries::jitter::none).first_delay(10s).throttled_delay(10s));
    auto client = w.client();
    w.start(client.head("s3://b/k"));
    w.pass(5s);
    CHECK(w.done == 0);
    CHECK(w.requests->used() == 0);
    w.pass(10s);
    CHECK(w.done == 1);
    w.start(client.head("s3://b/k"));
    w.pass(1s);
    CHECK(w.failed == 1);
    CHECK(w.requests->used() == 0);
    w.start(client.head("s3://b/k")); // the connection breaks
    w.pass(1s);
    CHECK(w.requests->used() == 0);
    w.pass(20s);
    CHECK(w.done == 2);
    CHECK(w.requests->used() == 0);
}

TEST_CASE("request concurrency: what a request needs first, a session or a region, has its place in turn") {
    const auto document = [](std::string status, std::string body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    const auto session = document(
        "200 OK", "<CreateSessionResult><Credentials><SessionToken>T</SessionToken><SecretAccessKey>S</SecretAccessKey>"
                  "<AccessKeyId>K</AccessKeyId><Expiration>2026-01-01T00:05:00Z</Expiration></Credentials></CreateSessionResult>");
    limited express{{session, ok}, 1};
    express.options.endpoint_url("").path_style(false);
    express.run(express.client().head("s3://logs--use1-az4--x-s3/k"));
    CHECK(express.requests->peak() == 1);
    CHECK(express.requests->used() == 0);

    const auto elsewhere = document("301 M", "<Error><Code>PermanentRedirect</Code></Error>");
    limited moved{{elsewhere, "HTTP/1.1 200 OK\r\nx-amz-bucket-region: eu-west-1\r\nContent-Length: 0\r\n\r\n", object}, 1};
    moved.options.endpoint_url("").path_style(false);
    moved.run(moved.client().get("s3://lake/k"));
    CHECK(moved.how->requests.size() == 3);
    CHECK(moved.requests->used() == 0);
}

TEST_CASE("request concurrency: who waits for a place may be cancelled") {
    limited w{{object, ok}, 1};
    auto client = w.client();
    auto reader = w.run(opened(client));
    asio::cancellation_signal stop;
    std::exception_ptr why;
    asio::co_spawn(w.io, client.head("s3://b/k"),
                   asio::bind_cancellation_slot(stop.slot(), [&why](std::exception_ptr e, auto&&) { why = e; }));
    w.pass(1s);
    CHECK(w.requests->waiting() == 1);
    stop.emit(asio::cancellation_type::terminal);
    w.pass(1s);
    REQUIRE(why);
    CHECK(to_failure(why).code() == condition::cancelled);
    CHECK(w.requests->waiting() == 0);
    CHECK(w.how->requests.size() == 1);
    reader.reset();
    CHECK(w.requests->used() == 0);
    w.run(client.head("s3://b/k"));
}

TEST_CASE("request concurrency: who opens more bodies than may be, and reads none, is told") {
    for (const std::uint64_t limit : {1, 2}) {
        CAPTURE(limit);
        limited w{{object, object, object}, limit};
        auto client = w.client();
        auto first = w.run(opened(client));
        const auto start = w.clock->now();
        const auto second = w.run(as_result(client.get("s3://b/k")));
        REQUIRE(second.has_error());
        CHECK(second.error().code() == errc::deadline_exceeded);
        CHECK(second.error().message().find("open bodies that nobody reads") != std::string::npos);
        CHECK(second.error().detail().key == "k");
        CHECK(w.clock->now() - start > 60s);
        CHECK(w.clock->now() - start < 300s);
        CHECK(w.how->requests.size() == 1);
        first.reset();
        CHECK(w.run(client.get("s3://b/k")).body == "body");
        CHECK(w.requests->used() == 0);
    }
}

TEST_CASE("request concurrency: bodies that are read, however slowly, are waited for") {
    const std::string chunks(1000, 'x');
    limited w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 1000\r\n\r\n" + chunks, object}, 1};
    auto client = w.client();
    auto slow = [](std::unique_ptr<s3::object_reader> reader, std::shared_ptr<clock_source> clock) -> awaitable<void> {
        for (std::size_t n = 1; n > 0;) {
            std::byte block[10];
            n = co_await reader->read_some(block);
            co_await sleep_for(clock, 20s);
        }
    };
    auto first = w.run(opened(client));
    w.start(slow(std::move(first), w.clock));
    w.start(client.get("s3://b/k"));
    w.pass(1900s);
    CHECK(w.failed == 0);
    CHECK(w.done == 0);
    w.pass(300s);
    CHECK(w.failed == 0);
    CHECK(w.done == 2);
}

TEST_CASE("request concurrency: without a word it is 32, or what the environment says, or the context's") {
    const auto peak = [](s3::client_options said, aws::environment env) {
        world w{std::vector<say>(50, say{ok})};
        w.options = w.options.context(s3::store_context{env}).environment(env);
        if (said.request_concurrency()) w.options.request_concurrency(said.request_concurrency());
        auto shared = w.options.context()->shared_requests();
        auto client = w.client();
        for (int i = 0; i < 50; ++i)
            asio::co_spawn(w.io, client.head("s3://b/k"), [](std::exception_ptr, auto&&) {});
        w.run(sleep_for(w.clock, 10s));
        CHECK(w.how->requests.size() == 50);
        return w.how->connections == 50 ? shared->peak() : 0;
    };
    using vars = std::map<std::string, std::string>;
    CHECK(peak({}, aws::environment{vars{}}) == 32);
    CHECK(peak({}, aws::environment{vars{{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "5"}}}) == 5);
    CHECK(peak({}, aws::environment{vars{{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "5"}, {"PENSTOCK_S3_REQUEST_CONCURRENCY", "7"}}}) == 7);
    CHECK(peak(s3::client_options{}.request_concurrency(3), aws::environment{vars{}}) == 0);
    asio::io_context io;
    const auto with = [&io](std::string n) {
        s3::client(io.get_executor(), s3::client_options().environment(aws::environment{vars{{"PENSTOCK_S3_REQUEST_CONCURRENCY", n}}}));
    };
    CHECK_THROWS_WITH_AS(with("0"), doctest::Contains("PENSTOCK_S3_REQUEST_CONCURRENCY"), error);
    CHECK_NOTHROW(with("1"));
}

TEST_CASE("request rate: reads and writes keep to theirs, each") {
    world w{std::vector<say>(60, say{ok})};
    w.options.read_rate(10).write_rate(5);
    auto client = w.client();
    int reads = 0, writes = 0;
    for (int i = 0; i < 40; ++i) {
        asio::co_spawn(w.io, client.head("s3://b/k"), [&](std::exception_ptr, auto&&) { ++reads; });
        asio::co_spawn(w.io, client.remove("s3://b/k"), [&](std::exception_ptr, auto&&) { ++writes; });
    }
    w.run(sleep_for(w.clock, 2050ms));
    CHECK(reads >= 20);
    CHECK(reads <= 22);
    CHECK(writes >= 10);
    CHECK(writes <= 12);
    w.run(sleep_for(w.clock, 10s));
    CHECK(reads == 40);
}

TEST_CASE("request rate: adaptive, it falls once the store throttles") {
    const auto busy = "HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n";
    std::vector<say> script(20, say{ok});
    script.insert(script.end(), 3, say{busy});
    script.insert(script.end(), 27, say{ok});
    const auto how_long = [&script](const char* preset) {
        world w{script, aws::retry_options::preset(preset).with_jitter(aws::retry_options::jitter::none)};
        auto many = [](s3::client c) -> awaitable<void> {
            for (int i = 0; i < 47; ++i) co_await c.head("s3://b/k");
        };
        const auto start = w.clock->now();
        w.run(many(w.client()));
        return w.clock->now() - start;
    };
    CHECK(how_long("default") < 8s); // the delays of three retries
    CHECK(how_long("adaptive") > 10s);
}

TEST_CASE("request concurrency: none at all is refused") {
    asio::io_context io;
    CHECK_THROWS_WITH_AS(s3::client(io.get_executor(), s3::client_options().environment(aws::environment{{}}).request_concurrency(std::uint64_t{0})),
                         doctest::Contains("request concurrency is 0"), error);
}

} // namespace request_concurrency_test
