// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/config.hpp>
#include <penstock/csv/detail/number_style.hpp>
#include <penstock/format/binary_text.hpp>
#include <penstock/format/date_format.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::csv {

/// How to write. Defaults: RFC 4180 with a header, LF as line end, nulls as empty fields.
class write_options {
  public:
    write_options() = default;

    /// Of plain TSV: tabs between the fields and no quotes. A text with a tab or line break in it, or an empty one (which reads
    /// like null), is an error; see `quote`, `escape` and `null_text`.
    static write_options tsv() {
        write_options o;
        o.delimiter('\t').quote(std::nullopt);
        return o;
    }

    write_options& header(bool on) {
        header_ = on;
        return *this;
    }
    write_options& delimiter(char c) { return delimiter(std::string(1, c)); }
    /// Of one byte or more, up to 32.
    write_options& delimiter(std::string text) {
        delimiter_ = std::move(text);
        return *this;
    }
    /// None writes plain text: a value that would need quotes is an error, or escaped.
    write_options& quote(std::optional<char> c) {
        quote_ = c;
        return *this;
    }
    /// For readers that take rows which begin with it for comments: what begins so is quoted at a row's start.
    write_options& comment(std::string prefix) {
        comment_ = std::move(prefix);
        return *this;
    }
    /// Without quotes: stands in front of a delimiter, a line break and itself. By default none. The reader takes such a text
    /// with `csv::options().quote(std::nullopt).escape(c)`.
    write_options& escape(std::optional<char> c) {
        escape_ = c;
        return *this;
    }
    write_options& crlf(bool on) {
        crlf_ = on;
        return *this;
    }
    /// What a null is written as. A value of another type than text or bytes that reads the same is an error.
    write_options& null_text(std::string text) {
        null_text_ = std::move(text);
        return *this;
    }

    /// What stands in front of the fraction of numbers.
    write_options& decimal_separator(char c) {
        numbers_.decimal = c;
        return *this;
    }
    /// What truth values are written as.
    write_options& booleans(std::string true_text, std::string false_text) {
        true_text_ = std::move(true_text);
        false_text_ = std::move(false_text);
        return *this;
    }
    /// Dates, times or timestamps of this column are written in this form (`format/date_format.hpp`), instead of ISO 8601. Once for
    /// each column; again replaces. Timestamps with a zone are written in UTC.
    write_options& date_format(std::string column, std::string pattern) {
        date_formats_[std::move(column)] = std::move(pattern);
        return *this;
    }

    /// How bytes are written.
    write_options& binary(binary_form form) {
        binary_ = form;
        return *this;
    }

    bool header() const noexcept { return header_; }
    const std::string& delimiter() const noexcept { return delimiter_; }
    const std::string& comment() const noexcept { return comment_; }
    std::optional<char> quote() const noexcept { return quote_; }
    std::optional<char> escape() const noexcept { return escape_; }
    bool crlf() const noexcept { return crlf_; }
    const std::string& null_text() const noexcept { return null_text_; }
    char decimal_separator() const noexcept { return numbers_.decimal; }
    const detail::number_style& numbers() const noexcept { return numbers_; }
    const std::string& true_text() const noexcept { return true_text_; }
    const std::string& false_text() const noexcept { return false_text_; }
    const std::map<std::string, std::string>& date_formats() const noexcept { return date_formats_; }
    binary_form binary() const noexcept { return binary_; }

  private:
    bool header_ = true;
    std::string delimiter_ = ",";
    std::string comment_;
    std::optional<char> quote_ = '"';
    std::optional<char> escape_;
    bool crlf_ = false;
    std::string null_text_;
    detail::number_style numbers_;
    std::string true_text_ = "true";
    std::string false_text_ = "false";
    std::map<std::string, std::string> date_formats_; // by column
    binary_form binary_ = binary_form::base64;
};

namespace detail {
struct row_writer;
}

/// Batches in, CSV text out; no I/O. In the order of the calls: `begin` where the schema is known before there are rows,
/// `append_rows` any number of times, `append_end` once.
///
/// A field is quoted where it must be: when it holds a delimiter, quote or line break, when it is an empty text or reads like the
/// null text (so that null and text stay distinct), or when a byte-order mark stands at its start. Doubles keep a point or an
/// exponent. The reader of this library reads back what was written, but for two things that CSV cannot say: a string column whose
/// texts all look like numbers is inferred as numbers, and a null in the only column is written as "", lest its row be a blank
/// line.
class formatter {
  public:
    /// Throws `error` (`errc::invalid_option`).
    PENSTOCK_DECL explicit formatter(write_options options = write_options());
    PENSTOCK_DECL formatter(formatter&&) noexcept;
    PENSTOCK_DECL formatter& operator=(formatter&&) noexcept;
    PENSTOCK_DECL ~formatter();

    /// Judges the schema of the rows, once, and appends the header, where the options ask for one and the schema has columns. Throws
    /// `error`, which names the column: `errc::unsupported` for a type that has no form in CSV (docs/types.md) and a name that cannot
    /// be written, `errc::invalid_utf8` for one that is no text, `errc::unknown_column` for a date format of a column that is not
    /// there, `errc::invalid_option` for one of another type, and for another schema than that before. Then nothing was appended.
    PENSTOCK_DECL void begin(std::string& out, const std::shared_ptr<const schema>& s);

    /// Appends rows from `first` on until all are done or `out` has come to `enough` bytes; gives the first row that is not done.
    /// Begins with the schema of the first batch, where nothing has begun. Throws `error`, after which there may be part of a row in
    /// `out`: as `begin`, and with column and row (1 for the first that was written) `errc::unsupported` for what has no form in CSV
    /// (docs/types.md), without quotes also for what would need them, and `errc::invalid_utf8` for text that is not UTF-8.
    PENSTOCK_DECL std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first = 0,
                                          std::size_t enough = static_cast<std::size_t>(-1));

    /// Nothing stands behind the last row.
    void append_end(std::string&) const noexcept {}

    /// What errors call it.
    static constexpr const char* operation() noexcept { return "write csv"; }

  private:
    std::unique_ptr<detail::row_writer> rows_;
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/formatter.ipp>
#endif
