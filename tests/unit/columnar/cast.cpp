// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/cast.hpp>
#include <penstock/columnar/decimal.hpp>
#include <penstock/columnar/float16.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

namespace cast_test {

using namespace penstock;

template <class T>
array numbers_of(data_type type, std::vector<T> values) {
    number_builder<T> b{std::move(type), buffer_pool::create()};
    for (const auto v : values) b.append(v);
    b.append_null();
    return b.finish();
}

template <class T>
T cast_one(const array& a, const data_type& to, std::size_t i = 0) {
    const auto out = cast(a, to, buffer_pool::create());
    REQUIRE(out.has_value());
    CHECK(out->type() == to);
    CHECK(out->size() == a.size());
    CHECK(out->null_count() == a.null_count());
    CHECK(out->is_null(a.size() - 1) == a.is_null(a.size() - 1));
    return out->value_at<T>(i);
}

TEST_CASE("cast: which are safe") {
    struct row {
        data_type from, to;
        bool safe;
    };
    const auto s = time_unit::second, ms = time_unit::millisecond, us = time_unit::microsecond, ns = time_unit::nanosecond;
    const row rows[] = {
        {type_id::int8, type_id::int64, true},
        {type_id::int64, type_id::int32, false},
        {type_id::uint8, type_id::int16, true},
        {type_id::uint8, type_id::int8, false},
        {type_id::int8, type_id::uint64, false},
        {type_id::uint64, type_id::int64, false},
        {type_id::int32, type_id::float64, true},
        {type_id::int32, type_id::float32, false},
        {type_id::uint16, type_id::float32, true},
        {type_id::int64, type_id::float64, false},
        {type_id::uint8, type_id::float16, true},
        {type_id::int16, type_id::float16, false},
        {type_id::int64, data_type::decimal128(19, 0), true},
        {type_id::int64, data_type::decimal128(20, 2), false},
        {type_id::uint64, data_type::decimal128(20, 0), true},
        {type_id::uint64, data_type::decimal128(19, 0), false},
        {type_id::int8, data_type::decimal256(5, -1), false},
        {type_id::float16, type_id::float64, true},
        {type_id::float64, type_id::float32, false},
        {type_id::float64, data_type::decimal128(38, 10), false},
        {data_type::decimal128(5, 2), data_type::decimal128(7, 4), true},
        {data_type::decimal128(5, 2), data_type::decimal128(6, 4), false},
        {data_type::decimal128(5, 2), data_type::decimal128(9, 1), false},
        {data_type::decimal128(5, 2), data_type::decimal256(5, 2), true},
        {data_type::decimal256(5, 2), data_type::decimal128(5, 2), true},
        {data_type::decimal256(40, 2), data_type::decimal128(38, 2), false},
        {type_id::string, type_id::large_string, true},
        {type_id::large_string, type_id::string, true},
        {type_id::string_view, type_id::binary, true},
        {type_id::binary, type_id::string, false},
        {data_type::fixed_size_binary(3), type_id::binary_view, true},
        {type_id::binary, data_type::fixed_size_binary(3), false},
        {type_id::date32, type_id::date64, true},
        {type_id::date64, type_id::date32, false},
        {type_id::date32, data_type::timestamp(ns), true},
        {type_id::date32, data_type::timestamp(ns, "UTC"), false},
        {data_type::time32(ms), data_type::time64(us), true},
        {data_type::time64(us), data_type::time32(ms), false},
        {data_type::timestamp(s), data_type::timestamp(us), true},
        {data_type::timestamp(us), data_type::timestamp(s), false},
        {data_type::timestamp(s, "UTC"), data_type::timestamp(s, "Europe/Zurich"), true},
        {data_type::timestamp(s, "UTC"), data_type::timestamp(s), false},
        {data_type::duration(s), data_type::duration(ns), true},
        {type_id::interval_months, type_id::interval_month_day_nano, true},
        {type_id::interval_months, type_id::interval_day_time, false},
        {type_id::null, data_type::list(data_type::int8()), true},
        {type_id::null, data_type::sparse_union({}), false},
        {type_id::boolean, type_id::int8, false},
        {type_id::int8, type_id::string, false},
        {data_type::list(data_type::int8()), data_type::large_list(data_type::int64()), true},
        {data_type::large_list(data_type::int8()), data_type::list(data_type::int8()), true},
        {data_type::fixed_size_list(data_type::int8(), 2), data_type::list(data_type::int16()), true},
        {data_type::fixed_size_list(data_type::int8(), 2), data_type::fixed_size_list(data_type::int8(), 3), false},
        {data_type::list(data_type::int8()), data_type::fixed_size_list(data_type::int8(), 2), false},
        {data_type::list(data_type::int8()), data_type::list(field{"item", data_type::int8(), false}), false},
        {data_type::list(field{"item", data_type::int8(), false}), data_type::list(data_type::int8()), true},
        {data_type::struct_({field{"a", type_id::int8}}), data_type::struct_({field{"a", type_id::int16}}), true},
        {data_type::struct_({field{"a", type_id::int8}}), data_type::struct_({field{"b", type_id::int8}}), false},
        {data_type::struct_({field{"a", type_id::int8}}), data_type::struct_({}), false},
        {data_type::map(type_id::string, type_id::int8), data_type::map(type_id::large_string, type_id::int16), true},
        {data_type::map(type_id::string, type_id::int8), data_type::map(type_id::string, type_id::int8, true), false},
        {data_type::map(type_id::string, type_id::int8, true), data_type::map(type_id::string, type_id::int8), true},
        {data_type::dictionary(type_id::int8, type_id::int8), type_id::int32, true},
        {data_type::dictionary(type_id::int8, type_id::string), data_type::dictionary(type_id::int16, type_id::large_string),
         true},
        {data_type::dictionary(type_id::int16, type_id::string), data_type::dictionary(type_id::int8, type_id::string), false},
        {type_id::string, data_type::dictionary(type_id::int8, type_id::string), true},
        {type_id::string, data_type::dictionary(type_id::int8, type_id::int8), false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.from.name());
        CAPTURE(r.to.name());
        CHECK(can_cast(r.from, r.to) == r.safe);
        const auto out = cast(array{r.from}, r.to, buffer_pool::create());
        CHECK(out.has_value() == r.safe);
        if (r.safe)
            CHECK(*out == array{r.to});
        else
            CHECK(out.error().code() == errc::type_mismatch);
    }
    CHECK(cast(array{type_id::int64}, type_id::int8, buffer_pool::create()).error().detail().message ==
          "not every value of int64 is one of int8");
}

TEST_CASE("cast: numbers") {
    const auto bytes = numbers_of<std::int8_t>(type_id::int8, {-128, 127});
    CHECK(cast_one<std::int64_t>(bytes, type_id::int64) == -128);
    CHECK(cast_one<double>(bytes, type_id::float64) == -128.0);
    CHECK(cast_one<float16>(bytes, type_id::float16) == to_float16(-128.0));
    CHECK(cast_one<decimal128_value>(bytes, data_type::decimal128(5, 2)) == to_decimal128(-12800));
    CHECK(cast_one<decimal256_value>(bytes, data_type::decimal256(60, 1)) == to_decimal256(-1280));
    const auto most = numbers_of<std::uint64_t>(type_id::uint64, {std::numeric_limits<std::uint64_t>::max()});
    CHECK(cast_one<decimal128_value>(most, data_type::decimal128(20, 0)) == *parse_decimal128("18446744073709551615", 20, 0));
    CHECK(cast_one<double>(numbers_of<float>(type_id::float32, {0.1f}), type_id::float64) == 0.1f);
    CHECK(cast_one<float>(numbers_of<float16>(type_id::float16, {to_float16(1.5)}), type_id::float32) == 1.5f);
    const auto money = numbers_of<decimal128_value>(data_type::decimal128(5, 2), {to_decimal128(-12345)});
    CHECK(cast_one<decimal256_value>(money, data_type::decimal256(9, 4)) == to_decimal256(-1234500));
    CHECK(cast_one<decimal128_value>(money, data_type::decimal128(6, 3)) == to_decimal128(-123450));
}

TEST_CASE("cast: dates and times in finer units, to the edge of their range") {
    const auto days = numbers_of<std::int32_t>(type_id::date32, {-1, 19'000, 106'751});
    CHECK(cast_one<std::int64_t>(days, type_id::date64) == -86'400'000);
    CHECK(cast_one<std::int64_t>(days, data_type::timestamp(time_unit::second), 1) == 19'000 * 86'400);
    CHECK(cast_one<std::int64_t>(days, data_type::timestamp(time_unit::nanosecond), 2) == 9'223'286'400'000'000'000);
    const auto beyond = numbers_of<std::int32_t>(type_id::date32, {1, 106'752});
    const auto out = cast(beyond, data_type::timestamp(time_unit::nanosecond), buffer_pool::create());
    REQUIRE(out.has_error());
    CHECK(out.error().code() == errc::type_mismatch);
    CHECK(out.error().detail().message == "the value 106752 of date32 is beyond timestamp[ns]");
    const auto noon = numbers_of<std::int32_t>(data_type::time32(time_unit::second), {43'200});
    CHECK(cast_one<std::int32_t>(noon, data_type::time32(time_unit::millisecond)) == 43'200'000);
    CHECK(cast_one<std::int64_t>(noon, data_type::time64(time_unit::nanosecond)) == 43'200'000'000'000);
    const auto date = numbers_of<std::int64_t>(type_id::date64, {-86'400'000});
    CHECK(cast_one<std::int64_t>(date, data_type::timestamp(time_unit::second)) == -86'400);
    CHECK(cast_one<std::int64_t>(date, data_type::timestamp(time_unit::millisecond)) == -86'400'000);
    CHECK(cast_one<std::int64_t>(date, data_type::timestamp(time_unit::microsecond)) == -86'400'000'000);
    const auto months = numbers_of<std::int32_t>(type_id::interval_months, {-5});
    CHECK(cast_one<month_day_nano_interval>(months, type_id::interval_month_day_nano) == month_day_nano_interval{-5, 0, 0});
    const auto interval = numbers_of<day_time_interval>(type_id::interval_day_time, {{3, -7}});
    CHECK(cast_one<month_day_nano_interval>(interval, type_id::interval_month_day_nano) ==
          month_day_nano_interval{0, 3, -7'000'000});
}

TEST_CASE("cast: what lies under nulls and outside of a slice is no value") {
    auto pool = buffer_pool::create();
    const auto most = std::numeric_limits<std::int64_t>::max();
    number_builder<std::int64_t> b{data_type::timestamp(time_unit::second), pool};
    for (const auto v : {most, std::int64_t{1}, most, std::int64_t{2}}) b.append(v);
    const auto seconds = b.finish();
    validity_builder v{pool};
    for (const bool valid : {true, true, false, true}) v.append(valid);
    const array holes{seconds.type(), 4, 1, v.finish(), seconds.values()};
    const auto fine = data_type::timestamp(time_unit::nanosecond);
    CHECK(cast(holes, fine, pool).has_error());
    const auto cut = cast(holes.slice(1, 3), fine, pool);
    REQUIRE(cut.has_value());
    CHECK(cut->value_at<std::int64_t>(2) == 2'000'000'000);
    CHECK(cut->is_null(1));

    number_builder<std::int32_t> offsets{pool};
    for (const auto o : {0, 1, 2}) offsets.append(o);
    std::vector<array> items;
    items.push_back(holes);
    const array lists{data_type::list(holes.type()), 2, 0, {}, offsets.finish().values(), {}, items};
    CHECK(cast(lists, data_type::list(fine), pool).has_error());
    CHECK(cast(lists.slice(1, 1), data_type::list(fine), pool).has_value());

    number_builder<std::int8_t> codes{pool};
    codes.append(3);
    const array one{data_type::dictionary(type_id::int8, holes.type()), 1, 0, {}, codes.finish().values(), {}, items};
    CHECK(cast(one, fine, pool)->value_at<std::int64_t>(0) == 2'000'000'000);
}

/// A type that everything of `t` can be cast to: wider in every part.
data_type wider(const data_type& t) {
    const auto item = [](const field& f) { return f.with_type(wider(f.type())).with_nullable(true); };
    switch (t.id()) {
    case type_id::int8:
    case type_id::int16:
        return type_id::int32;
    case type_id::uint8:
    case type_id::uint16:
        return type_id::float64;
    case type_id::uint32:
        return data_type::decimal128(38, 5);
    case type_id::float16:
        return type_id::float32;
    case type_id::decimal128:
        return data_type::decimal256(t.precision() + 10, t.scale() + 5);
    case type_id::string:
        return type_id::string_view;
    case type_id::string_view:
        return type_id::large_binary;
    case type_id::large_binary:
    case type_id::fixed_size_binary:
        return type_id::binary_view;
    case type_id::date32:
        return data_type::timestamp(time_unit::second);
    case type_id::time32:
        return data_type::time64(time_unit::nanosecond);
    case type_id::list:
        return data_type::large_list(item(t.item()));
    case type_id::large_list:
    case type_id::fixed_size_list:
        return data_type::list(item(t.item()));
    case type_id::struct_: {
        std::vector<field> fields;
        for (const auto& f : t.fields()) fields.push_back(item(f));
        return data_type::struct_(std::move(fields));
    }
    case type_id::map:
        return data_type::map(t.item().type().fields()[0].type(), wider(t.item().type().fields()[1].type()));
    case type_id::dictionary:
        return wider(t.value_type());
    default:
        return t;
    }
}

TEST_CASE("cast: arrays of any type to wider ones, whole and in slices") {
    std::size_t changed = 0;
    for (std::uint64_t seed = 0; seed < 800; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed, test::batch_shape().civil(true)};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto to = wider(type);
        if (!can_cast(type, to)) continue; // keys of other names
        changed += type != to;
        const auto a = random.values(type, 40);
        const auto out = cast(a, to, random.pool());
        REQUIRE(out.has_value());
        CHECK(out->type() == to);
        REQUIRE(out->size() == a.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            REQUIRE(*cast(a.slice(i, 1), to, random.pool()) == out->slice(i, 1));
            if (type.id() != type_id::dictionary) CHECK(out->is_null(i) == a.is_null(i));
        }
        if (type.id() == type_id::null) continue;
        const auto coded = data_type::dictionary(type_id::int16, type);
        if (type.id() == type_id::dictionary || is_union(type.id())) continue;
        const auto dictionary = cast(a, coded, random.pool());
        REQUIRE(dictionary.has_value());
        CHECK(*cast(*dictionary, type, random.pool()) == a);
    }
    CHECK(changed > 300);
}

TEST_CASE("cast: null becomes nulls of any type") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        test::random_batches random{seed};
        const auto to = random.type();
        if (is_union(to.id())) continue;
        const auto out = cast(array::nulls(5), to, random.pool());
        REQUIRE(out.has_value());
        CHECK(out->size() == 5);
        CHECK(out->null_count() == 5);
    }
}

TEST_CASE("cast: more different values than a dictionary's index can tell apart are an error") {
    int64_builder b{buffer_pool::create()};
    for (int i = 0; i < 129; ++i) b.append(i);
    const auto out = cast(b.finish(), data_type::dictionary(type_id::int8, type_id::int64), buffer_pool::create());
    REQUIRE(out.has_error());
    CHECK(out.error().code() == errc::record_too_large);
}

} // namespace cast_test
