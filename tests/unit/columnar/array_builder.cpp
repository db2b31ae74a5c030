// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace array_builder_test {

using namespace penstock;

TEST_CASE("array_builder: numbers and nulls; memory for validity only when there are nulls") {
    auto pool = buffer_pool::create();
    int64_builder b{pool};
    b.append(1);
    b.append(-2);
    auto without = b.finish();
    CHECK(without.null_count() == 0);
    CHECK_FALSE(without.validity());
    CHECK(without.int64_at(1) == -2);
    CHECK(b.size() == 0);

    b.append(7);
    b.append_null();
    b.append(9);
    auto with = b.finish();
    CHECK(with.type() == data_type::int64());
    CHECK(with.null_count() == 1);
    CHECK(with.is_null(1));
    CHECK_FALSE(with.is_null(2));
    CHECK(with.int64_at(1) == 0); // under a null
    CHECK(with.int64_at(2) == 9);
}

TEST_CASE("array_builder: an empty array of every type") {
    auto pool = buffer_pool::create();
    for (const auto id : {type_id::boolean, type_id::int64, type_id::float64, type_id::string}) {
        array_builder b{id, pool};
        CHECK(b.type() == data_type{id});
        const auto a = b.finish();
        CHECK(a.type() == data_type{id});
        CHECK(a.size() == 0);
        CHECK(a == array{id});
        if (id == type_id::string) CHECK(a.values().size() == 4); // Arrow wants the first offset
    }
}

TEST_CASE("array_builder: buffers are aligned, and zero up to the next 64 bytes") {
    auto pool = buffer_pool::create();
    {
        auto dirt = pool->take(4096);
        std::memset(dirt.data(), 0xff, dirt.size());
    }
    string_builder b{pool};
    b.append("abc");
    b.append_null();
    const auto a = b.finish();
    for (const auto* buffer : {&a.validity(), &a.values(), &a.data()}) {
        CHECK(reinterpret_cast<std::uintptr_t>(buffer->data()) % 64 == 0);
        for (auto i = buffer->size(); i < (buffer->size() + 63) / 64 * 64; ++i)
            CHECK(buffer->data()[i] == std::byte{0});
    }
    CHECK(a.validity().size() == 1);
    CHECK(a.validity().data()[0] == std::byte{1}); // least significant bit first
    CHECK(a.values().size() == 12);
    CHECK(a.data().size() == 3);
}

TEST_CASE("array_builder: blocks go back to the pool with the last array that shares them") {
    auto pool = buffer_pool::create();
    std::optional<array> slice;
    {
        float64_builder b{pool};
        for (int i = 0; i < 1000; ++i) b.append(i);
        const auto a = b.finish();
        slice = a.slice(500, 2);
    }
    const auto before = pool->idle();
    CHECK(slice->float64_at(1) == 501);
    slice.reset();
    CHECK(pool->idle() == before + 8192);
}

TEST_CASE("array_builder: words of bits at every offset equal bits one by one") {
    auto pool = buffer_pool::create();
    std::mt19937_64 random{1};
    for (int round = 0; round < 200; ++round) {
        boolean_builder fast{pool};
        boolean_builder slow{pool};
        for (int part = 0; part < 10; ++part) {
            const auto count = 1 + random() % 64;
            const auto mask = ~std::uint64_t{0} >> (64 - count);
            const auto valid = (random() % 3 ? random() : ~std::uint64_t{0}) & mask;
            const auto values = random() & valid;
            fast.append_word(values, valid, count);
            for (std::size_t i = 0; i < count; ++i) {
                if (valid >> i & 1)
                    slow.append((values >> i & 1) != 0);
                else
                    slow.append_null();
            }
            if (random() % 5 == 0) {
                const auto keep = random() % (fast.size() + 1);
                fast.truncate(keep);
                slow.truncate(keep);
            }
        }
        const auto a = fast.finish();
        const auto b = slow.finish();
        REQUIRE(a == b);
        REQUIRE(a.null_count() == b.null_count());
    }
}

TEST_CASE("array_builder: truncated builders go on as if nothing had been appended") {
    auto pool = buffer_pool::create();
    string_builder s{pool};
    s.append("one");
    s.append_null();
    s.append("three");
    s.truncate(1);
    CHECK(s.size() == 1);
    CHECK(s.bytes() == 3);
    s.append("two");
    const auto a = s.finish();
    CHECK(a.null_count() == 0);
    CHECK_FALSE(a.validity());
    CHECK(a.string_at(0) == "one");
    CHECK(a.string_at(1) == "two");
    s.truncate(0); // of an empty one
    CHECK(s.finish().size() == 0);

    int64_builder n{pool};
    n.append_null();
    n.append(1);
    n.truncate(0);
    n.append(5);
    const auto b = n.finish();
    CHECK(b.size() == 1);
    CHECK(b.null_count() == 0);
    CHECK(b.int64_at(0) == 5);
}

TEST_CASE("array_builder: strings of all lengths, through growth") {
    auto pool = buffer_pool::create();
    string_builder b{pool};
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < 3000; ++i) {
        expected.push_back(std::string(i % 97, static_cast<char>('a' + i % 26)));
        REQUIRE(b.try_append(expected.back()));
        CHECK(b[i] == expected.back());
    }
    const auto a = b.finish();
    REQUIRE(a.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) REQUIRE(a.string_at(i) == expected[i]);
    const auto cut = a.slice(95, 3);
    CHECK(cut.string_at(0) == expected[95]);
    CHECK(cut.string_at(2) == expected[97]);
}

TEST_CASE("array_builder: more than 2 GiB of text is refused, not wrapped") {
    auto pool = buffer_pool::create();
    string_builder b{pool};
    b.append("x");
    // A text that claims the rest of the offsets' range; it is refused before a byte of it is read.
    const std::string small = "y";
    const std::string_view huge{small.data(), string_builder::max_bytes};
    CHECK_FALSE(b.try_append(huge));
    CHECK(b.size() == 1);
    try {
        b.append(huge);
        FAIL("not refused");
    } catch (const error& e) {
        CHECK(e.code() == errc::record_too_large);
    }
    b.append("z");
    CHECK(b.finish().string_at(1) == "z");
}

TEST_CASE("array: a slice counts its own nulls") {
    auto pool = buffer_pool::create();
    int64_builder b{pool};
    for (int i = 0; i < 200; ++i) {
        if (i % 3 == 0)
            b.append_null();
        else
            b.append(i);
    }
    const auto a = b.finish();
    const auto s = a.slice(64, 10); // nulls at 66, 69, 72
    CHECK(s.null_count() == 3);
    CHECK(s.is_null(2));
    CHECK(s.int64_at(1) == 65);
    const auto t = s.slice(3, 2);
    CHECK(t.null_count() == 0);
    CHECK(t.int64_at(0) == 67);
    CHECK(a.slice(0, 0).size() == 0);
}

TEST_CASE("array: equality looks at types, nulls and values") {
    auto pool = buffer_pool::create();
    const auto doubles = [&](std::vector<std::optional<double>> values) {
        float64_builder b{pool};
        for (const auto& v : values) {
            if (v)
                b.append(*v);
            else
                b.append_null();
        }
        return b.finish();
    };
    const double nan = __builtin_nan("");
    CHECK(doubles({1.0, nan}) == doubles({1.0, nan}));
    CHECK_FALSE(doubles({0.0}) == doubles({-0.0}));
    CHECK_FALSE(doubles({0.0}) == doubles({std::nullopt}));
    CHECK_FALSE(doubles({1.0}) == doubles({1.0, 1.0}));
    CHECK(doubles({5.0, 1.0, std::nullopt}).slice(1, 2) == doubles({1.0, std::nullopt}));
    CHECK_FALSE(array{type_id::int64} == array{type_id::float64});
}

} // namespace array_builder_test
