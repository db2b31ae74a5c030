// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/config.hpp>
#include <penstock/csv/formatter.hpp>
#include <penstock/format/date_format.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::csv::detail {

inline constexpr std::string_view not_utf8 = "is not UTF-8";

/// How a field is written by the options, whatever it is. Pure.
class field_rules {
  public:
    /// Throws `errc::invalid_option`.
    PENSTOCK_DECL explicit field_rules(write_options options);

    const write_options& options() const noexcept { return options_; }

    // Each gives why the value has no form; empty where it was appended. `first`: it begins its row.

    PENSTOCK_DECL std::string_view append_text(std::string& out, std::string_view text, bool first) const;
    /// The name of a column, which is never null.
    PENSTOCK_DECL std::string_view append_name(std::string& out, std::string_view name, bool only, bool first) const;
    /// Any value, nulls too.
    PENSTOCK_DECL std::string_view append_field(std::string& out, const array& column, std::size_t row, bool first,
                                                const date_format* form) const;

    /// It holds a quote, a line break or a delimiter, or one begins in it that ends in the delimiter behind it.
    PENSTOCK_DECL bool needs_quotes(std::string_view text) const noexcept;

    /// No text that is made of these bytes only, and is not empty, is written otherwise than as it stands.
    PENSTOCK_DECL bool is_plain_alphabet(std::string_view bytes) const noexcept;
    /// This one is.
    PENSTOCK_DECL bool is_plain(std::string_view text) const noexcept;

    bool special(char c) const noexcept { return special_[static_cast<unsigned char>(c)]; }

  private:
    /// Not what it seems without quotes or an escape in front: a byte-order mark, a comment. Elsewhere than at a row's start both are
    /// text like any other.
    bool is_marked(std::string_view text, bool first) const noexcept {
        return first && (text.starts_with("\xef\xbb\xbf") || begins_comment(text));
    }
    /// The null text has an escape in it, which is doubled in the text that reads the same.
    bool escapes_null() const noexcept {
        return options_.escape() && options_.null_text().find(*options_.escape()) != std::string::npos;
    }
    bool begins_comment(std::string_view text) const noexcept {
        return !options_.comment().empty() && text.starts_with(options_.comment());
    }
    PENSTOCK_DECL std::string_view append_unquoted(std::string& out, std::string_view text, bool first) const;
    /// With the options' texts of truth values and numbers.
    PENSTOCK_DECL bool append_value(std::string& out, const array& column, std::size_t row) const;

    write_options options_;
    bool special_[256] = {}; // bytes that a field cannot hold without quotes; of a delimiter, the first
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/field_rules.ipp>
#endif
