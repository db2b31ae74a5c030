// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/configured_endpoint.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/core/error.hpp>

namespace test_configured_endpoint_url_suite {

namespace aws = penstock::aws;
namespace json = boost::json;

std::string text_of(const json::object& in, std::string_view name) {
    const auto* value = in.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : "";
}

/// The suite's dictionaries as a config file has them.
std::string config_file(const json::object& suite) {
    std::string out;
    for (const auto& [name, properties] : suite.at("profiles").as_object()) {
        out += "[profile " + std::string{name} + "]\n";
        for (const auto& [property, value] : properties.as_object())
            out += std::string{property} + " = " + value.as_string().c_str() + "\n";
    }
    for (const auto& [name, services] : suite.at("services").as_object()) {
        out += "[services " + std::string{name} + "]\n";
        for (const auto& [service, properties] : services.as_object()) {
            out += std::string{service} + " =\n";
            for (const auto& [property, value] : properties.as_object())
                out += "  " + std::string{property} + " = " + value.as_string().c_str() + "\n";
        }
    }
    return out;
}

aws::endpoint_request request_of(const json::object& client) {
    aws::endpoint_request out;
    out.endpoint_url = text_of(client, "endpoint_url");
    if (const auto* ignore = client.if_contains("ignore_configured_endpoint_urls"))
        out.ignore_configured_endpoint_urls = ignore->as_bool();
    out.check_region = false; // "fake-region-10"
    return out;
}

/// The URL without a bucket that a client of `service` ends with.
std::string resolved(const std::string& service, const aws::endpoint_request& asked, const aws::environment& env,
                     const aws::profile& in) {
    if (service == "s3") return aws::resolve_endpoint(aws::make_endpoint_settings(asked, env, in), "").url();
    if (!asked.endpoint_url.empty()) return asked.endpoint_url;
    const auto url = aws::configured_endpoint_url(service, env, in, asked.ignore_configured_endpoint_urls).value;
    if (!url.empty()) return url;
    const auto region = in.get("region").value_or("");
    return "https://" + service + "." + region + "." + std::string{aws::partition_of(region).dns_suffix};
}

std::string check(const json::object& suite, const aws::shared_config& config, const json::object& c) try {
    const auto named = [&](const char* dictionary, const char* by) {
        return suite.at(dictionary).as_object().at(c.at(by).as_string()).as_object();
    };
    std::map<std::string, std::string> variables;
    for (const auto& [name, value] : named("environments", "environment")) variables[name] = value.as_string().c_str();
    const aws::environment env{std::move(variables)};
    const auto in = aws::find_profile(config, c.at("profile").as_string());
    const auto asked = request_of(named("client_configs", "client_config"));
    const auto service = text_of(c, "service");

    auto expected = text_of(c.at("output").as_object(), "endpointUrl");
    if (expected.empty()) { // the service's own, in the profile's region
        auto silent = request_of({});
        silent.ignore_configured_endpoint_urls = true;
        expected = resolved(service, silent, env, in);
    }
    const auto got = resolved(service, asked, env, in);
    return got == expected ? "" : "expected " + expected + ", got " + got;
} catch (const penstock::error& e) {
    return e.what();
}

TEST_CASE("conformance: configured-endpoint-url") {
    const auto folder = test::conformance_folder("configured-endpoint-url");
    if (!folder) return;
    test::conformance_report report{"configured-endpoint-url"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        const auto file = test::read_json(entry.path());
        for (const auto& each : file.at("testSuites").as_array()) {
            const auto& suite = each.as_object();
            const auto config =
                aws::parse_profile_file(config_file(suite), aws::profile_file_kind::config, "config").value();
            for (const auto& c : suite.at("endpointUrlTests").as_array())
                report.check(std::string{c.at("name").as_string()}, check(suite, config, c.as_object()));
        }
    }
}

} // namespace test_configured_endpoint_url_suite
