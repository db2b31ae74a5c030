// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/dataset/predicate.hpp>
#include <penstock/format/scalar_text.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <random>

namespace predicate_test {

using namespace penstock;

inline record_batch trips() {
    auto pool = buffer_pool::create();
    int64_builder id{pool};
    float64_builder fare{pool};
    string_builder status{pool};
    boolean_builder paid{pool};
    for (const std::int64_t v : {1, 2, 3, 4, 5}) id.append(v);
    for (const double v : {10.0, 40.0, 40.5, std::numeric_limits<double>::quiet_NaN()}) fare.append(v);
    fare.append_null();
    status.append("paid");
    status.append("it's");
    status.append_null();
    status.append("");
    status.append("Paid");
    for (const bool v : {true, false, true, false}) paid.append(v);
    paid.append_null();
    return record_batch{
        make_schema({field{"id", data_type::int64()}, field{"fare", data_type::float64()},
                     field{"status", data_type::string()}, field{"is paid", data_type::boolean()}}),
        {id.finish(), fare.finish(), status.finish(), paid.finish()},
        5};
}

/// The ids that are selected; "!" and the message where something is wrong.
inline std::string ids(std::string_view where) {
    const auto p = predicate::parse(where);
    if (!p) return "!" + p.error().detail().message;
    const auto batch = trips();
    const auto bound = p->bind(batch.schema());
    if (!bound) return "!" + bound.error().detail().message;
    std::string out;
    for (const auto row : bound->evaluate(batch)) out += std::to_string(batch[0].int64_at(row));
    return out;
}

TEST_CASE("predicate: dates and times compare with texts") {
    auto pool = buffer_pool::create();
    number_builder<std::int32_t> day{data_type::date32(), pool};
    int64_builder time{data_type::timestamp(time_unit::second), pool};
    int64_builder utc{data_type::timestamp(time_unit::millisecond, "UTC"), pool};
    for (const std::int32_t d : {-1, 0, 1}) {
        day.append(d);
        time.append(d * 86400);
        utc.append(std::int64_t{d} * 86400000);
    }
    day.append_null();
    time.append_null();
    utc.append_null();
    const record_batch batch{make_schema({field{"day", day.type()}, field{"time", time.type()}, field{"utc", utc.type()}}),
                             {day.finish(), time.finish(), utc.finish()},
                             4};
    const auto rows = [&](std::string_view where) {
        const auto bound = predicate::parse(where)->bind(batch.schema());
        if (!bound) return bound.error().detail().message;
        std::string out;
        for (const auto row : bound->evaluate(batch)) out += std::to_string(row);
        return out;
    };
    CHECK(rows("day >= '1970-01-01'") == "12");
    CHECK(rows("day = '1969-12-31'") == "0");
    CHECK(rows("day is null") == "3");
    CHECK(rows("time < '1970-01-01 00:00:01'") == "01");
    CHECK(rows("time > '1970-01-01'") == "2");
    CHECK(rows("utc = '1970-01-01T02:00:00+02:00'") == "1");
    CHECK(rows("time is not null") == "012");
    CHECK(rows("day > 3") == "where: column \"day\" is date32 and cannot be compared with a number");
    CHECK(rows("day > '1970-01-01 00:00:00'") == "where: column \"day\" is date32 and cannot be compared with a text");
    CHECK(rows("time = 'soon'") == "where: column \"time\" is timestamp[s] and cannot be compared with a text");
}

TEST_CASE("predicate: comparisons of every type") {
    CHECK(ids("id = 3") == "3");
    CHECK(ids("id==3") == "3");
    CHECK(ids("id != 3") == "1245");
    CHECK(ids("id <> 3") == "1245");
    CHECK(ids("id<3") == "12");
    CHECK(ids("id <= 3") == "123");
    CHECK(ids("id>3") == "45");
    CHECK(ids("id>=3") == "345");
    CHECK(ids("id > -1") == "12345");
    CHECK(ids("fare > 40") == "3");
    CHECK(ids("fare >= 4e1") == "23");
    CHECK(ids("fare < .5e2") == "123");
    CHECK(ids("status = 'paid'") == "1");
    CHECK(ids("status = 'it''s'") == "2");
    CHECK(ids("status = ''") == "4");
    CHECK(ids("status < 'a'") == "45"); // by bytes
    CHECK(ids("\"is paid\" = true") == "13");
    CHECK(ids("\"is paid\" != TRUE") == "24");
}

TEST_CASE("predicate: what is unknown is not selected") {
    CHECK(ids("fare > 0") == "123");
    CHECK(ids("fare != 10") == "234"); // NaN differs from everything, null is unknown
    CHECK(ids("fare = 10") == "1");
    CHECK(ids("fare is null") == "5");
    CHECK(ids("fare is not null") == "1234");
    CHECK(ids("status IS NULL") == "3");
    CHECK(ids("status != 'paid'") == "245");
    CHECK(ids("id is null") == "");
    CHECK(ids("id is not null") == "12345");
}

TEST_CASE("predicate: and") {
    CHECK(ids("fare > 1 and id < 3") == "12");
    CHECK(ids("fare > 1 AND id < 3 And status = 'paid'") == "1");
    CHECK(ids("id > 1 and id < 1") == "");
    const predicate all;
    CHECK(all.bind(trips().schema())->evaluate(trips()).size() == 5);
}

TEST_CASE("predicate: columns") {
    CHECK(predicate::parse("a = 1 and b = 2 and a < 3")->columns() == std::vector<std::string>{"a", "b"});
    CHECK(predicate::parse("\"say \"\"x\"\"\" is null")->columns().at(0) == "say \"x\"");
    CHECK(predicate::parse("stra\u00dfe.nr = 1")->columns().at(0) == "stra\u00dfe.nr");
    CHECK(predicate::parse("\"and\" = 1")->columns().at(0) == "and");
    CHECK(predicate::parse(" x=1 ")->terms().size() == 1);
}

TEST_CASE("predicate: what cannot be read is told with its place") {
    CHECK(ids("") == "!where: position 1: expected a column's name, but the text ends");
    CHECK(ids("   ") == "!where: position 4: expected a column's name, but the text ends");
    CHECK(ids("id") ==
          "!where: position 3: expected a comparison (= != < <= > >= or \"is null\"), but the text ends");
    CHECK(ids("id ~ 3") ==
          "!where: position 4: expected a comparison (= != < <= > >= or \"is null\"), not \"~ 3\"");
    CHECK(ids("id = ") == "!where: position 6: expected a number, 'text', true or false, but the text ends");
    CHECK(ids("id = fare") == "!where: position 6: expected a number, 'text', true or false, not \"fare\"");
    CHECK(ids("3 = id").starts_with("!where: position 1: expected a column's name"));
    CHECK(ids("id = 3 or id = 4").starts_with("!where: position 8: expected \"and\" or the end"));
    CHECK(ids("id = 3 and").starts_with("!where: position 11: expected a column's name"));
    CHECK(ids("status = 'paid").starts_with("!where: position 10: this quote is not closed"));
    CHECK(ids("\"id = 3").starts_with("!where: position 1: this quote is not closed"));
    CHECK(ids("id is 3").starts_with("!where: position 7: expected \"null\""));
    CHECK(ids("id = null").starts_with("!where: position 6: nothing equals null"));
    CHECK(ids("id = 3x").starts_with("!where: position 6: expected a number"));
    CHECK(ids("id = 1.2.3").starts_with("!where: position 6: expected a number"));
    CHECK(ids("id = 9223372036854775808").find("fits 64 bits") != std::string::npos);
    CHECK(ids("id = 3; drop").starts_with("!where: position 7: expected \"and\""));
    CHECK(predicate::parse("x").error().code() == errc::invalid_option);
    CHECK(predicate::parse("x").error().code() == condition::configuration);
}

TEST_CASE("predicate: columns and literals must fit") {
    CHECK(ids("fares = 3") == "!fares");
    CHECK(ids("id = '3'") == "!where: column \"id\" is int64 and cannot be compared with a text");
    CHECK(ids("status = 3") == "!where: column \"status\" is string and cannot be compared with a number");
    CHECK(ids("fare = true") ==
          "!where: column \"fare\" is float64 and cannot be compared with true or false");
    CHECK(ids("\"is paid\" = 1") ==
          "!where: column \"is paid\" is boolean and cannot be compared with a number");
    CHECK(ids("\"is paid\" < true") == "!where: column \"is paid\" is boolean and has no order");
    const auto batch = trips();
    CHECK(predicate::parse("x = 1")->bind(batch.schema()).error().code() == errc::unknown_column);
    CHECK(predicate::parse("id = ''")->bind(batch.schema()).error().code() == errc::type_mismatch);
}

/// Whether one value passes "v <condition>".
template <class B, class T>
bool passes(T value, std::string_view condition) {
    B b{buffer_pool::create()};
    b.append(value);
    const record_batch batch{make_schema({field{"v", b.type()}}), {b.finish()}, 1};
    return !predicate::parse("v " + std::string{condition})->bind(batch.schema())->evaluate(batch).empty();
}

TEST_CASE("predicate: integers and doubles compare by their exact values") {
    constexpr std::int64_t big = (std::int64_t{1} << 53) + 1;
    constexpr auto top = std::numeric_limits<std::int64_t>::max();
    constexpr auto bottom = std::numeric_limits<std::int64_t>::min();
    const auto integer = [](std::int64_t v, std::string_view c) { return passes<int64_builder>(v, c); };
    const auto number = [](double v, std::string_view c) { return passes<float64_builder>(v, c); };
    CHECK(integer(big, "> 9007199254740992.0")); // as doubles they would be equal
    CHECK(integer(big, "< 9007199254740994.0"));
    CHECK_FALSE(integer(big, "= 9007199254740992.0"));
    CHECK(integer(top, "< 9.223372036854775808e18"));
    CHECK(integer(bottom, "= -9.223372036854775808e18"));
    CHECK(integer(bottom, "> -1e300"));
    CHECK(integer(3, "< 3.5"));
    CHECK(integer(-3, "> -3.5"));
    CHECK(integer(3, "= 3.0"));
    CHECK(integer(0, "= -0.0"));
    CHECK(integer(0, "< 1e300"));
    CHECK(number(9007199254740992.0, "< 9007199254740993"));
    CHECK(number(9007199254740994.0, "> 9007199254740993"));
    CHECK(number(1e300, "> 9223372036854775807"));
    CHECK(number(-1e300, "< -9223372036854775808"));
    CHECK(number(40, "= 40"));
    CHECK_FALSE(number(std::numeric_limits<double>::quiet_NaN(), "<= 5"));
    CHECK_FALSE(number(std::numeric_limits<double>::quiet_NaN(), "> 5"));
    CHECK(number(std::numeric_limits<double>::quiet_NaN(), "!= 5"));
}

/// Whether one value that is written as `text` passes "v <condition>"; "!" and why where that cannot be.
std::string check(const data_type& type, std::string_view text, std::string_view condition) {
    array_builder b{type, buffer_pool::create()};
    scalar_parser parser{type};
    REQUIRE(parser.append(text, b));
    b.append_null();
    const record_batch batch{make_schema({field{"v", type}}), {b.finish()}, 2};
    const auto bound = predicate::parse("v " + std::string{condition})->bind(batch.schema());
    if (!bound) return "!" + bound.error().detail().message;
    const auto rows = bound->evaluate(batch);
    CHECK((rows.empty() || rows == selection{0})); // the null passes nothing
    return rows.empty() ? "no" : "yes";
}

TEST_CASE("predicate: scalars of all types") {
    struct row {
        data_type type;
        const char *value, *condition, *out;
    };
    const auto us = time_unit::microsecond;
    const row rows[] = {
        {type_id::int8, "-128", "< -127", "yes"},
        {type_id::uint8, "255", "> 254.5", "yes"},
        {type_id::int16, "300", "= 300", "yes"},
        {type_id::uint16, "300", "!= 300", "no"},
        {type_id::int32, "-5", "< 0", "yes"},
        {type_id::uint32, "4294967295", "> 0", "yes"},
        {type_id::uint64, "18446744073709551615", "> 9223372036854775807", "yes"},
        {type_id::uint64, "18446744073709551615", "> -1", "yes"},
        {type_id::uint64, "18446744073709551615", "< 18446744073709551616.0", "yes"},
        {type_id::uint64, "9223372036854775809", "> 9223372036854775808.0", "yes"},
        {type_id::uint64, "9223372036854775808", "= 9223372036854775808.0", "yes"},
        {type_id::uint64, "9223372036854775808", "> 1e3", "yes"},
        {type_id::uint64, "5", "= 5.0", "yes"},
        {type_id::float16, "1.5", "= 1.5", "yes"},
        {type_id::float32, "2.5", ">= 2", "yes"},
        {data_type::decimal128(5, 2), "40.10", "= 40.1", "yes"}, // as doubles they would differ
        {data_type::decimal128(5, 2), "40.10", "> 40", "yes"},
        {data_type::decimal128(5, 2), "40.10", "< 1e300", "yes"},
        {data_type::decimal128(5, 2), "0.10", "> 1.5e-7", "yes"},
        {data_type::decimal256(50, 0), "99999999999999999999999999999999", "> 9223372036854775807", "yes"},
        {type_id::large_string, "b", "> 'a'", "yes"},
        {type_id::string_view, "b", "= 'b'", "yes"},
        {type_id::binary, "YQ==", "= 'a'", "yes"},
        {type_id::date32, "2024-02-29", "> '2024-02-28'", "yes"},
        {type_id::date64, "2024-02-29", "= '2024-02-29'", "yes"},
        {data_type::time32(time_unit::second), "12:00:00", "< '12:00:01'", "yes"},
        {data_type::time64(us), "12:00:00.5", "= '12:00:00.5'", "yes"},
        {data_type::timestamp(us), "2024-02-29T12:00:00", ">= '2024-02-29'", "yes"},
        {data_type::timestamp(us, "UTC"), "2024-02-29T12:00:00Z", "= '2024-02-29T14:00:00+02:00'", "yes"},
        {data_type::duration(time_unit::second), "PT1M", "= 'PT60S'", "yes"},
        {data_type::dictionary(type_id::int8, type_id::string), "x", "= 'x'", "yes"},
        {data_type::dictionary(type_id::int8, type_id::string), "x", "= 'y'", "no"},
        {data_type::dictionary(type_id::int8, type_id::int16), "7", "> 6", "yes"},
        {type_id::date32, "2024-02-29", "> 'yesterday'", "!where: column \"v\" is date32 and cannot be compared with a text"},
        {type_id::date32, "2024-02-29", "> 5", "!where: column \"v\" is date32 and cannot be compared with a number"},
        {type_id::interval_months, "P1M", "> 'P1M'",
         "!where: column \"v\" is interval_months and cannot be compared with a text"},
        {type_id::interval_months, "P1M", "is not null", "yes"},
        {data_type::decimal128(5, 2), "1.00", "= '1'",
         "!where: column \"v\" is decimal128(5, 2) and cannot be compared with a text"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.type.name());
        CAPTURE(r.condition);
        CHECK(check(r.type, r.value, r.condition) == r.out);
    }
}

TEST_CASE("predicate: filter copies the selected rows") {
    auto pool = buffer_pool::create();
    const auto batch = trips();
    const auto two = filter(batch, {1, 4}, pool);
    CHECK(two.num_rows() == 2);
    CHECK(two.slice(0, 1) == batch.slice(1, 1));
    CHECK(two.slice(1, 1) == batch.slice(4, 1));
    CHECK(filter(batch, {}, pool).num_rows() == 0);
    CHECK(filter(batch, {}, pool).schema() == batch.schema());
    const auto all = filter(batch, {0, 1, 2, 3, 4}, pool);
    CHECK(all[0].values().data() == batch[0].values().data()); // no copy
    CHECK(filter(batch.slice(1, 3), {0, 2}, pool).slice(1, 1) == batch.slice(3, 1));
}

TEST_CASE("predicate: no text makes the parser fall") {
    std::mt19937 random{11};
    const std::string_view pieces[] = {"a", "and", "is", "not", "null", "'",   "\"", "''",
                                       "=", "<",   ">=", "!",   " ",    " ",   "1",  "-",
                                       ".", "e",   "5",  "'x'", "\xff", "true"};
    int good = 0;
    for (int round = 0; round < 50000; ++round) {
        std::string text;
        for (auto n = random() % 10; n > 0; --n)
            text += std::string{pieces[random() % std::size(pieces)]} + " ";
        const auto p = predicate::parse(text);
        good += p.has_value();
        if (!p) REQUIRE(p.error().code() == errc::invalid_option);
    }
    CHECK(good > 10);
}

} // namespace predicate_test
