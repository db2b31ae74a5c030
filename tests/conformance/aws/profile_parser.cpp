// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/profile_file.hpp>

#include <boost/json/serialize.hpp>

namespace test_profile_parser_suite {

namespace aws = penstock::aws;
namespace json = boost::json;

/// One of the two files; empty where the case has none.
penstock::result<aws::shared_config> parse(const json::object& input, const char* name, aws::profile_file_kind kind) {
    const auto* text = input.if_contains(name);
    return aws::parse_profile_file(text ? std::string_view{text->as_string()} : "", kind, name);
}

const aws::profile_sections* sections(const aws::shared_config& in, std::string_view kind) {
    if (kind == "profiles") return &in.profiles;
    if (kind == "ssoSessions" || kind == "sso_sessions") return &in.sso_sessions;
    if (kind == "services") return &in.services;
    return nullptr;
}

std::string compare(const aws::shared_config& got, const json::object& expected) {
    for (const auto& [kind, by_name] : expected) {
        const auto* found = sections(got, kind);
        if (!found) return "an unknown kind of section: " + std::string{kind};
        json::object told;
        for (const auto& [name, properties] : *found) {
            auto& section = told[name].emplace_object();
            for (const auto& [property, value] : properties) section[property] = value;
        }
        if (told != by_name) return "expected " + json::serialize(by_name) + ", got " + json::serialize(told);
    }
    return "";
}

std::string check(const json::object& c) {
    const auto& input = c.at("input").as_object();
    const auto& output = c.at("output").as_object();
    auto config = parse(input, "configFile", aws::profile_file_kind::config);
    auto credentials = parse(input, "credentialsFile", aws::profile_file_kind::credentials);
    if (output.contains("errorContaining")) return config && credentials ? "expected an error" : "";
    if (!config) return config.error().message();
    if (!credentials) return credentials.error().message();
    return compare(aws::merge_profile_files(std::move(*config), std::move(*credentials)),
                   output.at("config").as_object());
}

TEST_CASE("conformance: profile-parser") {
    const auto folder = test::conformance_folder("profile-parser");
    if (!folder) return;
    test::conformance_report report{"profile-parser"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        const auto file = test::read_json(entry.path());
        for (const auto& c : file.at("tests").as_array())
            report.check(std::string{c.at("name").as_string()}, check(c.as_object()));
    }
}

} // namespace test_profile_parser_suite
