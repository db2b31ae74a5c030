// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/format/text_encoding.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace penstock {

struct read_options;

/// The text of `source` as UTF-8, whatever it is stored as: what stands between a source and a parser of text. The readers
/// of all text formats have it as an option, `encoding`. Behind `decompress`, for data that is compressed.
///
/// What follows counts bytes of the decoded text: offsets and columns in a parser's errors, `read_statistics::bytes`.
///
/// Reads are plain calls, without a coroutine frame or an allocation; one read decodes at most 64 KiB. Errors, after all
/// text before them was given: `errc::invalid_utf8` and `errc::invalid_utf16` with the byte offset in what is stored, unless
/// `on_broken` replaces what is broken; whatever `source` answers. Cancellation: as `source`; nothing is lost.
/// Memory: 64 KiB from `pool`, which may be null. Precondition: `source` is not null.
PENSTOCK_DECL std::unique_ptr<byte_source> decode_text(std::unique_ptr<byte_source> source, text_encoding encoding,
                                                       broken_text on_broken = broken_text::fail,
                                                       std::shared_ptr<buffer_pool> pool = nullptr);

/// The same for a source by value.
template <std::derived_from<byte_source> Source>
std::unique_ptr<byte_source> decode_text(Source source, text_encoding encoding, broken_text on_broken = broken_text::fail,
                                         std::shared_ptr<buffer_pool> pool = nullptr) {
    std::unique_ptr<byte_source> boxed = std::make_unique<Source>(std::move(source));
    return decode_text(std::move(boxed), encoding, on_broken, std::move(pool));
}

namespace detail {
/// What a reader of text reads from: `source`, decoded where its options say so, or where it is to be UTF-8 and begins with
/// the byte-order mark of UTF-16. Parsers see to UTF-8 themselves.
PENSTOCK_DECL std::unique_ptr<byte_source> decoded(std::unique_ptr<byte_source> source, const read_options& options);
} // namespace detail

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/decode_text.ipp>
#endif
