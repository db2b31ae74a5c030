// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Our entry in the peers' benchmark: public headers and default options only, so that what it measures is what a user
// gets.
//
//   penstock_peer --workload W --url s3://bucket/key --threads N [--n N] ...
//
// The endpoint and credentials come from the usual AWS variables; BENCH_ANON=1 asks for unsigned requests. Uploads leave
// bodies out of the signature, as the peers do; PENSTOCK_BENCH_SIGN=1 signs them, PENSTOCK_BENCH_CHECKSUM=1 sends CRC64NVME.
// Prints one line of JSON.
#include "trip_checksum.hpp"

#include <penstock/codec/decompress.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/dataset/open_batches.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/read_unordered.hpp>
#include <penstock/s3/upload.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace asio = boost::asio;
using namespace penstock;

namespace {

struct totals {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    std::string checksum;
};

double cpu_seconds() {
    rusage r{};
    getrusage(RUSAGE_SELF, &r);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + t.tv_usec * 1e-6; };
    return seconds(r.ru_utime) + seconds(r.ru_stime);
}

bool asked_for(const char* variable) {
    const char* value = std::getenv(variable);
    return value && std::string{value} == "1";
}

s3::client make_client(executor ex) {
    s3::client_options options;
    if (asked_for("BENCH_ANON")) options.anonymous();
    options.sign_payload(asked_for("PENSTOCK_BENCH_SIGN"));
    return s3::client{std::move(ex), options};
}

/// Reads an object to its end into memory that is used again and again.
awaitable<void> drain(s3::client client, std::string url, std::vector<std::byte>& memory, totals& out) {
    auto object = co_await client.open(url);
    for (;;) {
        const auto n = co_await object.read_some(memory);
        if (n == 0) break;
        out.bytes += n;
    }
}

/// W1, W12: one object.
awaitable<void> one_object(s3::client client, std::string url, std::size_t buffer, totals& out) {
    std::vector<std::byte> memory(buffer);
    co_await drain(client, url, memory, out);
}

/// W1p: one object, several ranges at a time, in no order.
awaitable<void> one_object_in_parts(s3::client client, std::string url, totals& out) {
    const auto consume = [&out](std::uint64_t, std::span<const std::byte> bytes) -> awaitable<void> {
        out.bytes += bytes.size();
        co_return;
    };
    co_await s3::read_unordered(client, url, consume);
}

/// W1o: the same in order, block by block.
awaitable<void> one_object_in_order(s3::client client, std::string url, totals& out) {
    auto object = co_await s3::open_parallel(client, url);
    for (;;) {
        const auto block = co_await object.next_block();
        if (!block) break;
        out.bytes += block.bytes().size();
    }
}

/// W2: numbered small objects, a fixed number of coroutines taking the next one.
awaitable<void> small_objects(s3::client client, std::string prefix, int& next, int count, totals& out) {
    std::vector<std::byte> memory(std::size_t{64} << 10);
    while (next < count) {
        char name[32];
        std::snprintf(name, sizeof name, "/%04d.bin", next++);
        co_await drain(client, prefix + name, memory, out);
    }
}

/// W3: a file, in parts.
awaitable<void> upload(s3::client client, std::string file, std::string url, totals& out) {
    s3::put_object_options options;
    if (asked_for("PENSTOCK_BENCH_CHECKSUM")) options.checksum(checksum_algorithm::crc64nvme);
    const auto how = s3::upload_options{}.progress([&out](std::uint64_t bytes) { out.bytes = bytes; });
    co_await s3::upload_file(client, file, url, options, how);
}

/// W4: all keys under a prefix.
awaitable<void> list(s3::client client, std::string url, totals& out) {
    auto pages = client.list(url);
    for (;;) {
        auto page = co_await pages.next();
        if (!page) break;
        out.rows += page->objects.size();
    }
}

/// An object, or a file, decompressed where it is compressed.
awaitable<std::unique_ptr<byte_source>> open(executor ex, std::string url, executor compute) {
    constexpr std::string_view file = "file://";
    std::unique_ptr<byte_source> source;
    if (url.starts_with(file)) {
        source = open_file(url.substr(file.size()));
    } else {
        auto object = co_await make_client(ex).open(url);
        source = std::make_unique<s3::object_reader>(std::move(object));
    }
    co_return decompress(std::move(source), decompress_options().compute_executor(compute));
}

/// PENSTOCK_BENCH_LEVEL: kernels of another level than the processor's: 0 portable, 1 SSE2, 2 AVX2, 3 AVX-512.
simd_level level() {
    const char* value = std::getenv("PENSTOCK_BENCH_LEVEL");
    return value ? static_cast<simd_level>(std::atoi(value)) : penstock::detail::best_simd_level();
}

/// PENSTOCK_BENCH_COLUMNS: only these, joined by commas; PENSTOCK_BENCH_INFER=1: types inferred.
template <class Options>
Options table_options() {
    auto options = Options{}.instruction_set(level());
    if (!asked_for("PENSTOCK_BENCH_INFER")) options.schema(trips::columns());
    if (const char* names = std::getenv("PENSTOCK_BENCH_COLUMNS")) {
        std::vector<std::string> columns(1);
        for (const char* c = names; *c; ++c)
            if (*c == ',') columns.emplace_back();
            else columns.back() += *c;
        options.columns(columns);
    }
    return options;
}

/// W11csv: the first rows only.
awaitable<void> head(s3::client client, std::string url, totals& out) {
    const auto rows = co_await open_batches(&client, url, open_options().limit(10));
    for (;;) {
        auto batch = co_await rows->next();
        if (!batch) break;
        out.rows += batch->num_rows();
    }
    out.bytes = client.statistics().bytes_received;
}

/// W5, W6 and W5gz, W5zst: CSV or JSON Lines, every column typed. With several threads, decompression
/// and parsing go there, in as many parts as there are threads; this one reads, and adds up.
template <class Reader, class Options>
awaitable<void> table_rows(executor ex, std::string url, executor compute, std::size_t threads, totals& out) {
    auto source = co_await open(ex, url, compute);
    const auto options = table_options<Options>().compute_executor(compute).tasks(threads);
    Reader rows{std::move(source), options};
    trips::checksum sum;
    for (;;) {
        auto batch = co_await rows.next();
        if (!batch) break;
        sum.add(*batch);
    }
    out.rows = static_cast<std::uint64_t>(sum.rows());
    out.checksum = sum.text();
}

int failed(const char* what) {
    std::fprintf(stderr, "penstock_peer: %s\n", what);
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> arguments;
    for (int i = 1; i + 1 < argc; i += 2) arguments[argv[i]] = argv[i + 1];
    const auto workload = arguments["--workload"];
    const auto url = arguments["--url"];

    const auto began = std::chrono::steady_clock::now();
    const auto cpu_before = cpu_seconds();
    totals out;
    std::exception_ptr error;
    try {
        asio::io_context io{1};
        const auto threads = static_cast<std::size_t>(
            std::clamp(arguments.contains("--threads") ? std::atoi(arguments["--threads"].c_str()) : 1, 1, 64));
        std::optional<asio::thread_pool> others;
        if (threads > 1) others.emplace(threads);
        const executor compute = others ? executor{others->get_executor()} : executor{};
        const auto done = [&error](std::exception_ptr e) {
            if (e) error = e;
        };
        int next = 0;
        if (workload == "W1" || workload == "W12") {
            const auto buffer = std::size_t{workload == "W1" ? 256u : 64u} << 10;
            asio::co_spawn(io, one_object(make_client(io.get_executor()), url, buffer, out), done);
        } else if (workload == "W1p") {
            asio::co_spawn(io, one_object_in_parts(make_client(io.get_executor()), url, out), done);
        } else if (workload == "W1o") {
            asio::co_spawn(io, one_object_in_order(make_client(io.get_executor()), url, out), done);
        } else if (workload == "W2") {
            const int count = arguments.contains("--n") ? std::atoi(arguments["--n"].c_str()) : 1000;
            auto client = make_client(io.get_executor());
            for (int i = 0; i < 32; ++i) asio::co_spawn(io, small_objects(client, url, next, count, out), done);
            client = make_client(io.get_executor()); // the coroutines hold the one they use
        } else if (workload == "W3") {
            asio::co_spawn(io, upload(make_client(io.get_executor()), arguments["--src"], url, out), done);
        } else if (workload == "W4") {
            asio::co_spawn(io, list(make_client(io.get_executor()), url, out), done);
        } else if (workload == "W5" || workload == "W5gz" || workload == "W5zst") {
            asio::co_spawn(io, table_rows<csv::batch_reader, csv::options>(io.get_executor(), url, compute, threads, out), done);
        } else if (workload == "W6") {
            asio::co_spawn(io, table_rows<json::lines_reader, json::lines_options>(io.get_executor(), url, compute, threads, out), done);
        } else if (workload == "W11csv") {
            asio::co_spawn(io, head(make_client(io.get_executor()), url, out), done);
        } else {
            std::puts("{\"na\":\"comes with a later step\"}");
            return 0;
        }
        io.run();
        if (others) others->join();
        if (error) std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return failed(e.what());
    }
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
    const auto checksum = out.checksum.empty() ? "" : "\"checksum\":\"" + out.checksum + "\",";
    std::printf("{\"rows\":%llu,%s\"bytes\":%llu,\"t\":%.6f,\"cpu\":%.6f}\n", static_cast<unsigned long long>(out.rows),
                checksum.c_str(), static_cast<unsigned long long>(out.bytes), wall.count(), cpu_seconds() - cpu_before);
    return 0;
}
