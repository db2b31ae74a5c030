// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
//
// How late a timer of 1 ms is while one coroutine parses a file: in the same io_context, and on a compute executor, beside an
// idle io_context before and after in the same run. parse_latency FILE…: by their names CSV, JSON Lines or lines, compressed or
// not; a line each way, with the allocations of a batch (counted in all threads, the batches before the hundredth left out).
#include <penstock/dataset/open_batches.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

namespace {
std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* p = std::malloc(size ? size : 1)) return p;
    throw std::bad_alloc{};
}
void* counted(std::size_t size, std::align_val_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    const auto unit = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(unit, (size + unit - 1) / unit * unit)) return p;
    throw std::bad_alloc{};
}
} // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, a); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace {

using namespace penstock;
using bench_clock = std::chrono::steady_clock;

struct outcome {
    std::vector<double> late; // milliseconds
    std::uint64_t rows = 0;
    std::uint64_t batches = 0;
    std::uint64_t allocated = 0;
    double seconds = 0;
};

/// Until `done`, a millisecond after the other: how much later than asked for.
awaitable<void> tick(const bool& done, outcome& out) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    while (!done) {
        const auto due = bench_clock::now() + std::chrono::milliseconds{1};
        timer.expires_at(due);
        co_await timer.async_wait(asio::use_awaitable);
        out.late.push_back(std::chrono::duration<double, std::milli>(bench_clock::now() - due).count());
    }
}

awaitable<void> idle(bool& done) {
    asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::seconds{2}};
    co_await timer.async_wait(asio::use_awaitable);
    done = true;
}

awaitable<void> parse(std::string file, open_options options, bool& done, outcome& out) {
    constexpr std::uint64_t warm_up = 100;
    const auto rows = co_await open_batches(nullptr, file, std::move(options));
    std::uint64_t before = 0;
    for (;;) {
        auto batch = co_await rows->next();
        if (!batch) break;
        out.rows += batch->num_rows();
        if (++out.batches == warm_up) before = allocations;
    }
    if (out.batches > warm_up) out.allocated = allocations - before;
    out.batches -= std::min(out.batches, warm_up);
    done = true;
}

template <class Make>
outcome run(Make make) {
    outcome out;
    out.late.reserve(1 << 16);
    asio::io_context io{1};
    bool done = false;
    std::exception_ptr failed;
    const auto ended = [&](std::exception_ptr e) {
        if (!e) return;
        failed = e;
        io.stop();
    };
    const auto began = bench_clock::now();
    asio::co_spawn(io, tick(done, out), ended);
    asio::co_spawn(io, make(done, out), ended);
    io.run();
    if (failed) std::rethrow_exception(failed);
    out.seconds = std::chrono::duration<double>(bench_clock::now() - began).count();
    return out;
}

void report(const char* name, outcome o) {
    std::sort(o.late.begin(), o.late.end());
    const auto at = [&](double share) { return o.late.empty() ? 0.0 : o.late[static_cast<std::size_t>(share * static_cast<double>(o.late.size() - 1))]; };
    std::printf("%-24s ms late: median %.3f, 99%% %.3f, most %.3f (%zu ticks)", name, at(0.5), at(0.99), at(1), o.late.size());
    if (o.rows) std::printf("; %llu rows in %.2f s", static_cast<unsigned long long>(o.rows), o.seconds);
    if (o.batches) std::printf("; allocations a batch %.1f", static_cast<double>(o.allocated) / static_cast<double>(o.batches));
    std::puts("");
    std::fflush(stdout);
}

void measure(const std::string& file) {
    std::printf("%s\n", file.c_str());
    const auto nothing = [](bool& done, outcome&) { return idle(done); };
    report("  idle", run(nothing));
    report("  in the same io_context", run([&](bool& done, outcome& out) { return parse(file, open_options(), done, out); }));
    asio::thread_pool pool{1};
    report("  on a compute executor", run([&](bool& done, outcome& out) {
               return parse(file, open_options().compute_executor(pool.get_executor()), done, out);
           }));
    pool.join();
    report("  idle again", run(nothing));
}

} // namespace

int main(int argc, char** argv) {
    try {
        for (int i = 1; i < argc; ++i) measure(argv[i]);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "parse_latency: %s\n", e.what());
        return 1;
    }
    return argc > 1 ? 0 : (std::fputs("usage: parse_latency FILE…\n", stderr), 2);
}
