// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_info.hpp>
#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/config.hpp>

#include <cstdint>
#include <memory>

namespace penstock {

/// A decoder of `kind`. Throws what the codec's own function throws: `errc::unsupported` where the build
/// lacks its library, which it names, and the CMake option; `errc::invalid_option` for `none`.
PENSTOCK_DECL std::unique_ptr<decoder> make_decoder(compression kind, const decoder_options& options = {});

/// An encoder of `kind`. Throws as `make_decoder`, `errc::invalid_option` for levels and windows that there
/// are not, and `errc::unsupported` for blocks without a frame (lz4_block, snappy_block), which are no
/// streams.
PENSTOCK_DECL std::unique_ptr<encoder> make_encoder(compression kind, const encoder_options& options = {});

/// What an encoder of `kind` holds at most, in bytes, rounded up. Throws as `make_encoder`.
PENSTOCK_DECL std::uint64_t encoder_memory(compression kind, const encoder_options& options = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/codecs.ipp>
#endif
