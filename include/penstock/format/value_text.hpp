// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock {

/// Appends any value of any type as a person reads it: what `append_scalar` writes, text as it is, bytes as base64; lists,
/// structs, maps and unions like JSON ([1, null], {"a": "x"}), with texts, times and bytes in quotes inside. A value that is
/// beyond what its type means (a time of a day beyond its end) is the number that it is in memory. `null_text` for a null,
/// "null" inside of others.
PENSTOCK_DECL void append_value(std::string& out, const array& column, std::size_t row, std::string_view null_text = {});

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/value_text.ipp>
#endif
