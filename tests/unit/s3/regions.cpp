// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/detail/bucket_endpoints.hpp>

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <memory>

namespace client_regions_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

std::string answer(int status, std::string_view headers = "", std::string_view body = "") {
    return "HTTP/1.1 " + std::to_string(status) + " S\r\n" + std::string{headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}
std::string in_header(std::string_view region) { return "x-amz-bucket-region: " + std::string{region} + "\r\n"; }
std::string error_text(std::string_view code, std::string_view more = "") {
    return "<Error><Code>" + std::string{code} + "</Code><Message>m</Message>" + std::string{more} + "</Error>";
}
const std::string redirected = answer(301, in_header("eu-west-1"), error_text("PermanentRedirect"));
const std::string malformed = answer(400, "", error_text("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
const std::string illegal = answer(400, "", error_text("IllegalLocationConstraintException"));

using lines = std::vector<std::string>;

/// A client on AWS.
struct aws_world : world {
    explicit aws_world(std::vector<say> script) : world{std::move(script)} {
        options.endpoint_url("").path_style(false);
    }
    result<std::string> get() {
        auto got = run(as_result(client().get("s3://lake/k")));
        if (!got) return got.error();
        return std::move(got->body);
    }
    /// "GET lake.s3.us-east-1.amazonaws.com us-east-1", one a request: where it went, and the region it was signed for.
    lines story() const {
        lines out;
        for (const auto& r : how->requests) {
            const auto host = r.find("\r\nHost: ") + 8;
            auto line = r.substr(0, r.find(' ')) + " " + r.substr(host, r.find('\r', host) - host);
            auto scope = r.find("Credential=AKID/");
            if (scope == r.npos) {
                line += " unsigned";
            } else {
                scope += 16 + 9;
                line += " " + r.substr(scope, r.find('/', scope) - scope);
            }
            out.push_back(line);
        }
        return out;
    }
};
const std::string here = " lake.s3.us-east-1.amazonaws.com us-east-1", there = " lake.s3.eu-west-1.amazonaws.com eu-west-1";
const std::string asked = "HEAD lake.s3.us-east-1.amazonaws.com unsigned";

failure failed(const result<std::string>& r) {
    REQUIRE(r.has_error());
    CHECK(r.error().message().find("HUSH") == std::string::npos);
    return r.error();
}

TEST_CASE("regions: a wrong one is left once, at once, and for good") {
    const auto moved = answer(302, in_header("eu-west-1"));
    const auto temporary = answer(307, in_header("eu-west-1") + "Location: https://elsewhere.example/k\r\n",
                                  error_text("TemporaryRedirect"));
    const auto opt_in = answer(400, in_header("eu-west-1"), error_text("IllegalLocationConstraintException"));
    const auto in_document = answer(301, "", error_text("PermanentRedirect", "<Region>eu-west-1</Region>"));
    for (const auto& refused : {redirected, moved, temporary, malformed, opt_in, in_document}) {
        CAPTURE(refused);
        aws_world w{{refused, ok, ok}};
        auto client = w.client();
        const auto start = w.clock->now();
        w.run(client.get("s3://lake/k"));
        CHECK(w.clock->now() - start < 10ms);
        CHECK(client.statistics().retries == 0);
        w.run(client.get("s3://lake/k"));
        CHECK(w.story() == lines{"GET" + here, "GET" + there, "GET" + there});
    }
}

TEST_CASE("regions: a redirect is no attempt") {
    aws_world w{{redirected, ok}};
    w.options.retry(aws::retry_options::preset("none"));
    w.run(w.client().get("s3://lake/k"));
    aws_world more{{answer(503), redirected, answer(503), ok}};
    more.run(more.client().get("s3://lake/k"));
    CHECK(more.how->requests.size() == 4);
}

TEST_CASE("regions: where the answer does not say it, the bucket is asked, by nobody") {
    for (const auto& refused : {illegal, answer(301), answer(301, "", error_text("PermanentRedirect"))}) {
        for (const auto& told : {answer(403, in_header("eu-west-1")), answer(301, in_header("eu-west-1")),
                                 answer(200, in_header("eu-west-1"))}) {
            aws_world w{{refused, told, ok}};
            w.run(w.client().get("s3://lake/k"));
            CHECK(w.story() == lines{"GET" + here, asked, "GET" + there});
        }
    }
    aws_world list{{answer(301), answer(403, in_header("eu-west-1")), answer(200, "", "<ListBucketResult/>")}};
    list.run(list.client().list("s3://lake/").next());
    CHECK(list.story() == lines{"GET" + here, asked, "GET" + there});
    for (const auto& silent : std::vector<say>{answer(403), answer(503), say::nothing(), answer(404)}) {
        aws_world w{{answer(301), silent, ok}};
        const auto f = failed(w.get());
        CHECK(f.code() == errc::wrong_region);
        CHECK(f.detail().hint == "set the region of the bucket");
        CHECK(w.how->requests.size() == 2); // not tried again
    }
}

TEST_CASE("regions: a HEAD is refused without a word") {
    for (const auto& refused : {answer(400, in_header("eu-west-1")), answer(301, in_header("eu-west-1"))}) {
        aws_world w{{refused, ok}};
        w.run(w.client().head("s3://lake/k"));
        CHECK(w.story() == lines{"HEAD" + here, "HEAD" + there});
        aws_world of_bucket{{refused, ok}};
        of_bucket.run(of_bucket.client().head_bucket("lake"));
        CHECK(of_bucket.story() == lines{"HEAD" + here, "HEAD" + there});
    }
    for (const auto& refused : {answer(400), answer(301)}) {
        aws_world w{{refused, answer(403, in_header("eu-west-1")), ok}};
        w.run(w.client().head("s3://lake/k"));
        CHECK(w.story() == lines{"HEAD" + here, asked, "HEAD" + there});
        // A HEAD on the bucket has said what there is to say.
        aws_world of_bucket{{refused, ok}};
        CHECK_THROWS_AS(of_bucket.run(of_bucket.client().head_bucket("lake")), error);
        CHECK(of_bucket.how->requests.size() == 1);
    }
}

TEST_CASE("regions: a HEAD that is refused for another reason is told as it is; the region is asked for once") {
    aws_world w{{answer(400), answer(403, in_header("us-east-1")), answer(400)}};
    auto client = w.client();
    for (int i = 0; i < 2; ++i) {
        const auto r = w.run(as_result(client.head("s3://lake/k")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::invalid_request);
    }
    CHECK(w.story() == lines{"HEAD" + here, asked, "HEAD" + here});

    aws_world told{{answer(400, in_header("us-east-1")), ok}};
    CHECK_THROWS_AS(told.run(told.client().head("s3://lake/k")), error);
    CHECK(told.how->requests.size() == 1);
}

TEST_CASE("regions: there is no second redirect, and no circle") {
    aws_world w{{redirected, answer(301, in_header("ap-south-1")), ok}};
    auto f = failed(w.get());
    CHECK(f.code() == errc::wrong_region);
    CHECK(f.detail().region == "ap-south-1");
    CHECK(f.detail().hint == "set the region to 'ap-south-1'");
    CHECK(f.message().find("region 'eu-west-1' first, and then to 'ap-south-1'") != std::string::npos);
    CHECK(f.detail().attempts.size() == 2);
    CHECK(w.how->requests.size() == 2);

    aws_world same{{answer(307, in_header("us-east-1")), ok}};
    f = failed(same.get());
    CHECK(f.code() == errc::wrong_region);
    CHECK(same.how->requests.size() == 1);

    aws_world unsaid{{redirected, answer(301), ok}};
    f = failed(unsaid.get());
    CHECK(f.code() == errc::wrong_region);
    CHECK(unsaid.how->requests.size() == 2); // not even asked for
}

TEST_CASE("regions: what is remembered may be wrong, too") {
    aws_world w{{redirected, ok, answer(301, in_header("us-east-1")), ok}};
    auto client = w.client();
    w.run(client.get("s3://lake/k"));
    w.run(client.get("s3://lake/k"));
    CHECK(w.story() == lines{"GET" + here, "GET" + there, "GET" + there, "GET" + here});
}

TEST_CASE("regions: an ARN says its own") {
    for (const auto& refused : {redirected, malformed, illegal}) {
        aws_world w{{refused, ok}};
        const auto r = w.run(as_result(w.client().get("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/point/k")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::wrong_region);
        CHECK(w.how->requests.size() == 1);
    }
}

TEST_CASE("regions: a bucket is made where the client is, or not at all") {
    for (const auto& refused : {illegal, malformed, redirected}) {
        aws_world w{{refused, ok}};
        const auto r = w.run(as_result(w.client().create_bucket("lake")));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::wrong_region);
        CHECK(w.how->requests.size() == 1);
    }

    // Nor is what an earlier bucket of that name said of any use.
    aws_world again{{redirected, ok, ok, ok}};
    auto client = again.client();
    again.run(client.get("s3://lake/k"));
    again.run(client.create_bucket("lake"));
    again.run(client.get("s3://lake/k"));
    CHECK(again.story() == lines{"GET" + here, "GET" + there, "PUT" + here, "GET" + here});
}

TEST_CASE("regions: a bucket is removed where it is") {
    aws_world w{{redirected, ok, answer(204)}};
    auto client = w.client();
    w.run(client.get("s3://lake/k"));
    w.run(client.remove_bucket("lake"));
    CHECK(w.story().back() == "DELETE" + there);
}

TEST_CASE("regions: a custom endpoint stays; the signature changes") {
    for (const auto& refused : {malformed, redirected}) {
        world w{{refused, ok, ok}};
        auto client = w.client();
        w.run(client.get("s3://lake/k"));
        w.run(client.get("s3://lake/k"));
        for (const auto& host : w.how->hosts) CHECK(host == "http://store");
        REQUIRE(w.how->requests.size() == 3);
        CHECK(w.how->requests[0].find("/us-east-1/s3/") != std::string::npos);
        CHECK(w.how->requests[1].find("/eu-west-1/s3/") != std::string::npos);
        CHECK(w.how->requests[2].find("/eu-west-1/s3/") != std::string::npos);
    }
}

TEST_CASE("regions: an endpoint of one region cannot be left") {
    world w{{malformed, ok}};
    w.options.endpoint_url("https://s3.us-east-1.store.example");
    const auto f = failed(w.get());
    CHECK(f.code() == errc::wrong_region);
    CHECK(f.detail().region == "eu-west-1");
    CHECK(f.detail().hint == "set the region to 'eu-west-1', and the endpoint to that region's");
    CHECK(w.how->requests.size() == 1);
}

TEST_CASE("regions: nobody is sent to what is no region, nor to other people's") {
    for (const auto* region : {"evil.example/", "a b", "EU-WEST-1", "-", "x@y"}) {
        aws_world w{{answer(301, in_header(region)), ok}};
        const auto f = failed(w.get());
        CHECK(f.code() == errc::wrong_region);
        CHECK(w.how->requests.size() == 1);
    }
    aws_world w{{answer(301, in_header("cn-north-1")), ok}};
    const auto f = failed(w.get());
    CHECK(f.detail().hint == "set the region to 'cn-north-1', and credentials of partition aws-cn");
    CHECK(w.how->requests.size() == 1);
}

TEST_CASE("regions: no redirect is a success, whatever it says") {
    for (const int status : {300, 301, 302, 303, 305, 307, 308}) {
        CAPTURE(status);
        aws_world w{{answer(status, "ETag: \"e\"\r\nLocation: https://lake.s3.eu-west-1.amazonaws.com/k\r\n", "body"), say::nothing()}};
        CHECK(failed(w.get()).code() == errc::wrong_region);
        for (const auto& host : w.how->hosts) CHECK(host == "https://lake.s3.us-east-1.amazonaws.com");
    }
}

TEST_CASE("regions: a body that was sent is sent again, whole") {
    const std::string body(300'000, 'b'), large(2'000'000, 'l');
    aws_world w{{redirected, ok}};
    w.run(w.client().put("s3://lake/k", body));
    for (const auto& r : w.how->requests) CHECK(r.ends_with(body));
    aws_world announced{{say{redirected}.early(), say{"HTTP/1.1 100 Continue\r\n\r\n" + ok}}};
    announced.run(announced.client().put("s3://lake/k", large));
    CHECK(announced.how->requests.at(1).ends_with(large));
}

// ---- nobody said the region

struct unsaid_world : aws_world {
    explicit unsaid_world(std::vector<say> script) : aws_world{std::move(script)} { options.region(""); }
};

TEST_CASE("regions: found for the bucket where nobody says one") {
    const auto is_there = answer(301, in_header("eu-west-1"));
    unsaid_world w{{is_there, ok, ok, answer(403, in_header("us-east-1")), ok}};
    auto client = w.client();
    w.run(client.get("s3://lake/k"));
    w.run(client.get("s3://lake/k"));
    w.run(client.get("s3://pond/k"));
    CHECK(w.story() == lines{asked, "GET" + there, "GET" + there, "HEAD pond.s3.us-east-1.amazonaws.com unsigned",
                             "GET pond.s3.us-east-1.amazonaws.com us-east-1"});

    unsaid_world link{{is_there}};
    CHECK(link.run(link.client().presign("s3://lake/k", 1min)).starts_with("https://lake.s3.eu-west-1.amazonaws.com/k?"));
}

TEST_CASE("regions: not asked for where somebody says one, or there is an endpoint, or no bucket yet") {
    aws_world by_option{{ok}};
    by_option.run(by_option.client().get("s3://lake/k"));
    CHECK(by_option.story() == lines{"GET" + here});
    unsaid_world by_environment{{ok}};
    by_environment.options.environment(aws::environment{{{"AWS_REGION", "eu-west-1"}}});
    by_environment.run(by_environment.client().get("s3://lake/k"));
    CHECK(by_environment.story() == lines{"GET" + there});
    world custom{{ok}};
    custom.options.region("");
    custom.run(custom.client().get("s3://lake/k"));
    CHECK(custom.how->requests.size() == 1);
    unsaid_world others{{ok, answer(200, "", "<ListAllMyBucketsResult/>"), ok}};
    auto client = others.client();
    others.run(client.create_bucket("lake"));
    others.run(client.list_buckets());
    others.run(client.get("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/point/k"));
    CHECK(others.how->requests.size() == 3);
}

TEST_CASE("regions: where it cannot be found, the guess is put right by the answer") {
    for (const auto& unknown : std::vector<say>{answer(404), answer(503), answer(200, in_header("x/y")), say::nothing()}) {
        unsaid_world w{{unknown, redirected, ok, ok}};
        auto client = w.client();
        w.run(client.get("s3://lake/k"));
        w.run(client.get("s3://lake/k"));
        CHECK(w.story() == lines{asked, "GET" + here, "GET" + there, "GET" + there});
    }
}

TEST_CASE("regions: callers at once ask once") {
    unsaid_world w{{answer(301, in_header("eu-west-1")), ok, ok, ok}};
    auto client = w.client();
    int done = 0;
    for (int i = 0; i < 3; ++i)
        asio::co_spawn(w.io, client.head("s3://lake/k"), [&done](std::exception_ptr e, const auto&) { done += e == nullptr; });
    testing::run_simulated(w.io, *w.clock);
    CHECK(done == 3);
    CHECK(w.story() == lines{asked, "HEAD" + there, "HEAD" + there, "HEAD" + there});
}

TEST_CASE("regions: of many buckets, those that were used last are remembered") {
    s3::detail::bucket_endpoints places;
    aws::endpoint_request r;
    r.region = "us-east-1";
    places.settle(aws::make_endpoint_settings(r, aws::environment{{}}));
    const auto name = [](std::size_t i) { return "bucket" + std::to_string(i); };
    for (std::size_t i = 0; i < places.limit; ++i) places.learn(name(i), "eu-west-1");
    CHECK(places.of("x", name(0))->region == "eu-west-1");
    CHECK(places.of("x", "new")->region == "us-east-1");
    CHECK(places.of("x", name(0))->region == "eu-west-1");
    CHECK_FALSE(places.knows(name(1)));
    CHECK(places.of("x", name(1))->region == "us-east-1");
}

} // namespace client_regions_test
