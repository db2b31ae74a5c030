// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace penstock {

/// What a text, or all texts of a column so far, can be read as.
enum class text_kind : std::uint8_t {
    null,       ///< nothing seen
    boolean,    ///< true, false (also True, TRUE …)
    int64,      ///< integers in canonical form
    wide_int64, ///< the same, one of them beyond 2^53: no double holds it
    float64,    ///< numbers that a double holds as exactly as it can
    date,       ///< 2024-02-29
    timestamp,  ///< 2024-02-29 12:30:00.5, also with a T or without seconds; at most six digits of a second
    utc_timestamp, ///< the same with Z or an offset
    string,
};

/// The narrowest kind of a text. "007", "+3" and numbers with other leading zeros are strings: read as
/// numbers they could not be written back. Integers beyond int64 are strings, too: a double would change
/// their digits. "-0" is a float64. Pure.
PENSTOCK_DECL text_kind classify(std::string_view text) noexcept;
/// And the value of a `float64`, which takes the longest part of it.
PENSTOCK_DECL text_kind classify(std::string_view text, double& value) noexcept;

/// The narrowest kind that holds what `a` and `b` hold: the lattice null < boolean < string,
/// null < int64 < wide_int64, float64 < string, null < date < timestamp < string and null < utc_timestamp < string.
PENSTOCK_DECL text_kind join(text_kind a, text_kind b) noexcept;

/// Whether a value of kind `k` may stand in a column whose type was inferred as `type`.
PENSTOCK_DECL bool fits(text_kind k, data_type type) noexcept;

/// The column type of a kind; timestamps count microseconds. A column of nulls only is a string column.
PENSTOCK_DECL data_type type_of(text_kind k) noexcept;

/// Infers column types from sampled texts. Nulls are not shown to it.
class type_inference {
  public:
    explicit type_inference(std::size_t columns) : kinds_(columns, text_kind::null) {}

    void observe(std::size_t column, std::string_view text) { observe(column, classify(text)); }
    void observe(std::size_t column, text_kind kind) { kinds_[column] = join(kinds_[column], kind); }
    /// Further columns may turn up while sampling (JSON keys).
    void resize(std::size_t columns) { kinds_.resize(columns, text_kind::null); }

    std::size_t size() const noexcept { return kinds_.size(); }
    /// Nothing more can change: sampling may skip this column.
    bool settled(std::size_t column) const noexcept { return kinds_[column] == text_kind::string; }
    text_kind kind(std::size_t column) const noexcept { return kinds_[column]; }
    data_type type(std::size_t column) const noexcept { return type_of(kinds_[column]); }

  private:
    std::vector<text_kind> kinds_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/type_inference.ipp>
#endif
