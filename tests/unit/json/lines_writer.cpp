// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/json/lines_writer.hpp>

#include <penstock/columnar/array_builder.hpp>

#include "json_support.hpp"

#include <doctest/doctest.h>

#include <limits>

namespace json_lines_writer_test {

using namespace json_test;
using namespace penstock;

/// id, fare, paid, note: row i of `rows`, every third value a null.
inline record_batch sample(std::size_t rows) {
    auto pool = buffer_pool::create();
    int64_builder id{pool};
    float64_builder fare{pool};
    boolean_builder paid{pool};
    string_builder note{pool};
    for (std::size_t i = 0; i < rows; ++i) {
        id.append(static_cast<std::int64_t>(i) - 1);
        if (i % 3 == 1)
            fare.append_null();
        else
            fare.append(static_cast<double>(i) / 4);
        if (i % 3 == 2)
            paid.append_null();
        else
            paid.append(i % 2 == 0);
        if (i % 3 == 0)
            note.append_null();
        else
            note.append("say \"" + std::to_string(i) + "\"\n");
    }
    std::vector<field> fields;
    fields.emplace_back("id", data_type::int64());
    fields.emplace_back("fare", data_type::float64());
    fields.emplace_back("paid", data_type::boolean());
    fields.emplace_back("no\"te", data_type::string());
    std::vector<array> columns;
    columns.push_back(id.finish());
    columns.push_back(fare.finish());
    columns.push_back(paid.finish());
    columns.push_back(note.finish());
    return record_batch{make_schema(std::move(fields)), std::move(columns), rows};
}

inline record_batch strings(std::vector<std::string> names, std::vector<std::string> values) {
    std::vector<field> fields;
    std::vector<array> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        string_builder b{buffer_pool::create()};
        b.append(values[i]);
        fields.emplace_back(names[i], data_type::string());
        columns.push_back(b.finish());
    }
    return record_batch{make_schema(std::move(fields)), std::move(columns), 1};
}

inline awaitable<void> write_all(std::unique_ptr<byte_sink> sink, std::vector<record_batch> batches,
                                 bool close, json::write_options options = json::write_options()) {
    json::lines_writer writer{std::move(sink), std::move(options)};
    for (auto& b : batches) co_await writer.write(b);
    if (close) co_await writer.close();
}

inline std::string written(std::vector<record_batch> batches, json::write_options options = json::write_options()) {
    std::string out = "before";
    test::run(write_all(std::make_unique<memory_sink>(out), std::move(batches), true, std::move(options)));
    return out;
}
inline failure refused(std::vector<record_batch> batches) {
    std::string out = "before";
    try {
        test::run(write_all(std::make_unique<memory_sink>(out, "out.jsonl"), std::move(batches), true));
    } catch (const error& e) {
        CHECK(out == "before");
        return e.as_failure();
    }
    FAIL_CHECK("nothing was refused");
    return {};
}

TEST_CASE("lines_writer: one object a row") {
    CHECK(written({sample(4)}) ==
          "{\"id\":-1,\"fare\":0.0,\"paid\":true,\"no\\\"te\":null}\n"
          "{\"id\":0,\"fare\":null,\"paid\":false,\"no\\\"te\":\"say \\\"1\\\"\\n\"}\n"
          "{\"id\":1,\"fare\":0.5,\"paid\":null,\"no\\\"te\":\"say \\\"2\\\"\\n\"}\n"
          "{\"id\":2,\"fare\":0.75,\"paid\":false,\"no\\\"te\":null}\n");
    const auto twice = written({sample(4), sample(4).slice(2, 2)});
    CHECK(twice.ends_with("\"no\\\"te\":null}\n"));
    CHECK(std::count(twice.begin(), twice.end(), '\n') == 6);
    CHECK(written({}) == "");
    CHECK(written({sample(0)}) == "");
    CHECK(written({record_batch{make_schema({}), {}, 2}}) == "{}\n{}\n");
}

TEST_CASE("lines_writer: what JSON has no number for is an error, or null, or a text that reads back") {
    float64_builder b{buffer_pool::create()};
    b.append(1e300);
    b.append(std::numeric_limits<double>::quiet_NaN());
    b.append(-std::numeric_limits<double>::infinity());
    std::vector<field> fields;
    fields.emplace_back("x", data_type::float64());
    std::vector<array> columns;
    columns.push_back(b.finish());
    const record_batch batch{make_schema(std::move(fields)), std::move(columns), 3};
    const auto f = refused({batch.slice(0, 1), batch.slice(1, 2)});
    CHECK(f.code() == errc::unsupported);
    CHECK(f.detail().object == "out.jsonl");
    CHECK(f.detail().message == "column x in row 2: JSON has neither NaN nor infinities");
    CHECK(written({batch}, json::write_options().not_finite(json::not_finite::null)) == "{\"x\":1e+300}\n{\"x\":null}\n{\"x\":null}\n");
    const auto texts = written({batch}, json::write_options().not_finite(json::not_finite::text));
    CHECK(texts == "{\"x\":1e+300}\n{\"x\":\"NaN\"}\n{\"x\":\"-Infinity\"}\n");
    outcome expected;
    add(expected, batch);
    CHECK(read_lines(texts, lines_options{}.schema(batch.shared_schema())).rows == expected.rows);
}

TEST_CASE("lines_writer: what is written reads back the same, large and in slices") {
    const auto batch = sample(20000);
    const auto text = written({batch.slice(0, 7), batch.slice(7, 19993)});
    CHECK(text.size() > 1000000);
    const auto back = read_lines(text, lines_options{}.schema(batch.shared_schema()));
    CHECK_FALSE(back.error);
    outcome expected;
    add(expected, batch);
    CHECK((back.rows == expected.rows));
}

TEST_CASE("lines_writer: nothing is visible without close") {
    std::string out = "before";
    std::vector<record_batch> batches;
    batches.push_back(sample(20000));
    test::run(write_all(std::make_unique<memory_sink>(out), std::move(batches), false));
    CHECK(out == "before");
}

TEST_CASE("lines_writer: text that is not UTF-8 names column and row") {
    const auto f = refused({strings({"a", "b"}, {"fine", "ok"}), strings({"a", "b"}, {"fine", "caf\xe9"})});
    CHECK(f.code() == errc::invalid_utf8);
    CHECK(f.message().find("column b in row 2") != std::string::npos);
    CHECK(f.detail().object == "out.jsonl");
    CHECK_FALSE(f.detail().hint.empty());
    const auto name = refused({strings({"\xff"}, {"x"})});
    CHECK(name.code() == errc::invalid_utf8);
    CHECK(name.message().find("name of column") != std::string::npos);
}

TEST_CASE("lines_writer: batches that do not fit") {
    const auto other = refused({strings({"a"}, {"1"}), strings({"b"}, {"1"})});
    CHECK(other.code() == errc::invalid_option);
    CHECK(refused({strings({"a", "a"}, {"1", "2"})}).code() == errc::invalid_option);
    CHECK(written({strings({"a"}, {"1"}), strings({"a"}, {"2"})}) ==
          "{\"a\":\"1\"}\n{\"a\":\"2\"}\n"); // equal
}

class failing_sink final : public byte_sink {
  public:
    awaitable<void> write(std::span<const std::byte>) override {
        throw_failure({errc::connection_closed, "gone"});
        co_return;
    }
    awaitable<void> commit() override {
        FAIL_CHECK("committed");
        co_return;
    }
};

TEST_CASE("lines_writer: after a failed write nothing can be closed") {
    std::string out = "before";
    const auto fine = strings({"a"}, {"fine"});
    const auto bad = strings({"a"}, {"\xff"});
    auto go = [](std::string& to, record_batch first, record_batch second) -> awaitable<void> {
        json::lines_writer writer{std::make_unique<memory_sink>(to)};
        co_await writer.write(first);
        bool failed = false;
        try {
            co_await writer.write(second);
        } catch (const error&) {
            failed = true;
        }
        CHECK(failed);
        co_await writer.close();
    };
    try {
        test::run(go(out, fine, bad));
        FAIL_CHECK("closed");
    } catch (const error& e) {
        CHECK(e.code() == errc::closed);
    }
    CHECK(out == "before");
}

/// Takes what it gets into a text; the first write fails after that.
class doubtful_sink final : public byte_sink {
  public:
    doubtful_sink(std::string& out, bool& committed) : out_{&out}, committed_{&committed} {}
    awaitable<void> write(std::span<const std::byte> bytes) override {
        *out_ += as_text(bytes);
        if (std::exchange(failed_, true)) co_return;
        throw_failure({errc::connection_closed, "gone"});
    }
    awaitable<void> commit() override {
        *committed_ = true;
        co_return;
    }
    std::string name() const override { return "out.jsonl"; }

  private:
    std::string* out_;
    bool* committed_;
    bool failed_ = false;
};

inline failure thrown_by(awaitable<void> op) {
    try {
        test::run(std::move(op));
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

TEST_CASE("lines_writer: close is tried once, and the last") {
    std::string out;
    bool committed = false;
    json::lines_writer doubtful{doubtful_sink{out, committed}};
    test::run(doubtful.write(strings({"a"}, {"1"})));
    CHECK(thrown_by(doubtful.close()).code() == errc::connection_closed);
    CHECK(thrown_by(doubtful.close()).code() == errc::closed);
    CHECK(out == "{\"a\":\"1\"}\n"); // not twice
    CHECK_FALSE(committed);

    std::string stored;
    json::lines_writer writer{memory_sink{stored, "out.jsonl"}};
    test::run(writer.write(strings({"a"}, {"1"})));
    test::run(writer.close());
    const auto late = thrown_by(writer.write(strings({"a"}, {"2"})));
    CHECK(late.code() == errc::closed);
    CHECK(late.detail().object == "out.jsonl");
    CHECK(thrown_by(writer.close()).code() == errc::closed);
    CHECK(stored == "{\"a\":\"1\"}\n");
}

TEST_CASE("lines_writer: errors of the sink pass, in the middle and at the end") {
    for (std::size_t rows : {1ul, 20000ul}) {
        std::vector<record_batch> batches;
        batches.push_back(sample(rows));
        try {
            test::run(write_all(std::make_unique<failing_sink>(), std::move(batches), true));
            FAIL_CHECK("no error");
        } catch (const error& e) {
            CHECK(e.code() == errc::connection_closed);
        }
    }
}

} // namespace json_lines_writer_test
