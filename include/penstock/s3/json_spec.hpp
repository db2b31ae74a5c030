// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/store_context.hpp>
#include <penstock/s3/uri.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace penstock::s3 {

/// What a JSON spec says.
struct store_spec {
    store_spec() = default;

    object_address address; ///< bucket and path
    client_options client;
    std::shared_ptr<semaphore> copy_concurrency;   ///< how much may be decoded at once; null: unsaid
    std::optional<bool> conditional_writes;        ///< TENSORSTORE_S3_USE_CONDITIONAL_WRITE
};

/// Whether `text` is meant for a JSON spec: it begins with '{', white space apart. It may still be malformed.
PENSTOCK_DECL bool is_json_spec(std::string_view text) noexcept;

/// Reads a store as TensorStore's key-value driver s3 has it, a JSON object:
///
///     {"driver": "s3", "bucket": "lake", "path": "trips/", "aws_region": "eu-west-1",
///      "aws_credentials": {"type": "profile", "profile": "dev"},
///      "s3_request_concurrency": "s3_request_concurrency#small",
///      "context": {"s3_request_concurrency#small": {"limit": 4}}}
///
/// docs/options.md has all members. A resource (credentials, limits, retries) is an object, or the name of one in `context`,
/// or else in `in`; unnamed, the one that is called as the member is, else its documented default: "shared" concurrency,
/// 32 attempts. Specs that are parsed with one `in` share the limits that it has, and those that are "shared".
///
/// Beyond that document it may say what the client's text options do, by their names: `"upload_concurrency": 8`. What it does not say of
/// the client stays as `otherwise` has it.
///
/// Pure: no I/O, no environment but that of `in`, which the client gets, too.
///
/// Errors: `errc::malformed_json`; `errc::invalid_option` (or a code of endpoint, region, bucket) for a member that is
/// missing, unknown, twice there or wrong; `errc::unsupported` for rate limits. The story begins with the member's JSON
/// pointer.
PENSTOCK_DECL result<store_spec> parse_json_spec(std::string_view json, const store_context& in = store_context(),
                                                 client_options otherwise = client_options());

/// Reads what `context` holds, for several specs:
///
///     {"s3_request_concurrency#small": {"limit": 4}, "s3_request_retries": {"max_retries": 5}}
///
/// Errors: as `parse_json_spec`.
PENSTOCK_DECL result<store_context> parse_store_context(std::string_view json,
                                                        aws::environment env = aws::environment());

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/json_spec.ipp>
#endif
