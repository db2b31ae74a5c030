// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/binary_text.hpp>
#include <penstock/format/read_options.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::csv {

/// How fields and rows are told apart. Rows end with LF, CRLF or CR, mixed as they come.
struct dialect {
    dialect() = default;

    char delimiter = ',';

    /// A field that begins with it goes on to the next one, whatever stands between. Elsewhere it is an
    /// ordinary character. None: every character is ordinary.
    std::optional<char> quote = '"';

    /// The same as `quote`: a doubled quote stands for one. Another character: it takes the meaning from the
    /// one behind it, in quotes and outside. None: a quoted field cannot contain a quote.
    std::optional<char> escape = '"';
};

/// How to read. Defaults: RFC 4180 with a header, empty fields are null, types are inferred. A schema may have any type that
/// has a text form (docs/types.md).
///
/// A quoted field is never null in a string column: `""` is the empty text. Rows of another length than the
/// first are an error (`errc::ragged_row`). Blank lines are dropped. A byte-order mark is dropped.
class options : public read_option_setters<options> {
  public:
    options() = default;

    /// Whether the first row names the columns (the default). Without it and without a schema they are called
    /// f0, f1 …
    options& header(bool on) {
        header_ = on;
        return *this;
    }
    options& dialect(const csv::dialect& d) {
        dialect_ = d;
        return *this;
    }
    options& delimiter(char c) {
        dialect_.delimiter = c;
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
    /// The texts that stand for null; by default only the empty one.
    options& null_texts(std::vector<std::string> texts) {
        null_texts_ = std::move(texts);
        return *this;
    }

    /// The dialect and whether there is a header are found out from the first 32 KiB (`detect_dialect`), instead of what these
    /// options say of them; `batch_reader::detected` tells. Nothing is read before there is so much text, or all of it.
    options& detect(bool on) {
        detect_ = on;
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
    bool detect() const noexcept { return detect_; }
    binary_form binary() const noexcept { return binary_; }
    simd_level instruction_set() const noexcept { return instruction_set_; }
    const csv::dialect& dialect() const noexcept { return dialect_; }
    const std::vector<std::string>& null_texts() const noexcept { return null_texts_; }

    /// `errc::invalid_option` where the options cannot work together.
    PENSTOCK_DECL result<void> check() const;

  private:
    bool header_ = true;
    bool detect_ = false;
    csv::dialect dialect_;
    std::vector<std::string> null_texts_{std::string{}};
    binary_form binary_ = binary_form::base64;
    simd_level instruction_set_ = penstock::detail::best_simd_level();
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/options.ipp>
#endif
