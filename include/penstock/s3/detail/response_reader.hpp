// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/text.hpp>
#include <penstock/xml/field_handler.hpp>

#include <string>
#include <string_view>

/// What the interpreters of answers share.
namespace penstock::s3::detail {

/// Reads the document of a successful answer into `fields`, whose root must be `root`, unless that is empty. White space before the
/// document is skipped: stores send it to keep a connection alive.
///
/// Errors: `service_failure` for an error status, and for an error document in a 200; `errc::malformed_xml`;
/// `errc::malformed_response` for another root.
PENSTOCK_DECL result<void> read_response(const char* operation, const http::response_head& head,
                                         std::string_view body, xml::field_handler& fields,
                                         std::string_view root, error_scope scope);

/// `errc::malformed_response` for an answer that cannot be right.
PENSTOCK_DECL failure malformed(const char* operation, const http::response_head& head, std::string message,
                                std::string hint = {});

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/response_reader.ipp>
#endif
