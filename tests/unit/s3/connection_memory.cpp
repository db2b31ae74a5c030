// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/http/connection.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <optional>

namespace connection_memory_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string object = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbody";
constexpr auto one = http::connection_memory(false);

using reader_ptr = std::unique_ptr<s3::object_reader>; // co_spawn wants a default

awaitable<reader_ptr> open(s3::client client, std::string url) {
    auto reader = co_await client.open(url);
    co_return std::make_unique<s3::object_reader>(std::move(reader));
}

/// A client with room for `connections` requests at a time.
struct small : world {
    small(std::size_t answers, std::uint64_t connections) : world{std::vector<say>(answers, say{object}.keep())} {
        const auto limit = std::uint64_t{1} << 20;
        budget = memory_budget::create(limit);
        options.budget(budget).part_size(limit);
        rest.emplace(*budget, limit - connections * one);
    }

    /// What others hold of the budget.
    struct taken {
        taken(memory_budget& b, std::uint64_t units) : held{b.try_acquire(units)} {}
        permit held;
    };
    std::shared_ptr<memory_budget> budget;
    std::optional<taken> rest;
    std::uint64_t used() const { return budget->used() - rest->held.units(); }
};

TEST_CASE("a request is charged while it is under way, an open body until it ends, an idle connection not at all") {
    small w{2, 4};
    auto client = w.client();
    CHECK(w.used() == 0);
    {
        const auto reader = w.run(open(client, "s3://b/k"));
        CHECK(w.used() == one);
        CHECK(w.run(reader->read_all()) == "body");
        CHECK(w.used() == 0);
    }
    CHECK(w.run(client.get("s3://b/k")).body == "body");
    CHECK(w.how->connections == 1); // kept, with none of its memory
    CHECK(w.used() == 0);
    CHECK(client.buffers()->idle() > 0);
}

TEST_CASE("what does not fit waits until a body has been read, and no connection is made before") {
    small w{0, 2};
    const std::string bodiless = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\n";
    w.how = std::make_shared<scripted::store>(std::vector<say>{say{object}.keep(), say{bodiless}.keep(), say{object}.keep()}, w.clock);
    w.options.connector(w.how);
    auto client = w.client();
    const auto first = w.run(open(client, "s3://b/1"));
    bool done = false;
    asio::co_spawn(w.io, open(client, "s3://b/2"), [&](std::exception_ptr e, reader_ptr) { done = !e; });
    w.run(sleep_for(w.clock, 1s));
    CHECK_FALSE(done); // open bodies leave room for a request that needs none
    CHECK(w.how->connections == 1);
    CHECK(w.run(client.head("s3://b/3")).size == 4u);
    CHECK(w.how->connections == 2);
    CHECK(w.run(first->read_all()) == "body");
    w.run(sleep_for(w.clock, 1ms));
    CHECK(done);
}

TEST_CASE("a writer that holds memory never waits for that of its connection") {
    const std::string stored = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
    world w{{stored}};
    w.options.memory_budget(1 << 20).part_size(1 << 20);
    auto client = w.client();
    auto writer = client.create("s3://b/k");
    w.run(writer.write(std::string(1000, 'x')));
    const auto& budget = *client.budget();
    auto others = client.budget()->try_acquire(budget.limit() - budget.used());
    CHECK(others.units() >= 2 * http::connection_memory(true)); // room to read meanwhile
    w.run(writer.commit());
    CHECK(budget.used() == others.units());
}

TEST_CASE("a header larger than the receive buffer takes more of the budget, or fails where there is no more") {
    const std::string large = "HTTP/1.1 200 OK\r\nx-amz-meta-a: " + std::string(20'000, 'a') + "\r\nContent-Length: 0\r\n\r\n";
    for (const bool room : {true, false}) {
        small w{0, room ? 3u : 1u};
        w.how = std::make_shared<scripted::store>(std::vector<say>{large}, w.clock);
        w.options.connector(w.how).retry(aws::retry_options::preset("none"));
        const auto got = w.run(as_result(w.client().head("s3://b/k")));
        CHECK(got.has_value() == room);
        if (!room) CHECK((got.error().code() == errc::header_too_large));
        CHECK(w.used() == 0);
    }
}

} // namespace connection_memory_test
