// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/codec_options.hpp>
#include <penstock/codec/compression.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/byte_source.hpp>
#include <penstock/core/semaphore.hpp>

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
    /// What memory is taken from: a client's `budget()`. All that is needed is waited for once the data has
    /// said what that is (a window, a block); nothing before. By default from that of the pool, if it has one.
    decompress_options& budget(std::shared_ptr<memory_budget> b) {
        budget_ = std::move(b);
        return *this;
    }
    /// The most that a decoder may hold, windows and all; data that needs more is `errc::limit_exceeded`. By
    /// default 160 MiB: windows of 128 MiB (`zstd --long`, `xz -9`). Data of `zstd --long=31` needs 2 GiB and
    /// 1 MiB.
    decompress_options& memory_limit(std::uint64_t bytes) {
        memory_limit_ = bytes;
        return *this;
    }
    /// The guard against bombs: more plain bytes than that are `errc::limit_exceeded`; what comes before is
    /// delivered. By default there may be any number, for they stream.
    decompress_options& max_output(std::optional<std::uint64_t> bytes) {
        max_output_ = bytes;
        return *this;
    }
    /// The other one: more plain bytes for each stored one, once there are more than `ratio_free_output`, are
    /// `errc::limit_exceeded`. 10,000 by default, which gzip never reaches; 0 for none.
    decompress_options& max_ratio(std::uint64_t plain_for_one) {
        max_ratio_ = plain_for_one;
        return *this;
    }
    static constexpr std::uint64_t ratio_free_output = std::uint64_t{256} << 20;

    /// Decodes on this executor (a thread pool), in jobs of up to 256 KiB of output, while the executor of
    /// the reader receives and parses. 768 KiB of buffers instead of 128 KiB. Whoever runs it must have
    /// stopped it, or let the jobs end, before the reader's execution context is destroyed. By default, or
    /// without one, decoding happens in the reader's calls, in slices of about a millisecond.
    decompress_options& compute_executor(executor ex) {
        compute_executor_ = std::move(ex);
        return *this;
    }

    /// See `decoder_options::ignore_trailing`.
    decompress_options& ignore_trailing(bool on) {
        decoder_.ignore_trailing(on);
        return *this;
    }
    /// See `decoder_options::dictionary`.
    decompress_options& dictionary(std::shared_ptr<const std::string> bytes) {
        decoder_.dictionary(std::move(bytes));
        return *this;
    }
    /// See `decoder_options::plain_size`.
    decompress_options& plain_size(std::uint64_t bytes) {
        decoder_.plain_size(bytes);
        return *this;
    }

    const std::optional<compression>& kind() const noexcept { return kind_; }
    const std::shared_ptr<buffer_pool>& pool() const noexcept { return pool_; }
    const std::shared_ptr<memory_budget>& budget() const noexcept { return budget_; }
    std::uint64_t memory_limit() const noexcept { return memory_limit_; }
    const std::optional<std::uint64_t>& max_output() const noexcept { return max_output_; }
    std::uint64_t max_ratio() const noexcept { return max_ratio_; }
    const executor& compute_executor() const noexcept { return compute_executor_; }
    const decoder_options& for_decoder() const noexcept { return decoder_; }

  private:
    std::optional<compression> kind_;
    std::shared_ptr<buffer_pool> pool_;
    std::shared_ptr<memory_budget> budget_;
    std::uint64_t memory_limit_ = decoder::usual_grant;
    std::optional<std::uint64_t> max_output_;
    std::uint64_t max_ratio_ = 10'000;
    executor compute_executor_;
    decoder_options decoder_;
};

/// The plain bytes of `source`: decoded where they are compressed, as they are where not. No I/O happens
/// here; the first read looks at the first bytes (at most ten are needed) and at the name's extension. Bytes
/// decide, where they can (a .lz4 or .snappy without a frame is what Hadoop writes, or for snappy a block); a
/// name that promises compression over bytes that have none is an error, not plain data. Data without any
/// byte is empty data. Bytes are taken as they are stored: a `Content-Encoding` that the store reports makes
/// no difference, and nothing is decoded twice.
///
/// Reads are plain calls all the way down, without a coroutine frame or an allocation per read. After about a
/// millisecond's worth of work the source answers `would_block` once, so that dense data does not hold up the
/// executor. What a library decodes in one piece is one step all the same: a block of bzip2, some milliseconds; a raw or
/// Hadoop block of lz4 or snappy, a millisecond for each megabyte. For large ones there is `compute_executor`.
///
/// Errors: `errc::corrupt_compressed_data` with the object and the offset in its compressed bytes, for
/// damaged and for truncated data, and for what follows its end (most bytes before the damage are delivered
/// first); `errc::limit_exceeded` by the options' limits; `errc::budget_exceeded` where the whole budget is
/// too small; `errc::invalid_option` for a dictionary that is missing or wrong; `errc::unsupported` naming a
/// library that this build lacks, thrown here where `options` name the codec and else answered by the first
/// read; whatever `source` answers.
///
/// Cancellation: as `source`; nothing is lost. Memory: 128 KiB from the pool and what the codec says
/// (docs/codecs.md).
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
