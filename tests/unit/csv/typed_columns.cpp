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

} // namespace csv_typed_columns_test
