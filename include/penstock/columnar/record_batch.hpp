// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/column_view.hpp>
#include <penstock/columnar/schema.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace penstock {

/// Rows in columns. Immutable, cheap to copy and to move: copies share everything, and the memory goes back
/// to its pool with the last of them.
class record_batch {
  public:
    /// No columns, no rows.
    PENSTOCK_DECL record_batch();

    /// Throws `error` (`errc::invalid_option`) unless there is one array of `num_rows` values a field, of its
    /// type.
    PENSTOCK_DECL record_batch(std::shared_ptr<const penstock::schema> schema, std::vector<array> columns,
                               std::size_t num_rows);

    const penstock::schema& schema() const noexcept { return *schema_; }
    const std::shared_ptr<const penstock::schema>& shared_schema() const noexcept { return schema_; }
    std::size_t num_rows() const noexcept { return num_rows_; }
    std::size_t num_columns() const noexcept { return columns_->size(); }

    const array& operator[](std::size_t column) const noexcept { return (*columns_)[column]; }

    /// The array of that name. Throws `error` (`errc::unknown_column`) naming the columns there are.
    PENSTOCK_DECL const array& operator[](std::string_view column) const;

    /// A column as a range of `T`, by name or by position:
    ///     for (double fare : batch.column<double>("fare")) …
    /// Throws `error`: `errc::unknown_column`, or `errc::type_mismatch` when the column is of another type.
    template <class T>
    column_view<T> column(std::string_view name) const {
        return column<T>(position(name));
    }
    template <class T>
    column_view<T> column(std::size_t position) const {
        static_assert(column_traits<T>::known, "no column is read as this type: see column_traits");
        const auto& a = at(position);
        if (!column_traits<T>::reads(a.type())) refuse_type(position, column_traits<T>::wanted());
        return column_view<T>{a};
    }

    /// `count` rows from `first` on, both cut to what is there. No copy of values.
    PENSTOCK_DECL record_batch slice(std::size_t first, std::size_t count) const;

    /// Only these columns, in this order. Throws `error` (`errc::unknown_column`).
    PENSTOCK_DECL record_batch select(std::span<const std::string> names) const;
    /// The same by position. Precondition: each is below `num_columns()`.
    PENSTOCK_DECL record_batch select(std::span<const std::size_t> positions) const;

    /// Bytes that the values take (not what the blocks around them could hold).
    PENSTOCK_DECL std::size_t value_bytes() const noexcept;

    friend bool operator==(const record_batch& a, const record_batch& b) noexcept {
        return a.num_rows_ == b.num_rows_ && *a.schema_ == *b.schema_ && *a.columns_ == *b.columns_;
    }

  private:
    PENSTOCK_DECL std::size_t position(std::string_view name) const;
    PENSTOCK_DECL const array& at(std::size_t position) const;
    [[noreturn]] PENSTOCK_DECL void refuse_type(std::size_t position, const std::string& wanted) const;

    std::shared_ptr<const penstock::schema> schema_;
    std::shared_ptr<const std::vector<array>> columns_;
    std::size_t num_rows_ = 0;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/record_batch.ipp>
#endif
