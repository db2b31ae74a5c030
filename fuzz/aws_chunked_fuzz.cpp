// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// aws-chunked bodies: any bytes end in a payload or an error, the same however they are cut; what is encoded comes back,
// and a change of a signed body never passes for another payload. The first bytes say how it is framed, cut and changed.
#include "support.hpp"

#include <penstock/aws/aws_chunked.hpp>
#include <penstock/aws/sigv4.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aws_chunked_fuzz {

namespace aws = penstock::aws;
namespace http = penstock::http;
using aws::chunk_framing;

aws::chunk_signer make_signer() {
    return {aws::credentials{"AKID", "secret"}, "20240315T010203Z", "eu-central-1", "s3", std::string(64, 'a')};
}

struct outcome {
    std::string payload;
    std::string trailers;
    std::string code; ///< S3's, where it failed
    std::size_t left = 0; ///< behind the body's end

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome decode(std::string_view body, chunk_framing framing, std::optional<aws::chunk_signer> signer, std::size_t piece) {
    aws::aws_chunked_limits limits;
    limits.max_payload = std::uint64_t{1} << 40;
    limits.max_line = 128;
    aws::aws_chunked_decoder decoder{framing, std::move(signer), limits};
    outcome out;
    while (!body.empty() && !decoder.finished()) {
        auto part = body.substr(0, piece);
        const auto before = part.size();
        const auto found = decoder.next(part);
        require(part.size() <= before);
        body.remove_prefix(before - part.size());
        if (!found) {
            out.code = found.error().detail().service_code;
            require(!out.code.empty() && !decoder.finished());
            return out;
        }
        out.payload += *found;
        require(before > part.size() || decoder.finished());
    }
    const auto ended = decoder.finish();
    require(ended.has_value() == decoder.finished());
    if (!ended) out.code = ended.error().detail().service_code;
    out.trailers = decoder.trailers().text();
    out.left = body.size();
    if (out.code.empty()) require(out.payload.size() == decoder.payload_size());
    return out;
}

std::string encode(std::string_view payload, chunk_framing framing, std::size_t chunk_size,
                   const std::vector<http::header_view>& trailers) {
    const bool is_signed = framing != chunk_framing::unsigned_trailer;
    auto encoder = is_signed ? aws::aws_chunked_encoder{framing, make_signer()} : aws::aws_chunked_encoder{};
    std::string out;
    for (std::size_t at = 0; at < payload.size(); at += chunk_size) {
        const auto chunk = payload.substr(at, chunk_size);
        encoder.append_header(out, chunk);
        out += chunk;
        encoder.append_chunk_end(out);
    }
    encoder.append_end(out, trailers);
    require(out.size() == aws::aws_chunked_length(framing, payload.size(), chunk_size, trailers));
    return out;
}

/// `where` and `by` choose the change.
void check_round_trip(std::string_view payload, chunk_framing framing, std::size_t piece, std::uint8_t where,
                      std::uint8_t by) {
    std::vector<http::header_view> trailers;
    if (framing != chunk_framing::signed_chunks) trailers = {{"x-amz-checksum-crc32", "wp5V0A=="}, {"x-amz-meta-x", "1"}};
    auto body = encode(payload, framing, piece, trailers);
    const auto good = decode(body, framing, make_signer(), 1 + where % 100);
    require(good.code.empty() && good.left == 0 && good.payload == payload);
    require(good.trailers.empty() == trailers.empty());

    auto& changed = body[where * body.size() / 256];
    changed = static_cast<char>(changed ^ by);
    const auto again = decode(body, framing, make_signer(), piece);
    if (framing == chunk_framing::unsigned_trailer || !again.code.empty()) return;
    require(again.payload == payload);
    // The other framing has none, and whatever follows its end is not signed.
    if (framing == chunk_framing::signed_chunks_signed_trailer) require(again.trailers == good.trailers);
}

} // namespace aws_chunked_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace aws_chunked_fuzz;
    if (size < 4) return 0;
    constexpr chunk_framing framings[] = {chunk_framing::signed_chunks, chunk_framing::signed_chunks_signed_trailer,
                                          chunk_framing::unsigned_trailer};
    const auto framing = framings[data[0] % 3];
    const std::size_t piece = 1 + data[1] % 64;
    const auto text = text_behind(data, size, 4);
    for (const bool verify : {false, true}) {
        const auto signer = verify ? std::optional{make_signer()} : std::nullopt;
        require(decode(text, framing, signer, text.size() + 1) == decode(text, framing, signer, piece));
    }
    check_round_trip(text, framing, piece, data[2], data[3]);
    return 0;
}
