// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// A dictionary whose index type cannot count one more value: the batch ends before that row, whichever parser comes upon it.

#include "json_support.hpp"

#include <penstock/columnar/parse_data_type.hpp>

#include <support/same_values.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace json_full_dictionaries_test {

using namespace json_test;
using namespace penstock;

std::shared_ptr<const schema> given(const char* fields) { return std::make_shared<const schema>(parse_schema(fields).value()); }

std::vector<std::size_t> sizes(const batches_read& r) {
    std::vector<std::size_t> out;
    for (const auto& b : r.batches) out.push_back(b.num_rows());
    return out;
}

std::size_t row_count(const batches_read& r) {
    std::size_t n = 0;
    for (const auto& b : r.batches) n += b.num_rows();
    return n;
}

batches_read read_split(const std::string& text, lines_options options, std::size_t chunk, std::size_t tasks) {
    asio::io_context io{1};
    return read_batches(io, text, std::move(options.compute_executor(io.get_executor()).tasks(tasks).task_bytes(700)), chunk);
}

/// Reads it by the parser of single rows, then in every other way, which must give the same batches.
template <class Options>
batches_read same_in_all_ways(const std::string& text, const Options& options) {
    const auto whole = read_batches(text, Options{options}.expect_flat_rows(false));
    for (int l = 0; l <= static_cast<int>(penstock::detail::best_simd_level()); ++l) {
        CAPTURE(l);
        CHECK(read_batches(text, Options{options}.instruction_set(static_cast<simd_level>(l))) == whole);
    }
    for (const std::size_t chunk : {1, 37, 500}) {
        CAPTURE(chunk);
        CHECK(read_batches(text, options, chunk) == whole);
        CHECK(read_batches(text, Options{options}.expect_flat_rows(false), chunk) == whole);
    }
    return whole;
}

std::string lines_of(const std::vector<std::string>& rows, const char* end = "\n") {
    std::string text;
    for (const auto& r : rows) text += r + end;
    return text;
}

std::string array_of(const std::vector<std::string>& rows) {
    std::string text = "[\n";
    for (std::size_t i = 0; i < rows.size(); ++i) text += (i ? ",\n" : "") + rows[i];
    return text + "\n]\n";
}

TEST_CASE("json full dictionaries: a batch ends where a dictionary is full, however the text is cut") {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "{\"n\":" + std::to_string(i) + ",\"d\":\"v" + std::to_string(i * 7 % 500) + "\"}\n";
    const auto whole = same_in_all_ways(text, lines_options().schema(given("n: int64, d: dictionary<int8, string>")));
    CHECK(whole.error == "");
    CHECK(sizes(whole) == std::vector<std::size_t>{128, 128, 128, 128, 128, 128, 128, 104});
    CHECK(whole.batches[7][1].bytes_at(0) == "v" + std::to_string(896 * 7 % 500));
    CHECK(whole.batches[7][1].dictionary().size() == 104);
    // what is inferred is no dictionary
    const auto inferred = read_batches(text, lines_options());
    CHECK(sizes(inferred) == std::vector<std::size_t>{1000});
    CHECK(inferred.batches[0].schema()[1].type() == data_type::string());
}

TEST_CASE("json full dictionaries: of every kind of value, anywhere in a row") {
    struct shape {
        const char* fields;
        std::string (*row)(const std::string& n);
    };
    const shape shapes[] = {
        {"d: dictionary<int8, int64>, x: string", [](const std::string& n) { return "{\"d\":" + n + ",\"x\":\"\"}"; }},
        {"d: dictionary<int8, float64>", [](const std::string& n) { return "{\"d\":" + n + ".5}"; }},
        {"d: dictionary<int8, decimal128(9, 2)>", [](const std::string& n) { return "{\"d\":" + n + "}"; }},
        {"d: dictionary<int8, duration[s]>", [](const std::string& n) { return "{\"d\":" + n + "}"; }},
        {"d: dictionary<int8, time32[s]>", [](const std::string& n) { return "{\"d\":" + n + "}"; }},
        {"d: dictionary<int8, string>", [](const std::string& n) { return "{\"d\":[" + n + ", {}]}"; }},
        {"d: dictionary<uint8, string>, e: dictionary<int8, string>",
         [](const std::string& n) { return "{\"d\":\"" + n + "\",\"e\":\"\\u0078" + n + "\"}"; }},
        {"o: struct<a: int64, d: dictionary<int8, string>>", [](const std::string& n) { return "{\"o\":{\"d\":\"" + n + "\",\"a\":1}}"; }},
        {"l: list<dictionary<int8, string>>", [](const std::string& n) { return "{\"l\":[\"a\",\"" + n + "\",null,\"" + n + "\"]}"; }},
        {"l: large_list<struct<d: dictionary<int8, string>, e: dictionary<int8, int32>>>",
         [](const std::string& n) { return "{\"l\":[{\"d\":\"" + n + "\"},{\"e\":" + n + ",\"d\":\"b\"}]}"; }},
        {"f: fixed_size_list<dictionary<int8, string>>[2]", [](const std::string& n) { return "{\"f\":[\"" + n + "\",\"z\"]}"; }},
        {"m: map<dictionary<int8, string>, int64>", [](const std::string& n) { return "{\"m\":{\"" + n + "\":1,\"k\":2}}"; }},
        {"m: map<string, dictionary<int8, string>>", [](const std::string& n) { return "{\"m\":{\"k\":\"" + n + "\"}}"; }},
        {"d: dictionary<int8, struct<a: int64, b: string>>", [](const std::string& n) { return "{\"d\":{\"a\":" + n + "}}"; }},
        {"d: dictionary<int8, list<int64>>", [](const std::string& n) { return "{\"d\":[" + n + ",1]}"; }},
        {"d: dictionary<int16, list<dictionary<int8, string>>>", [](const std::string& n) { return "{\"d\":[\"" + n + "\"]}"; }},
    };
    for (const auto& [fields, row] : shapes) {
        CAPTURE(fields);
        std::vector<std::string> rows;
        for (int i = 0; i < 260; ++i) rows.push_back(row(std::to_string(i)));
        const auto lines = same_in_all_ways(lines_of(rows), lines_options().schema(given(fields)));
        REQUIRE(lines.error == "");
        CHECK(row_count(lines) == 260);
        CHECK(lines.batches.size() == 3);
        CHECK(same_in_all_ways(array_of(rows), document_options().schema(given(fields))) == lines);
        CHECK(same_in_all_ways(lines_of(rows, " "), document_options().schema(given(fields))) == lines);
        const auto split = read_split(lines_of(rows), lines_options().schema(given(fields)), 1000, 3);
        CHECK(split.error == "");
        CHECK(test::same_values{}(split.batches, lines.batches));
    }
}

TEST_CASE("json full dictionaries: a row that alone is too much is an error that names the column") {
    const auto row_of = [](int values, int from) {
        std::string text;
        for (int i = 0; i < values; ++i) text += (i ? ",\"" : "\"") + std::to_string(from + i) + "\"";
        return "{\"n\":1,\"o\":{\"l\":[" + text + "]}}";
    };
    const auto s = given("n: int64, o: struct<l: list<dictionary<int8, string>>>");
    const auto text = row_of(100, 0) + "\n" + row_of(50, 60) + "\n" + row_of(128, 5) + "\n" + row_of(200, 0) + "\n" + row_of(1, 7) + "\n";
    const auto failed = same_in_all_ways(text, lines_options().schema(s));
    CHECK(sizes(failed) == std::vector<std::size_t>{2, 1});
    CHECK(failed.error.find("line 4") != std::string::npos);
    CHECK(failed.error.find("the column o.l[] cannot hold the values of this row alone: a dictionary with indices of type int8 cannot hold "
                            "more than 128 different values in one batch") != std::string::npos);
    const auto outcome = read_lines(text, lines_options().schema(s));
    CHECK(outcome.error.code() == errc::record_too_large);
    CHECK(outcome.error.detail().line == 4);
    CHECK(text[static_cast<std::size_t>(outcome.error.detail().byte_offset.value())] == '"');
    CHECK(text.substr(static_cast<std::size_t>(outcome.error.detail().byte_offset.value()), 5) == "\"128\"");
    // It is one bad record.
    const auto skipped = same_in_all_ways(text, lines_options().schema(s).on_bad_record(bad_records::skip));
    CHECK(skipped.error == "");
    CHECK(sizes(skipped) == std::vector<std::size_t>{2, 1, 1});
    CHECK(skipped.counts.starts_with("4 1 0 0:"));
    const auto captured = same_in_all_ways(text, lines_options().schema(s).on_bad_record(bad_records::capture));
    CHECK(captured.error == "");
    CHECK(row_count(captured) == 5);
    CHECK(captured.counts.starts_with("5 0 1 0:"));
}

TEST_CASE("json full dictionaries: a value whose key comes again counts until then") {
    std::string text;
    for (int i = 0; i < 300; ++i) {
        const auto n = std::to_string(i % 128);
        text += i % 150 == 140 ? "{\"l\":[1],\"d\":\"other\",\"d\":\"v" + n + "\"}\n" : "{\"l\":[1],\"d\":\"v" + n + "\"}\n";
    }
    const auto whole = same_in_all_ways(text, lines_options().schema(given("l: list<int64>, d: dictionary<int8, string>")));
    CHECK(sizes(whole) == std::vector<std::size_t>{140, 150, 10});
}

TEST_CASE("json full dictionaries: random rows, as the parser of single rows reads them") {
    std::mt19937 random{31};
    const auto s = given("i: int64, d: dictionary<int8, string>, o: struct<e: dictionary<int8, int64>, l: list<dictionary<uint8, string>>>, "
                         "m: map<dictionary<int8, string>, float64>");
    std::size_t batches = 0;
    for (int round = 0; round < 20; ++round) {
        CAPTURE(round);
        const unsigned odd = round % 4 ? 60 : 0; // one in so many values is none of its column's, or stands under a key that comes twice
        const unsigned distinct = 100 + random() % 400;
        const bool flat = round % 5 == 1;
        const auto number = [&] { return std::to_string(random() % distinct); };
        const auto strange = [&] { return odd && random() % odd == 0; };
        std::vector<std::string> rows;
        for (unsigned r = 0; r < 300; ++r) {
            std::vector<std::string> members{"\"i\":" + (strange() ? "\"x\"" : number())};
            members.push_back("\"d\":" + (strange() ? "nul" : "\"" + number() + "\""));
            if (strange()) members.push_back("\"d\":\"" + number() + "\"");
            if (!flat) {
                std::string items;
                for (auto n = random() % 6; n; --n) items += (items.empty() ? "\"" : ",\"") + number() + "\"";
                members.push_back("\"o\":{\"e\":" + (strange() ? "true" : number()) + (strange() ? ",\"e\":" + number() : "") + ",\"l\":[" + items + "]}");
                if (strange()) members.push_back("\"o\":{\"l\":[\"" + number() + "\"]}");
                if (random() % 3 == 0) members.push_back("\"m\":{\"" + number() + "\":1,\"" + number() + "\":" + (strange() ? "{}" : "2") + "}");
            }
            if (random() % 8 == 0) std::shuffle(members.begin(), members.end(), random);
            std::string row = "{";
            for (const auto& m : members) row += (row.size() > 1 ? "," : "") + m;
            rows.push_back(row + "}");
        }
        auto o = lines_options().schema(s).on_bad_record(static_cast<bad_records>(odd ? 1 + random() % 3 : 0)).batch_rows(50 + random() % 300);
        if (random() % 4 == 0) o.row_index("#");
        if (random() % 4 == 0) o.limit(random() % 300);
        if (random() % 4 == 0) o.batch_bytes(4000);
        const auto general = read_batches(lines_of(rows), lines_options{o}.expect_flat_rows(false));
        batches += general.batches.size();
        for (int l = 0; l <= static_cast<int>(penstock::detail::best_simd_level()); ++l)
            REQUIRE(read_batches(lines_of(rows), lines_options{o}.instruction_set(static_cast<simd_level>(l))) == general);
        REQUIRE(read_batches(lines_of(rows), o, 1 + random() % 300) == general);
        const auto split = read_split(lines_of(rows), o, 1 + random() % 300, 2 + random() % 2);
        REQUIRE(split.error == general.error);
        REQUIRE(split.counts == general.counts);
        REQUIRE(test::same_values{}(split.batches, general.batches));
    }
    CHECK(batches > 50);
}

} // namespace json_full_dictionaries_test
