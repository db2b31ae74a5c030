// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include <penstock/format/typed_rows.hpp>

#include <support/run.hpp>

#include <doctest/doctest.h>

#include <deque>

namespace typed_rows_test {

using namespace penstock;
using namespace std::chrono;

enum class color { red, green };
BOOST_DESCRIBE_ENUM(color, red, green)

struct stop {
    std::string place;
    std::optional<int> minutes;
    friend bool operator==(const stop&, const stop&) = default;
};
BOOST_DESCRIBE_STRUCT(stop, (), (place, minutes))

struct trip {
    std::int64_t id = 0;
    std::string city;
    std::optional<double> fare;
    color paint = color::red;
    bool paid = false;
    sys_days day;
    sys_time<milliseconds> begin;
    seconds length{};
    std::vector<stop> stops;
    stop last;
    std::uint8_t small = 0;
    friend bool operator==(const trip&, const trip&) = default;
};
BOOST_DESCRIBE_STRUCT(trip, (), (id, city, fare, paint, paid, day, begin, length, stops, last, small))

static_assert(row_columns<stop>.size() == 2 && row_columns<stop>[1] == "minutes");

std::vector<trip> trips(std::size_t n) {
    std::vector<trip> out(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto& t = out[i];
        t.id = static_cast<std::int64_t>(i);
        t.city = "city " + std::to_string(i);
        if (i % 2) t.fare = static_cast<double>(i) / 2;
        t.paint = i % 3 ? color::green : color::red;
        t.paid = i % 5 == 0;
        t.day = sys_days{days{static_cast<int>(i)}};
        t.begin = sys_time<milliseconds>{milliseconds{static_cast<std::int64_t>(i) * 1001}};
        t.length = seconds{i};
        for (std::size_t k = 0; k < i % 4; ++k) t.stops.push_back({"s" + std::to_string(k), std::nullopt});
        t.last = {"end", static_cast<int>(i)};
        t.small = static_cast<std::uint8_t>(i);
    }
    return out;
}

class batches final : public batch_reader {
  public:
    explicit batches(std::deque<record_batch> b) : batches_{std::move(b)} {}
    awaitable<std::shared_ptr<const penstock::schema>> schema() override { co_return nullptr; }
    awaitable<std::optional<record_batch>> next() override {
        if (batches_.empty()) co_return std::nullopt;
        auto b = std::move(batches_.front());
        batches_.pop_front();
        co_return b;
    }

  private:
    std::deque<record_batch> batches_;
};

class kept final : public batch_writer {
  public:
    kept(std::deque<record_batch>& to, bool& closed) : to_{&to}, closed_{&closed} {}
    awaitable<void> write(record_batch b) override {
        to_->push_back(std::move(b));
        co_return;
    }
    awaitable<void> close() override {
        *closed_ = true;
        co_return;
    }

  private:
    std::deque<record_batch>* to_;
    bool* closed_;
};

awaitable<void> write_all(typed_writer<trip>& out, const std::vector<trip>& rows) {
    co_await out.write(rows);
    co_await out.close();
}
template <class Row>
awaitable<std::vector<Row>> read_all(typed_reader<Row>& in) {
    std::vector<Row> rows;
    while (auto row = co_await in.next()) rows.push_back(std::move(*row));
    co_return rows;
}

TEST_CASE("typed_rows: structs are written and read back, of every kind of member") {
    const auto rows = trips(20000);
    std::deque<record_batch> written;
    bool closed = false;
    typed_writer<trip> out{kept{written, closed}};
    test::run(write_all(out, rows));
    CHECK(closed);
    CHECK(written.size() == 3);
    CHECK(written[0].schema() == *row_schema<trip>());
    CHECK(written[0].schema()[2].nullable());
    CHECK_FALSE(written[0].schema()[0].nullable());
    // slices read as well: offsets of lists and structs
    std::deque<record_batch> cut;
    for (const auto& b : written) {
        cut.push_back(b.slice(0, 7));
        cut.push_back(b.slice(7, b.num_rows() - 7));
    }
    typed_reader<trip> in{batches{cut}};
    CHECK(test::run(read_all(in)) == rows);
}

template <class Row>
std::string refused(data_type type, const std::function<void(array_builder&)>& fill, std::string column = "v") {
    array_builder b{type, buffer_pool::create()};
    fill(b);
    std::vector<array> columns;
    columns.push_back(b.finish());
    const auto n = columns[0].size();
    try {
        typed_batch<Row> rows{record_batch{make_schema({field{std::move(column), type}}), std::move(columns), n}};
        for (std::size_t i = 0; i < rows.size(); ++i) (void)rows[i];
    } catch (const error& e) {
        return e.as_failure().message();
    }
    return "fine";
}

struct small_row {
    std::int8_t v = 0;
};
BOOST_DESCRIBE_STRUCT(small_row, (), (v))
struct real_row {
    double v = 0;
};
BOOST_DESCRIBE_STRUCT(real_row, (), (v))
struct time_row {
    seconds v{};
};
BOOST_DESCRIBE_STRUCT(time_row, (), (v))
struct color_row {
    std::optional<color> v;
};
BOOST_DESCRIBE_STRUCT(color_row, (), (v))

TEST_CASE("typed_rows: errors name member and column") {
    const auto ints = [](std::int64_t v) { return [v](array_builder& b) { b.as<int64_builder>().append(v); }; };
    const auto texts = [](const char* v) { return [v](array_builder& b) { b.as<string_builder>().append(v); }; };
    const auto nothing = [](array_builder& b) { b.append_null(); };
    CHECK(refused<small_row>(type_id::int64, ints(-128)) == "fine");
    CHECK(refused<small_row>(type_id::int64, ints(128)).find("member v of column \"v\", row 0 of the batch: 128 does not fit") !=
          std::string::npos);
    CHECK(refused<small_row>(type_id::int64, ints(-129)).find("-129 does not fit") != std::string::npos);
    CHECK(refused<small_row>(type_id::int64, nothing).find("null; hint: make the member a std::optional") != std::string::npos);
    CHECK(refused<small_row>(type_id::string, texts("1")).find("member v of column \"v\": it cannot hold values of type string") !=
          std::string::npos);
    CHECK(refused<small_row>(type_id::int64, ints(1), "w").find("member v of column \"v\": it is missing") != std::string::npos);
    CHECK(refused<real_row>(type_id::int64, ints(std::int64_t{1} << 53)) == "fine");
    CHECK(refused<real_row>(type_id::int64, ints((std::int64_t{1} << 53) + 1)).find("more digits") != std::string::npos);
    CHECK(refused<time_row>(data_type::duration(time_unit::millisecond), ints(5000)) == "fine");
    CHECK(refused<time_row>(data_type::duration(time_unit::millisecond), ints(5001)).find("unit") != std::string::npos);
    CHECK(refused<color_row>(type_id::string, texts("green")) == "fine");
    CHECK(refused<color_row>(type_id::string, texts("blue")).find("\"blue\" is no enumerator") != std::string::npos);
    CHECK(refused<color_row>(type_id::string, nothing) == "fine");
    CHECK(refused<color_row>(type_id::string, texts("x"), "w") == "fine"); // missing
}

/// Indices 0, 1, 0, 1 into "green" and a null, as Arrow's producers may send it.
array with_null_entry() {
    const auto pool = buffer_pool::create();
    string_builder values{pool};
    values.append("green");
    values.append_null();
    number_builder<std::int32_t> indices{pool};
    for (std::int32_t i = 0; i < 4; ++i) indices.append(i % 2);
    const auto flat = indices.finish();
    return array{data_type::dictionary(type_id::int32, type_id::string), 4, 0, {}, flat.values(), {}, {values.finish()}};
}

template <class Row>
std::vector<Row> rows_of_dictionary() {
    const auto column = with_null_entry();
    const typed_batch<Row> rows{record_batch{make_schema({field{"v", column.type()}}), {column}, 4}};
    std::vector<Row> out;
    for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(rows[i]);
    return out;
}

struct text_row {
    std::string v;
};
BOOST_DESCRIBE_STRUCT(text_row, (), (v))
struct maybe_text_row {
    std::optional<std::string> v;
};
BOOST_DESCRIBE_STRUCT(maybe_text_row, (), (v))

TEST_CASE("typed_rows: a null within a dictionary is null") {
    const auto texts = rows_of_dictionary<maybe_text_row>();
    CHECK(texts[0].v == "green");
    CHECK_FALSE(texts[1].v);
    CHECK(texts[2].v == "green");
    CHECK_FALSE(texts[3].v);
    const auto colors = rows_of_dictionary<color_row>();
    CHECK(colors[2].v == color::green);
    CHECK_FALSE(colors[3].v);
    try {
        (void)rows_of_dictionary<text_row>();
        FAIL_CHECK("a null was a text");
    } catch (const error& e) {
        CHECK(e.code() == errc::type_mismatch);
        CHECK(e.as_failure().message().find("member v of column \"v\", row 1 of the batch: null") != std::string::npos);
    }
}

struct stroke {
    std::vector<std::optional<color>> paints;
};
BOOST_DESCRIBE_STRUCT(stroke, (), (paints))
struct drawing {
    int id = 0;
    stroke line;
};
BOOST_DESCRIBE_STRUCT(drawing, (), (id, line))

TEST_CASE("typed_rows: what cannot be written names member, column and row") {
    std::vector<drawing> rows(10'000);
    rows[9'000].line.paints = {color::red, std::nullopt, static_cast<color>(7)};
    std::deque<record_batch> written;
    bool closed = false;
    typed_writer<drawing> out{kept{written, closed}};
    try {
        test::run(out.write(rows));
        FAIL_CHECK("written");
    } catch (const error& e) {
        CHECK(e.code() == errc::type_mismatch);
        CHECK(e.detail().message ==
              "member line.paints[] of column \"line\", row 9000: a value of the enum that is none of its enumerators");
    }
    CHECK(written.size() == 1); // what came before
}

struct options_probe {
    std::vector<std::string> names;
    options_probe& columns(std::vector<std::string> n) {
        names = std::move(n);
        return *this;
    }
};

TEST_CASE("typed_rows: the projection goes into the reader's options") {
    CHECK(select_members<stop>(options_probe{}).names == std::vector<std::string>{"place", "minutes"});
}

} // namespace typed_rows_test
