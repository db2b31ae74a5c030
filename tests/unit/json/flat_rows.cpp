// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "json_support.hpp"
#include "support/rounds.hpp"

#include <doctest/doctest.h>

#include <random>

// Rows that are flat objects are read by kernels, all others line by line: both must accept and refuse the same texts and give the
// same values, whatever the processor has.

namespace flat_rows {

using namespace json_test;
using namespace penstock;

std::vector<simd_level> levels() {
    std::vector<simd_level> out;
    for (int l = 0; l <= static_cast<int>(penstock::detail::best_simd_level()); ++l)
        out.push_back(static_cast<simd_level>(l));
    return out;
}

std::shared_ptr<const schema> every_type() {
    return make_schema({field{"a", data_type::int64()}, field{"b", data_type::float64()}, field{"s", data_type::string()},
                        field{"t", data_type::boolean()}, field{"u", data_type::int8()}});
}

/// The same by both ways, by every level, with and without a schema, whole and in pieces.
void compare(const std::string& text) {
    CAPTURE(text);
    for (const int how : {0, 1, 2, 3}) {
        const auto options = [&] {
            auto o = lines_options{}.inference_rows(2);
            if (how == 1) o.schema(every_type());
            if (how == 2) o.columns({"s", "a"}).schema(every_type());
            if (how == 3) o.batch_rows(3).max_record_bytes(90);
            return o;
        };
        const auto expected = read_lines(text, options().expect_flat_rows(false));
        for (const auto level : levels()) {
            CAPTURE(static_cast<int>(level));
            CHECK(read_lines(text, options().instruction_set(level)) == expected);
        }
        CHECK(read_lines(text, options(), 61) == expected);
    }
}

const char* const numbers[] = {"0",     "-0",    "1",     "-1",   "12345678", "123456789", "1234567890123456", "99999999999999999",
                               "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
                               "0.5",   "-0.25", "1.0",   "1e5",  "1E-3",     "1.5e300",   "1e400",     "123456.789012345",
                               "0.1234567890123456789", "3.", ".5", "-", "+1", "01", "-01", "1.", "1..2", "1.2.3", "0x1", "1e", "1e+",
                               "--1",   "1-",    "NaN",   "Infinity"};
const char* const others[] = {"null", "true", "false", "nul", "nulls", "True", "truefalse", "", " ", "1 2", "null ", " 7", "7 ",
                              "[]", "{}", "[1,2]", "{\"x\":1}", "[", "}", "\\", "'x'"};
const char* const strings[] = {R"("")", R"("x")", R"("a,b")", R"("{}")", R"("\"")", R"("\\")", R"("a\\\"b")", R"("\u0041")",
                               R"("\ud83d\ude00")", R"("\ud83d")", R"("\u12")", R"("\x")", R"("a"b")", R"("a" "b")", R"(")",
                               R"("\)", R"("é")", "\"\xff\"", "\"\xc3\"", "\"a\tb\"", "\"\x7f\"",
                               R"("this one has more characters than a block of sixty-four bytes can hold, so it goes on")",
                               R"("this one has more characters than a block of \"sixty-four\" bytes can hold, so it goes on")",
                               R"("12345678901234567890123456789012345678901234567890123456789012")",
                               R"("1234567890123456789012345678901234567890123456789012345678901")", R"("2024-01-01 00:00:00")"};

std::string row(const std::string& a, const std::string& b, const std::string& s) {
    return "{\"a\":" + a + ",\"b\":" + b + ",\"s\":" + s + ",\"t\":true,\"u\":7}\n";
}

TEST_CASE("flat rows: every spelling of a value, in every column") {
    std::vector<std::string> values;
    for (const auto* list : {&numbers[0]})
        for (std::size_t i = 0; i < std::size(numbers); ++i) values.emplace_back(list[i]);
    for (const auto* v : others) values.emplace_back(v);
    for (const auto* v : strings) values.emplace_back(v);
    const auto plain = row("1", "2.5", "\"x\"");
    for (const auto& v : values) {
        compare(plain + plain + plain + row(v, "2.5", "\"y\"") + plain);
        compare(plain + plain + plain + row("3", v, "\"y\"") + plain);
        compare(plain + plain + plain + row("3", "4", v) + plain);
        compare(plain + plain + plain + "{\"a\":1,\"b\":2.5,\"s\":\"x\",\"t\":" + v + ",\"u\":" + v + "}\n" + plain);
        compare(plain + plain + plain + "{\"a\":1,\"b\":2.5,\"s\":\"x\",\"t\":false,\"u\":7,\"more\":" + v + "}\n" + plain);
    }
}

TEST_CASE("flat rows: other keys, orders and spaces") {
    const auto plain = row("1", "2.5", "\"x\"");
    const char* const rows[] = {
        R"({"b":1,"a":2,"s":"y","t":true,"u":7})",
        R"({ "a": 1, "b": 2.5, "s": "x", "t": true, "u": 7 })",
        R"({"a":1 ,"b":2.5,"s":"x","t":true,"u":7})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7} )",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7}})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7)",
        R"( {"a":1,"b":2.5,"s":"x","t":true,"u":7})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7,})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7}{"a":1})",
        R"({"a":1,"b":2.5,"s":"x","t":true})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7,"a":8})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7,"v":8})",
        R"({"a":1,"b":2.5,"s":"x","t":true,"\u0075":7})",
        R"({"A":1,"b":2.5,"s":"x","t":true,"u":7})",
        R"({"a":1,"b":2.5,"s":"x","t":true;"u":7})",
        R"([1,2,3,4,5])",
        R"({})",
        "",
        "\r",
        "{\"a\":1,\"b\":2.5,\"s\":\"x\",\"t\":true,\"u\":7}\r",
        R"({"a":1,"b":2.5,"s":"x","t":true,"u":7}\)",
        R"({"a":1,"b":2.5,"s":"x\","t":true,"u":7})",
        R"({"a,":1,"b":2.5,"s":"x","t":true,"u":7})",
        R"("a":1,"b":2.5,"s":"x","t":true,"u":7})",
    };
    for (const auto* r : rows) {
        const auto odd = std::string{r} + "\n";
        compare(plain + plain + plain + odd + plain + plain);
        compare(odd + odd + odd + plain + odd + plain);
        compare(plain + r);
    }
    // keys that hold what separates
    compare("{\"a,b\":1,\"c\\\"\":2}\n{\"a,b\":1,\"c\\\"\":2}\n{\"a,b\":3,\"c\\\"\":2}\n");
    compare("{\"k,1\":1,\"k2\":2}\n{\"k,1\":1,\"k2\":2}\n\"{\"k,1\":1,\"k2\":2}\n");
}

TEST_CASE("flat rows: any byte changed") {
    std::mt19937 random{7};
    std::string text;
    for (int i = 0; i < 12; ++i)
        text += row(std::to_string(i), i % 3 ? "null" : "0.5", i % 4 ? "\"some text\"" : R"("a \"b\" c")");
    const std::string_view bytes{"\"\\,:{}[]\n\r \t0123456789.-+eEnulltrue\x01\xc3\xa9z"};
    for (int i = 0; i < test::rounds(50); ++i) {
        auto changed = text;
        for (int n = static_cast<int>(random() % 3); n >= 0; --n) {
            const auto at = random() % changed.size();
            switch (random() % 3) {
            case 0:
                changed[at] = bytes[random() % bytes.size()];
                break;
            case 1:
                changed.erase(at, 1 + random() % 3);
                break;
            default:
                changed.insert(at, 1, bytes[random() % bytes.size()]);
            }
        }
        compare(changed);
    }
}

TEST_CASE("flat rows: many rows, batches and blocks") {
    std::string text;
    for (int i = 0; i < 5000; ++i)
        text += row(std::to_string(i * 7919), std::to_string(i) + ".25", i % 7 ? "\"x\"" : "\"\\u00e9\"");
    compare(text);
    for (const auto level : levels()) {
        const auto all = read_lines(text, lines_options{}.instruction_set(level));
        CHECK(all.rows.size() == 5000);
        CHECK(all.batches.size() == 1);
        CHECK(!all.error);
    }
}

} // namespace flat_rows
