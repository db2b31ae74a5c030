// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// How much a process grows beyond its idle state while a client works within a memory budget.
//
//   memory_budget download|upload|streams s3://bucket/key BUDGET_MIB [COUNT]
//   memory_budget rows URL-or-path BUDGET_MIB [COUNT]
//
// download: reads the object once. upload: writes an object of COUNT MiB. streams: COUNT readers of the object, all open at
// once, read in turn. rows: COUNT readers of its rows at once, by `open_batches`. Endpoint and credentials from the environment.
// Prints the growth in KiB: the peak of the resident set less what it was after one small request; for the rows of a local file
// there is none.
#include <penstock/dataset/open.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/s3/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace penstock;

namespace {

/// "VmRSS:" or "VmHWM:" of this process, in KiB.
long status_kib(std::string_view field) {
    std::ifstream in{"/proc/self/status"};
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(field)) return std::atol(line.c_str() + field.size());
    return 0;
}

void reset_peak() { std::ofstream{"/proc/self/clear_refs"} << "5"; }

struct job {
    job() = default;
    std::string what, url;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    long idle_kib = 0;
};

awaitable<void> read_out(s3::client& client, job& j, std::vector<std::byte>& block) {
    auto reader = co_await client.open(j.url);
    for (;;) {
        const auto n = co_await reader.read_some(block);
        if (n == 0) break;
        j.bytes += n;
    }
}

awaitable<void> write_out(s3::client& client, job& j, std::vector<std::byte>& block) {
    auto writer = client.create(j.url);
    for (; j.bytes < j.count << 20; j.bytes += block.size()) co_await writer.write(block);
    co_await writer.commit();
}

awaitable<void> read_in_turn(s3::client& client, job& j, std::vector<std::byte>& block) {
    std::vector<s3::object_reader> readers;
    for (std::uint64_t i = 0; i < j.count; ++i) {
        auto reader = co_await client.open(j.url);
        readers.push_back(std::move(reader));
    }
    while (!readers.empty()) {
        for (auto it = readers.begin(); it != readers.end();) {
            const auto n = co_await it->read_some(std::span{block}.first(std::size_t{64} << 10));
            j.bytes += n;
            it = n ? it + 1 : readers.erase(it);
        }
    }
}

awaitable<void> read_rows_of(s3::client& client, job& j) {
    const auto rows = co_await open_batches(&client, j.url);
    for (;;) {
        const auto batch = co_await rows->next();
        if (!batch) break;
    }
    j.bytes += rows->statistics().bytes;
}

void read_rows_at_once(s3::client& client, job& j, std::exception_ptr& failed) {
    for (std::uint64_t i = 0; i < j.count; ++i)
        asio::co_spawn(client.get_executor(), read_rows_of(client, j), [&failed](std::exception_ptr e) {
            if (e) failed = e;
        });
}

awaitable<void> work(s3::client client, job& j, std::exception_ptr& failed) {
    std::vector<std::byte> block(std::size_t{256} << 10, std::byte{1});
    // Whatever a first request loads and makes is part of the idle state.
    if (is_s3_url(j.url)) co_await client.list_buckets();
    j.idle_kib = status_kib("VmRSS:");
    reset_peak();
    if (j.what == "download")
        co_await read_out(client, j, block);
    else if (j.what == "upload")
        co_await write_out(client, j, block);
    else if (j.what == "rows")
        read_rows_at_once(client, j, failed);
    else
        co_await read_in_turn(client, j, block);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    job j;
    j.what = argv[1];
    j.url = argv[2];
    const auto budget = std::strtoull(argv[3], nullptr, 10) << 20;
    j.count = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1;
    asio::io_context io{1};
    std::exception_ptr error;
    try {
        s3::client client{io.get_executor(), s3::client_options{}.memory_budget(budget).request_concurrency(j.count + 32)};
        asio::co_spawn(io, work(client, j, error), [&error](std::exception_ptr e) {
            if (e) error = e;
        });
        io.run();
        if (error) std::rethrow_exception(error);
        const auto peak = status_kib("VmHWM:");
        std::printf("memory_budget what=%s budget_kib=%llu bytes=%llu idle_kib=%ld growth_kib=%ld budget_peak_kib=%llu\n",
                    j.what.c_str(), static_cast<unsigned long long>(budget >> 10),
                    static_cast<unsigned long long>(j.bytes), j.idle_kib, peak - j.idle_kib,
                    static_cast<unsigned long long>(client.statistics().budget_peak >> 10));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "memory_budget: %s\n", e.what());
        return 1;
    }
}
