// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The aws-chunked content coding: an upload whose chunks are signed one by one, or whose checksum follows
/// the body. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
namespace penstock::aws {

/// How the chunks are framed: which value of x-amz-content-sha256 goes with the body.
enum class chunk_framing {
    signed_chunks,                ///< `streaming_payload`
    signed_chunks_signed_trailer, ///< `streaming_payload_trailer`
    unsigned_trailer,             ///< `streaming_unsigned_trailer`
};

PENSTOCK_DECL std::string_view payload_hash_of(chunk_framing framing) noexcept;
/// None where `payload_hash` is not one of the three.
PENSTOCK_DECL std::optional<chunk_framing> chunk_framing_of(std::string_view payload_hash) noexcept;

/// Exactly the bytes that the encoder will make (Content-Length) of `payload_size` bytes in chunks of
/// `chunk_size`, the last one shorter. Of `trailers` only the sizes count. Precondition: `chunk_size` > 0.
PENSTOCK_DECL std::uint64_t aws_chunked_length(chunk_framing framing, std::uint64_t payload_size,
                                               std::uint64_t chunk_size,
                                               std::span<const http::header_view> trailers = {});

/// Frames an upload: for each chunk `append_header`, the chunk itself, `append_chunk_end`; at last
/// `append_end`. Never touches the payload but to hash it. S3 wants chunks of 8 KiB or more, but for the
/// last.
class aws_chunked_encoder {
  public:
    /// `unsigned_trailer`: chunks are not signed.
    aws_chunked_encoder() = default;
    /// `framing` is one of the signed ones.
    aws_chunked_encoder(chunk_framing framing, chunk_signer signer)
        : framing_{framing}, signer_{std::move(signer)} {}

    /// The line before `chunk`, which must not be empty.
    PENSTOCK_DECL void append_header(std::string& out, std::string_view chunk);
    void append_chunk_end(std::string& out) const { out += "\r\n"; }
    /// The empty chunk, the trailers and what ends them. Trailer names must be lower case, and only
    /// `signed_chunks_signed_trailer` and `unsigned_trailer` may have trailers.
    PENSTOCK_DECL void append_end(std::string& out, std::span<const http::header_view> trailers = {});

  private:
    chunk_framing framing_ = chunk_framing::unsigned_trailer;
    std::optional<chunk_signer> signer_;
};

struct aws_chunked_limits {
    aws_chunked_limits() = default;

    std::uint64_t max_payload =
        UINT64_MAX;              ///< all chunks together; x-amz-decoded-content-length where it is known
    std::size_t max_line = 1024; ///< a chunk's header; 4 times this for a trailer
    std::size_t max_trailers = 16;
};

/// Takes an aws-chunked body apart, whatever the boundaries at which it arrives. Memory: one line and the
/// trailers.
///
/// A chunk's signature can only be checked after its last byte: what `next` gave is not to be trusted
/// (committed) until the decoder is `finished`.
///
/// Failures carry S3's code in `detail().service_code` and a status: SignatureDoesNotMatch (403),
/// InvalidChunkSizeError, MalformedTrailerError, IncompleteBody, EntityTooLarge (400). After one, the decoder
/// gives the same again.
class aws_chunked_decoder {
  public:
    /// Without a `signer` chunk signatures are read over.
    PENSTOCK_DECL explicit aws_chunked_decoder(chunk_framing framing, std::optional<chunk_signer> signer = {},
                                               aws_chunked_limits limits = {});

    /// Takes bytes off the front of `in`, up to the end of one piece of payload, which it answers: a view
    /// into what was taken. An empty answer: all of `in` was taken and more is needed, or the body is
    /// `finished` (what is left of `in` is not part of it).
    PENSTOCK_DECL result<std::string_view> next(std::string_view& in);

    bool finished() const noexcept { return at_ == step::done; }
    /// To be called where the input ends: IncompleteBody unless `finished`.
    PENSTOCK_DECL result<void> finish();

    /// The trailers, names in lower case, without the signature. Complete when `finished`.
    const http::header_list& trailers() const noexcept { return trailers_; }
    std::uint64_t payload_size() const noexcept { return payload_; }

  private:
    enum class step { chunk_header, chunk_data, chunk_end, trailer, done, failed };

    PENSTOCK_DECL bool take_line(std::string_view& in, std::size_t limit, const char* code);
    PENSTOCK_DECL void on_chunk_header();
    PENSTOCK_DECL void on_chunk_end();
    PENSTOCK_DECL void on_trailer();
    PENSTOCK_DECL void check_signature();
    PENSTOCK_DECL void fail(int status, errc code, const char* service_code, std::string message);

    chunk_framing framing_;
    std::optional<chunk_signer> signer_;
    aws_chunked_limits limits_;
    step at_ = step::chunk_header;
    std::string line_;
    std::string signature_;
    std::optional<sha256_hasher> hasher_;
    std::uint64_t left_ = 0;
    std::uint64_t payload_ = 0;
    http::header_list trailers_;
    std::string signed_trailers_;
    bool trailer_signature_seen_ = false;
    failure failure_;
};

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/aws_chunked.ipp>
#endif
