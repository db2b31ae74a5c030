// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/config.hpp>
#include <penstock/core/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::json::detail {

/// Why a type has no JSON form (docs/types.md): unions, maps whose keys are no texts, structs with two fields of one name;
/// none when it has one. Pure.
PENSTOCK_DECL std::optional<std::string> no_json_form(const data_type& type);

/// Appends a value of any type that has a form, nulls too. What it gives where this value has none, after some of it may
/// have been appended: `errc::invalid_utf8` for text that is not UTF-8, `errc::unsupported` for a date or time beyond what
/// its type means. Pure.
PENSTOCK_DECL std::optional<errc> append_value(std::string& out, const array& column, std::size_t row);

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/value_writer.ipp>
#endif
