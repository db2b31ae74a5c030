// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/json_spec.hpp>

#include <penstock/core/rate_limiter.hpp>

#include <doctest/doctest.h>

#include <map>

namespace json_spec_test {

using namespace penstock;
using namespace std::chrono_literals;
using variables = std::map<std::string, std::string>;

s3::store_context context(variables env = {}) { return s3::store_context{aws::environment{std::move(env)}}; }

s3::store_spec parsed(std::string_view json, const s3::store_context& in = context()) {
    auto done = s3::parse_json_spec(json, in);
    if (!done) {
        INFO(done.error().message());
        FAIL_CHECK("refused");
        return {};
    }
    return std::move(*done);
}

failure refused(std::string_view json, const s3::store_context& in = context()) {
    const auto done = s3::parse_json_spec(json, in);
    if (done) {
        FAIL_CHECK("taken");
        return {};
    }
    return done.error();
}

/// A spec of bucket "b" with more members.
std::string spec(std::string more) { return R"({"driver":"s3","bucket":"b",)" + std::move(more) + "}"; }

TEST_CASE("JSON spec: what begins with a brace") {
    CHECK(s3::is_json_spec("{}"));
    CHECK(s3::is_json_spec(" \n\t{"));
    for (const auto* text : {"", " ", "s3://b/{k}", "[{}]", "\"{\"", "./{"}) CHECK_FALSE(s3::is_json_spec(text));
    CHECK_THROWS_WITH_AS(s3::object_address{R"({"driver":"s3","bucket":"b"})"}, doctest::Contains("parse_json_spec"), error);
}

TEST_CASE("JSON spec: the documented examples") {
    const auto bucket = parsed(R"({"driver": "s3",
 "bucket": "my-bucket"})");
    CHECK(bucket.address == s3::object_address{"s3://my-bucket"});
    const auto path = parsed(R"({"driver": "s3", "bucket": "my-bucket", "path": "path/to/dataset"})");
    CHECK(path.address == s3::object_address{"my-bucket", "path/to/dataset"});
    CHECK(path.client.endpoint_url().empty());
    CHECK(path.client.region().empty());
    CHECK_FALSE(path.client.credentials());
    CHECK_FALSE(path.client.retry());
    CHECK(path.client.default_retry().max_attempts() == 32);
    CHECK(path.client.default_retry().first_delay() == 1s);
    CHECK(path.client.default_retry().max_delay() == 32s);
    CHECK(path.client.request_concurrency()->limit() == 32);
    CHECK_FALSE(path.copy_concurrency);
    CHECK_FALSE(path.conditional_writes);
}

TEST_CASE("JSON spec: each member") {
    CHECK(parsed(spec(R"("path":"//a/../\u00e9 ")")).address.key == "//a/../\xC3\xA9 ");
    CHECK(parsed(spec(R"("requester_pays":true)")).client.requester_pays());
    CHECK_FALSE(parsed(spec(R"("requester_pays":false)")).client.requester_pays());
    CHECK(parsed(spec(R"("aws_region":"af-south-1")")).client.region() == "af-south-1");
    const auto at = parsed(spec(R"("endpoint":"http://localhost:1234","host_header":"b.localhost")")).client;
    CHECK(at.endpoint_url() == "http://localhost:1234");
    CHECK(at.host_header() == "b.localhost");
    CHECK(parsed(spec(R"("s3_request_concurrency":{"limit":4})")).client.request_concurrency()->limit() == 4);
    CHECK(parsed(spec(R"("s3_request_concurrency":{"limit":"shared"})")).client.request_concurrency()->limit() == 32);
    CHECK(parsed(spec(R"("s3_request_concurrency":{})")).client.request_concurrency()->limit() == 32);
    CHECK(parsed(spec(R"("data_copy_concurrency":{"limit":2})")).copy_concurrency->limit() == 2);
    CHECK(parsed(spec(R"("data_copy_concurrency":{"limit":"shared"})")).copy_concurrency->limit() >= 1);
    CHECK(parsed(spec(R"("context":{})")).address.bucket == "b");

    const auto none = *parsed(spec(R"("s3_request_retries":{})")).client.retry();
    CHECK(none.max_attempts() == 32);
    const auto retry = *parsed(spec(R"("s3_request_retries":{"max_retries":5,"initial_delay":"500ms","max_delay":"2s"})")).client.retry();
    CHECK(retry.max_attempts() == 5); // attempts, in this document
    CHECK(retry.first_delay() == 500ms);
    CHECK(retry.max_delay() == 2s);
    CHECK(retry.with_jitter() == aws::retry_options::jitter::added);
    CHECK(parsed(spec(R"("s3_request_retries":{"max_retries":18446744073709551615})")).client.retry()->max_attempts() > 1000);
    for (const char* none : {"{}", R"({"doubling_time":"0"})"}) {
        const auto unlimited = parsed(spec(R"("experimental_s3_rate_limiter":)" + std::string{none}));
        CHECK_FALSE(unlimited.client.read_rate());
        CHECK_FALSE(unlimited.client.write_rate());
    }
    const auto rates =
        parsed(spec(R"("experimental_s3_rate_limiter":{"read_rate":10,"write_rate":0.5,"doubling_time":"2m"})"));
    CHECK(rates.client.read_rate()->rate({}) == 10);
    CHECK(rates.client.write_rate()->rate({}) == 0.5);
}

TEST_CASE("JSON spec: each kind of credentials") {
    using enum aws::credentials_source;
    const auto with = [](const std::string& json) { return parsed(spec(R"("aws_credentials":)" + json)).client; };
    const auto anonymous = with(R"({"type":"anonymous"})");
    REQUIRE(anonymous.credentials());
    CHECK(*anonymous.credentials()->try_get(wall_time{}) == nullptr);
    using sources = std::vector<aws::credentials_source>;
    CHECK(with(R"({"type":"default"})").credentials_request().sources.empty());
    CHECK(with(R"({"type":"default","profile":"dev"})").profile().name == "dev");
    CHECK(with(R"({"type":"environment"})").credentials_request().sources == sources{environment});
    CHECK(with(R"({"type":"imds"})").credentials_request().sources == sources{instance_metadata});
    const auto profile_ = with(R"({"profile":"dev","config_file":"/c","credentials_file":"/d","type":"profile"})");
    CHECK(profile_.credentials_request().sources == sources{profile});
    CHECK(profile_.profile().name == "dev");
    CHECK(profile_.profile().config_file == "/c");
    CHECK(profile_.profile().credentials_file == "/d");
    CHECK(with(R"({"type":"profile"})").profile().name.empty());
    const auto ecs = with(R"({"type":"ecs","endpoint":"http://169.254.170.2/v2/x","auth_token_file":"/t"})");
    CHECK(ecs.credentials_request().sources == sources{container});
    CHECK(ecs.credentials_request().container_endpoint == "http://169.254.170.2/v2/x");
    CHECK(ecs.credentials_request().container_token_file == "/t");
    CHECK(with(R"({"type":"ecs"})").credentials_request().container_endpoint.empty());
}

TEST_CASE("JSON spec: named resources, and references to them") {
    const auto limit = [](const std::string& json, const s3::store_context& in = context()) {
        return parsed(json, in).client.request_concurrency();
    };
    CHECK(limit(spec(R"("s3_request_concurrency":"s3_request_concurrency#small","context":{"s3_request_concurrency#small":{"limit":3}})"))->limit() == 3);
    // Unnamed, it is the one that is called as the member.
    CHECK(limit(spec(R"("context":{"s3_request_concurrency":{"limit":4}})"))->limit() == 4);
    CHECK(limit(spec(R"("s3_request_concurrency":"s3_request_concurrency","context":{"s3_request_concurrency":{"limit":4}})"))->limit() == 4);
    // A name for another, whatever their order.
    CHECK(limit(spec(R"("context":{"s3_request_concurrency":"s3_request_concurrency#x","s3_request_concurrency#x":{"limit":5}})"))->limit() == 5);
    // What stands in the spec itself beats its context.
    CHECK(limit(spec(R"("s3_request_concurrency":{"limit":6},"context":{"s3_request_concurrency":{"limit":4}})"))->limit() == 6);

    const auto shared = s3::parse_store_context(
        R"({"s3_request_concurrency#small":{"limit":2},"s3_request_retries":{"max_retries":7},
            "aws_credentials#me":{"type":"profile","profile":"me"},"data_copy_concurrency#c":{"limit":9},
            "s3_request_concurrency":{"limit":8}})",
        aws::environment{{}}).value();
    const auto small = spec(R"("s3_request_concurrency":"s3_request_concurrency#small")");
    CHECK(limit(small, shared) == limit(small, shared));
    CHECK(limit(small, shared)->limit() == 2);
    CHECK(limit(spec(R"("path":"x")"), shared) == limit(spec(R"("path":"y")"), shared));
    CHECK(limit(spec(R"("path":"x")"), shared)->limit() == 8);
    CHECK(limit(spec(R"("s3_request_concurrency":{"limit":2})"), shared) != limit(small, shared));
    // A context inside adds and replaces; a name for itself is the one around.
    const auto inside = spec(R"("context":{"s3_request_concurrency":"s3_request_concurrency"},"path":"x")");
    CHECK(limit(inside, shared) == limit(spec(R"("path":"y")"), shared));
    CHECK(limit(spec(R"("context":{"s3_request_concurrency":{"limit":1}})"), shared)->limit() == 1);
    const auto all = parsed(spec(R"("aws_credentials":"aws_credentials#me","data_copy_concurrency":"data_copy_concurrency#c")"), shared);
    CHECK(all.client.retry()->max_attempts() == 7);
    CHECK(all.client.profile().name == "me");
    CHECK(all.copy_concurrency->limit() == 9);
}

TEST_CASE("JSON spec: what is \"shared\" is one limit a context, of the environment's size") {
    const auto in = context({{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "5"}});
    const auto a = parsed(spec(R"("s3_request_concurrency":{"limit":"shared"})"), in).client.request_concurrency();
    CHECK(a->limit() == 5);
    CHECK(a == parsed(spec(R"("path":"x")"), in).client.request_concurrency());
    CHECK(a == parsed(spec(R"("context":{"s3_request_concurrency#x":{}},"s3_request_concurrency":"s3_request_concurrency#x")"), in).client.request_concurrency());
    CHECK(a == in.shared_requests());
    CHECK(a != parsed(spec(R"("path":"x")")).client.request_concurrency());
    for (const auto* bad : {"0", "-1", "many", "1.5"}) {
        const auto why = refused(spec(R"("path":"x")"), context({{"TENSORSTORE_S3_REQUEST_CONCURRENCY", bad}}));
        CHECK(why.code() == errc::invalid_option);
        CHECK(why.message().find("TENSORSTORE_S3_REQUEST_CONCURRENCY") != std::string::npos);
    }
    const auto explicit_wins = parsed(spec(R"("s3_request_concurrency":{"limit":3})"), context({{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "bad"}}));
    CHECK(explicit_wins.client.request_concurrency()->limit() == 3);
}

TEST_CASE("JSON spec: the environment's switch for conditional writes, and its keys") {
    const auto with = [](const char* v) { return parsed(spec(R"("path":"x")"), context({{"TENSORSTORE_S3_USE_CONDITIONAL_WRITE", v}})); };
    CHECK(with("true").conditional_writes == true);
    CHECK(with("false").conditional_writes == false);
    CHECK(refused(spec(R"("path":"x")"), context({{"TENSORSTORE_S3_USE_CONDITIONAL_WRITE", "perhaps"}})).message().find(
              "TENSORSTORE_S3_USE_CONDITIONAL_WRITE is 'perhaps'") != std::string::npos);
    CHECK(parsed(spec(R"("path":"x")"), context({{"AWS_PROFILE", "p"}})).client.environment().get("AWS_PROFILE") == "p");
}

TEST_CASE("JSON spec: each wrong member is told by its JSON pointer") {
    struct row {
        std::string json;
        const char* place;
        const char* part; ///< of the message
        errc code = errc::invalid_option;
    };
    const auto in_context = [](const char* json) { return spec(R"("context":{)" + std::string{json} + "}"); };
    const row rows[] = {
        {R"({"bucket":"b"})", "/driver", "missing"},
        {R"({"driver":"s3"})", "/bucket", "missing", errc::missing_bucket},
        {R"({"driver":"gcs","bucket":"b"})", "/driver", "\"s3\""},
        {R"({"driver":3,"bucket":"b"})", "/driver", "a string"},
        {R"({"driver":"s3","bucket":7})", "/bucket", "a string"},
        {R"({"driver":"s3","bucket":"a/b"})", "/bucket", "without a path"},
        {R"({"driver":"s3","bucket":""})", "/bucket", "bucket", errc::missing_bucket},
        {R"({"driver":"s3","bucket":"a b"})", "/bucket", "'a b'", errc::invalid_url},
        {R"({"driver":"s3","bucket":"b","bucket":"c"})", "/bucket", "twice"},
        {spec(R"("pth":"x")"), "/pth", "did you mean 'path'?"},
        {spec(R"("region":"x")"), "/region", "did you mean 'aws_region'?"},
        {spec(R"("a/b~c":1)"), "/a~1b~0c", "no such member"},
        {spec(R"("q":1)"), "/q", "there are driver, bucket"},
        {spec(R"("path":null)"), "/path", "null"},
        {spec(R"("path":["x"])"), "/path", "an array"},
        {spec(R"("requester_pays":"true")"), "/requester_pays", "true or false"},
        {spec(R"("requester_pays":1)"), "/requester_pays", "option: 1;"},
        {spec(R"("aws_region":"US-EAST-1")"), "/aws_region", "did you mean 'us-east-1'?", errc::invalid_region},
        {spec(R"("aws_region":"")"), "/aws_region", "us-east-1", errc::invalid_region},
        {spec(R"("aws_region":{})"), "/aws_region", "an object"},
        {spec(R"("endpoint":"localhost:1234")"), "/endpoint", "http", errc::invalid_endpoint},
        {spec(R"("endpoint":"s3://x")"), "/endpoint", "http or https", errc::invalid_endpoint},
        {spec(R"("endpoint":true)"), "/endpoint", "a string"},
        {spec(R"("host_header":"h")"), "/host_header", "endpoint"},
        {spec(R"("endpoint":"http://x","host_header":"")"), "/host_header", "not empty"},
        {spec(R"("s3_request_concurrency":4)"), "/s3_request_concurrency", "an object, or the name"},
        {spec(R"("s3_request_concurrency":"shared")"), "/s3_request_concurrency", "\"s3_request_concurrency#…\""},
        {spec(R"("s3_request_concurrency":"s3_request_concurrency#")"), "/s3_request_concurrency", "or the name"},
        {spec(R"("s3_request_concurrency":"s3_request_concurrency#lost")"), "/s3_request_concurrency", "'s3_request_concurrency#lost'"},
        {spec(R"("s3_request_concurrency":"aws_credentials")"), "/s3_request_concurrency", "or the name"},
        {spec(R"("s3_request_concurrency":{"limit":0})"), "/s3_request_concurrency/limit", "from 1"},
        {spec(R"("s3_request_concurrency":{"limit":-1})"), "/s3_request_concurrency/limit", "option: -1;"},
        {spec(R"("s3_request_concurrency":{"limit":1.5})"), "/s3_request_concurrency/limit", "whole number"},
        {spec(R"("s3_request_concurrency":{"limit":"all"})"), "/s3_request_concurrency/limit", "or \"shared\""},
        {spec(R"("s3_request_concurrency":{"limits":1})"), "/s3_request_concurrency/limits", "did you mean 'limit'?"},
        {spec(R"("data_copy_concurrency":{"limit":"all"})"), "/data_copy_concurrency/limit", "or \"shared\""},
        {spec(R"("data_copy_concurrency":[])"), "/data_copy_concurrency", "an array"},
        {spec(R"("s3_request_retries":{"max_retries":0})"), "/s3_request_retries/max_retries", "from 1"},
        {spec(R"("s3_request_retries":{"max_retries":"5"})"), "/s3_request_retries/max_retries", "whole number"},
        {spec(R"("s3_request_retries":{"initial_delay":1})"), "/s3_request_retries/initial_delay", "\"32s\""},
        {spec(R"("s3_request_retries":{"initial_delay":"1"})"), "/s3_request_retries/initial_delay", "with its unit"},
        {spec(R"("s3_request_retries":{"max_delay":"-1s"})"), "/s3_request_retries/max_delay", "-1s"},
        {spec(R"("s3_request_retries":{"max_delay":"1ms"})"), "/s3_request_retries", "initial_delay is longer"},
        {spec(R"("s3_request_retries":{"attempts":1})"), "/s3_request_retries/attempts", "max_retries"},
        {spec(R"("experimental_s3_rate_limiter":{"write_rate":0})"), "/experimental_s3_rate_limiter/write_rate", "above 0"},
        {spec(R"("experimental_s3_rate_limiter":{"doubling_time":3})"), "/experimental_s3_rate_limiter/doubling_time", "with its unit"},
        {spec(R"("aws_credentials":{})"), "/aws_credentials/type", "missing"},
        {spec(R"("aws_credentials":{"type":"sso"})"), "/aws_credentials/type", "default, anonymous"},
        {spec(R"("aws_credentials":{"type":1})"), "/aws_credentials/type", "a string"},
        {spec(R"("aws_credentials":{"type":"environment","profile":"p"})"), "/aws_credentials/profile", "no such member"},
        {spec(R"("aws_credentials":{"type":"imds","endpoint":"http://x"})"), "/aws_credentials/endpoint", "no such member"},
        {spec(R"("aws_credentials":{"type":"default","config_file":"x"})"), "/aws_credentials/config_file", "there are type, profile"},
        {spec(R"("aws_credentials":{"type":"profile","profile":""})"), "/aws_credentials/profile", "not empty"},
        {spec(R"("aws_credentials":{"type":"ecs","endpoint":"169.254.170.2"})"), "/aws_credentials/endpoint", "http or https"},
        {spec(R"("aws_credentials":{"type":"ecs","endpoint":"HUSH"})"), "/aws_credentials/endpoint", "http or https"},
        {spec(R"("aws_credentials":{"type":"ecs","auth_token_file":3})"), "/aws_credentials/auth_token_file", "a string"},
        {spec(R"("aws_credentials":"default")"), "/aws_credentials", "or the name"},
        {spec(R"("context":[])"), "/context", "an array"},
        {in_context(R"("cache_pool":{})"), "/context/cache_pool", "there are aws_credentials"},
        {in_context(R"("s3_request_retrys":{})"), "/context/s3_request_retrys", "did you mean 's3_request_retries'?"},
        {in_context(R"("s3_request_retries#a":{"max_retries":0})"), "/context/s3_request_retries#a/max_retries", "from 1"},
        {in_context(R"("s3_request_retries#a":3)"), "/context/s3_request_retries#a", "an object"},
        {in_context(R"("s3_request_retries#a":"aws_credentials")"), "/context/s3_request_retries#a", "or the name"},
        {in_context(R"("s3_request_retries#a":{},"s3_request_retries#a":{})"), "/context/s3_request_retries#a", "twice"},
        {in_context(R"("s3_request_retries":"s3_request_retries#b","s3_request_retries#b":"s3_request_retries")"), "/s3_request_retries",
         "in a circle"},
        {in_context(R"("s3_request_retries":"s3_request_retries#b")"), "/s3_request_retries", "'s3_request_retries#b'"},
        {R"({)", "", "not JSON", errc::malformed_json},
        {R"({"driver":"s3"} x)", "", "not JSON", errc::malformed_json},
        {R"([])", "the JSON spec", "an array"},
        {R"("s3://b/k")", "the JSON spec", "an object"},
        {"", "", "not JSON", errc::malformed_json},
    };
    for (const auto& r : rows) {
        CAPTURE(r.json);
        const auto why = refused(r.json);
        CAPTURE(why.message());
        CHECK(why.code() == r.code);
        CHECK(why.detail().object == r.place);
        CHECK(why.message().find(r.part) != std::string::npos);
        CHECK(why.message().find("HUSH") == std::string::npos);
    }
    const auto outside = s3::parse_store_context(R"({"s3_request_retries":{"max_retries":0}})", aws::environment{{}});
    REQUIRE(outside.has_error());
    CHECK(outside.error().detail().object == "/s3_request_retries/max_retries");
    CHECK(s3::parse_store_context("[", aws::environment{{}}).error().code() == errc::malformed_json);
}

TEST_CASE("JSON spec: a deep or long document is an error, no crash") {
    CHECK(refused(std::string(100'000, '[')).code() == errc::malformed_json);
    CHECK(refused(std::string(100'000, '{')).code() == errc::malformed_json);
    CHECK(refused(spec("\"" + std::string(100'000, 'x') + "\":1")).code() == errc::invalid_option);
    CHECK(refused(spec("\"path\":\"\xff\"")).code() == errc::malformed_json);
}

} // namespace json_spec_test
