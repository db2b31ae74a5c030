// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/gzip.hpp>

#include <penstock/codec/detail/codec_failures.hpp>
#include <penstock/codec/detail/deflate.hpp>
#include <penstock/codec/detail/gzip_decoder.hpp>

namespace penstock {

PENSTOCK_DECL std::unique_ptr<decoder> make_gzip_decoder(const decoder_options& options) {
    return std::make_unique<detail::gzip_decoder<detail::inflater>>(options.ignore_trailing());
}

PENSTOCK_DECL std::unique_ptr<encoder> make_gzip_encoder(const encoder_options& options) {
    detail::check_encoder_options(compression::gzip, options);
    return detail::make_deflater(detail::deflate_wrapping::gzip, options.level().value_or(6));
}

} // namespace penstock
