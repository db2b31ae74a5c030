// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/config.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace penstock {

/// The levels of an encoder, from the fastest to the smallest, and the one that is taken where none is given.
struct codec_levels {
    int lowest = 0;
    int highest = 0;
    int usual = 0;
};

/// What this build has of a codec.
struct codec_info {
    compression kind = compression::none;
    std::string_view library;      ///< "libzstd"
    std::string_view package;      ///< Debian's, "libzstd-dev"
    std::string_view build_option; ///< CMake's, "PENSTOCK_ZSTD"; empty for what is always there
    bool available = false;        ///< in this build
    bool writable = false;         ///< there is an encoder, too
    std::optional<codec_levels> levels;
};

/// Every codec but `none`, in the order of `compression`.
PENSTOCK_DECL std::span<const codec_info> codecs() noexcept;

/// The row of `kind`. Precondition: not `none`.
PENSTOCK_DECL const codec_info& find_codec(compression kind) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/codec_info.ipp>
#endif
