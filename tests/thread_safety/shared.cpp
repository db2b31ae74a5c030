// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Everything that is promised to be thread-safe, used from several threads that each run an io_context of their own.
// ThreadSanitizer finds the races; the checks here find what was lost or invented.
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/aws/credentials_chain.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/rate_limiter.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/testing/manual_clock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace penstock;

constexpr unsigned threads = 4;
constexpr unsigned rounds = 200;
std::atomic<int> failures{0};

void check(bool ok, const char* what) {
    if (ok) return;
    ++failures;
    std::printf("thread_safety_shared: %s\n", what);
}

/// Runs `body(thread)` as a coroutine on each thread's own io_context, to its end.
template <class Body>
void on_all_threads(const char* what, Body body) {
    std::vector<std::thread> all;
    std::atomic<unsigned> ended{0};
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            asio::io_context io{1};
            asio::co_spawn(io, body(t), [&](std::exception_ptr e) {
                if (!e) ++ended;
            });
            io.run_for(std::chrono::seconds{60});
        });
    for (auto& t : all) t.join();
    check(ended == threads, what);
}

awaitable<void> turn() {
    const auto ex = co_await asio::this_coro::executor;
    co_await asio::post(ex, asio::use_awaitable);
}

awaitable<void> use_semaphore(std::shared_ptr<semaphore> s, unsigned t) {
    for (unsigned i = 0; i < rounds; ++i) {
        const unsigned headroom = i % 4 == 0 ? 1 : 0;
        auto p = co_await s->acquire(1 + (i + t) % 5, headroom);
        if (i % 3 == 0) p.shrink(1);
        if (i % 2 == 0) co_await turn();
    }
}

void semaphores() {
    const auto s = semaphore::create(6);
    const auto body = [s](unsigned t) { return use_semaphore(s, t); };
    on_all_threads("semaphore: a waiter was forgotten", body);
    check(s->used() == 0 && s->waiting() == 0, "semaphore: units were lost");
    check(s->peak() <= 6, "semaphore: more than its limit was held");
}

awaitable<void> use_share(std::shared_ptr<fair_share> s) {
    static constexpr work_kind kinds[] = {work_kind::read, work_kind::body, work_kind::write};
    for (unsigned i = 0; i < rounds; ++i) {
        const auto p = co_await s->acquire(kinds[i % 3]);
        p.touch();
        (void)s->of()->stuck_for(steady_time{});
        if (i % 2 == 0) co_await turn();
    }
}

/// One semaphore, a share for each thread and one for all.
void fair_semaphores() {
    const auto s = fair_semaphore::create(2);
    const auto common = s->share();
    const auto body = [s, common](unsigned t) { return use_share(t % 2 ? s->share(1 + t) : common); };
    on_all_threads("fair_semaphore: a waiter was forgotten", body);
    check(s->used() == 0 && s->waiting() == 0, "fair_semaphore: units were lost");
    check(s->peak() <= 2, "fair_semaphore: more than its limit was held");
}

awaitable<void> keep_to(std::shared_ptr<rate_limiter> r) {
    const auto share = r->queue()->share();
    const auto clock = make_system_clock();
    for (unsigned i = 0; i < rounds; ++i) co_await r->acquire(*share, work_kind::read, clock);
}

void rates() {
    const auto r = rate_limiter::create(10'000, std::chrono::seconds{1});
    on_all_threads("rate_limiter: a waiter was forgotten", [r](unsigned) { return keep_to(r); });
    check(r->queue()->used() == 0, "rate_limiter: its queue is held");
}

awaitable<void> acquire_one(std::shared_ptr<semaphore> s) {
    const auto p = co_await s->acquire(1);
    co_await turn();
}

/// Waiters that are cancelled on their own thread while others hand them units.
void cancelled_waiters() {
    const auto s = semaphore::create(1);
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([s] {
            for (unsigned i = 0; i < rounds; ++i) {
                asio::io_context io{1};
                asio::cancellation_signal cancel;
                asio::co_spawn(io, acquire_one(s),
                               asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
                io.poll();
                if (i % 2 == 0) asio::post(io, [&] { cancel.emit(asio::cancellation_type::terminal); });
                if (i % 3 != 0) io.run_for(std::chrono::seconds{60}); // else destroyed while it waits
            }
        });
    for (auto& t : all) t.join();
    check(s->used() == 0 && s->waiting() == 0, "semaphore: a cancelled waiter kept units");
}

void buffers() {
    const auto pool = buffer_pool::create(1 << 16);
    const auto handed_over = std::make_shared<std::vector<pooled_buffer>>();
    std::mutex mutex;
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (unsigned i = 0; i < rounds; ++i) {
                auto b = pool->take(4096 << (i % 4));
                std::memset(b.data(), static_cast<int>(t), b.size());
                const std::lock_guard lock{mutex};
                handed_over->push_back(std::move(b)); // another thread gives it back
                if (handed_over->size() > 8) handed_over->erase(handed_over->begin());
            }
        });
    for (auto& t : all) t.join();
    handed_over->clear();
    check(pool->idle() <= 1 << 16, "buffer_pool: more than its limit is kept");
}

awaitable<aws::credentials> fetch() {
    co_await turn();
    co_return aws::credentials{"AKIDEXAMPLE", "secret"};
}

awaitable<void> use_provider(aws::provider_ptr provider) {
    for (unsigned i = 0; i < rounds; ++i) {
        auto found = provider->try_get(std::chrono::system_clock::now());
        aws::credentials_ptr keys;
        if (found)
            keys = *found;
        else
            keys = co_await provider->get();
        check(keys && keys->secret_access_key == "secret", "credentials: key and secret do not belong together");
        if (keys && i % 5 == 0) provider->invalidate(*keys);
        check(!provider->name().empty(), "credentials: a provider without a name");
    }
}

void providers() {
    std::map<std::string, std::string> variables;
    variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
    variables["AWS_SECRET_ACCESS_KEY"] = "secret";
    const auto none = aws::make_environment_credentials_provider(aws::environment{{}});
    const auto caller = aws::make_caller_credentials_provider(&fetch);
    std::vector<aws::provider_ptr> list;
    list.push_back(none);
    list.push_back(caller);
    std::vector<aws::provider_ptr> kinds;
    kinds.push_back(aws::make_static_credentials_provider("AKIDEXAMPLE", "secret"));
    kinds.push_back(aws::make_environment_credentials_provider(aws::environment{variables}));
    kinds.push_back(caller);
    kinds.push_back(aws::make_credentials_chain(list));
    for (const auto& provider : kinds)
        on_all_threads("credentials: a call failed", [provider](unsigned) { return use_provider(provider); });
}

void retry_budgets() {
    const auto budget = std::make_shared<aws::retry_budget>();
    const auto whole = budget->available();
    std::vector<std::thread> all;
    for (unsigned t = 0; t < threads; ++t)
        all.emplace_back([&, t] {
            for (unsigned i = 0; i < rounds * 20; ++i) {
                const auto cost = 1 + (i + t) % 200;
                if (budget->take(cost)) budget->give_back(cost);
            }
        });
    for (auto& t : all) t.join();
    check(budget->available() == whole, "retry_budget: tokens were lost or invented");
}

awaitable<void> sleep_often(std::shared_ptr<testing::manual_clock> clock, unsigned t) {
    for (unsigned i = 0; i < rounds; ++i) {
        const auto before = clock->now();
        const duration d = std::chrono::milliseconds{1 + (i + t) % 7};
        co_await sleep_for(clock, d);
        check(clock->now() - before >= d, "manual_clock: a sleeper woke too early");
    }
}

void clocks() {
    const auto clock = testing::manual_clock::create();
    std::atomic<bool> done{false};
    std::thread hand{[&] {
        while (!done) {
            clock->advance(std::chrono::milliseconds{1});
            clock->skew_wall(std::chrono::milliseconds{-1});
            std::this_thread::yield();
        }
    }};
    on_all_threads("manual_clock: a sleeper was forgotten", [clock](unsigned t) { return sleep_often(clock, t); });
    done = true;
    hand.join();
    check(clock->running_timers() == 0, "manual_clock: a timer was left");
}

/// Cells of several threads in the same series, some dropped and made anew, while others read.
void metrics() {
    const auto all = metrics_registry::create();
    std::atomic<bool> done{false};
    std::int64_t last = 0;
    std::thread reader{[&] {
        while (!done) {
            const auto now = value_of(all->collect(), "c_total");
            check(now >= last, "metrics: a counter went down");
            last = now;
        }
    }};
    std::vector<std::thread> writers;
    for (unsigned t = 0; t < threads; ++t)
        writers.emplace_back([&] {
            for (unsigned i = 0; i < rounds; ++i) {
                const auto c = all->make_counter("c_total", "");
                const auto h = all->make_histogram("h_seconds", "");
                const auto g = all->make_gauge("g", "");
                for (int n = 0; n < 10; ++n) {
                    c->add();
                    g->add(1);
                    h->record(std::chrono::milliseconds{n});
                }
            }
        });
    for (auto& w : writers) w.join();
    done = true;
    reader.join();
    const auto seen = all->collect();
    check(value_of(seen, "c_total") == threads * rounds * 10, "metrics: counts were lost or invented");
    check(value_of(seen, "g") == 0, "metrics: a gauge outlived its owner");
    for (const auto& f : seen)
        if (f.kind == metric_kind::histogram)
            check(f.series.at(0).histogram.count() == threads * rounds * 10, "metrics: a histogram lost values");
}

} // namespace

int main() {
    semaphores();
    fair_semaphores();
    rates();
    metrics();
    cancelled_waiters();
    buffers();
    providers();
    retry_budgets();
    clocks();
    if (failures == 0) std::puts("thread_safety_shared: ok");
    return failures == 0 ? 0 : 1;
}
