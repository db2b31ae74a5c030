// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/config.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/format/binary_text.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace penstock {

namespace detail {

/// Without the dictionaries around it.
inline const data_type& innermost(const data_type& type) noexcept {
    return type.id() == type_id::dictionary ? innermost(type.value_type()) : type;
}

} // namespace detail

/// Whether values of this type have a text form (docs/types.md): all but nested types and unions. A dictionary has that of
/// its values.
PENSTOCK_DECL bool has_text_form(const data_type& type) noexcept;

/// A null, also one that a dictionary has.
inline bool is_null_value(const array& column, std::size_t row) {
    if (column.type().id() == type_id::null || column.is_null(row)) return true;
    return column.type().id() == type_id::dictionary && is_null_value(column.dictionary(), column.index_at(row));
}

/// Appends the text of a value that is not null, as all text formats write it: numbers.hpp, dates.hpp, decimal.hpp; truth
/// values as true and false; text as it is; bytes in the form asked for. False, and nothing appended, when there is none:
/// the type has none, or the value is beyond what its type means (a date64 within a day, a time of a day beyond its end).
PENSTOCK_DECL bool append_scalar(std::string& out, const array& column, std::size_t row,
                                 binary_form form = binary_form::base64);

/// Reads texts into a builder: the inverse of `append_scalar`. It does not check that text is UTF-8.
class scalar_parser {
  public:
    /// Precondition: `has_text_form(type)`.
    PENSTOCK_DECL explicit scalar_parser(data_type type, binary_form form = binary_form::base64);

    const data_type& type() const noexcept { return type_; }

    /// False, and nothing appended, when the text is none of the type's. Precondition: `to` is a builder of the type.
    /// Throws `error` for what a builder throws for too much.
    PENSTOCK_DECL bool append(std::string_view text, array_builder& to);

    /// The same for the integer that stands for a date, a time, a timestamp or an interval of months: days, months, or units of
    /// the type since 1970 or since midnight.
    PENSTOCK_DECL bool append_count(std::int64_t count, array_builder& to);

  private:
    data_type type_;
    binary_form form_;
    std::string bytes_;
    std::unique_ptr<scalar_parser> values_; // of a dictionary
    std::shared_ptr<buffer_pool> pool_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/scalar_text.ipp>
#endif
