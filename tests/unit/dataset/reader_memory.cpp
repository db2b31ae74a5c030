// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Readers of all formats within memory budgets.
#include <penstock/arrow/stream_writer.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/format/detail/reader_memory.hpp>
#include <penstock/format/table_printer.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/testing/s3_server.hpp>

#include <support/gzipped.hpp>
#include <support/run.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reader_memory_test {

using namespace penstock;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

struct example {
    const char* name; // tells the format
    std::string text;
};

std::string csv_rows(std::size_t rows) {
    std::string out = "id,fare,zone,at,note\n";
    for (std::size_t i = 0; i < rows; ++i)
        out += std::to_string(i) + "," + std::to_string(i % 977) + ".25,zone " + std::to_string(i % 61) + ",2026-01-02T03:04:" +
               (i % 60 < 10 ? "0" : "") + std::to_string(i % 60) + "," + (i % 7 ? "some words about it" : "") + "\n";
    return out;
}

std::string json_row(std::size_t i, bool nested) {
    std::string out = "{\"id\":" + std::to_string(i) + ",\"fare\":" + std::to_string(i % 977) + ".25,\"zone\":\"zone " +
                      std::to_string(i % 61) + "\",\"note\":" + (i % 7 ? "\"some words\"" : "null");
    if (nested) {
        out += ",\"stops\":[";
        for (std::size_t k = 0; k < i % 4; ++k) out += (k ? ",{\"n\":" : "{\"n\":") + std::to_string(k) + ",\"tag\":\"t\"}";
        out += "]";
    }
    return out + "}";
}

std::string json_rows(std::size_t rows, bool nested, const char* between) {
    std::string out;
    for (std::size_t i = 0; i < rows; ++i) out += json_row(i, nested) + between;
    return out;
}

std::vector<example> examples(std::size_t rows) {
    return {{"a.csv", csv_rows(rows)},
            {"a.jsonl", json_rows(rows, false, "\n")},
            {"nested.jsonl", json_rows(rows, true, "\n")},
            {"a.json", "[" + json_rows(rows - 1, true, ",\n") + json_row(rows - 1, true) + "]"},
            {"a.txt", csv_rows(rows)}};
}

std::string text_of(const record_batch& batch) {
    std::string out;
    for (std::size_t r = 0; r < batch.num_rows(); ++r) {
        for (std::size_t c = 0; c < batch.num_columns(); ++c) {
            append_value(out, batch[c], r, "~");
            out += '|';
        }
        out += '\n';
    }
    return out;
}

open_options within(const std::shared_ptr<memory_budget>& budget) {
    return open_options().pool(buffer_pool::create(budget, 256 * kib));
}

std::unique_ptr<batch_reader> reader_of(const std::string& name, const std::string& text, open_options options) {
    return make_batch_reader(std::make_unique<memory_source>(text, 50'000, name), std::move(options));
}

/// How the caller treats batches.
enum class keeping { none, one };

awaitable<void> read_all_rows(batch_reader& rows, keeping keep, std::string& out) {
    std::optional<record_batch> batch;
    for (;;) {
        if (keep == keeping::none) batch.reset();
        auto next = co_await rows.next();
        batch = std::move(next);
        if (!batch) break;
        out += text_of(*batch);
    }
}

std::string rows_of(const example& e, open_options options = open_options()) {
    std::string out;
    const auto rows = reader_of(e.name, e.text, std::move(options));
    test::run(read_all_rows(*rows, keeping::none, out));
    return out;
}

TEST_CASE("readers of every format keep to small budgets, and give the same rows") {
    for (const auto& e : examples(15'000)) {
        CAPTURE(e.name);
        const auto expected = rows_of(e);
        for (const auto limit : {1536 * kib, 8 * mib})
            for (const auto keep : {keeping::none, keeping::one}) {
                CAPTURE(limit);
                const auto budget = memory_budget::create(limit);
                std::string text;
                {
                    const auto rows = reader_of(e.name, e.text, within(budget));
                    test::run(read_all_rows(*rows, keep, text));
                    CHECK((text == expected));
                }
                CHECK(budget->peak() <= limit);
                CHECK(budget->peak() > 256 * kib);
                CHECK(budget->used() == 0);
            }
    }
}

TEST_CASE("a batch takes no more than its part of a small budget; in a large one it is as without") {
    const example e{"a.csv", csv_rows(60'000)};
    const auto count = [&](open_options options) {
        const auto rows = reader_of(e.name, e.text, options.batch_rows(60'000));
        return test::run([](batch_reader& from) -> awaitable<std::size_t> {
            std::size_t batches = 0;
            while (auto batch = co_await from.next()) ++batches;
            co_return batches;
        }(*rows));
    };
    CHECK(count(open_options()) == 1);
    CHECK(count(within(memory_budget::create(128 * mib))) == 1);
    CHECK(count(within(memory_budget::create(4 * mib))) > 4);
}

TEST_CASE("bad records and added columns are the same in any budget") {
    auto text = csv_rows(12'000);
    for (std::size_t at = 1000; at < text.size(); at += 2111) text[at] = 'x';
    const example e{"a.csv", text};
    std::string lines = json_rows(12'000, false, "\n");
    for (std::size_t at = 70; at < lines.size(); at += 2111) lines[at] = '}';
    const example j{"a.jsonl", lines};
    for (const auto& each : {e, j})
        for (const auto policy : {bad_records::skip, bad_records::capture}) {
            CAPTURE(each.name);
            CAPTURE(static_cast<int>(policy));
            const auto options = [&](open_options o) { return o.on_bad_record(policy).row_index("n").batch_rows(20'000).inference_bytes(100 * kib); };
            const auto expected = rows_of(each, options(open_options()));
            const auto budget = memory_budget::create(2 * mib);
            CHECK((rows_of(each, options(within(budget))) == expected));
            CHECK(budget->peak() <= 2 * mib);
            CHECK(budget->used() == 0);
        }
}

TEST_CASE("what is counted of values that became null is the same in any budget") {
    auto text = csv_rows(12'000);
    for (std::size_t at = text.find('\n', 400'000) + 1; at != 0 && at < text.size(); at = text.find('\n', at + 1500) + 1) text[at] = 'x';
    const auto counted = [&](open_options o) {
        const auto rows = reader_of("a.csv", text, o.on_bad_record(bad_records::null_values).row_index("n").max_kept_errors(3).inference_bytes(100 * kib));
        std::string out;
        test::run(read_all_rows(*rows, keeping::none, out));
        const auto s = rows->statistics();
        return std::to_string(s.rows) + " " + std::to_string(s.null_values) + " " + std::to_string(s.errors.size());
    };
    const auto expected = counted(open_options());
    CHECK(expected != "12000 0 0");
    CHECK(counted(within(memory_budget::create(1536 * kib))) == expected);
}

TEST_CASE("on a compute executor, too") {
    asio::thread_pool pool{1};
    for (const auto& e : examples(6'000)) {
        CAPTURE(e.name);
        const auto budget = memory_budget::create(2 * mib);
        CHECK((rows_of(e, within(budget).compute_executor(pool.get_executor())) == rows_of(e)));
        CHECK(budget->peak() <= 2 * mib);
        CHECK(budget->used() == 0);
    }
    pool.join();
}

TEST_CASE("many readers in one budget: all come to their end") {
    std::vector<example> all = examples(2'000);
    for (auto& e : examples(2'000)) {
        static std::vector<std::string> names; // of the compressed ones
        names.reserve(16);
        names.push_back(std::string{e.name} + ".gz");
        all.push_back({names.back().c_str(), test::gzipped(e.text)});
    }
    for (const auto limit : {3 * mib, 8 * mib})
        for (const auto keep : {keeping::none, keeping::one}) {
            const auto budget = memory_budget::create(limit);
            const auto pool = buffer_pool::create(budget, 256 * kib);
            asio::io_context io{1};
            std::vector<std::unique_ptr<batch_reader>> readers;
            std::vector<std::string> texts(3 * all.size());
            std::vector<int> done(texts.size());
            const auto read = [](std::unique_ptr<batch_reader> rows, keeping how, std::string& out, int& ended) -> awaitable<void> {
                co_await read_all_rows(*rows, how, out);
                ended = 1;
            };
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto& e = all[i % all.size()];
                asio::co_spawn(io, read(reader_of(e.name, e.text, open_options().pool(pool)), keep, texts[i], done[i]),
                               [](std::exception_ptr thrown) {
                                   if (thrown) std::rethrow_exception(thrown);
                               });
            }
            io.run_for(std::chrono::seconds{60});
            for (std::size_t i = 0; i < texts.size(); ++i) {
                CAPTURE(all[i % all.size()].name);
                CHECK(done[i] == 1);
                CHECK((texts[i] == texts[i % all.size()]));
            }
            CHECK(budget->peak() <= limit);
            CHECK(budget->used() == 0);
        }
}

awaitable<void> take_turns(std::vector<std::unique_ptr<batch_reader>>& readers, std::vector<std::string>& texts) {
    std::vector<record_batch> held(readers.size());
    for (bool more = true; more;) {
        more = false;
        for (std::size_t i = 0; i < readers.size(); ++i) {
            auto batch = co_await readers[i]->next();
            held[i] = record_batch{};
            if (!batch) continue;
            more = true;
            texts[i] += text_of(*batch);
            held[i] = std::move(*batch); // while all the others are read on
        }
    }
}

TEST_CASE("one coroutine that holds a batch of every reader is never waited for") {
    const auto all = examples(8'000);
    const auto budget = memory_budget::create(8 * mib);
    std::vector<std::unique_ptr<batch_reader>> readers;
    for (const auto& e : all) readers.push_back(reader_of(e.name, e.text, within(budget)));
    std::vector<std::string> texts(all.size());
    test::run(take_turns(readers, texts));
    for (std::size_t i = 0; i < all.size(); ++i) CHECK((texts[i] == rows_of(all[i])));
    CHECK(budget->peak() <= 8 * mib);
    readers.clear();
    CHECK(budget->used() == 0);
}

awaitable<void> collect(batch_reader& rows, std::vector<record_batch>& all) {
    for (;;) {
        auto batch = co_await rows.next();
        if (!batch) break;
        all.push_back(std::move(*batch));
    }
}

TEST_CASE("who holds more batches than the budget has room for gets an error, and may go on when some are released") {
    for (const auto& e : examples(30'000)) {
        CAPTURE(e.name);
        const auto budget = memory_budget::create(1536 * kib);
        const auto rows = reader_of(e.name, e.text, within(budget));
        std::string text;
        int refused = 0;
        for (bool ended = false; !ended; ++refused) {
            std::vector<record_batch> all;
            try {
                test::run(collect(*rows, all));
                ended = true;
            } catch (const error& thrown) {
                REQUIRE(thrown.code() == errc::budget_exceeded);
                CHECK(thrown.detail().object == e.name);
                CHECK(thrown.detail().message.find("the batches of it that are held") != std::string::npos);
                CHECK(thrown.detail().hint.find("raise the memory budget") != std::string::npos);
                REQUIRE_FALSE(all.empty());
            }
            for (const auto& batch : all) text += text_of(batch);
        }
        CHECK(refused > 1);
        CHECK((text == rows_of(e)));
        CHECK(budget->peak() <= 1536 * kib);
    }
}

TEST_CASE("a reader waits for memory that others hold; a cancelled wait holds nothing and loses nothing") {
    for (const auto& e : examples(2'000)) {
        CAPTURE(e.name);
        const auto budget = memory_budget::create(2 * mib);
        auto held = budget->try_acquire(2 * mib - 100 * kib);
        const auto rows = reader_of(e.name, e.text, within(budget));
        asio::io_context io{1};
        asio::cancellation_signal stop;
        std::exception_ptr thrown;
        asio::co_spawn(io, rows->next(),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr p, std::optional<record_batch>) { thrown = p; }));
        io.poll();
        CHECK(budget->waiting() == 1);
        stop.emit(asio::cancellation_type::all);
        io.restart();
        io.poll();
        CHECK(thrown != nullptr);
        CHECK(budget->waiting() == 0);
        CHECK(budget->used() == held.units());

        std::string text;
        bool done = false;
        asio::co_spawn(io, read_all_rows(*rows, keeping::none, text), [&](std::exception_ptr p) { done = !p; });
        io.restart();
        io.poll();
        CHECK(budget->waiting() == 1);
        held.release();
        io.restart();
        io.run_for(std::chrono::seconds{20});
        CHECK(done);
        CHECK((text == rows_of(e)));
    }
}

TEST_CASE("a record that the budget has no room for is an error that names object and remedy") {
    const std::string large(3 * mib, 'x');
    for (const auto& e : {example{"a.csv", "a,b\n1,2\n" + large + ",3\n"}, example{"a.jsonl", "{\"a\":1}\n{\"a\":\"" + large + "\"}\n"},
                          example{"a.json", "[{\"a\":\"" + large + "\"}]"}, example{"a.txt", "short\n" + large + "\n"}}) {
        CAPTURE(e.name);
        const auto budget = memory_budget::create(2 * mib);
        const auto rows = reader_of(e.name, e.text, within(budget));
        std::string text;
        failure why;
        try {
            test::run(read_all_rows(*rows, keeping::none, text));
        } catch (const error& thrown) {
            why = thrown.as_failure();
        }
        CHECK(why.code() == errc::budget_exceeded);
        CHECK(why.detail().object == e.name);
        CHECK(why.detail().hint.find("raise the memory budget") != std::string::npos);
        CHECK(budget->peak() <= 2 * mib);
    }
}

TEST_CASE("a wide table has small batches in a small budget") {
    std::string text;
    for (int c = 0; c < 300; ++c) text += (c ? ",c" : "c") + std::to_string(c);
    text += '\n';
    for (int r = 0; r < 500; ++r)
        for (int c = 0; c < 300; ++c) text += std::to_string(r * c) + (c < 299 ? ',' : '\n');
    const example e{"wide.csv", text};
    const auto budget = memory_budget::create(6 * mib);
    CHECK((rows_of(e, within(budget)) == rows_of(e)));
    CHECK(budget->peak() <= 6 * mib);
}

// ---- over S3

struct store {
    asio::io_context io{1};
    testing::s3_server server{io.get_executor(), testing::s3_server_options().credentials("ak", "secret")};
    s3::client client{make()};

    s3::client make() {
        server.listen();
        return s3::client{io.get_executor(), s3::client_options()
                                                 .environment(aws::environment{{}})
                                                 .endpoint_url(server.endpoint())
                                                 .region("us-east-1")
                                                 .credentials("ak", "secret")
                                                 .memory_budget(8 * mib)};
    }
};

awaitable<void> put_bytes(s3::client client, std::string url, std::string bytes) {
    (void)co_await client.put(url, as_bytes(bytes));
}

awaitable<void> read_object(s3::client& client, std::string url, std::string& out, std::size_t& ended) {
    const auto rows = co_await open_batches(&client, url);
    co_await read_all_rows(*rows, keeping::one, out);
    ++ended;
}

TEST_CASE("what one row needs, in thousands of blocks, is had at a few tries") {
    for (const std::uint64_t limit : {64 * mib, 42 * mib}) {
        read_options options;
        options.pool = buffer_pool::create(memory_budget::create(limit));
        detail::reader_memory memory{options};
        std::vector<pooled_buffer> blocks;
        int waits = 0;
        test::run([&]() -> awaitable<void> {
            memory_source source{std::string(100, 'x')};
            co_await memory.begin(source);
            memory.begin_batch();
            while (blocks.size() < 10000) { // 40 MiB, more than a batch may take at first
                failure refused;
                try {
                    blocks.push_back(options.pool->take(4096));
                } catch (const error& e) {
                    refused = e.as_failure();
                }
                if (!refused) continue;
                ++waits;
                co_await memory.wait(refused, "x");
            }
        }());
        CHECK(waits > 0);
        CHECK(waits < 40);
    }
}

TEST_CASE("S3, gzip and CSV within 8 MiB, one and thirty at a time") {
    store s;
    test::run(s.io, s.client.create_bucket("lake"));
    const auto text = csv_rows(5'000);
    test::run(s.io, put_bytes(s.client, "s3://lake/a.csv.gz", test::gzipped(text)));
    const auto expected = rows_of({"a.csv", text});
    for (const std::size_t readers : {1u, 30u}) {
        CAPTURE(readers);
        std::vector<std::string> texts(readers);
        std::size_t ended = 0;
        for (auto& each : texts)
            asio::co_spawn(s.io, read_object(s.client, "s3://lake/a.csv.gz", each, ended), [&](std::exception_ptr e) {
                if (e) std::rethrow_exception(e);
                if (ended == readers) s.io.stop();
            });
        s.io.restart();
        s.io.run_for(std::chrono::seconds{60});
        CHECK(ended == readers);
        for (const auto& each : texts) CHECK((each == expected));
    }
    const auto used = s.client.statistics();
    CHECK(used.budget_peak <= 8 * mib);
    CHECK(used.budget_peak > 1 * mib);
}

awaitable<void> convert(s3::client& client, std::string from, std::string to) {
    const auto rows = co_await open_batches(&client, from);
    const auto schema = co_await rows->schema();
    const auto out = co_await create_batches(&client, to, schema);
    for (;;) {
        const auto batch = co_await rows->next();
        if (!batch) break;
        co_await out->write(*batch);
    }
    co_await out->close();
}

TEST_CASE("from object to object within 8 MiB") {
    store s;
    test::run(s.io, s.client.create_bucket("lake"));
    const auto text = csv_rows(60'000);
    test::run(s.io, put_bytes(s.client, "s3://lake/a.csv.gz", test::gzipped(text)));
    test::run(s.io, convert(s.client, "s3://lake/a.csv.gz", "s3://lake/b.jsonl"));
    test::run(s.io, convert(s.client, "s3://lake/b.jsonl", "s3://lake/c.csv"));
    std::string back, expected = rows_of({"a.csv", text});
    std::size_t ended = 0;
    test::run(s.io, read_object(s.client, "s3://lake/c.csv", back, ended));
    CHECK((back == expected));
    CHECK(s.client.statistics().budget_peak <= 8 * mib);
}

} // namespace reader_memory_test
