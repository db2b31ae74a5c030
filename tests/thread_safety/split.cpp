// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Parts of texts parsed side by side on a thread pool that several io_contexts share, with one budget and one pool of
// buffers: no race (ThreadSanitizer), the right rows in their order, and nothing left behind, also where readers are dropped
// in the middle, or are refused memory and go on.
#include "threads.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/json/lines_reader.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace penstock;
using threads::check;

constexpr std::int64_t rows = 30000;
std::atomic<int> refused{0};

/// `greedy`: takes most of the budget for itself now and then.
awaitable<void> read(std::unique_ptr<batch_reader> reader, std::int64_t most, std::shared_ptr<memory_budget> budget, bool greedy) {
    std::int64_t n = 0;
    int calls = 0;
    while (n < most) {
        permit held;
        const auto free = budget->limit() - budget->used();
        if (greedy && n > 0 && ++calls % 2 == 0 && free > 0) held = budget->try_acquire(free);
        auto got = co_await as_result(reader->next());
        held.release();
        if (got.has_error()) {
            check(got.error().code() == errc::budget_exceeded, "an error");
            if (++refused > 100000) throw_failure(got.error());
            asio::steady_timer soon{co_await asio::this_coro::executor, std::chrono::milliseconds{1}};
            co_await soon.async_wait(asio::use_awaitable);
            continue;
        }
        const auto batch = std::move(*got);
        if (!batch) break;
        const auto ids = (*batch)[1];
        for (std::size_t i = 0; i < batch->num_rows(); ++i, ++n)
            check(ids.int64_at(i) == n && (*batch)[0].int64_at(i) == n + n / 100, "a wrong row");
    }
    check(n >= std::min(most, rows), "rows are missing");
    if (n == rows) {
        auto end = co_await reader->next();
        check(!end, "rows behind the end");
        check(reader->statistics().skipped_rows == rows / 100 - 1, "skipped rows are not counted");
    }
}

template <class Options>
Options configured(Options o, const executor& pool, const std::shared_ptr<buffer_pool>& buffers) {
    return o.row_index("n").on_bad_record(bad_records::skip).max_kept_errors(50).inference_bytes(10000).compute_executor(pool).tasks(4)
        .task_bytes(20000)
        .pool(buffers);
}

} // namespace

int main() {
    std::string csv = "id,note\n", jsonl;
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto id = std::to_string(i);
        if (i && i % 100 == 0) csv += "bad\n", jsonl += "bad\n";
        csv += id + (i % 5 ? ",note\n" : ",\"two\n1,lines\"\n");
        jsonl += "{\"id\":" + id + ",\"note\":" + (i % 5 ? "\"x\"}\n" : "\"a longer \\n text\"}\n");
    }
    for (const std::uint64_t megabytes : {16, 5}) {
        const auto budget = memory_budget::create(megabytes << 20);
        const auto buffers = buffer_pool::create(budget);
        threads::on_three([&](asio::io_context& io, const executor& pool) {
            for (int round = 0; round < 3; ++round)
                for (const std::int64_t most : {rows + 1, rows / 2})
                    for (const bool json : {false, true}) {
                        std::unique_ptr<batch_reader> reader;
                        if (json)
                            reader = std::make_unique<json::lines_reader>(memory_source{jsonl, 7000},
                                                                          configured(json::lines_options(), pool, buffers));
                        else
                            reader =
                                std::make_unique<csv::batch_reader>(memory_source{csv, 7000}, configured(csv::options(), pool, buffers));
                        threads::run(io, read(std::move(reader), most, budget, megabytes == 5));
                    }
        });
        check(budget->used() == 0, "memory was not given back");
        check(budget->peak() > 0, "no memory was taken");
        check(megabytes > 5 || refused > 0, "no memory was refused");
    }
    std::printf("refused %d times\n", refused.load());
    return threads::failures;
}
