// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/json_spec.hpp>
#include <penstock/s3/text_options.hpp>

#include <doctest/doctest.h>

#include <map>

namespace precedence_test {

using namespace penstock;
using scripted::say;
using scripted::world;
using texts = std::map<std::string, std::string>;

/// What a client that is told so does: "URL of the connection|first line|region|key id|attempts".
std::string seen(s3::client_options where, const texts& env, const std::string& config, int failing, const std::string& bucket) {
    const say ok{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n"};
    const say busy{"HTTP/1.1 503 S\r\nContent-Length: 0\r\n\r\n"};
    world w{failing > 0 ? std::vector<say>(static_cast<std::size_t>(failing), busy) : std::vector<say>(2, ok)};
    where.connector(w.how).clock(w.clock).environment(aws::environment{env, "/h"});
    where.file_reader([&config](const std::string& path, std::size_t) -> result<std::string> {
        if (path == "/h/.aws/config") return config;
        if (path == "/option" || path == "/env") return "[default]\nregion = " + std::string{path == "/env" ? "us-west-2" : "us-west-1"} + "\n";
        return failure{error_code{ENOENT, boost::system::system_category()}};
    });
    s3::client client{w.io.get_executor(), where};
    const auto done = w.run(as_result(client.head(s3::object_address{bucket, "k"})));
    // Where nobody names a region, the bucket's is asked for first, without a signature.
    auto& requests = w.how->requests;
    std::erase_if(requests, [](const std::string& r) { return r.find("Credential=") == std::string::npos; });
    if (requests.empty()) return done.error().message();
    const auto& head = requests.front();
    const auto scope = head.find("Credential=") + 11;
    const auto credential = head.substr(scope, head.find(',', scope) - scope); // id/date/region/service/aws4_request
    const auto id = credential.find('/');
    const auto region = credential.substr(id + 10, credential.find('/', id + 10) - id - 10);
    return w.how->hosts.front() + "|" + head.substr(0, head.find('\r')) + "|" + region + "|" + credential.substr(0, id) + "|" +
           std::to_string(requests.size());
}

std::string field(const std::string& all, int which) {
    std::size_t at = 0;
    for (; which > 0; --which) at = all.find('|', at) + 1;
    return at == 0 && all.find('|') == all.npos ? all : all.substr(at, all.find('|', at) - at);
}
enum { host, line, region, key_id, attempts };

/// One setting, said in each of its places, each time otherwise.
struct row {
    const char* what;
    int observed;
    texts option;     ///< as text options
    std::string json; ///< as members of a JSON spec, with a comma before each; empty: it has none
    texts env;
    std::string file; ///< empty: no file says it
    std::string by_option, by_env, by_file, by_nobody;
    texts always_env = {};
    std::string always_file = {};
    int failing = 0;
    std::string bucket = "lake";
};

void check(const row& r) {
    for (int places = 0; places < 8; ++places) {
        const bool option = places & 1, env = places & 2, file = places & 4;
        if ((env && r.env.empty()) || (file && r.file.empty())) continue;
        CAPTURE(r.what);
        CAPTURE(option);
        CAPTURE(env);
        CAPTURE(file);
        texts variables{{"AWS_ACCESS_KEY_ID", "ENVKEY"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}};
        variables.insert(r.always_env.begin(), r.always_env.end());
        if (env)
            for (const auto& [name, value] : r.env) variables[name] = value;
        const auto config = "[default]\n" + (file ? r.file : "") + r.always_file;
        const auto& expected = option ? r.by_option : env ? r.by_env : file ? r.by_file : r.by_nobody;
        const auto as_text = s3::parse_text_options(option ? r.option : texts{});
        REQUIRE(as_text.has_value());
        CHECK(field(seen(as_text->client, variables, config, r.failing, r.bucket), r.observed) == expected);
        if (r.json.empty()) continue;
        const auto spec = s3::parse_json_spec(R"({"driver":"s3","bucket":"lake")" + (option ? r.json : "") + "}",
                                              s3::store_context{aws::environment{variables}});
        REQUIRE(spec.has_value());
        auto as_json = spec->client;
        if (!as_json.retry()) as_json.default_retry(aws::retry_options{}); // the spec's own default has its own row
        CHECK(field(seen(as_json, variables, config, r.failing, r.bucket), r.observed) == expected);
    }
}

std::string at(const char* region) { return std::string{"https://lake.s3."} + region + ".amazonaws.com"; }

TEST_CASE("precedence: options beat the environment, and that the files: region and endpoint") {
    check({"region", region, {{"region", "eu-west-1"}}, R"(,"aws_region":"eu-west-1")", {{"AWS_REGION", "eu-west-2"}},
           "region = eu-west-3\n", "eu-west-1", "eu-west-2", "eu-west-3", "us-east-1"});
    check({"default region", host, {{"s3_region", "eu-west-1"}}, "", {{"AWS_DEFAULT_REGION", "eu-west-2"}}, "region = eu-west-3\n",
           at("eu-west-1"), at("eu-west-2"), at("eu-west-3"), at("us-east-1")});
    check({"AWS_REGION over AWS_DEFAULT_REGION", region, {{"Region", "eu-west-1"}}, "", {{"AWS_REGION", "eu-west-2"}}, "",
           "eu-west-1", "eu-west-2", "", "eu-north-1", {{"AWS_DEFAULT_REGION", "eu-north-1"}}});
    check({"endpoint", host, {{"s3_endpoint", "http://option"}}, R"(,"endpoint":"http://option")",
           {{"AWS_ENDPOINT_URL", "http://env"}}, "endpoint_url = http://file\n", "http://option", "http://env", "http://file",
           at("us-east-1")});
    check({"endpoint of S3", host, {{"endpoint", "http://option"}}, R"(,"endpoint":"http://option")",
           {{"AWS_ENDPOINT_URL_S3", "http://env"}}, "services = s\n", "http://option", "http://env", "http://file",
           at("us-east-1"), {}, "[services s]\ns3 =\n  endpoint_url = http://file\n"});
    check({"path style", line, {{"path_style", "true"}}, "", {}, "s3 =\n  addressing_style = virtual\n", "HEAD /lake/k HTTP/1.1", "",
           "HEAD /k HTTP/1.1", "HEAD /lake/k HTTP/1.1", {{"AWS_ENDPOINT_URL", "http://store.example"}}});
    check({"virtual host style", line, {{"path_style", "false"}}, "", {}, "s3 =\n  addressing_style = path\n", "HEAD /k HTTP/1.1", "",
           "HEAD /lake/k HTTP/1.1", "HEAD /k HTTP/1.1"});
}

TEST_CASE("precedence: options beat the environment, and that the files: which of AWS's endpoints") {
    const auto dual = "https://lake.s3.dualstack.us-east-1.amazonaws.com", fips = "https://lake.s3-fips.us-east-1.amazonaws.com";
    for (const bool on : {false, true}) {
        const std::string yes = on ? "true" : "false", no = on ? "false" : "true";
        const auto either = [on](std::string with) { return std::pair{on ? with : at("us-east-1"), on ? at("us-east-1") : with}; };
        const auto d = either(dual);
        check({"dual stack", host, {{"dual_stack", yes}}, "", {{"AWS_USE_DUALSTACK_ENDPOINT", no}},
               "use_dualstack_endpoint = " + yes + "\n", d.first, d.second, d.first, at("us-east-1")});
        const auto f = either(fips);
        check({"FIPS", host, {{"fips", yes}}, "", {{"AWS_USE_FIPS_ENDPOINT", no}}, "use_fips_endpoint = " + yes + "\n", f.first,
               f.second, f.first, at("us-east-1")});
        const auto a = either("https://lake.s3-accelerate.amazonaws.com");
        check({"accelerate", host, {{"accelerate", yes}}, "", {}, "s3 =\n  use_accelerate_endpoint = " + no + "\n", a.first, "",
               a.second, at("us-east-1")});
        const auto l = std::pair{on ? "https://lake.s3.amazonaws.com" : at("us-east-1"), on ? at("us-east-1") : "https://lake.s3.amazonaws.com"};
        check({"the old us-east-1", host, {{"legacy_us_east_1", yes}}, "",
               {{"AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", on ? "regional" : "legacy"}},
               "s3_us_east_1_regional_endpoint = " + std::string{on ? "legacy" : "regional"} + "\n", l.first, l.second, l.first,
               at("us-east-1")});
        // Where the region of an ARN may not count, the client's refuses it.
        const auto west = std::string{"us-west-2"};
        const auto refused = seen(s3::client_options{}.use_arn_region(false).credentials("AK", "S"), {}, "", 0,
                                  "arn:aws:s3:us-west-2:123456789012:accesspoint/point");
        const auto u = std::pair{on ? west : refused, on ? refused : west};
        check({"region of an ARN", region, {{"use_arn_region", yes}}, "", {{"AWS_S3_USE_ARN_REGION", no}},
               "s3_use_arn_region = " + yes + "\n", u.first, u.second, u.first, west, {}, "", 0,
               "arn:aws:s3:us-west-2:123456789012:accesspoint/point"});
    }
}

TEST_CASE("precedence: options beat the environment, and that the files: profile, its file, keys and retries") {
    const std::string keys = "aws_access_key_id = AK\naws_secret_access_key = HUSH\n"; // of a profile that options choose
    const std::string profiles =
        "region = eu-west-3\n[profile option]\n" + keys + "region = eu-west-1\n[profile env]\nregion = eu-west-2\n";
    check({"profile", region, {{"profile", "option"}}, R"(,"aws_credentials":{"type":"default","profile":"option"})",
           {{"AWS_PROFILE", "env"}}, "", "eu-west-1", "eu-west-2", "", "eu-west-3", {}, profiles});
    check({"profile's other variable", region, {{"profile", "option"}}, "", {{"AWS_DEFAULT_PROFILE", "env"}}, "", "eu-west-1",
           "eu-west-2", "", "eu-west-3", {}, profiles});
    check({"config file", region, {{"config_file", "/option"}}, "", {{"AWS_CONFIG_FILE", "/env"}}, "", "us-west-1", "us-west-2", "",
           "eu-west-3", {}, "region = eu-west-3\n"});
    check({"keys", key_id, {{"aws_access_key_id", "OPTIONKEY"}, {"aws_secret_access_key", "HUSH"}}, "",
           {{"AWS_ACCESS_KEY_ID", "OTHERKEY"}}, "", "OPTIONKEY", "OTHERKEY", "", "ENVKEY"});
    check({"attempts", attempts, {{"max_retries", "3"}}, R"(,"s3_request_retries":{"max_retries":4})", {{"AWS_MAX_ATTEMPTS", "3"}},
           "max_attempts = 2\n", "4", "3", "2", "6", {}, "", 40});
    check({"retry mode", attempts, {{"retry", "tensorstore"}}, R"(,"s3_request_retries":{})", {{"AWS_RETRY_MODE", "standard"}},
           "retry_mode = adaptive\n", "32", "3", "6", "6", {}, "", 40});
}

TEST_CASE("precedence: a JSON spec that says nothing of retries leaves them to environment and files, then to its document") {
    const texts keys{{"AWS_ACCESS_KEY_ID", "ENVKEY"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}};
    const auto spec = s3::parse_json_spec(R"({"driver":"s3","bucket":"lake"})", s3::store_context{aws::environment{keys}}).value();
    const auto count = [&](texts env, const char* file) {
        env.insert(keys.begin(), keys.end());
        return field(seen(spec.client, env, file, 40, "lake"), attempts);
    };
    CHECK(count({}, "") == "32");
    CHECK(count({{"AWS_MAX_ATTEMPTS", "3"}}, "[default]\nmax_attempts = 2\n") == "3");
    CHECK(count({}, "[default]\nmax_attempts = 2\n") == "2");
}

} // namespace precedence_test
