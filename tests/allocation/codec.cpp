// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "counting.hpp"

#include <penstock/codec/codecs.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/memory_io.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace penstock;
using allocation::allocations;
using allocation::outcome;

constexpr std::size_t size = std::size_t{24} << 20;

std::string compressed(compression kind) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i)
        text += "row " + std::to_string(i * 2654435761u) + ",Zürich\n";
    text.resize(size);
    auto e = make_encoder(kind);
    std::vector<std::byte> out(2 * size);
    auto n = e->encode(std::as_bytes(std::span{text}), out).produced;
    n += e->finish(std::span{out}.subspan(n)).produced;
    return {reinterpret_cast<const char*>(out.data()), n};
}

awaitable<outcome> read(std::unique_ptr<byte_source> source) {
    outcome out;
    static std::byte block[8192];
    std::uint64_t before = 0;
    for (;;) {
        if (out.reads == allocation::warm_up) before = allocations;
        const auto r = source->try_read_some(block);
        if (r.status == io_status::would_block) {
            ++out.waits;
            co_await source->ready();
            continue;
        }
        if (r.status != io_status::bytes) break;
        ++out.reads;
        out.bytes += r.size;
        out.allocated = allocations - before;
    }
    co_return out;
}

} // namespace

bool allocation::codec_reads() {
    bool good = true;
    // Not xz and bzip2, which take long to write so much, nor brotli, whose library takes tables for each of
    // its blocks.
    for (auto kind : {compression::gzip, compression::zlib, compression::zstd, compression::lz4,
                      compression::lz4_hadoop, compression::snappy}) {
        if (!find_codec(kind).available) continue;
        asio::io_context io{1};
        outcome out;
        auto source =
            decompress(std::make_unique<memory_source>(compressed(kind)), decompress_options{}.kind(kind));
        asio::co_spawn(io, read(std::move(source)), [&out](std::exception_ptr e, outcome o) {
            if (!e) out = o;
        });
        io.run();
        const auto name = "decompress " + std::string{to_string(kind)};
        good = report(name.c_str(), out, out.bytes == size) && good;
    }
    return good;
}
