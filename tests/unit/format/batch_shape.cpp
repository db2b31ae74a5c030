// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/detail/schema_match.hpp>
#include <penstock/format/table_printer.hpp>

#include <doctest/doctest.h>

#include <string>

namespace batch_shape_test {

using namespace penstock;
using penstock::detail::batch_shape;
using penstock::detail::clean_utf8;
using verdict = batch_shape::verdict;

struct rig {
    explicit rig(read_options o) : shape{o, pool}, numbers{type_id::int64, pool} {
        columns = make_schema({field{"n", data_type::int64(), false}});
    }
    void good(std::int64_t v) {
        numbers.append(v);
        shape.good(1);
    }
    verdict bad(std::string_view text) {
        const auto v = shape.bad(text, [&] {
            ++asked;
            return failure{errc::ragged_row, std::string{text}};
        });
        if (v == verdict::captured) numbers.append_null();
        return v;
    }
    std::string finish() {
        std::vector<array> arrays;
        arrays.push_back(numbers.finish());
        const auto b = shape.finish(std::move(arrays));
        std::string out;
        for (std::size_t r = 0; r < b.num_rows(); ++r) {
            for (std::size_t c = 0; c < b.num_columns(); ++c) {
                append_value(out, b[c], r, "~");
                out += c + 1 < b.num_columns() ? '|' : ';';
            }
        }
        return out;
    }

    std::shared_ptr<buffer_pool> pool = buffer_pool::create();
    batch_shape shape;
    int64_builder numbers;
    std::shared_ptr<const schema> columns;
    int asked = 0;
};

TEST_CASE("batch_shape: nothing asked for, nothing added") {
    rig r{read_options{}};
    CHECK(r.shape.batch_schema() == nullptr);
    CHECK(r.shape.begin(r.columns).value() == r.columns);
    r.good(1);
    r.good(2);
    CHECK(r.finish() == "1;2;");
    CHECK(r.bad("x") == verdict::failed);
    CHECK(r.shape.error().detail().message == "x");
    CHECK(r.shape.statistics().rows == 2);
    CHECK(r.shape.statistics().errors.empty());
}

TEST_CASE("batch_shape: the row index counts the records of the data") {
    read_options o;
    o.row_index = row_index_column{"i", 100};
    o.on_bad_record = bad_records::skip;
    rig r{o};
    CHECK(r.shape.begin(r.columns).value()->column_list() == "i, n");
    r.good(1);
    CHECK(r.bad("x") == verdict::skipped);
    r.good(2);
    CHECK(r.finish() == "100|1;102|2;");
    CHECK(r.bad("y") == verdict::skipped);
    r.good(3);
    CHECK(r.finish() == "104|3;");
    CHECK(r.shape.statistics().rows == 3);
    CHECK(r.shape.statistics().skipped_rows == 2);
    CHECK(r.shape.statistics().errors.size() == 2);
}

TEST_CASE("batch_shape: captured records") {
    read_options o;
    o.on_bad_record = bad_records::capture;
    o.capture_column = "bad";
    o.max_record_bytes = 5;
    rig r{o};
    const auto s = r.shape.begin(r.columns).value();
    CHECK(s->column_list() == "n, bad");
    CHECK((*s)[0].nullable());
    CHECK(r.bad("ab\xff" "c") == verdict::captured);
    r.good(1);
    r.good(2);
    CHECK(r.bad("0123456") == verdict::captured);
    CHECK(r.shape.rows() == 4);
    CHECK(r.finish() == "~|ab\xef\xbf\xbd;1|~;2|~;~|01234;");
    CHECK(r.shape.statistics().rows == 4);
    CHECK(r.shape.statistics().captured_rows == 2);
    CHECK(r.shape.statistics().skipped_rows == 0);
}

TEST_CASE("batch_shape: limits of rows, bad records and kept errors") {
    read_options o;
    o.limit = 3;
    o.on_bad_record = bad_records::skip;
    o.max_bad_records = 3;
    o.max_kept_errors = 2;
    rig r{o};
    r.shape.begin(r.columns).value();
    CHECK(r.shape.room() == 3);
    r.good(1);
    for (int i = 0; i < 3; ++i) CHECK(r.bad("x") == verdict::skipped);
    CHECK(r.asked == 2);
    CHECK(r.shape.room() == 2);
    CHECK(r.bad("y") == verdict::failed);
    CHECK(r.shape.error().detail().message ==
          "y; before it there were 3 bad records, as many as max_bad_records allows");
    CHECK(r.shape.statistics().skipped_rows == 3);
}

TEST_CASE("batch_shape: values that become null") {
    read_options o;
    o.on_bad_record = bad_records::null_values;
    o.max_bad_records = 5;
    o.max_kept_errors = 1;
    rig r{o};
    r.shape.begin(r.columns).value();
    const auto why = [] { return failure{errc::type_mismatch, "v"}; };
    CHECK_FALSE(r.shape.mismatches(2)); // one of them is to be kept
    CHECK(r.shape.mismatch(why));
    CHECK(r.shape.mismatches(3));
    CHECK_FALSE(r.shape.mismatches(2));
    CHECK(r.shape.mismatch(why));
    CHECK_FALSE(r.shape.mismatch(why));
    CHECK(r.shape.error().code() == errc::type_mismatch);
    CHECK(r.shape.statistics().null_values == 5);
    CHECK(r.bad("x") == verdict::failed); // it is no value
}

TEST_CASE("batch_shape: names that clash") {
    read_options o;
    o.row_index = row_index_column{"n"};
    CHECK(rig{o}.shape.begin(rig{o}.columns).error().code() == errc::invalid_option);
    o.row_index = row_index_column{"x"};
    o.on_bad_record = bad_records::capture;
    o.capture_column = "x";
    CHECK(rig{o}.shape.begin(rig{o}.columns).error().code() == errc::invalid_option);
    o.capture_column = "n";
    CHECK(rig{o}.shape.begin(rig{o}.columns).error().code() == errc::invalid_option);
}

TEST_CASE("clean_utf8: whole characters, replacements") {
    CHECK(clean_utf8("", 5).empty());
    CHECK(clean_utf8("a\xc3\xa9", 2) == "a");
    CHECK(clean_utf8("a\xc3\xa9", 3) == "a\xc3\xa9");
    CHECK(clean_utf8("\xc3", 3) == "\xef\xbf\xbd");
    CHECK(clean_utf8("\xc3", 2).empty());
    CHECK(clean_utf8("\xe1\x80\xc3\xa9", 4) == "\xef\xbf\xbd");
}

// ---- columns of the data and of a given schema

std::string match(const read_options& o, std::vector<field> found, missing_columns missing = missing_columns::fail) {
    const auto r = penstock::detail::match_columns(o, schema{std::move(found)}, missing, "read x", "a.x");
    if (!r) return r.error().message();
    std::string out;
    for (const auto& c : *r)
        out += c.wanted.name() + ":" + c.wanted.type().name() + (c.given ? "!" : "?") +
               (c.source ? std::to_string(*c.source) : "-") + " ";
    return out;
}

TEST_CASE("match_columns: missing and extra columns") {
    const field a{"a", data_type::int64()};
    const field b{"b", data_type::float64()};
    const field text_a{"a", data_type::string()};
    const field text_c{"c", data_type::string()};
    read_options o;
    CHECK(match(o, {text_a, text_c}) == "a:string?0 c:string?1 ");
    o.columns = {{"c"}};
    CHECK(match(o, {text_a, text_c}) == "c:string?1 ");
    CHECK(match(o, {text_a}) == "read x a.x: no such column: c; hint: the columns are a");
    o = {};
    o.schema = make_schema({b, a});
    CHECK(match(o, {text_c, text_a}) ==
          "read x a.x: no such column: column \"b\" of the given schema is missing; hint: columns: c, a; or read it as "
          "null: missing_columns");
    CHECK(match(o, {text_c, text_a}, missing_columns::null) == "b:float64!- a:int64!1 ");
    o.missing_columns = missing_columns::null;
    CHECK(match(o, {text_c, text_a}) == "b:float64!- a:int64!1 ");
    o.extra_columns = extra_columns::add;
    CHECK(match(o, {text_c, text_a}) == "b:float64!- a:int64!1 c:string?0 ");
    o.columns = {{"c", "a"}};
    CHECK(match(o, {text_c, text_a}) == "c:string?0 a:int64!1 ");
    o.columns.reset();
    o.extra_columns = extra_columns::fail;
    CHECK(match(o, {text_c, text_a}).starts_with("read x a.x: no such column: column \"c\" is not in the given schema"));
    o.schema = make_schema({b.with_nullable(false), a});
    o.extra_columns = extra_columns::ignore;
    CHECK(match(o, {text_a}).find("column \"b\" is missing, and the given schema allows no null") != std::string::npos);
    CHECK(match(o, {text_a, text_a, b}).find("a") != std::string::npos); // twice in the data
}

} // namespace batch_shape_test
