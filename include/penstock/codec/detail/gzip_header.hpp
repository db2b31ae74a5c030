// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock::detail {

/// The header of a gzip member (RFC 1952, 2.3), fed in pieces of any size. Nothing of it is kept but
/// checksums.
class gzip_header {
  public:
    /// Takes bytes from the front of `in` until the header is done, `in` is used up or there is a problem;
    /// answers how many.
    std::size_t feed(std::span<const std::byte> in) noexcept {
        std::size_t i = 0;
        while (i < in.size() && !done() && !problem_) take(std::to_integer<std::uint8_t>(in[i++]));
        return i;
    }
    bool done() const noexcept { return part_ == part::done; }
    /// Not so much as the two bytes that every member begins with was there.
    bool no_magic() const noexcept { return part_ == part::fixed && (count_ < 2 || (count_ == 2 && problem_)); }
    const char* problem() const noexcept { return problem_; }

  private:
    enum class part : std::uint8_t { fixed, extra_size, extra, name, comment, checksum, done };
    enum : std::uint8_t { has_checksum = 2, has_extra = 4, has_name = 8, has_comment = 16, reserved = 0xe0 };

    void take(std::uint8_t byte) noexcept {
        if (part_ != part::checksum) crc_ = static_cast<std::uint32_t>(::crc32(crc_, &byte, 1));
        switch (part_) {
        case part::fixed:
            return take_fixed(byte);
        case part::extra_size:
            number_ |= static_cast<std::uint32_t>(byte) << (8 * count_++);
            if (count_ == 2) enter(number_ ? part::extra : after(part::extra));
            return;
        case part::extra:
            if (++skipped_ == number_) enter(after(part::extra));
            return;
        case part::name:
        case part::comment:
            if (byte == 0) enter(after(part_));
            return;
        case part::checksum:
            number_ |= static_cast<std::uint32_t>(byte) << (8 * count_++);
            if (count_ < 2) return;
            if (number_ != (crc_ & 0xffff)) problem_ = "the checksum of a gzip header does not match";
            enter(part::done);
            return;
        case part::done:
            return;
        }
    }

    void take_fixed(std::uint8_t byte) noexcept {
        switch (count_++) {
        case 0:
            if (byte != 0x1f) problem_ = "not gzip: a member must begin with the bytes 1f 8b";
            return;
        case 1:
            if (byte != 0x8b) problem_ = "not gzip: a member must begin with the bytes 1f 8b";
            return;
        case 2:
            if (byte != 8) problem_ = "a gzip member uses an unknown compression method";
            return;
        case 3:
            if (byte & reserved) problem_ = "a gzip header has reserved flags set";
            flags_ = byte;
            return;
        case 9:
            enter((flags_ & has_extra) ? part::extra_size : after(part::extra));
            return;
        default:
            return; // time, extra flags, system
        }
    }

    part after(part p) const noexcept {
        if (p == part::extra && (flags_ & has_name)) return part::name;
        if (p != part::comment && (flags_ & has_comment)) return part::comment;
        return (flags_ & has_checksum) ? part::checksum : part::done;
    }

    void enter(part p) noexcept {
        // the size read by extra_size is what extra counts up to
        if (p != part::extra) number_ = 0;
        count_ = 0;
        part_ = p;
    }

    part part_ = part::fixed;
    std::uint8_t flags_ = 0;
    std::uint8_t count_ = 0;
    std::uint32_t number_ = 0;
    std::uint32_t skipped_ = 0;
    std::uint32_t crc_ = 0;
    const char* problem_ = nullptr;
};

} // namespace penstock::detail
