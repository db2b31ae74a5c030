// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "codec_harness.hpp"

#include <penstock/codec/detail/gzip_decoder.hpp>
#include <penstock/codec/gzip.hpp>

// As for every codec; and whichever library inflates, the data is the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace codec_fuzz;
    if (size < 2) return 0;
    const auto in = std::as_bytes(std::span{data + 2, size - 2});
    penstock::detail::gzip_decoder<penstock::detail::zlib_inflater> zlib;
    const auto whole = decode(*penstock::make_gzip_decoder(), in, in.size() + 1, std::size_t{1} << 16);
    check_same(whole, decode(zlib, in, in.size() + 1, std::size_t{1} << 16));
    return run(compression::gzip, data, size);
}
