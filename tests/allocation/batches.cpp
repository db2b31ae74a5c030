// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "counting.hpp"

#include <penstock/core/memory_io.hpp>
#include <penstock/csv/batch_reader.hpp>
#include <penstock/csv/batch_writer.hpp>
#include <penstock/json/lines_reader.hpp>
#include <penstock/json/lines_writer.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace {

using namespace penstock;

constexpr std::size_t columns = 5;

std::string csv_text(std::size_t rows) {
    std::string out = "id,fare,zone,at,paid\n";
    for (std::size_t i = 0; i < rows; ++i)
        out += std::to_string(i) + "," + std::to_string(i % 977) + ".25,zone " + std::to_string(i % 61) + ",2026-01-02T03:04:05," +
               (i % 3 ? "true\n" : "\n");
    return out;
}

std::string json_text(std::size_t rows) {
    std::string out;
    for (std::size_t i = 0; i < rows; ++i)
        out += "{\"id\":" + std::to_string(i) + ",\"fare\":" + std::to_string(i % 977) + ".25,\"zone\":\"zone " +
               std::to_string(i % 61) + "\",\"at\":\"2026-01-02T03:04:05\",\"paid\":" + (i % 3 ? "true}\n" : "null}\n");
    return out;
}

struct counts {
    std::uint64_t rows = 0;
    std::uint64_t batches = 0;   ///< after the first few, which take the blocks that go round from then on
    std::uint64_t allocated = 0; ///< for those
    double for_one() const { return static_cast<double>(allocated) / static_cast<double>(batches); }
};

awaitable<counts> read(std::unique_ptr<batch_reader> rows) {
    constexpr std::uint64_t first = 8;
    counts out;
    std::uint64_t before = 0;
    for (std::uint64_t n = 0;; ++n) {
        if (n == first) before = allocation::allocations;
        const auto batch = co_await rows->next();
        if (!batch) break;
        out.rows += batch->num_rows();
        if (n < first) continue;
        ++out.batches;
        out.allocated = allocation::allocations - before;
    }
    co_return out;
}

template <class Reader, class Options>
counts count(const std::string& text, std::size_t batch_rows) {
    asio::io_context io{1};
    counts out;
    auto rows = std::make_unique<Reader>(memory_source{text}, Options().batch_rows(batch_rows));
    asio::co_spawn(io, read(std::move(rows)), [&out](std::exception_ptr e, counts c) {
        if (!e) out = c;
    });
    io.run();
    return out;
}

/// A batch takes what its arrays are made of, some for each column, however many rows it has. (About one more goes with every
/// 256 KiB of text: others having a turn.)
template <class Reader, class Options>
bool batches_of(const char* name, const std::string& text, std::uint64_t rows) {
    const auto small = count<Reader, Options>(text, 512), large = count<Reader, Options>(text, 1024);
    const bool good = small.rows == rows && large.rows == rows && large.batches > 8 && large.for_one() < small.for_one() + 1 &&
                      small.for_one() <= 8 * columns;
    std::printf("%-24s %llu rows, allocations of a batch: %.1f of 512 rows, %.1f of 1024 rows%s\n", name,
                static_cast<unsigned long long>(rows), small.for_one(), large.for_one(), good ? "" : "  FAILED");
    return good;
}

/// Forgets what it gets.
class drain final : public byte_sink {
  public:
    awaitable<void> write(std::span<const std::byte>) override { co_return; }
    awaitable<void> commit() override { co_return; }
};

/// Batches of `rows` rows, with all that the reader gave: `out` has the allocations of each after the first few.
awaitable<void> write(std::unique_ptr<batch_writer> writer, record_batch batch, counts& out) {
    constexpr std::uint64_t first = 8;
    constexpr std::uint64_t all = 100;
    std::uint64_t before = 0;
    for (std::uint64_t n = 0; n < all; ++n) {
        if (n == first) before = allocation::allocations;
        co_await writer->write(batch);
        out.rows += batch.num_rows();
    }
    out.batches = all - first;
    out.allocated = allocation::allocations - before;
    co_await writer->close();
}

awaitable<void> keep(std::unique_ptr<batch_reader> rows, std::optional<record_batch>& out) { out = co_await rows->next(); }

template <class Writer>
counts count_writing(const std::string& text, std::size_t rows) {
    asio::io_context io{1};
    std::optional<record_batch> batch;
    asio::co_spawn(io, keep(std::make_unique<csv::batch_reader>(memory_source{text}, csv::options().batch_rows(rows)), batch),
                   [](std::exception_ptr) {});
    io.run();
    counts out;
    if (!batch) return out;
    asio::co_spawn(io, write(std::make_unique<Writer>(drain{}), *batch, out), [&out](std::exception_ptr e) {
        if (e) out = counts();
    });
    io.restart();
    io.run();
    return out;
}

/// A batch costs a few allocations at most (the coroutine's frame, others having a turn), however many rows it has.
template <class Writer>
bool writes(const char* name, const std::string& text) {
    const auto small = count_writing<Writer>(text, 512), large = count_writing<Writer>(text, 4096);
    const bool good = small.rows == 51'200 && large.rows == 409'600 && small.for_one() <= 2 && large.for_one() <= 4;
    std::printf("%-24s allocations of a batch: %.1f of 512 rows, %.1f of 4096 rows%s\n", name, small.for_one(), large.for_one(),
                good ? "" : "  FAILED");
    return good;
}

} // namespace

bool allocation::batches() {
    constexpr std::size_t rows = 100'000;
    const bool csv = batches_of<csv::batch_reader, csv::options>("csv batches", csv_text(rows), rows);
    const bool json = batches_of<json::lines_reader, json::lines_options>("json lines batches", json_text(rows), rows);
    const bool write_csv = writes<csv::batch_writer>("written as csv", csv_text(rows));
    const bool write_lines = writes<json::lines_writer>("written as json lines", csv_text(rows));
    return csv && json && write_csv && write_lines;
}
