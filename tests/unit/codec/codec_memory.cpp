// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// What a codec is said to hold is no less than what its library takes.
#include <penstock/codec/codecs.hpp>

#include "codec_support.hpp"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <lz4.h>
#include <zstd.h>

#include <doctest/doctest.h>

#include <malloc.h>

extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace codec_memory_test {

using namespace codec_test;
using namespace penstock;

struct counted {
    std::size_t now = 0, peak = 0;
    static void* take(void* self, std::size_t size) {
        auto& c = *static_cast<counted*>(self);
        void* p = std::malloc(size);
        c.peak = std::max(c.peak, c.now += ::malloc_usable_size(p));
        return p;
    }
    static void give(void* self, void* p) {
        if (!p) return;
        static_cast<counted*>(self)->now -= ::malloc_usable_size(p);
        std::free(p);
    }
};

TEST_CASE("codec memory: zstd's encoder at every level, with windows and dictionaries") {
    const auto text = sample_text(200000, 1);
    const auto dictionary = std::make_shared<std::string>(sample_text(100000, 2));
    const auto held = [&](const encoder_options& options) {
        auto* c = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, *options.level());
        if (options.window_bits()) ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, *options.window_bits());
        if (options.window_bits().value_or(0) >= 27)
            ZSTD_CCtx_setParameter(c, ZSTD_c_enableLongDistanceMatching, 1);
        if (options.dictionary())
            ZSTD_CCtx_loadDictionary(c, options.dictionary()->data(), options.dictionary()->size());
        std::string room(100000, '\0');
        ZSTD_inBuffer in{text.data(), 1000, 0};
        ZSTD_outBuffer out{room.data(), room.size(), 0};
        REQUIRE_FALSE(ZSTD_isError(ZSTD_compressStream2(c, &out, &in, ZSTD_e_continue)));
        const auto size = ZSTD_sizeof_CCtx(c);
        ZSTD_freeCCtx(c);
        return size;
    };
    for (int level : {-50, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21}) {
        CAPTURE(level);
        for (auto bits : {0, 10, 20, 27}) {
            if (bits == 27 && level > 3) continue;
            CAPTURE(bits);
            auto options = encoder_options{}.level(level);
            if (bits) options.window_bits(bits);
            const auto bound = encoder_memory(compression::zstd, options);
            CHECK(held(options) <= bound);
            if (bits == 0) CHECK(held(options) * 4 >= bound); // not by far
            if (level < 20) {
                options.dictionary(dictionary);
                CHECK(held(options) <= encoder_memory(compression::zstd, options));
            }
        }
    }
}

TEST_CASE("codec memory: brotli both ways") {
    const auto text = sample_text(std::size_t{9} << 20, 3);
    for (int level : {0, 1, 3, 4, 5, 7, 8, 9})
        for (int bits : {10, 16, 22}) {
            CAPTURE(level);
            CAPTURE(bits);
            counted memory;
            auto* e = BrotliEncoderCreateInstance(counted::take, counted::give, &memory);
            BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level));
            BrotliEncoderSetParameter(e, BROTLI_PARAM_LGWIN, static_cast<std::uint32_t>(bits));
            std::string stored, room(65536, '\0');
            std::size_t in = text.size() >> (level > 3 ? 1 : 0), left = 0;
            auto* next = reinterpret_cast<const std::uint8_t*>(text.data());
            while (!BrotliEncoderIsFinished(e)) {
                left = room.size();
                auto* out = reinterpret_cast<std::uint8_t*>(room.data());
                BrotliEncoderCompressStream(e, BROTLI_OPERATION_FINISH, &in, &next, &left, &out, nullptr);
                stored.append(room, 0, room.size() - left);
            }
            BrotliEncoderDestroyInstance(e);
            CHECK(memory.peak <=
                  encoder_memory(compression::brotli, encoder_options{}.level(level).window_bits(bits)));

            auto asks = make_decoder(compression::brotli);
            asks->grant(0);
            const auto needs = asks->decode(as_bytes(stored), std::as_writable_bytes(std::span{room})).needs;
            memory = {};
            auto* d = BrotliDecoderCreateInstance(counted::take, counted::give, &memory);
            in = stored.size();
            next = reinterpret_cast<const std::uint8_t*>(stored.data());
            auto result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
            while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
                left = room.size();
                auto* out = reinterpret_cast<std::uint8_t*>(room.data());
                result = BrotliDecoderDecompressStream(d, &in, &next, &left, &out, nullptr);
            }
            CHECK(result == BROTLI_DECODER_RESULT_SUCCESS);
            BrotliDecoderDestroyInstance(d);
            CHECK(memory.peak <= needs);
        }
}

TEST_CASE("codec memory: zstd's decoder asks for its window, whatever the frame says") {
    const auto text = sample_text(300000, 4);
    for (int bits : {10, 17, 20, 23, 27}) {
        CAPTURE(bits);
        const auto stored = run_encoder(*make_encoder(compression::zstd, encoder_options{}.window_bits(bits)),
                                        text, 1000, 1000);
        auto d = make_decoder(compression::zstd);
        d->grant(0);
        std::string room(65536, '\0');
        const auto needs = d->decode(as_bytes(stored), std::as_writable_bytes(std::span{room})).needs;
        CHECK(needs >= std::uint64_t{1} << bits);
        auto* c = ZSTD_createDCtx();
        ZSTD_inBuffer in{stored.data(), stored.size(), 0};
        std::size_t held = 0;
        while (in.pos < in.size) {
            ZSTD_outBuffer out{room.data(), room.size(), 0};
            REQUIRE_FALSE(ZSTD_isError(ZSTD_decompressStream(c, &out, &in)));
            held = std::max(held, ZSTD_sizeof_DCtx(c));
        }
        ZSTD_freeDCtx(c);
        CHECK(held <= needs);
    }
}

/// Of the whole program.
std::uint64_t allocated_now() {
    if (&__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
    const auto m = ::mallinfo2();
    return m.uordblks + m.hblkhd;
}

std::string big_endian(std::size_t n) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift);
    return out;
}

TEST_CASE("codec memory: a block and what it is decoded to take what was asked for, in any pieces") {
    numbers n{5};
    std::string text(5 * 1024 * 1024, '\0'); // does not shrink
    for (auto& c : text) c = static_cast<char>(n.next());
    std::string block(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(text.size()))), '\0');
    block.resize(static_cast<std::size_t>(LZ4_compress_default(text.data(), block.data(), static_cast<int>(text.size()),
                                                               static_cast<int>(block.size()))));
    for (const bool hadoop : {false, true})
        for (const std::size_t piece : {10'000u, 1'000'000u}) {
            CAPTURE(hadoop);
            CAPTURE(piece);
            const auto stored = hadoop ? big_endian(text.size()) + big_endian(block.size()) + block : block;
            std::string room(65536, '\0'), plain;
            plain.reserve(text.size() + room.size());
            const auto before = allocated_now();
            auto d = make_decoder(hadoop ? compression::lz4_hadoop : compression::lz4_block,
                                  hadoop ? decoder_options{} : decoder_options{}.plain_size(text.size()));
            d->grant(0);
            std::uint64_t most = 0, needs = 0;
            const auto step = [&](bool end, std::string_view in) {
                const auto out = std::as_writable_bytes(std::span{room});
                const auto s = end ? d->finish(out) : d->decode(as_bytes(in), out);
                REQUIRE_FALSE(s.problem);
                most = std::max(most, allocated_now() - before);
                if (s.needs) d->grant(needs = s.needs);
                plain.append(room, 0, s.produced);
                return s;
            };
            for (std::size_t at = 0; at < stored.size();) at += step(false, std::string_view{stored}.substr(at, piece)).consumed;
            for (bool more = true; more;) more = step(false, {}).produced > 0;
            for (bool more = true; more;) more = step(true, {}).produced > 0;
            CHECK((plain == text));
            CHECK(needs > 2 * text.size());
            CHECK(most <= needs + 16 * 1024);
        }
}

} // namespace codec_memory_test
