// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/decompress.hpp>

#include <penstock/codec/codecs.hpp>
#include <penstock/codec/detail/decode_in_place.hpp>
#include <penstock/codec/detail/decode_overlapped.hpp>
#include <penstock/core/error.hpp>

#include <string>
#include <utility>

namespace penstock {
namespace detail {

/// What is stored as it is.
class plain_source final : public byte_source {
  public:
    explicit plain_source(compressed_input input) : input_{std::move(input)} {}

    io_result try_read_some(std::span<std::byte> into) override {
        const auto pending = input_.pending();
        if (pending.empty()) return input_.ended() ? io_result::end() : input_.below().try_read_some(into);
        const auto n = std::min(into.size(), pending.size());
        std::memcpy(into.data(), pending.data(), n);
        input_.consume(n);
        return io_result::bytes(n);
    }
    awaitable<void> ready() override { return input_.below().ready(); }
    std::optional<std::uint64_t> remaining() const override {
        const auto rest = input_.below().remaining();
        return rest ? std::optional{*rest + input_.pending().size()} : std::nullopt;
    }
    std::string name() const override { return input_.below().name(); }

  private:
    compressed_input input_;
};

inline std::unique_ptr<byte_source> make_decoding_source(compressed_input input, compression kind,
                                                         const decompress_options& options) {
    if (kind == compression::none) return std::make_unique<plain_source>(std::move(input));
    const auto name = input.below().name();
    std::unique_ptr<decoder> codec;
    try {
        codec = make_decoder(kind, options.for_decoder());
    } catch (const error& e) {
        throw_failure(e.as_failure().with([&](error_detail& d) {
            d.operation = "decompress " + std::string{to_string(kind)};
            d.object = name;
        }));
    }
    expansion_limits limits;
    limits.output = options.max_output();
    limits.ratio = options.max_ratio();
    limits.free_output = decompress_options::ratio_free_output;
    decode_engine engine{kind, std::move(codec), name, limits, options.memory_limit()};
    auto pool = options.pool() ? options.pool() : buffer_pool::create();
    auto budget = options.budget();
    if (pool->budget()) { // what decoders take they pay for themselves: they wait for it
        if (!budget) budget = pool->budget();
        pool = buffer_pool::create();
    }
    if (options.compute_executor())
        return std::make_unique<overlapped_decoder>(std::move(input), std::move(engine), std::move(pool),
                                                    std::move(budget), options.compute_executor());
    return std::make_unique<in_place_decoder>(std::move(input), std::move(engine), std::move(pool), std::move(budget));
}

/// Finds out which codec it is, then is that codec's source.
class detecting_source final : public byte_source {
  public:
    detecting_source(std::unique_ptr<byte_source> below, decompress_options options)
        : options_{std::move(options)}, input_{std::move(below)} {
        if (options_.kind()) go_on_with(*options_.kind());
    }

    io_result try_read_some(std::span<std::byte> into) override {
        while (!source_) {
            if (failed_) return io_result::failed(failed_);
            const auto found = find();
            if (found) {
                settle(*found);
                continue;
            }
            auto r = input_.fill();
            if (r.status == io_status::error) failed_ = r.error;
            if (r.status == io_status::would_block) return r;
        }
        return source_->try_read_some(into);
    }

    awaitable<void> ready() override { return source_ ? source_->ready() : input_.below().ready(); }
    std::optional<std::uint64_t> remaining() const override {
        return source_ ? source_->remaining() : std::nullopt;
    }
    std::string name() const override { return source_ ? source_->name() : input_.below().name(); }

  private:
    struct finding {
        compression kind;
        bool promised; ///< by the name, and the bytes do not keep it
    };

    /// Bytes decide, where they can; else the name. Nothing while more bytes may tell.
    std::optional<finding> find() const {
        const auto first = input_.pending();
        const auto magic = compression_from_magic(first, input_.ended());
        if (!magic) return std::nullopt;
        const auto promised = compression_from_name(name());
        if (*magic == compression::zstd && promised == compression::lz4 &&
            (first[0] & std::byte{0xf0}) == std::byte{0x50})
            return finding{promised, false}; // a skippable frame is of both
        if (*magic != compression::none || promised == compression::none || first.empty())
            return finding{*magic, false};
        switch (promised) {
        case compression::brotli:
        case compression::deflate: // have no magic
        case compression::lzma:    // may have other parameters than the usual
            return finding{promised, false};
        case compression::zlib:
            return finding{promised, (first[0] & std::byte{0x0f}) != std::byte{8}};
        case compression::lz4: // no frame: what Hadoop calls so
            return finding{compression::lz4_hadoop, first[0] != std::byte{0}};
        case compression::snappy: // no frame: a block says its size first, Hadoop's with a byte 0
            if (first[0] != std::byte{0}) return finding{compression::snappy_block, false};
            if (first.size() == 1 && !input_.ended()) return std::nullopt;
            return finding{first.size() > 1 ? compression::snappy_hadoop : compression::snappy_block, false};
        default:
            return finding{promised, true};
        }
    }

    void settle(finding f) {
        try {
            if (f.promised) {
                (void)make_decoder(f.kind, options_.for_decoder()); // a codec that is not there comes first
                failed_ = broken_promise();
            } else {
                go_on_with(f.kind);
            }
        } catch (const error& e) {
            failed_ = e.as_failure();
        }
    }

    void go_on_with(compression kind) { source_ = make_decoding_source(std::move(input_), kind, options_); }

    failure broken_promise() const {
        const auto promised = std::string{to_string(compression_from_name(name()))};
        error_detail d;
        d.operation = "decompress " + promised;
        d.object = name();
        d.message = "the name promises " + promised + ", but the data does not begin as such";
        d.byte_offset = 0;
        d.hint = "if it is not compressed, read it with compression::none or without decompress";
        return failure{errc::corrupt_compressed_data, std::move(d)};
    }

    decompress_options options_;
    compressed_input input_; // until there is a source
    std::unique_ptr<byte_source> source_;
    failure failed_;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_source> decompress(std::unique_ptr<byte_source> source,
                                                      decompress_options options) {
    return std::make_unique<detail::detecting_source>(std::move(source), std::move(options));
}

} // namespace penstock
