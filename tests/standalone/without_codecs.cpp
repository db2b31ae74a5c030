// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/codec/codecs.hpp>
#include <penstock/codec/compress.hpp>
#include <penstock/codec/decompress.hpp>
#include <penstock/core/memory_io.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace penstock;

int failures = 0;
void check(bool ok, std::string_view what) {
    if (ok) return;
    ++failures;
    std::printf("without_codecs: %.*s\n", int(what.size()), what.data());
}

/// It must fail and name the library and the build option.
template <class F>
void must_name(const codec_info& codec, F f) {
    try {
        f();
        check(false, codec.library);
    } catch (const error& e) {
        const std::string text = e.what();
        check(e.code() == errc::unsupported, text);
        check(text.find(codec.library) != text.npos && text.find(codec.build_option) != text.npos, text);
    }
}

void round_trip(compression kind) {
    const std::string text(100000, 'x');
    std::vector<std::byte> stored(100000), back(200000);
    auto e = make_encoder(kind, encoder_options{}.level(1));
    auto n = e->encode(std::as_bytes(std::span{text}), stored).produced;
    n += e->finish(std::span{stored}.subspan(n)).produced;
    const auto step = make_decoder(kind)->decode(std::span{stored}.first(n), back);
    check(!step.problem && step.produced == text.size(), to_string(kind));
}

} // namespace

int main() {
    int missing = 0;
    for (const auto& codec : codecs()) {
        if (codec.build_option.empty()) {
            round_trip(codec.kind);
            continue;
        }
        ++missing;
        check(!codec.available, codec.library);
        must_name(codec, [&] { (void)make_decoder(codec.kind, decoder_options{}.plain_size(1)); });
        must_name(codec, [&] {
            decompress(std::make_unique<memory_source>("x"),
                       decompress_options{}.kind(codec.kind).plain_size(1));
        });
        if (!codec.writable) continue;
        must_name(codec, [&] { (void)make_encoder(codec.kind); });
        std::string out;
        must_name(codec, [&] { compress(std::make_unique<memory_sink>(out), codec.kind); });
    }
    check(missing == 11, "every optional codec was tried");
    // found by its bytes
    auto source = decompress(std::make_unique<memory_source>("\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"));
    std::byte room[10];
    const auto r = source->try_read_some(room);
    check(r.status == io_status::error && r.error.message().find("libzstd") != std::string::npos,
          "zstd by its magic");
    return failures;
}
