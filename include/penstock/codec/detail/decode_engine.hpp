// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/codec/compression.hpp>
#include <penstock/codec/decoder.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace penstock::detail {

/// How far data may expand.
struct expansion_limits {
    std::optional<std::uint64_t> output; ///< plain bytes in all
    std::uint64_t ratio = 0;             ///< plain bytes for each stored one, 0 for any number …
    std::uint64_t free_output = 0;       ///< … beyond so many
};

/// A decoder that knows what it reads: counts offsets, tells failures with them, and stops what expands too
/// far. Pure.
class decode_engine {
  public:
    struct progress {
        std::size_t consumed = 0;
        std::size_t produced = 0;
        std::uint64_t needs = 0; ///< as `codec_step::needs`; within `memory_limit`
        failure error;           ///< what was produced comes before it
    };

    decode_engine(compression kind, std::unique_ptr<decoder> codec, std::string object,
                  expansion_limits limits, std::uint64_t memory_limit)
        : kind_{kind}, decoder_{std::move(codec)}, object_{std::move(object)}, limits_{limits},
          memory_limit_{memory_limit} {
        decoder_->grant(memory_limit_);
    }

    compression kind() const noexcept { return kind_; }
    void grant(std::uint64_t bytes) noexcept { decoder_->grant(bytes); }

    /// As `decoder::decode`.
    progress decode(std::span<const std::byte> in, std::span<std::byte> out) {
        return judge(decoder_->decode(in, out.first(room(out.size()))));
    }
    /// As `decoder::finish`.
    progress finish(std::span<std::byte> out) { return judge(decoder_->finish(out.first(room(out.size())))); }

    /// A failure at what was consumed last.
    failure fails(errc code, std::string message, std::string hint = {}, std::size_t behind = 0) const {
        error_detail d;
        d.operation = "decompress " + std::string{to_string(kind_)};
        d.object = object_;
        d.message = std::move(message);
        d.hint = std::move(hint);
        d.byte_offset = taken_ - std::min<std::uint64_t>(behind, taken_);
        return failure{code, std::move(d)};
    }

    /// The failure of a budget that cannot give what decoding needs.
    failure cannot_hold(const failure& why) const {
        return why.with([this](error_detail& d) {
            d.operation = "decompress " + std::string{to_string(kind_)};
            d.object = object_;
        });
    }

  private:
    /// One byte more than may be given, so that data of exactly the limit is let through.
    std::size_t room(std::size_t wanted) const noexcept {
        if (!limits_.output) return wanted;
        const auto left = *limits_.output - given_;
        return left >= wanted ? wanted : static_cast<std::size_t>(left) + 1;
    }

    progress judge(const codec_step& step) {
        progress p;
        p.consumed = step.consumed;
        p.produced = step.produced;
        taken_ += step.consumed;
        given_ += step.produced;
        if (limits_.output && given_ > *limits_.output) {
            --given_;
            --p.produced;
            p.error = fails(errc::limit_exceeded,
                            "the data expands to more than the limit of " + std::to_string(*limits_.output) +
                                " bytes",
                            "raise decompress_options::max_output if it is meant to");
        } else if (limits_.ratio != 0 && given_ > limits_.free_output && given_ / limits_.ratio > taken_) {
            p.error = fails(errc::limit_exceeded,
                            "the data expands to more than " + std::to_string(limits_.ratio) +
                                " times its size: " + std::to_string(given_) + " bytes out of " +
                                std::to_string(taken_),
                            "raise decompress_options::max_ratio if it is meant to");
        } else if (step.problem) {
            p.error = fails(step.code, step.problem, hint_of(step.code), step.behind);
        } else if (step.needs > memory_limit_) {
            p.error = fails(errc::limit_exceeded,
                            "decoding it needs " + std::to_string(step.needs) +
                                " bytes of memory, the limit is " + std::to_string(memory_limit_),
                            "raise decompress_options::memory_limit");
        } else {
            p.needs = step.needs;
        }
        return p;
    }

    static std::string hint_of(errc code) {
        return code == errc::invalid_option ? "give the right one by decompress_options::dictionary" : "";
    }

    compression kind_;
    std::unique_ptr<decoder> decoder_;
    std::string object_;
    expansion_limits limits_;
    std::uint64_t memory_limit_;
    std::uint64_t taken_ = 0; // stored bytes
    std::uint64_t given_ = 0; // plain bytes
};

} // namespace penstock::detail
