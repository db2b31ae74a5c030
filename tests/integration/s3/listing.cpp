// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/glob.hpp>
#include <penstock/s3/bucket_versioning.hpp>
#include <penstock/s3/find_objects.hpp>
#include <penstock/s3/get_bucket_location.hpp>
#include <penstock/s3/probe_store.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace listing_test {

using namespace penstock;
using store_test::in_bucket;
using store_test::store;
using strings = std::vector<std::string>;

awaitable<strings> all_of(s3::object_lister pages) {
    strings out;
    for (;;) {
        auto page = co_await pages.next();
        if (!page) break;
        for (auto& o : page->objects) out.push_back(o.key);
        for (auto& p : page->common_prefixes) out.push_back(p);
    }
    std::sort(out.begin(), out.end());
    co_return out;
}

awaitable<strings> find(s3::client c, s3::object_address where, s3::find_objects_options how) {
    strings out;
    auto found = s3::find_objects(c, std::move(where), std::move(how));
    for (;;) {
        auto batch = co_await found.next();
        if (!batch) break;
        for (auto& o : *batch) out.push_back(std::move(o.key));
    }
    co_return out;
}

TEST_CASE("store: patterns and prefixes find the same in every way of listing") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        strings keys;
        for (int y = 2024; y < 2026; ++y)
            for (int m = 1; m < 4; ++m)
                for (int f = 0; f < 5; ++f)
                    keys.push_back("data/year=" + std::to_string(y) + "/m" + std::to_string(m) + "/part-" +
                                   std::to_string(f) + (f % 2 ? ".csv" : ".csv.gz"));
        for (const char* k : {st.differs.any_key ? "data/odd/a b+c%20.csv" : "data/odd/a b.csv", "data/odd/\xd0\xba\xd0\xbb.csv", "data/odd/[x]{y}.csv", "data/_SUCCESS",
                              "database.csv"})
            keys.push_back(k);
        for (const auto& k : keys) co_await c.put(s3::object_address{st.bucket, k}, "v");
        std::sort(keys.begin(), keys.end());
        for (const std::string where :
             {"", "data/", "data", "data/year=2024/", "**/*.csv", "data/*/m[12]/part-?.csv", "data/year=202{4,5}/m3/*",
              "data/odd/*", "data/odd/\\[x\\]*", "*.csv", "**/part-3.*", "nothing/*"}) {
            CAPTURE(where);
            strings wanted;
            const glob pattern{where};
            for (const auto& k : keys)
                if (glob::is_pattern(where) ? pattern.matches(k) : k.starts_with(where)) wanted.push_back(k);
            for (const auto way : {s3::listing_way::automatic, s3::listing_way::flat, s3::listing_way::walk}) {
                for (const std::size_t n : {1u, 4u}) {
                    s3::find_objects_options how;
                    how.way(way).concurrency(n).page_size(7);
                    auto got = co_await find(c, s3::object_address{st.bucket, where}, how);
                    if (!st.differs.sorted_keys) std::sort(got.begin(), got.end());
                    CHECK(got == wanted);
                }
            }
        }
        s3::find_objects_options data;
        data.data_only().name("{_*,part-4*}");
        const auto some = co_await find(c, s3::object_address{st.bucket, "data/"}, data);
        CHECK(some.size() == 6);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: the first version of listing gives what the second gives") {
    store st;
    if (!st.differs.lists_folders_once) return;
    auto body = [&st](s3::client c) -> awaitable<void> {
        for (const char* k : {"a b", "a+b", "a%20b", "d/1", "d/2", "d/e/3", "f&<\">", "\xd0\xba"})
            co_await c.put(s3::object_address{st.bucket, k}, "v");
        auto o = st.options();
        s3::store_capabilities old;
        old.list_objects_v2 = false;
        o.capabilities(old);
        s3::client c1{st.io.get_executor(), o};
        for (const char* delimiter : {"", "/"}) {
            for (const std::uint32_t size : {2u, 1000u}) {
                s3::list_objects_options how;
                how.delimiter(delimiter).max_keys(size);
                const auto second = co_await all_of(c.list("s3://" + st.bucket, how));
                const auto first = co_await all_of(c1.list("s3://" + st.bucket, how));
                CHECK(first == second);
                CHECK(first.size() == (*delimiter ? 6 : 8));
            }
        }
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: versions are kept, listed, read, and removed one by one") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        if (st.differs.tells_versioning) {
            const auto before = co_await s3::get_bucket_versioning(c, st.bucket);
            CHECK(before == s3::versioning_status::never);
        }
        const auto on = co_await as_result(s3::set_bucket_versioning(c, st.bucket, true));
        REQUIRE(on.has_value() == st.differs.keeps_versions);
        if (!on) {
            CHECK(on.error().detail().http_status == 501);
            co_return;
        }
        const auto one = co_await c.put(st.url("v/k"), "1");
        const auto two = co_await c.put(st.url("v/k"), "22");
        CHECK(!one.version_id.empty());
        CHECK(one.version_id != two.version_id);
        s3::get_object_options first;
        first.version_id(one.version_id);
        const auto old = co_await c.get(st.url("v/k"), first);
        CHECK(old.body == "1");
        CHECK(old.metadata.version_id == one.version_id);
        s3::head_object_options second;
        second.version_id(two.version_id);
        const auto head = co_await c.head(st.url("v/k"), second);
        CHECK(head.size == 2);
        s3::copy_object_options from_first;
        from_first.source_version_id(one.version_id);
        co_await c.copy(st.url("v/k"), st.url("v/copy"), from_first);
        const auto copied = co_await c.get(st.url("v/copy"));
        CHECK(copied.body == "1");
        const auto gone = co_await c.remove(st.url("v/k"));
        CHECK(gone.delete_marker);
        const auto none = co_await as_result(c.get(st.url("v/k")));
        REQUIRE(none.has_error());
        CHECK(none.error().code() == condition::not_found);

        std::set<std::string> ids;
        std::size_t marks = 0, latest = 0;
        s3::list_object_versions_options by_two;
        by_two.max_keys(2);
        auto pages = s3::list_object_versions(c, st.url("v/k"), by_two);
        for (;;) {
            auto page = co_await pages.next();
            if (!page) break;
            for (const auto& v : page->versions) {
                CHECK(v.key == "v/k");
                ids.insert(v.version_id);
                marks += v.delete_marker;
                latest += v.is_latest;
            }
        }
        CHECK(ids == std::set<std::string>{one.version_id, two.version_id, gone.version_id});
        CHECK(marks == 1);
        CHECK(latest == 1);

        s3::delete_object_options mark;
        mark.version_id(gone.version_id);
        co_await c.remove(st.url("v/k"), mark);
        const auto back = co_await c.get(st.url("v/k"));
        CHECK(back.body == "22");
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: a probe finds what is documented, and where the bucket is") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto found = co_await s3::probe_store(c, "s3://" + st.bucket + "/probe/");
        CHECK(found.list_objects_v2 == true);
        CHECK(found.byte_order == st.differs.sorted_keys);
        CHECK(found.conditional_read == st.differs.conditional_read);
        CHECK(found.suffix_range == true);
        CHECK(found.create_only == true);
        CHECK(found.conditional_write == true);
        CHECK(found.conditional_delete == st.differs.conditional_delete);
        CHECK(found.region_header == st.differs.sends_region_header);
        const bool told = st.differs.tells_versioning || !st.differs.keeps_versions; // that it is not there is told by 501
        CHECK(found.versions == (told ? std::optional{st.differs.keeps_versions} : std::nullopt));
        // It agrees with what is known by name.
        if (!found.store.empty()) {
            const auto known = s3::capabilities_of(found.store);
            for (const auto& one : s3::all_capabilities()) {
                CAPTURE(one.name);
                if (known.*one.value && found.*one.value) CHECK(*(known.*one.value) == *(found.*one.value));
            }
        }
        CHECK(found.store.empty() == !st.differs.known_by_name);
        const auto left = co_await all_of(c.list("s3://" + st.bucket));
        CHECK(left.empty());
        const auto region = co_await s3::get_bucket_location(c, st.bucket);
        CHECK(region == "us-east-1");
    };
    st.run(in_bucket(st, body));
}

} // namespace listing_test
