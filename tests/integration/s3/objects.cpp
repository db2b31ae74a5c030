// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace objects_test {

using namespace penstock;
using store_test::in_bucket;
using store_test::store;

inline std::string pattern(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>((i * 131 + i / 251) & 0xff);
    return s;
}

inline void on_each_transport(void (*scenario)(store&)) {
    store plain;
    scenario(plain);
    if (plain.name != "embedded") return; // a real store is started once plain and once with TLS
    store tls{true};
    CHECK(tls.endpoint.starts_with("https://"));
    scenario(tls);
}

TEST_CASE("store: put, head, get, copy, remove") {
    on_each_transport([](store& st) {
        auto body = [&st](s3::client c) -> awaitable<void> {
            const auto text = pattern(70'000);
            s3::put_object_options options;
            options.content_type("text/x-penstock").metadata("owner", "me").cache_control("no-cache");
            const auto put = co_await c.put(st.url("dir/a.bin"), text, options);
            CHECK(!put.etag.empty());

            const auto head = co_await c.head(st.url("dir/a.bin"));
            CHECK(head.size == 70'000);
            CHECK(head.etag == put.etag);
            CHECK(head.content_type == "text/x-penstock");
            CHECK(head.metadata.at("owner") == "me");
            CHECK(head.last_modified.has_value());

            const auto got = co_await c.get(st.url("dir/a.bin"));
            CHECK(got.body == text);
            CHECK(got.metadata.etag == put.etag);

            const auto other = st.url(st.differs.any_key ? "dir/b +%.bin" : "dir/b.bin");
            const auto copied = co_await c.copy(st.url("dir/a.bin"), other);
            CHECK(!copied.etag.empty());
            const auto again = co_await c.get(other);
            CHECK(again.body == text);

            co_await c.remove(st.url("dir/a.bin"));
            const auto missing = co_await as_result(c.head(st.url("dir/a.bin")));
            REQUIRE(missing.has_error());
            CHECK(missing.error().code() == condition::not_found);
            co_await c.remove(st.url("dir/a.bin")); // that there is none is no error
        };
        st.run(in_bucket(st, body));
    });
}

TEST_CASE("store: ranges, suffixes, and the empty object") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto text = pattern(100'000);
        co_await c.put(st.url("r"), text);
        s3::get_object_options o;
        o.range(s3::object_range::slice(10, 90));
        auto part = co_await c.get(st.url("r"), o);
        CHECK(part.body == text.substr(10, 90));
        CHECK(part.metadata.size == 100'000);
        o.range(s3::object_range::from(99'990));
        part = co_await c.get(st.url("r"), o);
        CHECK(part.body == text.substr(99'990));
        o.range(s3::object_range::suffix(7));
        part = co_await c.get(st.url("r"), o);
        CHECK(part.body == text.substr(99'993));
        o.range(s3::object_range::slice(99'000, 5'000));
        part = co_await c.get(st.url("r"), o);
        CHECK(part.body == text.substr(99'000));
        o.range(s3::object_range::slice(100'000, 1));
        const auto beyond = co_await as_result(c.get(st.url("r"), o));
        REQUIRE(beyond.has_error());
        CHECK(beyond.error().code() == errc::range_not_satisfiable);

        std::vector<std::byte> into(1000);
        const auto n = co_await c.read_at(st.url("r"), 99'500, into);
        CHECK(n == 500);
        CHECK(as_text({into.data(), 500}) == text.substr(99'500));

        co_await c.put(st.url("empty"), std::string_view{});
        auto nothing = co_await c.get(st.url("empty"));
        CHECK(nothing.body.empty());
        CHECK(nothing.metadata.size == 0);
        o.range(s3::object_range::from(0));
        const auto ranged = co_await as_result(c.get(st.url("empty"), o));
        if (st.differs.empty_range_tells_size) {
            REQUIRE(ranged.has_value());
            CHECK(ranged->body.empty());
        } else {
            REQUIRE(ranged.has_error());
            CHECK(ranged.error().code() == errc::range_not_satisfiable);
        }
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: conditions") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        const auto put = co_await c.put(st.url("c"), "one");
        s3::get_object_options o;
        o.if_none_match(put.etag.raw());
        auto reader = co_await c.open(st.url("c"), o);
        CHECK((reader.outcome() == s3::get_object_outcome::not_modified) == st.differs.conditional_read);
        s3::get_object_options m;
        m.if_match("\"00000000000000000000000000000000\"");
        auto r = co_await as_result(c.get(st.url("c"), m));
        REQUIRE(r.has_error() == st.differs.conditional_read);
        if (!r) CHECK(r.error().code() == errc::precondition_failed);

        s3::put_object_options create;
        create.if_none_match("*");
        auto w = co_await as_result(c.put(st.url("c"), "two", create));
        REQUIRE(w.has_error());
        CHECK(w.error().code() == condition::changed);
        s3::put_object_options replace;
        replace.if_match(put.etag.raw());
        co_await c.put(st.url("c"), "three", replace);
        w = co_await as_result(c.put(st.url("c"), "four", replace));
        REQUIRE(w.has_error());
        CHECK(w.error().code() == errc::precondition_failed);
        w = co_await as_result(c.put(st.url("none"), "x", replace));
        REQUIRE(w.has_error());
        CHECK(w.error().code() == (st.differs.put_if_match_404 ? condition::not_found : condition::changed));
        const auto got = co_await c.get(st.url("c"));
        CHECK(got.body == "three");
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: pages, prefixes, delimiters") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        std::vector<std::string> keys;
        for (int i = 0; i < 25; ++i) keys.push_back("p/" + std::to_string(100 + i) + ".txt");
        keys.push_back("p/sub/x");
        keys.push_back("q");
        for (const auto& k : keys) co_await c.put(st.url(k), "v");
        s3::list_objects_options o;
        o.max_keys(10);
        auto pages = c.list("s3://" + st.bucket + "/p/", o);
        std::vector<std::string> seen;
        int count = 0;
        for (;;) {
            auto page = co_await pages.next();
            if (!page) break;
            ++count;
            CHECK(page->objects.size() <= 10);
            for (auto& e : page->objects) {
                CHECK(e.size == 1);
                seen.push_back(e.key);
            }
        }
        CHECK(count == 3);
        if (!st.differs.sorted_keys) std::sort(seen.begin(), seen.end());
        keys.pop_back();
        CHECK(seen == keys);

        s3::list_objects_options d;
        d.delimiter("/");
        auto folders = c.list("s3://" + st.bucket, d);
        auto page = co_await folders.next();
        REQUIRE(page.has_value());
        CHECK(page->common_prefixes == std::vector<std::string>{"p/"});
        REQUIRE(page->objects.size() == 1);
        CHECK(page->objects[0].key == "q");

        s3::list_objects_options after;
        after.start_after("p/120.txt");
        if (st.differs.sorted_keys) {
            auto tail = c.list("s3://" + st.bucket + "/p/", after);
            page = co_await tail.next();
            REQUIRE(page.has_value());
            CHECK(page->objects.size() == 5);
        }
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: unusual keys survive everything") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        std::vector<std::string> keys = {"a b",         "a&b=c?d#e",        "ключ/日本語/🚰", "tilde~",
                                         "quote'\"<>", "semi;colon,comma", "at@sign$",       "[brackets]{}|^`"};
        if (st.differs.any_key) {
            for (const char* k : {"a+b", "a%20b", "a%2Fb", "per%cent"}) keys.push_back(k);
        }
        if (!st.differs.file_tree) {
            for (const char* k : {"/lead", "dd//double", "dd/./dot", "dd/../dot", "x", "x/y", "trail/"}) keys.push_back(k);
        }
        for (const auto& k : keys) {
            CAPTURE(k);
            co_await c.put(s3::object_address{st.bucket, k}, k);
        }
        std::set<std::string> listed;
        auto pages = c.list("s3://" + st.bucket);
        for (;;) {
            auto page = co_await pages.next();
            if (!page) break;
            for (auto& o : page->objects) listed.insert(o.key);
        }
        CHECK(listed == std::set<std::string>(keys.begin(), keys.end()));
        for (const auto& k : keys) {
            CAPTURE(k);
            const auto got = co_await c.get(s3::object_address{st.bucket, k});
            CHECK(got.body == k);
        }
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: a writer makes one PUT or a multipart upload, and nothing when it is dropped") {
    on_each_transport([](store& st) {
        auto body = [&st](s3::client c) -> awaitable<void> {
            auto small = c.create(st.url("w/small"));
            co_await small.write("hello ");
            co_await small.write("world");
            co_await small.commit();
            CHECK(small.upload_id().empty());
            auto got = co_await c.get(st.url("w/small"));
            CHECK(got.body == "hello world");

            const auto text = pattern((std::size_t{17} << 20) + 12'345);
            s3::put_object_options options;
            options.content_type("application/x-big").metadata("k", "v");
            auto big = c.create(st.url("w/big"), options);
            for (std::size_t at = 0; at < text.size(); at += 1'000'003)
                co_await big.write(std::string_view{text}.substr(at, 1'000'003));
            CHECK(!big.upload_id().empty());
            const auto before = co_await as_result(c.head(st.url("w/big")));
            CHECK(before.has_error()); // not half-visible
            co_await big.commit();
            CHECK(big.size() == text.size());
            got = co_await c.get(st.url("w/big"));
            CHECK(got.body == text);
            CHECK(got.metadata.content_type == "application/x-big");
            CHECK(got.metadata.metadata.at("k") == "v");

            auto used = co_await as_result(big.write("more"));
            REQUIRE(used.has_error());
            CHECK(used.error().code() == errc::closed);
            {
                auto dropped = c.create(st.url("w/dropped"));
                co_await dropped.write(std::string_view{text}.substr(0, std::size_t{9} << 20));
                CHECK(!dropped.upload_id().empty());
            }
            co_await sleep_for(make_system_clock(), std::chrono::milliseconds{300}); // the detached abort
            const auto none = co_await as_result(c.head(st.url("w/dropped")));
            CHECK(none.has_error());
            CHECK(c.budget()->used() == 0);
        };
        st.run(in_bucket(st, body));
    });
}

TEST_CASE("store: batch delete reports each key, and presigned links work without credentials") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        std::vector<s3::object_identifier> ids;
        for (int i = 0; i < 20; ++i) {
            const auto key = "b&<" + std::to_string(i);
            co_await c.put(s3::object_address{st.bucket, key}, "x");
            ids.emplace_back(key);
        }
        const auto gone = co_await c.remove(st.bucket, ids);
        CHECK(gone.errors.empty());
        CHECK(gone.deleted.size() == 20);

        co_await c.put(st.url("link"), "linked");
        const auto link = co_await c.presign(st.url("link"), std::chrono::seconds{60});
        CHECK(link.starts_with(st.endpoint));
        CHECK(link.find("X-Amz-Signature=") != std::string::npos);
        CHECK(link.find(st.secret_key) == std::string::npos);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: what goes wrong is told with object, place and remedy, and without secrets") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        co_await c.put(st.url("e"), "x");
        auto o = st.options();
        o.credentials(st.access_key, "not-the-secret");
        s3::client wrong{st.io.get_executor(), o};
        auto r = co_await as_result(wrong.get(st.url("e")));
        REQUIRE(r.has_error() == st.differs.checks_signature);
        if (!r) {
            CHECK(r.error().code() == errc::signature_mismatch);
            CHECK(r.error().code() == condition::authentication);
            const auto told = r.error().message();
            CHECK(told.find(st.url("e")) != std::string::npos);
            CHECK(told.find("hint") != std::string::npos);
            CHECK(told.find("not-the-secret") == std::string::npos);
        }
        o.credentials("nobody-knows-me", "secret");
        s3::client unknown{st.io.get_executor(), o};
        r = co_await as_result(unknown.get(st.url("e")));
        REQUIRE(r.has_error() == st.differs.checks_signature);
        if (!r) CHECK(r.error().code() == (st.differs.knows_access_keys ? errc::invalid_access_key : errc::access_denied));

        auto a = st.options();
        a.anonymous();
        s3::client anonymous{st.io.get_executor(), a};
        r = co_await as_result(anonymous.get(st.url("e")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == condition::access_denied);

        r = co_await as_result(c.get("s3://no-such-bucket-" + st.bucket + "/k"));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == (st.differs.tells_missing_bucket ? errc::no_such_bucket : errc::no_such_key));
        r = co_await as_result(c.get(st.url("missing")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::no_such_key);
        CHECK(r.error().detail().request_id.empty() != st.differs.names_requests);
    };
    st.run(in_bucket(st, body));
}

TEST_CASE("store: a skewed clock is corrected once from the server's date") {
    store st;
    auto body = [&st](s3::client c) -> awaitable<void> {
        co_await c.put(st.url("t"), "x");
        struct skewed_clock final : clock_source {
            std::shared_ptr<clock_source> real = make_system_clock();
            steady_time now() const noexcept override { return real->now(); }
            wall_time wall_now() const noexcept override { return real->wall_now() - std::chrono::hours{3}; }
            std::unique_ptr<timer> make_timer(executor ex) override { return real->make_timer(std::move(ex)); }
        };
        auto o = st.options();
        o.clock(std::make_shared<skewed_clock>());
        s3::client late{st.io.get_executor(), o};
        const auto got = co_await late.get(st.url("t"));
        CHECK(got.body == "x");
        CHECK(late.statistics().requests == (st.differs.checks_signature ? 2 : 1));
        co_await late.head(st.url("t"));
        CHECK(late.statistics().requests == (st.differs.checks_signature ? 3 : 2)); // the correction stays
    };
    st.run(in_bucket(st, body));
}

} // namespace objects_test
