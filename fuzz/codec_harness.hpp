// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

// Shared by the targets of all codecs. Any bytes end in data or an error, the same however input and output
// are cut, within the memory that is granted; what is compressed comes back. The first byte says how the data
// is cut, the second which options there are.
#include "support.hpp"

#include <penstock/codec/codecs.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace codec_fuzz {

using bytes = std::span<const std::byte>;
using penstock::compression;

/// More than a seed needs; a bomb stops here.
constexpr std::size_t most = std::size_t{1} << 22;
constexpr std::uint64_t memory = std::uint64_t{16} << 20;

struct decoded {
    std::vector<std::byte> data;
    bool good = false;
    bool stopped = false; // by a limit
};

inline decoded decode(penstock::decoder& d, bytes in, std::size_t in_piece, std::size_t out_piece) {
    decoded r;
    std::vector<std::byte> room(out_piece);
    const auto keep = [&](std::size_t n) {
        require(n <= room.size());
        r.data.insert(r.data.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
    };
    d.grant(memory);
    std::size_t shown = 0;
    for (bool ending = false;;) {
        if (shown == 0) shown = std::min(in_piece, in.size());
        const auto step = ending ? d.finish(room) : d.decode(in.first(shown), room);
        require(step.consumed <= shown && step.behind <= 4096);
        require(ending || step.problem || step.needs || step.consumed == shown ||
                step.produced == room.size());
        in = in.subspan(step.consumed);
        shown -= step.consumed;
        keep(step.produced);
        if (step.needs) require(step.needs > memory);
        r.stopped = step.needs != 0 || r.data.size() >= most;
        if (r.stopped || step.problem) break;
        if (in.empty() && step.produced == 0) {
            r.good = ending;
            if (ending) break;
            ending = true;
        }
    }
    r.data.resize(std::min(r.data.size(), most));
    return r;
}

inline void check_same(const decoded& a, const decoded& b) {
    const auto n = std::min(a.data.size(), b.data.size());
    require(std::equal(a.data.begin(), a.data.begin() + static_cast<std::ptrdiff_t>(n), b.data.begin()));
    if (a.stopped || b.stopped) return;
    require(a.good == b.good);
    if (a.good) require(a.data.size() == b.data.size());
}

inline penstock::decoder_options decoder_options_of(compression kind, unsigned choice) {
    penstock::decoder_options o;
    o.ignore_trailing(choice & 0x80);
    if (kind == compression::lz4_block) o.plain_size((choice & 0x7f) * 8);
    return o;
}

/// Levels that do not take long.
inline penstock::encoder_options encoder_options_of(compression kind, unsigned choice) {
    penstock::encoder_options o;
    const auto& levels = penstock::find_codec(kind).levels;
    const bool heavy = kind == compression::xz || kind == compression::lzma || kind == compression::bzip2;
    if (levels)
        o.level(levels->lowest +
                static_cast<int>(choice) % (heavy ? 2 : std::min(10, levels->highest - levels->lowest + 1)));
    return o;
}

inline std::vector<std::byte> encode(penstock::encoder& e, bytes in, std::size_t out_piece) {
    std::vector<std::byte> stored, room(out_piece);
    const auto keep = [&](std::size_t n) {
        stored.insert(stored.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
    };
    while (!in.empty()) {
        const auto step = e.encode(in, room);
        require(step.consumed + step.produced > 0);
        keep(step.produced);
        in = in.subspan(step.consumed);
    }
    for (std::size_t n = room.size(); n == room.size();) keep(n = e.finish(room).produced);
    return stored;
}

inline int run(compression kind, const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const unsigned cut = data[0], choice = data[1];
    const auto in = std::as_bytes(std::span{data + 2, size - 2});
    const auto options = decoder_options_of(kind, choice);
    const auto whole =
        decode(*penstock::make_decoder(kind, options), in, in.size() + 1, std::size_t{1} << 16);
    check_same(whole,
               decode(*penstock::make_decoder(kind, options), in, 1 + cut % 16, cut < 128 ? 1 + cut : 4096));
    if (!penstock::find_codec(kind).writable) return 0;
    const auto stored = encode(*penstock::make_encoder(kind, encoder_options_of(kind, choice)), in, 64 + cut);
    const auto back = decode(*penstock::make_decoder(kind), stored, stored.size() + 1, 1000);
    require(back.good && std::equal(back.data.begin(), back.data.end(), in.begin(), in.end()));
    return 0;
}

} // namespace codec_fuzz
