// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/data_type.hpp>
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

namespace data_type_test {

using namespace penstock;

TEST_CASE("data_type: names") {
    CHECK(data_type::int64().name() == "int64");
    CHECK(data_type::null().name() == "null");
    CHECK(data_type::decimal128(10, 2).name() == "decimal128(10, 2)");
    CHECK(data_type::fixed_size_binary(16).name() == "fixed_size_binary(16)");
    CHECK(data_type::timestamp(time_unit::microsecond, "UTC").name() == "timestamp[us, UTC]");
    CHECK(data_type::timestamp(time_unit::nanosecond).name() == "timestamp[ns]");
    CHECK(data_type::time32(time_unit::millisecond).name() == "time32[ms]");
    CHECK(data_type::list(data_type::int64()).name() == "list<item: int64>");
    CHECK(data_type::fixed_size_list(data_type::float32(), 3).name() == "fixed_size_list<item: float32>[3]");
    CHECK(data_type::struct_({field{"a", data_type::int64(), false}, field{"b", data_type::string()}}).name() ==
          "struct<a: int64 not null, b: string>");
    CHECK(data_type::map(data_type::string(), data_type::int32()).name() == "map<string, int32>");
    CHECK(data_type::dictionary(data_type::int8(), data_type::string(), true).name() ==
          "dictionary<int8, string, ordered>");
    CHECK(data_type::dense_union({field{"i", data_type::int64()}, field{"s", data_type::string()}}, {5, 7}).name() ==
          "dense_union<i: int64 = 5, s: string = 7>");
    CHECK(kind_name(type_id::dense_union) == "dense_union"); // the last of them: the table has as many as the enum
}

TEST_CASE("data_type: equality is that of kind and parameters") {
    CHECK(data_type::timestamp(time_unit::second, "UTC") == data_type::timestamp(time_unit::second, "UTC"));
    CHECK(data_type::timestamp(time_unit::second, "UTC") != data_type::timestamp(time_unit::second));
    CHECK(data_type::timestamp(time_unit::second) != data_type::timestamp(time_unit::millisecond));
    CHECK(data_type::decimal128(5, 2) != data_type::decimal128(5, 3));
    CHECK(data_type::list(data_type::int64()) == data_type::list(data_type::int64()));
    CHECK(data_type::list(data_type::int64()) != data_type::list(data_type::int32()));
    CHECK(data_type::list(data_type::int64()) != data_type::large_list(data_type::int64()));
    CHECK(data_type::list(field{"item", data_type::int64(), false}) != data_type::list(data_type::int64()));
    CHECK(data_type::dictionary(data_type::int8(), data_type::string()) !=
          data_type::dictionary(data_type::int16(), data_type::string()));
}

TEST_CASE("data_type: parameters that Arrow does not allow are refused") {
    CHECK_THROWS_AS(data_type{type_id::timestamp}, error);
    CHECK_THROWS_AS(data_type::decimal128(39, 0), error);
    CHECK_THROWS_AS(data_type::decimal128(0, 0), error);
    CHECK_THROWS_AS(data_type::time32(time_unit::nanosecond), error);
    CHECK_THROWS_AS(data_type::time64(time_unit::second), error);
    CHECK_THROWS_AS(data_type::fixed_size_binary(-1), error);
    CHECK_THROWS_AS(data_type::fixed_size_list(data_type::int8(), -1), error);
    CHECK_THROWS_AS(data_type::map(field{"entries", data_type::int8(), false}, false), error);
    CHECK_THROWS_AS(data_type::dictionary(data_type::string(), data_type::string()), error);
    CHECK_THROWS_AS(data_type::dense_union({field{"a", data_type::int8()}}, {-1}), error);
    CHECK_THROWS_AS(data_type::sparse_union({field{"a", data_type::int8()}, field{"b", data_type::int8()}}, {3, 3}),
                    error);
}

TEST_CASE("data_type: widths") {
    CHECK(data_type::boolean().bit_width() == 1);
    CHECK(data_type::date32().byte_width() == 4);
    CHECK(data_type::decimal256(50, 3).byte_width() == 32);
    CHECK(data_type::fixed_size_binary(7).byte_width() == 7);
    CHECK(data_type::dictionary(data_type::uint16(), data_type::string()).byte_width() == 2);
    CHECK(data_type::string().bit_width() == 0);
}

} // namespace data_type_test
