// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What `decompress` costs beyond the library beneath it: rows of CSV in memory, compressed with zlib's level
// 6 and zstd's level 3, decoded by the library alone (its gzip included: header, CRC) and through a source,
// in turn; CPU seconds of the whole process, medians. The third figure decodes on another thread.
//   codec_overhead [MEGABYTES [ROUNDS]]
#include <penstock/codec/codecs.hpp>
#include <penstock/codec/decompress.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#ifdef PENSTOCK_HAS_ISAL
#include <isa-l/igzip_lib.h>
#endif
#ifdef PENSTOCK_HAS_ZSTD
#include <zstd.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace penstock;

constexpr std::size_t in_block = std::size_t{128} << 10, out_block = std::size_t{256} << 10;

std::string make_rows(std::size_t size) {
    std::uint64_t seed = 88172645463325252u;
    const auto next = [&seed] {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        return seed;
    };
    static constexpr const char* cities[] = {"Zürich", "Bern", "Basel", "Genève", "Lugano"};
    std::string rows = "id,pickup,city,fare,distance,passengers\n";
    rows.reserve(size + 200);
    for (std::size_t id = 0; rows.size() < size; ++id) {
        char row[160];
        const int n = std::snprintf(
            row, sizeof row, "%zu,2024-%02u-%02uT%02u:%02u:%02u,%s,%u.%02u,%u.%03u,%u\n", id,
            unsigned(1 + next() % 12), unsigned(1 + next() % 28), unsigned(next() % 24),
            unsigned(next() % 60), unsigned(next() % 60), cities[next() % 5], unsigned(next() % 90),
            unsigned(next() % 100), unsigned(next() % 30), unsigned(next() % 1000), unsigned(1 + next() % 6));
        rows.append(row, static_cast<std::size_t>(n));
    }
    return rows;
}

std::string compressed(compression kind, const std::string& text) {
    auto e = make_encoder(kind);
    std::string out;
    std::vector<std::byte> room(1 << 20);
    const auto keep = [&](const codec_step& s) {
        out.append(reinterpret_cast<const char*>(room.data()), s.produced);
    };
    auto in = std::as_bytes(std::span{text});
    while (!in.empty()) {
        const auto step = e->encode(in, room);
        keep(step);
        in = in.subspan(step.consumed);
    }
    for (std::size_t n = room.size(); n == room.size();) {
        const auto step = e->finish(room);
        keep(step);
        n = step.produced;
    }
    return out;
}

/// Bytes of somebody else's, so that nothing is copied between rounds.
class view_source final : public byte_source {
  public:
    explicit view_source(std::string_view bytes) : rest_{bytes} {}
    io_result try_read_some(std::span<std::byte> into) override {
        const auto n = std::min(into.size(), rest_.size());
        if (n == 0) return io_result::end();
        std::memcpy(into.data(), rest_.data(), n);
        rest_.remove_prefix(n);
        return io_result::bytes(n);
    }
    awaitable<void> ready() override { co_return; }

  private:
    std::string_view rest_;
};

#ifdef PENSTOCK_HAS_ISAL
std::size_t gzip_alone(std::string_view stored) {
    std::vector<std::uint8_t> in(in_block), out(out_block);
    auto state = std::make_unique<inflate_state>();
    isal_inflate_init(state.get());
    state->crc_flag = ISAL_GZIP;
    std::size_t total = 0;
    while (state->block_state != ISAL_BLOCK_FINISH) {
        if (state->avail_in == 0) {
            const auto n = std::min(in.size(), stored.size());
            std::memcpy(in.data(), stored.data(), n); // as a source would give them
            stored.remove_prefix(n);
            state->next_in = in.data();
            state->avail_in = static_cast<std::uint32_t>(n);
        }
        state->next_out = out.data();
        state->avail_out = out_block;
        if (isal_inflate(state.get()) != ISAL_DECOMP_OK) std::abort();
        total += out_block - state->avail_out;
    }
    return total;
}
#endif
#ifdef PENSTOCK_HAS_ZSTD
std::size_t zstd_alone(std::string_view stored) {
    std::vector<char> in(in_block), out(out_block);
    auto* context = ZSTD_createDCtx();
    std::size_t total = 0;
    ZSTD_inBuffer input{in.data(), 0, 0};
    for (;;) {
        if (input.pos == input.size) {
            input.size = std::min(in.size(), stored.size());
            if (input.size == 0) break;
            std::memcpy(in.data(), stored.data(), input.size);
            stored.remove_prefix(input.size);
            input.pos = 0;
        }
        for (bool more = true; more;) {
            ZSTD_outBuffer output{out.data(), out.size(), 0};
            if (ZSTD_isError(ZSTD_decompressStream(context, &output, &input))) std::abort();
            total += output.pos;
            more = output.pos == output.size;
        }
    }
    ZSTD_freeDCtx(context);
    return total;
}
#endif

awaitable<void> count(byte_source& source, std::size_t& total) {
    std::vector<std::byte> out(out_block);
    for (;;) {
        const auto r = source.try_read_some(out);
        if (r.status == io_status::bytes) {
            total += r.size;
        } else if (r.status == io_status::would_block) {
            co_await source.ready();
        } else {
            if (r.status == io_status::error) std::printf("%s\n", r.error.message().c_str());
            co_return;
        }
    }
}

std::size_t through_source(std::string_view stored, bool other_thread) {
    asio::io_context io{1};
    std::optional<asio::thread_pool> pool;
    decompress_options options;
    if (other_thread) options.compute_executor(pool.emplace(1).get_executor());
    auto source = decompress(std::make_unique<view_source>(stored), options);
    std::size_t total = 0;
    asio::co_spawn(io, count(*source, total), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    io.run();
    return total;
}

struct times {
    std::vector<double> cpu, wall;
};
void measure(times& t, std::size_t expected, const std::function<std::size_t()>& work) {
    const auto cpu = std::clock();
    const auto wall = std::chrono::steady_clock::now();
    if (work() != expected) std::abort();
    t.wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count());
    t.cpu.push_back(static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
}
double median(std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
}

void compare(const char* name, compression kind, const std::string& text, int rounds,
             const std::function<std::size_t(std::string_view)>& alone) {
    const auto stored = compressed(kind, text);
    times library, source, thread;
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i) {
        measure(library, text.size(), [&] { return alone(stored); });
        measure(source, text.size(), [&] { return through_source(stored, false); });
        measure(thread, text.size(), [&] { return through_source(stored, true); });
        ratios.push_back(source.cpu.back() / library.cpu.back());
    }
    std::printf("%-5s %5.0f MB from %4.0f MB: alone %.3f CPU s, decompress %.3f CPU s, ratio %.3f;"
                " on another thread %.3f CPU s, %.3f s wall (in place %.3f)\n",
                name, text.size() / 1e6, stored.size() / 1e6, median(library.cpu), median(source.cpu),
                median(ratios), median(thread.cpu), median(thread.wall), median(source.wall));
}

} // namespace

int main(int argc, char** argv) {
    const auto text = make_rows((argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 128) * 1000000);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 9;
#ifdef PENSTOCK_HAS_ISAL
    compare("gzip", compression::gzip, text, rounds, gzip_alone);
#endif
#ifdef PENSTOCK_HAS_ZSTD
    compare("zstd", compression::zstd, text, rounds, zstd_alone);
#endif
    return 0;
}
