// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/document_reader.hpp>

#include "json_support.hpp"

#include <penstock/core/buffer_pool.hpp>

#include <doctest/doctest.h>

namespace json_document_reader_test {

using namespace json_test;
using rows = std::vector<std::string>;

/// The same, however the data is cut.
inline outcome read_cut(std::string_view text, const document_options& options = {}) {
    auto whole = read_document(text, options);
    for (const std::size_t chunk : {1, 2, 3, 5, 16}) {
        CAPTURE(chunk);
        const auto cut = read_document(text, options, chunk);
        CHECK(cut.error.message() == whole.error.message());
        CHECK(cut.rows == whole.rows);
        CHECK(cut == whole);
    }
    return whole;
}

inline document_options values(document_shape shape = document_shape::automatic) {
    return document_options().value_column("v").shape(shape);
}

TEST_CASE("document_reader: what kind of document it is shows by itself") {
    const std::pair<std::string_view, rows> cases[] = {
        {"", {}},
        {" \n ", {}},
        {"{\"a\":1}", {"1"}},
        {" {\n \"a\" : 1\n}\n", {"1"}},
        {"\xef\xbb\xbf{\"a\":1}", {"1"}},
        {"\xef\xbb\xbf[{\"a\":1}]", {"1"}},
        {"[]", {}},
        {" [ ] ", {}},
        {"[{\"a\":1}]", {"1"}},
        {"\n[\n {\"a\":1},\n {\"a\":2} \n]\n", {"1", "2"}},
        {"[{\"a\":1},{\"a\":2},{\"a\":3}]", {"1", "2", "3"}},
        {"{\"a\":1}{\"a\":2}", {"1", "2"}},
        {"{\"a\":1} {\"a\":2}\t{\"a\":3}", {"1", "2", "3"}},
        {"{\n\"a\":1\n}\n{\n\"a\":2\n}\n", {"1", "2"}},
        {"{\"a\":1}\n{\"a\":2}\n", {"1", "2"}},
        {"\n\n{\"a\":1}\r\n\r\n{\"a\":2}", {"1", "2"}},
        {"{\"a\":1} \n{\"a\":2}\n", {"1", "2"}},
    };
    for (const auto& [text, expected] : cases) {
        CAPTURE(text);
        const auto r = read_cut(text);
        CAPTURE(r.error.message());
        CHECK_FALSE(r.error);
        CHECK(r.rows == expected);
    }
}

TEST_CASE("document_reader: any amount of white space in front tells nothing, and lines are counted in it") {
    for (const std::size_t size : {65535, 65536, 65537, 300000}) {
        CAPTURE(size);
        std::string space(size, ' ');
        for (std::size_t i = 0; i < size; i += 100) space[i] = '\n';
        space.back() = '\n';
        const auto line = std::to_string(2 + (size + 99) / 100 - (size % 100 == 1));
        for (const std::string text : {"[{\"a\":1},\n{\"a\" 2}]", "{\"a\":1}\n{\"a\" 2}\n", "{\"a\":1}{\"a\":\n2}{\"a\" 2}"}) {
            CAPTURE(text);
            const auto r = read_document(space + text);
            CHECK(r == read_document(space + text, {}, 4096));
            CHECK(r.rows.at(0) == "1");
            CHECK(r.error.message().find("line " + std::to_string(std::stoi(line) + 1) + ", column") != std::string::npos);
        }
    }
}

TEST_CASE("document_reader: elements and values of any kind, as they stand") {
    const std::tuple<document_shape, std::string_view, rows> cases[] = {
        {document_shape::array, R"([1, -2.5e3,true ,null,"x", [1,[2]],{"a":{"b":"]"}} ])",
         {"1", "-2.5e3", "true", "null", "\"x\"", "[1,[2]]", R"({"a":{"b":"]"}})"}},
        {document_shape::array, R"(["\"],[", "\\", "\\\"", "é\u00e9"])",
         {R"("\"],[")", R"("\\")", R"("\\\"")", R"("é\u00e9")"}},
        {document_shape::concatenated, R"(1 2"x"3[4]{"a":5}true null)",
         {"1", "2", "\"x\"", "3", "[4]", R"({"a":5})", "true", "null"}},
        {document_shape::concatenated, "[1]\n[2]", {"[1]", "[2]"}},
        {document_shape::concatenated, "", {}},
        {document_shape::object, "[1,2]", {"[1,2]"}},
        {document_shape::object, " 12 ", {"12"}},
        {document_shape::object, "12", {"12"}},
        {document_shape::object, "\"}\"", {"\"}\""}},
        {document_shape::lines, "[1]\n2\n", {"[1]", "2"}},
        {document_shape::automatic, "1\n2", {"1", "2"}},
        {document_shape::automatic, "1 2", {"1", "2"}},
        {document_shape::automatic, "\"a b\"\n\"c\"\n", {"\"a b\"", "\"c\""}},
        {document_shape::automatic, "true\n", {"true"}},
    };
    for (const auto& [shape, text, expected] : cases) {
        CAPTURE(text);
        const auto r = read_cut(text, values(shape));
        CAPTURE(r.error.message());
        CHECK_FALSE(r.error);
        rows quoted;
        for (const auto& e : expected) quoted.push_back("\"" + e + "\"");
        CHECK(r.rows == quoted);
    }
}

TEST_CASE("document_reader: rows anywhere in a document") {
    const std::tuple<std::string_view, std::string_view, rows> cases[] = {
        {"/data/items", R"({"n":2,"data":{"x":[1,{"items":3}],"items":[{"a":1},{"a":2}],"y":"]"},"z":null})", {"1", "2"}},
        {"/data", R"({"other":{"data":[{"a":9}]},"data":{"a":1}})", {"1"}},
        {"/1", R"([[{"a":0}],[{"a":1}],[{"a":2}]])", {"1"}},
        {"/0/0", R"([[{"a":0},1],2])", {"0"}},
        {"/r/10", R"({"r":[0,1,2,3,4,5,6,7,8,9,[{"a":10}]]})", {"10"}},
        {"/", R"({"":[{"a":1}]})", {"1"}},
        {"/a~1b/~0", R"({"a/b":{"~":[{"a":1}]}})", {"1"}},
        {"/é", R"({"\u00e9":[{"a":1}]})", {"1"}},
        {"/\xf0\x9f\x98\x80", R"({"\uD83D\ude00":[{"a":1}]})", {"1"}},
        {"/\xe2\x82\xac", "{\"\\u20ac\":[{\"a\":1}]}", {"1"}},
        {"/a\tb\"\\", R"({"a\tb\"\\":[{"a":1}]})", {"1"}},
        {"/x", R"({"longer":[1],"x":[]})", {}},
        {"", R"([{"a":1}])", {"1"}},
    };
    for (const auto& [pointer, text, expected] : cases) {
        CAPTURE(pointer);
        CAPTURE(text);
        const auto r = read_cut(text, document_options().rows_at(std::string{pointer}));
        CAPTURE(r.error.message());
        CHECK_FALSE(r.error);
        CHECK(r.rows == expected);
    }
    const auto first = read_cut(R"({"k":1.5e3,"k":[]})", values().rows_at("/k")); // of two keys
    CHECK(first.rows == rows{"\"1.5e3\""});
}

struct wrong {
    std::string_view text;
    std::string_view pointer;
    document_shape shape;
    rows before; ///< rows given first
    errc code;
    std::uint64_t line, column, offset;
    std::string_view message;
};

TEST_CASE("document_reader: errors, each at its place and behind the rows before it") {
    constexpr auto any = document_shape::automatic;
    constexpr auto array = document_shape::array;
    constexpr auto object = document_shape::object;
    const wrong cases[] = {
        {"[1,]", "", any, {"1"}, errc::malformed_json, 1, 4, 3, "expected a value behind the comma"},
        {"[1,,2]", "", any, {"1"}, errc::malformed_json, 1, 4, 3, "expected a value"},
        {"[,1]", "", any, {}, errc::malformed_json, 1, 2, 1, "expected a value"},
        {"[1] [2]", "", any, {"1"}, errc::malformed_json, 1, 5, 4, "something follows the value"},
        {"[1]]", "", any, {"1"}, errc::malformed_json, 1, 4, 3, "something follows the value"},
        {"[1\n,2\n", "", any, {"1"}, errc::malformed_json, 3, 1, 6, "the text ends inside an array"},
        {"[1,2 ", "", any, {"1"}, errc::malformed_json, 1, 6, 5, "the text ends inside an array"},
        {"[", "", any, {}, errc::malformed_json, 1, 2, 1, "the text ends inside an array"},
        {"[1,{\"a\" 2}", "", any, {"1"}, errc::malformed_json, 1, 9, 8, "expected ':' after a key"},
        {"[1,\"x]", "", any, {"1"}, errc::malformed_json, 1, 7, 6, "the text ends inside an array"},
        {"[1 2]", "", any, {}, errc::malformed_json, 1, 4, 3, "something follows the value"},
        {"[\n 1,\n {\"a\":\n  tru}]", "", any, {"1"}, errc::malformed_json, 4, 3, 15, "not a JSON value"},
        {"[1,{\"a\":2]]", "", any, {"1"}, errc::malformed_json, 1, 10, 9, "expected ',' or '}'"},
        {"[1}, 2]", "", any, {}, errc::malformed_json, 1, 3, 2, "something follows the value"},
        {"[1, \"\x01\"]", "", any, {"1"}, errc::malformed_json, 1, 6, 5, "control character"},
        {"[1, \"\xff\"]", "", any, {"1"}, errc::invalid_utf8, 1, 6, 5, "UTF-8"},
        {"[\xef\xbb\xbf" "1]", "", any, {}, errc::malformed_json, 1, 2, 1, "not a JSON value"},
        {"{\"a\":1", "", any, {}, errc::malformed_json, 1, 7, 6, "the text ends inside an object"},
        {"{} {} x", "", any, {"{}", "{}"}, errc::malformed_json, 1, 7, 6, "not a JSON value"},
        {"{},{}", "", any, {"{}"}, errc::malformed_json, 1, 3, 2, "not a JSON value"},
        {"{}}{}", "", any, {"{}"}, errc::malformed_json, 1, 3, 2, "not a JSON value"},
        {"{} {}", "", object, {"{}"}, errc::malformed_json, 1, 4, 3, "something follows the value"},
        {"", "", object, {}, errc::malformed_json, 1, 1, 0, "the text ends where a value should be"},
        {" ]", "", object, {}, errc::malformed_json, 1, 2, 1, "not a JSON value"},
        {"  ", "", array, {}, errc::malformed_json, 1, 3, 2, "the text ends where a value should be"},
        {" {}", "", array, {}, errc::type_mismatch, 1, 2, 1, "expected an array of rows"},
        {R"({"a":{"c":1}})", "/a/b", any, {}, errc::unknown_column, 1, 14, 13, "nothing stands at /a/b: /a has no /b"},
        {R"({"a":[1]})", "/a/1/x", any, {}, errc::unknown_column, 1, 10, 9, "/a has no /1/x"},
        {R"({"a":[1]})", "/a/-", any, {}, errc::unknown_column, 1, 10, 9, "/a has no /-"},
        {R"([[1]])", "/00", any, {}, errc::unknown_column, 1, 6, 5, "the document has no /00"},
        {R"({"a":1})", "/a/b", any, {}, errc::unknown_column, 1, 8, 7, "/a has no /b"},
        {"12", "/a", any, {}, errc::unknown_column, 1, 3, 2, "the document has no /a"},
        {R"({"a":[1],})", "/a", any, {"1"}, errc::malformed_json, 1, 10, 9, "expected a key in quotation marks"},
        {R"({"a":[1])", "/a", any, {"1"}, errc::malformed_json, 1, 9, 8, "the text ends inside an object"},
        {R"({"a":[1] "b":2})", "/a", any, {"1"}, errc::malformed_json, 1, 10, 9, "expected ',' or '}'"},
        {R"({"x":01,"a":[1]})", "/a", any, {}, errc::malformed_json, 1, 7, 6, "a number has a leading zero"},
        {"{\"x\":\n\"\xc0\x80\",\"a\":[1]}", "/a", any, {}, errc::invalid_utf8, 2, 2, 7, "UTF-8"},
        {R"({"x":"\ud800","a":[1]})", "/a", any, {}, errc::malformed_json, 1, 13, 12, "surrogate"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.text);
        const auto r = read_cut(c.text, values(c.shape).rows_at(std::string{c.pointer}));
        rows quoted;
        for (const auto& e : c.before) quoted.push_back("\"" + e + "\"");
        CHECK(r.rows == quoted);
        CAPTURE(r.error.message());
        CHECK(r.error.code() == c.code);
        CHECK(r.error.detail().line == c.line);
        CHECK(r.error.detail().column == c.column);
        CHECK(r.error.detail().byte_offset == c.offset);
        CHECK(r.error.detail().object == "data.json");
        CHECK(r.error.message().find(c.message) != std::string::npos);
    }
}

TEST_CASE("document_reader: values that happen to stand on lines are not read as lines") {
    std::string values = "{\"a\":0} {\"a\":1}\n";
    std::string array = "[\n";
    for (int i = 2; i < 100; ++i) {
        values += "{\"a\":" + std::to_string(i) + "}\n";
        array += "{\"a\":" + std::to_string(i) + "}\n,\n";
    }
    const auto many = read_cut(values + "x");
    CHECK(many.rows.size() == 100);
    CHECK(many.error.detail().line == 100);
    const auto elements = read_cut(array + "x]");
    CHECK(elements.rows.size() == 98);
    CHECK(elements.error.detail().line == 198);
    const auto lines = read_cut(values.substr(8) + "x");
    CHECK(lines.rows.size() == 99);
    CHECK(lines.error.detail().line == 100);
}

TEST_CASE("document_reader: options that cannot work are refused") {
    for (const std::string pointer : {"a", "/a~", "/~2", "/a~b"}) {
        CAPTURE(pointer);
        CHECK_THROWS_AS(read_document("[]", document_options().rows_at(pointer)), penstock::error);
    }
    for (const auto shape : {document_shape::lines, document_shape::concatenated})
        CHECK_THROWS_AS(read_document("[]", document_options().rows_at("/a").shape(shape)), penstock::error);
}

TEST_CASE("document_reader: after a bad element it goes on where the structure is whole") {
    const auto skip = document_options().on_bad_record(penstock::bad_records::skip);
    const std::tuple<std::string_view, rows, std::string_view> cases[] = {
        {R"([{"a":1},{"a" 2},{"a":3}])", {"1", "3"}, "2 1 0 0:"},
        {R"([{"a":1},{"a":2],{"a":3}])", {"1", "3"}, "2 1 0 0:"},
        {R"([{"a":1},{"a":tru},{b:2},,x y,{"a":3},])", {"1", "3"}, "2 5 0 0:"},
        {R"([{"a":1},5,"]",[{}],{"a":3}])", {"1", "3"}, "2 3 0 0:"},
        {R"([x,{"a":1}}},{"a":3}])", {"3"}, "1 2 0 0:"},
        {"{\"a\":1} x {\"a\":3}", {"1", "3"}, "2 1 0 0:"},
        {"{\"a\":1}\nx\n{\"a\":3}", {"1", "3"}, "2 1 0 0:"},
    };
    for (const auto& [text, expected, counts] : cases) {
        CAPTURE(text);
        auto options = skip;
        const auto r = read_cut(text, options.max_kept_errors(0));
        CAPTURE(r.error.message());
        CHECK_FALSE(r.error);
        CHECK(r.rows == expected);
        CHECK(r.counts() == counts);
    }
    const auto captured = read_cut(R"([{"a":1}, {"a" 2} ,])",
                                   document_options().on_bad_record(penstock::bad_records::capture).max_kept_errors(0));
    CHECK(captured.rows == rows{"1|null", "null|\"{\"a\" 2}\"", "null|\"\""});
    const auto unclosed = read_cut(R"([{"a":1},{"a":2})", skip);
    CHECK(unclosed.rows == rows{"1"});
    CHECK(unclosed.error.code() == errc::malformed_json);
}

TEST_CASE("document_reader: an element that is too long is bad, and is not kept") {
    const std::string large = "{\"a\":\"" + std::string(5000, ',') + "\"}";
    const auto text = "[{\"a\":\"x\"}," + large + ",{\"a\":\"y\"}]";
    const auto failed = read_cut(text, document_options().max_record_bytes(100));
    CHECK(failed.rows == rows{"\"x\""});
    CHECK(failed.error.code() == errc::record_too_large);
    CHECK(failed.error.detail().byte_offset == 11);
    const auto skip = document_options().max_record_bytes(100).on_bad_record(penstock::bad_records::skip);
    const auto skipped = read_cut(text, skip);
    CHECK(skipped.rows == rows{"\"x\"", "\"y\""});
    CHECK(skipped.statistics.skipped_rows == 1);
    const auto last = read_cut("[{\"a\":\"x\"}," + large + "]", skip);
    CHECK(last.rows == rows{"\"x\""});
    CHECK_FALSE(last.error);
    const auto unclosed = read_cut("[{\"a\":\"x\"}," + large, skip);
    CHECK(unclosed.error.code() == errc::malformed_json);
    const auto values_of_many = read_cut("{\"a\":\"x\"} " + large + " {\"a\":\"y\"}",
                                         document_options(skip).shape(document_shape::concatenated));
    CHECK(values_of_many.rows == rows{"\"x\"", "\"y\""});
    // it ends where it ends, also where nothing stands between it and the next one
    const auto side_by_side = read_cut(large + "1" + large + "{\"a\":\"z\"}" + std::string(200, '1') + "\"x y\"",
                                       document_options(skip).shape(document_shape::concatenated).schema(penstock::make_schema(
                                           std::vector<penstock::field>{penstock::field{"a", penstock::data_type::string()}})));
    CHECK(side_by_side.rows == rows{"\"z\""});
    CHECK(side_by_side.statistics.skipped_rows == 5);
    const auto one = read_cut("{\"d\":" + large + ",\"e\":0}",
                              document_options(skip).rows_at("/d").schema(penstock::make_schema(
                                  std::vector<penstock::field>{penstock::field{"a", penstock::data_type::string()}})));
    CHECK(one.rows.empty());
    CHECK(one.statistics.skipped_rows == 1);
    CHECK_FALSE(one.error);
}

TEST_CASE("document_reader: nesting is limited around the rows and in them") {
    const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
    CHECK_FALSE(read_document("{\"x\":" + nested(1000) + ",\"a\":[]}", document_options().rows_at("/a")).error);
    CHECK(read_document("{\"x\":" + nested(1024) + ",\"a\":[]}", document_options().rows_at("/a")).error.code() ==
          errc::malformed_json);
    CHECK(read_document("[" + nested(5000) + "]", values()).error.code() == errc::malformed_json);
}

/// `count` times the same text between two others, made while it is read.
class endless_source final : public penstock::byte_source {
  public:
    endless_source(std::string first, std::string unit, std::size_t count, std::string last)
        : first_{std::move(first)}, unit_{std::move(unit)}, left_{count}, last_{std::move(last)}, now_{first_} {}
    penstock::io_result try_read_some(std::span<std::byte> into) override {
        std::size_t n = 0;
        while (n < into.size()) {
            if (at_ == now_.size()) {
                if (left_ > 0) {
                    --left_;
                    now_ = unit_;
                } else if (!over_) {
                    over_ = true;
                    now_ = last_;
                } else {
                    break;
                }
                at_ = 0;
                continue;
            }
            const auto some = std::min(into.size() - n, now_.size() - at_);
            std::memcpy(into.data() + n, now_.data() + at_, some);
            at_ += some;
            n += some;
        }
        return n == 0 ? penstock::io_result::end() : penstock::io_result::bytes(n);
    }
    awaitable<void> ready() override { co_return; }

  private:
    std::string first_, unit_;
    std::size_t left_;
    std::string last_, now_;
    std::size_t at_ = 0;
    bool over_ = false;
};

/// The most that the pool ever had out.
inline awaitable<std::size_t> peak_of(document_reader& reader, penstock::buffer_pool& pool, std::size_t& rows) {
    std::size_t peak = 0;
    for (;;) {
        const auto batch = co_await reader.next();
        peak = std::max(peak, pool.in_use());
        if (!batch) co_return peak;
        rows += batch->num_rows();
    }
}

TEST_CASE("document_reader: memory does not grow with the document") {
    const std::string unit = "{\"a\":1,\"b\":\"" + std::string(1000, 'x') + "\"},\n";
    const std::tuple<std::string, std::string, std::size_t> cases[] = {
        {"[", "{\"a\":0}]", 20001}, // 20 MB of rows
        {"{\"around\":[", "{}],\"rows\":[{\"a\":1},{\"a\":2}]}", 2},
        {"{\"rows\":[{\"a\":1},{\"a\":2}],\"around\":[", "{}]}", 2},
    };
    for (const auto& [first, last, count] : cases) {
        auto pool = penstock::buffer_pool::create();
        auto options = document_options().pool(pool).batch_bytes(1 << 20);
        if (first != "[") options.rows_at("/rows");
        document_reader reader{std::make_unique<endless_source>(first, unit, 20000, last), options};
        std::size_t rows = 0;
        const auto peak = test::run(peak_of(reader, *pool, rows));
        CHECK(rows == count);
        CHECK(peak < std::size_t{10} << 20);
    }
}

} // namespace json_document_reader_test
