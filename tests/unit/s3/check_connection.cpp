// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/s3/check_connection.hpp>

#include <penstock/aws/caller_credentials_provider.hpp>

#include "scripted_store.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace test_s3_check_connection {

using namespace penstock;
using outcome = s3::connection_step::outcome;

std::string answer(int status, std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + std::string{headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string refused(int status, std::string_view code, std::string_view more = "") {
    return answer(status, "<Error><Code>" + std::string{code} + "</Code><Message>no</Message>" + std::string{more} + "</Error>");
}

std::string page(std::string_view key) {
    const auto entry = key.empty() ? std::string{} : "<Contents><Key>" + std::string{key} + "</Key><Size>3</Size></Contents>";
    return answer(200, "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>" + entry + "</ListBucketResult>");
}

const std::string bucket_in_eu = "HTTP/1.1 200 OK\r\nx-amz-bucket-region: eu-west-1\r\nContent-Length: 0\r\n\r\n";
const std::string first_byte = "HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-0/3\r\nContent-Length: 1\r\nETag: \"e\"\r\n\r\na";

/// "settings ok, DNS -, … list FAILED".
std::string outline(const s3::connection_report& r) {
    std::string out;
    for (const auto& s : r.steps) {
        const char* word = s.result == outcome::passed ? " ok" : s.result == outcome::failed ? " FAILED" : " -";
        out += (out.empty() ? "" : ", ") + s.name + word;
        CHECK(s.detail.find("HUSH") == std::string::npos);
        CHECK_FALSE(s.detail.empty());
        CHECK(bool(s.why) == (s.result == outcome::failed));
    }
    return out;
}

const s3::connection_step& step(const s3::connection_report& r, std::string_view name) {
    for (const auto& s : r.steps)
        if (s.name == name) return s;
    FAIL("no such step");
    return r.steps.front();
}

s3::connection_report check(scripted::world& w, s3::object_address where) {
    auto s3 = w.client();
    return w.run(s3::check_connection(s3, std::move(where)));
}

const auto once = aws::retry_options::preset("none");

TEST_CASE("s3/check_connection: all is well") {
    scripted::world w{{page("a.csv"), bucket_in_eu, first_byte}, once};
    const auto r = check(w, "s3://b");
    CHECK(r.good());
    CHECK(outline(r) == "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region ok, list ok, get ok");
    CHECK(step(r, "settings").detail == "http://store/b, region us-east-1");
    CHECK(step(r, "credentials").detail == "static (...AKID)");
    CHECK(step(r, "region").detail == "the bucket is in eu-west-1");
    CHECK(step(r, "list").detail == "found 'a.csv'");
    CHECK(w.how->requests[0].find("max-keys=1") != std::string::npos);
    CHECK(w.how->requests[2].find("GET /b/a.csv ") == 0);
    CHECK(w.how->requests[2].find("bytes=0-0") != std::string::npos);
}

TEST_CASE("s3/check_connection: a bucket in another region than the settings say") {
    const auto elsewhere = answer(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>");
    scripted::world w{{elsewhere, page("a.csv"), bucket_in_eu, first_byte}, once};
    const auto r = check(w, "s3://b");
    CHECK(r.good());
    CHECK(step(r, "region").detail ==
          "the bucket is in eu-west-1; the settings say us-east-1, which costs a redirect");
}

TEST_CASE("s3/check_connection: which permission is missing") {
    scripted::world list{{refused(403, "AccessDenied"), first_byte}, once};
    auto r = check(list, "s3://b/a.csv");
    CHECK(outline(r) == "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region -, list FAILED, get ok");
    CHECK(step(r, "list").why.detail().hint.find("s3:ListBucket") != std::string::npos);
    CHECK_FALSE(r.good());

    scripted::world get{{page("a.csv"), bucket_in_eu, refused(403, "AccessDenied")}, once};
    r = check(get, "s3://b/a.csv");
    CHECK(outline(r) == "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region ok, list ok, get FAILED");
    CHECK(step(r, "get").why.detail().hint.find("s3:GetObject") != std::string::npos);
}

TEST_CASE("s3/check_connection: keys, region and bucket that are wrong") {
    scripted::world keys{{refused(403, "SignatureDoesNotMatch")}, once};
    CHECK(outline(check(keys, "s3://b/a")) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature FAILED, region -, list -, get -");
    scripted::world bucket{{refused(404, "NoSuchBucket")}, once};
    CHECK(outline(check(bucket, "s3://b/a")) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region -, list FAILED, get -");
    scripted::world down{{answer(503, "")}, once};
    CHECK(outline(check(down, "s3://b")) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature -, region -, list FAILED, get -");
    scripted::world moved{{answer(307, "", "x-amz-bucket-region: us-east-1\r\n"), answer(307, "")}, once};
    CHECK(outline(check(moved, "s3://b")) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature -, region FAILED, list -, get -");
    scripted::world silent{{}, once};
    CHECK(outline(check(silent, "s3://b")) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature -, region -, list FAILED, get -");
}

TEST_CASE("s3/check_connection: nobody, nothing, nowhere") {
    scripted::world anonymous{{page(""), bucket_in_eu}, once};
    anonymous.options.anonymous();
    auto r = check(anonymous, "s3://b");
    CHECK(r.good());
    CHECK(outline(r) == "settings ok, DNS -, TCP -, TLS -, credentials ok, signature -, region ok, list ok, get -");

    scripted::world none{{}, once};
    none.options.credentials(aws::make_caller_credentials_provider([]() -> awaitable<aws::credentials> {
        throw_failure(failure{errc::no_credentials, "the vault is empty", "fill it"});
        co_return aws::credentials{};
    }));
    r = check(none, "s3://b");
    CHECK(outline(r) == "settings ok, DNS -, TCP -, TLS -, credentials FAILED, signature -, region -, list -, get -");
    CHECK(none.how->connections == 0);
    CHECK(step(r, "credentials").why.detail().hint == "fill it");

    scripted::world settings{{}, once};
    settings.options.profile("nobody").file_reader([](const std::string& path, std::size_t) -> result<std::string> {
        return path.ends_with("config") ? std::string{"[profile some]\n"} : std::string{};
    });
    settings.options.environment(aws::environment{{{"HOME", "/home/x"}}});
    r = check(settings, "s3://b");
    CHECK(outline(r) == "settings FAILED, credentials -, signature -, region -, list -, get -");
    CHECK(step(r, "settings").why.message().find("some") != std::string::npos);
}

TEST_CASE("s3/check_connection: buckets, an empty object, folders") {
    scripted::world buckets{{answer(200, "<ListAllMyBucketsResult><Buckets><Bucket><Name>b</Name></Bucket></Buckets>"
                                         "</ListAllMyBucketsResult>")},
                            once};
    CHECK(outline(check(buckets, s3::object_address{"", ""})) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region -, list ok, get -");
    scripted::world keys{{refused(403, "InvalidAccessKeyId")}, once};
    CHECK(outline(check(keys, s3::object_address{"", ""})) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature FAILED, region -, list -, get -");
    scripted::world denied{{refused(403, "AccessDenied")}, once};
    CHECK(outline(check(denied, s3::object_address{"", ""})) ==
          "settings ok, DNS -, TCP -, TLS -, credentials ok, signature ok, region -, list FAILED, get -");
    scripted::world empty{{page("e"), bucket_in_eu,
                           answer(416, "<Error><Code>InvalidRange</Code></Error>", "Content-Range: bytes */0\r\n")},
                          once};
    CHECK(check(empty, "s3://b/e").good());
    scripted::world folder{{page("f/a"), bucket_in_eu}, once};
    CHECK(step(check(folder, "s3://b/f/"), "get").result == outcome::left_out);
}

TEST_CASE("s3/check_connection: cancellation") {
    scripted::world w{{scripted::say{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"}.keep()}, once};
    auto s3 = w.client();
    asio::cancellation_signal stop;
    std::exception_ptr thrown;
    bool ended = false;
    auto done = [&](std::exception_ptr e, s3::connection_report) {
        thrown = e;
        ended = true;
    };
    asio::co_spawn(w.io, s3::check_connection(s3, "s3://b"), asio::bind_cancellation_slot(stop.slot(), done));
    CHECK(w.io.poll() > 0);
    stop.emit(asio::cancellation_type::terminal);
    testing::run_simulated(w.io, *w.clock, [&] { return ended; });
    REQUIRE(thrown);
    CHECK(to_failure(thrown).code() == condition::cancelled);
}

} // namespace test_s3_check_connection
