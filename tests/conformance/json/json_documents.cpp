// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_values.hpp"

#include <penstock/json/document_writer.hpp>

#include <support/conformance.hpp>

namespace json_documents {

using namespace json_values;

/// A document as one value: its text, or the error.
inline read_result read_document(const std::string& text, std::size_t chunk) {
    return test::run(read<json::document_reader>(
        text, json::document_options{}.shape(json::document_shape::object).value_column("value"), chunk));
}

/// The same document passed over in search of what it does not have: what is valid is found to be just that, and what is not
/// is not.
inline std::string check_passed_over(const std::string& text, bool accepted, std::size_t chunk) {
    const auto r = test::run(
        read<json::document_reader>(text, json::document_options{}.rows_at("/no such key/0"), chunk));
    const bool valid = r.error.code() == errc::unknown_column;
    return valid == accepted ? "" : "passed over: " + r.error.message();
}

/// A byte-order mark is one in front of data only, and tells of its encoding.
inline bool begins_with_mark(std::string_view text) {
    return text.starts_with("\xef\xbb\xbf") || text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
}

/// The same text as a line's, or as the value of a column, where it has no line feed of its own. Both must say the same.
inline std::string check_as_column(const std::string& text, bool accepted, const bj::value* value) {
    if (text.find('\n') != text.npos || begins_with_mark(text)) return "";
    const auto schema = make_schema({field{"v", data_type::string()}});
    const auto r = test::run(read("{\"v\":" + text + "}\n", json::lines_options{}.schema(schema), 1 << 20));
    const bool malformed = r.error && r.error.code() != errc::type_mismatch;
    if (accepted && r.error) return "as a column: " + r.error.message();
    // text that closes the object and goes on, or adds a key, is another value's text
    if (!accepted && !malformed && text.find_first_of(",}") == text.npos) return "as a column: no error";
    if (!accepted || !value) return "";
    const auto rows = test::run(values_of(r.batches.at(0)));
    return reads_as(rows.at(0).at("v"), *value) ? "" : "as a column: " + bj::serialize(rows.at(0)).substr(0, 100);
}

TEST_CASE("conformance: json-test-suite") {
    const auto folder = test::conformance_folder("json-test-suite");
    if (!folder) return;
    test::conformance_report report{"json-test-suite"};
    const auto index = test::read_json(*folder / "index.json");
    for (const auto& entry : index.at("files").as_array()) {
        const auto& c = entry.as_object();
        const std::string name{c.at("file").as_string()};
        const std::string must{c.at("must").as_string()};
        const auto text = test::read_file(*folder / name);
        const auto* value = c.if_contains("value");
        std::optional<bj::value> expected;
        if (value && must == "accept") expected = value->is_string() ? parse_deep(value->as_string()) : *value;
        std::string why;
        for (std::size_t chunk : {std::size_t{1} << 30, std::size_t{7}, std::size_t{1}}) {
            if (chunk == 1 && text.size() > 1000) continue;
            const auto r = read_document(text, chunk);
            const bool accepted = !r.error && !r.batches.empty();
            if (must == "accept" && !accepted) why = "refused: " + r.error.message();
            if (must == "reject" && accepted) why = "accepted";
            if (!why.empty()) break;
            if (expected && !same(parse_deep(r.batches.at(0).column<std::string_view>("value")[0]), *expected))
                why = "another value";
            if (why.empty()) why = check_passed_over(text, accepted, chunk);
            if (why.empty()) why = check_as_column(text, accepted, expected ? &*expected : nullptr);
        }
        report.check(name, why);
    }
}

TEST_CASE("conformance: json-transform") {
    const auto folder = test::conformance_folder("json-transform");
    if (!folder) return;
    test::conformance_report report{"json-transform"};
    for (const auto& file : std::filesystem::directory_iterator{*folder}) {
        const auto text = test::read_file(file.path());
        std::string why;
        for (std::size_t chunk : {std::size_t{1} << 30, std::size_t{1}}) {
            const auto r = read_document(text, chunk);
            if (!r.error && (r.batches.size() != 1 || r.batches[0].num_rows() != 1)) why = "neither a value nor an error";
            if (why.empty()) why = check_passed_over(text, !r.error, chunk);
            if (why.empty() && !r.error) why = check_as_column(text.substr(0, text.find_last_not_of('\n') + 1), true, nullptr);
        }
        report.check(file.path().filename().string(), why);
    }
}

inline awaitable<std::string> written(std::vector<record_batch> batches, json::write_shape shape) {
    std::string out;
    json::document_writer writer{std::make_unique<memory_sink>(out), shape};
    for (auto& b : batches) co_await writer.write(std::move(b));
    co_await writer.close();
    co_return out;
}

/// An object's members, or an array's elements, as columns and written again as a document.
inline std::string check_written(const std::string& text) {
    const auto original = parse_deep(text);
    const auto shape = original.is_object() ? json::write_shape::object : json::write_shape::array;
    if (!original.is_object() && !(original.is_array() && all_of_objects(original.get_array()))) return "";
    const auto r = test::run(read<json::document_reader>(text, json::document_options{}, 1));
    if (r.error) return "a document: " + r.error.message();
    const auto again = test::run(written(r.batches, shape));
    return reads_as(parse_deep(again), original) ? "" : "a document becomes " + again.substr(0, 200);
}

TEST_CASE("conformance: json-roundtrip") {
    const auto folder = test::conformance_folder("json-roundtrip");
    if (!folder) return;
    test::conformance_report report{"json-roundtrip"};
    for (const auto& file : std::filesystem::directory_iterator{*folder}) {
        if (file.path().extension() != ".json" || file.path().filename() == "index.json") continue;
        auto text = test::read_file(file.path());
        while (!text.empty() && text.back() == '\n') text.pop_back();
        // as the value of a column whose type is inferred, then written again
        const auto r = test::run(read("{\"v\":" + text + "}\n", json::lines_options{}, 5));
        std::string why;
        if (r.error || r.batches.size() != 1) {
            why = "not read: " + r.error.message();
        } else {
            const auto rows = test::run(values_of(r.batches[0]));
            const auto again = bj::serialize(rows.at(0).at("v"));
            if (!reads_as(rows.at(0).at("v"), parse_deep(text))) why = "reads as " + again;
            if (why.empty()) why = check_written(text);
        }
        report.check(file.path().filename().string(), why);
    }
}

} // namespace json_documents
