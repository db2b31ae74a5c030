// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace penstock::http {

/// Takes the framing off a response body: fixed length, chunked, or until the connection ends (RFC 9112, section 6.3).
/// Pure: the connection moves the bytes.
class body_decoder {
  public:
    enum class state {
        data,   ///< the next `data_size()` bytes are body
        frame,  ///< framing comes next: give it to `consume_frame`
        done,   ///< the body is complete
    };

    body_decoder() = default;

    /// For the answer to a request with that method.
    PENSTOCK_DECL void start(const response_head& head, std::string_view method);

    state now() const noexcept { return state_; }

    /// How many of the next bytes are body, at most; unbounded for a body that ends with its connection.
    std::uint64_t data_size() const noexcept { return data_left_; }

    /// Tells that `n` bytes of body, at most `data_size()`, were taken.
    PENSTOCK_DECL void consume_data(std::uint64_t n) noexcept;

    /// Eats framing from the front of `bytes` and answers how many were used; stops where data begins.
    PENSTOCK_DECL result<std::size_t> consume_frame(std::span<const std::byte> bytes);

    /// The connection ended. Ends the body where that is its end; else `errc::body_too_short` with the counts.
    PENSTOCK_DECL result<void> consume_end();

    /// How much of the body is left, where it was said beforehand.
    std::optional<std::uint64_t> remaining() const noexcept {
        if (kind_ == kind::fixed) return data_left_;
        return std::nullopt;
    }

    /// Whether the end of the connection is the only end of the body.
    bool ends_with_connection() const noexcept { return kind_ == kind::until_end; }

  private:
    enum class kind { fixed, chunked, until_end };
    enum class chunk_state { size_start, size, extension, quoted, quoted_escape, size_lf, data_cr, data_lf, trailer_start, trailer, trailer_lf, end_lf };

    PENSTOCK_DECL bool chunk_byte(char c);

    kind kind_ = kind::fixed;
    state state_ = state::done;
    chunk_state chunk_ = chunk_state::size_start;
    std::uint64_t data_left_ = 0;
    std::uint64_t promised_ = 0;
    std::uint64_t taken_ = 0;
    std::size_t frame_bytes_ = 0; // of this chunk header or of all trailers: bounded
};

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/body_decoder.ipp>
#endif
