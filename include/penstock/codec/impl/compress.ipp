// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compress.hpp>

#include <penstock/codec/codecs.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace detail {

inline constexpr std::size_t encode_output = std::size_t{64} << 10;

/// How much is encoded before other work on the executor may run: a millisecond's worth or two. zlib, which deflates above
/// level 1, takes 30 ns for a byte of CSV at level 6, 55 at level 9.
inline std::size_t encode_slice(compression kind, std::optional<int> level) noexcept {
    const bool slow = kind == compression::bzip2 || kind == compression::xz || kind == compression::lzma ||
                      level.value_or(0) > 9 || (kind == compression::brotli && level.value_or(6) > 4);
    const bool by_zlib = (kind == compression::gzip || kind == compression::zlib || kind == compression::deflate) &&
                         level.value_or(6) > 1;
    return std::size_t{slow ? 8u : by_zlib ? 32u : 128u} << 10;
}

class encoding_sink final : public byte_sink {
  public:
    encoding_sink(std::unique_ptr<byte_sink> below, compression kind, compress_options options)
        : below_{std::move(below)}, kind_{kind}, options_{std::move(options)},
          memory_{encoder_memory(kind, options_.for_encoder()) + encode_output},
          slice_{encode_slice(kind, options_.for_encoder().level())} {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        enter();
        if (!encoder_) co_await begin();
        while (!bytes.empty()) {
            const auto step = encoder_->encode(bytes.first(std::min(bytes.size(), slice_)), room());
            bytes = bytes.subspan(step.consumed);
            used_ += step.produced;
            worked_ += step.consumed;
            if (used_ == out_.size()) co_await flush();
            if (worked_ >= slice_) {
                worked_ = 0;
                permit_.touch();
                co_await detail::yield();
            }
        }
        open_ = true;
    }

    awaitable<void> commit() override {
        enter();
        if (!encoder_) co_await begin();
        for (;;) {
            const auto wanted = room().size();
            const auto step = encoder_->finish(room());
            used_ += step.produced;
            const bool done = step.produced < wanted;
            co_await flush();
            if (done) break;
            permit_.touch();
            co_await detail::yield();
        }
        encoder_.reset();
        permit_.release();
        co_await below_->commit();
    }

    std::string name() const override { return below_->name(); }

    awaitable<permit> acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) override {
        const bool same = budget == options_.budget() && permit_.units() == 0;
        auto got = co_await below_->acquire_beside(std::move(budget), bytes + (same ? memory_ : 0));
        if (same) permit_ = got.split(memory_);
        co_return got;
    }

  private:
    /// Stays closed unless a write comes to its end: data that lacks bytes must not be committed, nor its end
    /// be written twice.
    void enter() {
        if (std::exchange(open_, false)) return;
        error_detail d;
        d.operation = "compress";
        d.object = below_->name();
        d.message = "the sink was committed, or an earlier call failed";
        throw_failure(failure{errc::closed, std::move(d)});
    }
    awaitable<void> begin() {
        if (options_.budget() && permit_.units() == 0) co_await take_memory();
        encoder_ = make_encoder(kind_, options_.for_encoder());
        out_.resize(encode_output);
    }
    awaitable<void> take_memory() {
        failure why;
        try {
            auto got = co_await below_->acquire_beside(options_.budget(), memory_);
            permit_ = std::move(got);
        } catch (const error& e) {
            why = e.as_failure();
        }
        if (!why) co_return;
        const bool too_small = why.code() == errc::budget_exceeded;
        throw_failure(why.with([&](error_detail& d) {
            d.operation = "compress " + std::string{to_string(kind_)};
            d.object = below_->name();
            if (too_small) d.hint = "a lower level takes less; or raise the memory budget";
        }));
    }
    std::span<std::byte> room() noexcept { return std::span{out_}.subspan(used_); }
    awaitable<void> flush() {
        const auto n = std::exchange(used_, 0);
        if (n != 0) co_await below_->write(std::span{out_}.first(n));
    }

    std::unique_ptr<byte_sink> below_;
    compression kind_;
    compress_options options_;
    std::uint64_t memory_;
    std::size_t slice_;
    permit permit_; // given back after what it is for
    std::unique_ptr<encoder> encoder_;
    std::vector<std::byte> out_;
    std::size_t used_ = 0;   // less than out_.size() between calls
    std::size_t worked_ = 0; // since the last yield
    bool open_ = true;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_sink> compress(std::unique_ptr<byte_sink> sink, compression kind,
                                                  compress_options options) {
    if (kind == compression::none) return sink;
    const auto name = sink->name();
    try {
        return std::make_unique<detail::encoding_sink>(std::move(sink), kind, std::move(options));
    } catch (const error& e) {
        throw_failure(e.as_failure().with([&](error_detail& d) {
            d.operation = "compress";
            d.object = name;
        }));
    }
}

} // namespace penstock
