// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// What the builders of operations share.
namespace penstock::s3::detail {

/// An operation on the service.
PENSTOCK_DECL operation service_operation(const char* name, const char* method);
/// An operation on a bucket. Throws `errc::missing_bucket`, `errc::invalid_option`.
PENSTOCK_DECL operation bucket_operation(const char* name, const char* method, std::string_view bucket);
/// An operation on an object. Throws `errc::missing_key` as well.
PENSTOCK_DECL operation object_operation(const char* name, const char* method, const object_address& object);

/// Throws `errc::invalid_option` with the operation and its place.
[[noreturn]] PENSTOCK_DECL void refuse(const operation& op, std::string message, std::string hint = {});

PENSTOCK_DECL void check_part_number(const operation& op, std::uint32_t number);
PENSTOCK_DECL void check_upload_id(const operation& op, std::string_view upload_id);

PENSTOCK_DECL void add_query(operation& op, std::string name, std::string value = {});
PENSTOCK_DECL void add_query(operation& op, std::string name, std::uint64_t value);
/// Adds the parameter unless `value` is empty.
PENSTOCK_DECL void add_query_if(operation& op, std::string name, const std::string& value);

/// Makes `document` the operation's body.
PENSTOCK_DECL void set_document(operation& op, std::string document);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/request_builder.ipp>
#endif
