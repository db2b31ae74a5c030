// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/flat_builders.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace penstock {

class array_builder;

// Builders of types with children. `append()` begins a value, and the children's builders then get what belongs to it:
//
//     lists.append();
//     lists.child().as<int64_builder>().append(1);
//     lists.child().as<int64_builder>().append(2);   // [1, 2]
//     lists.append_null();
//
// `truncate` takes back what the children got, too, also for a value that was only begun.

/// Builds list, large_list and map arrays. The child of a map is the struct of its entries, none of which may be null.
class list_builder {
  public:
    /// Precondition: list, large_list or map.
    PENSTOCK_DECL list_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL list_builder(list_builder&&) noexcept;
    PENSTOCK_DECL list_builder& operator=(list_builder&&) noexcept;
    PENSTOCK_DECL ~list_builder();

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return offsets_.size() / width_; }
    array_builder& child() noexcept { return *child_; }
    const array_builder& child() const noexcept { return *child_; }

    /// What is appended to `child()` from here to the next value are the items. Throws `error`
    /// (`errc::record_too_large`) when there are more items than the offsets can address.
    void append() { begin(true, 1); }
    void append_null() { append_nulls(1); }
    void append_nulls(std::size_t count) { begin(false, count); }
    void reserve(std::size_t more) { offsets_.reserve(offsets_.size() + (more + 1) * width_); }
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws like `append()`; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    PENSTOCK_DECL std::size_t items() const;
    PENSTOCK_DECL void begin(bool valid, std::size_t count);

    data_type type_;
    std::size_t width_; // of an offset
    validity_builder validity_;
    detail::growing_block offsets_; // where each value begins
    std::unique_ptr<array_builder> child_;
};

/// Builds fixed_size_list arrays.
class fixed_size_list_builder {
  public:
    /// Precondition: fixed_size_list.
    PENSTOCK_DECL fixed_size_list_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL fixed_size_list_builder(fixed_size_list_builder&&) noexcept;
    PENSTOCK_DECL fixed_size_list_builder& operator=(fixed_size_list_builder&&) noexcept;
    PENSTOCK_DECL ~fixed_size_list_builder();

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return validity_.size(); }
    array_builder& child() noexcept { return *child_; }
    const array_builder& child() const noexcept { return *child_; }

    /// Begins a value: `type().list_size()` items are to be appended to `child()`.
    void append() { validity_.append_valid(1); }
    /// The items under a null are null.
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void reserve(std::size_t more);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws `error` (`errc::type_mismatch`) when the items are not `list_size()` a value; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    data_type type_;
    validity_builder validity_;
    std::unique_ptr<array_builder> child_;
};

/// Builds struct arrays.
class struct_builder {
  public:
    /// Precondition: struct.
    PENSTOCK_DECL struct_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL struct_builder(struct_builder&&) noexcept;
    PENSTOCK_DECL struct_builder& operator=(struct_builder&&) noexcept;
    PENSTOCK_DECL ~struct_builder();

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return validity_.size(); }
    PENSTOCK_DECL std::size_t num_children() const noexcept;
    PENSTOCK_DECL array_builder& child(std::size_t field) noexcept;

    /// Begins a value: each child is to get one.
    void append() { validity_.append_valid(1); }
    /// The children get a null each.
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void reserve(std::size_t more);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws `error` (`errc::type_mismatch`) when a child has not as many values; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    data_type type_;
    validity_builder validity_;
    std::vector<array_builder> children_;
};

/// Builds sparse_union and dense_union arrays.
class union_builder {
  public:
    /// Precondition: a union.
    PENSTOCK_DECL union_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL union_builder(union_builder&&) noexcept;
    PENSTOCK_DECL union_builder& operator=(union_builder&&) noexcept;
    PENSTOCK_DECL ~union_builder();

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return codes_.size(); }
    PENSTOCK_DECL std::size_t num_children() const noexcept;
    PENSTOCK_DECL array_builder& child(std::size_t field) noexcept;

    /// Begins a value of child `field`, which is to get it; gives the child's builder. Throws `error`
    /// (`errc::record_too_large`) when the child of a dense union is full.
    PENSTOCK_DECL array_builder& append(std::size_t field);
    /// A union has no nulls of its own: the first child gets one. Throws `error` (`errc::type_mismatch`) for a union without
    /// children.
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void reserve(std::size_t more);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws `error` (`errc::type_mismatch`) when a child has more or fewer values than were begun; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    bool dense() const noexcept { return type_.id() == type_id::dense_union; }

    data_type type_;
    detail::growing_block codes_;
    detail::growing_block positions_; // of a dense union
    std::vector<std::size_t> begun_;  // values of each child
    std::vector<array_builder> children_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/array_builder.hpp> // has the bodies, which need it
#endif
