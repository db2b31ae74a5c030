// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/number_style.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/type_inference.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::csv::detail {

/// What `dialect::trim` leaves out.
inline bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// A field without its quotes and escapes.
struct cell {
    std::string_view text;
    bool quoted;
};

/// How the text between two separators becomes a value.
class cell_rules {
  public:
    PENSTOCK_DECL explicit cell_rules(const options& o);

    /// `raw` without the CR of a CRLF, if it is the last field of a row.
    PENSTOCK_DECL std::string_view without_cr(std::string_view raw) const noexcept;

    /// `raw` without the blanks round it, where the dialect trims them.
    PENSTOCK_DECL std::string_view trimmed(std::string_view raw) const noexcept;

    /// Whether the row is none, which has one field and these bytes up to its line break: a blank one, or a comment. Not where it is
    /// longer than a record may be: nobody would know before its end.
    PENSTOCK_DECL bool drops(std::string_view row) const noexcept;

    /// False where `drops` says so of every row that begins with this byte. A blank row begins with its line
    /// break.
    bool may_drop(char first) const noexcept {
        return static_cast<unsigned char>(first) <= ' ' || (!comment_.empty() && first == comment_.front());
    }

    /// Precondition: the scanner let `raw` pass. The text lies in `raw` or in `scratch`.
    PENSTOCK_DECL cell decode(std::string_view raw, std::string& scratch) const;

    /// Whether the text of a cell is one of those that stand for null.
    PENSTOCK_DECL bool is_null_text(std::string_view text) const noexcept;

    std::size_t delimiter_size() const noexcept { return delimiter_size_; }
    bool trims() const noexcept { return trims_; }
    /// What the text can be read as, with the options' separators of numbers and texts of truth values. `scratch` is not what the
    /// text lies in.
    PENSTOCK_DECL text_kind classify(std::string_view text, std::string& scratch) const;
    /// Null where numbers are as everywhere else.
    const number_style* numbers() const noexcept { return numbers_.plain() ? nullptr : &numbers_; }
    /// Truth values have texts of their own.
    bool other_booleans() const noexcept { return !true_texts_.empty() || !false_texts_.empty(); }
    PENSTOCK_DECL std::optional<bool> boolean(std::string_view text) const noexcept;

    /// Not a character when there are no quotes.
    int quote() const noexcept { return quote_; }
    bool escapes() const noexcept { return escape_ != none; }
    bool empty_is_null() const noexcept { return empty_is_null_; }
    /// Null texts that are not empty.
    bool other_nulls() const noexcept { return !other_nulls_.empty() || !escaped_nulls_.empty(); }
    /// A null text may look like a number, a date or a truth value, or a quote or escape like a part of one.
    bool ambiguous() const noexcept { return ambiguous_; }

  private:
    static constexpr int none = -1;

    int quote_ = none;
    int escape_ = none; // other than a doubled quote
    std::size_t delimiter_size_;
    std::size_t most_; // bytes of a row
    std::string comment_;
    bool trims_;
    bool empty_is_null_ = false;
    bool ambiguous_ = false;
    std::vector<std::string> other_nulls_;
    std::vector<std::string> escaped_nulls_; // with an escape in them, as \N: what stands there is compared, not what it means
    number_style numbers_;
    std::vector<std::string> true_texts_;
    std::vector<std::string> false_texts_;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/cell.ipp>
#endif
