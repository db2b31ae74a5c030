// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

namespace array_test {

using namespace penstock;

/// A buffer of plain values.
template <class T>
shared_buffer buffer(std::vector<T> values) {
    auto owner = std::make_shared<std::vector<T>>(std::move(values));
    const auto* data = reinterpret_cast<const std::byte*>(owner->data());
    const auto size = owner->size() * sizeof(T);
    return {owner, data, size};
}

template <class T>
array numbers(std::vector<T> values) {
    const auto n = values.size();
    return {data_type{detail::natural_id<T>}, n, 0, {}, buffer(std::move(values))};
}

inline array texts(std::vector<std::int32_t> offsets, std::string_view bytes) {
    const auto n = offsets.size() - 1;
    return {data_type::string(), n, 0, {}, buffer(std::move(offsets)), buffer(std::vector<char>(bytes.begin(), bytes.end()))};
}

TEST_CASE("array: lists hold slices of one child, also when they are sliced") {
    const array lists{data_type::list(data_type::int64()), 3,  1, buffer<std::uint8_t>({0b101}),
                      buffer<std::int32_t>({0, 2, 2, 5}),  {}, {numbers<std::int64_t>({1, 2, 3, 4, 5})}};
    CHECK(lists.is_null(1));
    CHECK(lists.list_at(0) == numbers<std::int64_t>({1, 2}));
    const auto last = lists.slice(2, 1);
    CHECK(last.null_count() == 0);
    CHECK(last.list_at(0) == numbers<std::int64_t>({3, 4, 5}));
    CHECK(last.value_bytes() == 2 * 4 + 3 * 8);
    CHECK(lists.slice(1, 2) == lists.slice(1, 2));
    CHECK(lists.slice(0, 1) != last);
}

TEST_CASE("array: lists of fixed size and structs follow the slice") {
    const array pairs{data_type::fixed_size_list(data_type::int64(), 2), 3, 0, {}, {}, {},
                      {numbers<std::int64_t>({1, 2, 3, 4, 5, 6})}};
    CHECK(pairs.slice(1, 2).list_at(1) == numbers<std::int64_t>({5, 6}));
    CHECK(pairs.slice(1, 2).value_bytes() == 32);
    const array rows{data_type::struct_({field{"x", data_type::int64()}, field{"s", data_type::string()}}), 3, 0, {}, {},
                     {}, {numbers<std::int64_t>({7, 8, 9}), texts({0, 1, 3, 6}, "abbccc")}};
    const auto cut = rows.slice(1, 2);
    CHECK(cut.child(0) == numbers<std::int64_t>({8, 9}));
    CHECK(cut.child(1).string_at(1) == "ccc");
    CHECK(cut == rows.slice(1, 2));
    CHECK(cut.value_bytes() == 16 + 3 * 4 + 5);
}

TEST_CASE("array: what a dictionary's indices stand for is what counts") {
    const auto type = data_type::dictionary(data_type::int8(), data_type::string());
    const array a{type, 3, 0, {}, buffer<std::int8_t>({1, 0, 1}), {}, {texts({0, 1, 2}, "xy")}};
    const array b{type, 3, 0, {}, buffer<std::int8_t>({0, 1, 0}), {}, {texts({0, 1, 2}, "yx")}};
    CHECK(a == b);
    CHECK(a.bytes_at(0) == "y");
    CHECK(a.slice(1, 2).bytes_at(0) == "x");
    const record_batch batch{make_schema({field{"d", type}}), {a}, 3};
    CHECK(batch.column<std::string_view>("d")[2] == "y");
}

TEST_CASE("array: views hold short texts in place and long ones in blocks") {
    struct view {
        std::int32_t size;
        char head[4];
        std::int32_t block;
        std::int32_t offset;
    };
    view inline_text{3, {'a', 'b', 'c', 0}, 0, 0};
    view long_text{16, {'l', 'o', 'n', 'g'}, 1, 2};
    const array a{data_type::string_view(), 2, 0, {}, buffer<view>({inline_text, long_text}), {}, {},
                  {buffer<char>({}), buffer(std::vector<char>{'.', '.', 'l', 'o', 'n', 'g', 'e', 'r', ' ', 't', 'h', 'a', 'n',
                                                              ' ', 't', 'w', 'e', 'l'})}};
    CHECK(a.bytes_at(0) == "abc");
    CHECK(a.bytes_at(1) == "longer than twel");
    CHECK(a.slice(1, 1).bytes_at(0) == "longer than twel");
    CHECK(a.value_bytes() == 32 + 16);
}

TEST_CASE("array: unions find the value in the child of their code") {
    const std::vector<field> fields{field{"i", data_type::int64()}, field{"s", data_type::string()}};
    const array dense{data_type::dense_union(fields, {5, 7}), 3, 0, {}, buffer<std::int8_t>({7, 5, 7}),
                      buffer<std::int32_t>({0, 0, 1}), {numbers<std::int64_t>({42}), texts({0, 1, 3}, "abb")}};
    CHECK(dense.union_at(1) == std::pair<std::size_t, std::size_t>{0, 0});
    CHECK(dense.slice(1, 2).union_at(1) == std::pair<std::size_t, std::size_t>{1, 1});
    const array sparse{data_type::sparse_union(fields, {5, 7}), 2, 0, {}, buffer<std::int8_t>({7, 5}), {},
                       {numbers<std::int64_t>({0, 42}), texts({0, 1, 1}, "a")}};
    CHECK(sparse == sparse.slice(0, 2));
    CHECK(sparse.slice(1, 1) == sparse.slice(1, 1));
    CHECK(sparse.slice(1, 1) != sparse.slice(0, 1));
}

TEST_CASE("array: what lies under a null does not count") {
    const auto valid = buffer<std::uint8_t>({0b01});
    const array a{data_type::int64(), 2, 1, valid, buffer<std::int64_t>({1, 2})};
    const array b{data_type::int64(), 2, 1, valid, buffer<std::int64_t>({1, 3})};
    CHECK(a == b);
    CHECK(array::nulls(3).is_null(2));
    CHECK(array::nulls(3).slice(1, 2) == array::nulls(2));
    CHECK(array::nulls(3).slice(1, 2).null_count() == 2);
}

TEST_CASE("array: an empty one of a nested type has empty children") {
    const array a{data_type::map(data_type::string(), data_type::list(data_type::int8()))};
    CHECK(a.children()[0].children()[1].children()[0].size() == 0);
    CHECK(a == a);
    CHECK(a.value_bytes() == 0);
}

TEST_CASE("record_batch: columns are read as the C++ type of their width and unit") {
    using namespace std::chrono;
    auto pool = buffer_pool::create();
    number_builder<std::int32_t> days{data_type::date32(), pool};
    number_builder<std::int64_t> times{data_type::timestamp(time_unit::microsecond, "UTC"), pool};
    number_builder<std::uint8_t> small{pool};
    days.append(1);
    times.append(1'000'000);
    small.append(200);
    const record_batch batch{make_schema({field{"d", days.type()}, field{"t", times.type()}, field{"u", small.type()}}),
                             {days.finish(), times.finish(), small.finish()},
                             1};
    CHECK(batch.column<sys_days>("d")[0] == sys_days{1970y / January / 2});
    CHECK(batch.column<sys_time<microseconds>>("t")[0] == sys_days{1970y / January / 1} + 1s);
    CHECK(batch.column<std::uint8_t>("u").values()[0] == 200);
    CHECK_THROWS_WITH_AS(batch.column<sys_time<nanoseconds>>("t"),
                         doctest::Contains("column \"t\" is timestamp[us, UTC], it was asked for as timestamp[ns]"), error);
    CHECK_THROWS_AS(batch.column<std::int8_t>("u"), error);
}

} // namespace array_test
