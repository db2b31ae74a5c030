// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/profile_location.hpp>

namespace test_profile_location_suite {

namespace aws = penstock::aws;
namespace json = boost::json;

std::string text_of(const json::object& in, const char* name) {
    const auto* value = in.if_contains(name);
    return value && value->is_string() ? std::string{value->as_string()} : "";
}

std::string compare(const std::string& expected, const aws::profile_location& got) {
    return got.path == expected ? "" : "expected '" + expected + "', got '" + got.path + "'; ";
}

std::string check(const json::object& c) {
    std::map<std::string, std::string> variables;
    if (const auto* all = c.if_contains("environment"))
        for (const auto& [name, value] : all->as_object()) variables[name] = value.as_string().c_str();
    const aws::environment env{std::move(variables), text_of(c, "languageSpecificHome")};
    const auto where = aws::locate_profile_files(aws::profile_request{}, env);
    return compare(text_of(c, "configLocation"), where.config) +
           compare(text_of(c, "credentialsLocation"), where.credentials);
}

TEST_CASE("conformance: profile-location") {
    const auto folder = test::conformance_folder("profile-location");
    if (!folder) return;
    test::conformance_report report{"profile-location"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        const auto file = test::read_json(entry.path());
        for (const auto& c : file.at("tests").as_array()) {
            const std::string name{c.at("name").as_string()};
            if (text_of(c.as_object(), "platform") == "windows")
                report.skip(name, "for Windows");
            else
                report.check(name, check(c.as_object()));
        }
    }
}

} // namespace test_profile_location_suite
