// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"
#include "support/metadata_lab.hpp"

#include <penstock/aws/container_credentials_provider.hpp>
#include <penstock/aws/instance_metadata_credentials_provider.hpp>

namespace test_metadata_endpoint_suites {

namespace aws = penstock::aws;
namespace json = boost::json;

std::string text_of(const json::object& in, const char* name) {
    const auto* value = in.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : "";
}

void read_texts(const json::object& in, const char* name, std::map<std::string, std::string>& out) {
    if (const auto* all = in.if_contains(name))
        for (const auto& [key, value] : all->as_object()) out[key] = value.as_string().c_str();
}

/// Where the first request of `get` goes, or that it fails before.
std::string check(test::metadata_lab& lab, const json::object& expected, const aws::provider_ptr& p) {
    const auto got = lab.get(p);
    const auto wanted = text_of(expected, "Ok");
    if (!wanted.empty()) {
        if (lab.server.requests().empty()) return "no request: " + got.error().message();
        return lab.url(0) == wanted ? "" : "expected " + wanted + ", got " + lab.url(0);
    }
    if (!lab.asked_for.empty()) return "a request, where there should be an error";
    return got ? "credentials, where there should be an error" : "";
}

TEST_CASE("conformance: imds-endpoint") {
    const auto folder = test::conformance_folder("imds-endpoint");
    if (!folder) return;
    test::conformance_report report{"imds-endpoint"};
    const auto file = test::read_json(*folder / "imds-endpoint-tests.json");
    for (const auto& entry : file.at("tests").as_array()) {
        const auto& c = entry.as_object();
        test::metadata_lab lab;
        read_texts(c, "env", lab.variables);
        read_texts(c, "fs", lab.files);
        aws::instance_metadata_options options;
        options.endpoint(text_of(c, "endpoint_override"));
        const auto mode = text_of(c, "mode_override");
        if (!mode.empty())
            options.mode(mode == "IPv6" ? aws::metadata_endpoint_mode::ipv6 : aws::metadata_endpoint_mode::ipv4);
        const auto p = aws::make_instance_metadata_credentials_provider(options, lab.context());
        report.check(text_of(c, "docs"), check(lab, c.at("result").as_object(), p));
    }
}

TEST_CASE("conformance: ecs-uri") {
    const auto folder = test::conformance_folder("ecs-uri");
    if (!folder) return;
    test::conformance_report report{"ecs-uri"};
    const auto file = test::read_json(*folder / "ecs-tests.json");
    for (const auto& entry : file.at("tests").as_array()) {
        const auto& c = entry.as_object();
        test::metadata_lab lab;
        lab.names["localhost"] = {"127.0.0.1", "::1"};
        read_texts(c, "env", lab.variables);
        const auto p = aws::make_container_credentials_provider(lab.context());
        report.check(text_of(c, "docs"), check(lab, c.at("result").as_object(), p));
    }
}

} // namespace test_metadata_endpoint_suites
