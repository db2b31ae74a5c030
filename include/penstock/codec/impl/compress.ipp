// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compress.hpp>

#include <penstock/codec/gzip.hpp>
#include <penstock/core/error.hpp>

#include <string>
#include <utility>
#include <vector>

namespace penstock {
namespace detail {

inline constexpr std::size_t encode_output = std::size_t{64} << 10;

class encoding_sink final : public byte_sink {
  public:
    encoding_sink(std::unique_ptr<byte_sink> below, std::unique_ptr<encoder> codec)
        : below_{std::move(below)}, encoder_{std::move(codec)}, out_(encode_output) {}

    awaitable<void> write(std::span<const std::byte> bytes) override {
        enter();
        while (!bytes.empty()) {
            const auto step = encoder_->encode(bytes, room());
            bytes = bytes.subspan(step.consumed);
            used_ += step.produced;
            if (used_ == out_.size()) co_await flush();
        }
        open_ = true;
    }

    awaitable<void> commit() override {
        enter();
        for (;;) {
            const auto wanted = room().size();
            const auto step = encoder_->finish(room());
            used_ += step.produced;
            const bool done = step.produced < wanted;
            co_await flush();
            if (done) break;
        }
        co_await below_->commit();
    }

    std::string name() const override { return below_->name(); }

  private:
    /// Stays closed unless a write comes to its end: data that lacks bytes must not be committed, nor its end be
    /// written twice.
    void enter() {
        if (std::exchange(open_, false)) return;
        error_detail d;
        d.operation = "compress";
        d.object = below_->name();
        d.message = "the sink was committed, or an earlier call failed";
        throw_failure(failure{errc::closed, std::move(d)});
    }
    std::span<std::byte> room() noexcept { return std::span{out_}.subspan(used_); }
    awaitable<void> flush() {
        const auto n = std::exchange(used_, 0);
        if (n != 0) co_await below_->write(std::span{out_}.first(n));
    }

    std::unique_ptr<byte_sink> below_;
    std::unique_ptr<encoder> encoder_;
    std::vector<std::byte> out_;
    std::size_t used_ = 0; // less than out_.size() between calls
    bool open_ = true;
};

} // namespace detail

PENSTOCK_DECL std::unique_ptr<byte_sink> compress(std::unique_ptr<byte_sink> sink, compression kind,
                                                  int level) {
    switch (kind) {
    case compression::none:
        return sink;
    case compression::gzip: {
        auto codec = level == -1 ? make_gzip_encoder() : make_gzip_encoder(level);
        return std::make_unique<detail::encoding_sink>(std::move(sink), std::move(codec));
    }
    default:
        break;
    }
    error_detail d;
    d.operation = "compress";
    d.object = sink->name();
    d.message = "this version cannot write " + std::string{to_string(kind)} + " data";
    d.hint = "write gzip or uncompressed data";
    throw_failure(failure{errc::unsupported, std::move(d)});
}

} // namespace penstock
