// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/csv/formatter.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/json/detail/value_writer.hpp>
#include <penstock/json/formatter.hpp>

#include <support/random_batches.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <string>

namespace types_table_test {

using namespace penstock;

std::map<std::string, data_type> all_types() {
    const auto tiny = data_type::int8();
    std::map<std::string, data_type> out;
    for (auto id = type_id::null;; id = static_cast<type_id>(static_cast<int>(id) + 1)) {
        if (id < type_id::decimal128 || is_text(id) || (is_binary(id) && id != type_id::fixed_size_binary) ||
            id == type_id::date32 || id == type_id::date64 ||
            (id >= type_id::interval_months && id <= type_id::interval_month_day_nano))
            out.emplace(data_type{id}.name(), data_type{id});
        if (id == type_id::dense_union) break;
    }
    for (const auto& t :
         {data_type::decimal128(10, 2), data_type::decimal256(50, 2), data_type::fixed_size_binary(2),
          data_type::time32(time_unit::second), data_type::time32(time_unit::millisecond),
          data_type::time64(time_unit::microsecond), data_type::time64(time_unit::nanosecond),
          data_type::timestamp(time_unit::second), data_type::timestamp(time_unit::microsecond, "Europe/Berlin"),
          data_type::duration(time_unit::millisecond), data_type::dictionary(tiny, data_type::string())})
        out.emplace(t.name(), t);
    out.emplace("list<int8>", data_type::list(tiny));
    out.emplace("large_list<int8>", data_type::large_list(tiny));
    out.emplace("fixed_size_list<int8>[2]", data_type::fixed_size_list(tiny, 2));
    out.emplace("struct<a: int8>", data_type::struct_({field{"a", tiny}}));
    out.emplace("map<string, int8>", data_type::map(data_type::string(), tiny));
    out.emplace("map<int8, int8>", data_type::map(tiny, tiny));
    out.emplace("sparse_union<a: int8>", data_type::sparse_union({field{"a", tiny}}));
    out.emplace("dense_union<a: int8>", data_type::dense_union({field{"a", tiny}}));
    return out;
}

/// The nested values of the table.
void append_example(array_builder& to) {
    using tiny = number_builder<std::int8_t>;
    if (auto* l = to.try_as<list_builder>()) {
        l->append();
        if (to.type().id() == type_id::map) {
            l->child().as<struct_builder>().append();
            l->child().child(0).as<string_builder>().append("x");
            l->child().child(1).as<tiny>().append(1);
            return;
        }
        l->child().as<tiny>().append(1);
        l->child().as<tiny>().append(2);
    } else if (auto* f = to.try_as<fixed_size_list_builder>()) {
        f->append();
        f->child().as<tiny>().append(1);
        f->child().as<tiny>().append(2);
    } else if (auto* s = to.try_as<struct_builder>()) {
        s->append();
        to.child(0).as<tiny>().append(1);
    } else {
        to.append_null();
    }
}

/// "| a | b |" in cells, without the marks of code.
std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> out;
    for (std::size_t at = 1; at < line.size();) {
        const auto end = line.find('|', at);
        if (end == line.npos) break;
        auto cell = line.substr(at, end - at);
        cell.erase(0, cell.find_first_not_of(' '));
        cell.erase(cell.find_last_not_of(' ') + 1);
        if (cell.size() > 1 && cell.front() == '`') cell = cell.substr(1, cell.size() - 2);
        out.push_back(std::move(cell));
        at = end + 1;
    }
    return out;
}

std::string csv_of(const record_batch& b) {
    std::string out;
    csv::formatter{csv::write_options().header(false)}.append_rows(out, b);
    return out.substr(0, out.find('\n'));
}

std::string json_of(const record_batch& b) {
    std::string out;
    json::formatter{}.append_rows(out, b);
    return out;
}

TEST_CASE("types.md says what the writers write") {
    std::ifstream file{"docs/types.md"};
    REQUIRE(file.good());
    auto types = all_types();
    const auto pool = buffer_pool::create();
    std::size_t rows = 0;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("| ") || line.starts_with("| type ")) continue;
        CAPTURE(line);
        const auto row = cells(line);
        REQUIRE(row.size() == 3);
        const auto found = types.find(row[0]);
        REQUIRE(found != types.end());
        const auto type = found->second;
        types.erase(found);
        ++rows;
        array_builder to{type, pool};
        if (row[2] == "none")
            to.append_null();
        else if (row[1] == "none")
            append_example(to);
        else
            REQUIRE(scalar_parser{type}.append(row[1], to));
        std::vector<array> columns;
        columns.push_back(to.finish());
        const record_batch batch{make_schema({field{"c", type}}), std::move(columns), 1};
        if (row[1] == "none" && type.id() != type_id::null) {
            CHECK_THROWS_WITH_AS(csv_of(batch), doctest::Contains("column \"c\""), error);
        } else if (row[1] != "none") {
            const auto quoted = csv_of(batch);
            CHECK((quoted == row[1] || quoted == "\"a \"\"b\"\"\""));
        }
        CHECK(json::detail::no_json_form(type).has_value() == (row[2] == "none"));
        if (row[2] == "none") continue;
        CHECK(json_of(batch) == "{\"c\":" + row[2] + "}\n");
    }
    CHECK(rows > 40);
    for (const auto& [name, type] : types) FAIL_CHECK("docs/types.md does not say how a " << name << " is written");
}

TEST_CASE("types: values that mean nothing are refused, by column") {
    const auto pool = buffer_pool::create();
    number_builder<std::int64_t> b{data_type::date64(), pool};
    b.append(1);
    std::vector<array> columns;
    columns.push_back(b.finish());
    const record_batch batch{make_schema({field{"d", data_type::date64()}}), std::move(columns), 1};
    CHECK_THROWS_WITH_AS(csv_of(batch), doctest::Contains("column \"d\""), error);
    CHECK_THROWS_WITH_AS(json_of(batch), doctest::Contains("column d"), error);
}

TEST_CASE("types: any batch is written or refused") {
    test::numbers n{17};
    std::size_t csv_rows = 0;
    std::size_t json_values = 0;
    for (int round = 0; round < 100; ++round) {
        test::random_batches batches{n.below(1 << 30)};
        const auto batch = batches.batch();
        try {
            std::string out;
            csv_rows += csv::formatter{}.append_rows(out, batch);
        } catch (const error& e) {
            CHECK(e.code() == errc::unsupported);
        }
        for (std::size_t c = 0; c < batch.num_columns(); ++c) {
            if (json::detail::no_json_form(batch[c].type())) continue;
            const json::write_options options;
            const json::detail::value_writer writer{batch[c].type(), options};
            std::string out;
            for (std::size_t r = 0; r < batch.num_rows(); ++r)
                json_values += writer.append(out, batch[c], r, options) == json::detail::value_fault::none;
        }
    }
    CHECK(csv_rows > 100);
    CHECK(json_values > 1000);
}

} // namespace types_table_test
