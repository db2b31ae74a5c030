// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/row_check.hpp>

#include <string>

namespace penstock::csv::detail {

PENSTOCK_DECL row_check::row_check(const options& o)
    : max_bytes_{o.common().max_record_bytes},
      max_columns_{o.max_columns()},
      lengths_{o.ragged_rows()},
      delimiter_size_{o.dialect().delimiter.size()}, decided_by_{!o.names().empty()                 ? "names"
                  : o.common().schema && !o.header() ? "the schema"
                                                     : "the first row"},
      quotes_{o.dialect().quote.has_value()} {}

PENSTOCK_DECL std::string row_check::ragged_hint(const row_index& index, std::size_t end) const {
    const std::string_view row{index.text() + index.row_start(), end - index.row_start()};
    const bool unread = !quotes_ && row.find('"') != row.npos;
    return std::string{unread ? "are the marks quotes? quote (--quote of the tool) makes them so; " : "is the delimiter right? "} +
           "such rows are taken by ragged_rows, left out by on_bad_record";
}

/// Too many bytes or fields up to `known_end`.
PENSTOCK_DECL std::optional<failure> row_check::too_much(const row_index& index,
                                                         std::size_t known_end) const {
    constexpr auto none = static_cast<std::size_t>(-1);
    const auto start = index.row_start();
    const auto wanted = columns_.value_or(max_columns_);
    const auto too_large = known_end - start > max_bytes_ ? start + max_bytes_ : none;
    // The separator behind the last field must be the row's end.
    const auto separators = index.separators();
    auto too_many = none;
    const bool allowed = lengths_.trims() && columns_;
    if (!allowed && wanted < separators.size() && separators[wanted] < known_end) too_many = separators[wanted];

    if (too_large != none && too_large <= too_many)
        return index.fault(errc::record_too_large, start,
                           "more than " + std::to_string(max_bytes_) + " bytes: " +
                               index.shown_from(start, start + max_bytes_),
                           quotes_ ? "raise max_record_bytes; an unbalanced quote makes a record of all that follows" : "raise max_record_bytes");
    if (too_many == none) return std::nullopt;
    if (!columns_)
        return index.fault(errc::malformed_csv, too_many,
                           "more than " + std::to_string(max_columns_) + " columns: " + index.shown_before(too_many),
                           "is the delimiter right? If so, raise max_columns");
    return index.fault(errc::ragged_row, too_many + 1 - delimiter_size_,
                       "more than the " + std::to_string(wanted) + " fields of " + std::string{decided_by_} + ": " +
                           index.shown_before(too_many + 1),
                       ragged_hint(index, too_many + 1));
}

PENSTOCK_DECL std::optional<failure> row_check::whole_row(const row_index& index) const {
    const std::size_t end = index.row_ends().front();
    if (auto f = too_much(index, end)) return f;
    if (!columns_) return std::nullopt;
    const auto fields = index.fields();
    if (lengths_.allow(fields, *columns_)) return std::nullopt;
    return index.fault(errc::ragged_row, end,
                       std::to_string(fields) + (fields == 1 ? " field, but " : " fields, but ") +
                           std::to_string(*columns_) + " in " + std::string{decided_by_} + ": " + index.shown_before(end),
                       ragged_hint(index, end));
}

PENSTOCK_DECL bool row_check::hopeless(const row_index& index) const noexcept {
    if (index.row_start() > index.scanned()) return false;
    return index.scanned() - index.row_start() > max_bytes_ || index.malformed() || index.open_end();
}

PENSTOCK_DECL std::optional<failure> row_check::unfinished_row(const row_index& index) const {
    if (index.row_start() > index.scanned()) return std::nullopt; // behind a row that the text's end ended
    if (auto f = too_much(index, index.scanned())) return f;
    if (index.malformed())
        return index.fault(errc::malformed_csv, index.scanned(), "text behind a closing quote: " + index.shown_before(index.scanned() + 1),
                           "a quote inside a quoted field must be escaped");
    if (!index.open_end()) return std::nullopt;
    return index.fault(errc::malformed_csv, behind(index.separators().back()),
                       "the text ends in the middle of a field that begins here: " +
                           index.shown_from(behind(index.separators().back()), index.scanned()),
                       "is the file cut off, or a quote not closed?");
}

} // namespace penstock::csv::detail
