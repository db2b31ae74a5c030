// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/body_stream.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/copy_object.hpp>
#include <penstock/s3/put_object.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// A write whose answer is lost is sent again, and the store may refuse the repetition because the first one took effect:
/// the upload is gone, or the object now exists. Such a refusal is checked before it is told.
namespace penstock::s3::detail {

class client_state;

/// Whether an attempt before the last one may have taken effect: it ended without an answer, or with one that says nothing
/// of what was done.
PENSTOCK_DECL bool earlier_may_have_worked(const failure& last);

/// Whether `refusal` may be the echo of an earlier attempt's success: a failed condition or an upload that is gone.
PENSTOCK_DECL bool may_be_echo(const failure& refusal);

/// The ETag that S3 gives to these bytes in one PUT (their MD5). Empty where OpenSSL offers no MD5.
PENSTOCK_DECL std::string expected_etag(std::span<const std::span<const std::byte>> body);

/// The same for a body that is read for that.
PENSTOCK_DECL awaitable<std::string> expected_etag(std::shared_ptr<http::body_stream> body);

/// The ETag that S3 gives to an object of these parts: the MD5 of the parts' MD5s, and their number. Empty where a
/// part's ETag is no MD5 (some encryptions, some stores).
PENSTOCK_DECL std::string expected_etag(const std::vector<completed_part>& parts);

/// What a write would have left.
struct expected_object {
    expected_object() = default;

    std::string etag; ///< as `expected_etag` has it
    std::optional<std::uint64_t> size;
    std::optional<body_checksum> checksum; ///< of the whole, where its value is known
    std::size_t parts = 0; ///< of an upload; 0: one PUT
    s3::customer_key key;  ///< without which a store does not speak of the object
};

/// Whether the store's object is that one. By its ETag; where that is no MD5 (SSE-KMS, directory buckets) by its checksum
/// and size. Of an upload that is `gone`, by its size and number of parts: nobody else could have completed it. A condition
/// that failed is not told by size alone: the object may be another's.
PENSTOCK_DECL bool is_expected(const expected_object& expected, const object_metadata& found, bool gone);

/// Asks for the object: where it is the one expected, it is ours, and this is what the lost answer said. Else throws
/// `refusal`.
PENSTOCK_DECL awaitable<put_object_result> confirm_stored(std::shared_ptr<client_state> client, object_address where,
                                                          expected_object expected, failure refusal,
                                                          request_settings_ptr settings);

/// Copies in one request. Where the store refuses a repetition, what the target is now is held against the source: by the
/// ETag (`source_if_match`, where it is said), or a checksum of the whole and the size. It cannot be known of copies whose
/// ETag is another than their source's (SSE-KMS, SSE-C, directory buckets, sources uploaded in parts) and that have no such
/// checksum, nor of an object copied onto itself: then the refusal is told.
PENSTOCK_DECL awaitable<copy_object_result> copy_confirmed(std::shared_ptr<client_state> client, object_address source,
                                                           object_address target, copy_object_options options);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/lost_answer.ipp>
#endif
