// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/schema.hpp>

#include <doctest/doctest.h>

namespace columnar_schema_test {

using penstock::condition;
using penstock::data_type;
using penstock::errc;
using penstock::field;
using penstock::schema;

inline schema trips() {
    return schema{{field{"fare", data_type::float64()}, field{"id", data_type::int64(), false},
                   field{"name", data_type::string()}, field{"paid", data_type::boolean()}}};
}

TEST_CASE("schema: names lead to positions") {
    const auto s = trips();
    CHECK(s.size() == 4);
    CHECK(s.index_of("fare") == 0);
    CHECK(s.index_of("paid") == 3);
    CHECK_FALSE(s.index_of("far"));
    CHECK_FALSE(s.index_of(""));
    CHECK(s.find("name").value() == 2);
    CHECK(s[1].type() == data_type::int64());
    CHECK_FALSE(s[1].nullable());
}

TEST_CASE("schema: an unknown name is told with the names there are") {
    const auto r = trips().find("Fare");
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code() == errc::unknown_column);
    CHECK(r.error().code() == condition::configuration);
    CHECK(r.error().message().find("Fare") != std::string::npos);
    CHECK(r.error().detail().hint == "the columns are fare, id, name, paid");
    CHECK(schema{}.find("a").error().detail().hint == "there are no columns");
}

TEST_CASE("schema: a name that occurs twice can only be asked for by position") {
    const schema s{
        {field{"a", data_type::int64()}, field{"b", data_type::int64()}, field{"a", data_type::string()}}};
    CHECK(s.index_of("a") == 0);
    const auto r = s.find("a");
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code() == errc::unknown_column);
    CHECK(r.error().message().find("2 columns") != std::string::npos);
    CHECK(s.find("b").value() == 1);
}

TEST_CASE("schema: several names in any order; the first unknown one is the error") {
    const auto s = trips();
    const std::vector<std::string> names{"paid", "fare"};
    CHECK(s.find(names).value() == std::vector<std::size_t>{3, 0});
    const std::vector<std::string> wrong{"paid", "x", "y"};
    CHECK(s.find(wrong).error().detail().message == "x");
    const std::size_t positions[] = {3, 0};
    CHECK(s.select(positions) ==
          schema{{field{"paid", data_type::boolean()}, field{"fare", data_type::float64()}}});
}

TEST_CASE("schema: long lists of columns are cut, and made printable") {
    std::vector<field> many;
    for (int i = 0; i < 30; ++i) many.emplace_back("c" + std::to_string(i), data_type::int64());
    const schema s{many};
    CHECK(s.column_list(2) == "c0, c1, ... (30 in all)");
    CHECK(schema{{field{"a\nb", data_type::int64()}}}.column_list() == "a\\nb");
}

TEST_CASE("schema: equality takes names, types, order and nullability") {
    CHECK(trips() == trips());
    CHECK(schema{{field{"a", data_type::int64()}}} != schema{{field{"a", data_type::float64()}}});
    CHECK(schema{{field{"a", data_type::int64()}}} != schema{{field{"a", data_type::int64(), false}}});
    CHECK(schema{{field{"a", data_type::int64()}}} != schema{{field{"b", data_type::int64()}}});
    CHECK(data_type::boolean().name() == "boolean");
    CHECK(data_type::float64().name() == "float64");
}

} // namespace columnar_schema_test
