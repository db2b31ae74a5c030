// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/wait_list.hpp>

#include <boost/asio/co_spawn.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <exception>
#include <set>

/// The rows of docs/atomicity.md, on every store that can be run here.
namespace atomicity_test {

using namespace penstock;
using store_test::in_bucket;
using store_test::store;

/// Several coroutines at once.
class gang {
  public:
    void add(store& st, awaitable<void> task) {
        ++running_;
        asio::co_spawn(st.io, std::move(task), [this](std::exception_ptr e) {
            if (e) failed_ = e;
            if (--running_ == 0) done_.notify_all();
        });
    }
    awaitable<void> all() {
        if (running_ > 0) co_await done_.wait();
        if (failed_) std::rethrow_exception(failed_);
    }

  private:
    int running_ = 0;
    std::exception_ptr failed_;
    wait_list done_;
};

constexpr std::size_t size = std::size_t{1} << 20;

awaitable<void> overwrite(s3::client c, std::string url, int times, bool* running) {
    for (int i = 0; i < times; ++i) {
        const std::string body(size, static_cast<char>('a' + i % 26));
        co_await c.put(url, body);
    }
    *running = false;
}

awaitable<void> read_whole(s3::client c, std::string url, const bool* running, std::set<char>* seen) {
    while (*running) {
        const auto got = co_await as_result(c.get(url));
        if (!got) { // replaced in the middle: told, never mixed
            const auto code = got.error().code();
            CHECK_MESSAGE((code == errc::object_changed), got.error().message());
            continue;
        }
        CHECK(got->body.size() == size);
        const bool one = got->body.find_first_not_of(got->body[0]) == std::string::npos;
        CHECK(one);
        seen->insert(got->body[0]);
    }
}

TEST_CASE("atomicity: who reads while an object is overwritten gets the old one or the new one whole") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const std::string first(size, '0');
        co_await c.put(st.url("race"), first);
        bool running = true;
        std::set<char> seen;
        gang all;
        all.add(st, overwrite(c, st.url("race"), 20, &running));
        for (int i = 0; i < 4; ++i) all.add(st, read_whole(c, st.url("race"), &running, &seen));
        co_await all.all();
        CHECK(!seen.empty());
        const auto last = co_await c.get(st.url("race"));
        CHECK(last.body[0] == static_cast<char>('a' + 19 % 26));
    };
    st.run(in_bucket(st, body));
}

awaitable<void> try_create(s3::client c, std::string url, std::string body, int* won, int* lost) {
    s3::put_object_options once;
    once.if_none_match("*");
    const auto done = co_await as_result(c.put(url, body, once));
    if (done)
        ++*won;
    else if (done.error().code() == condition::changed || done.error().detail().http_status == 409)
        ++*lost;
    else
        throw_failure(done.error());
}

TEST_CASE("atomicity: of many who create an object with If-None-Match, one does") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        for (int round = 0; round < 5; ++round) {
            int won = 0, lost = 0;
            gang all;
            for (int i = 0; i < 8; ++i)
                all.add(st, try_create(c, st.url("once" + std::to_string(round)), std::to_string(i), &won, &lost));
            co_await all.all();
            CHECK(won + lost == 8);
            CHECK(won >= 1);
            if (st.differs.atomic_conditions) CHECK(won == 1);
        }
    };
    st.run(in_bucket(st, body));
}

awaitable<void> add_one(s3::client c, std::string url, int times) {
    for (int done = 0; done < times;) {
        const auto now = co_await c.get(url);
        s3::put_object_options same;
        same.if_match(now.metadata.etag.raw());
        // A 409 is retried by the client, a failed condition is ours: somebody else was faster.
        const auto next = std::to_string(std::stoi(now.body) + 1);
        const auto put = co_await as_result(c.put(url, next, same));
        if (put)
            ++done;
        else if (!(put.error().code() == condition::changed) && put.error().detail().http_status != 409)
            throw_failure(put.error());
    }
}

TEST_CASE("atomicity: with If-Match no update is lost") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        co_await c.put(st.url("count"), "0");
        gang all;
        for (int i = 0; i < 3; ++i) all.add(st, add_one(c, st.url("count"), 5));
        co_await all.all();
        const auto end = co_await c.get(st.url("count"));
        if (st.differs.atomic_conditions) CHECK(end.body == "15");
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("atomicity: a deletion with If-Match leaves what was replaced, where the store heeds it") {
    store st;
    if (!st.differs.conditional_delete && !st.differs.known_by_name) return; // nobody can tell that it did not heed it
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto old = co_await c.put(st.url("d"), "old");
        co_await c.put(st.url("d"), "new");
        s3::delete_object_options same;
        same.if_match(old.etag.raw());
        const auto removed = co_await as_result(c.remove(st.url("d"), same));
        REQUIRE(removed.has_error());
        // A store that is known to ignore the condition is not even asked.
        CHECK(removed.error().code() == (st.differs.conditional_delete ? error_code{errc::precondition_failed}
                                                                       : error_code{errc::unsupported}));
        const auto left = co_await c.get(st.url("d"));
        CHECK(left.body == "new");
    };
    st.run(in_bucket(st, body));
}

awaitable<bool> listed(s3::client c, std::string prefix) {
    auto pages = c.list(std::move(prefix));
    const auto page = co_await pages.next();
    co_return page && !page->objects.empty();
}

TEST_CASE("atomicity: a listing shows what was written, and no more what was deleted") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        for (int i = 0; i < 10; ++i) {
            const auto url = st.url("l/" + std::to_string(i));
            co_await c.put(url, "x");
            const bool there = co_await listed(c, url);
            CHECK(there);
            co_await c.remove(url);
            const bool still = co_await listed(c, url);
            CHECK(!still);
            const auto read = co_await as_result(c.get(url));
            CHECK(read.has_error());
        }
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("atomicity: an object that is deleted while it is read is read to its end, or told") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const std::string bytes(std::size_t{8} << 20, 'z');
        co_await c.put(st.url("gone"), bytes);
        auto reader = co_await c.open(st.url("gone"));
        std::vector<std::byte> block(64 << 10);
        std::size_t got = co_await reader.read_some(block);
        co_await c.remove(st.url("gone"));
        for (;;) {
            const auto n = co_await as_result(reader.read_some(block));
            if (!n) {
                CHECK_MESSAGE((n.error().code() == condition::not_found || n.error().code() == condition::changed),
                              n.error().message());
                co_return;
            }
            if (*n == 0) break;
            got += *n;
        }
        CHECK(got == bytes.size());
    };
    st.run(in_bucket(st, body));
}

} // namespace atomicity_test
