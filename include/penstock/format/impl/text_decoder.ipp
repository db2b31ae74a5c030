// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/text_decoder.hpp>

#include <penstock/core/detail/utf8.hpp>
#include <penstock/format/detail/broken_utf8.hpp>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

namespace penstock {
namespace detail {

/// What is left to read and to fill.
struct transcoding {
    const unsigned char* in;
    const unsigned char* in_end;
    unsigned char* out;
    unsigned char* out_end;

    std::size_t left() const noexcept { return static_cast<std::size_t>(in_end - in); }
    std::size_t room() const noexcept { return static_cast<std::size_t>(out_end - out); }

    void put(std::uint32_t c) noexcept {
        if (c < 0x80) {
            *out++ = static_cast<unsigned char>(c);
        } else if (c < 0x800) {
            *out++ = static_cast<unsigned char>(0xc0 | c >> 6);
            *out++ = static_cast<unsigned char>(0x80 | (c & 0x3f));
        } else {
            if (c < 0x10000) {
                *out++ = static_cast<unsigned char>(0xe0 | c >> 12);
            } else {
                *out++ = static_cast<unsigned char>(0xf0 | c >> 18);
                *out++ = static_cast<unsigned char>(0x80 | (c >> 12 & 0x3f));
            }
            *out++ = static_cast<unsigned char>(0x80 | (c >> 6 & 0x3f));
            *out++ = static_cast<unsigned char>(0x80 | (c & 0x3f));
        }
    }

    /// Moves a run of ASCII, as far as it shows in steps of eight bytes.
    void move_ascii() noexcept {
        while (left() >= 8 && room() >= 8) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, in, 8);
            if (eight & 0x8080808080808080u) return;
            std::memcpy(out, &eight, 8);
            in += 8;
            out += 8;
        }
    }
};

/// Why a conversion stopped before the end of what it can read.
struct transcoding_stop {
    bool broken = false;
    std::size_t size = 0; ///< of what is broken
};

inline transcoding_stop transcode_utf8(transcoding& t, bool last) noexcept {
    while (t.left()) {
        if (*t.in < 0x80) {
            t.move_ascii();
            while (t.left() && *t.in < 0x80) {
                if (!t.room()) return {};
                *t.out++ = *t.in++;
            }
            continue;
        }
        const std::string_view text{reinterpret_cast<const char*>(t.in), std::min<std::size_t>(t.left(), 4)};
        const auto step = first_character(text);
        if (step.size == 0) {
            const auto broken = broken_beginning(text);
            if (broken.cut && !last) return {};
            return {true, broken.size};
        }
        if (t.room() < step.size) return {};
        std::memcpy(t.out, t.in, step.size);
        t.in += step.size;
        t.out += step.size;
    }
    return {};
}

inline transcoding_stop transcode_latin1(transcoding& t) noexcept {
    while (t.left()) {
        t.move_ascii();
        for (int i = 0; i < 8 && t.left(); ++i) {
            if (t.room() < 2) return {};
            t.put(*t.in++);
        }
    }
    return {};
}

inline transcoding_stop transcode_windows_1252(transcoding& t) noexcept {
    static constexpr char16_t upper[32] = {
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d,
        0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0x009d, 0x017e, 0x0178,
    };
    while (t.left()) {
        t.move_ascii();
        for (int i = 0; i < 8 && t.left(); ++i) {
            if (t.room() < 3) return {};
            const unsigned c = *t.in++;
            t.put(c < 0x80 || c > 0x9f ? c : upper[c - 0x80]);
        }
    }
    return {};
}

template <bool Big>
transcoding_stop transcode_utf16(transcoding& t, bool last) noexcept {
    const auto unit = [&t](std::size_t i) -> std::uint32_t {
        return Big ? static_cast<std::uint32_t>(t.in[2 * i] << 8 | t.in[2 * i + 1])
                   : static_cast<std::uint32_t>(t.in[2 * i + 1] << 8 | t.in[2 * i]);
    };
    for (;;) {
        while (t.left() >= 16 && t.room() >= 8) { // eight characters of ASCII at a time
            unsigned seen = 0;
            unsigned char eight[8];
            for (std::size_t i = 0; i < 8; ++i) {
                seen |= t.in[2 * i + !Big] | (t.in[2 * i + Big] & 0x80u);
                eight[i] = t.in[2 * i + Big];
            }
            if (seen) break;
            std::memcpy(t.out, eight, 8);
            t.in += 16;
            t.out += 8;
        }
        // Enough of the others to get past what stopped that loop.
        for (int i = 0; i < 8; ++i) {
            if (t.left() == 0) return {};
            if (t.left() == 1) return {last, 1};
            const auto first = unit(0);
            if (first < 0xd800 || first > 0xdfff) {
                if (t.room() < 3) return {};
                t.put(first);
                t.in += 2;
                continue;
            }
            if (first > 0xdbff) return {true, 2};
            if (t.left() < 4) {
                if (!last) return {};
                return {true, t.left() == 3 ? std::size_t{2} : t.left()};
            }
            const auto second = unit(1);
            if (second < 0xdc00 || second > 0xdfff) return {true, 2};
            if (t.room() < 4) return {};
            t.put(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            t.in += 4;
        }
    }
}

} // namespace detail

/// Steps over a byte-order mark, and takes an order from it. False when it takes more bytes to tell.
PENSTOCK_DECL bool text_decoder::skip_mark(detail::transcoding& work, bool last) {
    const std::string_view seen{reinterpret_cast<const char*>(work.in), std::min<std::size_t>(work.left(), 3)};
    const auto at_start = [&](std::string_view mark) {
        if (!seen.starts_with(mark)) return false;
        work.in += mark.size();
        return true;
    };
    constexpr std::string_view utf8{"\xef\xbb\xbf"};
    constexpr std::string_view little{"\xff\xfe"};
    constexpr std::string_view big{"\xfe\xff"};
    switch (encoding_) {
    case text_encoding::utf8:
        if (!last && seen.size() < utf8.size() && utf8.starts_with(seen)) return false;
        at_start(utf8);
        break;
    case text_encoding::utf16:
    case text_encoding::utf16le:
    case text_encoding::utf16be:
        if (!last && seen.size() < little.size()) return false;
        if (encoding_ != text_encoding::utf16be && at_start(little))
            encoding_ = text_encoding::utf16le;
        else if (encoding_ != text_encoding::utf16le && at_start(big))
            encoding_ = text_encoding::utf16be;
        else if (encoding_ == text_encoding::utf16)
            encoding_ = text_encoding::utf16le;
        break;
    case text_encoding::latin1:
    case text_encoding::windows_1252:
        break;
    }
    return started_ = true;
}

PENSTOCK_DECL failure text_decoder::fault(std::span<const std::byte> unit) const {
    constexpr std::string_view digits = "0123456789abcdef";
    const bool of_bytes = encoding_ == text_encoding::utf8;
    error_detail d;
    d.operation = "decode " + std::string{to_string(encoding_)};
    d.object = object_;
    d.message = of_bytes ? "no UTF-8:" : unit.size() == 1 ? "half a code unit at the end:" : "an unpaired surrogate, bytes";
    for (const auto b : unit) {
        d.message += ' ';
        d.message += digits[std::to_integer<unsigned>(b) >> 4];
        d.message += digits[std::to_integer<unsigned>(b) & 15];
    }
    d.byte_offset = offset_;
    d.hint = "is the encoding right? broken_text::replace reads U+FFFD";
    return failure{of_bytes ? errc::invalid_utf8 : errc::invalid_utf16, std::move(d)};
}

PENSTOCK_DECL text_decoder::step text_decoder::decode(std::span<const std::byte> in, std::span<std::byte> out, bool last) {
    const auto* const from = reinterpret_cast<const unsigned char*>(in.data());
    auto* const to = reinterpret_cast<unsigned char*>(out.data());
    detail::transcoding work{from, from + in.size(), to, to + out.size()};
    const auto run = [&]() -> detail::transcoding_stop {
        switch (encoding_) {
        case text_encoding::latin1:
            return detail::transcode_latin1(work);
        case text_encoding::windows_1252:
            return detail::transcode_windows_1252(work);
        case text_encoding::utf16:
        case text_encoding::utf16le:
            return detail::transcode_utf16<false>(work, last);
        case text_encoding::utf16be:
            return detail::transcode_utf16<true>(work, last);
        case text_encoding::utf8:
            break;
        }
        return detail::transcode_utf8(work, last);
    };
    step done;
    const auto base = offset_;
    if (started_ || skip_mark(work, last)) {
        for (;;) {
            const auto stop = run();
            offset_ = base + static_cast<std::size_t>(work.in - from);
            if (!stop.broken) break;
            if (on_broken_ == broken_text::fail) {
                done.failed = fault({reinterpret_cast<const std::byte*>(work.in), stop.size});
                break;
            }
            if (work.room() < 3) break;
            work.put(0xfffd);
            work.in += stop.size;
        }
    }
    done.consumed = static_cast<std::size_t>(work.in - from);
    done.produced = static_cast<std::size_t>(work.out - to);
    return done;
}

} // namespace penstock
