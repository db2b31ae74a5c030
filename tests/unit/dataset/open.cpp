// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/decompress.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/json_spec.hpp>

#include <support/gzipped.hpp>
#include <support/run.hpp>
#include <support/served_store.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <filesystem>

namespace open_test {

using namespace penstock;

using store = test::served_store;

template <class F>
failure thrown_by(F f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    FAIL("nothing was thrown");
    return {};
}

awaitable<std::string> text_of(s3::client* s3, std::string url) {
    const auto source = co_await open_source(s3, url);
    auto text = co_await read_all(*source);
    co_return text;
}

awaitable<void> put(s3::client* s3, std::string url, std::string text) {
    const auto sink = co_await create_sink(s3, url);
    co_await sink->write(as_bytes(text));
    co_await sink->commit();
}

awaitable<std::size_t> count_rows(batch_reader& rows) {
    std::size_t n = 0;
    while (auto batch = co_await rows.next()) n += batch->num_rows();
    co_return n;
}

TEST_CASE("which URLs are meant for S3") {
    for (const char* url : {"s3://b/k", "S3://b", "s3a://b/k", "s3n://b/k", "s3:", "s3:b/k", "s3:/b"}) {
        CAPTURE(url);
        CHECK(is_s3_url(url));
    }
    for (const char* url : {"", "s3", "s3/b/k", "/s3://b", "file:///s3://b", "http://s3/b", "s4://b", "a s3://b", "xs3://b"}) {
        CAPTURE(url);
        CHECK_FALSE(is_s3_url(url));
    }
}

TEST_CASE("local paths are taken byte for byte") {
    CHECK(local_path("a/b c%20?#") == "a/b c%20?#");
    CHECK(local_path("file:///a/b c%20?#") == "/a/b c%20?#");
    CHECK(local_path("FILE://localhost/a") == "/a");
    CHECK(local_path("/a://b") == "/a://b");
    CHECK(local_path("a b://c") == "a b://c"); // no scheme has a space
    CHECK(local_path("://x") == "://x");
    CHECK(local_path("") == "");
}

TEST_CASE("URLs that nothing opens are errors, and their secrets stay out of them") {
    for (const char* url : {"http://host/k?X-Amz-Signature=SECRET", "https://user:SECRET@host/", "gs://b/k", "file://", "file://a",
                            "file://other/a"}) {
        CAPTURE(url);
        const auto f = thrown_by([&] { (void)local_path(url); });
        CHECK(f.code() == errc::invalid_url);
        CHECK_FALSE(f.detail().hint.empty());
        CHECK(f.message().find("SECRET") == std::string::npos);
    }
}

TEST_CASE("files open by path and by URL") {
    test::temporary_folder here;
    test::run(put(nullptr, here / "x", "first"));
    test::run(put(nullptr, "file://" + (here / "y z"), "second"));
    CHECK(test::run(text_of(nullptr, "file://" + (here / "x"))) == "first");
    CHECK(test::run(text_of(nullptr, here / "y z")) == "second");
    const auto missing = test::run(as_result(text_of(nullptr, here / "missing")));
    REQUIRE(missing.has_error());
    CHECK(missing.error().code() == condition::not_found);
    CHECK(missing.error().detail().object == here / "missing");
}

TEST_CASE("a sink without commit leaves nothing") {
    test::temporary_folder here;
    test::run([](std::string path) -> awaitable<void> {
        const auto sink = co_await create_sink(nullptr, path);
        co_await sink->write(as_bytes("half"));
    }(here / "half"));
    CHECK_FALSE(std::filesystem::exists(here / "half"));
}

TEST_CASE("S3 URLs need a client") {
    const auto read = test::run(as_result(text_of(nullptr, "s3://b/k")));
    REQUIRE(read.has_error());
    CHECK(read.error().code() == errc::invalid_option);
    const auto written = test::run(as_result(put(nullptr, "s3://b/k", "x")));
    REQUIRE(written.has_error());
    CHECK(written.error().code() == errc::invalid_option);
}

TEST_CASE("objects open by URL, whatever their key") {
    store s;
    s.server.put("lake", "other", "");
    for (const std::string key : {"plain", "a b?c#d%20", "//x//", "../up", "line\nbreak"}) {
        CAPTURE(key);
        test::run(s.io, put(&s.client, "s3://lake/" + key, "value of " + key));
        CHECK(test::run(s.io, text_of(&s.client, "s3://lake/" + key)) == "value of " + key);
    }
    const auto missing = test::run(s.io, as_result(text_of(&s.client, "s3://lake/missing")));
    REQUIRE(missing.has_error());
    CHECK(missing.error().code() == errc::no_such_key);
    const auto none = test::run(s.io, as_result(text_of(&s.client, "s3://")));
    REQUIRE(none.has_error());
    CHECK(none.error().code() == errc::missing_bucket);
}

TEST_CASE("a JSON spec opens as a URL does, by a client of its own") {
    store s;
    const auto spec = [&s](std::string more) {
        return R"({"driver":"s3","bucket":"lake","path":"a/{k}.csv","aws_region":"us-east-1","endpoint":")" + s.server.endpoint() + "\"" +
               more + "}";
    };
    s.server.put("lake", "other", "");
    // Whose keys: the environment's, not those of the client that lends its means.
    const aws::environment keys{{{"AWS_ACCESS_KEY_ID", "ak"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}};
    s3::client means{s.io.get_executor(), s3::client_options().environment(keys).anonymous()};
    test::run(s.io, put(&means, spec(""), "n\n1\n2\n"));
    CHECK(test::run(s.io, text_of(&means, " " + spec(""))) == "n\n1\n2\n");
    const auto rows = test::run(s.io, open_batches(&means, spec("")));
    CHECK(test::run(s.io, count_rows(*rows)) == 2);

    const auto unknown = test::run(s.io, as_result(text_of(&means, spec(R"(,"aws_credentials":{"type":"anonymous"})"))));
    REQUIRE(unknown.has_error());
    CHECK(unknown.error().code() == errc::access_denied);
    const auto wrong = test::run(as_result(text_of(nullptr, spec(R"(,"pth":"x")"))));
    REQUIRE(wrong.has_error());
    CHECK(wrong.error().detail().object == "/pth");
    const auto wrong_sink = test::run(as_result(put(nullptr, "{", "x")));
    REQUIRE(wrong_sink.has_error());
    CHECK(wrong_sink.error().code() == errc::malformed_json);
    const auto nobody = test::run(s.io, as_result(text_of(&s.client, spec(""))));
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().code() == errc::no_credentials); // s.client's own are not lent
}

TEST_CASE("JSON specs that are opened by one client share the limits of its context") {
    store s;
    s.server.put("lake", "k", "body");
    const auto context = s3::parse_store_context(
        R"({"s3_request_concurrency#x":{"limit":3},"aws_credentials":{"type":"environment"}})",
        aws::environment{{{"AWS_ACCESS_KEY_ID", "ak"}, {"AWS_SECRET_ACCESS_KEY", "secret"}}}).value();
    const auto spec = R"({"driver":"s3","bucket":"lake","path":"k","s3_request_concurrency":"s3_request_concurrency#x","endpoint":")" +
                      s.server.endpoint() + "\"}";
    const auto limit = s3::parse_json_spec(spec, context).value().client.request_concurrency();
    s3::client means{s.io.get_executor(), s3::client_options().anonymous().environment(aws::environment{{}}).context(context)};
    const auto a = test::run(s.io, open_source(&means, spec));
    const auto b = test::run(s.io, open_source(&means, spec));
    CHECK(limit->used() == 2);
    CHECK(test::run(s.io, read_all(*a)) == "body");
    CHECK(limit->used() == 1);
}

TEST_CASE("formats by name") {
    CHECK(format_from_name("a/b.csv") == file_format::csv);
    CHECK(format_from_name("s3://b/k.x/a.CSV.GZ") == file_format::csv);
    CHECK(format_from_name("a.tsv.zst") == file_format::tsv);
    CHECK(format_from_name("a.jsonl") == file_format::jsonl);
    CHECK(format_from_name("a.ndjson.gz") == file_format::jsonl);
    CHECK(format_from_name("a.json.xz") == file_format::json);
    for (const char* name : {"a.arrow", "a.arrows", "a.ipc", "a.feather"}) CHECK(format_from_name(name) == file_format::arrow);
    for (const char* name : {"a.txt", "a.log.bz2", "a.TEXT"}) CHECK(format_from_name(name) == file_format::text);
    for (const char* name : {"", "csv", "a.csv/b", "a.csv?x", "a.gz", "a.js", "a.csv.gz.gz.x", ".", "a."}) {
        CAPTURE(name);
        CHECK_FALSE(format_from_name(name).has_value());
    }
    CHECK(file_formats().size() >= 5);
    for (const auto f : file_formats())
        CHECK(parse_file_format(to_string(f)) == f);
    CHECK_FALSE(parse_file_format("parquet").has_value());
}

TEST_CASE("rows open by name, compressed or not, on disk and on S3") {
    test::temporary_folder here;
    store s;
    const std::string csv = "n,t\n1,a\n2,b\n", tsv = "n\tt\n1\ta\n2\tb\n", jsonl = "{\"n\":1,\"t\":\"a\"}\n{\"n\":2,\"t\":\"b\"}\n",
                      json = "[{\"n\":1,\"t\":\"a\"}, {\"n\":2,\"t\":\"b\"}]";
    const std::pair<std::string, std::string> files[] = {{"x.csv", csv},           {"x.csv.gz", test::gzipped(csv)},
                                                         {"x.tsv", tsv},           {"x.jsonl", jsonl},
                                                         {"x.jsonl.gz", test::gzipped(jsonl)}, {"x.json", json},
                                                         {"y.json", jsonl},        {"x.json.gz", test::gzipped(json)}};
    std::optional<record_batch> first;
    for (const auto& [name, bytes] : files) {
        CAPTURE(name);
        here.write(name, bytes);
        s.server.put("lake", name, bytes);
        for (const auto& url : {here / name, "s3://lake/" + name}) {
            const auto rows = test::run(s.io, open_batches(&s.client, url));
            const auto batch = test::run(s.io, rows->next());
            REQUIRE(batch.has_value());
            if (!first) first = *batch;
            CHECK(*batch == *first);
            CHECK(batch->column<std::int64_t>("n")[1] == 2);
            CHECK_FALSE(test::run(s.io, rows->next()).has_value());
        }
    }
}

TEST_CASE("options reach the reader of the format") {
    std::vector<std::string> columns{"b"};
    for (const auto& [name, text] : {std::pair{"x.csv", "a,b\n1,2\nx,3\n"}, std::pair{"x.jsonl", "{\"a\":1,\"b\":2}\n{\"a\":\"x\",\"b\":3}\n"},
                                     std::pair{"x.json", "[{\"a\":1,\"b\":2},{\"a\":\"x\",\"b\":3}]"}}) {
        CAPTURE(name);
        const auto open = [&](open_options o) {
            return make_batch_reader(std::make_unique<memory_source>(text, 3, name), std::move(o));
        };
        auto some = open(open_options().columns(columns));
        CHECK(test::run(some->schema())->column_list() == "b");
        auto small = open(open_options().batch_rows(1));
        CHECK(test::run(small->next())->num_rows() == 1);
        std::vector<field> fields;
        fields.emplace_back("a", data_type::int64());
        fields.emplace_back("b", data_type::int64());
        auto untyped = open(open_options().infer_types(false));
        for (const auto& f : test::run(untyped->schema())->fields()) CHECK(f.type() == data_type::string());
        auto typed = open(open_options().schema(make_schema(fields)));
        const auto failed = test::run(as_result(count_rows(*typed)));
        REQUIRE(failed.has_error());
        CHECK(failed.error().code() == errc::type_mismatch);
        CHECK(failed.error().detail().object == name);
        CHECK(failed.error().detail().line != 0);
        auto lenient = open(open_options().schema(make_schema(fields)).on_bad_record(bad_records::null_values));
        CHECK(test::run(count_rows(*lenient)) == 2);
    }
    auto headless = make_batch_reader(std::make_unique<memory_source>("1,2\n3,4\n"), open_options().format(file_format::csv).header(false));
    CHECK(test::run(count_rows(*headless)) == 2);
    auto inner = make_batch_reader(std::make_unique<memory_source>("{\"d\":{\"r\":[{\"a\":1},{\"a\":2}]}}", 3, "x.json"),
                                   open_options().rows_at("/d/r"));
    CHECK(test::run(count_rows(*inner)) == 2);
    auto named = make_batch_reader(std::make_unique<memory_source>(test::gzipped("a\n1\n")),
                                   open_options().format(file_format::csv).compression(compression::gzip));
    CHECK(test::run(count_rows(*named)) == 1);
}

TEST_CASE("a name without a format is an error before anything is sent") {
    store s;
    const auto rows = test::run(s.io, as_result(open_batches(&s.client, "s3://lake/data")));
    REQUIRE(rows.has_error());
    CHECK(rows.error().code() == errc::invalid_option);
    CHECK(rows.error().detail().object == "s3://lake/data");
    CHECK_FALSE(rows.error().detail().hint.empty());
    CHECK(s.server.requests().empty());
}

TEST_CASE("what a writer writes, the reader of that format reads") {
    const auto quoted_reading = csv::options().delimiter('\t');
    const auto quoted_writing = csv::write_options().delimiter('\t');
    for (const std::string csv : {"n,t\n1,a b\n2,\"x,\ty\"\n", "n,t\n1,a b\n2,\"x, \"\"y\"\"\"\n"}) {
        auto rows = make_batch_reader(std::make_unique<memory_source>(csv, 1, "x.csv"));
        const auto batch = test::run(rows->next());
        REQUIRE(batch.has_value());
        for (const auto f : {file_format::csv, file_format::tsv, file_format::jsonl, file_format::json, file_format::arrow}) {
            CAPTURE(to_string(f));
            auto reading = open_options().format(f);
            auto writing = create_options().format(f);
            if (csv.find('\t') != csv.npos) { // which plain TSV has no form for
                reading.tsv(quoted_reading);
                writing.tsv(quoted_writing);
            }
            std::string text;
            auto out = make_batch_writer(std::make_unique<memory_sink>(text), batch->shared_schema(), writing);
            test::run(out->write(*batch));
            test::run(out->close());
            auto again = make_batch_reader(std::make_unique<memory_source>(text), reading);
            CHECK(test::run(again->next()) == batch);
        }
    }
}

TEST_CASE("each format's own options reach its reader and its writer") {
    const auto read = [](std::string text, open_options o) {
        auto rows = make_batch_reader(std::make_unique<memory_source>(std::move(text)), std::move(o));
        auto batch = test::run(rows->next());
        REQUIRE(batch.has_value());
        return *batch;
    };
    const auto csv = read("a;b\n1;2\n", open_options().format(file_format::csv).csv(csv::options().delimiter(';')));
    CHECK(csv.column<std::int64_t>("b")[0] == 2);
    const auto tsv = read("a\tb\nx\t-\n", open_options().format(file_format::tsv).tsv(csv::options::tsv().null_texts({"-"})));
    CHECK(tsv[1].is_null(0));
    CHECK(read("\"a\tb\n\"x\t\"y\"\n", open_options().format(file_format::tsv))[1].string_at(0) == "\"y\"");
    CHECK(read("a\n\"x\ty\"\n", open_options().format(file_format::tsv).tsv(csv::options().delimiter('\t')))[0].string_at(0) == "x\ty");
    CHECK(read("1\t2\n", open_options().format(file_format::tsv).header(false)).column<std::int64_t>("f1")[0] == 2);
    const auto lines = read("[1]\n2\n", open_options().format(file_format::jsonl).jsonl(json::lines_options().value_column("v")));
    CHECK(lines[0].string_at(0) == "[1]");
    const auto document = read("{\"d\":[{\"a\":7}]}", open_options().format(file_format::json).json(json::document_options().rows_at("/d")));
    CHECK(document.column<std::int64_t>("a")[0] == 7);
    const auto text = read("x\ny\n", open_options().format(file_format::text).text(text::options().column("line")).row_index("n", 1));
    CHECK(text.schema().column_list() == "n, line");
    CHECK(text.column<std::string_view>("line")[1] == "y");

    const auto written = [](const record_batch& batch, create_options o) {
        std::string out;
        auto rows = make_batch_writer(std::make_unique<memory_sink>(out), batch.shared_schema(), std::move(o));
        test::run(rows->write(batch));
        test::run(rows->close());
        return out;
    };
    CHECK(written(csv, create_options().format(file_format::csv).csv(csv::write_options().delimiter(';').header(false))) == "1;2\n");
    CHECK(written(tsv, create_options().format(file_format::tsv).tsv(csv::write_options::tsv().null_text("-"))) == "a\tb\nx\t-\n");
    CHECK(written(tsv, create_options().format(file_format::tsv).tsv(csv::write_options().delimiter(';'))) == "a;b\nx;\n");
    for (const std::string text : {"\"x\ty\"", "\"x\ny\"", "\"\""}) { // plain TSV has no form for them
        const auto said = thrown_by([&] { written(read("t\n" + text, open_options().format(file_format::csv)), create_options().format(file_format::tsv)); });
        CHECK(said.code() == errc::unsupported);
        CHECK_MESSAGE(said.message().find("column \"t\" in row 1") != std::string::npos, said.message());
        CHECK(said.detail().hint.find("write with quotes") == 0);
    }
    CHECK(written(csv, create_options().format(file_format::json).json_shape(json::write_shape::object)) == "{\"a\":1,\"b\":2}\n");
    const auto one = text.select(std::vector<std::string>{"line"});
    CHECK(written(one, create_options().format(file_format::text).text(text::write_options().crlf(true))) == "x\r\ny\r\n");
    const auto failed = thrown_by([&] { written(csv, create_options().format(file_format::text)); });
    CHECK(failed.code() == errc::invalid_option);
}

TEST_CASE("rows are written by name, compressed or not, on disk and on S3") {
    test::temporary_folder here;
    store s;
    s.server.put("lake", "any", "");
    auto rows = make_batch_reader(std::make_unique<memory_source>("n,t\n1,a\n2,b\n", 3, "x.csv"));
    const auto batch = test::run(rows->next());
    const auto write = [&](const std::string& url, create_options o = create_options()) {
        const auto out = test::run(s.io, create_batches(&s.client, url, batch->shared_schema(), std::move(o)));
        test::run(s.io, out->write(*batch));
        test::run(s.io, out->close());
    };
    for (const std::string name : {"y.csv", "y.csv.gz", "y.tsv", "y.jsonl", "y.jsonl.gz", "y.json", "y.json.gz", "y.arrow"})
        for (const auto& url : {here / name, "s3://lake/" + name}) {
            CAPTURE(url);
            write(url);
            const auto stored = test::run(s.io, text_of(&s.client, url));
            CHECK(stored.starts_with("\x1f\x8b") == name.ends_with(".gz"));
            const auto again = test::run(s.io, open_batches(&s.client, url));
            CHECK(*test::run(s.io, again->next()) == *batch);
        }
    // What is asked for goes before the name.
    write(here / "z.jsonl.gz", create_options().format(file_format::csv).compression(compression::none));
    CHECK(test::run(s.io, text_of(nullptr, here / "z.jsonl.gz")) == "n,t\n1,a\n2,b\n");
    CHECK(thrown_by([&] { write(here / "no_format"); }).code() == errc::invalid_option);
    CHECK_FALSE(std::filesystem::exists(here / "no_format"));
    CHECK(thrown_by([&] { write(here / "y.csv.gz", create_options().compressing(99)); }).code() == errc::invalid_option);
}

TEST_CASE("a few rows of a large object cost one request for its beginning") {
    store s;
    std::string csv = "n,t\n";
    for (int i = 0; i < 200'000; ++i) csv += std::to_string(i) + ",some text\n";
    s.server.put("lake", "x.csv", csv);
    const auto few = test::run(s.io, open_batches(&s.client, "s3://lake/x.csv", open_options().limit(10)));
    CHECK(test::run(s.io, count_rows(*few)) == 10);
    CHECK(s.client.statistics().requests == 1);
    CHECK(s.client.statistics().bytes_received <= 128 << 10);
    // Where the beginning does not hold them all, the rest is asked for.
    const auto wide = test::run(s.io, open_batches(&s.client, "s3://lake/x.csv", open_options().limit(1000)));
    CHECK(test::run(s.io, count_rows(*wide)) == 1000);
    const auto none = test::run(s.io, open_batches(&s.client, "s3://lake/x.csv", open_options().limit(0)));
    CHECK(test::run(s.io, none->schema())->column_list() == "n, t");
    CHECK_FALSE(test::run(s.io, none->next()).has_value());
    CHECK(first_bytes(1000) > 0);
    CHECK(first_bytes(1001) == 0);
    CHECK(first_bytes(std::nullopt) == 0);
}

TEST_CASE("what was stored with Content-Encoding: gzip is given as its bytes, and decoded once") {
    store s;
    s.server.put("lake", "x", "");
    const std::string csv = "n,t\n1,a\n2,b\n", twice = test::gzipped(test::gzipped(csv));
    const auto stored = [&](std::string key, std::string bytes) {
        (void)test::run(s.io, s.client.put("s3://lake/" + key, std::move(bytes), s3::put_object_options().content_encoding("gzip")));
        const auto head = test::run(s.io, s.client.head("s3://lake/" + key));
        CHECK(head.content_encoding == "gzip");
        return "s3://lake/" + key;
    };
    const auto packed = stored("packed.csv", test::gzipped(csv)), named = stored("named.csv.gz", test::gzipped(csv)),
               plain = stored("plain.csv", csv), double_packed = stored("double.csv.gz", twice);
    CHECK((test::run(s.io, text_of(&s.client, packed)) == test::gzipped(csv)));
    CHECK((test::run(s.io, text_of(&s.client, named)) == test::gzipped(csv)));
    CHECK(test::run(s.io, text_of(&s.client, plain)) == csv);
    for (const auto& url : {packed, named, plain}) {
        CAPTURE(url);
        const auto rows = test::run(s.io, open_batches(&s.client, url));
        CHECK(test::run(s.io, count_rows(*rows)) == 2);
    }
    // What comes of one decoding is gzip, and no CSV.
    const auto decoded = test::run(s.io, open_source(&s.client, double_packed));
    auto once = decompress(std::make_unique<memory_source>(test::run(s.io, read_all(*decoded))));
    CHECK((test::run(s.io, read_all(*once)) == test::gzipped(csv)));

    REQUIRE(s.server.requests().size() >= 4 + 4 + 3 + 3 + 1);
    for (const auto& r : s.server.requests()) CHECK_FALSE(r.headers.contains("accept-encoding"));
}

/// Counts what is taken of a text, 1,000 bytes at a time.
class counted_source final : public byte_source {
  public:
    counted_source(std::string text, std::string name, std::size_t& taken) : from_{std::move(text), 1000, std::move(name)}, taken_{&taken} {}
    io_result try_read_some(std::span<std::byte> into) override {
        auto r = from_.try_read_some(into);
        if (r.status == io_status::bytes) *taken_ += r.size;
        return r;
    }
    awaitable<void> ready() override { return from_.ready(); }
    std::string name() const override { return from_.name(); }

  private:
    memory_source from_;
    std::size_t* taken_;
};

TEST_CASE("with a given schema nothing is read to find types") {
    const auto given = make_schema({field{"n", data_type::int64()}, field{"t", data_type::string()}});
    std::string csv = "n,t\n", jsonl, json = "[";
    for (int i = 0; i < 50'000; ++i) {
        const auto n = std::to_string(i);
        csv += n + ",some text\n";
        jsonl += "{\"n\":" + n + ",\"t\":\"some text\"}\n";
        json += (i ? ",{\"n\":" : "{\"n\":") + n + ",\"t\":\"some text\"}";
    }
    json += "]";
    for (const auto& [name, text] : {std::pair<std::string, std::string>{"x.csv", csv}, {"x.jsonl", jsonl}, {"x.json", json}}) {
        CAPTURE(name);
        std::size_t sampled = 0, taken = 0;
        const auto found = make_batch_reader(std::make_unique<counted_source>(text, name, sampled), open_options().batch_rows(10));
        test::run(found->schema());
        const auto rows =
            make_batch_reader(std::make_unique<counted_source>(text, name, taken), open_options().schema(given).batch_rows(10));
        CHECK(*test::run(rows->schema()) == *given);
        CHECK(taken <= 1000); // CSV's header
        const auto batch = test::run(rows->next());
        REQUIRE(batch.has_value());
        CHECK(batch->num_rows() == 10);
        CHECK(sampled > 10'000);
        CHECK(taken <= 2000);
    }

    store s;
    s.server.put("lake", "x.jsonl", jsonl);
    const auto rows = test::run(s.io, open_batches(&s.client, "s3://lake/x.jsonl", open_options().schema(given).limit(5)));
    CHECK(*test::run(s.io, rows->schema()) == *given);
    CHECK(test::run(s.io, count_rows(*rows)) == 5);
    CHECK(s.client.statistics().requests == 1);
}

TEST_CASE("rows are decompressed by the options, and in the client's budget") {
    const std::string csv = "a,b\n1,2\n3,4\n";
    const auto limited = open_options().format(file_format::csv).decompression(decompress_options().max_output(5));
    auto rows = make_batch_reader(std::make_unique<memory_source>(test::gzipped(csv)), limited);
    const auto f = test::run([](batch_reader& r) -> awaitable<failure> {
        const auto n = co_await as_result(count_rows(r));
        co_return n ? failure{} : n.error();
    }(*rows));
    CHECK(f.code() == errc::limit_exceeded);

    store s;
    const auto read = [](store& at, std::string bytes) -> awaitable<std::size_t> {
        co_await at.client.create_bucket("lake");
        co_await put(&at.client, "s3://lake/t.csv.gz", std::move(bytes));
        auto opened = co_await open_batches(&at.client, "s3://lake/t.csv.gz");
        const auto n = co_await count_rows(*opened);
        constexpr std::uint64_t decoder = 320 * 1024, rows = 768 * 1024; // gzip's own and its input; text and a small batch
        CHECK(at.client.budget()->peak() >= decoder + rows);
        CHECK(at.client.budget()->used() < decoder + rows);
        at.server.stop();
        co_return n;
    };
    CHECK(test::run(s.io, read(s, test::gzipped(csv))) == 2);
}

} // namespace open_test
