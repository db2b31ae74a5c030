// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/http/body_stream.hpp>
#include <penstock/s3/detail/body_hash.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::s3::detail {

/// A body in the aws-chunked coding, its checksum behind it: computed while the body is sent, once more from the start
/// where it is sent again. Memory: a chunk, where the body does not lie in one piece.
class trailing_body final : public http::body_stream {
  public:
    /// Of `pieces`, or of `stream` where there is one.
    PENSTOCK_DECL trailing_body(checksum_algorithm a, body_pieces pieces, std::shared_ptr<http::body_stream> stream,
                                std::size_t chunk_size);

    std::uint64_t payload_size() const noexcept { return payload_; }
    /// How the next sending goes. Signed chunks need `sign_with` behind it.
    void frame(aws::chunk_framing framing) noexcept { framing_ = framing; }
    void sign_with(aws::chunk_signer signer) { signer_ = std::move(signer); }

    PENSTOCK_DECL std::uint64_t size() const noexcept override;
    PENSTOCK_DECL void rewind() noexcept override;
    PENSTOCK_DECL result<std::span<const std::byte>> next() override;

  private:
    enum class step : std::uint8_t { begin, header, data, end };

    PENSTOCK_DECL void begin();
    /// Makes `rest_` what follows of the body. No failure: empty at its end.
    PENSTOCK_DECL failure refill();
    PENSTOCK_DECL failure take_chunk(std::size_t size);

    checksum_hasher hasher_;
    body_pieces pieces_;
    std::shared_ptr<http::body_stream> stream_;
    std::size_t chunk_size_;
    std::uint64_t payload_ = 0;
    aws::chunk_framing framing_ = aws::chunk_framing::unsigned_trailer;
    std::optional<aws::chunk_signer> signer_;

    step at_ = step::begin;
    aws::aws_chunked_encoder encoder_;
    std::size_t next_piece_ = 0;
    std::span<const std::byte> rest_;
    std::uint64_t left_ = 0; ///< of the payload
    std::span<const std::byte> chunk_;
    std::vector<std::byte> joined_;
    std::string text_;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/trailing_body.ipp>
#endif
