// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/data_type.hpp>
#include <penstock/config.hpp>
#include <penstock/format/date_format.hpp>

#include <string>
#include <string_view>

namespace penstock::csv::detail {

/// The type of a column whose texts have this form.
PENSTOCK_DECL data_type type_of(const date_format& form);

/// Whether values of the type can be read and written in this form: dates need a date alone, times a time alone, timestamps a date.
PENSTOCK_DECL bool suits(const date_format& form, const data_type& type) noexcept;

/// False, and nothing appended, where the text has another form, or is no value of the builder's type. Precondition: the form suits.
PENSTOCK_DECL bool append_date(std::string_view text, const date_format& form, array_builder& to);

/// The text of a value that is not null. False, and nothing appended, where it is beyond what its type means. Precondition: the
/// form suits.
PENSTOCK_DECL bool append_date_text(std::string& out, const array& column, std::size_t row, const date_format& form);

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/date_column.ipp>
#endif
