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

inline std::string check(const std::string& text, const std::vector<std::string>* expected,
                         std::size_t chunk) {
    const auto r = test::run(read(text, json::lines_options{}.value_column("value"), chunk));
    if (!expected) return r.error ? "" : "no error";
    if (r.error) return r.error.message();
    std::size_t n = 0;
    for (const auto& batch : r.batches)
        for (auto value : batch.column<std::string_view>("value")) {
            if (n == expected->size()) return "more values than expected";
            if (!same(parse_deep(value), parse_deep((*expected)[n]))) return "value " + std::to_string(n);
            ++n;
        }
    return n == expected->size() ? "" : "only " + std::to_string(n) + " values";
}

TEST_CASE("conformance: json-data") {
    const auto folder = test::conformance_folder("json-data");
    if (!folder) return;
    test::conformance_report report{"json-data"};
    const auto index = test::read_json(*folder / "index.json");
    for (const auto& entry : index.at("files").as_array()) {
        const auto& c = entry.as_object();
        const std::string name{c.at("file").as_string()};
        const auto* kind = c.if_contains("kind");
        if (kind && kind->as_string() != "lines") {
            report.skip(name, "one document or one array (step 4)");
            continue;
        }
        const auto& compression = c.at("compression");
        if (!compression.is_null() && compression.as_string() != "gzip") {
            report.skip(name, "compressed by another codec than gzip (step 4)");
            continue;
        }
        const auto text = compression.is_null() ? test::read_file(*folder / name) : gunzip(*folder / name);
        std::optional<std::vector<std::string>> expected;
        if (c.at("status").as_string() != "malformed")
            expected = lines_of(test::read_file(*folder / (name + ".expected.jsonl")));
        std::string why;
        for (std::size_t chunk : {std::size_t{1} << 30, std::size_t{1000}, std::size_t{13}})
            if (why.empty()) why = check(text, expected ? &*expected : nullptr, chunk);
        report.check(name, why);
    }
}

} // namespace json_data
