// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/take.hpp>

#include "support/random_batches.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace take_test {

using namespace penstock;

TEST_CASE("take: any values of any type, in any order, more than once") {
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
        CAPTURE(seed);
        test::random_batches random{seed};
        const auto type = random.type();
        CAPTURE(type.name());
        const auto a = random.values(type, 1 + random.random().below(100));
        selection rows;
        std::vector<array> expected;
        expected.push_back(a.slice(0, 0));
        for (auto n = random.random().below(150); n-- > 0;) {
            rows.push_back(static_cast<std::uint32_t>(random.random().below(a.size())));
            expected.push_back(a.slice(rows.back(), 1));
        }
        const auto taken = take(a, rows, random.pool());
        CHECK(taken == concatenate(expected, random.pool()));
        std::size_t nulls = 0;
        for (std::size_t i = 0; i < taken.size(); ++i) nulls += taken.is_null(i);
        CHECK(taken.null_count() == nulls);
        CHECK(take(taken.slice(0, rows.size() / 2), {}, random.pool()) == array{type});
    }
}

TEST_CASE("take: rows of a batch") {
    test::random_batches random{1};
    for (int i = 0; i < 50; ++i) {
        const auto b = random.batch(random.schema(), 20);
        const selection rows{3, 7, 19};
        const auto t = take(b, rows, random.pool());
        REQUIRE(t.num_rows() == 3);
        CHECK(t.slice(1, 1) == b.slice(7, 1));
    }
}

TEST_CASE("take: of a dictionary, the dictionary is shared") {
    auto pool = buffer_pool::create();
    array_builder any{data_type::dictionary(type_id::int8, data_type::string()), pool};
    for (const auto* t : {"a", "b", "c"}) any.as<dictionary_builder>().append(std::string_view{t});
    const auto a = any.finish();
    const auto taken = take(a, selection{2, 2}, pool);
    CHECK(taken.dictionary().values().data() == a.dictionary().values().data());
    CHECK(taken.bytes_at(1) == "c");
}

} // namespace take_test
