// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_values.hpp"

#include <support/conformance.hpp>

#include <zlib.h>

namespace json_data {

using namespace json_values;

/// The codec module is not at hand here.
inline std::string gunzip(const std::filesystem::path& path) {
    std::string out;
    auto* file = ::gzopen(path.c_str(), "rb");
    char block[4096];
    for (int n = 0; file && (n = ::gzread(file, block, sizeof block)) > 0;)
        out.append(block, static_cast<std::size_t>(n));
    if (file) ::gzclose(file);
    return out;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        if (end > at) out.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

template <class Reader, class Options>
std::string check(const std::string& text, const std::vector<std::string>* expected, const Options& options,
                  std::size_t chunk) {
    auto how = options;
    const auto texts = test::run(read<Reader>(text, how.value_column("value"), chunk));
    if (!expected) return texts.error ? "" : "no error";
    if (texts.error) return texts.error.message();
    if (auto why = compare_texts(texts, *expected); !why.empty()) return why;
    if (!all_objects(*expected)) return "";
    const auto columns = test::run(read<Reader>(text, options, chunk));
    return columns.error ? "columns: " + columns.error.message() : compare_columns(columns, *expected);
}

/// Lines by `lines_reader`, one array or document by `document_reader`; what is malformed is so by both.
inline std::string check_kind(const bj::object& c, const std::string& text, const std::vector<std::string>* expected,
                              std::size_t chunk) {
    const auto* kind = c.if_contains("kind");
    const auto is = [&](std::string_view name) { return kind && kind->as_string() == name; };
    const auto shape = is("array") ? json::document_shape::array : json::document_shape::object;
    std::string why;
    if (!kind || is("lines")) why = check<json::lines_reader>(text, expected, json::lines_options{}, chunk);
    if (why.empty() && !is("lines"))
        why = check<json::document_reader>(text, expected, json::document_options{}.shape(shape), chunk);
    return why;
}

TEST_CASE("conformance: json-data") {
    const auto folder = test::conformance_folder("json-data");
    if (!folder) return;
    test::conformance_report report{"json-data"};
    const auto index = test::read_json(*folder / "index.json");
    for (const auto& entry : index.at("files").as_array()) {
        const auto& c = entry.as_object();
        const std::string name{c.at("file").as_string()};
        const auto& compression = c.at("compression");
        const auto text = compression.is_null() ? test::read_file(*folder / name) : gunzip(*folder / name);
        std::optional<std::vector<std::string>> expected;
        if (c.at("status").as_string() != "malformed")
            expected = lines_of(test::read_file(*folder / (name + ".expected.jsonl")));
        std::string why;
        for (std::size_t chunk : {std::size_t{1} << 30, std::size_t{1000}, std::size_t{13}})
            if (why.empty()) why = check_kind(c, text, expected ? &*expected : nullptr, chunk);
        report.check(name, why);
    }
}

} // namespace json_data
