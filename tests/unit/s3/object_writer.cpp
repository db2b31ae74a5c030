// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/writing_lab.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/part_plan.hpp>
#include <penstock/s3/parallel_reader.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <functional>
#include <optional>

namespace object_writer_test {

using namespace penstock;
using simulation_test::pattern;
using testing::fault;
using testing::fault_rule;
using writing_lab::cancel_at;
using writing_lab::lab;
using writing_lab::mebibyte;


TEST_CASE("parts: sizes by number, by the object's size, and by the budget") {
    using s3::detail::part_plan;
    const std::uint64_t base = 8 * mebibyte;
    const part_plan growing{base, false};
    CHECK(growing.size_of(1) == base);
    CHECK(growing.size_of(1000) == base);
    CHECK(growing.size_of(1001) == 2 * base);
    CHECK(growing.size_of(10'000) == 512 * base);
    std::uint64_t all = 0;
    for (std::uint32_t n = 1; n <= 10'000; ++n) all += growing.size_of(n);
    CHECK(all > std::uint64_t{5} << 40); // S3's largest object was 5 TiB
    CHECK(part_plan{std::uint64_t{4} << 30, false}.size_of(1001) == std::uint64_t{5} << 30);

    const part_plan equal{base, true};
    CHECK(equal.size_of(10'000) == base);
    CHECK(part_plan{base, false, 100 * base}.size_of(5000) == base); // known: no growth
    const std::uint64_t large = std::uint64_t{1} << 40;
    for (const bool same : {true, false}) {
        const part_plan known{base, same, large};
        CHECK(known.first() * 10'000 >= large);
        CHECK((known.first() - mebibyte) * 10'000 < large);
        CHECK(known.size_of(9'999) == known.first());
    }
    CHECK(part_plan{base, true, ~std::uint64_t{0} >> 1}.first() == std::uint64_t{5} << 30);

    CHECK(part_plan::within(128 * mebibyte, base, 1000) == base);
    CHECK(part_plan::within(12 * mebibyte, base, 1000) == 6 * mebibyte);
    CHECK(part_plan::within(8 * mebibyte, base, 1000) == 5 * mebibyte);
    CHECK(part_plan::within(2 * mebibyte, base, 1000) == 2 * mebibyte - 1000);
    CHECK(part_plan::within(8 * mebibyte, mebibyte, 1000) == mebibyte);

    CHECK(part_plan::largest_within(128 * mebibyte, base, 1000) == 32 * mebibyte - 1000);
    CHECK(part_plan::largest_within(16 * mebibyte, base, 1000) == base);
    CHECK(part_plan::largest_within(mebibyte, 1000, mebibyte) == 1000);
}

awaitable<void> write_all(s3::client c, std::string body, std::size_t step = 300'000,
                          s3::put_object_options options = s3::put_object_options()) {
    auto w = c.create("s3://b/k", std::move(options));
    for (std::size_t at = 0; at < body.size(); at += step) co_await w.write(std::string_view{body}.substr(at, step));
    co_await w.commit();
}

TEST_CASE("writer: parts side by side, whatever order they end in, are the bytes written") {
    for (const std::size_t parts : {1u, 2u, 4u, 9u}) {
        CAPTURE(parts);
        lab l;
        l.how.upload_concurrency(parts);
        const auto body = pattern(7 * mebibyte + 123, parts);
        // earlier parts take longer than later ones
        for (int n = 1; n <= 8; ++n)
            l.faults().add(fault_rule{fault::stall_before_head(std::chrono::milliseconds{900 - 100 * n})}
                               .method("PUT").query("partNumber=" + std::to_string(n) + "&").times(1));
        const auto before = l.clock->now();
        l.run(write_all(l.client(), body));
        const auto took = l.clock->now() - before;
        CHECK(l.stored("k") == body);
        CHECK(l.count("PUT", "partNumber=") == 8);
        if (parts == 1) CHECK(took > std::chrono::milliseconds{3'600 - 1});
        if (parts == 9) CHECK(took < std::chrono::milliseconds{1'200}); // as long as the slowest
        CHECK(l.open_uploads() == 0);
    }
}

TEST_CASE("writer: a part is sent again from its own memory") {
    lab l;
    l.how.retry(aws::retry_options{});
    const auto body = pattern(5 * mebibyte, 3);
    l.faults().add(fault_rule{fault::reset_request_at(700'000)}.query("partNumber=2&").times(2));
    l.faults().add(fault_rule{fault::internal_error()}.query("partNumber=3&").times(1));
    l.faults().add(fault_rule{fault::close_before_head()}.query("partNumber=1&").times(1));
    l.run(write_all(l.client(), body));
    CHECK(l.stored("k") == body);
    CHECK(l.count("PUT", "partNumber=") == 5 + 4);
}

TEST_CASE("writer: memory is within the budget, and one part suffices") {
    struct given {
        std::uint64_t budget, part;
        std::size_t most_parts;
    };
    for (const auto& g : {given{8 * mebibyte, 8 * mebibyte, 1}, given{20 * mebibyte, 8 * mebibyte, 2},
                          given{64 * mebibyte, 8 * mebibyte, 4}, given{2 * mebibyte, mebibyte, 1}}) {
        CAPTURE(g.budget);
        lab l;
        l.how.memory_budget(g.budget).part_size(g.part);
        const auto body = pattern(45 * mebibyte, g.budget);
        auto c = l.client();
        l.run(write_all(c, body, 2 * mebibyte + 1));
        CHECK(l.stored("k") == body);
        const auto peak = c.statistics().budget_peak;
        CHECK(peak <= g.budget);
        CHECK(peak > (g.most_parts - 1) * g.part + mebibyte / 2);
        CHECK(c.budget()->used() == 0);
    }
}

TEST_CASE("writer: parts that grow take what is free, and stay as they are where nothing is") {
    const std::uint64_t budget = 6 * mebibyte;
    lab l;
    l.how.part_size(mebibyte).memory_budget(budget).upload_concurrency(2);
    auto c = l.client();
    auto write = [](s3::client c) -> awaitable<void> {
        auto w = c.create("s3://b/k");
        const std::string one(mebibyte, 'g');
        for (int i = 0; i < 1'010; ++i) co_await w.write(one);
        co_await w.commit();
    };
    l.run(write(c));
    CHECK(c.statistics().budget_peak <= budget);
    std::size_t large = 0;
    for (const auto& r : l.server.requests()) large += r.request_bytes == 2 * mebibyte;
    CHECK(large >= 4);
    CHECK(c.budget()->used() == 0);
}

TEST_CASE("writer: what a part failed with ends the next call, with the upload in its story, and nothing is left") {
    lab l;
    const auto body = pattern(3 * mebibyte, 5);
    l.faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=1&").times(1));
    auto write = [](lab* l, std::string body) -> awaitable<void> {
        auto c = l->client();
        auto w = c.create("s3://b/k");
        co_await w.write(std::string_view{body}.substr(0, mebibyte + 1));
        CHECK(!w.upload_id().empty());
        co_await sleep_for(l->clock, std::chrono::seconds{5}); // the part fails meanwhile
        const auto next = co_await as_result(w.write("more"));
        REQUIRE(next.has_error());
        CHECK(next.error().code() == errc::access_denied);
        CHECK(next.error().detail().upload_id == w.upload_id());
        CHECK(next.error().message().find(w.upload_id()) != std::string::npos);
        CHECK(c.budget()->used() == 0); // not only when it is destroyed
        const auto again = co_await as_result(w.commit());
        REQUIRE(again.has_error());
        CHECK(again.error().code() == errc::closed);
    };
    l.run(write(&l, body));
    l.settle();
    CHECK(l.open_uploads() == 0);
    CHECK(!l.stored("k"));
}

TEST_CASE("writer: a part that fails while the commit waits for another ends it") {
    lab l;
    l.faults().add(fault_rule{fault::stall_before_head(std::chrono::seconds{8})}.query("partNumber=1&").times(1));
    l.faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=2&").times(1));
    const auto before = l.clock->now();
    const auto r = l.run(as_result(write_all(l.client(), pattern(2 * mebibyte, 6))));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::access_denied);
    CHECK(l.clock->now() - before < std::chrono::seconds{4}); // the slow one is not waited for
    l.settle();
    CHECK(l.open_uploads() == 0);
}

TEST_CASE("writer: dropped, aborted and detached") {
    lab l;
    const auto body = pattern(3 * mebibyte, 7);
    auto drop = [](lab* l, std::string body) -> awaitable<void> {
        auto w = l->client().create("s3://b/k");
        co_await w.write(body);
    };
    l.run(drop(&l, body));
    l.settle();
    CHECK(l.open_uploads() == 0);
    CHECK(l.count("DELETE", "uploadId=") == 1);

    auto abort = [](lab* l, std::string body) -> awaitable<void> {
        auto c = l->client();
        auto w = c.create("s3://b/k");
        co_await w.write(body);
        co_await w.abort();
        CHECK(l->open_uploads() == 0);
        CHECK(c.budget()->used() == 0);
        const auto again = co_await as_result(w.write("x"));
        REQUIRE(again.has_error());
        CHECK(again.error().code() == errc::closed);
        co_await w.abort(); // once more is no error
        auto small = c.create("s3://b/k");
        co_await small.write("little");
        const auto sent = l->server.requests().size();
        co_await small.abort();
        CHECK(l->server.requests().size() == sent); // nothing to abort
    };
    l.run(abort(&l, body));
    CHECK(!l.stored("k"));

    auto refused = [](lab* l, std::string body) -> awaitable<void> {
        auto w = l->client().create("s3://b/k");
        co_await w.write(body);
        l->faults().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.method("DELETE").times(1));
        const auto r = co_await as_result(w.abort());
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::access_denied);
        CHECK(r.error().detail().upload_id == w.upload_id());
    };
    l.run(refused(&l, body));
    CHECK(l.open_uploads() == 1);

    auto detach = [](lab* l, std::string body) -> awaitable<void> {
        auto c = l->client();
        auto w = c.create("s3://b/k");
        co_await w.write(body);
        const auto id = w.detach();
        CHECK(!id.empty());
        CHECK(id == w.upload_id());
        const auto again = co_await as_result(w.commit());
        CHECK(again.has_error());
    };
    l.run(detach(&l, body));
    l.settle();
    CHECK(l.open_uploads() == 2);
}

TEST_CASE("writer: moved onto, the old upload is aborted") {
    lab l;
    const auto body = pattern(3 * mebibyte, 8);
    auto move = [](lab* l, std::string body) -> awaitable<void> {
        auto c = l->client();
        auto w = c.create("s3://b/old");
        co_await w.write(body);
        w = c.create("s3://b/new");
        co_await w.write("new");
        co_await w.commit();
    };
    l.run(move(&l, body));
    l.settle();
    CHECK(l.open_uploads() == 0);
    CHECK(!l.stored("old"));
    CHECK(l.stored("new") == "new");
}

TEST_CASE("writer: cancelled at any step of a write or the commit, no upload, no part and no memory is left") {
    const auto body = pattern(3 * mebibyte + 500'000, 9);
    int cut = 0, appeared = 0;
    for (int steps = 0;; ++steps) {
        CAPTURE(steps);
        lab l;
        l.how.upload_concurrency(2);
        auto c = l.client();
        const bool was_cut = cancel_at(l, write_all(c, body), steps);
        CHECK(l.open_uploads() == 0);
        CHECK(c.budget()->used() == 0);
        const auto there = l.stored("k");
        if (there) CHECK(*there == body); // whole, or not at all
        appeared += there.has_value();
        if (!was_cut) {
            CHECK(there.has_value());
            break;
        }
        ++cut;
        REQUIRE(steps < 200'000);
    }
    CHECK(cut > 100);
    CHECK(appeared >= 1);
}

TEST_CASE("writer: cancelled, the parts under way are not sent again, whatever befell them") {
    lab l;
    l.how.retry(aws::retry_options{});
    l.faults().add(fault_rule{fault::answer(503, "SlowDown", "slower")}.query("partNumber=").times(0));
    auto c = l.client();
    bool ended = false;
    asio::cancellation_signal signal;
    asio::co_spawn(l.io, write_all(c, pattern(3 * mebibyte, 10)), asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr) { ended = true; }));
    testing::run_simulated(l.io, *l.clock, [&] { return l.count("PUT", "partNumber=") >= 4; }); // sent again once
    signal.emit(asio::cancellation_type::terminal);
    const auto before = l.count("PUT", "partNumber=");
    l.settle();
    CHECK(ended);
    CHECK(l.count("PUT", "partNumber=") == before);
    CHECK(l.open_uploads() == 0);
}

TEST_CASE("writer: the abort of a store that does not answer ends in bounded time") {
    lab l;
    l.how.retry(aws::retry_options{});
    l.faults().add(fault_rule{fault::stall_before_head()}.method("DELETE").times(0));
    auto drop = [](lab* l) -> awaitable<void> {
        auto w = l->client().create("s3://b/k");
        co_await w.write(pattern(3 * mebibyte, 11));
        const auto before = l->clock->now();
        const auto r = co_await as_result(w.abort());
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::deadline_exceeded);
        CHECK(r.error().detail().upload_id == w.upload_id());
        CHECK(l->clock->now() - before < std::chrono::seconds{11});
    };
    l.run(drop(&l));
}

TEST_CASE("writer: an upload whose beginning was never told is found and aborted; that of others is not") {
    lab l;
    l.how.retry(aws::retry_options{});
    auto begin_other = [](s3::client c) -> awaitable<std::string> {
        auto w = c.create("s3://b/k");
        co_await w.write(std::string(mebibyte + 1, 'o'));
        co_await sleep_for(c.options().clock(), std::chrono::milliseconds{500});
        co_return w.detach();
    };
    // begun by others at the same time, with a part; and another key
    const auto other = l.run(begin_other(l.client()));
    CHECK(l.open_uploads() == 1);
    l.faults().add(fault_rule{fault::close_at(10)}.method("POST").query("uploads").times(1));
    l.run(write_all(l.client(), pattern(3 * mebibyte, 12)));
    l.settle();
    CHECK(l.count("POST", "uploads") == 3);
    CHECK(l.stored("k") == pattern(3 * mebibyte, 12));
    CHECK(l.open_uploads() == 1);
    CHECK(l.count("DELETE", other) == 0);

    // all attempts lost
    l.how.retry(aws::retry_options::preset("none"));
    l.faults().add(fault_rule{fault::close_at(10)}.method("POST").query("uploads").times(1));
    const auto r = l.run(as_result(write_all(l.client(), pattern(3 * mebibyte, 13))));
    CHECK(r.has_error());
    l.settle();
    CHECK(l.open_uploads() == 1);
}

TEST_CASE("writer: the size that was said ahead is held to") {
    lab l;
    const auto said = [](std::uint64_t n) { return s3::put_object_options{}.content_length(n); };
    const auto body = pattern(3 * mebibyte, 14);
    l.run(write_all(l.client(), body, 300'000, said(body.size())));
    CHECK(l.stored("k") == body);
    for (const bool large : {true, false}) {
        const auto text = large ? body : std::string{"small"};
        auto r = l.run(as_result(write_all(l.client(), text, 300'000, said(text.size() + 1))));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::body_too_short);
        r = l.run(as_result(write_all(l.client(), text, 300'000, said(text.size() - 1))));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::body_too_long);
        l.settle();
        CHECK(l.open_uploads() == 0);
    }
    CHECK(l.stored("k") == body);
}

TEST_CASE("writer: a size said ahead that takes parts beyond the budget is refused at once, never waited for") {
    struct given {
        std::uint64_t budget, part_size, parts_of;
        bool works;
    };
    // Parts that come near the whole budget, or beyond what reads leave of it.
    for (const auto& g : {given{8, 1, 7, false}, given{8, 1, 8, false}, given{8, 1, 9, false}, given{64, 1, 20, false},
                          given{64, 1, 15, true}, given{64, 20, 20, true}}) {
        CAPTURE(g.budget);
        CAPTURE(g.parts_of);
        lab l;
        l.how.memory_budget(g.budget * mebibyte).part_size(g.part_size * mebibyte);
        const auto total = 10'000 * g.parts_of * mebibyte;
        const auto body = pattern(2 * g.parts_of * mebibyte + 1, 21);
        auto c = l.client();
        const auto r = l.run(as_result(write_all(c, body, mebibyte, s3::put_object_options{}.content_length(total))));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == (g.works ? errc::body_too_short : errc::budget_exceeded)); // at its commit
        CHECK(r.error().detail().hint.empty() == g.works);
        CHECK((c.statistics().budget_peak > g.parts_of * mebibyte) == g.works);
        l.settle();
        if (!g.works) CHECK(l.server.requests().empty());
        CHECK(c.budget()->used() == 0);
        CHECK(l.open_uploads() == 0);
    }
}

TEST_CASE("writer: many at once in a small budget all come to their end") {
    lab l;
    l.how.part_size(2 * mebibyte).memory_budget(7 * mebibyte);
    const auto c = l.client();
    const auto body = pattern(9 * mebibyte, 15);
    int done = 0;
    auto write = [&](int i) -> awaitable<void> {
        s3::client mine = c;
        auto w = mine.create("s3://b/k" + std::to_string(i));
        for (std::size_t at = 0; at < body.size(); at += 400'000) {
            co_await w.write(std::string_view{body}.substr(at, 400'000));
            if (i % 2 == 0) co_await sleep_for(l.clock, std::chrono::milliseconds{1});
        }
        co_await w.commit();
        ++done;
    };
    for (int i = 0; i < 10; ++i)
        asio::co_spawn(l.io, write(i), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
    testing::run_simulated(l.io, *l.clock, [&] { return done == 10; });
    CHECK(done == 10);
    CHECK(c.statistics().budget_peak <= 7 * mebibyte);
    CHECK(c.budget()->used() == 0);
}

/// Holds a block for a second, as who waits for something else.
awaitable<void> write_slowly(s3::client c, std::string key, std::shared_ptr<clock_source> clock, std::string body, int* done) {
    auto w = c.create("s3://b/" + key);
    co_await w.write(std::string_view{body}.substr(0, mebibyte));
    co_await sleep_for(clock, std::chrono::seconds{1});
    co_await w.write(std::string_view{body}.substr(mebibyte));
    co_await w.commit();
    ++*done;
}

void rethrow(std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
}

TEST_CASE("writer: those who wait for large parts do not stop those who hold small ones") {
    lab l;
    const auto shared = memory_budget::create(8 * mebibyte);
    l.how.budget(shared).part_size(5 * mebibyte);
    const auto large = l.client();
    l.how.part_size(2 * mebibyte);
    const auto small = l.client();
    const auto body = pattern(6 * mebibyte, 22);
    int done = 0;
    asio::co_spawn(l.io, write_slowly(large, "large", l.clock, body, &done), rethrow);
    for (int i = 0; i < 5; ++i)
        asio::co_spawn(l.io, write_slowly(small, "small" + std::to_string(i), l.clock, body, &done), rethrow);
    testing::run_simulated(l.io, *l.clock, [&] { return done == 6; });
    CHECK(done == 6);
    CHECK(shared->used() == 0);
}

awaitable<void> copy_from(std::shared_ptr<byte_source> from, s3::client c, std::string key, int* done) {
    auto w = c.create("s3://b/" + key);
    std::string block(300'000, '.');
    for (;;) {
        const auto n = co_await read_some(*from, std::as_writable_bytes(std::span{block}));
        if (n == 0) break;
        co_await w.write(std::string_view{block}.substr(0, n));
    }
    co_await w.commit();
    ++*done;
}
awaitable<void> copy_broken(s3::client c, std::string key, int* done) {
    auto opened = co_await c.open("s3://b/from");
    auto from = std::make_shared<s3::object_reader>(std::move(opened));
    co_await copy_from(std::move(from), c, std::move(key), done);
}
awaitable<void> copy_parallel(s3::client c, std::string key, int* done) {
    const auto how = s3::parallel_options{}.part_size(mebibyte).connections(3);
    auto opened = co_await s3::open_parallel(c, "s3://b/from", s3::get_object_options(), how);
    auto from = std::make_shared<s3::parallel_reader>(std::move(opened));
    co_await copy_from(std::move(from), c, std::move(key), done);
}

TEST_CASE("writer: many that copy at once in one budget all come to their end, by readers that connect anew meanwhile") {
    struct given {
        bool parallel;
        std::uint64_t budget;
        int copies;
    };
    for (const auto& g : {given{false, 6, 2}, given{false, 8, 5}, given{true, 9, 3}, given{true, 16, 3}, given{true, 16, 8}}) {
        CAPTURE(g.budget);
        CAPTURE(g.copies);
        lab l;
        l.how.retry(aws::retry_options{}).memory_budget(g.budget * mebibyte).part_size(5 * mebibyte);
        const auto body = pattern(11 * mebibyte, 23);
        l.server.put("b", "from", body);
        if (!g.parallel) l.faults().add(fault_rule{fault::close_at(3'000'000)}.method("GET"));
        const auto c = l.client();
        int done = 0;
        for (int i = 0; i < g.copies; ++i) {
            const auto key = "to" + std::to_string(i);
            asio::co_spawn(l.io, g.parallel ? copy_parallel(c, key, &done) : copy_broken(c, key, &done), rethrow);
        }
        testing::run_simulated(l.io, *l.clock, [&] { return done == g.copies; });
        CHECK(done == g.copies);
        CHECK(c.statistics().budget_peak <= g.budget * mebibyte);
        l.faults().clear();
        CHECK(l.stored("to0") == body);
    }
}

TEST_CASE("writer: short requests that keep coming do not keep it from the memory for a part") {
    lab l;
    l.how.memory_budget(8 * mebibyte).part_size(5 * mebibyte).request_concurrency(250);
    l.faults().add(fault_rule{fault::stall_before_head(std::chrono::milliseconds{200})}.method("HEAD").times(1'000'000));
    auto c = l.client();
    bool done = false;
    std::size_t asked = 0, failed = 0;
    const auto ask = [&](int i) -> awaitable<void> {
        co_await sleep_for(l.clock, std::chrono::milliseconds{i}); // some are always under way
        while (!done && asked < 100'000) {
            ++asked;
            const auto answer = co_await as_result(c.head("s3://b/x"));
            if (!answer) ++failed;
        }
    };
    for (int i = 0; i < 200; ++i) asio::co_spawn(l.io, ask(i), asio::detached); // with 24 KiB each
    const auto body = pattern(20 * mebibyte, 5);
    const auto write = [&]() -> awaitable<void> {
        co_await sleep_for(l.clock, std::chrono::seconds{2});
        co_await write_all(c, body);
        done = true;
    };
    const auto before = l.clock->now();
    l.run(write());
    const auto took = l.clock->now() - before;
    l.settle();
    CHECK(l.stored("k") == body);
    CHECK(failed == 0);
    CHECK(asked > 1'000); // they are not kept waiting either
    CHECK(took < std::chrono::seconds{30});
    CHECK(c.budget()->used() == 0);
}

TEST_CASE("writer: an executor that goes away in the middle of an upload takes everything with it") {
    for (int steps = 0; steps < 200; steps += 3) {
        CAPTURE(steps);
        std::shared_ptr<memory_budget> budget;
        std::shared_ptr<buffer_pool> buffers;
        {
            lab l;
            l.how.upload_concurrency(3);
            auto c = l.client();
            budget = c.budget();
            buffers = c.buffers();
            asio::co_spawn(l.io, write_all(c, pattern(3 * mebibyte, 16)), [](std::exception_ptr) {});
            for (int i = 0; i < steps; ++i)
                if (l.io.poll_one() == 0 && !l.clock->advance_to_next()) break;
        } // the sanitizers judge as well
        CHECK(budget->used() == 0);
        CHECK(buffers->in_use() == 0);
    }
}

} // namespace object_writer_test
