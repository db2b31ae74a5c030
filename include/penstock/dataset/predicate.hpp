// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/take.hpp>
#include <penstock/columnar/values.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace penstock {

enum class comparison_op : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    is_null,
    is_not_null,
};

/// A value in a predicate.
using literal = std::variant<bool, std::int64_t, double, std::string>;

namespace detail {
/// A decimal with its point.
struct scaled_decimal {
    decimal256_value digits;
    int scale = 0;
};
/// A literal as the values of a column are compared with it: dates and times count their units.
using comparable = std::variant<bool, std::int64_t, double, std::string, scaled_decimal>;
} // namespace detail

/// "column op literal".
struct comparison {
    comparison() = default;

    std::string column;
    comparison_op op = comparison_op::equal;
    literal value; ///< not used by is_null and is_not_null
};

/// A predicate whose columns were found and whose types fit.
class bound_predicate {
  public:
    /// The rows for which every comparison is true, in ascending order. A comparison with a null is unknown, so its row is left
    /// out; only `is null` and `is not null` know nulls. NaN compares as IEEE 754 has it. Numbers of all kinds
    /// compare by their exact values (a literal with a fraction, and a decimal: by the literal's shortest decimal text). Texts
    /// and bytes compare by bytes, dates and times with texts in their form (`format/dates.hpp`), dictionaries by their values. Precondition: the batch has the
    /// schema that was bound.
    PENSTOCK_DECL selection evaluate(const record_batch& batch) const;

  private:
    friend class predicate;
    struct term {
        std::size_t column;
        comparison_op op;
        detail::comparable value;
    };
    std::vector<term> terms_;
};

/// Comparisons joined by `and`. Without any, all rows are meant. Pure.
class predicate {
  public:
    predicate() = default;
    explicit predicate(std::vector<comparison> terms) : terms_{std::move(terms)} {}

    /// Reads `fare > 40 and status = 'paid' and note is not null`.
    /// * Columns: letters, digits, `_`, `.` and anything beyond ASCII, or any text in "double quotes".
    /// * Operators: = == != <> < <= > >=, `is null`, `is not null`.
    /// * Literals: numbers, 'text' with '' for a quote (dates and times, too: '2024-02-29'), true, false. Words in any case.
    /// Errors: `errc::invalid_option`, with the position (from 1) of what could not be read.
    PENSTOCK_DECL static result<predicate> parse(std::string_view text);

    std::span<const comparison> terms() const noexcept { return terms_; }

    /// The names of the columns that are looked at, each once.
    PENSTOCK_DECL std::vector<std::string> columns() const;

    /// Errors: `errc::unknown_column`; `errc::type_mismatch` when a column and its literal cannot be
    /// compared.
    PENSTOCK_DECL result<bound_predicate> bind(const schema& s) const;

  private:
    std::vector<comparison> terms_;
};

/// These rows of the batch. All of them: the batch itself. Else a copy, in blocks from `pool`, which must not
/// be null.
PENSTOCK_DECL record_batch filter(const record_batch& batch, const selection& rows,
                                  const std::shared_ptr<buffer_pool>& pool);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/dataset/impl/predicate.ipp>
#endif
