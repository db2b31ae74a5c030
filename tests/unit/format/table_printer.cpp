// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/columnar/array_builder.hpp>
#include <penstock/format/table_printer.hpp>

#include <doctest/doctest.h>

#include <optional>

namespace table_printer_test {

using namespace penstock;

inline record_batch batch_of(std::vector<std::pair<std::optional<std::string>, double>> rows) {
    auto pool = buffer_pool::create();
    string_builder names{pool};
    float64_builder fares{pool};
    for (const auto& [name, fare] : rows) {
        if (name)
            names.append(*name);
        else
            names.append_null();
        fares.append(fare);
    }
    return record_batch{
        make_schema({field{"name", data_type::string()}, field{"fare", data_type::float64()}}),
        {names.finish(), fares.finish()},
        rows.size()};
}

TEST_CASE("table: text to the left, numbers to the right, nulls named") {
    table_printer p;
    CHECK(p.print(batch_of({{"Ann", 4.5}, {std::nullopt, 123.25}})) == "name |   fare\n"
                                                                       "-----+-------\n"
                                                                       "Ann  |    4.5\n"
                                                                       "null | 123.25\n");
    // the widths stay; text that is wider is cut
    CHECK(p.print(batch_of({{"Bartholomew", 1.0}})) == "Bar… |    1.0\n");
}

TEST_CASE("table: numbers are never cut, nor truth values and nulls") {
    table_printer p;
    CHECK(p.print(batch_of({{"Ann", 1.0}})) == "name | fare\n-----+-----\nAnn  |  1.0\n");
    // a later batch with wider values: the row gets wider
    CHECK(p.print(batch_of({{"Bob", 123456.789}, {"Eve", 2.0}})) == "Bob  | 123456.789\nEve  |  2.0\n");

    auto pool = buffer_pool::create();
    const auto flags = [&](std::vector<std::optional<bool>> values) {
        boolean_builder b{pool};
        string_builder s{pool};
        for (const auto& v : values) {
            if (v)
                b.append(*v), s.append("x");
            else
                b.append_null(), s.append_null();
        }
        return record_batch{make_schema({field{"b", data_type::boolean()}, field{"s", data_type::string()}}),
                            {b.finish(), s.finish()},
                            values.size()};
    };
    table_printer q;
    CHECK(q.print(flags({true})) == "b    | s\n-----+--\ntrue | x\n");
    CHECK(q.print(flags({false, std::nullopt})) == "false | x\nnull | null\n");

    table_options narrow;
    narrow.max_column_width = 3;
    CHECK(table_printer{narrow}.print(batch_of({{"Bartholomew", -1234.5}})) == "na… |    fare\n"
                                                                               "----+--------\n"
                                                                               "Ba… | -1234.5\n");
}

TEST_CASE("table: no rows, no columns") {
    CHECK(table_printer{}.print(batch_of({})) == "name | fare\n-----+-----\n");
    CHECK(table_printer{}.print(record_batch{}) == "\n\n");
}

TEST_CASE("table: wide, combining and control characters") {
    CHECK(display_width("abc") == 3);
    CHECK(display_width("\u65e5\u672c") == 4);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("\U0001f431") == 2);
    CHECK(display_width("\xff\xfe") == 2);
    table_printer p;
    CHECK(p.print(batch_of({{"\u65e5\u672c\u8a9e", 1.0}, {"a\nb", 2.0}})) == "name   | fare\n"
                                                                             "-------+-----\n"
                                                                             "\u65e5\u672c\u8a9e |  1.0\n"
                                                                             "a\\nb   |  2.0\n");
}

TEST_CASE("table: values are cut at whole characters") {
    table_options o;
    o.max_column_width = 5;
    table_printer p{o};
    CHECK(p.print(batch_of(
              {{"\u65e5\u672c\u8a9e\u6587", 1.0}, {"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", 2.0}})) ==
          "name  | fare\n"
          "------+-----\n"
          "\u65e5\u672c… |  1.0\n"
          "e\u0301e\u0301e\u0301e\u0301… |  2.0\n");
    o.max_column_width = 1;
    CHECK(table_printer{o}.print(batch_of({{"\u65e5", 1.0}})) == "… | fa…\n--+----\n… | 1.0\n");
}

TEST_CASE("table: columns that the terminal cannot hold are left out, and that is shown") {
    table_options o;
    o.width = 8;
    table_printer p{o};
    CHECK(p.print(batch_of({{"Ann", 4.5}})) == "name …\n----\nAnn  …\n");
}

TEST_CASE("table: append_value") {
    auto pool = buffer_pool::create();
    boolean_builder b{pool};
    b.append(true);
    b.append_null();
    const auto a = b.finish();
    std::string out;
    append_value(out, a, 0);
    append_value(out, a, 1, "?");
    append_value(out, a, 1);
    CHECK(out == "true?");
    int64_builder i{pool};
    i.append(-5);
    append_value(out, i.finish(), 0);
    CHECK(out == "true?-5");
}

} // namespace table_printer_test
