// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/s3_server.hpp>

#include <penstock/aws/sigv4.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/memory_stream.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The client and the embedded server together: sessions of directory buckets, and regions.
namespace s3_express_test {

using namespace penstock;
using namespace std::chrono_literals;

const std::string bucket = "logs--use1-az4--x-s3";
const std::string object = "s3://" + bucket + "/a/k";

/// Every host is the one server.
class all_hosts final : public http::connector {
  public:
    explicit all_hosts(testing::s3_server& server) : server_{server} {}

    awaitable<http::stream_ptr> connect(http::origin to) override {
        const auto ex = co_await asio::this_coro::executor;
        auto pair = testing::make_memory_streams(ex);
        server_.serve(std::move(pair.server));
        hosts.push_back(to.host);
        co_return http::stream_ptr{std::move(pair.client)};
    }

    std::vector<std::string> hosts;

  private:
    testing::s3_server& server_;
};

struct world {
    explicit world(testing::s3_server_options serving = testing::s3_server_options())
        : server{io.get_executor(), serving.credentials("AKID", "HUSH").clock(clock).random(make_seeded_random(1))} {
        options.connector(how).clock(clock).credentials("AKID", "HUSH").environment(aws::environment{{}});
        options.region("us-east-1").endpoint_url("http://localhost:9");
    }

    s3::client client() { return s3::client{io.get_executor(), options}; }
    template <class T>
    T run(awaitable<T> op) {
        return testing::simulate(io, *clock, std::move(op));
    }
    std::vector<std::string> story() const {
        std::vector<std::string> out;
        for (const auto& r : server.requests()) out.push_back(r.method + " " + r.target + " " + std::to_string(r.status));
        return out;
    }
    std::vector<std::string> list(s3::client& c, s3::list_objects_options how = {}) {
        return run(keys_of(c.list(s3::object_address{"s3://" + bucket + "/"}, std::move(how))));
    }
    static awaitable<std::vector<std::string>> keys_of(s3::object_lister lister) {
        std::vector<std::string> out;
        while (auto page = co_await lister.next())
            for (const auto& o : page->objects) out.push_back(o.key);
        co_return out;
    }

    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create();
    asio::io_context io{1};
    testing::s3_server server;
    std::shared_ptr<all_hosts> how = std::make_shared<all_hosts>(server);
    s3::client_options options;
};

using lines = std::vector<std::string>;

} // namespace s3_express_test

TEST_CASE("express: everything a client does, on one session") {
    using namespace s3_express_test;
    world w;
    auto client = w.client();
    w.run(client.create_bucket(bucket));
    w.run(client.put(object, "hello"));
    CHECK(w.run(client.get(object)).body == "hello");
    w.run(client.copy(object, "s3://" + bucket + "/a/copy"));
    CHECK(w.list(client) == lines{"a/copy", "a/k"});
    w.run(client.remove(bucket, {s3::object_identifier{"a/copy"}}));
    w.run(client.remove(object));
    w.run(client.head_bucket(bucket));
    w.run(client.remove_bucket(bucket));
    std::size_t sessions = 0;
    for (const auto& r : w.server.requests()) sessions += r.target.find("?session") != std::string::npos;
    CHECK(sessions == 1);
}

TEST_CASE("express: sessions end after five minutes, or before; the client goes on") {
    using namespace s3_express_test;
    world w;
    w.server.put(bucket, "a/k", "hello");
    auto client = w.client();
    w.run(client.head(object));
    w.clock->advance(6min);
    w.run(client.head(object));
    CHECK(w.story().size() == 4);

    w.server.forget_requests();
    world early;
    early.server.put(bucket, "a/k", "hello");
    early.server.faults().add(testing::fault_rule{testing::fault::short_session(1min)}.query("session"));
    auto hasty = early.client();
    early.run(hasty.get(object));
    early.clock->advance(90s);
    early.run(hasty.get(object));
    early.clock->advance(90s);
    early.run(hasty.head(object)); // the second session lasts
    const auto get = "GET /" + bucket + "/a/k ";
    CHECK(early.story() == lines{"GET /" + bucket + "?session= 200", get + "200", get + "400", "GET /" + bucket + "?session= 200",
                                 get + "200", "HEAD /" + bucket + "/a/k 200"});
    CHECK(early.server.requests()[0].fault == "short session");
}

TEST_CASE("express: in mid-object the session is renewed, and reading goes on at its byte") {
    using namespace s3_express_test;
    world w;
    const std::string large(300'000, 'l');
    w.server.put(bucket, "a/k", large);
    w.server.faults().add(testing::fault_rule{testing::fault::short_session(1s)}.query("session"));
    w.server.faults().add(testing::fault_rule{testing::fault::stall_at(100'000)}.path("*/k"));
    auto client = w.client();
    CHECK(w.run(client.get(object)).body == large);
    CHECK(w.story().size() == 5);
}

TEST_CASE("express: links work") {
    using namespace s3_express_test;
    world w;
    w.server.put(bucket, "a/k", "hello");
    const auto url = w.run(w.client().presign(object, 1min));
    testing::s3_request plain{"GET", url.substr(url.find("/", 8))};
    plain.headers.add("Host", "localhost:9");
    const auto fetch = [&] { return w.server.service().start(plain)->finish().status; };
    CHECK(fetch() == 200);
    w.clock->advance(5min);
    CHECK(fetch() == 400); // not even while the link itself is good
}

TEST_CASE("express: what a session may not") {
    using namespace s3_express_test;
    world w;
    w.server.put(bucket, "a/k", "hello");
    w.server.put("other--use1-az4--x-s3", "k", "x");
    const aws::credentials iam{"AKID", "HUSH"};
    const auto send = [&](std::string method, std::string path, std::string query, const aws::credentials& who,
                          aws::token_name token, http::header_list more = {}) {
        http::request r;
        r.method = method;
        r.path = path;
        r.query = query;
        r.headers.add("Host", "localhost");
        for (std::size_t i = 0; i < more.size(); ++i) r.headers.add(more[i].name, more[i].value);
        aws::signer signer{"us-east-1", path.find("--x-s3") == std::string::npos ? "s3" : "s3express", token};
        signer.sign(r, who, w.clock->wall_now(), aws::empty_payload_hash);
        testing::s3_request sent{r.method, r.path + (r.query.empty() ? "" : "?" + r.query)};
        sent.headers = r.headers;
        sent.content_length = 0;
        return w.server.service().start(std::move(sent))->finish();
    };
    using enum aws::token_name;
    const auto open = [&](const char* mode) {
        http::header_list more;
        more.add("x-amz-create-session-mode", mode);
        const auto made = send("GET", "/" + bucket, "session=", iam, security_token, more);
        REQUIRE(made.status == 200);
        const auto text = [&](const std::string& name) {
            const auto from = made.body.find("<" + name + ">") + name.size() + 2;
            return made.body.substr(from, made.body.find('<', from) - from);
        };
        CHECK(text("Expiration") == "2026-01-01T00:05:00.000Z");
        return aws::credentials{text("AccessKeyId"), text("SecretAccessKey"), text("SessionToken")};
    };
    const auto session = open("ReadWrite");
    CHECK(send("GET", "/" + bucket + "/a/k", "", session, s3session_token).status == 200);
    CHECK(send("HEAD", "/" + bucket, "", session, s3session_token).status == 200); // as botocore does
    CHECK(send("GET", "/" + bucket + "/a/k", "", iam, security_token).status == 200);
    CHECK(send("GET", "/" + bucket, "session=", session, s3session_token).code == "AccessDenied");
    CHECK(send("GET", "/other--use1-az4--x-s3/k", "", session, s3session_token).code == "AccessDenied");
    CHECK(send("DELETE", "/" + bucket, "", session, s3session_token).code == "AccessDenied");
    http::header_list copies;
    copies.add("x-amz-copy-source", "/" + bucket + "/a/k");
    CHECK(send("PUT", "/" + bucket + "/a/c", "", session, s3session_token, copies).code == "AccessDenied");
    CHECK(send("PUT", "/" + bucket + "/a/c", "", iam, security_token, copies).status == 200);

    auto forged = session;
    forged.session_token += "x";
    CHECK(send("GET", "/" + bucket + "/a/k", "", forged, s3session_token).code == "InvalidToken");
    CHECK(send("GET", "/" + bucket + "/a/k", "", session, security_token).code == "InvalidToken");
    auto ours = iam;
    ours.session_token = session.session_token;
    CHECK(send("GET", "/" + bucket + "/a/k", "", ours, s3session_token).code == "InvalidToken");
    forged = session;
    forged.secret_access_key = "HUSH";
    CHECK(send("GET", "/" + bucket + "/a/k", "", forged, s3session_token).code == "SignatureDoesNotMatch");

    const auto reader = open("ReadOnly");
    CHECK(send("GET", "/" + bucket + "/a/k", "", reader, s3session_token).status == 200);
    CHECK(send("DELETE", "/" + bucket + "/a/k", "", reader, s3session_token).code == "AccessDenied");

    CHECK(send("GET", "/plain", "session=", iam, security_token).code == "InvalidRequest");
    CHECK(send("GET", "/none--use1-az4--x-s3", "session=", iam, security_token).code == "NoSuchBucket");
    CHECK(send("PUT", "/nozone--x-s3", "", iam, security_token).code == "InvalidBucketName");
    w.clock->advance(5min);
    CHECK(send("GET", "/" + bucket + "/a/k", "", session, s3session_token).code == "ExpiredToken");
}

TEST_CASE("express: lists have rules of their own") {
    using namespace s3_express_test;
    world w;
    w.server.put(bucket, "a/k", "x");
    auto client = w.client();
    const auto refused = [&](s3::list_objects_options how) {
        const auto r = w.run(as_result(world::keys_of(client.list(s3::object_address{"s3://" + bucket + "/"}, std::move(how)))));
        return r.has_error() && r.error().detail().service_code == "NotImplemented";
    };
    using how = s3::list_objects_options;
    CHECK(refused(how().start_after("a")));
    CHECK(refused(how().prefix("a")));
    CHECK(refused(how().delimiter("k")));
    CHECK(w.list(client, how().prefix("a/").delimiter("/")) == lines{"a/k"});
    w.server.put("plain", "k", "x");
    const auto page = w.run(client.list_buckets());
    REQUIRE(page.buckets.size() == 1); // the others are listed by themselves
    CHECK(page.buckets[0].name == "plain");
}

TEST_CASE("regions: a bucket in another region, behind one endpoint") {
    using namespace s3_express_test;
    world w{testing::s3_server_options().bucket_region("far", "eu-west-1")};
    w.server.put("far", "k", "hello");
    w.server.put("near", "k", "hello");
    auto client = w.client();
    CHECK(w.run(client.get("s3://far/k")).body == "hello");
    w.run(client.get("s3://near/k"));
    w.run(client.put("s3://far/k2", std::string(100'000, 'b')));
    CHECK(w.run(client.head_bucket("far")).region == "eu-west-1");
    CHECK(w.story() == lines{"GET /far/k 400", "GET /far/k 200", "GET /near/k 200", "PUT /far/k2 200", "HEAD /far 200"});

    auto another = w.client();
    CHECK(w.run(another.head("s3://far/k")).size == 5); // refused without a word, but in a header
    w.server.forget_requests();
    auto writer = w.client();
    w.run(writer.put("s3://far/k3", std::string(100'000, 'b')));
    CHECK(w.story() == lines{"PUT /far/k3 400", "PUT /far/k3 200"});
}

namespace s3_express_test {

testing::s3_server_options like_aws() {
    testing::s3_server_options o;
    o.base_domain("s3.us-east-1.amazonaws.com", "us-east-1").base_domain("s3.eu-west-1.amazonaws.com", "eu-west-1");
    return o.bucket_region("far-bucket", "eu-west-1");
}

} // namespace s3_express_test

TEST_CASE("regions: on endpoints of regions, by name") {
    using namespace s3_express_test;
    world w{like_aws()};
    w.server.put("far-bucket", "k", "hello");
    w.options.endpoint_url("");
    auto client = w.client();
    w.run(client.get("s3://far-bucket/k"));
    w.run(client.get("s3://far-bucket/k"));
    CHECK(w.story() == lines{"GET /k 301", "GET /k 200", "GET /k 200"});
    CHECK(w.how->hosts == lines{"far-bucket.s3.us-east-1.amazonaws.com", "far-bucket.s3.eu-west-1.amazonaws.com"});
}

TEST_CASE("regions: found where nobody names one") {
    using namespace s3_express_test;
    world w{like_aws()};
    w.server.put("far-bucket", "k", "hello");
    w.server.put("near-bucket", "k", "hello");
    w.options.endpoint_url("").region("");
    auto client = w.client();
    CHECK(w.run(client.head("s3://far-bucket/k")).size == 5);
    CHECK(w.run(client.head("s3://near-bucket/k")).size == 5);
    CHECK(w.story() == lines{"HEAD / 301", "HEAD /k 200", "HEAD / 403", "HEAD /k 200"});
    CHECK(w.server.requests()[0].headers["authorization"].empty());
}
