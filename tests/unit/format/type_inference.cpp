// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/type_inference.hpp>

#include <doctest/doctest.h>

#include <initializer_list>

namespace type_inference_test {

using namespace penstock;

inline data_type infer(std::initializer_list<const char*> texts) {
    type_inference t{1};
    for (const char* text : texts) t.observe(0, text);
    return t.type(0);
}

TEST_CASE("type inference: what a text is") {
    const auto all = [](text_kind kind, std::initializer_list<const char*> texts) {
        for (const char* t : texts) CHECK_MESSAGE(classify(t) == kind, t);
    };
    all(text_kind::boolean, {"true", "false", "True", "FALSE"});
    all(text_kind::int64, {"0", "1", "-1", "9007199254740992", "-9007199254740992"});
    all(text_kind::wide_int64, {"9007199254740993", "9223372036854775807", "-9223372036854775808"});
    all(text_kind::float64, {"1.5", "-0", "-0.0", ".5", "5.", "1e5", "1E+5", "-2.5e-10", "0.10", "NaN", "nan",
                             "inf", "-inf", "Infinity", "0e0", "123456789012345678901.5"});
    all(text_kind::string,
        {"",      " 1",   "1 ",    "007",  "-007", "00",  "00.5", "+3",  "+1.5",       "9223372036854775808",
         "1e400", "0x1F", "1,000", "1_0",  "-",    ".",   "-.",   "e5",  "1e",         "NULL",
         "None",  "t",    "yes",   "nano", "info", "iNf", "--1",  "1-2", "12:30",
         "true ", "2024-02-30", "2024-1-01", "2024-01-01x", "2024-01-01 10", "2024-01-01 25:00:00", "2024/01/01",
         "2024-01-01 00:00:00.1234567", "-2024-01-01", "12345-01-01"});
    all(text_kind::date, {"2024-02-29", "0001-01-01"});
    all(text_kind::timestamp, {"2024-02-29 12:30:00", "2024-02-29T12:30:00.123456", "2024-02-29 12:30", "1850-01-01 00:00:00"});
    all(text_kind::utc_timestamp, {"2024-02-29T12:30:00Z", "2024-02-29 12:30:00.5+02:00"});
}

TEST_CASE("type inference: columns") {
    CHECK(infer({}) == data_type::string());
    CHECK(infer({"1", "22", "-3"}) == data_type::int64());
    CHECK(infer({"1", "2.5"}) == data_type::float64());
    CHECK(infer({"2.5", "1"}) == data_type::float64());
    CHECK(infer({"true", "false"}) == data_type::boolean());
    CHECK(infer({"true", "1"}) == data_type::string());
    CHECK(infer({"1", "007"}) == data_type::string());
    CHECK(infer({"1", "x", "2"}) == data_type::string());
    CHECK(infer({"9223372036854775807", "1"}) == data_type::int64());
    const auto time = data_type::timestamp(time_unit::microsecond);
    CHECK(infer({"2024-01-01", "2024-01-02"}) == data_type::date32());
    CHECK(infer({"2024-01-01 00:00:00", "2024-01-02"}) == time);
    CHECK(infer({"2024-01-01T00:00:00Z"}) == data_type::timestamp(time_unit::microsecond, "UTC"));
    CHECK(infer({"2024-01-01T00:00:00Z", "2024-01-01T00:00:00"}) == data_type::string());
    CHECK(infer({"2024-01-01", "20240101"}) == data_type::string());
}

TEST_CASE("type inference: an integer that a double would change makes no double column") {
    CHECK(infer({"9007199254740993", "0.5"}) == data_type::string());
    CHECK(infer({"0.5", "1", "9007199254740993"}) == data_type::string());
    CHECK(infer({"9007199254740992", "0.5"}) == data_type::float64());
    CHECK_FALSE(fits(text_kind::wide_int64, data_type::float64()));
    CHECK(fits(text_kind::wide_int64, data_type::int64()));
    CHECK_FALSE(fits(text_kind::float64, data_type::int64()));
}

TEST_CASE("type inference: joining is a lattice, whatever the order") {
    const text_kind kinds[] = {text_kind::null,       text_kind::boolean, text_kind::int64,
                               text_kind::wide_int64, text_kind::float64, text_kind::date,
                               text_kind::timestamp,  text_kind::utc_timestamp, text_kind::string};
    for (const auto a : kinds) {
        CHECK(join(a, a) == a);
        CHECK(join(a, text_kind::null) == a);
        CHECK(join(a, text_kind::string) == text_kind::string);
        for (const auto b : kinds) {
            CHECK(join(a, b) == join(b, a));
            CHECK(join(a, join(a, b)) == join(a, b));
            // what went into a column stays readable in it
            if (a != text_kind::null) CHECK(fits(a, type_of(join(a, b))));
            for (const auto c : kinds) CHECK(join(a, join(b, c)) == join(join(a, b), c));
        }
    }
}

TEST_CASE("type inference: columns that turn up later start as null") {
    type_inference t{1};
    t.observe(0, "1");
    t.resize(2);
    CHECK(t.size() == 2);
    CHECK(t.kind(1) == text_kind::null);
    t.observe(1, "x");
    CHECK(t.settled(1));
    CHECK_FALSE(t.settled(0));
    CHECK(t.type(0) == data_type::int64());
}

} // namespace type_inference_test
