// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/trailing_body.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL trailing_body::trailing_body(checksum_algorithm a, body_pieces pieces,
                                           std::shared_ptr<http::body_stream> stream, std::size_t chunk_size)
    : hasher_{a}, pieces_{std::move(pieces)}, stream_{std::move(stream)}, chunk_size_{chunk_size} {
    if (stream_) payload_ = stream_->size();
    for (const auto& piece : pieces_) payload_ += piece.size();
}

PENSTOCK_DECL std::uint64_t trailing_body::size() const noexcept {
    const char value[64] = {}; // its size alone counts
    const auto encoded = (checksum_size(hasher_.algorithm()) + 2) / 3 * 4;
    const http::header_view trailer{checksum_header(hasher_.algorithm()), {value, encoded}};
    return aws::aws_chunked_length(framing_, payload_, chunk_size_, {&trailer, 1});
}

PENSTOCK_DECL void trailing_body::rewind() noexcept { at_ = step::begin; }

PENSTOCK_DECL void trailing_body::begin() {
    hasher_ = checksum_hasher{hasher_.algorithm()};
    encoder_ = framing_ == aws::chunk_framing::unsigned_trailer ? aws::aws_chunked_encoder{}
                                                                : aws::aws_chunked_encoder{framing_, *signer_};
    if (stream_) stream_->rewind();
    next_piece_ = 0;
    rest_ = {};
    left_ = payload_;
    text_.clear();
    at_ = step::header;
}

PENSTOCK_DECL failure trailing_body::refill() {
    while (rest_.empty() && next_piece_ < pieces_.size()) rest_ = pieces_[next_piece_++];
    if (!rest_.empty() || !stream_) return {};
    const auto more = stream_->next();
    if (!more) return more.error();
    rest_ = *more;
    return {};
}

/// The bytes where they lie, if they lie in one piece.
PENSTOCK_DECL failure trailing_body::take_chunk(std::size_t size) {
    if (auto why = refill()) return why;
    if (rest_.size() >= size) {
        chunk_ = rest_.first(size);
        rest_ = rest_.subspan(size);
        return {};
    }
    joined_.clear();
    while (joined_.size() < size) {
        if (auto why = refill()) return why;
        if (rest_.empty()) return failure{errc::body_too_short, "the body is shorter than it was said to be"};
        const auto some = rest_.first(std::min(rest_.size(), size - joined_.size()));
        joined_.insert(joined_.end(), some.begin(), some.end());
        rest_ = rest_.subspan(some.size());
    }
    chunk_ = joined_;
    return {};
}

PENSTOCK_DECL result<std::span<const std::byte>> trailing_body::next() {
    if (at_ == step::begin) begin();
    if (at_ == step::data) {
        at_ = step::header;
        text_.clear();
        encoder_.append_chunk_end(text_); // goes with what follows
        return chunk_;
    }
    if (at_ == step::end) return std::span<const std::byte>{};
    if (left_ == 0) {
        const auto value = hasher_.finish();
        const http::header_view trailer{checksum_header(hasher_.algorithm()), value};
        encoder_.append_end(text_, {&trailer, 1});
        at_ = step::end;
        return as_bytes(text_);
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, chunk_size_));
    if (auto why = take_chunk(size)) return why;
    left_ -= size;
    hasher_.update(chunk_);
    encoder_.append_header(text_, as_text(chunk_));
    at_ = step::data;
    return as_bytes(text_);
}

} // namespace penstock::s3::detail
