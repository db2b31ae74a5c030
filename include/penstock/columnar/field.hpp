// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/columnar/key_value_metadata.hpp>

#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// Name and type of a column, and what its maker says of it. `nullable` says that nulls may occur, not that they do.
class field {
  public:
    field(std::string name, data_type type, bool nullable = true, key_value_metadata metadata = {})
        : name_{std::move(name)}, type_{std::move(type)}, nullable_{nullable}, metadata_{std::move(metadata)} {}

    const std::string& name() const noexcept { return name_; }
    const data_type& type() const noexcept { return type_; }
    bool nullable() const noexcept { return nullable_; }
    const key_value_metadata& metadata() const noexcept { return metadata_; }

    field with_name(std::string name) const { return {std::move(name), type_, nullable_, metadata_}; }
    field with_type(data_type type) const { return {name_, std::move(type), nullable_, metadata_}; }
    field with_nullable(bool nullable) const { return {name_, type_, nullable, metadata_}; }
    field with_metadata(key_value_metadata metadata) const { return {name_, type_, nullable_, std::move(metadata)}; }

    /// Name, type and nullability; metadata plays no part.
    friend bool operator==(const field& a, const field& b) noexcept {
        return a.name_ == b.name_ && a.nullable_ == b.nullable_ && a.type_ == b.type_;
    }

  private:
    std::string name_;
    data_type type_;
    bool nullable_;
    key_value_metadata metadata_;
};

namespace detail {

/// What a type has beyond numbers.
struct type_details {
    std::string zone;
    std::vector<field> fields;
    std::vector<data_type> types; // index and value of a dictionary
    std::vector<std::int8_t> codes; // of a union
};

/// What a name in a type's text may have without quotes.
PENSTOCK_DECL bool is_bare_name_byte(char c) noexcept;
/// "a: int64 not null".
PENSTOCK_DECL void append_field(std::string& out, const field& f);

} // namespace detail
} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/data_type.ipp>
#endif
