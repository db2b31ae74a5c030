// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/byte_source.hpp>

#include <concepts>
#include <memory>
#include <optional>

namespace penstock {

/// How `decompress` reads. Setters chain.
class decompress_options {
  public:
    decompress_options() = default;

    /// Takes the data to be compressed so, whatever its name and first bytes say; `compression::none` passes
    /// bytes through. By default both are looked at.
    decompress_options& kind(compression c) {
        kind_ = c;
        return *this;
    }
    /// Where the input buffer comes from; by default a pool of its own.
    decompress_options& pool(std::shared_ptr<buffer_pool> p) {
        pool_ = std::move(p);
        return *this;
    }

    const std::optional<compression>& kind() const noexcept { return kind_; }
    const std::shared_ptr<buffer_pool>& pool() const noexcept { return pool_; }

  private:
    std::optional<compression> kind_;
    std::shared_ptr<buffer_pool> pool_;
};

/// The plain bytes of `source`: decoded where they are compressed, as they are where not. No I/O happens
/// here; the first read looks at the first bytes (at most ten are needed) and at the name's extension. Bytes
/// decide; a name that promises compression over bytes that have none is an error, not plain data. Data
/// without any byte is empty data. Bytes are taken as they are stored: a `Content-Encoding` that the store
/// reports makes no difference, and nothing is decoded twice.
///
/// Reads are plain calls all the way down, without a coroutine frame or an allocation per read. After each
/// MiB of output the source answers `would_block` once, so that dense data does not hold up the executor.
///
/// Errors: `errc::corrupt_compressed_data` with the object and the offset in its compressed bytes, for
/// damaged and for truncated data (most bytes before the damage are delivered first); `errc::unsupported`
/// naming a codec that this version does not have, thrown here where `options` name it and else answered by
/// the first read; whatever `source` answers.
///
/// Cancellation: as `source`; nothing is lost. Memory: 128 KiB from the pool and what the codec says (see
/// gzip.hpp).
PENSTOCK_DECL std::unique_ptr<byte_source> decompress(std::unique_ptr<byte_source> source,
                                                      decompress_options options = {});

/// The same for a source by value: `decompress(co_await s3.open(url))`.
template <std::derived_from<byte_source> Source>
std::unique_ptr<byte_source> decompress(Source source, decompress_options options = {}) {
    std::unique_ptr<byte_source> boxed = std::make_unique<Source>(std::move(source));
    return decompress(std::move(boxed), std::move(options));
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/codec/impl/decompress.ipp>
#endif
