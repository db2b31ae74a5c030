// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_support.hpp"

#include <penstock/columnar/parse_data_type.hpp>
#include <penstock/json/detail/key_index.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

// Rows whose keys are in any order, missing or too many, with white space, structs and lists: read many at once, and line by line by
// the general parser. Both must accept and refuse the same texts and give the same values, whatever the processor has.

namespace walked_rows {

using namespace json_test;
using namespace penstock;

std::shared_ptr<const schema> given() {
    const auto type = [](const char* text) { return parse_data_type(text).value(); };
    return make_schema(
        {field{"i", data_type::int64()}, field{"d", data_type::float64()}, field{"s", data_type::string()},
         field{"t", type("timestamp[us]")}, field{"b", data_type::boolean()}, field{"u", data_type::uint64()},
         field{"n", type("decimal128(20, 2)")}, field{"raw", data_type::string()},
         field{"o", type("struct<a: int64, b: string, c: struct<d: float64, e: list<string>>>")},
         field{"l", type("list<int64>")}, field{"ll", type("list<list<string>>")},
         field{"lo", type("large_list<struct<k: string, v: float64>>")}, field{"fl", type("fixed_size_list<int64>[3]")},
         field{"fo", type("struct<p: fixed_size_list<fixed_size_list<float64>[2]>[2], q: int64>")},
         field{"lf", type("list<struct<x: fixed_size_list<string>[2]>>")}, field{"m", type("map<string, int64>")},
         field{"mm", type("map<date32, map<string, list<float64>>>")}, field{"mo", type("list<map<string, struct<k: string, v: float64>>>")},
         field{"a \"\\", data_type::int64()}});
}

struct writer {
    std::mt19937 random;
    bool spaces = false;
    unsigned odd = 0; // one in so many values is none of its column's

    unsigned below(unsigned n) { return static_cast<unsigned>(random() % n); }
    std::string gap() {
        const char* const gaps[] = {"", "", "", " ", "  ", "\t", " \r ", "                 "};
        return spaces ? gaps[below(8)] : "";
    }
    std::string pick(std::initializer_list<const char*> from) { return from.begin()[below(static_cast<unsigned>(from.size()))]; }
    std::string any_value(int depth = 0) {
        return value(pick({"i", "d", "s", "t", "b", "n", "raw", depth > 2 ? "i" : "o", depth > 2 ? "s" : "l", "lo"}), depth + 1);
    }
    std::string list(const std::string& of, int depth) { return items(of, below(4), depth); }
    std::string map(std::initializer_list<const char*> keys, const std::string& of, int depth) {
        std::vector<std::pair<std::string, std::string>> members;
        for (auto n = below(4); n; --n) members.emplace_back(odd && below(odd) == 0 ? "\\ud800" : pick(keys), of);
        return object(std::move(members), depth);
    }
    std::string items(const std::string& of, unsigned n, int depth) {
        std::string out = "[" + gap();
        for (unsigned i = 0; i < n; ++i) out += (i ? gap() + "," + gap() : "") + value(of, depth);
        return out + gap() + "]";
    }
    std::string value(const std::string& of, int depth = 0) {
        if (odd && below(odd) == 0)
            return pick({"\"x\"", "7", "1.5", "true", "null", "{}", "[]", "[{}]", "nul", "01", "1.", "", "\"a\"b\"", "\"\\x\"", "{\"a\":1",
                         "\"2024-01-01 00:00:00\"", "{\"a\" 1}", "[1,]", "{,}", "1 2", "18446744073709551616", "\"\\ud800\"", "y", "_"});
        if (below(12) == 0) return "null";
        if (of == "i") return std::to_string(static_cast<int>(random()) / (1 << below(31)));
        if (of == "d") return pick({"1", "0.25", "-3.5", "1e5", "123456789.125", "1.5E-7"});
        if (of == "s") return pick({"\"\"", "\"x\"", "\"a,b:{}[]\"", "\"\\\"\"", "\"\\u00e9 \\/\"", "\"東京\"",
                                    "\"a text that is longer than what one block of bytes can hold, to try the other way\"", "12", "true"});
        if (of == "t") return pick({"\"2024-02-29 12:30:00\"", "\"2024-02-29T12:30:00.25\"", "\"1850-01-01\""});
        if (of == "b") return pick({"true", "false"});
        if (of == "u") return pick({"0", "18446744073709551615", "7"});
        if (of == "n") return pick({"1.25", "\"3.5\"", "123456789012345678", "-0.01"});
        if (of == "raw") return pick({"{\"x\":[1,{\"y\":null}]}", "[ 1 , \"a\" ]", "{}", "1e3", "\"s\"", "[[[]]]"});
        if (of == "l") return list("i", depth);
        if (of == "ll") return list("list of s", depth);
        if (of == "list of s") return list("s", depth);
        if (of == "lo") return list("k", depth);
        if (of == "fl") return items("i", odd && below(odd) == 0 ? below(5) : 3, depth);
        if (of == "fp") return items("fpp", 2, depth);
        if (of == "fpp") return items("d", 2, depth);
        if (of == "fo") return object({{"p", "fp"}, {"q", "i"}}, depth + 1);
        if (of == "lf") return list("lfx", depth);
        if (of == "lfx") return object({{"x", "fs"}}, depth + 1);
        if (of == "fs") return items("s", 2, depth);
        if (of == "m") return map({"a", "", "a b", "\\u0061", "\\n", "é", "null", "7"}, "i", depth);
        if (of == "mm") return map({"2024-02-29", "1990-01-01", "1850-12-31", "+12345-01-01"}, "md", depth);
        if (of == "md") return map({"x", "\\\"", "[{,:"}, "list of d", depth);
        if (of == "list of d") return list("d", depth);
        if (of == "mo") return list("map of k", depth);
        if (of == "map of k") return map({"x", "y"}, "k", depth);
        if (of == "k") return object({{"k", "s"}, {"v", "d"}}, depth + 1);
        if (of == "c") return object({{"d", "d"}, {"e", "list of s"}}, depth + 1);
        return object({{"a", "i"}, {"b", "s"}, {"c", "c"}}, depth + 1);
    }
    std::string object(std::vector<std::pair<std::string, std::string>> members, int depth) {
        if (below(3) == 0) std::shuffle(members.begin(), members.end(), random);
        std::string out = "{" + gap();
        bool first = true;
        const auto add = [&](const std::string& key, const std::string& text) {
            out += std::string{first ? "" : ","} + gap() + "\"" + key + "\"" + gap() + ":" + gap() + text + gap();
            first = false;
        };
        for (const auto& [key, of] : members) {
            if (below(8) == 0) continue;
            if (below(16) == 0) add(pick({"more", "x", "a key of more than sixteen bytes", "a key of more than sixteen chars", ""}), any_value(depth));
            add(below(40) == 0 ? pick({"\\u0069", "\\u0061", "k", "\\u006b", "\\n", "n\\u006F"}) : odd && below(odd) == 0 ? pick({"\\x", "\\"}) : key,
                value(of, depth));
            if (odd && below(40) == 0) add(key, value(of, depth));
        }
        return out + "}";
    }
    std::string row() {
        return object({{"i", "i"}, {"d", "d"}, {"s", "s"}, {"t", "t"}, {"b", "b"}, {"u", "u"}, {"n", "n"}, {"raw", "raw"}, {"o", "o"},
                       {"l", "l"}, {"ll", "ll"}, {"lo", "lo"}, {"fl", "fl"}, {"fo", "fo"}, {"lf", "lf"}, {"m", "m"}, {"mm", "mm"},
                       {"mo", "mo"}, {"a \\\"\\\\", "i"}},
                      0);
    }
};

writer writer_of(unsigned seed) {
    writer w{std::mt19937{seed}};
    w.spaces = seed % 3 == 1;
    w.odd = seed % 5 == 0 ? 0 : seed % 5 == 1 ? 60 : 300;
    return w;
}

template <class Options>
void compare(const std::string& text, const Options& options, std::size_t piece) {
    const auto general = read_batches(text, Options{options}.expect_flat_rows(false));
    for (int l = 0; l <= static_cast<int>(penstock::detail::best_simd_level()); ++l) {
        CAPTURE(l);
        const auto quick = read_batches(text, Options{options}.instruction_set(static_cast<simd_level>(l)));
        CHECK(quick.error == general.error);
        CHECK(quick.counts == general.counts);
        CHECK(quick.batches == general.batches);
    }
    const auto cut = read_batches(text, options, piece);
    CHECK(cut.error == general.error);
    CHECK(cut.counts == general.counts);
    CHECK(cut.batches == general.batches);
}

template <class Options>
Options random_options(writer& w, unsigned seed) {
    Options options;
    if (seed % 2) options.schema(given());
    options.batch_rows(1 + w.below(40)).inference_rows(1 + w.below(30)).on_bad_record(static_cast<bad_records>(w.below(4)));
    if (w.below(4) == 0) options.columns(std::vector<std::string>{"o", "i", "lo"}).schema(given());
    if (w.below(6) == 0) options.missing_columns(missing_columns::fail);
    if (w.below(6) == 0) options.extra_columns(extra_columns::fail);
    if (w.below(6) == 0) options.max_record_bytes(400);
    if (w.below(6) == 0) options.batch_bytes(1500);
    if (w.below(6) == 0) options.infer_nested(false);
    return options;
}

TEST_CASE("walked rows: random records, as the general parser reads them") {
    for (unsigned seed = 1; seed <= 150; ++seed) {
        CAPTURE(seed);
        auto w = writer_of(seed);
        std::string text;
        const auto rows = 1 + w.below(60);
        for (unsigned i = 0; i < rows; ++i) {
            text += w.gap() + w.row() + w.gap() + (w.below(9) ? "\n" : w.below(3) ? "\r\n" : "\n\n");
            if (w.odd && w.below(100) == 0) text += w.pick({"7\n", "[]\n", "{\n", "{}{}\n", "{}\n", "\x01\n", "{\"i\":\x01 1}\n", "{\"s\":\"\xff\"}\n", "}\n"});
        }
        CAPTURE(text);
        compare(text, random_options<lines_options>(w, seed), 1 + w.below(300));
    }
}

TEST_CASE("walked rows: random elements of arrays, and values one behind the other") {
    for (unsigned seed = 1; seed <= 120; ++seed) {
        CAPTURE(seed);
        auto w = writer_of(seed);
        const auto gap = [&] { return w.spaces ? w.gap() + w.pick({"", "\n", "\n\n  "}) : w.pick({"", "", "", "", "\n"}); };
        const bool array = seed % 4 > 1;
        const bool within = array && seed % 8 > 5;
        std::string text = within ? "{\"n\":[1,{}],\"rows\":[" : array ? "[" : "";
        const auto rows = 1 + w.below(60);
        for (unsigned i = 0; i < rows; ++i) {
            if (i) text += array ? "," : w.below(2) ? "" : "\n";
            text += gap();
            if (w.odd && w.below(100) == 0)
                text += w.pick({"7", "[]", "{", "{}{}", "{}", "\x01", "{\"i\":\x01 1}", "{\"s\":\"\xff\"}", "}", "", "]", "[{\"i\":1},{\"i\":2}]",
                                "{\"i\":1]", "\"a\"", "{\"i\":1}}"});
            else
                text += w.row();
            text += gap();
        }
        if (w.below(9)) text += within ? "],\"rows\":[{\"i\":1},{\"i\":2}]}" : array ? "]" : "";
        CAPTURE(text);
        auto options = random_options<document_options>(w, seed);
        if (within) options.rows_at("/rows");
        if (!array && w.below(2)) options.shape(document_shape::concatenated);
        compare(text, options, 1 + w.below(300));
    }
}

/// The same rows in every shape, as minified as it goes, and indented.
TEST_CASE("walked rows: flat rows of documents are those of lines") {
    std::vector<std::string> rows;
    std::vector<std::string> indented;
    for (int i = 0; i < 400; ++i) {
        const auto n = std::to_string(i * 7919 % 1000);
        const auto s = i % 9 ? "x, y {} [] : " + n : std::string{"\\\"}\\u00e9"};
        rows.push_back("{\"a\":" + n + ",\"s\":\"" + s + "\",\"t\":\"2024-02-29 12:30:00\",\"b\":" + (i % 3 ? "true" : "null") + "}");
        indented.push_back("  {\n    \"a\": " + n + ",\n    \"s\": \"" + s + "\",\n    \"t\": \"2024-02-29 12:30:00\",\n    \"b\": " +
                           (i % 3 ? "true" : "null") + "\n  }");
    }
    const auto joined = [](const std::vector<std::string>& all, const std::string& by) {
        std::string out;
        for (const auto& r : all) out += (out.empty() ? "" : by) + r;
        return out;
    };
    const auto join = [&](const std::string& by) { return joined(rows, by); };
    const auto expected = read_batches(join("\n"), lines_options{}.batch_rows(100));
    REQUIRE(expected.error == "");
    const auto same = [&](const std::string& text, document_options options) {
        options.batch_rows(100);
        const auto all = read_batches(text, options);
        CHECK(all.error == "");
        CHECK(all.batches == expected.batches);
        compare(text, options, 100);
        options.batch_bytes(700);
        compare(text, options, 100);
    };
    same("[" + join(",") + "]", {});
    same("[\n" + join(",\n") + "\n]\n", {});
    same("[\r\n  " + join(" ,\r\n  ") + "]", {});
    same("[\n" + joined(indented, ",\n") + "\n]", {});
    same(joined(indented, "\n") + "\n", {});
    same(joined(indented, ""), {});
    same(join(""), {});
    same(join(" "), {});
    same(join("\n"), {});
    same(join("\n\n"), {});
    same("{\"x\":[{\"rows\":[" + join(",") + "]}],\"rows\":[{\"a\":1}]}", document_options().rows_at("/x/0/rows"));
    // an error behind many rows has its place
    const auto wrong = read_batches("[\n" + join(",\n") + ",\n {\"a\" 1}]", document_options{});
    CHECK(wrong.error.find("line 402, column 7") != std::string::npos);
}

TEST_CASE("walked rows: what is no UTF-8 in some rows") {
    std::mt19937 random{8};
    for (int round = 0; round < 6; ++round) {
        std::string text;
        std::string array = "[";
        for (int i = 0; i < 200; ++i) {
            std::string s = random() % 2 ? "é" : "z";
            if (random() % (round < 3 ? 40 : 3) == 0) s += random() % 2 ? "\xff" : "\xe6\x9d";
            const auto row = "{\"a\":" + std::to_string(i) + ",\"s\":\"" + s + "\"}";
            text += row + "\n";
            array += row + ",";
        }
        array += "{}]";
        for (const auto policy : {bad_records::skip, bad_records::capture, bad_records::fail}) {
            compare(text, lines_options{}.schema(given()).on_bad_record(policy), 1000);
            compare(array, document_options{}.schema(given()).on_bad_record(policy), 1000);
        }
    }
}

TEST_CASE("walked rows: fields that allow no null") {
    const auto type = [](const char* text) { return parse_data_type(text).value(); };
    std::vector<field> item;
    item.emplace_back("k", data_type::int64(), false);
    const auto strict = make_schema({field{"a", data_type::int64(), false}, field{"o", data_type::struct_(item), false},
                                     field{"l", type("list<int64>"), false}, field{"p", data_type::struct_(item)}});
    const std::string good = R"({"l":[1],"o":{"k":1},"a":1,"p":null})";
    for (const auto* odd : {R"({"l":[],"o":{"k":1}})", R"({"l":null,"o":{"k":1},"a":1})", R"({"o":{"k":1},"a":1})", R"({"l":[],"o":null,"a":1})",
                            R"({"l":[],"o":{},"a":1})", R"({"l":[],"o":{"k":null},"a":1})", R"({"l":[null],"o":{"k":2},"a":null})",
                            R"({"l":[null],"o":{"k":2},"a":3,"p":{}})", R"({"a":3,"p":{"k":4},"l":[2,3],"o":{"k":2}})"}) {
        CAPTURE(odd);
        const auto text = good + "\n" + good + "\n" + odd + "\n" + good + "\n";
        compare(text, lines_options{}.schema(strict), 11);
        compare(text, lines_options{}.schema(strict).on_bad_record(bad_records::null_values), 11);
        compare(text, lines_options{}.schema(strict).on_bad_record(bad_records::skip).batch_rows(2), 11);
    }
}

TEST_CASE("walked rows: deep, wide and long") {
    // deeper than is walked, and deeper than any parser goes
    for (const std::size_t depth : {60u, 63u, 64u, 65u, 70u, 1000u, 1030u}) {
        const auto deep = "{\"x\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"a\":1}\n";
        compare(deep + deep + "{\"a\":2}\n", lines_options{}.schema(make_schema({field{"a", data_type::int64()}})), 100);
        compare(deep + deep, lines_options{}.schema(make_schema({field{"x", data_type::string()}})), 100);
    }
    // a list of many structs with many members, most of which are missing
    std::string names;
    for (int i = 0; i < 600; ++i) names += (i ? ", k" : "k") + std::to_string(i) + ": int64";
    const auto wide = make_schema({field{"l", parse_data_type("list<struct<" + names + ">>").value()}});
    std::string row = "{\"l\":[";
    for (int i = 0; i < 900; ++i) row += std::string{i ? "," : ""} + "{\"k" + std::to_string(i % 600) + "\":" + std::to_string(i) + "}";
    row += "]}\n";
    compare(row + "{\"l\":[{\"k599\":1}]}\n" + row, lines_options{}.schema(wide), 1000);
    // as long as rows of a run may be, and longer; texts are
    const auto texts = make_schema({field{"s", data_type::string()}, field{"l", parse_data_type("list<int64>").value()}});
    std::string large;
    for (const std::size_t size : {40'000u, 1'048'500u, 1'048'600u})
        large += "{\"s\":\"" + std::string(size - 80, 'x') + "\",\"l\":[1,2]}\n{\"l\":[3],\"s\":\"\"}\n{\"s\":\"y\"}\n";
    large += "{\"l\":[0";
    for (int i = 0; i < 150'000; ++i) large += ",7";
    compare(large + "]}\n{\"l\":[8]}\n", lines_options{}.schema(texts), 100'000);
    // more items than are converted at once, and rows longer than a block
    std::string long_row = "{\"b\":\"x\",\"l\":[0";
    for (int i = 1; i < 5000; ++i) long_row += "," + std::to_string(i);
    long_row += "]}\n";
    std::string text;
    for (int i = 0; i < 12; ++i) text += long_row + "{\"l\":[" + std::string(3000, '1') + "],\"b\":null}\n{\"l\":[1,2.5]}\n";
    compare(text, lines_options{}.on_bad_record(bad_records::null_values), 9999);
}

TEST_CASE("walked rows: many keys that are no column") {
    std::mt19937 random{3};
    std::string text;
    for (int i = 0; i < 2000; ++i)
        text += "{\"k" + std::to_string(random() % 1000) + "\":{\"a\":[" + std::to_string(i) + "]},\"a\":" + std::to_string(i) + ",\"k" +
                std::to_string(random() % 1000) + "\":" + (i == 1900 ? "tru" : "true") + "}\n";
    compare(text, lines_options{}.schema(make_schema({field{"a", data_type::int64()}})), 777);
}

TEST_CASE("walked rows: numbers that widen, texts among numbers, whole numbers of any size, keys twice") {
    std::string text;
    for (int i = 0; i < 300; ++i) {
        text += "{\"wide\":" + std::string{i % 3 ? "1" : "1.5"} + ",\"mixed\":" + (i % 2 ? "7" : "\"seven\"") + ",\"big\":" +
                (i % 4 ? std::to_string(i) : "9223372036854775808") + ",\"huge\":" + (i % 5 ? "1" : "100000000000000000000000000") +
                ",\"flag\":" + (i % 7 ? "true" : "0") + ",\"some\":" + (i % 2 ? "{\"a\":1}" : "[1]");
        if (i % 6 == 0) text += ",\"wide\":2";
        text += i % 2 ? ",\"o\":{\"p\":1}}\n" : ",\"o\":{\"q\":\"x\",\"q\":2}}\n";
    }
    compare(text, lines_options{}, 100);
    compare(text, lines_options{}.duplicate_keys_as_error(true), 100);
    const auto all = read_batches(text, lines_options{});
    REQUIRE(all.error == "");
    REQUIRE(all.batches.size() == 1);
    CHECK(describe(all.batches[0].schema()) == "wide:float64 mixed:string big:uint64 huge:decimal128(38, 0) flag:string some:string "
                                               "o:struct<q: string, p: int64>");
}

TEST_CASE("walked rows: keys are found by all of their bytes") {
    penstock::json::detail::key_index keys;
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) names.push_back(std::string(static_cast<std::size_t>(i % 40), 'k') + std::to_string(i));
    names.push_back("");
    for (std::size_t i = 0; i < names.size(); ++i) keys.add(names[i], static_cast<std::uint32_t>(i));
    CHECK(keys.size() == names.size());
    const auto find = [&](const std::string& name) {
        const auto padded = name + std::string(16, 'k'); // what is behind it does not count
        return keys.find(std::string_view{padded.data(), name.size()});
    };
    for (std::size_t i = 0; i < names.size(); ++i) CHECK(find(names[i]) == i);
    for (const auto& n : names) CHECK(find(n + "x") == penstock::json::detail::key_index::none);
    CHECK(find("kkkkkkkkkkkkkkkkkkkkkkkk") == penstock::json::detail::key_index::none);
}

} // namespace walked_rows
