// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

#include "csv_support.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>

#include <support/run.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

namespace csv_batch_reader_test {

using namespace penstock;

inline std::string trips(std::size_t rows) {
    std::string text = "id,fare,note\n";
    for (std::size_t i = 0; i < rows; ++i)
        text +=
            std::to_string(i) + "," + std::to_string(i % 100) + ".5,\"note, " + std::to_string(i) + "\"\n";
    return text;
}

awaitable<double> sum_of(csv::batch_reader reader, std::size_t& rows) {
    double sum = 0;
    for (;;) {
        auto batch = co_await reader.next();
        if (!batch) break;
        rows += batch->num_rows();
        for (double fare : batch->column<double>("fare")) sum += fare;
    }
    auto again = co_await reader.next();
    CHECK_FALSE(again.has_value()); // the end stays
    co_return sum;
}

TEST_CASE("csv batch_reader: a source by value or by pointer, read in any chunks") {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{100}, std::size_t{1} << 30}) {
        std::size_t rows = 0;
        csv::batch_reader reader{memory_source{trips(3000), chunk}, csv::options().header(true)};
        CHECK(test::run(sum_of(std::move(reader), rows)) == 3000 / 100 * (99 * 50 + 50));
        CHECK(rows == 3000);
    }
    std::size_t rows = 0;
    std::unique_ptr<byte_source> source = std::make_unique<memory_source>(trips(10));
    CHECK(test::run(sum_of(csv::batch_reader{std::move(source)}, rows)) == 50);
}

awaitable<void> schema_first(csv::batch_reader& reader) {
    auto s = co_await reader.schema();
    CHECK(s->column_list() == "id, fare, note");
    auto again = co_await reader.schema();
    CHECK(again == s);
    std::size_t rows = 0;
    for (;;) {
        auto batch = co_await reader.next();
        if (!batch) break;
        CHECK(batch->shared_schema() == s);
        rows += batch->num_rows();
    }
    CHECK(rows == 20000); // none was lost
}

TEST_CASE("csv batch_reader: the schema before the rows") {
    csv::batch_reader reader{memory_source{trips(20000), 1000}};
    test::run(schema_first(reader));
    csv::batch_reader empty{memory_source{""}};
    CHECK(test::run(empty.schema())->size() == 0);
}

/// Bytes, then an error; every other read would block first.
class failing_source final : public byte_source {
  public:
    failing_source(std::string bytes, failure f) : bytes_{std::move(bytes)}, failure_{std::move(f)} {}
    io_result try_read_some(std::span<std::byte> into) override {
        blocked_ = !blocked_;
        if (blocked_) return io_result::would_block();
        if (at_ == bytes_.size()) return io_result::failed(failure_);
        const auto n = std::min<std::size_t>({into.size(), 100, bytes_.size() - at_});
        std::copy_n(as_bytes(bytes_).data() + at_, n, into.data());
        at_ += n;
        return io_result::bytes(n);
    }
    awaitable<void> ready() override {
        ++waits;
        co_return;
    }
    std::string name() const override { return "s3://lake/a.csv"; }
    int waits = 0;

  private:
    std::string bytes_;
    failure failure_;
    std::size_t at_ = 0;
    bool blocked_ = false;
};

TEST_CASE("csv batch_reader: the source's errors come through, and stay") {
    csv::batch_reader reader{failing_source{"id,fare", failure{errc::body_too_short, "cut"}}};
    for (int i = 0; i < 2; ++i) {
        try {
            test::run(reader.next());
            FAIL("no error");
        } catch (const error& e) {
            CHECK(e.code() == errc::body_too_short);
        }
    }
}

TEST_CASE("csv batch_reader: an error of the source comes after the whole rows before it") {
    const failure cut{errc::connection_closed, "cut"};
    csv::batch_reader reader{failing_source{"a,b\n1,2\n3,4\n5", cut}};
    CHECK(test::run(reader.schema())->column_list() == "a, b");
    const auto batch = test::run(reader.next());
    REQUIRE(batch.has_value());
    CHECK(batch->num_rows() == 2);
    CHECK(batch->column<std::int64_t>("b")[1] == 4);
    for (int i = 0; i < 2; ++i)
        CHECK(test::run(as_result(reader.next())).error().code() == errc::connection_closed);
    CHECK(test::run(reader.schema())->column_list() == "a, b");

    csv::batch_reader many{failing_source{trips(20000), cut}, csv::options().batch_rows(9000)};
    for (const std::size_t rows : {9000u, 9000u, 2000u}) CHECK(test::run(many.next())->num_rows() == rows);
    CHECK(test::run(as_result(many.next())).error().code() == errc::connection_closed);

    csv::batch_reader none{failing_source{"a,b\n5,", cut}};
    CHECK(test::run(as_result(none.schema())).error().code() == errc::connection_closed);
}

TEST_CASE("csv batch_reader: errors of the text name the source, after the rows before them") {
    csv::batch_reader reader{memory_source{"a,b\n1,2\n3\n", 3, "s3://lake/a.csv"}};
    auto first = test::run(reader.next());
    REQUIRE(first.has_value());
    CHECK(first->num_rows() == 1);
    for (int i = 0; i < 2; ++i) {
        try {
            test::run(reader.next());
            FAIL("no error");
        } catch (const error& e) {
            CHECK(e.code() == errc::ragged_row);
            CHECK(e.detail().object == "s3://lake/a.csv");
            CHECK(e.detail().line == 3);
            CHECK(e.detail().byte_offset == 9);
            CHECK(e.detail().operation == "read csv");
        }
    }
}

awaitable<void> count_turns(bool& stop, std::size_t& turns) {
    const auto executor = co_await asio::this_coro::executor;
    while (!stop) {
        ++turns;
        co_await asio::post(executor, asio::use_awaitable);
    }
}

awaitable<void> read_beside_others(std::string text, std::size_t chunk, std::size_t& turns) {
    const auto executor = co_await asio::this_coro::executor;
    bool stop = false;
    asio::co_spawn(executor, count_turns(stop, turns), [](std::exception_ptr) {});
    std::size_t rows = 0;
    co_await sum_of(
        csv::batch_reader{memory_source{std::move(text), chunk}, csv::options().batch_rows(1 << 20)}, rows);
    stop = true;
    co_await asio::post(executor, asio::use_awaitable);
    co_await asio::post(executor, asio::use_awaitable);
}

TEST_CASE("csv batch_reader: others run after every 256 KiB of text") {
    auto text = trips(130000); // some 3.2 MB, all of it in one batch
    REQUIRE(text.size() > (3u << 20));
    for (const std::size_t chunk : {std::size_t{16} << 10, std::size_t{1} << 30}) {
        std::size_t turns = 0;
        test::run(read_beside_others(text, chunk, turns));
        CHECK(turns >= text.size() / (300 << 10));
        CHECK(turns <= text.size() / (100 << 10));
    }
}

/// Never has anything until `feed`; waiting can be cancelled.
class idle_source final : public byte_source {
  public:
    explicit idle_source(asio::any_io_executor e) : timer_{std::make_unique<asio::steady_timer>(e)} {}
    io_result try_read_some(std::span<std::byte> into) override {
        if (next.empty()) return done ? io_result::end() : io_result::would_block();
        const auto n = std::min(into.size(), next.size());
        std::copy_n(as_bytes(next).data(), n, into.data());
        next.erase(0, n);
        return io_result::bytes(n);
    }
    awaitable<void> ready() override {
        timer_->expires_at(asio::steady_timer::time_point::max());
        co_await timer_->async_wait(asio::use_awaitable);
    }
    std::string next;
    bool done = false;

  private:
    std::unique_ptr<asio::steady_timer> timer_;
};

TEST_CASE("csv batch_reader: a cancelled read loses no row") {
    asio::io_context io{1};
    auto source = std::make_unique<idle_source>(io.get_executor());
    auto& control = *source;
    control.next = "a,b\n1,2\n3,";
    csv::batch_reader reader{std::move(source)};
    asio::cancellation_signal cancel;
    error_code code;
    asio::co_spawn(io, reader.next(),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e, auto) {
                       if (e) code = to_failure(e).code();
                   }));
    io.poll();
    CHECK_FALSE(code.failed());
    cancel.emit(asio::cancellation_type::terminal);
    io.restart();
    io.poll();
    CHECK(code == condition::cancelled);

    control.next = "4\n";
    control.done = true;
    auto batch = test::run(io, reader.next());
    REQUIRE(batch.has_value());
    CHECK(batch->num_rows() == 2);
    CHECK(batch->column<std::int64_t>("b")[1] == 4);
}

TEST_CASE("csv batch_reader: batches outlive the reader, and their blocks go back to the pool") {
    auto pool = buffer_pool::create();
    std::optional<record_batch> batch;
    {
        csv::batch_reader reader{memory_source{trips(1000)}, csv::options().pool(pool)};
        batch = test::run(reader.next());
    }
    const auto before = pool->idle();
    CHECK(batch->column<std::string_view>("note")[999] == "note, 999");
    batch.reset();
    CHECK(pool->idle() > before);
}

TEST_CASE("csv batch_reader: blocks are reused from batch to batch") {
    auto pool = buffer_pool::create();
    csv::batch_reader reader{memory_source{trips(50000)}, csv::options().pool(pool).batch_rows(1000)};
    std::size_t most = 0;
    for (int i = 0; i < 50; ++i) {
        auto batch = test::run(reader.next());
        REQUIRE(batch.has_value());
        batch.reset();
        if (i == 20) most = pool->idle();
        if (i > 20) CHECK(pool->idle() <= most);
    }
}

TEST_CASE("csv: the schema comes before the fault of a row, however the text is cut") {
    const auto given = make_schema({field{"a", data_type::int64(), false}});
    for (const std::size_t chunk : {1, 3, 7, 100}) {
        CAPTURE(chunk);
        csv::batch_reader reader{std::make_unique<memory_source>("a,b\nx,1\n", chunk), csv::options().schema(given)};
        for (int i = 0; i < 2; ++i) {
            CHECK(*test::run(reader.schema()) == *given);
            const auto rows = test::run(as_result(reader.next()));
            REQUIRE(rows.has_error());
            CHECK(rows.error().code() == errc::type_mismatch);
        }
    }
}

} // namespace csv_batch_reader_test
