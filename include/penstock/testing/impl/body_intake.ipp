// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/body_intake.hpp>

#include <penstock/aws/directory_bucket.hpp>
#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <utility>

namespace penstock::testing::detail {

inline constexpr std::size_t largest_document = std::size_t{4} << 20; // or body that nobody wants

inline std::uint64_t decoded_length(const http::header_list& headers) {
    const auto text = headers.find("x-amz-decoded-content-length");
    if (!text)
        throw s3_problem{411, "MissingContentLength",
                         "You must provide the x-amz-decoded-content-length HTTP header."};
    const auto n = parse_size(*text);
    if (!n) throw s3_problem{400, "InvalidArgument", "x-amz-decoded-content-length is not a number."};
    return *n;
}

inline s3_problem problem_of_chunks(const failure& f) {
    const auto& d = f.detail();
    return {d.http_status ? d.http_status : 400, d.service_code.empty() ? "InvalidRequest" : d.service_code,
            d.message};
}

/// The checksum that a header is named for: x-amz-checksum-crc32 …; none for -type, -mode and -algorithm. One of an algorithm
/// that is not known here is refused: to keep the object would say that it was compared.
inline std::optional<digest_kind> checksum_of_header(std::string_view name) {
    static constexpr std::string_view prefix = "x-amz-checksum-";
    if (name.size() <= prefix.size() || !http::iequals(name.substr(0, prefix.size()), prefix))
        return std::nullopt;
    const auto rest = name.substr(prefix.size());
    const auto kind = checksum_by_name(rest);
    const bool other = http::iequals(rest, "type") || http::iequals(rest, "mode") || http::iequals(rest, "algorithm");
    if (!kind && !other) throw s3_problem{400, "InvalidRequest", "Checksum algorithm provided is unsupported."};
    return kind;
}

/// Anything else would be a promise that nobody checks.
inline void check_payload_hash(const http::header_list& headers, std::string_view hash) {
    const bool is_hash = hash.size() == 64 && std::all_of(hash.begin(), hash.end(), [](char c) {
                             return penstock::detail::hex_value(c) >= 0;
                         });
    if (is_hash || hash == aws::unsigned_payload || aws::chunk_framing_of(hash)) return;
    if (!headers.contains("x-amz-content-sha256")) return; // nothing was promised
    throw s3_problem{400, "InvalidArgument",
                     "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                     "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a "
                     "valid sha256 value."}
        .detail("ArgumentName", "x-amz-content-sha256")
        .detail("ArgumentValue", std::string{hash});
}

PENSTOCK_DECL body_intake::body_intake(service_call& call, const service_route& route,
                                       std::string payload_hash, std::optional<aws::chunk_signer> signer)
    : call_{call}, use_{route.body} {
    const auto& headers = call.request.headers;
    check_payload_hash(headers, payload_hash);
    const auto framing = aws::chunk_framing_of(payload_hash);
    if (framing) {
        expected_size_ = decoded_length(headers);
        aws::aws_chunked_limits limits;
        limits.max_payload = *expected_size_;
        decoder_.emplace(*framing, std::move(signer), limits);
    } else {
        expected_size_ = call.request.content_length;
        if (payload_hash.size() == 64) {
            sha256_.emplace(digest_kind::sha256);
            expected_sha256_ = std::move(payload_hash);
        }
    }
    check_size(expected_size_.value_or(0));
    if (!route.object_checksum) find_checksum(headers);
    if (const auto md5 = headers.find("content-md5")) {
        if (aws::is_directory_bucket(call.bucket))
            throw s3_problem{501, "NotImplemented", "Directory buckets do not support Content-MD5"};
        const auto raw = from_base64(*md5);
        if (!raw || raw->size() != 16)
            throw s3_problem{400, "InvalidDigest", "The Content-MD5 you specified was invalid."};
        expected_md5_ = *raw;
    }
    if (use_ == body_use::data || expected_md5_) md5_.emplace(digest_kind::md5);
    if (use_ == body_use::data) call.staged = call.store().stage();
}

PENSTOCK_DECL void body_intake::write(std::string_view bytes) {
    if (!decoder_) return take(bytes);
    while (!bytes.empty() && !decoder_->finished()) {
        auto piece = decoder_->next(bytes);
        if (!piece) throw problem_of_chunks(piece.error());
        take(*piece);
    }
    if (!bytes.empty())
        throw s3_problem{400, "InvalidRequest",
                         "There are bytes after the last chunk of the aws-chunked body."};
}

PENSTOCK_DECL void body_intake::finish() {
    if (decoder_) {
        auto whole = decoder_->finish();
        if (!whole) throw problem_of_chunks(whole.error());
    }
    if (expected_size_ && size_ != *expected_size_)
        throw s3_problem{
            400, "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header."};
    if (sha256_) {
        const auto computed = to_hex(sha256_->finish());
        if (!http::iequals(computed, expected_sha256_))
            throw s3_problem{400, "XAmzContentSHA256Mismatch",
                             "The provided 'x-amz-content-sha256' header does not match what was computed."}
                .detail("ClientComputedContentSHA256", expected_sha256_)
                .detail("S3ComputedContentSHA256", computed);
    }
    if (md5_) call_.md5 = md5_->finish();
    if (expected_md5_) {
        if (*expected_md5_ != call_.md5)
            throw s3_problem{400, "BadDigest",
                             "The Content-MD5 you specified did not match what we received."}
                .detail("ExpectedDigest", to_base64(*expected_md5_))
                .detail("CalculatedDigest", to_base64(call_.md5));
        call_.integrity_proven = true;
    }
    if (checksum_) finish_checksum();
}

/// x-amz-checksum-… with its value, or announced by x-amz-trailer; or an algorithm without a value.
PENSTOCK_DECL void body_intake::find_checksum(const http::header_list& headers) {
    for (std::size_t i = 0; i < headers.size(); ++i) {
        const auto h = headers[i];
        if (http::iequals(h.name, "x-amz-trailer")) {
            find_trailer(h.value);
        } else if (const auto kind = checksum_of_header(h.name)) {
            use_checksum(*kind);
            const auto raw = from_base64(h.value);
            if (!raw || raw->size() != digest_of(*kind, {}).size())
                throw s3_problem{400, "InvalidRequest",
                                 "Value for " + checksum_header(*kind) + " header is invalid."};
            expected_checksum_ = *raw;
        }
    }
    const auto name = headers["x-amz-sdk-checksum-algorithm"];
    if (!checksum_kind_ && !name.empty()) {
        checksum_kind_ = checksum_by_name(name);
        if (!checksum_kind_)
            throw s3_problem{400, "InvalidRequest", "Checksum algorithm provided is unsupported."};
    }
    if (!checksum_kind_) checksum_kind_ = call_.checksum_kind;
    if (checksum_kind_) checksum_.emplace(*checksum_kind_);
}

PENSTOCK_DECL void body_intake::find_trailer(std::string_view announced) {
    static constexpr std::string_view prefix = "x-amz-checksum-";
    if (announced.size() <= prefix.size() || !http::iequals(announced.substr(0, prefix.size()), prefix))
        return;
    const auto kind = checksum_of_header(announced);
    if (!kind || !decoder_)
        throw s3_problem{400, "InvalidRequest",
                         "The value specified in the x-amz-trailer header is not supported"};
    use_checksum(*kind);
    trailer_ = checksum_header(*kind);
}

PENSTOCK_DECL void body_intake::use_checksum(digest_kind kind) {
    if (checksum_kind_ && *checksum_kind_ != kind)
        throw s3_problem{
            400, "InvalidRequest",
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."};
    checksum_kind_ = kind;
}

PENSTOCK_DECL void body_intake::finish_checksum() {
    call_.checksum_kind = checksum_kind_;
    call_.checksum = checksum_->finish();
    if (!trailer_.empty()) {
        const auto sent = decoder_->trailers().find(trailer_);
        if (!sent)
            throw s3_problem{400, "MalformedTrailerError",
                             "The request contained trailing data that was not well-formed or did not "
                             "conform to our published schema."};
        const auto raw = from_base64(*sent);
        if (!raw || raw->size() != call_.checksum.size())
            throw s3_problem{400, "InvalidRequest", "Value for " + trailer_ + " trailing header is invalid."};
        expected_checksum_ = *raw;
    }
    if (!expected_checksum_) return;
    if (*expected_checksum_ != call_.checksum)
        throw s3_problem{400, "BadDigest",
                         "The " + std::string{checksum_name(*checksum_kind_)} +
                             " you specified did not match the calculated checksum."};
    call_.integrity_proven = true;
}

PENSTOCK_DECL void body_intake::check_size(std::uint64_t size) const {
    if (use_ == body_use::data && size > largest_object)
        throw s3_problem{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"};
    if (use_ != body_use::data && size > largest_document)
        throw s3_problem{400, "MaxMessageLengthExceeded", "Your request was too big."};
}

PENSTOCK_DECL void body_intake::take(std::string_view bytes) {
    size_ += bytes.size();
    check_size(size_);
    if (sha256_) sha256_->update(bytes);
    if (md5_) md5_->update(bytes);
    if (checksum_) checksum_->update(bytes);
    if (use_ == body_use::data)
        call_.staged->append(std::as_bytes(std::span{bytes.data(), bytes.size()}));
    else if (use_ == body_use::document)
        call_.document.append(bytes);
}

} // namespace penstock::testing::detail
