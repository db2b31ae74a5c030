// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/aws_chunked.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::aws {
namespace detail {

inline constexpr std::string_view chunk_signature_extension = ";chunk-signature=";
inline constexpr std::string_view trailer_signature_name = "x-amz-trailer-signature";
inline constexpr std::size_t signature_size = 64;

PENSTOCK_DECL std::uint64_t hex_digits(std::uint64_t n) noexcept {
    std::uint64_t digits = 1;
    while (n >>= 4) ++digits;
    return digits;
}

PENSTOCK_DECL std::uint64_t chunk_header_length(chunk_framing framing, std::uint64_t size) noexcept {
    const bool is_signed = framing != chunk_framing::unsigned_trailer;
    return hex_digits(size) + (is_signed ? chunk_signature_extension.size() + signature_size : 0) + 2;
}

} // namespace detail

PENSTOCK_DECL std::string_view payload_hash_of(chunk_framing framing) noexcept {
    switch (framing) {
    case chunk_framing::signed_chunks:
        return streaming_payload;
    case chunk_framing::signed_chunks_signed_trailer:
        return streaming_payload_trailer;
    case chunk_framing::unsigned_trailer:
        break;
    }
    return streaming_unsigned_trailer;
}

PENSTOCK_DECL std::optional<chunk_framing> chunk_framing_of(std::string_view payload_hash) noexcept {
    if (payload_hash == streaming_payload) return chunk_framing::signed_chunks;
    if (payload_hash == streaming_payload_trailer) return chunk_framing::signed_chunks_signed_trailer;
    if (payload_hash == streaming_unsigned_trailer) return chunk_framing::unsigned_trailer;
    return std::nullopt;
}

PENSTOCK_DECL std::uint64_t aws_chunked_length(chunk_framing framing, std::uint64_t payload_size,
                                               std::uint64_t chunk_size,
                                               std::span<const http::header_view> trailers) {
    const auto full = payload_size / chunk_size, rest = payload_size % chunk_size;
    auto length = payload_size + full * (detail::chunk_header_length(framing, chunk_size) + 2);
    if (rest > 0) length += detail::chunk_header_length(framing, rest) + 2;
    length += detail::chunk_header_length(framing, 0);
    for (const auto& t : trailers) length += t.name.size() + 1 + t.value.size() + 2;
    if (framing == chunk_framing::signed_chunks_signed_trailer)
        length += detail::trailer_signature_name.size() + 1 + detail::signature_size + 2;
    return length + 2;
}

PENSTOCK_DECL void aws_chunked_encoder::append_header(std::string& out, std::string_view chunk) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, chunk.size(), 16).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
    if (signer_) out.append(detail::chunk_signature_extension).append(signer_->sign_chunk(chunk));
    out += "\r\n";
}

PENSTOCK_DECL void aws_chunked_encoder::append_end(std::string& out,
                                                   std::span<const http::header_view> trailers) {
    append_header(out, {});
    std::string to_sign;
    for (const auto& t : trailers) {
        out.append(t.name).append(":").append(t.value).append("\r\n");
        to_sign.append(t.name).append(":").append(t.value).append("\n");
    }
    if (signer_ && framing_ == chunk_framing::signed_chunks_signed_trailer)
        out.append(detail::trailer_signature_name)
            .append(":")
            .append(signer_->sign_trailers(to_sign))
            .append("\r\n");
    out += "\r\n";
}

PENSTOCK_DECL aws_chunked_decoder::aws_chunked_decoder(chunk_framing framing,
                                                       std::optional<chunk_signer> signer,
                                                       aws_chunked_limits limits)
    : framing_{framing}, signer_{std::move(signer)}, limits_{limits} {
    if (framing_ == chunk_framing::unsigned_trailer) signer_.reset();
    if (signer_) hasher_.emplace();
}

PENSTOCK_DECL void aws_chunked_decoder::fail(int status, errc code, const char* service_code,
                                             std::string message) {
    error_detail d;
    d.message = std::move(message);
    d.http_status = status;
    d.service_code = service_code;
    failure_ = failure{code, std::move(d)};
    at_ = step::failed;
}

/// True when `line_` holds a whole line, without its end; false when more input is needed, or on failure.
PENSTOCK_DECL bool aws_chunked_decoder::take_line(std::string_view& in, std::size_t limit, const char* code) {
    const auto end = in.find('\n');
    const auto part = in.substr(0, end);
    if (line_.size() + part.size() > limit) {
        fail(400, errc::invalid_request, code, "a line of the aws-chunked body is too long");
        return false;
    }
    line_.append(part);
    in.remove_prefix(end == std::string_view::npos ? in.size() : end + 1);
    if (end == std::string_view::npos) return false;
    if (!line_.ends_with('\r')) {
        fail(400, errc::invalid_request, code, "a line of the aws-chunked body does not end in CR LF");
        return false;
    }
    line_.pop_back();
    return true;
}

PENSTOCK_DECL void aws_chunked_decoder::on_chunk_header() {
    const std::string_view line{line_};
    const auto mark = std::min(line.find(';'), line.size());
    const auto [end, error] = std::from_chars(line.data(), line.data() + mark, left_, 16);
    if (error != std::errc{} || end != line.data() + mark || mark == 0)
        return fail(400, errc::invalid_request, "InvalidChunkSizeError",
                    "a chunk has no size in hexadecimal digits");
    const auto extension = line.substr(mark);
    signature_.clear();
    if (extension.starts_with(detail::chunk_signature_extension))
        signature_ = extension.substr(detail::chunk_signature_extension.size());
    if (signer_ && signature_.size() != detail::signature_size)
        return fail(403, errc::signature_mismatch, "SignatureDoesNotMatch", "a chunk has no chunk-signature");
    if (left_ > limits_.max_payload - payload_)
        return fail(400, errc::invalid_request, "EntityTooLarge", "the chunks hold more than was announced");
    payload_ += left_;
    line_.clear();
    if (left_ > 0) {
        at_ = step::chunk_data;
        return;
    }
    check_signature();
    if (at_ != step::failed) at_ = step::trailer;
}

PENSTOCK_DECL void aws_chunked_decoder::check_signature() {
    if (!signer_) return;
    const auto ours = signer_->sign_chunk(hasher_->finish());
    if (!constant_time_equal(ours, signature_))
        fail(403, errc::signature_mismatch, "SignatureDoesNotMatch",
             "the signature of a chunk does not match");
}

PENSTOCK_DECL void aws_chunked_decoder::on_chunk_end() {
    if (!line_.empty())
        return fail(400, errc::invalid_request, "InvalidChunkSizeError",
                    "a chunk is longer than its size says");
    at_ = step::chunk_header;
    check_signature();
}

PENSTOCK_DECL void aws_chunked_decoder::on_trailer() {
    if (line_.empty()) {
        const bool wants_signature = signer_ && framing_ == chunk_framing::signed_chunks_signed_trailer;
        if (wants_signature && !trailer_signature_seen_)
            return fail(403, errc::signature_mismatch, "SignatureDoesNotMatch",
                        "the trailers are not signed");
        at_ = step::done;
        return;
    }
    const std::string_view line{line_};
    const auto colon = line.find(':');
    auto value = line.substr(std::min(colon, line.size() - 1) + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    const auto name = penstock::detail::lower_case(line.substr(0, colon));
    const bool allowed = framing_ != chunk_framing::signed_chunks && !trailer_signature_seen_ &&
                         colon != std::string_view::npos && http::valid_header(name, value) &&
                         trailers_.size() < limits_.max_trailers;
    if (!allowed)
        return fail(400, errc::invalid_request, "MalformedTrailerError", "a trailer that cannot be one");
    if (name == detail::trailer_signature_name) {
        trailer_signature_seen_ = true;
        if (signer_ && !constant_time_equal(signer_->sign_trailers(signed_trailers_), value))
            return fail(403, errc::signature_mismatch, "SignatureDoesNotMatch",
                        "the signature of the trailers does not match");
    } else {
        trailers_.add(name, value);
        signed_trailers_.append(name).append(":").append(value).append("\n");
    }
    line_.clear();
}

PENSTOCK_DECL result<std::string_view> aws_chunked_decoder::next(std::string_view& in) {
    while (!in.empty() && at_ != step::done && at_ != step::failed) {
        switch (at_) {
        case step::chunk_header:
            if (take_line(in, limits_.max_line, "InvalidChunkSizeError")) on_chunk_header();
            break;
        case step::chunk_data: {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
            const auto piece = in.substr(0, n);
            in.remove_prefix(n);
            left_ -= n;
            if (hasher_) hasher_->update(piece);
            if (left_ == 0) at_ = step::chunk_end;
            return piece;
        }
        case step::chunk_end:
            if (take_line(in, 2, "InvalidChunkSizeError")) on_chunk_end();
            break;
        case step::trailer:
            if (take_line(in, 4 * limits_.max_line, "MalformedTrailerError")) on_trailer();
            break;
        case step::done:
        case step::failed:
            break;
        }
    }
    if (at_ == step::failed) return failure_;
    return std::string_view{};
}

PENSTOCK_DECL result<void> aws_chunked_decoder::finish() {
    if (at_ != step::done && at_ != step::failed)
        fail(400, errc::body_too_short, "IncompleteBody", "the aws-chunked body ends before its last chunk");
    if (at_ == step::failed) return failure_;
    return {};
}

} // namespace penstock::aws
