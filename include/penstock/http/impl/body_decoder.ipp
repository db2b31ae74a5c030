// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/body_decoder.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <limits>

namespace penstock::http {
namespace detail {

/// Chunk extensions and trailers mean nothing to us; a server that sends more than this of them is not served.
inline constexpr std::size_t max_frame_bytes = std::size_t{16} << 10;

} // namespace detail

PENSTOCK_DECL void body_decoder::start(const response_head& head, std::string_view method) {
    *this = body_decoder{};
    const bool bodiless =
        method == "HEAD" || head.status == 204 || head.status == 304 || (head.status >= 100 && head.status < 200);
    if (bodiless) return;
    if (head.chunked) {
        kind_ = kind::chunked;
        state_ = state::frame;
    } else if (head.content_length) {
        promised_ = data_left_ = *head.content_length;
        if (data_left_ > 0) state_ = state::data;
    } else {
        kind_ = kind::until_end;
        data_left_ = std::numeric_limits<std::uint64_t>::max();
        state_ = state::data;
    }
}

PENSTOCK_DECL void body_decoder::consume_data(std::uint64_t n) noexcept {
    taken_ += n;
    if (kind_ == kind::until_end) return;
    data_left_ -= n;
    if (data_left_ > 0) return;
    if (kind_ == kind::fixed) {
        state_ = state::done;
    } else {
        state_ = state::frame;
        chunk_ = chunk_state::data_cr;
        frame_bytes_ = 0;
    }
}

PENSTOCK_DECL bool body_decoder::chunk_byte(char c) {
    switch (chunk_) {
    case chunk_state::size_start:
    case chunk_state::size:
        if (const int digit = penstock::detail::hex_value(c); digit >= 0) {
            if (data_left_ >> 59) return false; // beyond any object, and near overflow
            data_left_ = data_left_ * 16 + static_cast<unsigned>(digit);
            chunk_ = chunk_state::size;
            return true;
        }
        if (chunk_ == chunk_state::size_start) return false;
        if (c == ';') return chunk_ = chunk_state::extension, true;
        if (c == '\r') return chunk_ = chunk_state::size_lf, true;
        return false;
    case chunk_state::extension:
        if (c == '"') return chunk_ = chunk_state::quoted, true;
        if (c == '\r') return chunk_ = chunk_state::size_lf, true;
        return c == '\t' || static_cast<unsigned char>(c) >= 0x20;
    case chunk_state::quoted:
        if (c == '"') return chunk_ = chunk_state::extension, true;
        if (c == '\\') return chunk_ = chunk_state::quoted_escape, true;
        return c == '\t' || static_cast<unsigned char>(c) >= 0x20;
    case chunk_state::quoted_escape:
        chunk_ = chunk_state::quoted;
        return c == '\t' || static_cast<unsigned char>(c) >= 0x20;
    case chunk_state::size_lf:
        if (c != '\n') return false;
        frame_bytes_ = 0;
        if (data_left_ > 0)
            state_ = state::data;
        else
            chunk_ = chunk_state::trailer_start;
        return true;
    case chunk_state::data_cr: return chunk_ = chunk_state::data_lf, c == '\r';
    case chunk_state::data_lf: return chunk_ = chunk_state::size_start, c == '\n';
    case chunk_state::trailer_start:
        if (c == '\r') return chunk_ = chunk_state::end_lf, true;
        chunk_ = chunk_state::trailer;
        return static_cast<unsigned char>(c) > 0x20;
    case chunk_state::trailer:
        if (c == '\r') chunk_ = chunk_state::trailer_lf;
        return c != '\n';
    case chunk_state::trailer_lf: return chunk_ = chunk_state::trailer_start, c == '\n';
    case chunk_state::end_lf:
        if (c != '\n') return false;
        state_ = state::done;
        return true;
    }
    return false;
}

PENSTOCK_DECL result<std::size_t> body_decoder::consume_frame(std::span<const std::byte> bytes) {
    std::size_t used = 0;
    while (state_ == state::frame && used < bytes.size()) {
        const auto c = static_cast<char>(bytes[used++]);
        if (++frame_bytes_ > detail::max_frame_bytes)
            return failure{errc::malformed_response, "chunk extensions or trailers beyond all measure"};
        if (!chunk_byte(c)) return failure{errc::malformed_response, "broken chunk framing"};
    }
    return used;
}

PENSTOCK_DECL result<void> body_decoder::consume_end() {
    if (state_ == state::done) return {};
    if (kind_ == kind::until_end) {
        state_ = state::done;
        return {};
    }
    std::string story = "got " + std::to_string(taken_) + " bytes";
    if (kind_ == kind::fixed)
        story += " of " + std::to_string(promised_);
    else
        story += ", then the connection ended within a chunk";
    return failure{errc::body_too_short, std::move(story)};
}

} // namespace penstock::http
