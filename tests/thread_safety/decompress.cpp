// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Decoding on a thread pool that several io_contexts share, with one budget and one pool of buffers: no race
// (ThreadSanitizer), the right bytes, and nothing left behind, also where sources are dropped in the middle.
#include "threads.hpp"

#include <penstock/codec/codecs.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/memory_io.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace penstock;
using threads::check;

std::string compressed(compression kind, const std::string& text) {
    auto e = make_encoder(kind, encoder_options{}.level(1));
    std::vector<std::byte> out(text.size() * 2);
    auto n = e->encode(std::as_bytes(std::span{text}), out).produced;
    n += e->finish(std::span{out}.subspan(n)).produced;
    return {reinterpret_cast<const char*>(out.data()), n};
}

awaitable<void> read(std::unique_ptr<byte_source> source, const std::string& text, std::size_t most) {
    std::vector<std::byte> block(50000);
    std::size_t n = 0;
    while (n < most) {
        const auto r = source->try_read_some(block);
        if (r.status == io_status::would_block) {
            co_await source->ready();
            continue;
        }
        if (r.status != io_status::bytes) break;
        check(n + r.size <= text.size() && std::memcmp(text.data() + n, block.data(), r.size) == 0,
              "wrong bytes");
        n += r.size;
    }
    check(n >= std::min(most, text.size()), "bytes are missing");
}

} // namespace

int main() {
    std::string text;
    for (int i = 0; text.size() < 3000000; ++i) text += "row " + std::to_string(i * 7919) + "\n";
    const std::string stored[] = {compressed(compression::gzip, text), compressed(compression::zlib, text)};
    const auto budget = memory_budget::create(4 << 20); // not enough for all at once
    const auto buffers = buffer_pool::create();
    threads::on_three([&](asio::io_context& io, const executor& pool) {
        for (int round = 0; round < 4; ++round)
            for (const auto& bytes : stored)
                for (std::size_t most : {text.size() + 1, std::size_t{400000}}) {
                    auto options = decompress_options{}.budget(budget).pool(buffers);
                    options.compute_executor(pool);
                    auto source = decompress(std::make_unique<memory_source>(bytes, 70000), options);
                    threads::run(io, read(std::move(source), text, most));
                }
    });
    check(budget->used() == 0, "memory was not given back");
    check(budget->peak() > 0, "no memory was taken");
    return threads::failures;
}
