// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/detail/request_observation.hpp>
#include <penstock/s3/request_observer.hpp>
#include <penstock/s3/tenant.hpp>

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>

namespace request_observer_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const char* const ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nx-amz-request-id: R1\r\nContent-Length: 4\r\n\r\nbody";
const char* const busy = "HTTP/1.1 503 Slow Down\r\nContent-Length: 36\r\n\r\n<Error><Code>SlowDown</Code></Error>";

/// What a span was told, kept after its end.
struct record {
    std::string name;
    std::map<std::string, std::string> attributes;
    std::vector<std::string> events;
    std::string failure;
    std::shared_ptr<const void> parent;
    bool ended = false;
    bool child = false;
    duration took{};
    s3::span_time began;
};

std::string text_of(const s3::span_value& v) {
    if (const auto* s = std::get_if<std::string_view>(&v)) return std::string{*s};
    if (const auto* n = std::get_if<std::int64_t>(&v)) return std::to_string(*n);
    return std::get<bool>(v) ? "true" : "false";
}

struct memory final : s3::request_observer {
    struct span final : s3::request_span {
        span(memory& m, const s3::span_start& start, bool child) : all{m}, at{m.spans.size()} {
            record r;
            r.name = start.name;
            r.parent = start.parent;
            r.child = child;
            r.began = start.at;
            for (const auto& a : start.attributes) r.attributes[std::string{a.name}] = text_of(a.value);
            m.spans.push_back(std::move(r));
        }
        std::unique_ptr<s3::request_span> child(const s3::span_start& start) override {
            all.maybe_throw();
            return std::make_unique<span>(all, start, true);
        }
        void attribute(const s3::span_attribute& a) override {
            all.maybe_throw();
            all.spans[at].attributes[std::string{a.name}] = text_of(a.value);
        }
        void event(std::string_view name, const s3::span_time&, std::span<const s3::span_attribute> with) override {
            std::string line{name};
            for (const auto& a : with) line += " " + std::string{a.name} + "=" + text_of(a.value);
            all.spans[at].events.push_back(line);
            all.maybe_throw();
        }
        void inject(http::header_list& headers) override {
            headers.add("traceparent", "00-1-" + std::to_string(at) + "-01");
            headers.add("x-amz-trace", "1");
            headers.add("Host", "elsewhere");
            headers.add("Authorization", "mine");
            all.maybe_throw();
        }
        void end(const s3::span_time& t, std::string_view failure) override {
            all.spans[at].ended = true;
            all.spans[at].failure = failure;
            all.spans[at].took = t.steady - all.spans[at].began.steady;
            all.maybe_throw();
        }
        memory& all;
        std::size_t at;
    };

    std::unique_ptr<s3::request_span> start(const s3::span_start& s) override {
        if (blind) return nullptr;
        return std::make_unique<span>(*this, s, false);
    }
    void advise(std::string_view text) override {
        advice.emplace_back(text);
        maybe_throw();
    }
    void maybe_throw() const {
        if (throws) throw std::runtime_error{"a hook that fails"};
    }

    std::vector<record> spans;
    std::vector<std::string> advice;
    bool throws = false, blind = false;
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

struct observed : world {
    explicit observed(std::vector<say> script) : world{std::move(script)} { options.observer(seen); }
    std::shared_ptr<memory> seen = std::make_shared<memory>();
};

TEST_CASE("a call is a span with its attempts beneath it, as the semantic conventions name things") {
    observed w{{busy, ok}};
    const auto context = std::make_shared<int>(7);
    REQUIRE(w.get(s3::get_object_options{}.label("query 7").trace_parent(context)).has_value());
    REQUIRE(w.seen->spans.size() == 3);
    const auto& call = w.seen->spans[0];
    CHECK(call.name == "S3.GetObject");
    CHECK(call.attributes == std::map<std::string, std::string>{{"rpc.system", "aws-api"}, {"rpc.service", "S3"},
                                                               {"rpc.method", "GetObject"}, {"aws.s3.bucket", "b"},
                                                               {"aws.s3.key", "k"}, {"penstock.label", "query 7"}});
    CHECK(call.parent == context);
    CHECK(call.ended);
    CHECK(call.failure == "");
    REQUIRE(call.events.size() == 1);
    CHECK(has(call.events[0], "retry penstock.delay_ms="));
    const auto& first = w.seen->spans[1];
    CHECK(first.child);
    CHECK(first.name == "GET");
    CHECK(first.attributes.at("http.request.method") == "GET");
    CHECK(first.attributes.at("http.response.status_code") == "503");
    CHECK(first.attributes.at("error.type") == "SlowDown");
    CHECK(first.attributes.at("server.address") == "store");
    CHECK(first.attributes.at("server.port") == "80");
    CHECK_FALSE(first.attributes.contains("http.request.resend_count"));
    CHECK(first.failure != "");
    const auto& second = w.seen->spans[2];
    CHECK(second.attributes.at("http.request.resend_count") == "1");
    CHECK(second.attributes.at("aws.request_id") == "R1");
    CHECK(second.attributes.at("penstock.label") == "query 7");
    CHECK(second.ended);
    CHECK(call.took >= first.took + second.took);
}

TEST_CASE("a tenant's label is in all spans of his calls, whatever these are labelled, and in nobody else's") {
    observed w{{say{ok}.keep(), say{ok}.keep()}};
    auto client = w.client();
    auto tenant = s3::make_tenant(client, s3::tenant_options{}.label("team a"));
    w.run(tenant.get("s3://b/k", s3::get_object_options{}.label("query 7")));
    w.run(client.get("s3://b/k"));
    REQUIRE(w.seen->spans.size() == 4);
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(w.seen->spans[i].attributes.at("penstock.tenant") == "team a");
        CHECK(w.seen->spans[i].attributes.at("penstock.label") == "query 7");
    }
    for (std::size_t i = 2; i < 4; ++i) CHECK_FALSE(w.seen->spans[i].attributes.contains("penstock.tenant"));
}

TEST_CASE("what a span sends along reaches the store, signed where it is AWS's; fields of the client's own stay its own") {
    observed w{{ok}};
    REQUIRE(w.get().has_value());
    const auto& sent = w.how->requests.at(0);
    CHECK(has(sent, "\r\ntraceparent: 00-1-1-01\r\n"));
    CHECK(has(sent, ";x-amz-trace,"));
    CHECK(has(sent, "\r\nHost: store\r\n"));
    CHECK_FALSE(has(sent, "elsewhere"));
    CHECK_FALSE(has(sent, "Authorization: mine"));
}

TEST_CASE("failures and calls that are given up end their spans") {
    observed w{{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", say{""}.keep()}};
    CHECK(w.get().has_error());
    REQUIRE(w.seen->spans.size() == 2);
    CHECK(w.seen->spans[0].attributes.at("error.type") == "not_found");
    CHECK(w.seen->spans[0].failure == "no such object");
    auto cut = with_timeout(w.client().get("s3://b/k"), 1s, w.clock);
    CHECK(w.run(as_result(std::move(cut))).has_error());
    REQUIRE(w.seen->spans.size() == 4);
    for (std::size_t i = 2; i < 4; ++i) {
        CHECK(w.seen->spans[i].ended);
        CHECK(w.seen->spans[i].failure == "cancelled");
        CHECK(w.seen->spans[i].took == 1s);
    }
}

TEST_CASE("no span tells a token that the store repeats") {
    const std::string document = "<Error><Code>TOKEN-OF-MINE</Code></Error>";
    observed w{{"HTTP/1.1 400 Bad Request\r\nContent-Length: " + std::to_string(document.size()) + "\r\n\r\n" + document}};
    w.options.credentials("AKID", "HUSH", "TOKEN-OF-MINE");
    CHECK(w.get().has_error());
    REQUIRE(w.seen->spans.size() == 2);
    for (const auto& span : w.seen->spans) CHECK(span.attributes.at("error.type") == "(not shown)");
}

TEST_CASE("spans get the store's words without secrets, bounded and clean") {
    const std::string key(32, 'k');
    const auto secret = s3::customer_key{as_bytes(key)};
    const auto answer = [](std::string id, std::string other, std::string code) {
        const auto document = "<Error><Code>" + code + "</Code></Error>";
        return "HTTP/1.1 400 Bad Request\r\nx-amz-request-id: " + id + "\r\nx-amz-id-2: " + other +
               "\r\nContent-Length: " + std::to_string(document.size()) + "\r\n\r\n" + document;
    };
    const std::string long_text(5000, 'x');
    observed w{{answer("of TOKEN-OF-MINE", secret.secret(), "E"), answer(long_text, "a\xc2\x9b""b", long_text)}};
    w.options.credentials("AKID", "HUSH", "TOKEN-OF-MINE").customer_keys_without_tls(true);
    const auto asked = s3::get_object_options{}.customer_key(secret);
    CHECK(w.get(asked).has_error());
    CHECK(w.get(asked).has_error());
    REQUIRE(w.seen->spans.size() == 4);
    const auto& first = w.seen->spans[1].attributes;
    CHECK(first.at("aws.request_id") == "(not shown)");
    CHECK(first.at("aws.extended_request_id") == "(not shown)");
    const auto& second = w.seen->spans[3].attributes;
    CHECK(second.at("aws.request_id").size() == 256 + 3);
    CHECK(second.at("aws.extended_request_id") == "a\\xc2\\x9bb");
    for (const std::size_t i : {2, 3}) CHECK(w.seen->spans[i].attributes.at("error.type").size() == 128 + 3);
}

TEST_CASE("hooks that throw, and observers that do not look, change nothing") {
    observed w{{busy, ok, ok}};
    w.seen->throws = true;
    CHECK(w.get().has_value());
    CHECK(w.how->requests.size() == 2);
    w.seen->throws = false;
    w.seen->blind = true;
    CHECK(w.get().has_value());
}

TEST_CASE("credentials that are renewed in the middle are an event") {
    observed w{{"HTTP/1.1 403 Forbidden\r\nContent-Length: 40\r\n\r\n<Error><Code>ExpiredToken</Code></Error>", ok}};
    int calls = 0;
    w.options.credentials(aws::make_caller_credentials_provider([&calls]() -> awaitable<aws::credentials> {
        aws::credentials c;
        c.access_key_id = "AKID" + std::to_string(++calls);
        c.secret_access_key = "HUSH";
        co_return c;
    }));
    REQUIRE(w.get().has_value());
    CHECK(w.seen->spans.at(0).events == std::vector<std::string>{"credentials renewed"});
}

TEST_CASE("a bucket in another region is followed, and told once, with what it costs") {
    const std::string moved = "HTTP/1.1 301 Moved\r\nx-amz-bucket-region: eu-west-1\r\nContent-Length: 47\r\n\r\n"
                              "<Error><Code>PermanentRedirect</Code></Error>  ";
    const std::string there = "HTTP/1.1 200 OK\r\nx-amz-bucket-region: eu-west-1\r\nContent-Length: 0\r\n\r\n";
    const std::string here = "HTTP/1.1 200 OK\r\nx-amz-bucket-region: us-east-1\r\nContent-Length: 0\r\n\r\n";
    observed w{{say{moved}, ok, there, here}};
    auto client = w.client();
    CHECK(w.run(client.get("s3://b/k")).body == "body");
    CHECK(w.seen->spans.at(0).events ==
          std::vector<std::string>{"redirect cloud.region=eu-west-1", "cross region cloud.region=eu-west-1"});
    w.run(client.head_bucket("b"));
    w.run(client.head_bucket("near"));
    REQUIRE(w.seen->advice.size() == 1);
    CHECK(has(w.seen->advice[0], "bucket 'b' is in region eu-west-1, this client in us-east-1"));
    CHECK(has(w.seen->advice[0], "charged"));
    CHECK(client.statistics().cross_region_buckets == 1);
    CHECK(value_of(client.metrics()->collect(), "penstock_s3_cross_region_buckets_total") == 1);
}

TEST_CASE("operations by AWS's names") {
    CHECK(s3::detail::api_name("get object") == "GetObject");
    CHECK(s3::detail::api_name("list objects") == "ListObjectsV2");
    CHECK(s3::detail::api_name("find region") == "HeadBucket");
    CHECK(s3::detail::api_name("complete multipart upload") == "CompleteMultipartUpload");
}

} // namespace request_observer_test
