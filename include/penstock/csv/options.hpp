// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/core/error.hpp>
#include <penstock/csv/detail/number_style.hpp>
#include <penstock/format/binary_text.hpp>
#include <penstock/format/read_options.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::csv {

namespace detail {
inline constexpr std::size_t longest_mark = 32; // delimiters and what begins comments
} // namespace detail

/// How fields and rows are told apart. Rows end with LF, CRLF or CR, mixed as they come.
struct dialect {
    dialect() = default;

    /// Between fields: one byte or more, up to 32.
    std::string delimiter = ",";

    /// A field that begins with it goes on to the next one, whatever stands between. Elsewhere it is an
    /// ordinary character. None: every character is ordinary.
    std::optional<char> quote = '"';

    /// The same as `quote`: a doubled quote stands for one. Another character: it takes the meaning from the
    /// one behind it, in quotes and outside. None: a quoted field cannot contain a quote.
    std::optional<char> escape = '"';

    /// Rows that begin with it are none, up to their line break, whatever stands in them. Inside quotes it is ordinary
    /// text, and so it is elsewhere in a row. Empty: there are no comments. Up to 32 bytes. What is longer than
    /// `max_record_bytes` is a bad record like any other.
    std::string comment;

    /// Blanks (spaces and tabs) round a field do not belong to it: neither those round quotes nor those of a field without.
    bool trim = false;
};

/// What becomes of a row that has not as many fields as the table has columns: as the header has, the names that were given,
/// the schema without a header, or the first row. What is not allowed here is a bad record (`errc::ragged_row`).
/// `read_statistics::ragged_rows` counts the rows that were changed.
enum class ragged_rows : std::uint8_t {
    fail,         ///< none is allowed
    pad,          ///< missing fields are null; more are not allowed
    trim,         ///< further fields are dropped, unread; fewer are not allowed
    pad_and_trim, ///< both
};

namespace detail {
/// Why it cannot work; empty where it can.
PENSTOCK_DECL std::string fault_of(const dialect& d);
} // namespace detail

/// How to read. Defaults: RFC 4180 with a header, empty fields are null, types are inferred. A schema may have any type that
/// has a text form (docs/types.md).
///
/// A quoted field is never null in a column of texts or bytes: `""` is the empty text. Rows of another length than the
/// first are an error (`errc::ragged_row`), or by `ragged_rows` made as long. Blank lines are dropped. A byte-order mark is
/// dropped.
class options : public read_option_setters<options> {
  public:
    options() = default;

    /// Of plain TSV: tabs between the fields, and every other character stands for itself, quotes, too.
    static options tsv() {
        options o;
        o.delimiter('\t').quote(std::nullopt);
        return o;
    }

    /// Whether the first row names the columns (the default). Without it, without `names` and without a schema they are
    /// called f0, f1 …
    options& header(bool on) {
        header_ = on;
        return *this;
    }
    /// What the columns are called, all of them, whatever stands in the data. A header is still dropped, and with
    /// `header(false)` the first row is data. Where it has another number of fields than there are names, it is a
    /// ragged row.
    options& names(std::vector<std::string> all) {
        names_ = std::move(all);
        return *this;
    }
    /// Drops so many lines in front of the header, or else of the first row. They are lines, not rows: quotes mean nothing
    /// in them, and blank ones count.
    options& skip_rows(std::uint64_t lines) {
        skip_rows_ = lines;
        return *this;
    }
    /// Rows of another length than the table. By default they are bad records.
    options& ragged_rows(csv::ragged_rows what) {
        ragged_rows_ = what;
        return *this;
    }
    /// How many columns there may be; more in the first row, or more `names`, are an error, for a wrong delimiter makes columns
    /// of a text. It bounds what a header can claim.
    options& max_columns(std::size_t n) {
        max_columns_ = n;
        return *this;
    }
    options& dialect(const csv::dialect& d) {
        dialect_ = d;
        return *this;
    }
    options& delimiter(char c) { return delimiter(std::string(1, c)); }
    options& delimiter(std::string text) {
        dialect_.delimiter = std::move(text);
        return *this;
    }
    /// Sets the escape, too: to `c` (doubled quotes).
    options& quote(std::optional<char> c) {
        dialect_.quote = dialect_.escape = c;
        return *this;
    }
    options& escape(std::optional<char> c) {
        dialect_.escape = c;
        return *this;
    }
    options& comment(std::string prefix) {
        dialect_.comment = std::move(prefix);
        return *this;
    }
    options& trim(bool on) {
        dialect_.trim = on;
        return *this;
    }
    /// The texts that stand for null; by default only the empty one.
    options& null_texts(std::vector<std::string> texts) {
        null_texts_ = std::move(texts);
        return *this;
    }

    /// What stands in front of the fraction of numbers, whether their types are inferred or given: ',' for 1,5.
    options& decimal_separator(char c) {
        numbers_.decimal = c;
        return *this;
    }
    /// What may stand between groups of three digits of numbers: '.' for 1.234.567. None by default.
    options& thousands_separator(std::optional<char> c) {
        numbers_.thousands = c;
        return *this;
    }
    /// The texts of truth values, in place of true, True, TRUE, 1, false, False, FALSE and 0. A column is inferred as one of
    /// truth values when all its texts are among them and none is a number: 1 and 0 are truth values where a schema says so.
    options& booleans(std::vector<std::string> true_texts, std::vector<std::string> false_texts) {
        true_texts_ = std::move(true_texts);
        false_texts_ = std::move(false_texts);
        return *this;
    }
    /// Texts of the column are dates, times or timestamps of this form (`format/date_format.hpp`), instead of ISO 8601.
    /// Without a schema, the pattern tells the type: date32, time64[us], timestamp[us], the last in UTC where the pattern has an
    /// offset. Once for each column; again replaces. `errc::unknown_column` where the data has no such column,
    /// `errc::invalid_option` where its type is none of these or the pattern says other things.
    options& date_format(std::string column, std::string pattern) {
        date_formats_[std::move(column)] = std::move(pattern);
        return *this;
    }

    /// The dialect and whether there is a header are found out from the first 32 KiB (`detect_dialect`), instead of what these
    /// options say of them, but for `comment` and `trim`; `batch_reader::detected` tells. Nothing is read before there is so
    /// much text, or all of it.
    options& detect(bool on) {
        detect_ = on;
        return *this;
    }

    /// What `detect` tries, in place of comma, semicolon, tab, vertical bar and colon.
    options& detect_delimiters(std::vector<std::string> all) {
        detect_delimiters_ = std::move(all);
        return *this;
    }

    /// What stands for the bytes of binary columns that a schema has.
    options& binary(binary_form form) {
        binary_ = form;
        return *this;
    }
    /// For tests and measurements: kernels of a level below the processor's, which is the default. Precondition: the
    /// processor has it.
    options& instruction_set(simd_level level) {
        instruction_set_ = level;
        return *this;
    }

    bool header() const noexcept { return header_; }
    const std::vector<std::string>& names() const noexcept { return names_; }
    std::uint64_t skip_rows() const noexcept { return skip_rows_; }
    csv::ragged_rows ragged_rows() const noexcept { return ragged_rows_; }
    std::size_t max_columns() const noexcept { return max_columns_; }
    bool detect() const noexcept { return detect_; }
    const std::vector<std::string>& detect_delimiters() const noexcept { return detect_delimiters_; }
    binary_form binary() const noexcept { return binary_; }
    simd_level instruction_set() const noexcept { return instruction_set_; }
    const csv::dialect& dialect() const noexcept { return dialect_; }
    const std::vector<std::string>& null_texts() const noexcept { return null_texts_; }
    char decimal_separator() const noexcept { return numbers_.decimal; }
    std::optional<char> thousands_separator() const noexcept { return numbers_.thousands; }
    const detail::number_style& numbers() const noexcept { return numbers_; }
    const std::vector<std::string>& true_texts() const noexcept { return true_texts_; }
    const std::vector<std::string>& false_texts() const noexcept { return false_texts_; }
    const std::map<std::string, std::string>& date_formats() const noexcept { return date_formats_; }

    /// `errc::invalid_option` where the options cannot work, or not together.
    PENSTOCK_DECL result<void> check() const;

  private:
    bool header_ = true;
    bool detect_ = false;
    std::vector<std::string> detect_delimiters_{",", ";", "\t", "|", ":"};
    std::vector<std::string> names_;
    std::uint64_t skip_rows_ = 0;
    csv::ragged_rows ragged_rows_ = csv::ragged_rows::fail;
    std::size_t max_columns_ = 16384;
    csv::dialect dialect_;
    std::vector<std::string> null_texts_{std::string{}};
    detail::number_style numbers_;
    std::vector<std::string> true_texts_; // none: the usual ones
    std::vector<std::string> false_texts_;
    std::map<std::string, std::string> date_formats_; // by column
    binary_form binary_ = binary_form::base64;
    simd_level instruction_set_ = penstock::detail::best_simd_level();
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/options.ipp>
#endif
