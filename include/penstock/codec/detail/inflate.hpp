// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <zlib.h>
#ifdef PENSTOCK_HAS_ISAL
#include <isa-l/igzip_lib.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace penstock::detail {

/// Libraries count in 32 bits, and one of them overflows near the top of them.
inline constexpr std::size_t inflate_most = std::size_t{1} << 30;

/// Cuts both to what a library counts, and lets its stream read the one and write the other.
template <class Stream>
void lend(Stream& stream, std::span<const std::byte>& in, std::span<std::byte>& out) noexcept {
    in = in.first(std::min(in.size(), inflate_most));
    out = out.first(std::min(out.size(), inflate_most));
    stream.next_in = reinterpret_cast<decltype(stream.next_in)>(const_cast<std::byte*>(in.data()));
    stream.avail_in = static_cast<decltype(stream.avail_in)>(in.size());
    stream.next_out = reinterpret_cast<decltype(stream.next_out)>(out.data());
    stream.avail_out = static_cast<decltype(stream.avail_out)>(out.size());
}

/// What either library holds while it inflates, and more.
inline constexpr std::uint64_t inflate_memory = std::uint64_t{192} << 10;

struct inflate_step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    bool finished = false; ///< the deflate stream has ended
    bool corrupt = false;
    /// Bytes after the stream's end that were consumed in this call or earlier ones, in order.
    std::uint8_t unread_size = 0;
    std::array<std::byte, 8> unread{};
};

/// One deflate stream after the other, by zlib. Computes the CRC-32 of what it gives where that is wanted.
template <bool WithCrc>
class basic_zlib_inflater {
  public:
    basic_zlib_inflater() {
        if (::inflateInit2(&stream_, -15) != Z_OK) throw std::bad_alloc{};
    }
    ~basic_zlib_inflater() { ::inflateEnd(&stream_); }
    basic_zlib_inflater(const basic_zlib_inflater&) = delete;
    basic_zlib_inflater& operator=(const basic_zlib_inflater&) = delete;

    void reset() noexcept {
        ::inflateReset(&stream_);
        crc_ = 0;
    }
    /// Of everything produced since the last reset.
    std::uint32_t crc() const noexcept { return crc_; }

    inflate_step run(std::span<const std::byte> in, std::span<std::byte> out) {
        lend(stream_, in, out);
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR) throw std::bad_alloc{};
        inflate_step step;
        step.consumed = in.size() - stream_.avail_in;
        step.produced = out.size() - stream_.avail_out;
        step.finished = code == Z_STREAM_END;
        step.corrupt = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
        if constexpr (WithCrc)
            crc_ = static_cast<std::uint32_t>(
                ::crc32(crc_, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(step.produced)));
        return step;
    }

  private:
    z_stream stream_{};
    std::uint32_t crc_ = 0;
};
using zlib_inflater = basic_zlib_inflater<true>;

#ifdef PENSTOCK_HAS_ISAL
/// One deflate stream after the other, by ISA-L.
template <bool WithCrc>
class basic_isal_inflater {
  public:
    // Zeroed: what a fault makes of it must not depend on what the memory held before.
    basic_isal_inflater() : state_{std::make_unique<::inflate_state>()} {
        ::isal_inflate_init(state_.get());
        state_->crc_flag = WithCrc ? ISAL_GZIP_NO_HDR : ISAL_DEFLATE;
    }

    void reset() noexcept {
        ::isal_inflate_reset(state_.get());
        state_->crc_flag = WithCrc ? ISAL_GZIP_NO_HDR : ISAL_DEFLATE;
    }
    std::uint32_t crc() const noexcept { return state_->crc; }

    inflate_step run(std::span<const std::byte> in, std::span<std::byte> out) noexcept {
        lend(*state_, in, out);
        const int code = ::isal_inflate(state_.get());
        inflate_step step;
        step.corrupt = code < 0 || code == ISAL_NEED_DICT;
        // A match that reaches back too far is counted as output before it is refused, whatever memory it
        // copied.
        step.produced = step.corrupt ? 0 : out.size() - state_->avail_out;
        step.finished = code == ISAL_DECOMP_OK && state_->block_state == ISAL_BLOCK_FINISH;
        // ISA-L loads eight bytes at a time, and so past the stream's end. Up to 2.32.0 it keeps them in
        // `read_in`; later it moves `next_in` back, even to before `in`.
        const std::size_t left = state_->avail_in;
        step.consumed = left < in.size() ? in.size() - left : 0;
        if (step.finished) {
            if (left > in.size()) give_back(step, std::min(left - in.size(), previous_.size()));
            give_back_loaded(step);
        }
        remember(in.first(step.consumed));
        return step;
    }

  private:
    void give_back(inflate_step& step, std::size_t n) noexcept {
        std::copy(previous_.end() - static_cast<std::ptrdiff_t>(n), previous_.end(), step.unread.begin());
        step.unread_size = static_cast<std::uint8_t>(n);
    }
    void give_back_loaded(inflate_step& step) noexcept {
        const auto bits = state_->read_in_length;
        if (bits < 8) return;
        const auto loaded = state_->read_in >> (bits % 8);
        for (int i = 0; i < bits / 8 && step.unread_size < step.unread.size(); ++i)
            step.unread[step.unread_size++] = static_cast<std::byte>(loaded >> (8 * i));
    }
    void remember(std::span<const std::byte> consumed) noexcept {
        const auto n = std::min(consumed.size(), previous_.size());
        std::memmove(previous_.data(), previous_.data() + n, previous_.size() - n);
        std::memcpy(previous_.data() + previous_.size() - n, consumed.data() + (consumed.size() - n), n);
    }

    std::unique_ptr<::inflate_state> state_;
    std::array<std::byte, 8> previous_{}; // the last bytes consumed
};
using isal_inflater = basic_isal_inflater<true>;
using inflater = isal_inflater;
using plain_inflater = basic_isal_inflater<false>;
#else
using inflater = zlib_inflater;
using plain_inflater = basic_zlib_inflater<false>;
#endif

} // namespace penstock::detail
