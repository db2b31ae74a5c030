// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

namespace nested_builders_test {

using namespace penstock;

data_type pair_type() {
    std::vector<field> fields;
    fields.emplace_back("n", data_type::int64());
    fields.emplace_back("t", data_type::string());
    return data_type::struct_(std::move(fields));
}

template <class F>
errc refused(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return static_cast<errc>(e.code().value());
    }
    return errc{};
}

TEST_CASE("builders: an empty array of every type is that type's empty array") {
    auto pool = buffer_pool::create();
    test::random_batches random{1};
    for (int i = 0; i < 300; ++i) {
        const auto type = random.type();
        CAPTURE(type.name());
        array_builder b{type, pool};
        CHECK(b.type() == type);
        CHECK(b.num_children() == type.fields().size());
        for (std::size_t c = 0; c < b.num_children(); ++c) CHECK(b.child(c).type() == type.fields()[c].type());
        const auto a = b.finish();
        CHECK(a == array{type});
        CHECK(a.null_count() == 0);
    }
}

TEST_CASE("builders: whatever array is copied is equal; builders can be used again") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        array_builder b{type, random.pool()};
        for (int round = 0; round < 2; ++round) {
            const auto a = random.values(type, random.random().below(100));
            std::size_t done = 0;
            while (done < a.size()) {
                const auto n = 1 + random.random().below(a.size() - done);
                b.append(a, done, n);
                done += n;
            }
            CHECK(b.size() == a.size());
            const auto copy = b.finish();
            CHECK(copy == a);
            CHECK(copy.offset() == 0);
            if (type.id() != type_id::dictionary) CHECK(copy.null_count() == a.null_count());
            CHECK(b.size() == 0);
        }
    }
}

TEST_CASE("builders: truncate forgets what came after, in every child") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto a = random.values(type, 60);
        array_builder b{type, random.pool()};
        std::vector<array> kept;
        std::size_t size = 0;
        for (int step = 0; step < 10; ++step) {
            const auto first = random.random().below(50);
            const auto n = random.random().below(10);
            b.append(a, first, n);
            kept.push_back(a.slice(first, n));
            size += n;
            if (step % 2 == 0) continue;
            b.append(a, 5, 20);
            b.append_null();
            b.truncate(size);
            REQUIRE(b.size() == size);
        }
        const auto built = b.finish();
        CHECK(built == concatenate(kept, random.pool()));
        // and nothing of it is left in memory
        array_builder fresh{type, random.pool()};
        for (const auto& k : kept) fresh.append(k, 0, k.size());
        CHECK(fresh.finish().value_bytes() == built.value_bytes());
    }
}

TEST_CASE("builders: nulls of every type") {
    auto pool = buffer_pool::create();
    test::random_batches random{7};
    for (int i = 0; i < 300; ++i) {
        const auto type = random.type();
        CAPTURE(type.name());
        array_builder b{type, pool};
        b.append_null();
        b.append_nulls(70);
        const auto a = b.finish();
        REQUIRE(a.size() == 71);
        if (is_union(type.id())) continue; // the null is its child's
        CHECK(a.null_count() == 71);
        CHECK(a.is_null(70));
    }
}

TEST_CASE("list_builder: items belong to the value that was begun") {
    auto pool = buffer_pool::create();
    for (const auto& type : {data_type::list(data_type::int64()), data_type::large_list(data_type::int64())}) {
        array_builder any{type, pool};
        auto& b = any.as<list_builder>();
        auto& items = b.child().as<int64_builder>();
        b.append();
        items.append(1);
        items.append(2);
        b.append_null();
        b.append();
        b.append();
        items.append(3);
        const auto a = any.finish();
        REQUIRE(a.size() == 4);
        CHECK(a.null_count() == 1);
        CHECK(a.is_null(1));
        CHECK(a.list_at(0).values_as<std::int64_t>()[1] == 2);
        CHECK(a.list_at(2).size() == 0);
        CHECK(a.list_at(3).int64_at(0) == 3);
        CHECK(a.values().size() == 5 * (type.id() == type_id::large_list ? 8 : 4));
    }
}

TEST_CASE("list_builder, struct_builder: items and members may be appended before") {
    auto pool = buffer_pool::create();
    array_builder any{data_type::list(data_type::struct_({field{"a", data_type::int64()}})), pool};
    auto& lists = any.as<list_builder>();
    auto& structs = lists.child().as<struct_builder>();
    for (int i = 0; i < 4; ++i) structs.child(0).as<int64_builder>().append(i);
    structs.validity().append_word(0b1011, 4);
    lists.append_at(0, true);
    lists.append_at(3, false);
    lists.append_at(3, true);
    any.truncate(3);
    lists.append_at(4, true);
    const auto a = any.finish();
    REQUIRE(a.size() == 4);
    CHECK(a.null_count() == 1);
    CHECK(a.list_at(0).size() == 3);
    CHECK(a.list_at(0).is_null(2));
    CHECK(a.list_at(1).size() == 0);
    CHECK(a.list_at(2).size() == 1);
    CHECK(a.list_at(3).size() == 0);
}

TEST_CASE("list_builder: half a value is taken back with its items") {
    auto pool = buffer_pool::create();
    array_builder b{data_type::list(pair_type()), pool};
    auto& lists = b.as<list_builder>();
    auto& rows = lists.child().as<struct_builder>();
    lists.append();
    rows.append();
    rows.child(0).as<int64_builder>().append(1);
    rows.child(1).as<string_builder>().append("one");
    lists.append();
    rows.append();
    rows.child(0).as<int64_builder>().append(2);
    b.truncate(1);
    CHECK(lists.child().size() == 1);
    CHECK(rows.child(0).size() == 1);
    CHECK(rows.child(1).size() == 1);
    b.truncate(0);
    CHECK(lists.child().size() == 0);
    CHECK(b.finish() == array{data_type::list(pair_type())});
}

TEST_CASE("list_builder: items of no value are no part of the array") {
    auto pool = buffer_pool::create();
    array_builder b{data_type::list(data_type::int64()), pool};
    b.child(0).append_null();
    const auto a = b.finish();
    CHECK(a.size() == 0);
    CHECK(a.children().front().size() == 0);
}

TEST_CASE("list_builder: more items than offsets of 32 bits can address are refused, large lists take them") {
    auto pool = buffer_pool::create();
    const auto fill = [&](data_type type) {
        array_builder b{std::move(type), pool};
        auto& lists = b.as<list_builder>();
        lists.append();
        lists.child().append_nulls(std::size_t{1} << 31); // nulls take no memory
        const auto code = refused([&] { lists.append(); });
        CHECK(refused([&] { (void)b.finish(); }) == code);
        CHECK(b.size() == (code == errc{} ? 0 : 1));
        b.truncate(0);
        lists.append();
        CHECK(b.finish().size() == 1);
        return code;
    };
    CHECK(fill(data_type::list(data_type::null())) == errc::record_too_large);
    CHECK(fill(data_type::large_list(data_type::null())) == errc{});
}

TEST_CASE("map_builder: entries are structs of key and value") {
    auto pool = buffer_pool::create();
    array_builder b{data_type::map(data_type::string(), data_type::int64()), pool};
    auto& maps = b.as<list_builder>();
    auto& entries = maps.child().as<struct_builder>();
    const auto put = [&](const char* key, std::int64_t value) {
        entries.append();
        entries.child(0).as<string_builder>().append(key);
        entries.child(1).as<int64_builder>().append(value);
    };
    maps.append();
    put("a", 1);
    put("b", 2);
    maps.append();
    const auto a = b.finish();
    CHECK(a.list_at(0).child(0).string_at(1) == "b");
    CHECK(a.list_at(0).child(1).int64_at(0) == 1);
    CHECK(a.list_at(1).size() == 0);
}

TEST_CASE("builders: children with too few or too many values are told, and nothing is lost") {
    auto pool = buffer_pool::create();
    array_builder fixed{data_type::fixed_size_list(data_type::int64(), 2), pool};
    fixed.as<fixed_size_list_builder>().append();
    fixed.child(0).as<int64_builder>().append(1);
    CHECK(refused([&] { (void)fixed.finish(); }) == errc::type_mismatch);
    fixed.child(0).as<int64_builder>().append(2);
    CHECK(fixed.finish().list_at(0).int64_at(1) == 2);

    array_builder rows{pair_type(), pool};
    rows.as<struct_builder>().append();
    rows.child(0).append_null();
    try {
        (void)rows.finish();
        FAIL("not refused");
    } catch (const error& e) {
        CHECK(e.code() == errc::type_mismatch);
        CHECK(e.detail().message == "struct<n: int64, t: string>: field \"t\" got 0 values where 1 belong");
    }
    rows.child(1).append_null();
    CHECK(rows.finish().size() == 1);

    for (const bool dense : {false, true}) {
        std::vector<field> fields;
        fields.emplace_back("i", data_type::int64());
        fields.emplace_back("s", data_type::string());
        array_builder either{dense ? data_type::dense_union(fields) : data_type::sparse_union(fields), pool};
        auto& b = either.as<union_builder>();
        auto& text = b.append(1);
        CHECK(refused([&] { (void)either.finish(); }) == errc::type_mismatch);
        text.as<string_builder>().append("x");
        b.append(0).as<int64_builder>().append(7);
        const auto a = either.finish();
        CHECK(a.children()[0].size() == (dense ? 1 : 2));
        CHECK(a.union_at(0) == std::pair<std::size_t, std::size_t>{1, 0});
        CHECK(a.children()[1].string_at(0) == "x");
        CHECK(a.children()[0].int64_at(a.union_at(1).second) == 7);
    }
    array_builder none{data_type::dense_union({}), pool};
    CHECK(refused([&] { none.append_null(); }) == errc::type_mismatch);
    array_builder other{type_id::int64, pool};
    CHECK(refused([&] { other.append(array{type_id::int32}, 0, 0); }) == errc::type_mismatch);
}

TEST_CASE("dictionary_builder: every value once, in order; nulls are no value") {
    auto pool = buffer_pool::create();
    array_builder any{data_type::dictionary(type_id::int8, data_type::string()), pool};
    auto& b = any.as<dictionary_builder>();
    for (const auto* t : {"b", "a", "", "b", "a", "c"}) b.append(std::string_view{t});
    b.append_null();
    CHECK(b.dictionary_size() == 4);
    const auto a = any.finish();
    REQUIRE(a.dictionary().size() == 4);
    CHECK(a.dictionary().string_at(0) == "b");
    CHECK(a.dictionary().string_at(2) == "");
    CHECK(a.bytes_at(3) == "b");
    CHECK(a.index_at(5) == 3);
    CHECK(a.is_null(6));
    CHECK(b.dictionary_size() == 0); // the next array has its own
    b.append("c");
    CHECK(any.finish().index_at(0) == 0);
}

TEST_CASE("dictionary_builder: more values than the index type can tell apart are refused, known ones are not") {
    auto pool = buffer_pool::create();
    for (const auto index : {type_id::int8, type_id::uint8, type_id::int16, type_id::uint16}) {
        const auto bits = data_type{index}.bit_width() - is_signed_integer(index);
        const auto most = std::int64_t{1} << bits;
        array_builder any{data_type::dictionary(index, data_type::int64()), pool};
        auto& b = any.as<dictionary_builder>();
        for (std::int64_t i = 0; i < most; ++i) b.append(i * 1'000'003);
        CHECK(refused([&] { b.append(std::int64_t{5}); }) == errc::record_too_large);
        b.append(std::int64_t{1'000'003});
        const auto size = static_cast<std::size_t>(most);
        CHECK(b.size() == size + 1);
        b.truncate(size - 1); // the last value goes with its row: another has room
        b.append(std::int64_t{5});
        const auto a = any.finish();
        CHECK(a.dictionary().int64_at(size - 1) == 5);
        CHECK(a.index_at(size - 1) == size - 1);
    }
}

TEST_CASE("dictionary_builder: what is forgotten can come again, in any order") {
    auto pool = buffer_pool::create();
    test::numbers random{3};
    array_builder any{data_type::dictionary(type_id::int32, data_type::string()), pool};
    auto& b = any.as<dictionary_builder>();
    std::vector<std::string> expected;
    for (int step = 0; step < 20000; ++step) {
        if (random.below(50) == 0) {
            expected.resize(random.below(expected.size() + 1) / 2 + expected.size() / 2);
            b.truncate(expected.size());
        }
        expected.push_back(std::to_string(random.below(5000)));
        b.append(expected.back());
    }
    const auto a = any.finish();
    REQUIRE(a.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(a.bytes_at(i) == expected[i]);
    auto distinct = expected;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    CHECK(a.dictionary().size() == distinct.size());
}

TEST_CASE("dictionary_builder: values of every type once, floating-point numbers by their bits") {
    auto pool = buffer_pool::create();
    array_builder any{data_type::dictionary(type_id::uint16, data_type::float64()), pool};
    auto& b = any.as<dictionary_builder>();
    for (const double d : {0.0, -0.0, __builtin_nan(""), 1.5, __builtin_nan(""), 0.0}) b.append(d);
    CHECK(b.dictionary_size() == 4);

    array_builder flags{data_type::dictionary(type_id::int8, data_type::boolean()), pool};
    for (const bool v : {true, false, true}) flags.as<dictionary_builder>().append(v);
    CHECK(flags.as<dictionary_builder>().dictionary_size() == 2);

    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto values = random.values(type, 20);
        array_builder twice{data_type::dictionary(type_id::int32, type), random.pool()};
        auto& d = twice.as<dictionary_builder>();
        for (std::size_t i = 0; i < 40; ++i) d.append(values, i % 20);
        std::size_t distinct = 0;
        for (std::size_t i = 0; i < 20; ++i) {
            bool seen = false;
            for (std::size_t j = 0; j < i; ++j) seen |= values.slice(i, 1) == values.slice(j, 1);
            distinct += !seen;
        }
        CHECK(d.dictionary_size() == distinct);
        const auto a = twice.finish();
        for (std::size_t i = 0; i < 40; ++i)
            REQUIRE(a.dictionary().slice(a.index_at(i), 1) == values.slice(i % 20, 1));
    }
}

TEST_CASE("view_builder: short texts in place, long ones in blocks that are cut with them") {
    auto pool = buffer_pool::create();
    view_builder b{type_id::string_view, pool};
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < 2000; ++i) {
        expected.push_back(std::string(i % 40, static_cast<char>('a' + i % 26)));
        b.append(expected.back());
        CHECK(b[i] == expected.back());
        if (i % 100 == 99) {
            b.append(std::string(5000, 'z'));
            b.append(std::string(5000, 'y'));
            b.truncate(expected.size());
        }
    }
    const auto a = b.finish();
    REQUIRE(a.size() == 2000);
    std::size_t long_bytes = 0;
    for (std::size_t i = 0; i < 2000; ++i) {
        REQUIRE(a.bytes_at(i) == expected[i]);
        if (expected[i].size() > 12) long_bytes += expected[i].size();
    }
    std::size_t held = 0;
    for (const auto& block : a.blocks()) held += block.size();
    CHECK(held == long_bytes);
    const std::string_view huge{"x", std::size_t{1} << 31};
    CHECK(refused([&] { b.append(huge); }) == errc::record_too_large);
    CHECK(b.size() == 0);
}

TEST_CASE("fixed_size_binary_builder: other sizes are refused") {
    auto pool = buffer_pool::create();
    array_builder any{data_type::fixed_size_binary(3), pool};
    auto& b = any.as<fixed_size_binary_builder>();
    b.append("abc");
    CHECK(refused([&] { b.append("ab"); }) == errc::type_mismatch);
    b.append_null();
    const auto a = any.finish();
    CHECK(a.size() == 2);
    CHECK(a.bytes_at(0) == "abc");
    CHECK(a.bytes_at(1) == std::string_view("\0\0\0", 3));
}

TEST_CASE("builders: what was reserved is not allocated again") {
    auto pool = buffer_pool::create();
    array_builder b{data_type::list(data_type::int64()), pool};
    b.reserve(100'000);
    b.child(0).reserve(100'000);
    const auto held = pool->in_use();
    for (int i = 0; i < 100'000; ++i) {
        b.as<list_builder>().append();
        b.child(0).as<int64_builder>().append(i);
    }
    CHECK(pool->in_use() == held);
}

TEST_CASE("concatenate: nothing has no type") {
    CHECK(refused([] { (void)concatenate({}, buffer_pool::create()); }) == errc::invalid_option);
}

} // namespace nested_builders_test
