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

namespace detail {

// Bases with bodies apart: `array_builder` has all builders, and so is complete behind them only.

/// A builder of values that have one child.
class one_child_builder {
  public:
    PENSTOCK_DECL one_child_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL one_child_builder(one_child_builder&&) noexcept;
    PENSTOCK_DECL one_child_builder& operator=(one_child_builder&&) noexcept;
    PENSTOCK_DECL ~one_child_builder();

    const data_type& type() const noexcept { return type_; }
    array_builder& child() noexcept { return *child_; }
    const array_builder& child() const noexcept { return *child_; }

  protected:
    data_type type_;
    std::unique_ptr<array_builder> child_;
};

/// A builder of values that have a child for each field of their type.
class children_builder {
  public:
    PENSTOCK_DECL children_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL children_builder(children_builder&&) noexcept;
    PENSTOCK_DECL children_builder& operator=(children_builder&&) noexcept;
    PENSTOCK_DECL ~children_builder();

    const data_type& type() const noexcept { return type_; }
    PENSTOCK_DECL std::size_t num_children() const noexcept;
    PENSTOCK_DECL array_builder& child(std::size_t field) noexcept;

  protected:
    data_type type_;
    std::vector<array_builder> children_;
};

} // namespace detail

/// Builds list, large_list and map arrays. The child of a map is the struct of its entries, none of which may be null.
class list_builder : public detail::one_child_builder {
  public:
    /// Precondition: list, large_list or map.
    PENSTOCK_DECL list_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);

    std::size_t size() const noexcept { return offsets_.size() / width_; }

    /// What is appended to `child()` from here to the next value are the items. Throws `error`
    /// (`errc::record_too_large`) when there are more items than the offsets can address.
    void append() { begin(true, 1); }
    void append_null() { append_nulls(1); }
    void append_nulls(std::size_t count) { begin(false, count); }
    /// For those that append the items of many values before: begins a value, or a null, with the item `first`.
    /// Precondition: that is not below the one before, nor behind the items. Throws like `append()`.
    void append_at(std::size_t first, bool valid) { begin(valid, 1, first); }
    void reserve(std::size_t more) { offsets_.reserve(offsets_.size() + (more + 1) * width_); }
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws like `append()`; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    PENSTOCK_DECL std::size_t items() const;
    void begin(bool valid, std::size_t count) { begin(valid, count, items()); }
    PENSTOCK_DECL void begin(bool valid, std::size_t count, std::size_t item);

    std::size_t width_; // of an offset
    validity_builder validity_;
    detail::growing_block offsets_; // where each value begins
};

/// Builds fixed_size_list arrays.
class fixed_size_list_builder : public detail::one_child_builder {
  public:
    /// Precondition: fixed_size_list.
    PENSTOCK_DECL fixed_size_list_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);

    std::size_t size() const noexcept { return validity_.size(); }

    /// Begins a value: `type().list_size()` items are to be appended to `child()`.
    void append() { validity_.append_valid(1); }
    /// The items under a null are null.
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    /// For those that append the items of many values themselves, those under nulls, too.
    validity_builder& validity() noexcept { return validity_; }
    PENSTOCK_DECL void reserve(std::size_t more);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws `error` (`errc::type_mismatch`) when the items are not `list_size()` a value; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    validity_builder validity_;
};

/// Builds struct arrays.
class struct_builder : public detail::children_builder {
  public:
    /// Precondition: struct.
    PENSTOCK_DECL struct_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);

    std::size_t size() const noexcept { return validity_.size(); }

    /// Begins a value: each child is to get one.
    void append() { validity_.append_valid(1); }
    /// The children get a null each.
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    /// For those that append the children's values of many rows themselves.
    validity_builder& validity() noexcept { return validity_; }
    PENSTOCK_DECL void reserve(std::size_t more);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Throws `error` (`errc::type_mismatch`) when a child has not as many values; nothing is lost then.
    PENSTOCK_DECL array finish();

  private:
    validity_builder validity_;
};

/// Builds sparse_union and dense_union arrays.
class union_builder : public detail::children_builder {
  public:
    /// Precondition: a union.
    PENSTOCK_DECL union_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);

    std::size_t size() const noexcept { return codes_.size(); }

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

    detail::growing_block codes_;
    detail::growing_block positions_; // of a dense union
    std::vector<std::size_t> begun_;  // values of each child
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/array_builder.hpp> // has the bodies, which need it
#endif
