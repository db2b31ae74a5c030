// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What writing text costs: the table of the peers' benchmark, in memory as batches, written as CSV and as JSON Lines into a sink
// that drops it. CPU seconds of the thread, the system's included, the lowest of the rounds.
//
//   write_speed FILE.csv [ROWS [ROUNDS]]
#include "trip_checksum.hpp"

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/json/lines_writer.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace asio = boost::asio;
using namespace penstock;

namespace {

/// Takes all and keeps nothing.
class drain final : public byte_sink {
  public:
    explicit drain(std::uint64_t& bytes) : bytes_{&bytes} {}
    awaitable<void> write(std::span<const std::byte> bytes) override {
        *bytes_ += bytes.size();
        co_return;
    }
    awaitable<void> commit() override { co_return; }
    std::string name() const override { return "nowhere"; }

  private:
    std::uint64_t* bytes_;
};

double cpu_seconds() {
    rusage r{};
    getrusage(RUSAGE_THREAD, &r);
    return static_cast<double>(r.ru_utime.tv_sec + r.ru_stime.tv_sec) + static_cast<double>(r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

awaitable<void> read_all(std::string path, std::uint64_t rows, std::vector<record_batch>& out) {
    csv::batch_reader reader{open_file(path), csv::options().schema(trips::columns()).limit(rows)};
    while (auto batch = co_await reader.next()) out.push_back(std::move(*batch));
}

awaitable<void> write_all(std::unique_ptr<batch_writer> writer, const std::vector<record_batch>& batches) {
    for (const auto& b : batches) co_await writer->write(b);
    co_await writer->close();
}

template <class Writer>
void measure(const char* name, const std::vector<record_batch>& batches, int rounds) {
    double best = 1e9;
    std::uint64_t bytes = 0;
    for (int i = 0; i < rounds; ++i) {
        bytes = 0;
        asio::io_context io;
        const auto before = cpu_seconds();
        asio::co_spawn(io, write_all(std::make_unique<Writer>(drain{bytes}), batches), [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        });
        io.run();
        best = std::min(best, cpu_seconds() - before);
    }
    std::printf("%-6s %8.1f MB %7.3f s %8.0f MB/s\n", name, static_cast<double>(bytes) * 1e-6, best, static_cast<double>(bytes) * 1e-6 / best);
}

} // namespace

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::fprintf(stderr, "write_speed FILE.csv [ROWS [ROUNDS]]\n");
        return 2;
    }
    const auto rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 5'000'000;
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    std::vector<record_batch> batches;
    asio::io_context io;
    asio::co_spawn(io, read_all(argv[1], rows, batches), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    io.run();
    measure<csv::batch_writer>("csv", batches, rounds);
    measure<json::lines_writer>("jsonl", batches, rounds);
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
