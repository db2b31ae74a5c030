// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <ranges>

namespace record_batch_test {

using namespace penstock;

inline record_batch three_rows() {
    auto pool = buffer_pool::create();
    float64_builder fare{pool};
    int64_builder id{pool};
    string_builder name{pool};
    boolean_builder paid{pool};
    for (int i = 0; i < 3; ++i) {
        fare.append(i + 0.5);
        id.append(10 * i);
        paid.append(i % 2 == 0);
    }
    name.append("Ann");
    name.append_null();
    name.append("");
    return record_batch{
        make_schema({field{"fare", data_type::float64()}, field{"id", data_type::int64()},
                     field{"name", data_type::string()}, field{"paid", data_type::boolean()}}),
        {fare.finish(), id.finish(), name.finish(), paid.finish()},
        3};
}

template <class F>
failure failure_of(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

TEST_CASE("record_batch: typed columns in a range for") {
    const auto b = three_rows();
    double sum = 0;
    for (double fare : b.column<double>("fare")) sum += fare;
    CHECK(sum == 4.5);
    std::string names;
    for (std::string_view n : b.column<std::string_view>("name")) names += std::string{n} + ";";
    CHECK(names == "Ann;;;");
    CHECK(b.column<std::string_view>("name").is_null(1));
    CHECK_FALSE(b.column<std::string_view>("name").is_null(2));
    int yes = 0;
    for (bool p : b.column<bool>("paid")) yes += p;
    CHECK(yes == 2);
    CHECK(b.column<std::int64_t>(1)[2] == 20);
    const auto ids = b.column<std::int64_t>("id").values();
    CHECK(std::accumulate(ids.begin(), ids.end(), std::int64_t{0}) == 30);
}

TEST_CASE("column_view: a random access range") {
    const auto b = three_rows();
    const auto v = b.column<double>("fare");
    static_assert(std::ranges::random_access_range<decltype(v)>);
    CHECK(std::ranges::max(v) == 2.5);
    CHECK(*(v.begin() + 2) == 2.5);
    CHECK(v.end() - v.begin() == 3);
    auto i = v.begin();
    CHECK(*i++ == 0.5);
    CHECK(*i == 1.5);
    CHECK(*--i == 0.5);
    CHECK(std::ranges::lower_bound(v, 1.0) - v.begin() == 1);
}

TEST_CASE("column_view: keeps the memory of its column") {
    auto view = three_rows().column<std::string_view>("name");
    CHECK(view[0] == "Ann");
}

TEST_CASE("record_batch: wrong names and wrong types are told") {
    const auto b = three_rows();
    auto f = failure_of([&] { b.column<double>("fares"); });
    CHECK(f.code() == errc::unknown_column);
    CHECK(f.message() == "no such column: fares; hint: the columns are fare, id, name, paid");
    f = failure_of([&] { b.column<double>("id"); });
    CHECK(f.code() == errc::type_mismatch);
    CHECK(f.detail().message == "column \"id\" is int64, it was asked for as float64");
    f = failure_of([&] { b.column<bool>(4); });
    CHECK(f.code() == errc::unknown_column);
    CHECK(f.detail().message == "column 4 of 4");
    f = failure_of([&] { b["nothing"]; });
    CHECK(f.code() == errc::unknown_column);
}

TEST_CASE("record_batch: slices and selections share the values") {
    const auto b = three_rows();
    const auto s = b.slice(1, 5);
    CHECK(s.num_rows() == 2);
    CHECK(s.column<double>("fare")[0] == 1.5);
    CHECK(s.column<bool>("paid")[1]);
    CHECK(s.column<std::string_view>("name").is_null(0));
    CHECK(s.column<double>("fare").values().size() == 2);
    CHECK(b.slice(9, 1).num_rows() == 0);

    const std::vector<std::string> names{"paid", "fare"};
    const auto c = b.select(names);
    CHECK(c.num_columns() == 2);
    CHECK(c.schema()[0].name() == "paid");
    CHECK(c["fare"].values().data() == b["fare"].values().data());
    const std::vector<std::string> wrong{"paid", "nope"};
    CHECK(failure_of([&] { b.select(wrong); }).code() == errc::unknown_column);
}

TEST_CASE("record_batch: copies are equal and share; others differ") {
    const auto b = three_rows();
    const auto copy = b;
    CHECK(copy == b);
    CHECK(copy[0].values().data() == b[0].values().data());
    CHECK(b == three_rows());
    CHECK_FALSE(b == b.slice(0, 2));
    CHECK_FALSE(b.slice(0, 2) == b.slice(1, 2));
    CHECK(record_batch{} == record_batch{});
    CHECK(record_batch{}.num_columns() == 0);
}

TEST_CASE("record_batch: arrays must fit the schema") {
    auto pool = buffer_pool::create();
    const auto s = make_schema({field{"a", data_type::int64()}});
    const auto ints = [&](int n) {
        int64_builder b{pool};
        for (int i = 0; i < n; ++i) b.append(i);
        return b.finish();
    };
    CHECK(failure_of([&] { record_batch(s, {}, 0); }).code() == errc::invalid_option);
    CHECK(failure_of([&] { record_batch(s, {ints(2)}, 3); }).code() == errc::invalid_option);
    CHECK(failure_of([&] { record_batch(s, {array{type_id::string}}, 0); }).detail().message ==
          "column \"a\" is string, its schema says int64");
}

TEST_CASE("record_batch: value_bytes counts values, not blocks") {
    const auto b = three_rows();
    // 3 doubles, 3 integers, 1 validity byte with 4 offsets and 3 bytes, 1 byte of booleans
    CHECK(b.value_bytes() == 24 + 24 + (1 + 16 + 3) + 1);
    CHECK(b.slice(0, 1).value_bytes() == 8 + 8 + (8 + 3) + 1);
    CHECK(record_batch{}.value_bytes() == 0);
}

} // namespace record_batch_test
