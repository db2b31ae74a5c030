// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/date_time.hpp>

#include <charconv>

namespace test_date_time_suite {

namespace aws = penstock::aws;
namespace json = boost::json;

aws::instant canonical(const json::object& c) {
    aws::instant t;
    const std::string text{c.at("canonical_seconds").as_string()};
    std::from_chars(text.data(), text.data() + text.size(), t.seconds);
    t.nanoseconds = static_cast<std::uint32_t>(c.at("canonical_nanos").to_number<std::int64_t>());
    return t;
}

std::string check_format(const json::object& c, const std::optional<std::string>& got) {
    if (c.at("error").as_bool()) return got ? "expected no text, got " + *got : "";
    const std::string expected{c.at("smithy_format_value").as_string()};
    return got == expected ? "" : "expected " + expected + ", got " + got.value_or("nothing");
}

std::string check_parse(const json::object& c, std::optional<aws::instant> (*parse)(std::string_view)) {
    const auto* value = c.if_contains("smithy_format_value");
    const auto got = value ? parse(value->as_string()) : parse(c.at("iso8601").as_string());
    if (c.at("error").as_bool()) return got ? "expected an error" : "";
    if (got == canonical(c)) return "";
    return got ? "got " + aws::format_epoch_seconds(*got) : "refused";
}

std::string check(std::string_view function, const json::object& c) {
    if (function == "format_epoch_seconds") return check_format(c, aws::format_epoch_seconds(canonical(c)));
    if (function == "format_http_date") return check_format(c, aws::format_http_date(canonical(c)));
    if (function == "format_date_time") return check_format(c, aws::format_iso8601(canonical(c)));
    if (function == "parse_epoch_seconds") return check_parse(c, aws::parse_epoch_seconds);
    if (function == "parse_http_date") return check_parse(c, aws::parse_http_date);
    if (function == "parse_date_time") return check_parse(c, aws::parse_iso8601);
    return "no such function here";
}

TEST_CASE("conformance: date-time") {
    const auto folder = test::conformance_folder("date-time");
    if (!folder) return;
    test::conformance_report report{"date-time"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        const auto file = test::read_json(entry.path());
        for (const auto& [function, cases] : file.as_object())
            for (const auto& c : cases.as_array())
                report.check(std::string{function} + " " + std::string{c.at("iso8601").as_string()},
                             check(function, c.as_object()));
    }
}

} // namespace test_date_time_suite
