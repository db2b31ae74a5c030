// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "simulated_store.hpp"

#include <penstock/core/glob.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/detail/object_search.hpp>
#include <penstock/s3/find_objects.hpp>

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace test_find_objects {

using namespace penstock;
using namespace std::chrono_literals;
using s3::find_objects_options;
using s3::listing_way;
using simulated::world;
using strings = std::vector<std::string>;

struct finding : world {
    using world::world;

    void put(const std::string& key, std::size_t size = 1) { server.put("lake", key, std::string(size, 'x')); }

    awaitable<void> collect(s3::object_finder& f, strings* out) {
        for (;;) {
            auto batch = co_await f.next();
            if (!batch) break;
            CHECK_FALSE(batch->empty());
            for (auto& o : *batch) out->push_back(std::move(o.key));
        }
    }
    strings find(const std::string& where, find_objects_options how = find_objects_options()) {
        strings out;
        const auto c = client();
        auto finder = s3::find_objects(c, s3::object_address{"lake", where}, std::move(how));
        run(collect(finder, &out));
        cost = finder.statistics();
        return out;
    }
    std::uint64_t requests(const std::string& where, find_objects_options how = find_objects_options()) {
        find(where, std::move(how));
        return cost.requests;
    }

    s3::find_statistics cost;
};

find_objects_options by(listing_way way) { return find_objects_options().way(way); }

TEST_CASE("find_objects takes a plain prefix, and lists it flat") {
    finding w;
    strings all;
    for (int i = 0; i < 250; ++i) all.push_back("data/" + std::to_string(1000 + i));
    for (const auto& k : all) w.put(k);
    w.put("dat");
    w.put("data0");
    CHECK(w.find("data/", find_objects_options().page_size(100)) == all);
    CHECK(w.cost.requests == 3);
    CHECK(w.cost.keys == 250);
    CHECK(w.cost.found == 250);
    CHECK(w.find("data/10").size() == 100);
    CHECK(w.cost.requests == 1);
    CHECK(w.find("nothing/").empty());
    CHECK(w.cost.requests == 1);
    CHECK(w.find("").size() == 252);

    // What looks like a pattern may be a key.
    w.put("a[1]*");
    w.put("a1x");
    CHECK(w.find("a[1]*") == strings{"a1x"});
    CHECK(w.find("a[1]*", find_objects_options().literal(true)) == strings{"a[1]*"});
}

TEST_CASE("find_objects asks for no page that the caller did not want") {
    finding w;
    for (int i = 0; i < 300; ++i) w.put("k" + std::to_string(1000 + i));
    const auto c = w.client();
    auto finder = s3::find_objects(c, "s3://lake/k", find_objects_options().page_size(100));
    CHECK(w.server.requests().empty());
    CHECK(w.run(finder.next())->size() == 100);
    testing::run_simulated(w.io, *w.clock);
    CHECK(w.server.requests().size() == 1);
}

TEST_CASE("find_objects lists one folder where only the last segment is open") {
    finding w;
    for (int i = 0; i < 500; ++i) w.put("a/deep/" + std::to_string(1000 + i) + ".csv");
    w.put("a/1.csv");
    w.put("a/2.csv");
    w.put("a/2.txt");
    w.put("b/3.csv");
    CHECK(w.find("a/*.csv", find_objects_options().page_size(100)) == strings{"a/1.csv", "a/2.csv"});
    CHECK(w.cost.requests == 1);
    CHECK(w.cost.keys == 4); // the folder is one
    CHECK(w.find("{a,b}/*.csv") == strings{"a/1.csv", "a/2.csv", "b/3.csv"});
    CHECK(w.cost.requests == 2);
    CHECK(w.find("{a/1,b/3}.csv") == strings{"a/1.csv", "b/3.csv"});
}

TEST_CASE("find_objects chooses by fan-out: few folders are walked, many are listed flat") {
    finding few;
    strings wanted;
    for (int f = 0; f < 10; ++f)
        for (int i = 0; i < 300; ++i) few.put("f" + std::to_string(f) + "/" + std::to_string(1000 + i) + ".csv");
    for (int f = 0; f < 10; ++f) {
        wanted.push_back("f" + std::to_string(f) + "/x.csv");
        few.put(wanted.back());
    }
    CHECK(few.find("f*/x.csv") == wanted);
    CHECK(few.cost.requests == 1 + 1 + 10); // the first page, the folders, and one for each
    CHECK(few.cost.keys == 1000 + 10 + 10);
    CHECK(few.requests("f*/x.csv", by(listing_way::walk)) == 11);
    CHECK(few.requests("f*/x.csv", by(listing_way::flat)) == 4);
    // `**` may be anywhere: nothing can be left out.
    CHECK(few.find("**/x.csv") == wanted);
    CHECK(few.cost.requests == 4);

    finding many;
    for (int f = 0; f < 3000; ++f) many.put("f" + std::to_string(1000 + f) + "/x.csv");
    CHECK(many.find("f*/x.csv").size() == 3000);
    CHECK(many.cost.requests == 3);
    CHECK(many.requests("f*/x.csv", by(listing_way::walk)) > 3000);

    // A folder in which the pattern goes on literally is not looked at but there.
    finding narrow;
    for (int f = 0; f < 3; ++f)
        for (int i = 0; i < 500; ++i)
            for (const char* part : {"raw", "clean"})
                narrow.put("f" + std::to_string(f) + "/" + part + "/" + std::to_string(1000 + i));
    CHECK(narrow.find("f?/raw/*9").size() == 150);
    CHECK(narrow.cost.requests == 1 + 1 + 3);
    for (const auto& q : narrow.queries()) CHECK(q.find("clean") == q.npos);
}

TEST_CASE("find_objects filters by name, size and time, and skips markers") {
    finding w;
    w.put("d/", 0);
    w.put("d/a.csv", 10);
    w.put("d/b.csv", 20);
    w.put("d/_SUCCESS", 0);
    w.put("d/.crc", 5);
    w.put("d/_temporary/c.csv", 30);
    w.put("d/_y=1/e.csv", 35);
    w.put("d/sub/", 1);
    w.put("d/sub/f.csv", 40);
    w.put("_own/g.csv", 50);
    const auto half = w.clock->wall_now() + 1h;
    w.clock->skew_wall(2h);
    w.put("d/new.csv", 60);

    const auto all = find_objects_options();
    CHECK(w.find("d/").size() == 10);
    CHECK(w.find("d/", find_objects_options().name("*.csv")).size() == 6);
    CHECK(w.find("d/", find_objects_options().name("{a,f}.*")) == strings{"d/a.csv", "d/sub/f.csv"});
    CHECK(w.find("d/", find_objects_options().min_size(30).max_size(40)) ==
          strings{"d/_temporary/c.csv", "d/_y=1/e.csv", "d/sub/f.csv"});
    CHECK(w.find("d/", find_objects_options().modified_after(half)) == strings{"d/new.csv"});
    CHECK(w.find("d/", find_objects_options().modified_before(half)).size() == 9);
    CHECK(w.find("d/", find_objects_options().skip_folder_markers(true)).front() == "d/.crc");
    CHECK(w.find("d/", find_objects_options().skip_folder_markers(true)).size() == 9); // one has a byte
    CHECK(w.find("d/", find_objects_options().skip_hidden(true)) ==
          strings{"d/", "d/_y=1/e.csv", "d/a.csv", "d/b.csv", "d/new.csv", "d/sub/", "d/sub/f.csv"});
    CHECK(w.find("d/", find_objects_options().data_only()) ==
          strings{"d/_y=1/e.csv", "d/a.csv", "d/b.csv", "d/new.csv", "d/sub/", "d/sub/f.csv"});
    // The caller's own folders do not count.
    CHECK(w.find("_own/*", find_objects_options().skip_hidden(true)) == strings{"_own/g.csv"});
    CHECK(w.find("_o*/*", find_objects_options().skip_hidden(true)).empty());
    // Hidden folders are not entered.
    w.server.forget_requests();
    w.find("d/*/*.csv", by(listing_way::walk).skip_hidden(true));
    for (const auto& q : w.queries()) CHECK(q.find("_temporary") == q.npos);
}

TEST_CASE("find_objects starts after a key: at the store, where that lists in the order of bytes") {
    finding w;
    strings all;
    for (int f = 0; f < 5; ++f)
        for (int i = 0; i < 100; ++i) all.push_back("f" + std::to_string(f) + "/" + std::to_string(1000 + i));
    for (const auto& k : all) w.put(k);
    const strings rest{all.begin() + 351, all.end()};
    const auto after = find_objects_options().start_after("f3/1050").page_size(50);
    CHECK(w.find("", after) == rest);
    CHECK(w.cost.requests == 10); // nothing is known of this store
    s3::store_capabilities sorted;
    sorted.byte_order = true;
    w.options.capabilities(sorted);
    CHECK(w.find("", after) == rest);
    CHECK(w.cost.requests == 3);
    auto walk = after;
    CHECK(w.find("", walk.way(listing_way::walk)) == rest);
    CHECK(w.cost.requests == 1 + 1 + 2);
    CHECK(w.find("f2/*", after).empty());
    CHECK(w.cost.requests == 0);
}

TEST_CASE("find_objects lists whole folders where a store wants that") {
    finding w;
    s3::store_capabilities express;
    express.any_prefix = false;
    w.options.capabilities(express);
    for (const char* k : {"a/b1", "a/b2", "a/c1", "ab/x", "z"}) w.put(k);
    CHECK(w.find("a/b") == strings{"a/b1", "a/b2"});
    CHECK(w.find("a/{b,c}1") == strings{"a/b1", "a/c1"});
    CHECK(w.cost.requests == 1);
    CHECK(w.find("{a,ab}/*") == strings{"a/b1", "a/b2", "a/c1", "ab/x"});
    CHECK(w.find("?") == strings{"z"});
    for (const auto& q : w.queries()) {
        const auto at = q.find("prefix=");
        const auto prefix = at == q.npos ? std::string{} : q.substr(at + 7, q.find('&', at) - at - 7);
        CHECK_MESSAGE((prefix.empty() || prefix.ends_with("%2F")), q);
    }
}

TEST_CASE("find_objects stops at the caller's limits") {
    finding w;
    for (int i = 0; i < 500; ++i) w.put("k" + std::to_string(1000 + i));
    for (const bool ordered : {true, false}) {
        const auto base = find_objects_options().page_size(100).in_order(ordered);
        CHECK(w.find("k", find_objects_options{base}.max_requests(5).max_keys(500)).size() == 500);
        const auto c = w.client();
        auto finder = s3::find_objects(c, "s3://lake/k", find_objects_options{base}.max_requests(2));
        CHECK(w.run(finder.next())->size() == 100);
        CHECK(w.run(finder.next())->size() == 100);
        const auto end = w.run(as_result(finder.next()));
        REQUIRE(end.has_error());
        CHECK(end.error().code() == errc::limit_exceeded);
        CHECK(end.error().code() == condition::limit);
        CHECK(end.error().message().find("2 list requests") != std::string::npos);
        auto keys = s3::find_objects(c, "s3://lake/k*9", find_objects_options{base}.max_keys(150));
        CHECK(w.run(keys.next())->size() == 10);
        const auto more = w.run(as_result(keys.next()));
        REQUIRE(more.has_error());
        CHECK(more.error().message().find("150 keys") != std::string::npos);
    }
    const auto c = w.client();
    CHECK_THROWS_AS(s3::find_objects(c, "s3://lake/k", find_objects_options().concurrency(0)), error);
    CHECK_THROWS_AS(s3::find_objects(c, s3::object_address{"", "k"}), error);
    std::string many;
    for (int i = 0; i < 11; ++i) many += "{a,b}";
    CHECK_THROWS_AS(s3::find_objects(c, s3::object_address{"lake", many}), error);
}

TEST_CASE("find_objects side by side gives what one listing gives") {
    finding w;
    strings all;
    for (int f = 0; f < 6; ++f)
        for (int i = 0; i < 400; ++i)
            all.push_back("data/part" + std::to_string(f) + "/" + std::to_string(10000 + i));
    for (const auto& k : all) w.put(k);
    const auto how = find_objects_options().page_size(200);
    CHECK(w.find("data/", how) == all);
    CHECK(w.cost.requests == 12);

    const auto before = w.server.statistics().connections;
    CHECK(w.find("data/", find_objects_options{how}.concurrency(4)) == all);
    CHECK(w.server.statistics().connections - before == 4); // no more at a time
    CHECK(w.cost.requests == 2 + 12);
    auto mixed = w.find("data/", find_objects_options{how}.concurrency(4).in_order(false));
    CHECK(w.cost.requests == 2 + 12);
    std::sort(mixed.begin(), mixed.end());
    CHECK(mixed == all);
}

TEST_CASE("find_objects loses and repeats nothing when a page fails, is cancelled, or nobody waits any more") {
    finding w;
    strings all;
    for (int f = 0; f < 6; ++f)
        for (int i = 0; i < 40; ++i) all.push_back("p" + std::to_string(f) + "/" + std::to_string(100 + i));
    for (const auto& k : all) w.put(k);
    w.options.retry(aws::retry_options{}.max_attempts(1));
    const auto how = [](std::size_t n, bool ordered) {
        return by(listing_way::walk).page_size(20).concurrency(n).in_order(ordered);
    };
    for (const std::size_t n : {1u, 3u})
        for (const bool ordered : {true, false})
            for (int fail_at = 0; fail_at < 13; ++fail_at) {
                CAPTURE(n);
                CAPTURE(fail_at);
                for (const bool stalls : {false, true}) {
                    const auto c = w.client();
                    auto finder = s3::find_objects(c, "s3://lake/p", how(n, ordered));
                    strings got;
                    int failures = 0;
                    int calls = 0;
                    for (bool more = true; more;) {
                        if (calls++ == fail_at)
                            w.server.faults().next(stalls ? testing::fault::stall_before_head()
                                                          : testing::fault::internal_error());
                        auto batch = w.run(as_result(with_timeout(finder.next(), 2s, w.clock)));
                        if (!batch) {
                            ++failures;
                            REQUIRE(failures < 5);
                            continue;
                        }
                        more = batch->has_value();
                        if (more)
                            for (auto& o : **batch) got.push_back(std::move(o.key));
                    }
                    w.server.faults().clear();
                    if (!ordered) std::sort(got.begin(), got.end());
                    CHECK(got == all);
                }
            }

    // A finder that goes away takes its requests along.
    {
        const auto c = w.client();
        w.server.faults().next(testing::fault::stall_before_head());
        auto finder = s3::find_objects(c, "s3://lake/p", how(3, true));
        CHECK(w.run(as_result(with_timeout(finder.next(), 1s, w.clock))).has_error());
        w.server.faults().next(testing::fault::stall_before_head());
        asio::co_spawn(w.io, as_result(finder.next()), [](auto...) {});
        w.io.poll();
        finder = s3::find_objects(c, "s3://lake/p");
        CHECK(testing::run_simulated(w.io, *w.clock) == testing::simulation_end::idle);
    }
}

TEST_CASE("find_objects agrees with a filter over all keys, in every way of listing") {
    std::mt19937 random{20261122};
    const auto word = [&](std::initializer_list<const char*> words) { return *(words.begin() + random() % words.size()); };
    for (int round = 0; round < 40; ++round) {
        finding w;
        std::set<std::string> keys;
        for (int i = 0; i < 120; ++i) {
            std::string key;
            for (auto depth = random() % 4; depth > 0; --depth)
                key.append(word({"a", "b", "aa", "a-", "a.b", "x=1", ""})).append("/");
            key.append(word({"1.csv", "2.csv", "x", "a", "-"}));
            keys.insert(key);
        }
        for (const auto& k : keys) w.put(k);
        const std::string where = word({"", "a", "a/", "*", "*/*", "**/1.csv", "a*/**/x", "{a,b}/*", "a/*/a/*", "?/x",
                                        "**/a/**", "*/{1,2}.csv", "a-/**", "[ab]*/*/*", "aa/x=1/*.csv"});
        CAPTURE(where);
        strings wanted;
        const glob pattern{where};
        for (const auto& k : keys)
            if (glob::is_pattern(where) ? pattern.matches(k) : k.starts_with(where)) wanted.push_back(k);
        for (const auto way : {listing_way::automatic, listing_way::flat, listing_way::walk})
            for (const std::size_t n : {1u, 4u})
                for (const bool ordered : {true, false}) {
                    auto got = w.find(where, by(way).page_size(7).concurrency(n).in_order(ordered));
                    if (!ordered) std::sort(got.begin(), got.end());
                    REQUIRE(got == wanted);
                }
    }
}

TEST_CASE("the choice of a listing") {
    const auto page = [](int folders, int each, const std::string& front) {
        std::vector<s3::object_summary> out;
        for (int f = 0; f < folders; ++f)
            for (int i = 0; i < each; ++i) {
                out.emplace_back();
                out.back().key = front + std::to_string(f) + "/" + std::to_string(i);
            }
        return out;
    };
    using s3::detail::choose_listing;
    using enum s3::detail::listing_choice;
    CHECK(choose_listing(page(9, 111, "p/"), "p/", false, false) == walk);
    CHECK(choose_listing(page(10, 100, "p/"), "p/", false, true) == flat);
    CHECK(choose_listing(page(10, 101, "p/"), "p/q", false, true) == walk);
    CHECK(choose_listing(page(9, 111, "p/"), "p/", true, false) == flat);
    CHECK(choose_listing(page(9, 111, "p/"), "p/", true, true) == split);
    CHECK(choose_listing(page(30, 30, "p/only/"), "p/", true, true) == split); // of the next level only
    CHECK(choose_listing(page(30, 30, "p/only/"), "p/", false, true) == flat);
    CHECK(choose_listing({}, "p/", true, true) == flat);
}

} // namespace test_find_objects
