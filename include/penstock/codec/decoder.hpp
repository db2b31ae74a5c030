// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock {

/// What one call to a `decoder` or an `encoder` came to.
struct codec_step {
    std::size_t consumed = 0; ///< bytes taken from the front of the input
    std::size_t produced = 0; ///< bytes put at the front of the output; valid even where there is a problem
    const char* problem = nullptr; ///< what is wrong with the data, a static text; null while all is well
    errc code = errc::corrupt_compressed_data; ///< what kind of problem it is
    std::size_t behind = 0; ///< how many bytes before the end of all that was consumed the problem begins
    std::uint64_t needs =
        0; ///< not 0: the decoder stopped because it must hold so many bytes in all; see `grant`
};

/// Turns compressed bytes into plain ones: pure, no I/O. `decompress` drives it over a `byte_source`; each
/// codec has one.
class decoder {
  public:
    virtual ~decoder() = default;

    /// Goes on until `in` is used up, `out` (not empty) is full, there is a problem, or more memory is needed
    /// than was granted. After a problem the decoder can only be destroyed. Output may stay inside while
    /// `out` is full: call again, with an empty `in` too, until nothing is produced.
    virtual codec_step decode(std::span<const std::byte> in, std::span<std::byte> out) = 0;

    /// Called when there is no more input and `decode` gives no more output; until nothing is produced. Hands
    /// out what could be decoded only now (a raw block has no end of its own). A problem says what the data
    /// lacks.
    virtual codec_step finish(std::span<std::byte> out) = 0;

    /// How much memory it may hold, in bytes; less than a former grant changes nothing that it has. A decoder
    /// finds out by the data what it needs (a window, a block), asks by `codec_step::needs` before it takes
    /// any, and goes on after a grant of as much.
    void grant(std::uint64_t bytes) noexcept { granted_ = bytes; }

    /// What is granted at first.
    static constexpr std::uint64_t usual_grant = std::uint64_t{160} << 20;

  protected:
    /// Whether it may hold so many bytes. If not, `step` says so.
    bool may_hold(std::uint64_t bytes, codec_step& step) const noexcept {
        if (bytes <= granted_) return true;
        step.needs = bytes;
        return false;
    }
    std::uint64_t granted() const noexcept { return granted_; }

  private:
    std::uint64_t granted_ = usual_grant;
};

/// The other way. Pure, too; `compress` drives it over a `byte_sink`.
class encoder {
  public:
    virtual ~encoder() = default;

    /// Takes from `in` until it is used up or `out` (not empty) is full.
    virtual codec_step encode(std::span<const std::byte> in, std::span<std::byte> out) = 0;

    /// Ends the data. Call until `produced` is less than `out.size()`; nothing may be encoded afterwards.
    virtual codec_step finish(std::span<std::byte> out) = 0;
};

} // namespace penstock
