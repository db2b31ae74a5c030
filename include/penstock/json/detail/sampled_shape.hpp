// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/format/kernels/json_kernels.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/json/detail/value_node.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// What the values of a column, or of a child of one, have been so far.
///
/// Their type: objects are structs with the union of the keys, arrays lists; scalars as `type_inference` has them. Whole
/// numbers beyond int64 make the column uint64 where none is negative and all fit, else decimal128(38, 0), else
/// decimal256(76, 0). Whatever else is mixed is a string column, which has the values' JSON text: an object or array with
/// anything but its like and nulls, truth values with numbers, numbers with digits that a double would change with
/// fractions.
class sampled_shape {
  public:
    /// Objects and arrays deeper than that stay text.
    static constexpr std::size_t deepest = 64;

    /// What all shapes of a sample share: `count` has columns and members of objects; those beyond `most` are not kept.
    struct sample {
        const penstock::detail::json_kernels* kernels;
        std::size_t most;
        std::size_t count = 0;
    };
    /// `text` is valid JSON, with a value at `i`, which is moved behind it.
    PENSTOCK_DECL void observe(std::string_view text, std::size_t& i, sample& in);

    /// `nested`: false makes objects and arrays text.
    PENSTOCK_DECL data_type type(bool nested, std::size_t depth = 0) const;

  private:
    void observe_number(std::string_view token);
    PENSTOCK_DECL data_type whole_number() const;

    text_kind scalars_ = text_kind::null;
    bool objects_ = false;
    bool arrays_ = false;
    bool negative_ = false;   // some whole number is
    std::uint8_t wide_ = 0;   // whole numbers take 1: uint64, 2: 38 digits, 3: 76 digits, 4: more
    std::vector<std::string> names_;
    key_table keys_;
    std::vector<std::unique_ptr<sampled_shape>> members_; // of objects
    std::unique_ptr<sampled_shape> item_;                 // of arrays
};

/// The text of an object's key, at whose quotation mark `i` is in valid JSON; `i` is moved behind the colon. `scratch`
/// holds it where it had escapes.
PENSTOCK_DECL std::string_view sampled_key(std::string_view text, std::size_t& i, std::string& scratch,
                                           const penstock::detail::json_kernels& kernels);

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/sampled_shape.ipp>
#endif
