// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/options.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::csv {

/// What a sample of a text looks like.
struct detected_dialect {
    detected_dialect() = default;

    csv::dialect dialect;
    bool header = true;      ///< the first row names the columns
    std::size_t columns = 0; ///< fields of most rows
    std::size_t rows = 0;    ///< that were judged
    /// From 0 to 1: how far the best dialect is ahead of the next one that finds other fields. 0 where none fits and
    /// `dialect` is the default.
    double confidence = 0;
};

/// What is known of a text whose dialect is to be found.
class detect_options {
  public:
    detect_options() = default;

    /// Those that are tried, in this order. Preconditions: as of `options::detect_delimiters`.
    detect_options& delimiters(std::vector<std::string> all) {
        delimiters_ = std::move(all);
        return *this;
    }
    /// See `dialect::comment`.
    detect_options& comment(std::string prefix) {
        comment_ = std::move(prefix);
        return *this;
    }
    /// See `dialect::trim`.
    detect_options& trim(bool on) {
        trim_ = on;
        return *this;
    }

    const std::vector<std::string>& delimiters() const noexcept { return delimiters_; }
    const std::string& comment() const noexcept { return comment_; }
    bool trim() const noexcept { return trim_; }

  private:
    std::vector<std::string> delimiters_ = options().detect_delimiters();
    std::string comment_;
    bool trim_ = false;
};

/// Finds the dialect in which the beginning of a text makes most sense. Pure, and the same for the same sample.
///
/// Tried are all delimiters, with the quotes `"` (doubled or escaped by a backslash), `'` (the same) and none (with and
/// without a backslash). A dialect in which text stands behind a closing quote, or one is never closed, does not fit. The
/// others are worth
///
///     s^4 * (columns - 1) / columns * known * covered
///
/// s is the share of rows that have the most frequent number of fields, `columns`; `known` the share of fields that are
/// empty, typed, quoted, or texts without any of the delimiters and without a quote at an end; `covered` the share of the
/// sample in rows that have their end. With one column a tenth of `known`, or the share of quoted fields and times
/// (whose colons delimit nothing), stands for the second and third factor. Of equals the first in the order above is taken. (After van den Burg, Nazábal and
/// Sutton, "Wrangling messy CSV files by detecting row and type patterns", 2019; the reader wants rows of equal length more
/// than they do.)
///
/// The first row is a header when its fields are texts, none of them empty and no two the same, and some column is typed
/// below it; where all columns are texts, when no name comes again below itself. Types are those that the reader infers.
///
/// A delimiter that stands, but for a tenth of the cases, only where a longer one does (`|` and `||`) is not tried.
///
/// Looks at no more than the first 32 KiB. `complete`: the text ends with the sample; else its last row may be cut and does not
/// count. A byte-order mark is passed over.
PENSTOCK_DECL detected_dialect detect_dialect(std::string_view sample, bool complete,
                                              const detect_options& known = detect_options());

namespace detail {
/// What `detect_dialect` looks at.
inline constexpr std::size_t detection_bytes = std::size_t{32} << 10;

/// The same for text whose byte-order mark was passed over: a second one is a character.
PENSTOCK_DECL detected_dialect detect_behind_mark(std::string_view sample, bool complete, const detect_options& known);
} // namespace detail

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/detect_dialect.ipp>
#endif
