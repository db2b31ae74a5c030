// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_values.hpp"

#include <support/conformance.hpp>

namespace jsonl_inline {

using namespace json_values;

inline std::string from_hex(std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
    return out;
}

inline bool is_hex(std::string_view text) {
    return text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

inline std::string times(const std::string& unit, std::int64_t count) {
    std::string out;
    for (std::int64_t i = 0; i < count; ++i) out += unit;
    return out;
}

/// What is to be repeated and how often, as an object ({repeat: hex bytes, count}, as other suites have it,
/// or {text, count} with texts in front and behind), as [text, count], or as a list of such parts.
inline std::optional<std::string> repeated(const bj::value& v) {
    if (const auto* text = v.if_string()) return std::string{*text};
    if (const auto* a = v.if_array()) {
        if (a->size() == 2 && (*a)[0].is_string() && (*a)[1].is_number())
            return times(std::string{(*a)[0].as_string()}, (*a)[1].to_number<std::int64_t>());
        std::string out;
        for (const auto& part : *a) {
            const auto text = repeated(part);
            if (!text) return std::nullopt;
            out += *text;
        }
        return out;
    }
    const auto* o = v.if_object();
    if (!o) return std::nullopt;
    std::string before, unit, after;
    std::int64_t count = -1;
    for (const auto& [key, value] : *o) {
        if (value.is_number()) {
            count = value.to_number<std::int64_t>();
        } else if (const auto* s = value.if_string()) {
            std::string text{*s};
            if (key == "prefix" || key == "before" || key == "head")
                before = std::move(text);
            else if (key == "suffix" || key == "after" || key == "tail")
                after = std::move(text);
            else
                unit = key == "hex" || (key == "repeat" && is_hex(text)) ? from_hex(text) : std::move(text);
        }
    }
    if (count < 0) return std::nullopt;
    return before + times(unit, count) + after;
}

/// The text of a case: `jsonl`, `jsonl_hex` or `jsonl_repeat`, which may also say how often one of the others
/// counts.
inline std::optional<std::string> text_of(const bj::object& c) {
    std::optional<std::string> text;
    if (const auto* plain = c.if_contains("jsonl")) text = std::string{plain->as_string()};
    if (const auto* hex = c.if_contains("jsonl_hex")) text = from_hex(hex->as_string());
    const auto* repeat = c.if_contains("jsonl_repeat");
    if (!repeat) return text;
    if (repeat->is_number() && text) return times(*text, repeat->to_number<std::int64_t>());
    if (const auto* count = c.if_contains("count"); count && repeat->is_string())
        return times(std::string{repeat->as_string()}, count->to_number<std::int64_t>());
    return repeated(*repeat);
}

inline std::string check_values(const std::string& text, const bj::array& expected, const bj::value& error_at,
                                bool or_error, std::size_t chunk) {
    auto options = json::lines_options{}.value_column("value");
    auto r = test::run(read(text, options, chunk));
    std::size_t n = 0;
    for (const auto& batch : r.batches)
        for (auto value : batch.column<std::string_view>("value")) {
            if (n == expected.size()) return "more values than expected";
            if (!same(parse_deep(value), parse_deep(expected[n].as_string())))
                return "value " + std::to_string(n) + " is " + std::string{value.substr(0, 100)};
            ++n;
        }
    if (or_error && r.error) return "";
    if (n != expected.size()) return "only " + std::to_string(n) + " values; " + r.error.message();
    if (error_at.is_null()) return r.error ? r.error.message() : "";
    if (!r.error) return "no error";
    if (r.error.detail().line != static_cast<std::uint64_t>(error_at.to_number<std::int64_t>()) + 1)
        return "the error is elsewhere: " + r.error.message();
    return "";
}

/// Where every value is an object, the columns must say the same.
inline std::string check_columns(const std::string& text, const bj::array& expected,
                                 const bj::value& error_at, bool or_error) {
    std::vector<std::string> rows;
    for (const auto& line : expected) rows.emplace_back(line.as_string());
    if (!all_objects(rows)) return "";
    for (const bool flat : {true, false}) {
        const auto r = test::run(read(text, json::lines_options{}.expect_flat_rows(flat), 17));
        if (or_error && r.error) continue;
        if (r.error.operator bool() == error_at.is_null())
            return r.error ? "columns: " + r.error.message() : "columns: no error";
        const auto why = compare_columns(r, rows);
        if (!why.empty()) return why;
    }
    return "";
}

TEST_CASE("conformance: jsonl-inline") {
    const auto folder = test::conformance_folder("jsonl-inline");
    if (!folder) return;
    test::conformance_report report{"jsonl-inline"};
    for (const auto& file : std::filesystem::directory_iterator{*folder}) {
        if (file.path().extension() != ".json") continue;
        const auto cases = test::read_json(file.path()).at("cases").as_array();
        for (const auto& entry : cases) {
            const auto& c = entry.as_object();
            const std::string name{c.at("name").as_string()};
            const auto text = text_of(c);
            if (!text) {
                report.fail(name, "no text that this runner understands");
                continue;
            }
            const auto& expected = c.at("expected_lines").as_array();
            const auto& error_at = c.at("error_at_line_index");
            const bool or_error = c.contains("latitude"); // an error is as good as the values
            std::string why;
            for (std::size_t chunk : {std::size_t{1} << 30, std::size_t{4096}, std::size_t{1}}) {
                if (chunk == 1 && text->size() > 1000000) continue;
                if (why.empty()) why = check_values(*text, expected, error_at, or_error, chunk);
            }
            if (why.empty()) why = check_columns(*text, expected, error_at, or_error);
            report.check(name, why);
        }
    }
}

} // namespace jsonl_inline
