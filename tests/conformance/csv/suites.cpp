// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// csv-inline and csv: texts and the rows that at least two of three other parsers agree on. Read without a
// header as columns of strings, no nulls. A malformed text must fail; rows of unequal length are an error
// here (any policy is allowed); text that is not UTF-8 must fail.

#include <penstock/codec/decompress.hpp>
#include <penstock/core/as_bytes.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/detect_dialect.hpp>
#include <penstock/csv/parser.hpp>
#include <penstock/format/text_decoder.hpp>

#include <support/conformance.hpp>
#include <support/run.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace csv_conformance {

namespace json = boost::json;
namespace csv = penstock::csv;
using rows = std::vector<std::vector<std::string>>;

struct outcome {
    rows given;
    std::string failed; // empty when all was read
};

inline outcome read(const std::string& text, csv::options options, std::size_t chunk) {
    options.header(false).infer_types(false).null_texts({});
    csv::parser parser{options, "case"};
    outcome out;
    for (std::size_t at = 0;;) {
        const auto step = parser.advance();
        if (!step) {
            out.failed = step.error().message();
            return out;
        }
        if (*step == csv::parser::step::end) return out;
        if (*step == csv::parser::step::need_input) {
            const auto room = parser.prepare();
            const auto n = std::min({room.size(), chunk, text.size() - at});
            std::copy_n(reinterpret_cast<const std::byte*>(text.data()) + at, n, room.data());
            at += n;
            if (n)
                parser.commit(n);
            else
                parser.finish();
        } else if (*step == csv::parser::step::batch) {
            const auto batch = parser.take();
            for (std::size_t r = 0; r < batch.num_rows(); ++r) {
                auto& row = out.given.emplace_back();
                for (std::size_t c = 0; c < batch.num_columns(); ++c) row.emplace_back(batch[c].string_at(r));
            }
        }
    }
}

/// Without its compression, which its bytes and its name tell.
inline std::string plain(std::string stored, const std::string& name) {
    auto source = penstock::decompress(penstock::memory_source{std::move(stored), 1000, name});
    return test::run(penstock::read_all(*source));
}

inline std::string decoded(std::string_view stored, penstock::text_encoding e) {
    std::string out(4 * stored.size() + penstock::text_decoder::least_room, '\0');
    penstock::text_decoder decoder{e};
    out.resize(decoder.decode(penstock::as_bytes(stored), std::as_writable_bytes(std::span{out}), true).produced);
    return out;
}

inline csv::options options_for(const json::object& dialect) {
    const auto character = [&](const char* name) -> std::optional<char> {
        const auto* v = dialect.if_contains(name);
        if (!v || !v->is_string() || v->as_string().empty()) return std::nullopt;
        return v->as_string()[0];
    };
    return csv::options()
        .delimiter(character("delimiter").value_or(','))
        .quote(character("quote"))
        .escape(character("escape"));
}

inline std::string show(const rows& all) {
    std::ostringstream out;
    for (const auto& row : all) {
        out << '[';
        for (const auto& field : row) out << '<' << penstock::printable(field, 60) << '>';
        out << ']';
    }
    return out.str().substr(0, 600);
}

/// Why `text` was not read as its status asks; empty when it was.
inline std::string judge(const std::string& status, const std::string& text, const csv::options& options,
                         const rows& expected) {
    for (const std::size_t chunk : {text.size() + 1, std::size_t{1}, std::size_t{7}}) {
        if (chunk == 1 && text.size() > 100000) continue; // the same code, only slower
        const auto got = read(text, options, chunk);
        if (status == "malformed" || status == "invalid-encoding") {
            if (got.failed.empty()) return "was read, but should fail: " + show(got.given);
        } else if (status == "ragged" && !got.failed.empty()) {
            if (got.failed.find("wrong number of fields") == std::string::npos)
                return "failed with " + got.failed;
        } else if (!got.failed.empty()) {
            return "failed with " + got.failed;
        } else if (status != "contested" && got.given != expected) {
            return "gave " + show(got.given) + " instead of " + show(expected);
        }
    }
    return {};
}

inline rows to_rows(const json::value& v) {
    rows out;
    if (!v.is_array()) return out;
    for (const auto& row : v.as_array()) {
        auto& to = out.emplace_back();
        for (const auto& f : row.as_array()) to.emplace_back(f.as_string());
    }
    return out;
}

} // namespace csv_conformance

TEST_CASE("conformance: csv-inline") {
    using namespace csv_conformance;
    const auto folder = test::conformance_folder("csv-inline");
    if (!folder) return;
    test::conformance_report report{"csv-inline"};
    const auto document = test::read_json(*folder / "cases.json");
    for (const auto& entry : document.as_object().at("cases").as_array()) {
        const auto& c = entry.as_object();
        const std::string name{c.at("name").as_string()};
        const std::string status{c.at("status").as_string()};
        const std::string text{c.at("csv").as_string()};
        report.check(name,
                     judge(status, text, options_for(c.at("dialect").as_object()), to_rows(c.at("rows"))));
    }
}

TEST_CASE("conformance: csv") {
    using namespace csv_conformance;
    const auto folder = test::conformance_folder("csv");
    if (!folder) return;
    test::conformance_report report{"csv"};
    const auto document = test::read_json(*folder / "index.json");
    for (const auto& entry : document.as_object().at("files").as_array()) {
        const auto& c = entry.as_object();
        const std::string name{c.at("file").as_string()};
        const std::string status{c.at("status").as_string()};
        const auto& dialect = c.at("dialect").as_object();
        rows expected;
        const auto file = *folder / (name + ".expected.jsonl");
        if (std::filesystem::exists(file)) {
            std::istringstream lines{test::read_file(file)};
            for (std::string line; std::getline(lines, line);) {
                auto& row = expected.emplace_back();
                const auto fields = json::parse(line);
                for (const auto& f : fields.as_array()) row.emplace_back(f.as_string());
            }
        }
        auto text = plain(test::read_file(*folder / name), name);
        if (const auto* e = dialect.if_contains("encoding"))
            text = decoded(text, penstock::parse_text_encoding(std::string_view{e->as_string()}).value());
        report.check(name, judge(status, text, options_for(dialect), expected));
    }
}

// Texts that several parsers agree on, with the dialect found out from the text alone. Where all took a row for one field,
// their dialect says nothing. A few texts are odd on purpose: what is found must not become less.
TEST_CASE("conformance: csv, dialects detected") {
    using namespace csv_conformance;
    const auto folder = test::conformance_folder("csv");
    if (!folder) return;
    std::size_t right = 0;
    std::size_t all = 0;
    const auto document = test::read_json(*folder / "index.json");
    for (const auto& entry : document.as_object().at("files").as_array()) {
        const auto& c = entry.as_object();
        const auto& dialect = c.at("dialect").as_object();
        if (c.at("status").as_string() != "agreed" || dialect.contains("encoding")) continue;
        const std::string name{c.at("file").as_string()};
        const auto text = plain(test::read_file(*folder / name), name);
        const auto known = options_for(dialect);
        const auto found = csv::detect_dialect(text, true);
        const auto expected = read(text, known, text.size() + 1).given;
        if (expected.empty() || expected[0].size() == 1) continue;
        const auto same = read(text, csv::options().dialect(found.dialect), text.size() + 1).given == expected;
        if (!same) MESSAGE(name, ": '", found.dialect.delimiter, "' for '", known.dialect().delimiter, "'");
        right += same;
        ++all;
    }
    REQUIRE(all > 0); // a suite without cases tells nothing
    CHECK(right * 100 >= all * 97);
}
