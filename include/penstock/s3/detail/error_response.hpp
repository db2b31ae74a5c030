// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

/// What an operation is about: decides what a status means that comes without an error code, as to every
/// HEAD.
enum class error_scope : std::uint8_t { service, bucket, object };

/// The fields of an error document, as the store sent them. Some may be secret (a refused session token):
/// only those known to be harmless may be shown.
struct error_document {
    error_document() = default;

    std::vector<std::pair<std::string, std::string>> fields;

    /// The first field of that name, without white space around it; empty where there is none.
    PENSTOCK_DECL std::string_view field(std::string_view name) const noexcept;
};

/// The `<Error>` of S3, bare or inside the `<ErrorResponse>` of STS. None where `body` holds none. A document
/// that is cut or breaks later still gives the fields that were complete before: an error is known by then,
/// and its code helps. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
PENSTOCK_DECL std::optional<error_document> parse_error_document(std::string_view body);

/// The failure that an answer means, whatever its body: an error document, HTML of a proxy, text, JSON,
/// garbage or nothing. The detail has operation, status, S3's code and message, request ids, region; the
/// caller adds the rest, a hint (`hint_for`) included.
PENSTOCK_DECL failure service_failure(const char* operation, const http::response_head& head,
                                      std::string_view body, error_scope scope);

/// Success for a status of 200 to 299, else `service_failure`.
PENSTOCK_DECL result<void> check_status(const char* operation, const http::response_head& head,
                                        std::string_view body, error_scope scope);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/error_response.ipp>
#endif
