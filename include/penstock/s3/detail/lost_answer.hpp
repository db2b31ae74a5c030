// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/body_stream.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/put_object.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

/// A write whose answer is lost is sent again, and the store may refuse the repetition because the first one took effect:
/// the upload is gone, or the object now exists. Such a refusal is checked before it is told.
namespace penstock::s3::detail {

class client_state;

/// Whether `refusal` may be the echo of an earlier attempt's success: a failed condition or an upload that is gone, after
/// an attempt that ended without an answer, or with one that says nothing of what was done.
PENSTOCK_DECL bool may_be_echo(const failure& refusal);

/// The ETag that S3 gives to these bytes in one PUT (their MD5). Empty where OpenSSL offers no MD5.
PENSTOCK_DECL std::string expected_etag(std::span<const std::span<const std::byte>> body);

/// The same for a body that is read for that.
PENSTOCK_DECL awaitable<std::string> expected_etag(std::shared_ptr<http::body_stream> body);

/// The ETag that S3 gives to an object of these parts: the MD5 of the parts' MD5s, and their number. Empty where a
/// part's ETag is no MD5 (some encryptions, some stores).
PENSTOCK_DECL std::string expected_etag(const std::vector<completed_part>& parts);

/// Asks for the object: where it has the tag `etag`, it is ours, and this is what the lost answer said. Else throws
/// `refusal`.
PENSTOCK_DECL awaitable<put_object_result> confirm_stored(std::shared_ptr<client_state> client, object_address where,
                                                          std::string etag, failure refusal,
                                                          request_settings_ptr settings);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/lost_answer.ipp>
#endif
