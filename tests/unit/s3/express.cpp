// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/detail/create_session.hpp>
#include <penstock/s3/detail/express_sessions.hpp>
#include <penstock/s3/upload_part_copy.hpp>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <set>

namespace client_express_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
const std::string bucket = "logs--use1-az4--x-s3";
const std::string object = "s3://" + bucket + "/k";

std::string document(int status, std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 " + std::to_string(status) + " S\r\n" + std::string{headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}
std::string refusal(int status, std::string_view code) {
    return document(status, "<Error><Code>" + std::string{code} + "</Code><Message>x</Message></Error>");
}
const std::string expired = refusal(400, "ExpiredToken");

std::string session_document(std::string_view key, std::string_view expiration) {
    return "<CreateSessionResult><Credentials><SessionToken>HUSHTOKEN</SessionToken><SecretAccessKey>HUSHKEY"
           "</SecretAccessKey><AccessKeyId>" + std::string{key} + "</AccessKeyId><Expiration>" + std::string{expiration} +
           "</Expiration></Credentials></CreateSessionResult>";
}
/// The simulated clock starts with the year 2026.
std::string session(std::string_view key = "SESSION1", std::string_view expiration = "2026-01-01T00:05:00Z") {
    return document(200, session_document(key, expiration));
}

struct express_world : world {
    explicit express_world(std::vector<say> script) : world{std::move(script)} {
        options.endpoint_url("").path_style(false).credentials("AKID", "HUSH", "HUSHIAM");
    }
    /// "GET /?session= AKID", one a request: what was asked, and by whose keys.
    std::vector<std::string> story() const {
        std::vector<std::string> out;
        for (const auto& r : how->requests) {
            auto line = r.substr(0, r.find(" HTTP/1.1"));
            const auto at = r.find("Credential=");
            out.push_back(line + " " + (at == r.npos ? "nobody" : r.substr(at + 11, r.find('/', at) - at - 11)));
        }
        return out;
    }
    bool sent(std::size_t request, std::string_view text) const { return how->requests.at(request).find(text) != std::string::npos; }
};
using lines = std::vector<std::string>;

TEST_CASE("express: a session is made by IAM's keys, and signs what follows on the bucket") {
    express_world w{{session(), ok, ok}};
    auto client = w.client();
    w.run(client.head(object));
    w.run(client.put(object, "x"));
    CHECK(w.story() == lines{"GET /?session= AKID", "HEAD /k SESSION1", "PUT /k SESSION1"});
    for (const auto& host : w.how->hosts)
        CHECK(host == "https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com");
    CHECK(w.sent(0, "x-amz-security-token: HUSHIAM"));
    CHECK_FALSE(w.sent(0, "x-amz-s3session-token"));
    for (const std::size_t i : {1, 2}) {
        CAPTURE(w.how->requests[i]);
        CHECK(w.sent(i, "x-amz-s3session-token: HUSHTOKEN\r\n"));
        CHECK(w.sent(i, ";x-amz-s3session-token, Signature="));
        CHECK(w.sent(i, "/us-east-1/s3express/aws4_request"));
        CHECK_FALSE(w.sent(i, "x-amz-security-token"));
    }
}

TEST_CASE("express: other buckets have none") {
    express_world w{{ok, session(), ok, ok}};
    auto client = w.client();
    w.run(client.head("s3://plain/k"));
    w.run(client.head(object));
    w.run(client.head("s3://plain/k"));
    CHECK(w.story() == lines{"HEAD /k AKID", "GET /?session= AKID", "HEAD /k SESSION1", "HEAD /k AKID"});
    CHECK_FALSE(w.sent(3, "s3session"));
}

TEST_CASE("express: a bucket is looked at, and copies are made, by IAM's keys") {
    const auto copied = document(200, "<CopyObjectResult><ETag>\"e\"</ETag></CopyObjectResult>");
    express_world w{{ok, copied}};
    auto client = w.client();
    w.run(client.head_bucket(bucket));
    w.run(client.copy(object, object + "2"));
    CHECK(w.story() == lines{"HEAD / AKID", "PUT /k2 AKID"});
    const s3::object_address where{object};
    CHECK(s3::detail::make_upload_part_copy(where, where, "u", 1, {}).by == s3::detail::signed_by::iam);
}

TEST_CASE("express: there is a session for each bucket and each set of keys") {
    struct turning : aws::credentials_provider {
        std::optional<aws::credentials_ptr> try_get(wall_time) override {
            return std::make_shared<const aws::credentials>(key, "HUSH");
        }
        awaitable<aws::credentials_ptr> get() override { co_return *try_get({}); }
        bool invalidate(const aws::credentials&) override { return false; }
        std::string name() const override { return "turning"; }
        std::string key = "AKID1";
    };
    const auto keys = std::make_shared<turning>();
    express_world w{{session("S1"), ok, session("S2"), ok, session("S3"), ok, ok}};
    w.options.credentials(keys);
    auto client = w.client();
    w.run(client.head(object));
    w.run(client.head("s3://other--use1-az4--x-s3/k"));
    keys->key = "AKID2";
    w.run(client.head(object));
    keys->key = "AKID1";
    w.run(client.head(object));
    CHECK(w.story() == lines{"GET /?session= AKID1", "HEAD /k S1", "GET /?session= AKID1", "HEAD /k S2",
                             "GET /?session= AKID2", "HEAD /k S3", "HEAD /k S1"});
}

TEST_CASE("express: the hundred sessions that were used last are kept") {
    auto clock = testing::manual_clock::create();
    s3::detail::express_sessions all{[](std::string) -> awaitable<aws::credentials> { co_return aws::credentials{}; }, clock,
                                     make_seeded_random(1)};
    const auto who = std::make_shared<const aws::credentials>("AKID", "HUSH");
    const auto name = [](std::size_t i) { return "b" + std::to_string(i); };
    std::vector<aws::provider_ptr> made;
    for (std::size_t i = 0; i < all.limit; ++i) made.push_back(all.of(name(i), who));
    CHECK(all.of(name(0), std::make_shared<const aws::credentials>("AKID", "HUSH")) == made[0]); // the same keys
    all.of(name(100), who);
    CHECK(all.size() == all.limit);
    CHECK(all.of(name(0), who) == made[0]);
    CHECK(all.of(name(2), who) == made[2]);
    CHECK(all.of(name(1), who) != made[1]); // it was the oldest
    CHECK(all.of(name(0), std::make_shared<const aws::credentials>("AKID", "OTHER")) != made[0]);
}

TEST_CASE("express: a session is renewed ahead of its end") {
    express_world w{{session("S1"), ok, ok, session("S2", "2026-01-01T00:10:00Z"), ok}};
    auto client = w.client();
    w.run(client.head(object));
    w.clock->advance(4min + 10s); // 50 s are left
    w.run(client.head(object));
    w.clock->advance(15s); // less than 36, whatever the jitter
    w.run(client.head(object));
    CHECK(w.story() == lines{"GET /?session= AKID", "HEAD /k S1", "HEAD /k S1", "GET /?session= AKID", "HEAD /k S2"});
}

TEST_CASE("express: while a session is still good, that it cannot be renewed is nobody's failure") {
    express_world w{{session("S1"), ok, refusal(403, "AccessDenied"), ok, refusal(403, "AccessDenied")}};
    auto client = w.client();
    w.run(client.head(object));
    w.clock->advance(4min + 25s);
    w.run(client.head(object));
    w.clock->advance(1min);
    const auto late = w.run(as_result(client.head(object)));
    REQUIRE(late.has_error());
    CHECK(late.error().code() == errc::access_denied);
    CHECK(w.how->requests.size() == 5);
}

TEST_CASE("express: a session that the store ended is renewed once, without a wait") {
    for (const auto& refused : {expired, document(400, "", "x-amz-request-id: r\r\n")}) {
        express_world w{{session("S1"), refused, session("S2"), ok}};
        const auto start = w.clock->now();
        w.run(w.client().head(object));
        CHECK(w.story() == lines{"GET /?session= AKID", "HEAD /k S1", "GET /?session= AKID", "HEAD /k S2"});
        CHECK(w.clock->now() - start < 10ms);
    }
    express_world again{{session("S1"), expired, session("SESSION2"), expired, ok}};
    const auto r = again.run(as_result(again.client().get(object)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::expired_token);
    CHECK(again.how->requests.size() == 4);
    CHECK(r.error().detail().credential_source == "session of the directory bucket (...ION2)");
    CHECK(r.error().message().find("HUSH") == std::string::npos);
}

TEST_CASE("express: the body of an upload is sent again by the new session") {
    const std::string body(300'000, 'b');
    express_world w{{session("S1"), expired, session("S2"), ok}};
    w.run(w.client().put(object, body));
    for (const std::size_t i : {1, 3}) CHECK(w.how->requests.at(i).ends_with(body));
}

TEST_CASE("express: no session, no request on the object; the story says what is missing") {
    express_world w{{refusal(403, "AccessDenied"), ok}};
    const auto r = w.run(as_result(w.client().get(object)));
    REQUIRE(r.has_error());
    const auto& f = r.error();
    CHECK(f.code() == errc::access_denied);
    CHECK(f.detail().operation == "get object");
    CHECK(f.detail().key == "k");
    CHECK(f.message().find("no session with the directory bucket") != std::string::npos);
    CHECK(f.detail().hint.find("must allow s3express:CreateSession") != std::string::npos);
    CHECK(f.detail().attempts.size() == 1);
    CHECK(f.detail().credential_source == "static (...AKID)");
    CHECK(f.message().find("HUSH") == std::string::npos);
    CHECK(w.story() == lines{"GET /?session= AKID"});
}

TEST_CASE("express: what fails for the time is tried again for sessions, too") {
    express_world w{{refusal(503, "SlowDown"), say::nothing(), session(), ok}};
    w.run(w.client().head(object));
    CHECK(w.how->requests.size() == 4);
}

TEST_CASE("express: an answer that is no session is told, without what it holds") {
    const auto whole = session_document("SESSION1", "2026-01-01T00:05:00Z");
    const auto without = [&whole](const std::string& name) {
        auto text = whole;
        const auto from = text.find("<" + name + ">"), to = text.find("</" + name + ">");
        return text.erase(from, to + name.size() + 3 - from);
    };
    for (const auto& body : {without("SessionToken"), without("SecretAccessKey"), without("AccessKeyId"),
                             without("Expiration"), session_document("S", "soon"), std::string{"HUSHTOKEN"},
                             std::string{"<HUSH/>"}.replace(1, 4, "Other"), whole.substr(0, whole.size() - 40), std::string{}}) {
        CAPTURE(body);
        express_world w{{document(200, body)}};
        const auto r = w.run(as_result(w.client().get(object)));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == condition::malformed);
        CHECK(r.error().message().find("HUSH") == std::string::npos);
    }
    express_world past{{session("S", "2025-12-31T23:59:00Z")}};
    const auto r = past.run(as_result(past.client().get(object)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::invalid_credentials);
}

TEST_CASE("express: a store that repeats tokens is not quoted") {
    const auto echo = [](std::string_view code, std::string_view text) {
        return document(403, "<Error><Code>" + std::string{code} + "</Code><Message>you sent " + std::string{text} + "</Message></Error>",
                        "x-amz-request-id: " + std::string{text} + "\r\n");
    };
    express_world w{{echo("AccessDenied", "HUSHIAM"), session(), echo("HUSHTOKEN", "HUSHTOKEN")}};
    auto client = w.client();
    for (int i = 0; i < 2; ++i) {
        const auto r = w.run(as_result(client.get(object)));
        REQUIRE(r.has_error());
        CAPTURE(r.error().message());
        CHECK(r.error().message().find("HUSH") == std::string::npos);
        CHECK(r.error().code() == errc::access_denied);
        CHECK(r.error().detail().request_id == "(not shown)");
        CHECK(r.error().detail().attempts.back().service_code.find("HUSH") == std::string::npos);
    }
}

TEST_CASE("express: a clock that is wrong shortens no session") {
    // The store's clock is two hours behind ours.
    const auto skewed = document(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", "Date: Wed, 31 Dec 2025 22:00:00 GMT\r\n");
    express_world w{{skewed, session("S1", "2025-12-31T22:05:00Z"), ok, ok}};
    auto client = w.client();
    w.run(client.head(object));
    w.clock->advance(4min);
    w.run(client.head(object));
    CHECK(w.story() == lines{"GET /?session= AKID", "GET /?session= AKID", "HEAD /k S1", "HEAD /k S1"});
    CHECK(w.sent(2, "x-amz-date: 20251231T22"));
}

TEST_CASE("express: a session may end when the clock does, and the clock be wrong") {
    const auto skewed = document(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n");
    express_world w{{skewed, session("SESSION1", "2262-04-01T00:00:00Z"), ok}};
    auto client = w.client();
    w.run(client.head(object));
    CHECK(w.story().back() == "HEAD /k SESSION1");
}

TEST_CASE("express: without sessions, where the environment says so, and for nobody") {
    express_world w{{ok}};
    w.options.environment(aws::environment{{{"AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "true"}}});
    w.run(w.client().head(object));
    CHECK(w.story() == lines{"HEAD /k AKID"});
    CHECK(w.sent(0, "/us-east-1/s3express/aws4_request"));
    CHECK(w.sent(0, "x-amz-security-token: HUSHIAM"));

    express_world anonymous{{ok}};
    anonymous.options.anonymous();
    anonymous.run(anonymous.client().head(object));
    CHECK(anonymous.story() == lines{"HEAD /k nobody"});
}

TEST_CASE("express: a link is signed by the session") {
    express_world w{{session("S1")}};
    const auto url = w.run(w.client().presign(object, 1min));
    CHECK(url.starts_with("https://logs--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com/k?"));
    CHECK(url.find("X-Amz-S3session-Token=HUSHTOKEN") != std::string::npos);
    CHECK(url.find("X-Amz-Credential=S1%2F20260101%2Fus-east-1%2Fs3express%2Faws4_request") != std::string::npos);
    CHECK(url.find("X-Amz-Security-Token") == std::string::npos);
}

TEST_CASE("express: callers at once share one session") {
    express_world w{{session("S1"), ok, ok, ok}};
    auto client = w.client();
    int done = 0;
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(w.io, client.head(object), [&done](std::exception_ptr e, const auto&) { done += e == nullptr; });
    testing::run_simulated(w.io, *w.clock);
    CHECK(done == 3);
    CHECK(w.story() == lines{"GET /?session= AKID", "HEAD /k S1", "HEAD /k S1", "HEAD /k S1"});
}

TEST_CASE("express: a batch delete is guarded without MD5") {
    express_world w{{session("S1"), document(200, "<DeleteResult><Deleted><Key>k</Key></Deleted></DeleteResult>")}};
    w.run(w.client().remove(bucket, {s3::object_identifier{"k"}}));
    CHECK(w.sent(1, "x-amz-checksum-crc32: "));
    CHECK_FALSE(w.sent(1, "Content-MD5"));
}

} // namespace client_express_test
