// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// gzip: any bytes end in data or an error, the same however input and output are cut and whichever library
// inflates; what is compressed comes back. The first byte says how the data is cut.
#include "support.hpp"

#include <penstock/codec/detail/gzip_decoder.hpp>
#include <penstock/codec/gzip.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace gzip_fuzz {

using bytes = std::span<const std::byte>;

/// More than a seed needs; a bomb stops here.
constexpr std::size_t most = std::size_t{1} << 22;

struct decoded {
    std::vector<std::byte> data;
    bool good = false;
};

decoded decode(penstock::decoder& d, bytes in, std::size_t in_piece, std::size_t out_piece) {
    decoded r;
    std::vector<std::byte> room(out_piece);
    std::size_t shown = 0;
    while (r.data.size() < most) {
        if (shown == 0) shown = std::min(in_piece, in.size());
        const auto step = d.decode(in.first(shown), room);
        require(step.consumed <= shown && step.produced <= room.size());
        require(step.problem || step.consumed == shown || step.produced == room.size());
        in = in.subspan(step.consumed);
        shown -= step.consumed;
        r.data.insert(r.data.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(step.produced));
        if (step.problem) return r;
        if (in.empty() && step.produced == 0) {
            std::byte spare;
            r.good = d.finish(std::span{&spare, 1}).problem == nullptr;
            return r;
        }
    }
    r.data.resize(most);
    return r;
}

void check_same(const decoded& a, const decoded& b) {
    const auto n = std::min(a.data.size(), b.data.size());
    require(std::equal(a.data.begin(), a.data.begin() + static_cast<std::ptrdiff_t>(n), b.data.begin()));
    if (a.good && b.good) require(a.data.size() == b.data.size());
}

void check_decoding(bytes in, std::size_t in_piece, std::size_t out_piece) {
    const auto whole = decode(*penstock::make_gzip_decoder(), in, in.size() + 1, std::size_t{1} << 16);
    const auto cut = decode(*penstock::make_gzip_decoder(), in, in_piece, out_piece);
    check_same(whole, cut);
    require(whole.good == cut.good);
    penstock::detail::gzip_decoder<penstock::detail::zlib_inflater> zlib;
    check_same(whole, decode(zlib, in, in.size() + 1, std::size_t{1} << 16));
}

void check_round_trip(bytes in, int level, std::size_t out_piece) {
    auto encoder = penstock::make_gzip_encoder(penstock::encoder_options{}.level(level));
    std::vector<std::byte> stored, room(out_piece);
    const auto keep = [&](std::size_t n) {
        stored.insert(stored.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
    };
    for (auto rest = in; !rest.empty();) {
        const auto step = encoder->encode(rest, room);
        require(step.consumed + step.produced > 0);
        keep(step.produced);
        rest = rest.subspan(step.consumed);
    }
    for (std::size_t n = room.size(); n == room.size();) keep(n = encoder->finish(room).produced);
    const auto back = decode(*penstock::make_gzip_decoder(), stored, stored.size(), 1000);
    require(back.good && std::equal(back.data.begin(), back.data.end(), in.begin(), in.end()));
}

} // namespace gzip_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gzip_fuzz;
    if (size == 0) return 0;
    const auto in = std::as_bytes(std::span{data + 1, size - 1});
    check_decoding(in, 1 + data[0] % 16, data[0] < 128 ? 1 + data[0] : 4096);
    check_round_trip(in, data[0] % 10, 64 + data[0]);
    return 0;
}
