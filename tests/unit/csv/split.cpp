// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// One text parsed in several parts at a time, against the same text parsed in one.

#include "csv_support.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/csv/batch_reader.hpp>

#include <support/rounds.hpp>
#include <support/run.hpp>
#include <support/short_of_memory.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <numeric>
#include <random>

namespace csv_split_test {

using namespace csv_test;

/// Text in reads of `chunk` bytes, every other of which would block first; then its end, or `broken`.
class slow_source final : public byte_source {
  public:
    slow_source(std::string text, std::size_t chunk, failure broken)
        : text_{std::move(text)}, chunk_{chunk}, broken_{std::move(broken)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        blocked_ = !blocked_;
        if (blocked_) return io_result::would_block();
        const auto n = std::min({into.size(), chunk_, text_.size() - at_});
        std::memcpy(into.data(), text_.data() + at_, n);
        at_ += n;
        if (n) return io_result::bytes(n);
        return broken_ ? io_result::failed(broken_) : io_result::end();
    }
    awaitable<void> ready() override {
        const auto ex = co_await asio::this_coro::executor;
        co_await asio::post(ex, asio::use_awaitable);
    }
    std::string name() const override { return "t.csv"; }

  private:
    std::string text_;
    std::size_t chunk_;
    failure broken_;
    std::size_t at_ = 0;
    bool blocked_ = false;
};

/// Batches put together again: how rows are shared out between them is not compared.
struct rows_read {
    std::string rows, types, counts, error;
    std::uint64_t ragged = 0;
    error_code code;
    friend bool operator==(const rows_read&, const rows_read&) = default;
};
std::ostream& operator<<(std::ostream& out, const rows_read& r) {
    return out << r.types << " " << r.rows << " " << r.counts << " " << r.error;
}

awaitable<void> read_all_of(csv::batch_reader& reader, outcome& out, std::size_t most_rows) {
    for (;;) {
        auto batch = co_await as_result(reader.next());
        if (batch.has_error()) {
            out.failed = batch.error();
            auto again = co_await as_result(reader.next()); // it stays
            CHECK(again.has_error());
            break;
        }
        if (!*batch) break;
        CHECK((*batch)->num_rows() > 0);
        CHECK((*batch)->num_rows() <= most_rows);
        if (!out.batches.empty()) CHECK((*batch)->shared_schema() == out.batches.front().shared_schema());
        out.batches.push_back(std::move(**batch));
    }
    auto s = co_await as_result(reader.schema());
    if (s.has_value()) out.columns = *s;
    out.statistics = reader.statistics();
}

rows_read summary(const outcome& o) {
    return {o.text(), o.types(), o.counts(), o.error(), o.statistics.ragged_rows, o.failed ? o.failed->code() : error_code{}};
}

rows_read split(const std::string& text, csv::options o, std::size_t tasks, std::size_t bytes, std::size_t chunk = 1 << 20,
                const failure& broken = {}) {
    asio::io_context io{1};
    const auto most = o.common().batch_rows;
    o.compute_executor(io.get_executor()).tasks(tasks).task_bytes(bytes);
    csv::batch_reader reader{slow_source{text, chunk, broken}, std::move(o)};
    outcome out;
    test::run(io, read_all_of(reader, out, most));
    CHECK((out.failed || out.statistics.bytes <= text.size()));
    return summary(out);
}

rows_read whole(const std::string& text, const csv::options& o, const failure& broken = {}) {
    return summary(csv_test::read(text, o, [](std::size_t) { return std::size_t{1} << 20; }, broken));
}

/// So that the first rows are few and parts begin early.
csv::options few(csv::options o = csv::options()) { return o.inference_rows(1); }

void check(const std::string& text, const csv::options& o, const failure& broken = {}) {
    const auto expected = whole(text, o, broken);
    for (const std::size_t tasks : {2, 3})
        for (const std::size_t bytes : {1, 7, 30, 64, 200, 100000})
            for (const std::size_t chunk : {5, 1000}) {
                const auto got = split(text, o, tasks, bytes, chunk, broken);
                REQUIRE_MESSAGE(got == expected, text, " in ", tasks, " tasks of ", bytes, " bytes, read by ", chunk, ": ", got,
                                " instead of ", expected);
            }
}

std::string table(std::size_t rows, const char* note = "plain") {
    std::string text = "id,note\n";
    for (std::size_t i = 0; i < rows; ++i) text += std::to_string(i) + "," + note + "\n";
    return text;
}

TEST_CASE("csv split: rows, line ends, quotes") {
    check(table(50), few());
    check(table(50, "\"with, a comma\""), few());
    check(table(50, "\"two\nlines\""), few());
    check(table(50, "\"a \"\"row\"\"\n7,fake\n\""), few());
    check("\xef\xbb\xbf" + table(50), few());
    check(table(50) + "last,", few());
    check(table(50) + "\n\n\n50,\"", few());
    check("", few());
    check("a,b", few());
    check("a,b\n", few());
    std::string crlf, cr, mixed;
    for (const char c : table(60, "\"x\ny\"")) {
        crlf += c == '\n' ? "\r\n" : std::string{c};
        cr += c == '\n' ? '\r' : c;
        mixed += c == '\n' ? std::string{"\n\r\n\r"}.substr(cr.size() % 3, 1 + cr.size() % 2) : std::string{c};
    }
    check(crlf, few());
    check(cr, few());
    check(mixed, few());
    check(table(50, "it's \"not\" quoted"), few());
    check(table(50, "'a\nb'"), few(csv::options().quote('\'')));
    check(table(50, "\"a\\\"\nb\""), few(csv::options().escape('\\')));
    check(table(50, "a\\\nb"), few(csv::options().quote(std::nullopt).escape('\\')));
    check(table(50, "x\n# \"a comment\n#") + "50,x", few(csv::options().comment("#")));
    std::string wide;
    for (const char c : table(50, "\"x\n|,\"")) wide += c == ',' ? std::string{"||"} : std::string{c};
    check(wide, few(csv::options().delimiter("||")));
}

TEST_CASE("csv split: every boundary lies in a quoted field full of rows") {
    std::string text = "id,note\n";
    for (int i = 0; i < 8; ++i) {
        text += std::to_string(i) + ",\"";
        for (int k = 0; k < 20; ++k) text += std::to_string(1000 + k) + ",fake\n";
        text += "\"\n";
    }
    check(text, few());
    // one that is never closed
    check(text + "5,\"" + table(100), few());
    check(text + "5,\"" + table(100), few(csv::options().on_bad_record(bad_records::skip)));
    check(text + "5,\"" + table(100) + "\"\n6,x\n", few(csv::options().on_bad_record(bad_records::skip).max_record_bytes(300)));
}

TEST_CASE("csv split: types, header and dialect come from the first rows") {
    check(table(100) + "x,7\n" + table(3), few());
    check(table(100), few(csv::options().header(false)));
    check(table(100), few(csv::options().columns({"note"})));
    check(table(100), csv::options());
    std::string semicolons = table(200);
    for (auto& c : semicolons)
        if (c == ',') c = ';';
    check(semicolons, few(csv::options().detect(true)));
    const auto s = make_schema({field{"id", data_type::int32()}, field{"note", data_type::string()}});
    check(table(100), csv::options().schema(s));
    check(table(10) + "99999999999,x\n" + table(100), csv::options().schema(s));
}

TEST_CASE("csv split: errors are where they are, and come behind the rows before them") {
    const auto rows = table(40);
    for (const char* bad : {"1,2,3\n", "7\n", "x,y\n", "\"1\"2,x\n", "1,\xff\n", "1,\"\n"}) {
        CAPTURE(bad);
        check(rows + bad + table(40).substr(8), few());
        const auto e = whole(rows + bad, few());
        CHECK(e.error.find("line 42") != std::string::npos);
    }
    check(rows + "1," + std::string(300, 'x') + "\n" + rows, few(csv::options().max_record_bytes(200)));
    const failure gone{errc::connection_closed, "gone"};
    check(rows, few(), gone);
    check(rows + "5,x", few(), gone);
    check(rows + "5,\"x\ny", few(), gone);
    check(rows + "5\n5,\"x\ny", few(), gone);
}

TEST_CASE("csv split: policies, limits and numbers count over all parts") {
    std::string text = "a,b\n";
    for (int i = 0; i < 60; ++i)
        text += i % 7 == 3    ? std::string{"1\n"}
                : i % 11 == 5 ? std::string{"x,\"2\n3\"\n"}
                : i % 13 == 6 ? std::string{"5,\"6\"7\n"}
                              : std::to_string(i) + "," + std::to_string(i) + "\n";
    const auto s = make_schema({field{"a", data_type::int64()}, field{"b", data_type::int64()}});
    for (const auto policy : {bad_records::skip, bad_records::capture, bad_records::null_values, bad_records::fail}) {
        auto o = csv::options().schema(s).on_bad_record(policy).row_index("n", 5).batch_rows(8);
        check(text, o);
        for (const int limit : {0, 1, 10, 20, 40, 45, 46, 47, 48, 49, 60, 61}) check(text, csv::options{o}.limit(limit));
        for (const int most : {0, 1, 5, 10, 11, 12, 13, 14, 15, 16, 17}) check(text, csv::options{o}.max_bad_records(most));
        check(text, csv::options{o}.limit(40).max_bad_records(5));
        check(text, csv::options{o}.max_kept_errors(3));
        check(text, csv::options{o}.max_kept_errors(0));
    }
}

TEST_CASE("csv split: random texts, random options") {
    std::mt19937 random{17};
    std::size_t rows = 0;
    for (int round = 0; round < 500; ++round) {
        std::string text;
        if (random() % 3) {
            text = random_text(random, random() % 600);
        } else {
            static constexpr std::string_view fields[] = {"a", "\"b\"", "\"\"", "\"c,\n\"", "\"d\"\"\n\"", "\"1,2\n3,4\n\"", "1"};
            for (auto n = random() % 60; n > 0; --n)
                (((text += fields[random() % std::size(fields)]) += ",") += fields[random() % std::size(fields)]) +=
                    random() % 5 ? "\n" : "\r\n";
        }
        auto o = random_options(random);
        if (random() % 4 == 0) o.infer_types(false);
        if (random() % 4 == 0) o.row_index("#");
        if (random() % 4 == 0) o.limit(random() % 40);
        if (random() % 4 == 0) o.max_bad_records(random() % 10);
        if (random() % 8 == 0) o.max_record_bytes(1000);
        if (random() % 8 == 0) o.ragged_rows(csv::ragged_rows::pad_and_trim);
        if (random() % 8 == 0) o.skip_rows(random() % 4);
        if (random() % 8 == 0) o.trim(true);
        if (random() % 8 == 0) o.comment("a");
        const failure broken = random() % 8 ? failure{} : failure{errc::connection_closed, "gone"};
        const auto expected = whole(text, o, broken);
        rows += expected.rows.size();
        for (int again = 0; again < 3; ++again) {
            const auto bytes = 1 + random() % 60;
            const auto tasks = 2 + random() % 3;
            const auto got = split(text, o, tasks, bytes, 1 + random() % 50, broken);
            REQUIRE_MESSAGE(got == expected, text, " in ", tasks, " tasks of ", bytes, " bytes: ", got, " instead of ", expected);
        }
    }
    CHECK(rows > 1500);
}

awaitable<std::optional<record_batch>> begin_next(csv::batch_reader& reader, bool& begun) {
    begun = true;
    auto batch = co_await reader.next();
    co_return batch;
}

/// Cancels every call of `next` that does not end within `turns` of the loop; rows come in order all the same.
std::string with_cancellations(csv::batch_reader& reader, asio::io_context& io, std::size_t turns, std::size_t& cancelled) {
    std::string rows;
    for (auto patience = turns;;) {
        bool begun = false, ended = false;
        failure failed;
        std::optional<record_batch> got;
        asio::cancellation_signal stop;
        io.restart();
        asio::co_spawn(io, begin_next(reader, begun), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, auto batch) {
                           if (e) failed = to_failure(e);
                           got = std::move(batch);
                           ended = true;
                       }));
        while (!begun) io.run_one();
        for (std::size_t i = 0; i < patience && !ended; ++i) io.poll_one();
        if (!ended) stop.emit(asio::cancellation_type::terminal);
        while (!ended) io.run_one();
        io.poll(); // a cancellation that came too late
        if (failed) {
            CHECK(failed.code() == condition::cancelled);
            ++cancelled;
            ++patience;
            continue;
        }
        if (!got) return rows;
        patience = turns;
        outcome o;
        o.batches.push_back(std::move(*got));
        rows += (rows.empty() ? "" : ";") + o.text();
    }
}

TEST_CASE("csv split: a cancellation loses nothing") {
    const auto text = table(300, "\"two\nlines\"");
    const auto expected = whole(text, few());
    std::size_t cancelled = 0;
    for (std::size_t turns = 1; turns < 40; ++turns) {
        asio::io_context io{1};
        csv::batch_reader reader{slow_source{text, 50, {}},
                                 few(csv::options().compute_executor(io.get_executor()).tasks(3).task_bytes(200))};
        CHECK(with_cancellations(reader, io, turns, cancelled) == expected.rows);
    }
    CHECK(cancelled > 40);
}

TEST_CASE("csv split: dropped in the middle, nothing is left behind") {
    const auto text = table(3000, "\"two\nlines\"");
    for (std::size_t batches = 0; batches < 20; ++batches) {
        const auto budget = memory_budget::create(std::uint64_t{64} << 20);
        asio::io_context io{1};
        {
            auto o = few(csv::options().compute_executor(io.get_executor()).tasks(3).task_bytes(1000).batch_rows(10));
            std::optional<csv::batch_reader> reader{csv::batch_reader{slow_source{text, 300, {}},
                                                                      o.pool(buffer_pool::create(budget))}};
            for (std::size_t i = 0; i < batches; ++i) CHECK(test::run(io, reader->next()).has_value());
            CHECK((batches == 0 || budget->used() > 0));
            reader.reset();
        }
        io.restart();
        io.run(); // jobs that were under way
        CHECK(budget->used() == 0);
    }
}

awaitable<void> count_rows(csv::batch_reader& reader, std::size_t& rows) {
    while (auto batch = co_await reader.next()) {
        for (std::size_t i = 0; i < batch->num_rows(); ++i)
            if ((*batch)[0].int64_at(i) != static_cast<std::int64_t>(rows + i)) co_return;
        rows += batch->num_rows();
    }
}

std::size_t rows_within(std::uint64_t bytes, std::size_t tasks, std::size_t task_bytes, const std::string& text, std::uint64_t& peak) {
    const auto budget = memory_budget::create(bytes);
    std::size_t rows = 0;
    {
        asio::io_context io{1};
        auto o = csv::options().inference_bytes(1000).batch_rows(1000).pool(buffer_pool::create(budget));
        csv::batch_reader reader{memory_source{text},
                                 o.compute_executor(io.get_executor()).tasks(tasks).task_bytes(task_bytes)};
        test::run(io, count_rows(reader, rows));
    }
    CHECK(budget->used() == 0);
    peak = budget->peak();
    CHECK(peak <= bytes);
    return rows;
}

TEST_CASE("csv split: with a small budget fewer parts are read ahead") {
    const auto text = table(60000, "\"some text, quoted\"");
    std::uint64_t peak = 0;
    for (const unsigned kilobytes : {800, 1000, 1500, 2000, 3000, 16000}) {
        CAPTURE(kilobytes);
        CHECK(rows_within(std::uint64_t{kilobytes} << 10, 8, 64 << 10, text, peak) == 60000);
        CHECK(peak > 700 << 10);
        if (kilobytes >= 2000) CHECK(peak > 1200 << 10); // it is made use of
    }
    // no room for a part at all
    CHECK_THROWS_AS(rows_within(800 << 10, 2, 1 << 20, text, peak), error);
}

/// Once all parts have been parsed, holds all of the budget but `left` bytes until a call is refused; then has all other rows.
awaitable<void> numbered_rows(csv::batch_reader& reader, std::shared_ptr<memory_budget> budget, std::uint64_t left,
                              std::vector<std::int64_t>& numbers, bool& refused) {
    const auto ex = co_await asio::this_coro::executor;
    std::vector<record_batch> batches; // or their memory would be used again
    for (;;) {
        auto held = permit{};
        const bool parsed = batches.size() > 2;
        for (int turns = 0; parsed && turns < 50; ++turns) co_await asio::post(ex, asio::use_awaitable);
        if (parsed && !refused) held = budget->try_acquire(budget->limit() - budget->used() - left);
        auto batch = co_await as_result(reader.next());
        held.release();
        if (batch.has_error()) {
            CHECK(batch.error().code() == errc::budget_exceeded);
            REQUIRE_FALSE(refused);
            refused = true;
            continue;
        }
        if (!*batch) co_return;
        for (std::size_t i = 0; i < (*batch)->num_rows(); ++i) numbers.push_back((**batch)[0].int64_at(i));
        batches.push_back(std::move(**batch));
    }
}

TEST_CASE("csv split: rows are numbered once, also where there was no memory for the numbers of all batches of a part") {
    std::string text = "id,note\n";
    std::size_t rows = 0;
    // batches of few rows, then such as need larger blocks for their numbers
    for (int part = 0; part < 4; ++part) {
        for (int i = 0; i < 20; ++i, ++rows) text += "1," + std::string(1000, 'x') + "\n";
        for (int i = 0; i < 5000; ++i, ++rows) text += "1,x\n";
    }
    bool refused_once = false;
    for (std::uint64_t left = 0; left < 60000; left += 4000) {
        CAPTURE(left);
        const auto budget = memory_budget::create(std::uint64_t{8} << 20);
        asio::io_context io{1};
        auto o = few(csv::options().row_index("#").batch_bytes(8000).pool(buffer_pool::create(budget)));
        csv::batch_reader reader{memory_source{text, 1000}, o.compute_executor(io.get_executor()).tasks(8).task_bytes(40000)};
        std::vector<std::int64_t> numbers;
        bool refused = false;
        test::run(io, numbered_rows(reader, budget, left, numbers, refused));
        refused_once = refused_once || refused;
        std::vector<std::int64_t> expected(rows);
        std::iota(expected.begin(), expected.end(), 0);
        CHECK(numbers == expected);
    }
    CHECK(refused_once);
}

TEST_CASE("csv split: where memory is refused, the next call goes on with every row once") {
    std::mt19937 random{41};
    std::size_t refused = 0;
    for (int round = 0; round < test::rounds(25); ++round) {
        CAPTURE(round);
        std::string text = "id,note\n";
        const auto quoted = random() % 4;
        for (int i = 0; i < 6000; ++i) {
            text += std::to_string(i) + ",";
            if (quoted && random() % quoted == 0)
                text += "\"two\n7,lines, quoted\"";
            else
                text.append(random() % 60, 'x');
            text += i % 500 == 499 && round % 2 ? ",bad\n" : "\n";
        }
        auto o = csv::options().inference_bytes(2000).batch_bytes(1000 + random() % 60000).on_bad_record(bad_records::skip);
        if (random() % 2) o.row_index("#");
        if (random() % 4 == 0) o.limit(random() % 6500);
        if (random() % 4 == 0) o.max_bad_records(random() % 9);
        const auto expected = whole(text, o);

        const auto budget = memory_budget::create((std::uint64_t{900} << 10) + random() % (std::uint64_t{1} << 20));
        outcome got;
        std::string rows;
        {
            asio::io_context io{1};
            o.pool(buffer_pool::create(budget)).compute_executor(io.get_executor()).tasks(2 + random() % 4);
            csv::batch_reader reader{memory_source{text, 1 + random() % 5000, "t.csv"}, o.task_bytes(500 + random() % 40000)};
            test::greedy_user other{budget, static_cast<unsigned>(random())};
            asio::co_spawn(io, other.take_now_and_then(), asio::detached);
            const auto end = test::run(io, test::read_in_shortage(reader, other, random() % 40, [&](const record_batch& batch) {
                                           outcome one;
                                           one.batches.push_back(batch);
                                           rows += (rows.empty() ? "" : ";") + one.text();
                                       }));
            refused += end.refused;
            got.failed = end.failed;
            got.statistics = reader.statistics();
        }
        CHECK(rows == expected.rows);
        CHECK(got.counts() == expected.counts);
        CHECK(got.error() == expected.error);
        CHECK(budget->used() == 0);
    }
    CHECK(refused > 10);
}

TEST_CASE("csv split: it waits until there is room to begin, and is not refused it afterwards") {
    const auto text = table(3000, "\"some text, quoted\"");
    const auto budget = memory_budget::create(std::uint64_t{4} << 20);
    auto held = budget->try_acquire(budget->limit() - (std::uint64_t{100} << 10));
    std::size_t rows = 0;
    {
        asio::io_context io{1};
        auto o = csv::options().inference_bytes(1000).pool(buffer_pool::create(budget));
        csv::batch_reader reader{memory_source{text}, o.compute_executor(io.get_executor()).tasks(3).task_bytes(64 << 10)};
        bool done = false;
        asio::co_spawn(io, count_rows(reader, rows), [&](std::exception_ptr e) { done = !e; });
        io.poll();
        CHECK_FALSE(done);
        CHECK(budget->waiting() == 1);
        held.release();
        io.restart();
        io.run_for(std::chrono::seconds{20});
        CHECK(done);
        CHECK(rows == 3000);
    }
    CHECK(budget->used() == 0);
}

/// Says after so many bytes that there are none for now, for ever.
class stalled_source final : public byte_source {
  public:
    stalled_source(std::string text, std::size_t& read) : text_{std::move(text)}, read_{&read} {}
    io_result try_read_some(std::span<std::byte> into) override {
        const auto n = std::min({into.size(), std::size_t{700}, text_.size() - *read_});
        if (n == 0) return io_result::would_block();
        std::memcpy(into.data(), text_.data() + *read_, n);
        *read_ += n;
        return io_result::bytes(n);
    }
    awaitable<void> ready() override {
        const auto ex = co_await asio::this_coro::executor;
        asio::steady_timer never{ex, asio::steady_timer::time_point::max()};
        co_await never.async_wait(asio::use_awaitable);
    }

  private:
    std::string text_;
    std::size_t* read_;
};

TEST_CASE("csv split: what is parsed is given while the source stalls, and no more is read than is wanted") {
    const auto text = table(5000);
    asio::io_context io{1};
    std::size_t read = 0;
    {
        auto o = few(csv::options().compute_executor(io.get_executor()).tasks(2).task_bytes(1000).schema(
            make_schema({field{"id", data_type::int64()}, field{"note", data_type::string()}})));
        csv::batch_reader reader{stalled_source{text, read}, o};
        std::size_t rows = 0;
        std::size_t most_ahead = 0;
        std::size_t begun = 0; // with parts
        while (rows < 4850) {
            CAPTURE(rows);
            const auto batch = test::run(io, reader.next(), std::chrono::seconds{5});
            rows += batch->num_rows();
            const auto given = text.find("\n" + std::to_string(rows) + ",");
            if (begun++) most_ahead = std::max(most_ahead, read - std::min(given, read));
        }
        CHECK(rows < 5000);
        CHECK(most_ahead > 1000);
        CHECK(most_ahead <= 5000); // tasks + 3 parts
    }
    io.restart();
    io.run();
}

} // namespace csv_split_test
