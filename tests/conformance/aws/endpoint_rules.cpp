// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/arn.hpp>
#include <penstock/aws/bucket_name.hpp>
#include <penstock/aws/detail/s3_endpoint_rules.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/service_endpoint.hpp>
#include <penstock/core/error.hpp>

#include <boost/json/serialize.hpp>

namespace test_endpoint_rules_suite {

namespace aws = penstock::aws;
namespace json = boost::json;

std::string text_of(const json::value* v) { return v ? std::string{v->as_string()} : ""; }

/// A parameter that is off where it is missing.
bool on(const json::object& params, const char* name) {
    const auto* v = params.if_contains(name);
    return v && v->as_bool();
}

aws::endpoint_switches switches_of(const json::object& params) {
    aws::endpoint_switches out;
    out.dual_stack = on(params, "UseDualStack");
    out.fips = on(params, "UseFIPS");
    out.accelerate = on(params, "Accelerate");
    if (const auto* v = params.if_contains("UseArnRegion")) out.use_arn_region = v->as_bool();
    out.express_sessions = !on(params, "DisableS3ExpressSessionAuth");
    out.legacy_us_east_1 = out.legacy_sts = on(params, "UseGlobalEndpoint");
    return out;
}

aws::endpoint resolve_s3(const json::object& params) {
    aws::endpoint_request asked;
    asked.endpoint_url = text_of(params.if_contains("Endpoint"));
    asked.region = text_of(params.if_contains("Region"));
    asked.check_region = false;
    asked.path_style = on(params, "ForcePathStyle"); // unsaid it would follow the endpoint here
    asked.switches = switches_of(params);
    auto settings = aws::make_endpoint_settings(asked, aws::environment{{}});
    if (asked.region.empty()) settings.region.clear(); // the default region is above the rules
    // CreateBucket is what access points are disabled for.
    const bool control = on(params, "UseS3ExpressControlEndpoint") || on(params, "DisableAccessPoints");
    const auto plane = control ? aws::api_plane::control : aws::api_plane::data;
    const auto bucket = text_of(params.if_contains("Bucket"));
    // We refuse a name that no bucket has; the rules send it.
    if (!bucket.empty() && !aws::is_arn(bucket) && !aws::valid_bucket_name(bucket)) {
        CHECK_THROWS_AS(aws::resolve_endpoint(settings, bucket, plane), penstock::error);
        return aws::detail::apply_s3_rules(settings, bucket, plane);
    }
    return aws::resolve_endpoint(settings, bucket, plane);
}

aws::endpoint resolve_service(aws::credential_service service, const json::object& params) {
    return aws::resolve_service_endpoint(service, text_of(params.if_contains("Endpoint")),
                                         text_of(params.if_contains("Region")), switches_of(params));
}

std::string url_of(const aws::endpoint& e) {
    return (e.to.tls ? "https://" : "http://") + e.host_header + e.path_prefix;
}

/// Empty where `e` is what is expected.
std::string differ(const json::object& expected, const aws::endpoint& e) {
    if (url_of(e) != text_of(expected.if_contains("url"))) return "got " + url_of(e);
    if (const auto* h = expected.if_contains("headers"); h && !h->as_object().empty())
        return "headers are expected";
    const auto* properties = expected.if_contains("properties");
    const auto* schemes = properties ? properties->as_object().if_contains("authSchemes") : nullptr;
    if (!schemes) return ""; // the service's own: as every other request is signed
    const auto& scheme = schemes->as_array().at(0).as_object();
    const std::string name = e.auth == aws::auth_scheme::sigv4 ? "sigv4" : "sigv4-s3express";
    const auto matches = [&](const char* field, const std::string& got) {
        const auto* v = scheme.if_contains(field);
        return !v || v->as_string() == got;
    };
    if (matches("name", name) && matches("signingName", e.service) && matches("signingRegion", e.region))
        return "";
    return "got " + name + " " + e.service + " " + e.region + ", expected " + json::serialize(scheme);
}

template <class Resolve>
std::string check(const json::object& c, Resolve resolve) {
    const auto* given = c.if_contains("params");
    const auto params = given ? given->as_object() : json::object{};
    const auto& expect = c.at("expect").as_object();
    const auto* failure = expect.if_contains("error");
    try {
        const aws::endpoint e = resolve(params);
        return failure ? "got " + url_of(e) : differ(expect.at("endpoint").as_object(), e);
    } catch (const penstock::error& e) {
        if (!failure) return e.what();
        if (e.detail().hint.empty()) return std::string{"no hint: "} + e.what();
        if (e.code() != penstock::condition::configuration && e.code() != penstock::condition::unsupported)
            return std::string{"another condition: "} + e.what();
        const auto bucket = text_of(params.if_contains("Bucket"));
        // What is wrong with the settings alone is told before there is a bucket.
        return e.detail().bucket.empty() || e.detail().bucket == bucket ? "" : "another bucket is named";
    }
}

/// What is left out, or nothing.
std::string left_out(const json::object& c) {
    const auto* features = c.if_contains("x_features");
    if (!features) return "";
    for (const char* feature : {"outposts", "object-lambda", "mrap"})
        for (const auto& f : features->as_array())
            if (f.as_string() == feature)
                return f.as_string() == "mrap" ? "multi-region access points" : std::string{feature};
    return "";
}

TEST_CASE("conformance: endpoint-rules") {
    const auto folder = test::conformance_folder("endpoint-rules");
    if (!folder) return;
    test::conformance_report report{"endpoint-rules"};
    const auto run = [&](const char* file, auto resolve) {
        const auto cases = test::read_json(*folder / (std::string{file} + "-endpoint-tests.json"));
        for (const auto& value : cases.at("testCases").as_array()) {
            const auto& c = value.as_object();
            const auto id = text_of(c.if_contains("x_id"));
            if (const auto why = left_out(c); !why.empty())
                report.skip(id, why);
            else
                report.check(id + " " + text_of(c.if_contains("documentation")), check(c, resolve));
        }
    };
    using service = aws::credential_service;
    run("s3", resolve_s3);
    run("sts", [](const json::object& params) { return resolve_service(service::sts, params); });
    run("sso", [](const json::object& params) { return resolve_service(service::sso, params); });
    run("sso-oidc", [](const json::object& params) { return resolve_service(service::sso_oidc, params); });
}

} // namespace test_endpoint_rules_suite
