// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/field.hpp>
#include <penstock/core/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

/// Fields in order. Names may occur twice (CSV headers do that); asking for such a name is an error, asking
/// by position is not. Immutable.
class schema {
  public:
    schema() = default;
    PENSTOCK_DECL explicit schema(std::vector<penstock::field> fields, key_value_metadata metadata = {});

    std::size_t size() const noexcept { return fields_.size(); }
    bool empty() const noexcept { return fields_.empty(); }
    const penstock::field& operator[](std::size_t i) const noexcept { return fields_[i]; }
    std::span<const penstock::field> fields() const noexcept { return fields_; }

    const key_value_metadata& metadata() const noexcept { return metadata_; }

    /// The position of the first field of that name.
    PENSTOCK_DECL std::optional<std::size_t> index_of(std::string_view name) const noexcept;

    /// The position of the one field of that name. Errors: `errc::unknown_column`, which names the columns
    /// there are, also when the name occurs twice.
    PENSTOCK_DECL result<std::size_t> find(std::string_view name) const;

    /// The positions of several names, in their order.
    PENSTOCK_DECL result<std::vector<std::size_t>> find(std::span<const std::string> names) const;

    /// The fields at these positions, in that order; the same metadata.
    PENSTOCK_DECL schema select(std::span<const std::size_t> positions) const;

    /// The names in order for a message: "a, b, c", cut after `limit` names.
    PENSTOCK_DECL std::string column_list(std::size_t limit = 20) const;

    /// The fields; metadata plays no part.
    friend bool operator==(const schema& a, const schema& b) noexcept { return a.fields_ == b.fields_; }

  private:
    std::vector<penstock::field> fields_;
    std::vector<std::uint32_t> by_name_; // positions, sorted by name, then by position
    key_value_metadata metadata_;
};

/// A schema to share between readers, batches and writers.
inline std::shared_ptr<const schema> make_schema(std::vector<field> fields, key_value_metadata metadata = {}) {
    return std::make_shared<const schema>(std::move(fields), std::move(metadata));
}

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/schema.ipp>
#endif
