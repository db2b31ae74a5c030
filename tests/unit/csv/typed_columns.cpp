// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Columns of types that a schema gives, and every level of kernels against the portable one over whole texts.

#include "csv_support.hpp"

#include <doctest/doctest.h>

#include <random>

namespace csv_typed_columns_test {

using namespace csv_test;

/// A column of these fields, one a row; quoted fields as they stand.
inline outcome column(const data_type& type, const std::string& lines, bool nullable = true) {
    return read("c\n" + lines, csv::options().schema(make_schema({field{"c", type, nullable}})));
}
template <class T>
std::vector<T> values(const outcome& o) {
    std::vector<T> out;
    for (const auto& b : o.batches)
        for (const auto v : b[0].template values_as<T>()) out.push_back(v);
    return out;
}

TEST_CASE("csv typed columns: integers of every width keep their range") {
    CHECK(values<std::int8_t>(column(data_type::int8(), "-128\n127\n007\n\"5\"\n+1\n")) == std::vector<std::int8_t>{-128, 127, 7, 5, 1});
    CHECK(values<std::int16_t>(column(data_type::int16(), "-32768\n32767\n")) == std::vector<std::int16_t>{-32768, 32767});
    CHECK(values<std::int32_t>(column(data_type::int32(), "-2147483648\n2147483647\n")) ==
          std::vector<std::int32_t>{-2147483647 - 1, 2147483647});
    CHECK(values<std::uint8_t>(column(data_type::uint8(), "0\n255\n")) == std::vector<std::uint8_t>{0, 255});
    CHECK(values<std::uint16_t>(column(data_type::uint16(), "65535\n")) == std::vector<std::uint16_t>{65535});
    CHECK(values<std::uint32_t>(column(data_type::uint32(), "4294967295\n")) == std::vector<std::uint32_t>{4294967295});
    const std::pair<data_type, const char*> beyond[] = {
        {data_type::int8(), "128"},         {data_type::int8(), "-129"},   {data_type::int16(), "32768"},
        {data_type::int32(), "2147483648"}, {data_type::uint8(), "256"},   {data_type::uint8(), "-1"},
        {data_type::uint16(), "65536"},     {data_type::uint32(), "-5"},   {data_type::uint32(), "4294967296"},
        {data_type::int8(), "1.0"},         {data_type::uint16(), "true"}, {data_type::int32(), "99999999999999999999"},
    };
    for (const auto& [type, text] : beyond) {
        const auto r = column(type, std::string{"1\n2\n3\n"} + text + "\n");
        REQUIRE_MESSAGE(r.failed.has_value(), text);
        CHECK(r.failed->code() == errc::type_mismatch);
        CHECK(r.failed->detail().line == 5);
        CHECK(r.failed->detail().message == "column \"c\": \"" + std::string{text} + "\" is no " + type.name());
        CHECK(r.rows() == 3);
    }
}

TEST_CASE("csv typed columns: timestamps and dates") {
    const auto us = data_type::timestamp(time_unit::microsecond);
    const auto r = column(us, "1970-01-01 00:00:01\n\"1970-01-01T00:00:02\"\n1970-01-01 00:00:03.25\n\n1970-01-02 00:00:00\n");
    CHECK(r.error().empty());
    CHECK(values<std::int64_t>(r) == std::vector<std::int64_t>{1000000, 2000000, 3250000, 86400000000}); // a blank line is no row
    const auto two = read("a,c\n1,2024-02-29 12:00:00\n2,\n",
                          csv::options().schema(make_schema({field{"c", data_type::timestamp(time_unit::second)}})));
    CHECK(two.batches[0][0].null_count() == 1);
    CHECK(values<std::int64_t>(two) == std::vector<std::int64_t>{1709208000, 0});
    CHECK(values<std::int32_t>(column(data_type::date32(), "1970-01-01\r\n\"2024-02-29\"\r\n1969-12-31\r\n")) ==
          std::vector<std::int32_t>{0, 19782, -1});
    for (const char* text : {"2023-02-29 00:00:00", "2024-01-01 25:00:00", "soon"}) {
        const auto bad = column(us, std::string{"1970-01-01 00:00:01\n"} + text + "\n");
        REQUIRE(bad.failed.has_value());
        CHECK(bad.failed->code() == errc::type_mismatch);
        CHECK(bad.rows() == 1);
    }
    const auto null = column(us, "1970-01-01 00:00:01\n\"\"\n", false);
    CHECK(null.failed->detail().message == "column \"c\": null, but the column is not nullable");
}

TEST_CASE("csv typed columns: dates and times are inferred, and stay what they were inferred as") {
    const auto r = read("d,t,u,s\n2024-02-29,2024-02-29 12:00:00,2024-02-29T12:00:00Z,2024-02-30\n,2024-02-29,,\n");
    CHECK(r.types() == "d:date32 t:timestamp[us] u:timestamp[us, UTC] s:string");
    CHECK(r.text() == "2024-02-29|2024-02-29T12:00:00.000000|2024-02-29T12:00:00.000000Z|2024-02-30;"
                      "~|2024-02-29T00:00:00.000000|~|~");
    for (const char* later : {"2024-02-29 00:00:00", "20240229", "-2024-02-29"}) {
        const auto bad = read(std::string{"d\n2024-02-29\n"} + later + "\n", csv::options().inference_rows(1));
        REQUIRE(bad.failed.has_value());
        CHECK(bad.failed->code() == errc::type_mismatch);
        CHECK(bad.failed->detail().hint.find("inferred from the first 1 rows") != std::string::npos);
        CHECK(bad.rows() == 1);
    }
    CHECK(read("d\n2024-02-29\n", csv::options().infer_types(false)).types() == "d:string");
}

TEST_CASE("csv typed columns: a null text that looks like a date is null") {
    const auto o = csv::options().null_texts({"", "1970-01-01"}).schema(make_schema({field{"c", data_type::date32()}}));
    const auto r = read("c\n1970-01-01\n1970-01-02\n", o);
    CHECK(r.batches.at(0)[0].null_count() == 1);
    CHECK(values<std::int32_t>(r) == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("csv typed columns: whole columns in quotes, with CRLF and without") {
    const auto s = make_schema({field{"a", data_type::int64()}, field{"b", data_type::float64()}, field{"c", data_type::boolean()},
                                field{"d", data_type::date32()}});
    std::string text = "a,b,c,d\n";
    for (int i = 0; i < 100; ++i)
        text += "\"" + std::to_string(i) + "\",\"" + std::to_string(i) + ".5\",\"" + (i % 2 ? "true" : "false") + "\",\"1970-01-01\"\r\n";
    const auto r = read(text, csv::options().schema(s));
    CHECK(r.error().empty());
    CHECK(r.rows() == 100);
    CHECK(r.batches[0][0].int64_at(99) == 99);
    CHECK(r.batches[0][1].float64_at(99) == 99.5);
    CHECK(r.batches[0][2].boolean_at(99));
    CHECK(r.batches[0][3].null_count() == 0);
    // One that is not, one that is empty, and one with a quote in it.
    const auto mixed = read("a,b\n\"1\",\"2\"\n3,\"\"\n\"4\",\"5\"\n", csv::options());
    CHECK(mixed.text() == "1|2;3|~;4|5");
    CHECK(mixed.types() == "a:int64 b:int64");
    const auto bad = read("a\n\"1\"\n\"2\"\"\"\n", csv::options().schema(make_schema({field{"a", data_type::int64()}})));
    CHECK(bad.failed->detail().message == "column \"a\": \"2\"\" is no int64");
}

TEST_CASE("csv typed columns: every type that has a text form") {
    struct row {
        data_type type;
        std::string text;
    };
    const row rows[] = {
        {data_type::uint64(), "18446744073709551615"},
        {data_type{type_id::float16}, "0.5"},
        {data_type{type_id::float32}, "0.1"},
        {data_type::decimal128(10, 2), "-12.50"},
        {data_type::decimal256(50, 3), "0.125"},
        {data_type::large_string(), "\xc3\xa4"},
        {data_type::string_view(), "a longer text than fits"},
        {data_type::binary(), "AP8="},
        {data_type::large_binary(), "AP8="},
        {data_type::binary_view(), "AP8="},
        {data_type::fixed_size_binary(2), "AP8="},
        {data_type::date64(), "2024-02-29"},
        {data_type::time32(time_unit::second), "23:59:59"},
        {data_type::time64(time_unit::nanosecond), "23:59:59.000000001"},
        {data_type::timestamp(time_unit::microsecond, "UTC"), "2024-02-29T22:59:59.500000Z"},
        {data_type::duration(time_unit::millisecond), "P1DT2H3M4.5S"},
        {data_type::interval_months(), "P14M"},
        {data_type::interval_day_time(), "P3DT-1.5S"},
        {data_type::interval_month_day_nano(), "P1M2DT0.000000003S"},
        {data_type::dictionary(data_type::int8(), data_type::string()), "x"},
    };
    for (const auto& [type, text] : rows) {
        CAPTURE(type.name());
        const auto r = column(type, "\"" + text + "\"\n" + text + "\r\n");
        REQUIRE(r.error() == "");
        CHECK(r.batches.at(0)[0].type() == type);
        CHECK(r.text() == text + ";" + text);
        const auto null = read("a,c\n1,\n2," + text + "\n", csv::options().schema(make_schema({field{"c", type}})));
        CHECK(null.text() == "~;" + text);
        if (is_text(type.id()) || type.id() == type_id::dictionary) {
            CHECK(read("a,c\n1,\"\"\n", csv::options().schema(make_schema({field{"c", type}}))).text() == "");
            const auto bad = column(type, text + "\n\xff\n");
            REQUIRE(bad.failed.has_value());
            CHECK(bad.failed->code() == errc::invalid_utf8);
            CHECK(bad.rows() == 1);
            continue;
        }
        const auto bad = column(type, text + "\n" + text + "\n?\n");
        REQUIRE(bad.failed.has_value());
        CHECK(bad.failed->code() == errc::type_mismatch);
        CHECK(bad.failed->detail().line == 4);
        CHECK(bad.rows() == 2);
        const auto tolerant = read("c\n?\n" + text + "\n", csv::options().schema(make_schema({field{"c", type}})).on_bad_record(bad_records::null_values));
        CHECK(tolerant.text() == "~;" + text);
    }
    CHECK(column(data_type::timestamp(time_unit::second, "UTC"), "2024-01-01 02:00:00+02:00\n2024-01-01T00:00:00Z\n").text() ==
          "2024-01-01T00:00:00Z;2024-01-01T00:00:00Z");
    CHECK(column(data_type::timestamp(time_unit::second), "2024-01-01\n2024-01-01 10:30\n12345-01-01T00:00:00\n").failed->detail().line == 4);
    CHECK(read("c\n00ff\n", csv::options().binary(binary_form::hex).schema(make_schema({field{"c", data_type::binary()}}))).batches[0][0].bytes_at(0) ==
          std::string_view{"\0\xff", 2});
}

TEST_CASE("csv typed columns: what has no text form is refused") {
    const auto o = csv::options().schema(make_schema({field{"deep", data_type::list(data_type::int8())}}));
    CHECK_THROWS_WITH_AS((csv::parser{o}), doctest::Contains("column \"deep\""), error);
}

TEST_CASE("csv typed columns: a batch ends where a dictionary is full, however the text is cut") {
    std::string text = "n,d\n";
    for (int i = 0; i < 1000; ++i) text += std::to_string(i) + ",v" + std::to_string(i * 7 % 500) + "\n";
    const auto type = data_type::dictionary(data_type::int8(), data_type::string());
    const auto o = csv::options().schema(make_schema({field{"n", data_type::int64()}, field{"d", type}}));
    const auto whole = read(text, o);
    CHECK(whole.error() == "");
    CHECK(whole.rows() == 1000);
    CHECK(whole.batches.size() == 8);
    CHECK(whole.batches[0].num_rows() == 128);
    CHECK(whole.batches[7][1].bytes_at(0) == "v" + std::to_string(896 * 7 % 500));
    for (const std::size_t chunk : {1, 37, 500}) CHECK(read(text, o, chunk) == whole);
}

/// A table that is mostly regular, with what kernels leave to the reader strewn in.
inline std::string random_table(std::mt19937& random, std::size_t rows) {
    const bool crlf = random() % 2;
    const auto strange = random() % 3 * 10; // per cent
    std::string text = "i,f,b,t,d,s\n";
    const auto pick = [&](const std::string& plain, std::initializer_list<const char*> others) {
        if (random() % 100 >= strange) return plain;
        return std::string{others.begin()[random() % others.size()]};
    };
    for (std::size_t row = 0; row < rows; ++row) {
        text += pick(std::to_string(static_cast<int>(random() % 200000) - 100000), {"", "\"7\"", "007", "+4", "123456789012", "-0", "9223372036854775807"}) + ",";
        text += pick(std::to_string(random() % 1000) + "." + std::to_string(random() % 100), {"", "1e3", "-.5", "5.", "\"2.5\"", "nan", "-12.345678901"}) + ",";
        text += pick(random() % 2 ? "true" : "false", {"", "TRUE", "0", "\"true\""}) + ",";
        text += pick("2024-0" + std::to_string(1 + random() % 9) + "-1" + std::to_string(random() % 10) + " 1" + std::to_string(random() % 10) + ":00:00",
                     {"", "\"2024-01-01T00:00:00\"", "2024-01-01 00:00:00.5", "1950-12-31T23:59:59.999999"}) + ",";
        text += pick("199" + std::to_string(random() % 10) + "-12-31", {"", "\"2000-01-01\""}) + ",";
        text += pick("text " + std::to_string(random()), {"", "\"\"", "\"a,\"\"b\"\"\n\"", "\xc3\xa4\xe6\x97\xa5", "\"0123456789012345678901234567890123456789012345678901234567890\"\"12345\"", "in\"side"});
        text += crlf && random() % 50 ? "\r\n" : "\n";
    }
    return text;
}

TEST_CASE("csv typed columns: every level reads the same, however the text is cut") {
    std::mt19937 random{21};
    const auto s = make_schema({field{"i", data_type::int64()}, field{"f", data_type::float64()}, field{"b", data_type::boolean()},
                                field{"t", data_type::timestamp(time_unit::microsecond)}, field{"d", data_type::date32()},
                                field{"s", data_type::string()}});
    for (int round = 0; round < 40; ++round) {
        auto text = random_table(random, 1 + random() % 300);
        if (random() % 4 == 0) text[random() % text.size()] = static_cast<char>(random());
        auto o = csv::options().batch_rows(1 + random() % 200);
        if (random() % 4) o.schema(s);
        if (random() % 4 == 0) o.on_bad_record(bad_records::null_values);
        const auto whole = read(text, o.instruction_set(simd_level::portable));
        for (int level = 0; level <= static_cast<int>(penstock::detail::best_simd_level()); ++level) {
            o.instruction_set(static_cast<simd_level>(level));
            REQUIRE(read(text, o) == whole);
            REQUIRE(read(text, o, 1 + random() % 200) == whole);
        }
    }
}

TEST_CASE("a boolean column is written as words or as 1 and 0") {
    const auto s = make_schema({field{"a", data_type::boolean()}});
    const auto r = read("a\ntrue\n0\n1\nFALSE\n\"1\"\n", csv::options().schema(s));
    CHECK(r.text() == "true;false;true;false;true");
    CHECK(read("a\n1\n2\n", csv::options().schema(s)).failed->code() == errc::type_mismatch);
    CHECK(read("a\n1\n0\n").types() == "a:int64"); // what is inferred are numbers
}

} // namespace csv_typed_columns_test
