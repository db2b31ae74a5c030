// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/zlib.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#include <penstock/codec/detail/deflate.hpp>
#include <penstock/codec/detail/zlib_decoder.hpp>

namespace penstock {

PENSTOCK_DECL std::unique_ptr<decoder> make_zlib_decoder(const decoder_options& options) {
    return std::make_unique<detail::zlib_decoder<detail::plain_inflater, true>>(options.ignore_trailing());
}
PENSTOCK_DECL std::unique_ptr<decoder> make_deflate_decoder(const decoder_options& options) {
    return std::make_unique<detail::zlib_decoder<detail::plain_inflater, false>>(options.ignore_trailing());
}
PENSTOCK_DECL std::unique_ptr<encoder> make_zlib_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::zlib, options);
    return detail::make_deflater(detail::deflate_wrapping::zlib, options.level().value_or(6));
}
PENSTOCK_DECL std::unique_ptr<encoder> make_deflate_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::deflate, options);
    return detail::make_deflater(detail::deflate_wrapping::none, options.level().value_or(6));
}

} // namespace penstock
