// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "csv_support.hpp"

#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>

#include <support/run.hpp>

#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <random>
#include <thread>

namespace csv_policies_test {

using namespace csv_test;

csv::options skip() { return csv::options().on_bad_record(bad_records::skip); }
csv::options capture() { return csv::options().on_bad_record(bad_records::capture).capture_column("bad"); }
std::shared_ptr<const schema> ints() {
    return make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}});
}

/// The same however it is cut.
outcome check(std::string_view text, const csv::options& o) {
    const auto whole = read(text, o);
    for (const std::size_t chunk : {1, 2, 3, 7, 40}) {
        const auto cut = read(text, o, chunk);
        CHECK_MESSAGE(cut == whole, cut.text(), " ", cut.counts(), " ", cut.error());
    }
    return whole;
}

TEST_CASE("csv policies: what is skipped and what is captured") {
    struct row {
        std::string_view text; // behind the header a,b
        std::string_view skipped;
        std::string_view captured;
    };
    for (const auto& t : {
             row{"1,2\n3\n4,5\n", "1|2;4|5", "1|2|~;~|~|3;4|5|~"},
             row{"1,2\n3,4,5\n", "1|2", "1|2|~;~|~|3,4,5"},
             row{"1,2\n3,4,5", "1|2", "1|2|~;~|~|3,4,5"},
             row{"x,2\r\n3,4\r\n", "3|4", "~|~|x,2;3|4|~"},
             row{"1,2\n\n3,y\n\n", "1|2", "1|2|~;~|~|3,y"},
             row{"1,\"2\"x\n3,4\n", "3|4", "~|~|1,\"2\"x;3|4|~"},
             row{"1,\"2\n\"x,\"y\n3,4\n", "3|4", "~|~|1,\"2\n\"x,\"y;3|4|~"},
             row{"1,\"2\"x\r\n3,4\r\n", "3|4", "~|~|1,\"2\"x;3|4|~"},
             row{"1,\"2\"x\r3,4\r5,6", "3|4;5|6", "~|~|1,\"2\"x;3|4|~;5|6|~"},
             row{"1,\"2\"x", "", "~|~|1,\"2\"x"},
             row{"1,2\n3,\"4\n5,6\n", "1|2", "1|2|~;~|~|3,\"4\n5,6\n"},
             row{"1,2\n3,\"", "1|2", "1|2|~;~|~|3,\""},
             row{"1,2\n3000000000,4000000000\n5,6\n", "1|2;5|6", "1|2|~;~|~|3000000000,400000000;5|6|~"},
             row{"1,2\n\"3\n3\n3\n3\n3\n3\n3\n3\n3\n3\n3\n\",4\n5,6\n", "1|2;5|6",
                 "1|2|~;~|~|\"3\n3\n3\n3\n3\n3\n3\n3\n3\n3;5|6|~"},
             row{"1,2\n\"3333333333333333333333333333333333333\"x\n5,6\n", "1|2;5|6", "1|2|~;~|~|\"3333333333333333333;5|6|~"},
             row{"1,2\n\"3333333333333333333333333333333333333\n\n\n", "1|2", "1|2|~;~|~|\"3333333333333333333"},
             row{"1,2\n3,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n5,6", "1|2;5|6", "1|2|~;~|~|3,,,,,,,,,,,,,,,,,,,;5|6|~"},
         }) {
        CAPTURE(t.text);
        const auto text = "a,b\n" + std::string{t.text};
        const auto s = check(text, skip().schema(ints()).max_record_bytes(20));
        CHECK(s.text() == t.skipped);
        CHECK(s.error().empty());
        CHECK(s.statistics.rows == s.rows());
        const auto c = check(text, capture().schema(ints()).max_record_bytes(20));
        CHECK(c.text() == t.captured);
        CHECK(c.error().empty());
        CHECK(c.statistics.rows == c.rows());
        CHECK(c.types() == "a:int64 b:int64 bad:string");
        // nothing is lost
        CHECK(s.statistics.rows + s.statistics.skipped_rows == c.statistics.rows);
        CHECK(c.statistics.captured_rows == s.statistics.skipped_rows);
        CHECK(s.statistics.errors.size() == s.statistics.skipped_rows);
        CHECK(c.counts().substr(c.counts().find(':')) == s.counts().substr(s.counts().find(':')));
        // without a policy, the first of them is the error
        const auto f = check(text, csv::options().schema(ints()).max_record_bytes(20));
        CHECK(f.error() == s.statistics.errors.at(0).message());
    }
}

TEST_CASE("csv policies: places of errors behind a bad record") {
    const auto r = check("a,b\n1,\"2\"\"\n3\"x\n4,5\n6,z\n7\n", skip().schema(ints()));
    CHECK(r.text() == "4|5");
    REQUIRE(r.statistics.errors.size() == 3);
    CHECK(r.statistics.errors[0].message() ==
          "read csv t.csv, line 3, column 3, byte 13: malformed CSV: text behind a closing quote: \"1,\"2\"\"\\n3\"x\"; hint: a "
          "quote inside a quoted field must be escaped");
    CHECK(r.statistics.errors[1].detail().line == 5);
    CHECK(r.statistics.errors[1].detail().column == 3);
    CHECK(*r.statistics.errors[1].detail().byte_offset == 21);
    CHECK(r.statistics.errors[2].detail().line == 6);
}

TEST_CASE("csv policies: text that is not UTF-8, nulls that may not be") {
    const auto s = make_schema({field{"a", data_type::string(), false}, field{"b", data_type::string()}});
    const auto r = check("a,b\nx,y\n\xff,y\n,y\nz,\n", capture().schema(s));
    CHECK(r.text() == "x|y|~;~|~|\xef\xbf\xbd,y;~|~|,y;z|~|~");
    CHECK((*r.columns)[0].nullable());
    CHECK(r.statistics.errors[0].code() == errc::invalid_utf8);
    CHECK(r.statistics.errors[1].code() == errc::type_mismatch);
}

TEST_CASE("csv policies: an error shows the text it is about, cut and escaped") {
    const auto shown = [](std::string_view text, csv::options o) { return check(text, std::move(o)).failed->detail().message; };
    const std::string long_text(100, 'x');
    CHECK(shown("a,b\n" + long_text + "\n", csv::options()) == "1 field, but 2 in the first row: \"..." + std::string(40, 'x') + '"');
    CHECK(shown("a,b\n\x1b[31m\n", csv::options()) == "1 field, but 2 in the first row: \"\\x1b[31m\"");
    std::string accents = "a,b\n";
    for (int i = 0; i < 40; ++i) accents += "\xe6\x97\xa5";
    CHECK(shown(accents, csv::options()).ends_with("\"...\xe6\x97\xa5" + accents.substr(accents.size() - 36) + '"'));
    CHECK(shown("a\n" + long_text, csv::options().max_record_bytes(50)) == "more than 50 bytes: \"" + std::string(40, 'x') + "...\"");
    CHECK(shown("a\n" + long_text, csv::options().max_record_bytes(8)) == "more than 8 bytes: \"xxxxxxxx\"");
    CHECK(shown("a,\xff\n", csv::options()) == "the name of column 2: \"\\xff\"");
    CHECK(shown("a\n\"" + long_text, csv::options()) ==
          "the text ends in the middle of a field that begins here: \"\"" + std::string(39, 'x') + "...\"");
}

TEST_CASE("csv policies: values that become null are counted") {
    const auto o = csv::options().schema(ints()).on_bad_record(bad_records::null_values);
    auto r = check("a,b\n1,x\ny,z\n3,4\n", o);
    CHECK(r.text() == "1|~;~|~;3|4");
    CHECK(r.statistics.null_values == 3);
    REQUIRE(r.statistics.errors.size() == 3);
    CHECK(r.statistics.errors[1].detail().line == 3);
    CHECK(r.statistics.errors[2].detail().column == 3);
    CHECK(check("a,b\n1,x\ny,z\n3\n", o).failed->code() == errc::ragged_row);
    r = check("a,b\n1,x\ny,z\n3,4\n", csv::options{o}.max_bad_records(2).max_kept_errors(1));
    CHECK(r.text() == "1|~");
    CHECK(r.error() == "read csv t.csv, line 3, column 3, byte 10: a value does not have its column's type: column \"b\": "
                       "\"z\" is no int64; before it there were 2 bad values, as many as max_bad_records allows; hint: "
                       "correct the schema, or choose what becomes of bad values by on_bad_record");
}

TEST_CASE("csv policies: at most so many bad records") {
    auto r = check("a,b\n1\n2\n3,4\n5\n6,7\n", skip().schema(ints()).max_bad_records(2));
    CHECK(r.text() == "3|4");
    CHECK(r.error() == "read csv t.csv, line 5, column 2, byte 13: a row has the wrong number of fields: 1 field, but 2 in "
                       "the first row: \"5\"; before it there were 2 bad records, as many as max_bad_records allows; hint: is the delimiter right? such rows are taken by ragged_rows, left out by on_bad_record");
    CHECK(r.statistics.skipped_rows == 2);
    CHECK(check("a,b\n1\n2\n3,4\n5\n6,7\n", skip().schema(ints()).max_bad_records(3)).text() == "3|4;6|7");
}

TEST_CASE("csv policies: a limit of rows, and an index of rows") {
    const std::string_view text = "a,b\n1,2\nx\n3,4\n5,6\n7\n8,9\n";
    auto o = skip().schema(ints()).row_index("i", 10);
    CHECK(check(text, o).text() == "10|1|2;12|3|4;13|5|6;15|8|9");
    CHECK(check(text, o).types() == "i:int64 a:int64 b:int64");
    CHECK(check(text, csv::options{o}.limit(3)).text() == "10|1|2;12|3|4;13|5|6");
    CHECK(check(text, csv::options{o}.limit(3)).counts().starts_with("3 1 0 0:"));
    CHECK(check(text, csv::options{o}.limit(0)).text().empty());
    CHECK(check(text, csv::options{o}.limit(0)).types() == "i:int64 a:int64 b:int64");
    CHECK(check(text, csv::options{o}.limit(100)).rows() == 4);
    CHECK(check(text, csv::options{o}.batch_rows(2)).text() == "10|1|2;12|3|4;13|5|6;15|8|9");
    // what follows is not looked at
    CHECK(check("a\n1\n2\n\"3", csv::options().infer_types(false).limit(2)).error().empty());
    CHECK(check("a,b\n1,2\n3\n", csv::options().limit(1)).error().empty());
    CHECK(check(text, csv::options{o}.row_index("a")).failed->code() == errc::invalid_option);
}

TEST_CASE("csv policies: types are inferred from the good records") {
    auto r = check("a,b\n1\n2,3\n4,5\n", skip());
    CHECK(r.types() == "a:int64 b:int64");
    CHECK(r.text() == "2|3;4|5");
    r = check("a,b\n1\n2\n", skip());
    CHECK(r.types() == "a:string b:string");
    CHECK(r.statistics.skipped_rows == 2);
    // where not one is good, nothing can be said
    r = check("a,b\n1,\"2\"x\n3,4\n", skip());
    CHECK(r.failed->code() == errc::malformed_csv);
    CHECK(r.failed->detail().hint == "no type can be inferred from it: give a schema");
    CHECK(check("a,b\n\n1,\"2\"x\n3,4\n", skip()).failed->code() == errc::malformed_csv);
    // a malformed row behind one that is too long
    CHECK(check("a,b\n1,2\n\"3333333333333333333\n3\",\n1,\"2\"x\n3,4\n", skip().max_record_bytes(12)).text() == "1|2;3|4");
    CHECK(check("a,b\n1,\"2\"x\n3,4\n", skip().infer_types(false)).text() == "3|4");
    std::string ragged = "a,b\n";
    for (int i = 0; i < 100; ++i) ragged += "1\n";
    CHECK(check(ragged + "1,2\n", skip().inference_bytes(50)).failed->code() == errc::ragged_row);
    // a header that is bad is always an error
    CHECK(check("a,\"b\"x\n1,2\n", skip()).failed->code() == errc::malformed_csv);
}

TEST_CASE("csv policies: missing and extra columns") {
    const auto o = csv::options().schema(ints());
    const std::string_view text = "c,b\nx,2\ny,\n";
    CHECK(check(text, o).failed->code() == errc::unknown_column);
    CHECK(check(text, csv::options{o}.missing_columns(missing_columns::null)).text() == "~|2;~|~");
    CHECK(check(text, csv::options{o}.missing_columns(missing_columns::null).extra_columns(extra_columns::add)).text() ==
          "~|2|x;~|~|y");
    const auto r = check("c,b\n1.5,2\n2,\n", csv::options{o}
                                                 .missing_columns(missing_columns::null)
                                                 .extra_columns(extra_columns::add)
                                                 .columns({"c", "a"}));
    CHECK(r.types() == "c:float64 a:int64");
    CHECK(r.text() == "1.5|~;2.0|~");
    CHECK(check("b,c,a\n1,2,3\n", csv::options{o}.extra_columns(extra_columns::fail)).error() ==
          "read csv t.csv: no such column: column \"c\" is not in the given schema; hint: add it to the schema, or choose "
          "another policy for extra_columns");
    // without a header, the first row tells how many there are
    auto bare = csv::options{o}.header(false);
    CHECK(check("1,2,3\n", bare).failed->code() == errc::ragged_row);
    CHECK(check("1,2,x\n", csv::options{bare}.extra_columns(extra_columns::add)).text() == "1|2|x");
    CHECK(check("1,2,x\n", csv::options{bare}.extra_columns(extra_columns::add)).types() == "a:int64 b:int64 f2:string");
    CHECK(check("1\n", csv::options{bare}.missing_columns(missing_columns::null)).text() == "1|~");
}

TEST_CASE("csv policies: bad records everywhere cost no more than a few times what good ones do") {
    // Each try at a run that fails is half as long as the one before: the test is that this ends soon.
    std::string text = "a,b\n";
    for (int i = 0; i < 100000; ++i) text += i % 2 ? "12,x4\n" : "12,34\n";
    const auto r = read(text, skip().schema(ints()));
    CHECK(r.statistics.skipped_rows == 50000);
    CHECK(r.rows() == 50000);
}

awaitable<std::size_t> count(csv::batch_reader& reader, std::thread::id here) {
    std::size_t rows = 0;
    while (auto batch = co_await reader.next()) {
        rows += batch->num_rows();
        CHECK(std::this_thread::get_id() == here);
    }
    co_return rows;
}

TEST_CASE("csv policies: parsing on another executor, awaiting on one's own") {
    std::string text = "a,b\n";
    for (int i = 0; i < 200000; ++i) text += "1,2\n";
    asio::thread_pool pool{1};
    csv::batch_reader reader{memory_source{text, 100000}, csv::options().compute_executor(pool.get_executor())};
    CHECK(test::run(count(reader, std::this_thread::get_id())) == 200000);
    CHECK(reader.statistics().rows == 200000);
    CHECK(reader.statistics().bytes == text.size());
    csv::batch_reader bad{memory_source{"a\n\"", 1}, csv::options().compute_executor(pool.get_executor())};
    CHECK_THROWS_AS(test::run(count(bad, std::this_thread::get_id())), error);
    pool.join();
}

} // namespace csv_policies_test
