// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "simulated_store.hpp"
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/bucket_versioning.hpp>
#include <penstock/s3/probe_store.hpp>
#include <penstock/s3/store_presets.hpp>

#include <doctest/doctest.h>

namespace test_store_capabilities {

using namespace penstock;
using scripted::say;
using scripted::world;

say answer(const std::string& status, const std::string& fields = {}, const std::string& body = {}) {
    return say{"HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body}.keep();
}
const std::string not_implemented = "<Error><Code>NotImplemented</Code><Message>no</Message></Error>";

s3::put_object_options create_only() { return s3::put_object_options().if_none_match("*"); }
s3::delete_object_options delete_if() { return s3::delete_object_options().if_match("\"e\""); }

TEST_CASE("store capabilities: by name, as text, completed by others") {
    CHECK(s3::to_text(s3::store_capabilities()) == "a store that is not known");
    const auto minio = s3::capabilities_of("MinIO");
    CHECK(minio.conditional_delete == false);
    CHECK(minio.create_only == true);
    CHECK_FALSE(minio.virtual_host.has_value());
    const auto text = s3::to_text(minio);
    CHECK(text.starts_with("MinIO; has: list objects v2, byte order, "));
    CHECK(text.ends_with("; has not: conditional delete"));
    CHECK(s3::capabilities_of("SeaweedFS").byte_order == false);
    CHECK(s3::capabilities_of("Ceph").create_only == false);
    CHECK(s3::capabilities_of("nobody").store.empty());
    CHECK(s3::to_text(s3::capabilities_of("nobody")) == "a store that is not known");
    // What was said first stays.
    s3::store_capabilities mine;
    mine.conditional_delete = true;
    const auto both = s3::detail::completed(mine, minio);
    CHECK(both.conditional_delete == true);
    CHECK(both.create_only == true);
    CHECK(both.store == "MinIO");
    for (const auto& c : s3::all_capabilities()) CHECK_FALSE(c.name.empty());

    CHECK(s3::minio_options("http://m").capabilities().store == "MinIO");
    CHECK(s3::r2_options("account").capabilities().parts_of_any_size == false);
}

TEST_CASE("store capabilities: AWS is known by its endpoint, directory buckets by their name") {
    asio::io_context io;
    const auto of = [&](const char* endpoint, const char* bucket) {
        s3::client_options o;
        o.region("us-west-2").credentials("a", "b").environment(aws::environment{{}});
        if (*endpoint) o.endpoint_url(endpoint);
        return s3::known_capabilities(s3::client{io.get_executor(), o}, bucket);
    };
    CHECK(of("", "lake").byte_order == true);
    CHECK(of("https://s3.us-west-2.amazonaws.com", "lake").store == "AWS");
    const auto express = of("", "lake--usw2-az1--x-s3");
    CHECK(express.byte_order == false);
    CHECK(express.any_prefix == false);
    CHECK(express.versions == false);
    CHECK(express.create_only == true);
    CHECK_FALSE(of("http://store", "lake").byte_order.has_value());
    CHECK(of("https://a.eu.r2.cloudflarestorage.com", "lake").store == "R2");
    CHECK(of("https://s3.us-west-004.backblazeb2.com", "lake").create_only == false);
    CHECK(of("https://storage.googleapis.com", "lake").conditional_delete == false);
}

TEST_CASE("store capabilities: a store is known by its first answer") {
    const struct {
        const char* fields;
        const char* store;
    } table[] = {{"Server: MinIO\r\n", "MinIO"},
                 {"Server: VERSITYGW\r\n", "VersityGW"},
                 {"Server: SeaweedFS 30GB 3.80\r\n", "SeaweedFS"},
                 {"x-amz-request-id: tx00000a-65-ceph3\r\n", "Ceph"},
                 {"Server: AmazonS3\r\n", ""},
                 {"", ""}};
    for (const auto& row : table) {
        world w{{answer("200 OK", row.fields), answer("200 OK")}};
        auto c = w.client();
        CHECK(s3::known_capabilities(c, "b").store.empty());
        w.run(c.put("s3://b/k", "x"));
        CHECK(s3::known_capabilities(c, "b").store == row.store);
    }
}

TEST_CASE("store capabilities: a condition that a store is known to ignore is not sent") {
    world w{{answer("200 OK", "Server: MinIO\r\nETag: \"e\"\r\n"), answer("204 No Content")}};
    auto c = w.client();
    w.run(c.put("s3://b/k", "x"));
    const auto removed = w.run(as_result(c.remove("s3://b/k", delete_if())));
    REQUIRE(removed.has_error());
    CHECK(removed.error().code() == errc::unsupported);
    CHECK(removed.error().message().find("MinIO ignores If-Match; nothing was sent") != std::string::npos);
    CHECK(removed.error().detail().key == "k");
    std::vector<s3::object_identifier> batch(2);
    batch[0].key = "k";
    batch[1].key = "l";
    batch[1].if_match = "\"e\"";
    CHECK(w.run(as_result(c.remove("b", batch))).error().code() == errc::unsupported);
    CHECK(w.how->requests.size() == 1);
    w.run(c.remove("s3://b/k"));

    // Who says that the store heeds it is believed.
    world sure{{answer("204 No Content", "Server: MinIO\r\n"), answer("204 No Content")}};
    s3::store_capabilities mine;
    mine.conditional_delete = true;
    sure.options.capabilities(mine);
    auto believer = sure.client();
    sure.run(believer.remove("s3://b/k", delete_if()));
    sure.run(believer.remove("s3://b/k", delete_if()));

    // Known beforehand, nothing is ever sent.
    world preset{{}};
    preset.options.capabilities(s3::capabilities_of("Ceph"));
    auto careful = preset.client();
    CHECK(preset.run(as_result(careful.put("s3://b/k", "x", create_only()))).error().code() == errc::unsupported);
    CHECK(preset.run(as_result(careful.put("s3://b/k", "x", s3::put_object_options().if_match("\"e\"")))).error().code() ==
          errc::unsupported);
    CHECK(preset.how->connections == 0);
}

TEST_CASE("store capabilities: where the first answer shows that the condition was ignored, the caller is told") {
    world w{{answer("204 No Content", "Server: MinIO\r\n")}};
    auto c = w.client();
    const auto removed = w.run(as_result(c.remove("s3://b/k", delete_if())));
    REQUIRE(removed.has_error());
    CHECK(removed.error().code() == errc::unsupported);
    CHECK(removed.error().message().find("it was carried out") != std::string::npos);
    CHECK(w.how->requests.size() == 1); // no retry
}

TEST_CASE("store capabilities: what a store refuses to do is learned") {
    world w{{answer("501 Not Implemented", "", not_implemented)}, aws::retry_options{}.max_attempts(1)};
    auto c = w.client();
    CHECK(w.run(as_result(c.put("s3://b/k", "x", create_only()))).error().detail().http_status == 501);
    CHECK(s3::known_capabilities(c, "b").create_only == false);
    CHECK_FALSE(s3::known_capabilities(c, "b").conditional_write.has_value());
    CHECK(w.run(as_result(c.put("s3://b/k", "x", create_only()))).error().code() == errc::unsupported);
    CHECK(w.how->requests.size() == 1);

    world ranges{{answer("206 Partial Content", "Content-Range: bytes 1-2/3\r\nETag: \"e\"\r\nx-amz-bucket-region: r\r\n", "yz")}};
    auto reader = ranges.client();
    ranges.run(reader.get("s3://b/k", s3::get_object_options().range(s3::object_range::suffix(2))));
    CHECK(s3::known_capabilities(reader, "b").suffix_range == true);
    CHECK(s3::known_capabilities(reader, "b").region_header == true);
}

TEST_CASE("store capabilities: a probe finds out, and leaves nothing") {
    simulated::world w;
    w.server.put("box", "other", "x");
    auto c = w.client();
    const auto found = w.run(s3::probe_store(c, "s3://box/tmp"));
    CHECK(found.list_objects_v2 == true);
    CHECK(found.byte_order == true);
    CHECK(found.conditional_read == true);
    CHECK(found.suffix_range == true);
    CHECK(found.create_only == true);
    CHECK(found.conditional_write == true);
    CHECK(found.conditional_delete == true);
    CHECK(found.versions == true);
    CHECK(found.region_header == true);
    CHECK(found.checksum_trailer == true); // as its name says: that is not tried
    CHECK(s3::known_capabilities(c, "box").byte_order == true); // remembered
    auto left = c.list("s3://box/");
    const auto page = w.run(left.next());
    REQUIRE(page->objects.size() == 1);
    CHECK(page->objects[0].key == "other");
    for (const auto& r : w.server.requests()) {
        const bool own = r.path.find("/box/tmp/penstock-probe-") == 0 || r.path == "/box" || r.path == "/box/";
        CHECK_MESSAGE(own, r.path);
    }

    // What cannot be written is an error.
    CHECK_THROWS_AS(w.run(s3::probe_store(c, "s3://no-such-bucket/")), error);
}

TEST_CASE("store capabilities: an answer of a gateway alone is no answer of the store") {
    world w{{answer("503 Service Unavailable", "Server: envoy\r\n"), answer("204 No Content", "Server: MinIO\r\n")},
            aws::retry_options::preset("none")};
    auto c = w.client();
    CHECK(w.run(as_result(c.head("s3://b/k"))).has_error());
    const auto removed = w.run(as_result(c.remove("s3://b/k", s3::delete_object_options{}.if_match("\"e\""))));
    REQUIRE(removed.has_error());
    CHECK(removed.error().code() == errc::unsupported);
}

} // namespace test_store_capabilities
