// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/prometheus.hpp"
#include "unit/s3/scripted_store.hpp"

#include <penstock/core/metrics.hpp>
#include <penstock/core/prometheus.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/tenant.hpp>

#include <doctest/doctest.h>

#include <optional>

namespace client_metrics_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const char* const ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbody";
const char* const busy = "HTTP/1.1 503 Slow Down\r\nContent-Length: 39\r\n\r\n<Error><Code>SlowDown</Code></Error>   ";

struct measured : world {
    using world::world;
    std::int64_t of(std::string_view name, metric_labels labels = {}) {
        return value_of(registry->collect(), name, labels);
    }
    histogram_snapshot histogram(std::string_view name, const metric_labels& labels) {
        for (const auto& f : registry->collect())
            for (const auto& s : f.series)
                if (f.name == name && s.labels == labels) return s.histogram;
        return {};
    }
    std::shared_ptr<metrics_registry> registry = metrics_registry::create();
    measured& begin() { return options.metrics(registry), *this; }
};

const metric_labels get{{"operation", "get object"}};
metric_labels outcome(std::string op, std::string how) { return {{"operation", std::move(op)}, {"outcome", std::move(how)}}; }

TEST_CASE("a call is counted with its attempts, retries, waits and bytes") {
    measured w{{busy, say{ok}.keep(), say{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n"}}};
    w.begin();
    auto client = w.client();
    CHECK(w.run(client.get("s3://b/k")).body == "body");
    w.run(client.put("s3://b/k", std::string_view{"12345"}));
    CHECK(w.of("penstock_s3_requests_total", outcome("get object", "ok")) == 1);
    CHECK(w.of("penstock_s3_requests_total", outcome("put object", "ok")) == 1);
    CHECK(w.of("penstock_s3_attempts_total", outcome("get object", "throttled")) == 1);
    CHECK(w.of("penstock_s3_attempts_total", outcome("get object", "ok")) == 1);
    CHECK(w.of("penstock_s3_retries_total", get) == 1);
    CHECK(w.of("penstock_s3_received_bytes_total", get) == 39 + 4);
    CHECK(w.of("penstock_s3_sent_bytes_total", {{"operation", "put object"}}) == 5);
    CHECK(w.of("penstock_s3_connections_total") == 2);
    CHECK(w.of("penstock_s3_requests_in_flight") == 0);
    CHECK(w.histogram("penstock_s3_first_byte_seconds", get).count() == 2);
    const auto latency = w.histogram("penstock_s3_request_duration_seconds", get);
    const auto back_off = w.histogram("penstock_s3_wait_seconds", {{"for", "back_off"}});
    CHECK(latency.count() == 1);
    CHECK(back_off.count() == 1);
    CHECK(latency.sum >= back_off.sum);

    const auto s = client.statistics();
    CHECK(s.requests == 3);
    CHECK(s.retries == 1);
    CHECK(s.connections == 2);
    CHECK(s.bytes_sent == 5);
    CHECK(s.bytes_received == 43);
    const auto text = test::read_prometheus(prometheus_text(client.metrics()->collect()));
    CHECK(text.fault == "");
    CHECK(text.values.at("penstock_s3_requests_total{operation=\"get object\",outcome=\"ok\"}") == 1);
    CHECK(text.values.at("penstock_s3_memory_limit_bytes") == 128 << 20);
}

TEST_CASE("failures are counted by class, and a resume as that") {
    measured w{{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbo",
                "HTTP/1.1 206 Partial\r\nETag: \"e\"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: 2\r\n\r\ndy"}};
    w.begin();
    CHECK(w.get().has_error());
    CHECK(w.get().has_value());
    CHECK(w.of("penstock_s3_requests_total", outcome("get object", "not_found")) == 1);
    CHECK(w.of("penstock_s3_attempts_total", outcome("get object", "not_found")) == 1);
    CHECK(w.of("penstock_s3_resumes_total", get) == 1);
    CHECK(w.of("penstock_s3_received_bytes_total", get) == 4);
}

TEST_CASE("a call that is given up is counted as cancelled, one whose time is over as a timeout") {
    measured w{{say{""}.keep(), say{""}.keep()}}; // never answers
    w.begin();
    auto limited = w.client().get("s3://b/k", s3::get_object_options{}.time_limit(1s));
    CHECK(w.run(as_result(std::move(limited))).has_error());
    CHECK(w.of("penstock_s3_requests_total", outcome("get object", "timeout")) == 1);
    auto cut = with_timeout(w.client().get("s3://b/k"), 1s, w.clock);
    CHECK(w.run(as_result(std::move(cut))).has_error());
    CHECK(w.of("penstock_s3_requests_total", outcome("get object", "cancelled")) == 1);
    CHECK(w.of("penstock_s3_requests_in_flight") == 0);
}


template <class Permit>
awaitable<void> release_later(Permit held, std::shared_ptr<clock_source> clock) {
    co_await sleep_for(clock, std::chrono::seconds{2});
    held.release();
}

TEST_CASE("waits for a turn and for memory are seen, with their time") {
    measured w{{say{ok}.keep(), say{ok}.keep()}};
    const auto turns = fair_semaphore::create(1);
    const auto share = turns->share();
    const auto budget = memory_budget::create(std::uint64_t{1} << 20);
    w.begin();
    w.options.request_concurrency(turns).budget(budget).part_size(std::uint64_t{1} << 20);
    auto client = w.client();
    asio::co_spawn(w.io, release_later(share->try_acquire(work_kind::read), w.clock), asio::detached);
    CHECK(w.run(client.get("s3://b/k")).body == "body");
    auto seen = w.histogram("penstock_s3_wait_seconds", {{"for", "turn"}});
    CHECK(seen.count() == 1);
    CHECK(seen.sum == 2s);
    CHECK(w.histogram("penstock_s3_wait_seconds", {{"for", "memory"}}).count() == 0);
    asio::co_spawn(w.io, release_later(budget->try_acquire(std::uint64_t{1} << 20), w.clock), asio::detached);
    CHECK(w.of("penstock_s3_memory_used_bytes") == 1 << 20);
    CHECK(w.run(client.get("s3://b/k")).body == "body");
    seen = w.histogram("penstock_s3_wait_seconds", {{"for", "memory"}});
    CHECK(seen.count() == 1);
    CHECK(seen.sum == 2s);
    CHECK(w.of("penstock_s3_turns_limit") == 1);
}

metric_labels labelled(std::string op, std::string label, std::string how = {}) {
    metric_labels out{{"operation", std::move(op)}};
    if (!how.empty()) out.emplace_back("outcome", std::move(how));
    out.emplace_back("label", std::move(label));
    return out;
}

TEST_CASE("a call's label is one of its series, those beyond the cap are counted together") {
    measured w{{busy, say{ok}.keep(), say{ok}.keep(), say{ok}.keep(), say{ok}.keep(), say{ok}.keep()}};
    w.begin();
    w.options.metric_labels(2);
    auto client = w.client();
    const auto get_as = [&](const char* label) { w.run(client.get("s3://b/k", s3::get_object_options{}.label(label))); };
    get_as("night run");
    get_as("a \"b\"\\\n");
    get_as("third");
    get_as("fourth");
    get_as("night run");
    const auto text = test::read_prometheus(prometheus_text(w.registry->collect()));
    REQUIRE(text.fault == "");
    const auto of = [&](const std::string& name, const std::string& labels) {
        const auto at = text.values.find(name + "{operation=\"get object\"," + labels + "}");
        return at == text.values.end() ? -1 : at->second;
    };
    CHECK(of("penstock_s3_requests_total", "outcome=\"ok\",label=\"night run\"") == 2);
    CHECK(of("penstock_s3_attempts_total", "outcome=\"throttled\",label=\"night run\"") == 1);
    CHECK(of("penstock_s3_retries_total", "label=\"night run\"") == 1);
    CHECK(of("penstock_s3_received_bytes_total", "label=\"night run\"") == 39 + 4 + 4);
    CHECK(of("penstock_s3_request_duration_seconds_count", "label=\"night run\"") == 2);
    CHECK(of("penstock_s3_requests_total", "outcome=\"ok\",label=\"a \\\"b\\\"\\\\\\n\"") == 1);
    CHECK(of("penstock_s3_requests_total", "outcome=\"ok\",label=\"other\"") == 2);
    CHECK(of("penstock_s3_requests_total", "outcome=\"ok\",label=\"third\"") == -1);
    CHECK(of("penstock_s3_requests_total", "outcome=\"ok\"") == -1); // every call had a label
    CHECK(client.statistics().requests == 6);
    CHECK(client.statistics().bytes_received == 39 + 5 * 4);
}

TEST_CASE("labels are capped for all clients of a registry together, or not counted by at all") {
    measured w{{ok, ok, ok, ok}};
    w.begin();
    w.options.metric_labels(1);
    w.run(w.client().get("s3://b/k", s3::get_object_options{}.label("one")));
    w.run(w.client().get("s3://b/k", s3::get_object_options{}.label("two")));
    w.run(w.client().get("s3://b/k", s3::get_object_options{}.label("one")));
    CHECK(w.of("penstock_s3_requests_total", labelled("get object", "one", "ok")) == 2);
    CHECK(w.of("penstock_s3_requests_total", labelled("get object", "other", "ok")) == 1);
    measured off{{ok}};
    off.begin();
    off.options.metric_labels(0);
    off.run(off.client().get("s3://b/k", s3::get_object_options{}.label("one")));
    CHECK(off.of("penstock_s3_requests_total", outcome("get object", "ok")) == 1);
    CHECK(prometheus_text(off.registry->collect()).find("label=") == std::string::npos);
}

TEST_CASE("a long label is cut for its series, in front of a character; a resume has its reader's label") {
    measured w{{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbo",
                "HTTP/1.1 206 Partial\r\nETag: \"e\"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: 2\r\n\r\ndy"}};
    w.begin();
    const auto start = std::string(127, 'x');
    w.run(w.client().get("s3://b/k", s3::get_object_options{}.label(start + "\u00e9 and more")));
    CHECK(w.of("penstock_s3_requests_total", labelled("get object", start, "ok")) >= 1);
    CHECK(w.of("penstock_s3_resumes_total", labelled("get object", start)) == 1);
}

TEST_CASE("a tenant's label is in each of his series, beside the client's in its registry") {
    measured w{{say{ok}.keep(), say{ok}.keep(), say{ok}.keep(), say{ok}.keep()}};
    auto client = w.client();
    auto budget = memory_budget::create(std::uint64_t{8} << 20);
    auto named = s3::make_tenant(client, s3::tenant_options{}.label("team \"a\"").budget(budget));
    auto below = s3::make_tenant(named, s3::tenant_options{});
    auto silent = s3::make_tenant(client, s3::tenant_options{});
    w.run(client.get("s3://b/k"));
    w.run(named.get("s3://b/k", s3::get_object_options{}.label("q")));
    w.run(below.get("s3://b/k"));
    w.run(silent.get("s3://b/k"));
    CHECK(named.metrics() == client.metrics());
    CHECK(below.metrics() == client.metrics());
    CHECK(silent.metrics() != client.metrics());
    const auto text = test::read_prometheus(prometheus_text(client.metrics()->collect()));
    REQUIRE(text.fault == "");
    const std::string get_ok = "penstock_s3_requests_total{operation=\"get object\",outcome=\"ok\"", team = "tenant=\"team \\\"a\\\"\"";
    CHECK(text.values.at(get_ok + "}") == 1);
    CHECK(text.values.at(get_ok + "," + team + ",label=\"q\"}") == 1);
    CHECK(text.values.at(get_ok + "," + team + "}") == 1);
    CHECK(text.values.at("penstock_s3_requests_in_flight{" + team + "}") == 0);
    CHECK(text.values.at("penstock_s3_memory_limit_bytes{" + team + "}") == 8 << 20);
    CHECK(text.values.at("penstock_s3_memory_limit_bytes") == 128 << 20);
    CHECK(text.values.at("penstock_s3_pool_open") == 1);
    CHECK(named.statistics().requests == 1);
    CHECK(client.statistics().requests == 1);
}

awaitable<void> open_into(s3::client client, std::optional<s3::object_reader>* to) {
    auto opened = co_await client.open("s3://b/k");
    *to = std::move(opened);
}

TEST_CASE("connections that are open, idle and waited for are gauges of their pool") {
    measured w{{say{ok}.keep(), say{ok}.keep(), say{ok}.keep()}};
    w.begin();
    w.options.transport(http::transport_options{}.max_connections_per_origin(1));
    const auto pool = [&](const char* what) { return w.of(std::string{"penstock_s3_pool_"} + what); };
    {
        auto client = w.client();
        std::optional<s3::object_reader> body;
        w.run(open_into(client, &body));
        CHECK(pool("open") == 1);
        CHECK(pool("idle") == 0);
        bool ended = false;
        asio::co_spawn(w.io, client.get("s3://b/k"), [&ended](std::exception_ptr, auto&&) { ended = true; });
        w.run(sleep_for(w.clock, 1s));
        CHECK_FALSE(ended);
        CHECK(pool("waiting") == 1);
        body.reset();
        w.run(sleep_for(w.clock, 1s));
        CHECK(ended);
        CHECK(pool("waiting") == 0);
        CHECK(pool("open") == 1);
        CHECK(pool("idle") == 1);
        w.run(sleep_for(w.clock, 10s)); // idle for too long
        CHECK(pool("open") == 0);
        CHECK(pool("idle") == 0);
        w.run(client.get("s3://b/k"));
        CHECK(pool("open") == 1);
    }
    CHECK(pool("open") == 0); // gone with the client
}

TEST_CASE("clients that share a registry are one to who reads it, each of them alone to who asks it") {
    measured w{{ok, ok, ok}};
    w.begin();
    auto one = w.client();
    {
        auto two = w.client();
        w.run(one.get("s3://b/k"));
        w.run(two.get("s3://b/k"));
        w.run(two.get("s3://b/k"));
        CHECK(one.statistics().requests == 1);
        CHECK(two.statistics().requests == 2);
    }
    CHECK(w.of("penstock_s3_requests_total", outcome("get object", "ok")) == 3); // though one of them is gone
    CHECK(w.of("penstock_s3_connections_total") == 3);
}

} // namespace client_metrics_test
