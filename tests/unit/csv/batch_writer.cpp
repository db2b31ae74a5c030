// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "csv_support.hpp"

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_writer.hpp>

#include <support/run.hpp>

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <random>

namespace csv_batch_writer_test {

using namespace penstock;

inline record_batch strings(std::vector<std::optional<std::string>> values) {
    auto pool = buffer_pool::create();
    string_builder b{pool};
    int64_builder n{pool};
    for (const auto& v : values) {
        if (v)
            b.append(*v);
        else
            b.append_null();
        n.append(static_cast<std::int64_t>(n.size()));
    }
    return record_batch{make_schema({field{"s", data_type::string()}, field{"n", data_type::int64()}}),
                        {b.finish(), n.finish()},
                        values.size()};
}

inline std::string text_of(const record_batch& b, csv::write_options o = csv::write_options()) {
    csv::formatter f{o};
    std::string out;
    const auto done = f.append_rows(out, b); // CHECK would swallow what it throws
    CHECK(done == b.num_rows());
    return out;
}

template <class F>
error_code code_of(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return e.code();
    }
    return {};
}

TEST_CASE("csv formatter: quotes only where they are needed") {
    CHECK(text_of(strings({"a", "b c", " d ", "it's"})) == "s,n\na,0\nb c,1\n d ,2\nit's,3\n");
    CHECK(text_of(strings({"a,b", "c\"d", "e\nf", "g\rh", "\""})) ==
          "s,n\n\"a,b\",0\n\"c\"\"d\",1\n\"e\nf\",2\n\"g\rh\",3\n\"\"\"\",4\n");
    CHECK(text_of(strings({"\xef\xbb\xbfx"})) == "s,n\n\"\xef\xbb\xbfx\",0\n");
}

TEST_CASE("csv formatter: null, empty and the null text stay distinct") {
    CHECK(text_of(strings({std::nullopt, ""})) == "s,n\n,0\n\"\",1\n");
    const auto o = csv::write_options().null_text("NA");
    CHECK(text_of(strings({std::nullopt, "NA", ""}), o) == "s,n\nNA,0\n\"NA\",1\n\"\",2\n");
    // A number in quotes would be a null to who reads it; bytes are told apart.
    CHECK_THROWS_WITH_AS(text_of(strings({"x", "y"}), csv::write_options().null_text("1")),
                         doctest::Contains("column \"n\" in row 2: a value of type int64 reads like the null text"), error);
    array_builder bytes{data_type::binary(), buffer_pool::create()};
    bytes.as<string_builder>().append("");
    bytes.append_null();
    bytes.as<string_builder>().append("x");
    const auto twice = bytes.finish();
    const record_batch batch{make_schema({field{"b", data_type::binary()}, field{"b", data_type::binary()}}), {twice, twice}, 3};
    CHECK(text_of(batch) == "b,b\n\"\",\"\"\n,\neA==,eA==\n");
    // Of two columns of one name, each is the one in its place.
    const auto back = csv_test::read(text_of(batch), csv::options().schema(batch.shared_schema()));
    CHECK(back.error() == "");
    REQUIRE(back.batches.size() == 1);
    CHECK(back.batches[0] == batch);
}

TEST_CASE("csv formatter: text that is not UTF-8 is an error that names column and row") {
    for (const auto& o : {csv::write_options(), csv::write_options().quote(std::nullopt).escape('\\')}) {
        CHECK(code_of([&] { text_of(strings({"\xc3\xa9", "a\xff"}), o); }) == errc::invalid_utf8);
        CHECK_THROWS_WITH_AS(text_of(strings({"fine", "long enough for many at once: \xc3"}), o),
                             doctest::Contains("column \"s\" in row 2: a value of type string is not UTF-8"), error);
        std::string out;
        CHECK(code_of([&] { csv::formatter{o}.begin(out, make_schema({field{"\xff", data_type::string()}})); }) ==
              errc::invalid_utf8);
    }
    const auto bytes = make_schema({field{"b", data_type::binary()}});
    array_builder any{data_type::binary(), buffer_pool::create()};
    any.as<string_builder>().append("\xff");
    CHECK(text_of(record_batch{bytes, {any.finish()}, 1}) == "b\n/w==\n");
}

TEST_CASE("csv formatter: options") {
    const auto o = csv::write_options().header(false).delimiter(';').quote('\'').crlf(true);
    CHECK(text_of(strings({"a;b", "c'd", "e,\"f"}), o) == "'a;b';0\r\n'c''d';1\r\ne,\"f;2\r\n");
    // a delimiter that numbers are made of
    CHECK(text_of(strings({"x"}).slice(0, 1), csv::write_options().delimiter('0')) == "s0n\nx0\"0\"\n");
    CHECK(code_of([] { csv::formatter{csv::write_options().delimiter('\n')}; }) == errc::invalid_option);
    CHECK(code_of([] { csv::formatter{csv::write_options().quote(',')}; }) == errc::invalid_option);
    CHECK(code_of([] { csv::formatter{csv::write_options().null_text("a,b")}; }) == errc::invalid_option);
}

TEST_CASE("csv formatter: delimiters of several bytes, and texts that would begin a comment") {
    const auto o = csv::write_options().delimiter("||").comment("#");
    CHECK(text_of(strings({"a|b", "a||b", "a|", "#x", "x#", "-#"}), o) ==
          "s||n\na|b||0\n\"a||b\"||1\n\"a|\"||2\n\"#x\"||3\nx#||4\n-#||5\n");
    CHECK(text_of(strings({"<-", "x<", "<->"}), csv::write_options(o).delimiter("<->").quote('\'')) == "s<->n\n<-<->0\nx<<->1\n'<->'<->2\n");
    const auto plain = csv::write_options(o).quote(std::nullopt);
    CHECK(text_of(strings({"a|b"}), plain) == "s||n\na|b||0\n");
    CHECK(code_of([&] { text_of(strings({"a|"}), plain); }) == errc::unsupported);
    CHECK(code_of([&] { text_of(strings({"#a"}), plain); }) == errc::unsupported);
    const auto escaped = csv::write_options(plain).escape('\\');
    const auto batch = strings({"a|", "#x", "||", "a|b#"});
    const auto back = csv_test::read(text_of(batch, escaped),
                                     csv::options().delimiter("||").comment("#").quote(std::nullopt).escape('\\'), 3);
    CHECK(back.text() == "a||0;#x|1;|||2;a|b#|3");
    const auto refused = [](csv::write_options w) { return code_of([&] { csv::formatter{w}; }) == errc::invalid_option; };
    CHECK(refused(csv::write_options().delimiter("")));
    CHECK(refused(csv::write_options().delimiter("|\"")));
    CHECK(refused(csv::write_options().comment("#").null_text("#N/A")));
}

TEST_CASE("csv formatter: decimal commas, texts of truth values, dates by a format") {
    const auto pool = buffer_pool::create();
    const auto s = make_schema({field{"f", data_type::float64()}, field{"d", data_type::decimal128(5, 2)}, field{"b", data_type::boolean()},
                                field{"t", data_type::timestamp(time_unit::second, "UTC")}, field{"y", data_type::date32()},
                                field{"h", data_type::time32(time_unit::second)}, field{"z", data_type::date64()}});
    const auto how = csv::options().schema(s);
    const auto read = csv_test::read("f,d,b,t,y,h,z\n-1234.5,1.25,true,2024-02-29T01:02:03Z,2024-02-29,13:05,1999-12-31\n,,,,,,\n", how);
    const auto o = csv::write_options()
                       .decimal_separator(',')
                       .booleans("oui", "non")
                       .date_format("t", "%d/%m/%Y %H:%M:%S")
                       .date_format("y", "%d.%m.%y")
                       .date_format("h", "%I:%M %p")
                       .date_format("z", "%Y%j");
    CHECK(text_of(read.batches.at(0), o) ==
          "f,d,b,t,y,h,z\n\"-1234,5\",\"1,25\",oui,29/02/2024 01:02:03,29.02.24,01:05 PM,1999365\n,,,,,,\n");
    const auto text = text_of(read.batches.at(0), csv::write_options(o).delimiter(';'));
    CHECK(text.find("-1234,5;1,25;oui") != text.npos);
    auto back = csv::options(how).delimiter(';').decimal_separator(',').booleans({"oui"}, {"non"});
    back.date_format("t", "%d/%m/%Y %H:%M:%S").date_format("y", "%d.%m.%y").date_format("h", "%I:%M %p").date_format("z", "%Y%j");
    CHECK(csv_test::read(text, back, 7).text() == read.text());
    // a value that its type does not mean, a column that is not there, or of another type
    array_builder time{data_type::time32(time_unit::second), pool};
    time.as<number_builder<std::int32_t>>().append(86400);
    const record_batch beyond{make_schema({field{"h", data_type::time32(time_unit::second)}}), {time.finish()}, 1};
    CHECK(code_of([&] { text_of(beyond, csv::write_options().date_format("h", "%H")); }) == errc::unsupported);
    CHECK(code_of([&] { text_of(strings({"x"}), o); }) == errc::unknown_column);
    CHECK(code_of([&] { text_of(strings({"x"}), csv::write_options().date_format("s", "%Y")); }) == errc::invalid_option);
    const auto refused = [](csv::write_options w) { return code_of([&] { csv::formatter{w}; }) == errc::invalid_option; };
    CHECK(refused(csv::write_options().date_format("s", "%")));
    CHECK(refused(csv::write_options().booleans("x", "x")));
    CHECK(refused(csv::write_options().decimal_separator('5')));
    CHECK(refused(csv::write_options().decimal_separator(',').quote(std::nullopt)));
}

TEST_CASE("csv formatter: without quotes, what would need them is an error that names column and row") {
    const auto tsv = csv::write_options().delimiter('\t').quote(std::nullopt);
    CHECK(text_of(strings({"a,b", "\"c\" \\", std::nullopt}), tsv) == "s\tn\na,b\t0\n\"c\" \\\t1\n\t2\n");
    for (const std::string bad : {"x\ty", "x\ny", "x\r", "", "\xef\xbb\xbfx"}) {
        CAPTURE(printable(bad));
        CHECK(code_of([&] { text_of(strings({"fine", bad}), tsv); }) == errc::unsupported);
    }
    CHECK_THROWS_WITH_AS(text_of(strings({"fine", "x\ty"}), tsv),
                         doctest::Contains("column \"s\" in row 2: a value of type string holds a delimiter"), error);
    CHECK_THROWS_WITH_AS(text_of(strings({""}), tsv), doctest::Contains("in row 1: "), error);
    CHECK(text_of(strings({"", std::nullopt}), csv::write_options(tsv).null_text("NA")) == "s\tn\n\t0\nNA\t1\n");
    std::string out;
    const auto named = make_schema({field{"a\tb", data_type::string()}});
    CHECK_THROWS_WITH_AS(csv::formatter{tsv}.begin(out, named), doctest::Contains("the name \"a"), error);
    const auto nameless = make_schema({field{"", data_type::string()}});
    CHECK_THROWS_WITH_AS(csv::formatter{tsv}.begin(out, nameless), doctest::Contains("is a blank line"), error);
    out.clear();
    csv::formatter{tsv}.begin(out, make_schema({field{"", data_type::string()}, field{"x", data_type::string()}}));
    CHECK(out == "\tx\n"); // names are never null
    string_builder lone{buffer_pool::create()};
    lone.append_null();
    const record_batch blank{make_schema({field{"s", data_type::string()}}), {lone.finish()}, 1};
    CHECK_THROWS_WITH_AS(text_of(blank, tsv), doctest::Contains("blank line"), error);
    const auto refused = [](csv::write_options o) { return code_of([&] { csv::formatter{o}; }) == errc::invalid_option; };
    CHECK(refused(csv::write_options().escape('\\'))); // quotes are doubled
    CHECK(refused(csv::write_options(tsv).escape('\t')));
    CHECK(refused(csv::write_options(tsv).escape('\n')));
    for (const std::string null : {"\\", "x\\", "\\\\", "\\\t", "\\\n"}) { // what a text may be written as
        CAPTURE(printable(null));
        CHECK(refused(csv::write_options(tsv).escape('\\').null_text(null)));
    }
    CHECK(refused(csv::write_options(tsv).escape('\\').comment("N").null_text("\\N")));
}

TEST_CASE("csv formatter: escaped instead of quoted, it reads back") {
    const auto o = csv::write_options().delimiter('\t').quote(std::nullopt).escape('\\').null_text("NA");
    const std::vector<std::optional<std::string>> values{"x\ty", "\n", "\r", "a\r\nb", "\\", "\\t", "\"q", std::nullopt, "plain",
                                                         "\xef\xbb\xbfx", ""};
    const auto batch = strings(values);
    const auto text = text_of(batch, o);
    CHECK(text.starts_with("s\tn\nx\\\ty\t0\n\\\n\t1\n"));
    for (const bool crlf : {false, true}) {
        const auto back = csv_test::read(
            text_of(batch, csv::write_options(o).crlf(crlf)),
            csv::options().delimiter('\t').quote(std::nullopt).escape('\\').null_texts({"NA"}), 3);
        CHECK(back.error() == "");
        REQUIRE(back.batches.size() == 1);
        CHECK(back.batches[0] == batch);
    }
    CHECK(code_of([&] { text_of(strings({"NA"}), o); }) == errc::unsupported);
}

TEST_CASE("csv formatter: databases' null beside an escape is told from every text") {
    const auto tsv = csv::write_options::tsv().escape('\\').null_text("\\N");
    const auto batch = strings({"\\N", std::nullopt, "N", "", "\\", "\\\\N", "x\t\\N"});
    const auto text = text_of(batch, tsv);
    CHECK(text.starts_with("s\tn\n\\\\N\t0\n\\N\t1\nN\t2\n\t3\n"));
    const auto back = csv_test::read(text, csv::options::tsv().escape('\\').null_texts({"\\N"}), 3);
    CHECK(back.error() == "");
    REQUIRE(back.batches.size() == 1);
    CHECK(back.batches[0] == batch);
}

TEST_CASE("csv formatter: a byte-order mark is in nobody's way behind a row's start") {
    string_builder a{buffer_pool::create()}, b{buffer_pool::create()};
    a.append("x");
    b.append("\xef\xbb\xbfy");
    const record_batch batch{make_schema({field{"a", data_type::string()}, field{"b", data_type::string()}}), {a.finish(), b.finish()}, 1};
    CHECK(text_of(batch, csv::write_options::tsv()) == "a\tb\nx\t\xef\xbb\xbfy\n");
    CHECK_THROWS_WITH_AS(text_of(strings({"\xef\xbb\xbfy"}), csv::write_options::tsv()), doctest::Contains("begins with a byte-order mark"), error);
}

TEST_CASE("csv formatter: all types") {
    auto pool = buffer_pool::create();
    float64_builder f{pool};
    boolean_builder b{pool};
    for (const double v : {40.0, -0.1, std::numeric_limits<double>::quiet_NaN(), 1e300}) f.append(v);
    f.append_null();
    for (const bool v : {true, false, true, false}) b.append(v);
    b.append_null();
    const record_batch batch{
        make_schema({field{"f,g", data_type::float64()}, field{"", data_type::boolean()}}),
        {f.finish(), b.finish()},
        5};
    CHECK(text_of(batch) == "\"f,g\",\"\"\n40.0,true\n-0.1,false\nNaN,true\n1e+300,false\n,\n");
}

TEST_CASE("csv formatter: a column that has no form is told with the header, before any row") {
    const auto nested = make_schema({field{"n", data_type::int64()}, field{"tags", data_type::list(data_type::string())}});
    for (const bool header : {true, false}) {
        const auto o = csv::write_options().header(header);
        std::string out;
        CHECK(code_of([&] { csv::formatter{o}.begin(out, nested); }) == errc::unsupported);
        CHECK(code_of([&] { csv::batch_writer{memory_sink{out}, o, nested}; }) == errc::unsupported);
        CHECK(out.empty());
    }
}

TEST_CASE("csv formatter: a lone null is no blank line") {
    auto pool = buffer_pool::create();
    int64_builder n{pool};
    n.append(1);
    n.append_null();
    n.append(2);
    const record_batch batch{make_schema({field{"n", data_type::int64()}}), {n.finish()}, 3};
    const auto text = text_of(batch);
    CHECK(text == "n\n1\n\"\"\n2\n");
    CHECK(csv_test::read(text).batches.at(0) == batch);
}

TEST_CASE("csv formatter: what is written reads back, whatever the texts") {
    std::mt19937 random{10};
    for (int round = 0; round < 300; ++round) {
        std::vector<std::optional<std::string>> values;
        const auto n = 1 + random() % 20;
        for (std::size_t i = 0; i < n; ++i) {
            std::string v(random() % 8, ' ');
            for (auto& c : v) c = "ab,\"\n\r ;'"[random() % 9];
            values.emplace_back(random() % 5 ? std::optional{"x" + v} : std::nullopt);
            if (random() % 5 == 0) values.back() = "";
        }
        values.emplace_back("text"); // keeps the column a string column
        const auto batch = strings(values);
        const bool semicolon = random() % 2;
        const bool crlf = random() % 2;
        const auto text = text_of(batch, csv::write_options().delimiter(semicolon ? ';' : ',').crlf(crlf));
        const auto back =
            csv_test::read(text, csv::options().delimiter(semicolon ? ';' : ','), 1 + random() % 50);
        REQUIRE_MESSAGE(back.batches.size() == 1, text);
        REQUIRE_MESSAGE(back.batches[0] == batch, text);
    }
}

TEST_CASE("csv formatter: stops when there is enough, and goes on") {
    const auto batch = strings({"aaa", "bbb", "ccc"});
    csv::formatter f{csv::write_options().header(false)};
    std::string out;
    CHECK(f.append_rows(out, batch, 0, 1) == 1);
    CHECK(out == "aaa,0\n");
    CHECK(f.append_rows(out, batch, 1, 1) == 1); // there is enough already
    out.clear();
    CHECK(f.append_rows(out, batch, 1) == 3);
    CHECK(out == "bbb,1\nccc,2\n");
}

// ---- the writer

/// Counts what it gets; fails at the `fail_at`-th write.
class test_sink final : public byte_sink {
  public:
    struct log {
        std::vector<std::size_t> writes;
        std::string text;
        bool committed = false;
        std::size_t fail_at = static_cast<std::size_t>(-1);
    };
    explicit test_sink(log& l) : log_{&l} {}
    awaitable<void> write(std::span<const std::byte> bytes) override {
        if (log_->writes.size() == log_->fail_at) throw_failure({errc::access_denied, "no"});
        log_->writes.push_back(bytes.size());
        log_->text += as_text(bytes);
        co_return;
    }
    awaitable<void> commit() override {
        log_->committed = true;
        co_return;
    }
    std::string name() const override { return "s3://lake/out.csv"; }

  private:
    log* log_;
};

TEST_CASE("csv batch_writer: batches become one text, visible at close") {
    std::string out = "old";
    csv::batch_writer w{memory_sink{out}};
    test::run(w.write(strings({"a", "b"})));
    test::run(w.write(strings({"c"})));
    CHECK(out == "old");
    test::run(w.close());
    CHECK(out == "s,n\na,0\nb,1\nc,0\n");
    CHECK(code_of([&] { test::run(w.close()); }) == errc::closed);
    CHECK(code_of([&] { test::run(w.write(strings({"d"}))); }) == errc::closed);
}

TEST_CASE("csv batch_writer: no batch, with a schema and without") {
    test_sink::log none;
    csv::batch_writer w{test_sink{none}};
    test::run(w.close());
    CHECK(none.committed);
    CHECK(none.text.empty());
    test_sink::log header;
    csv::batch_writer h{test_sink{header}, csv::write_options(), strings({}).shared_schema()};
    test::run(h.close());
    CHECK(header.text == "s,n\n");
    CHECK(header.committed);
}

TEST_CASE("csv batch_writer: writes in blocks") {
    test_sink::log log;
    csv::batch_writer w{test_sink{log}};
    std::vector<std::optional<std::string>> values(8192, std::string(100, 'x'));
    const auto batch = strings(values);
    test::run(w.write(batch));
    test::run(w.write(batch));
    test::run(w.close());
    REQUIRE(log.writes.size() >= 6);
    for (std::size_t i = 0; i + 1 < log.writes.size(); ++i) {
        CHECK(log.writes[i] >= (256u << 10));
        CHECK(log.writes[i] < (257u << 10));
    }
    const auto back = csv_test::read(log.text);
    CHECK(back.rows() == 16384);
    CHECK(back.batches.at(1) == batch);
}

TEST_CASE("csv batch_writer: long work lets others run") {
    test_sink::log log;
    csv::batch_writer w{test_sink{log}};
    const auto batch = strings(std::vector<std::optional<std::string>>(40000, std::string(100, 'x')));
    asio::io_context io{1};
    std::size_t turns = 0;
    std::function<void()> tick = [&] {
        ++turns;
        asio::post(io, tick);
    };
    asio::post(io, tick);
    test::run(io, w.write(batch));
    CHECK(turns >= log.writes.size());
    CHECK(turns >= 15);
}

TEST_CASE("csv batch_writer: what cannot be written names the sink, and nothing is committed") {
    const std::vector<std::string> one{"n"};
    const record_batch tabs{make_schema({field{"a\tb", data_type::int64()}}), {array{data_type::int64()}}, 0};
    const auto plain = csv::write_options().delimiter('\t').quote(std::nullopt);
    struct row {
        record_batch first;
        record_batch refused;
        csv::write_options options;
        errc code;
        std::string_view message;
    };
    for (const auto& t : {
             row{strings({"a"}), strings({"b"}).select(one), {}, errc::invalid_option, "a batch has the columns n, but what is written has s, n"},
             row{tabs.slice(0, 0), tabs, plain, errc::unsupported, "the name \"a\\tb\" holds a delimiter"},
             row{strings({"a"}), strings({"b\tc"}), plain, errc::unsupported, "column \"s\" in row 2: "},
             row{strings({"a"}), strings({"\xff"}), {}, errc::invalid_utf8, "column \"s\" in row 2: "},
             row{record_batch{}, record_batch{make_schema({}), {}, 2}, {}, errc::unsupported, "2 rows without a column"},
         }) {
        CAPTURE(t.message);
        test_sink::log log;
        csv::batch_writer w{test_sink{log}, t.options};
        if (t.first.num_rows() > 0) test::run(w.write(t.first));
        try {
            test::run(w.write(t.refused));
            FAIL("not refused");
        } catch (const error& e) {
            CHECK(e.code() == t.code);
            const std::string what = e.what();
            CHECK(what.starts_with("write csv s3://lake/out.csv: "));
            CHECK(what.find(t.message) != std::string::npos);
        }
        CHECK(code_of([&] { test::run(w.close()); }) == errc::closed);
        CHECK_FALSE(log.committed);
    }
}

TEST_CASE("csv batch_writer: after an error of the sink nothing is committed") {
    test_sink::log log;
    log.fail_at = 1;
    csv::batch_writer w{test_sink{log}};
    const auto batch = strings(std::vector<std::optional<std::string>>(8192, std::string(100, 'x')));
    CHECK(code_of([&] { test::run(w.write(batch)); }) == errc::access_denied);
    CHECK(code_of([&] { test::run(w.write(batch)); }) == errc::closed);
    CHECK(code_of([&] { test::run(w.close()); }) == errc::closed);
    CHECK_FALSE(log.committed);

    test_sink::log last;
    last.fail_at = 0;
    csv::batch_writer v{test_sink{last}};
    test::run(v.write(strings({"a"})));
    CHECK(code_of([&] { test::run(v.close()); }) == errc::access_denied);
    CHECK_FALSE(last.committed);
}

} // namespace csv_batch_writer_test
