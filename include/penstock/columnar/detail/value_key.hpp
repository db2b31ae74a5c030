// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <cstddef>
#include <string>

namespace penstock::detail {

/// Appends bytes that are the same for two values of one type just when `operator==` of arrays calls them equal.
PENSTOCK_DECL void append_value_key(std::string& out, const array& values, std::size_t i);

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/value_key.ipp>
#endif
