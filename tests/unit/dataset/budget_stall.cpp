// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Callers who hold so much of a budget that none can go on, in simulated time.
#include "unit/s3/simulated_store.hpp"

#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/dataset/open_batches.hpp>

#include <doctest/doctest.h>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace budget_stall_test {

using namespace penstock;
using namespace std::chrono_literals;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

std::string csv_rows(std::size_t rows) {
    std::string out = "id,fare,note\n";
    for (std::size_t i = 0; i < rows; ++i) out += std::to_string(i) + "," + std::to_string(i % 977) + ".25,some words about it\n";
    return out;
}

struct outcome {
    bool ended = false;
    std::size_t rows = 0;
    failure why;
};

awaitable<void> collect(std::unique_ptr<batch_reader> rows, std::shared_ptr<clock_source> clock, outcome& out) {
    std::vector<record_batch> all;
    try {
        for (;;) {
            auto batch = co_await rows->next();
            if (!batch) break;
            out.rows += batch->num_rows();
            all.push_back(std::move(*batch));
            co_await sleep_for(clock, 1s); // the others read, too
        }
    } catch (const error& e) {
        out.why = e.as_failure();
    }
    out.ended = true;
}

TEST_CASE("callers who collect all batches of their readers end with rows or an error, and none hangs") {
    constexpr std::size_t rows = 60'000;
    const auto text = csv_rows(rows);
    for (const std::size_t readers : {2u, 3u, 7u}) {
        CAPTURE(readers);
        const auto clock = testing::manual_clock::create();
        asio::io_context io{1};
        const auto budget = memory_budget::create(8 * mib, clock);
        std::vector<outcome> outcomes(readers);
        for (auto& out : outcomes) {
            auto from = make_batch_reader(std::make_unique<memory_source>(text, 50'000, "a.csv"),
                                          open_options().pool(buffer_pool::create(budget, mib)));
            asio::co_spawn(io, collect(std::move(from), clock, out), asio::detached);
        }
        const auto began = clock->now();
        CHECK(testing::run_simulated(io, *clock) == testing::simulation_end::idle);
        CHECK(clock->now() - began < 30min);
        std::size_t whole = 0;
        for (const auto& out : outcomes) {
            CHECK(out.ended);
            if (!out.why) {
                CHECK(out.rows == rows);
                ++whole;
                continue;
            }
            CHECK((out.why.code() == errc::budget_stalled || out.why.code() == errc::budget_exceeded));
            CHECK(out.why.detail().object == "a.csv");
            CHECK(out.why.detail().hint.find("raise the memory budget") != std::string::npos);
        }
        CHECK(whole >= 1);
        CHECK(budget->used() == 0);
        CHECK(budget->waiting() == 0);
    }
}

TEST_CASE("who was refused lets some batches go and reads on, without a row lost") {
    const auto clock = testing::manual_clock::create();
    asio::io_context io{1};
    const auto budget = memory_budget::create(2 * mib, clock);
    const auto rows = make_batch_reader(std::make_unique<memory_source>(csv_rows(30'000), 50'000, "a.csv"),
                                        open_options().pool(buffer_pool::create(budget, mib)));
    std::size_t got = 0;
    int refused = 0;
    auto others = budget->try_acquire_more(budget->limit() - 400'000);
    const auto read = [&]() -> awaitable<void> {
        for (;;) {
            failure why;
            std::optional<record_batch> batch;
            try {
                batch = co_await rows->next();
            } catch (const error& e) {
                why = e.as_failure();
            }
            if (why) {
                CHECK(why.code() == errc::budget_stalled);
                ++refused;
                others.shrink(others.units() / 2);
            } else if (batch) {
                got += batch->num_rows();
            } else {
                break;
            }
        }
    };
    testing::simulate(io, *clock, read());
    CHECK(refused >= 1);
    CHECK(got == 30'000);
}

struct store : simulated::world {
    explicit store(std::uint64_t budget) { options.memory_budget(budget).request_concurrency(1000); }
};

awaitable<void> put_text(s3::client client, std::string url, std::string text) { (void)co_await client.put(url, as_bytes(text)); }

awaitable<void> hold_open(s3::client client, std::vector<s3::object_reader>& open, outcome& out) {
    failure why;
    try {
        auto reader = co_await client.open("s3://lake/a.csv");
        open.push_back(std::move(reader));
    } catch (const error& e) {
        why = e.as_failure();
    }
    out.why = why;
    out.ended = true;
}

TEST_CASE("200 bodies are opened and none is read: every caller has one or is told") {
    store s{2 * mib};
    auto client = s.client();
    s.run(client.create_bucket("lake"));
    s.run(put_text(client, "s3://lake/a.csv", csv_rows(20'000)));
    std::vector<s3::object_reader> open;
    std::vector<outcome> outcomes(200);
    for (auto& out : outcomes) asio::co_spawn(s.io, hold_open(client, open, out), asio::detached);
    const auto all = [&] { return std::all_of(outcomes.begin(), outcomes.end(), [](const outcome& o) { return o.ended; }); };
    const auto began = s.clock->now();
    CHECK(testing::run_simulated(s.io, *s.clock, all) == testing::simulation_end::done);
    CHECK(s.clock->now() - began > 1min);
    CHECK(s.clock->now() - began < 20min);
    std::size_t told = 0;
    for (const auto& out : outcomes) {
        if (!out.why) continue;
        ++told;
        CHECK(out.why.code() == errc::budget_stalled);
        CHECK(out.why.detail().key == "a.csv");
        CHECK(out.why.detail().hint.find("raise the memory budget") != std::string::npos);
    }
    CHECK(told + open.size() == 200);
    CHECK(told > 10);
    CHECK(open.size() > 50);
    CHECK(client.budget()->waiting() == 0);
    open.clear();
    s.run(sleep_for(s.clock, 10s));
    CHECK(client.budget()->used() == 0);
}

awaitable<void> read_rows_of(s3::client client, std::shared_ptr<clock_source> clock, outcome& out) {
    failure why;
    try {
        const auto rows = co_await open_batches(&client, "s3://lake/a.csv");
        for (;;) {
            const auto batch = co_await rows->next();
            if (!batch) break;
            out.rows += batch->num_rows();
            co_await sleep_for(clock, 40s); // a slow caller
        }
    } catch (const error& e) {
        why = e.as_failure();
    }
    out.why = why;
    out.ended = true;
}

TEST_CASE("fifty slow readers in 8 MiB wait for each other, longer than patience, and all come to their end") {
    store s{8 * mib};
    auto client = s.client();
    s.run(client.create_bucket("lake"));
    s.run(put_text(client, "s3://lake/a.csv", csv_rows(20'000)));
    std::vector<outcome> outcomes(50);
    for (auto& out : outcomes) asio::co_spawn(s.io, read_rows_of(client, s.clock, out), asio::detached);
    const auto began = s.clock->now();
    const auto all = [&] { return std::all_of(outcomes.begin(), outcomes.end(), [](const outcome& o) { return o.ended; }); };
    CHECK(testing::run_simulated(s.io, *s.clock, all) == testing::simulation_end::done);
    CHECK(s.clock->now() - began > 5min);
    for (const auto& out : outcomes) {
        CHECK_FALSE(out.why);
        CHECK(out.rows == 20'000);
    }
    s.run(sleep_for(s.clock, 10s));
    CHECK(client.budget()->used() == 0);
}

awaitable<void> write_slowly(s3::client client, std::shared_ptr<clock_source> clock, std::string url, int pieces, outcome& out) {
    failure why;
    try {
        auto writer = client.create(url);
        for (int i = 0; i < pieces; ++i) {
            co_await writer.write(as_bytes("a line now and then\n"));
            co_await sleep_for(clock, 40s);
        }
        co_await writer.commit();
    } catch (const error& e) {
        why = e.as_failure();
    }
    out.why = why;
    out.ended = true;
}

TEST_CASE("who waits for the memory of an upload that grows little by little waits as long as that takes") {
    store s{2 * mib};
    s.options.part_size(mib);
    auto client = s.client();
    s.run(client.create_bucket("lake"));
    outcome slow, waiting;
    asio::co_spawn(s.io, write_slowly(client, s.clock, "s3://lake/slow.log", 10, slow), asio::detached);
    asio::co_spawn(s.io, write_slowly(client, s.clock, "s3://lake/other.log", 1, waiting), asio::detached);
    const auto began = s.clock->now();
    CHECK(testing::run_simulated(s.io, *s.clock, [&] { return slow.ended && waiting.ended; }) == testing::simulation_end::done);
    CHECK(s.clock->now() - began > 6min);
    CHECK_FALSE(slow.why);
    CHECK_FALSE(waiting.why);
    s.run(sleep_for(s.clock, 10s));
    CHECK(client.budget()->used() == 0);
}

} // namespace budget_stall_test
