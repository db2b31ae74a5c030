// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/core/error.hpp>

#include <string>
#include <string_view>

namespace penstock {

/// Reads what `data_type::name()` writes: "int64", "timestamp[us, UTC]", "struct<a: int64 not null, b: list<string>>". Also
/// `list<int64>` for `list<item: int64>`, and bool, float, double, utf8 and large_utf8 for boolean, float32, float64, string
/// and large_string. White space may stand between words. Errors: `errc::invalid_option`, with the position (from 1) of what could
/// not be read; types nested more than 64 deep.
PENSTOCK_DECL result<data_type> parse_data_type(std::string_view text);

/// Reads fields with commas between them: "city: string not null, fare: decimal128(9, 2)". Errors as above.
PENSTOCK_DECL result<schema> parse_schema(std::string_view text);

/// What `parse_schema` reads. Metadata plays no part.
PENSTOCK_DECL std::string to_string(const schema& s);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/parse_data_type.ipp>
#endif
