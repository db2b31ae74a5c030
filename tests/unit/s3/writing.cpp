// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Modes of writing, writes whose answer was lost, and deletes.
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/write_modes.hpp>

#include <doctest/doctest.h>

#include <set>

namespace writing_test {

using namespace penstock;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

std::string document(int status, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string{body};
}
std::string refusal(int status, std::string_view code) {
    return document(status, "<Error><Code>" + std::string{code} + "</Code></Error>");
}

TEST_CASE("modes: what each stands for, and what contradicts it") {
    const auto clock = testing::manual_clock::create();
    const auto random = make_seeded_random(1);
    using s3::write_mode;
    const auto settled = [&](s3::put_object_options o, s3::store_capabilities store = {}) -> result<s3::put_object_options> {
        s3::object_address where{"s3://b/k"};
        try {
            s3::detail::settle_mode(where, o, store, *clock, *random);
        } catch (const error& e) {
            return to_failure(std::current_exception());
        }
        return o;
    };
    using options = s3::put_object_options;
    CHECK(settled(options{}.if_match("x"))->if_match() == "x");
    CHECK(settled(options{}.mode(write_mode::create_only))->if_none_match() == "*");
    CHECK(settled(options{}.mode(write_mode::if_unchanged).if_match("x"))->if_match() == "x");
    for (auto wrong : {options{}.mode(write_mode::create_only).if_match("x"), options{}.mode(write_mode::if_unchanged),
                       options{}.mode(write_mode::if_unchanged).if_match("x").if_none_match("*"),
                       options{}.mode(write_mode::append_to_prefix).if_match("x")})
        CHECK(settled(wrong).error().code() == errc::invalid_option);
    s3::store_capabilities none;
    none.create_only = none.conditional_write = false;
    CHECK(settled(options{}.mode(write_mode::create_only), none).error().code() == errc::unsupported);
    CHECK(settled(options{}.mode(write_mode::if_unchanged).if_match("x"), none).error().code() == errc::unsupported);
    CHECK(settled(options{}.mode(write_mode::append_to_prefix), none)->if_none_match().empty());
    CHECK(settled(options{}.mode(write_mode::append_to_prefix))->if_none_match() == "*");

    std::set<std::string> keys;
    std::string earlier;
    for (int i = 0; i < 100; ++i) {
        auto key = s3::detail::unique_key("logs/", clock->wall_now(), *random, ".jsonl");
        CHECK(key.starts_with("logs/20260101T"));
        CHECK(key.ends_with(".jsonl"));
        keys.insert(std::move(key));
    }
    CHECK(keys.size() == 100);
    clock->advance(std::chrono::seconds{1});
    CHECK(s3::detail::unique_key("logs/", clock->wall_now(), *random, "") > *keys.rbegin());
}

TEST_CASE("modes: a put and a writer that append say where") {
    world w{{ok, ok}};
    auto append = s3::put_object_options{}.mode(s3::write_mode::append_to_prefix).key_suffix(".bin");
    const auto done = w.run(w.client().put("s3://b/logs/", "x", append));
    CHECK(done.key.starts_with("logs/2026"));
    CHECK(w.how->requests[0].starts_with("PUT /b/" + done.key + " "));
    CHECK(w.how->requests[0].find("If-None-Match: *\r\n") != std::string::npos);
    auto write = [](s3::client c, s3::put_object_options o) -> awaitable<std::string> {
        auto writer = c.create("s3://b/logs/", std::move(o));
        co_await writer.write("x");
        co_await writer.commit();
        CHECK(writer.name() == "s3://b/" + writer.result().key);
        co_return writer.result().key;
    };
    const auto key = w.run(write(w.client(), append));
    CHECK(key.ends_with(".bin"));
    CHECK(key != done.key);
}

TEST_CASE("lost answers: what says that the object is the one that was written") {
    using s3::detail::is_expected;
    s3::detail::expected_object put;
    put.etag = "5d41402abc4b2a76b9719d911017c592";
    put.size = 5;
    s3::object_metadata found;
    found.etag = s3::entity_tag{"\"5d41402abc4b2a76b9719d911017c592\""};
    found.size = 5;
    CHECK(is_expected(put, found, false));
    found.etag = s3::entity_tag{"\"no-md5\""};
    CHECK(!is_expected(put, found, false)); // the size alone says nothing
    CHECK(!is_expected(put, found, true));
    put.checksum.emplace();
    put.checksum->algorithm = checksum_algorithm::crc32;
    put.checksum->value = "NhCmhg==";
    CHECK(!is_expected(put, found, false));
    found.checksums.crc32 = "NhCmhg==";
    CHECK(is_expected(put, found, false));
    found.checksums.type = "COMPOSITE";
    CHECK(!is_expected(put, found, false));
    found.checksums.type = "FULL_OBJECT";
    found.size = 6;
    CHECK(!is_expected(put, found, false));
    found.size = 5;
    found.checksums.crc32 = "AAAAAA==";
    CHECK(!is_expected(put, found, false));

    s3::detail::expected_object upload;
    upload.etag = "616b22817b80eed9f65c3aa38cd29054-2";
    upload.parts = 2;
    upload.size = 10;
    found.checksums = {};
    found.size = 10;
    found.etag = s3::entity_tag{"\"00000000000000000000000000000000-2\""};
    CHECK(is_expected(upload, found, true)); // the upload is gone, and here is one of its size and parts
    CHECK(!is_expected(upload, found, false));
    found.etag = s3::entity_tag{"\"00000000000000000000000000000000-12\""};
    CHECK(!is_expected(upload, found, true));
    found.etag = s3::entity_tag{"\"00000000000000000000000000000000-2\""};
    found.size = 11;
    CHECK(!is_expected(upload, found, true));
}

TEST_CASE("lost answers: a put with a checksum is recognised by it where ETags are no MD5") {
    const auto found = "HTTP/1.1 200 OK\r\nETag: \"kms\"\r\nContent-Length: 5\r\nx-amz-checksum-crc32: NhCmhg==\r\n"
                       "x-amz-checksum-type: FULL_OBJECT\r\n\r\n";
    world w{{say::nothing(), refusal(412, "PreconditionFailed"), found}};
    const auto once = s3::put_object_options{}.mode(s3::write_mode::create_only).checksum(checksum_algorithm::crc32);
    const auto done = w.run(as_result(w.client().put("s3://b/k", "hello", once)));
    REQUIRE_MESSAGE(done.has_value(), done.error().message());
    CHECK(done->etag.value() == "kms");
    CHECK(done->key == "k");
    CHECK(w.how->requests.back().find("x-amz-checksum-mode: ENABLED") != std::string::npos);
}

TEST_CASE("lost answers: a copy under a condition is recognised by its source's ETag or checksum") {
    const auto head = [](const std::string& etag, const std::string& more = "") {
        return "HTTP/1.1 200 OK\r\nETag: \"" + etag + "\"\r\nContent-Length: 5\r\n" + more + "\r\n";
    };
    const std::string crc = "x-amz-checksum-crc32: NhCmhg==\r\nx-amz-checksum-type: FULL_OBJECT\r\n";
    const std::string other_crc = "x-amz-checksum-crc32: AAAAAA==\r\nx-amz-checksum-type: FULL_OBJECT\r\n";
    const std::string none = "HTTP/1.1 404 N\r\nContent-Length: 0\r\n\r\n";
    const say failed = refusal(412, "PreconditionFailed");
    const say gone = refusal(404, "NoSuchKey");
    const auto once = s3::copy_object_options{}.if_none_match("*");
    const auto pinned = s3::copy_object_options{}.if_none_match("*").source_if_match("\"e\"");
    struct row {
        std::vector<say> script;
        s3::copy_object_options how;
        bool good;
        std::size_t requests;
    };
    const row rows[] = {
        {{say::nothing(), failed, head("e"), head("e")}, once, true, 4},
        {{refusal(500, "InternalError"), failed, head("e"), head("e")}, once, true, 4},
        {{say::nothing(), failed, head("e"), head("x")}, once, false, 4},         // another's object
        {{say::nothing(), failed, head("e"), none}, once, false, 4},             // none at all
        {{say::nothing(), failed, head("kms", crc), head("other", crc)}, once, true, 4},
        {{say::nothing(), failed, head("kms", crc), head("other", other_crc)}, once, false, 4},
        {{say::nothing(), failed, head("kms"), head("other")}, once, false, 4},   // cannot be known
        {{say::nothing(), failed, none, head("e")}, once, false, 4},             // the source tells no more
        {{say::nothing(), failed, none, head("e")}, pinned, true, 4},            // but it was said what it is
        {{say::nothing(), gone, none, head("e")}, pinned, true, 4},
        {{say::nothing(), gone, none, head("e")}, once, false, 4},
        {{failed}, once, false, 1},                                              // at once: it was not us
        {{gone}, pinned, false, 1},
        {{say::nothing(), refusal(403, "AccessDenied")}, once, false, 2},
    };
    for (const auto& r : rows) {
        CAPTURE(&r - rows);
        world w{r.script};
        const auto done = w.run(as_result(w.client().copy("s3://b/from", "s3://b/to", r.how)));
        CHECK(done.has_value() == r.good);
        CHECK(w.how->requests.size() == r.requests);
        if (done && r.requests == 4) {
            CHECK(w.how->requests[2].starts_with("HEAD /b/from "));
            CHECK(w.how->requests[3].starts_with("HEAD /b/to "));
        }
        if (!done) CHECK(done.error().code() != errc::malformed_response); // the store's own refusal
    }
    world same{{say::nothing(), failed}}; // onto itself: it had these bytes before
    CHECK(same.run(as_result(same.client().copy("s3://b/k", "s3://b/k", once))).has_error());
    CHECK(same.how->requests.size() == 2);
}

TEST_CASE("delete: a condition that our own first attempt made fail is a success") {
    const auto only = s3::delete_object_options{}.if_match("\"e\"");
    const auto remove = [&](std::vector<say> script, s3::delete_object_options o) {
        world w{std::move(script)};
        return w.run(as_result(w.client().remove("s3://b/k", std::move(o))));
    };
    CHECK(remove({say::nothing(), refusal(404, "NoSuchKey")}, only).has_value());
    CHECK(remove({say::nothing(), refusal(412, "PreconditionFailed"), "HTTP/1.1 404 N\r\n\r\n"}, only).has_value());
    auto r = remove({say::nothing(), refusal(412, "PreconditionFailed"), ok}, only);
    REQUIRE(r.has_error()); // there is another object
    CHECK(r.error().code() == errc::precondition_failed);
    r = remove({refusal(404, "NoSuchKey")}, only);
    REQUIRE(r.has_error()); // at once: it was not us
    CHECK(r.error().code() == errc::no_such_key);
    r = remove({refusal(412, "PreconditionFailed")}, only);
    REQUIRE(r.has_error());
}

std::string delete_result(std::string_view inside) {
    return document(200, "<DeleteResult>" + std::string{inside} + "</DeleteResult>");
}
std::string deleted(std::string_view key) { return "<Deleted><Key>" + std::string{key} + "</Key></Deleted>"; }
std::string refused(std::string_view key, std::string_view code) {
    return "<Error><Key>" + std::string{key} + "</Key><Code>" + std::string{code} + "</Code></Error>";
}

TEST_CASE("delete: keys that failed in a way that may pass are tried again, others are told") {
    std::vector<s3::object_identifier> keys;
    for (const char* k : {"a", "b", "c", "d"}) keys.emplace_back(std::string{k});
    keys[1].if_match = "\"tag\"";
    world w{{delete_result(deleted("a") + refused("b", "InternalError") + refused("c", "AccessDenied") + refused("d", "SlowDown")),
             delete_result(refused("b", "InternalError") + deleted("d")), delete_result(deleted("b"))}};
    const auto before = w.clock->now();
    const auto done = w.run(w.client().remove("b", keys));
    CHECK(done.deleted.size() == 3);
    REQUIRE(done.errors.size() == 1);
    CHECK(done.errors[0].key == "c");
    REQUIRE(w.how->requests.size() == 3);
    CHECK(w.how->requests[1].find("<Key>a</Key>") == std::string::npos);
    CHECK(w.how->requests[2].find("<Key>d</Key>") == std::string::npos);
    CHECK(w.how->requests[2].find("<ETag>&quot;tag&quot;</ETag>") != w.how->requests[2].find("<ETag>\"tag\"</ETag>"));
    CHECK(w.clock->now() > before); // it waited

    // for ever: the last word is told
    world never{std::vector<say>(20, say{delete_result(refused("a", "InternalError"))}.keep()), aws::retry_options{}.max_attempts(3)};
    keys.resize(1);
    const auto given_up = never.run(never.client().remove("b", keys));
    CHECK(never.how->requests.size() == 3);
    REQUIRE(given_up.errors.size() == 1);
    CHECK(given_up.errors[0].code == "InternalError");
}

TEST_CASE("attributes: ACL and expiry are sent") {
    world w{{ok}};
    w.run(w.client().put("s3://b/k", "x", s3::put_object_options{}.acl("bucket-owner-full-control").expires("Thu, 01 Dec 2030 16:00:00 GMT")));
    CHECK(w.how->requests[0].find("x-amz-acl: bucket-owner-full-control\r\n") != std::string::npos);
    CHECK(w.how->requests[0].find("Expires: Thu, 01 Dec 2030 16:00:00 GMT\r\n") != std::string::npos);
}

} // namespace writing_test
