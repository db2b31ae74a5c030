// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/nested_builders.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/detail/first_offset.hpp>
#include <penstock/core/error.hpp>

#include <cstring>
#include <limits>
#include <string>

namespace penstock {
namespace detail {

inline constexpr std::size_t most_items = std::numeric_limits<std::int32_t>::max();

[[noreturn]] inline void refuse_items(const data_type& type) {
    throw_failure({errc::record_too_large,
                   "a column of type " + type.name() + " cannot hold more than " + std::to_string(most_items) +
                       " items in one batch",
                   "use smaller batches, or a large_list"});
}

[[noreturn]] inline void refuse_count(const data_type& type, const std::string& child, std::size_t found,
                                      std::size_t wanted) {
    throw_failure({errc::type_mismatch, type.name() + ": " + child + " got " + std::to_string(found) +
                                            " values where " + std::to_string(wanted) + " belong"});
}

inline std::vector<array> finish_all(std::vector<array_builder>& builders) {
    std::vector<array> out;
    out.reserve(builders.size());
    for (auto& b : builders) out.push_back(b.finish());
    return out;
}

inline std::vector<array> finish_one(array_builder& builder) {
    std::vector<array> out;
    out.push_back(builder.finish());
    return out;
}

PENSTOCK_DECL one_child_builder::one_child_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : type_{std::move(type)}, child_{std::make_unique<array_builder>(type_.item().type(), pool)} {}
PENSTOCK_DECL one_child_builder::one_child_builder(one_child_builder&&) noexcept = default;
PENSTOCK_DECL one_child_builder& one_child_builder::operator=(one_child_builder&&) noexcept = default;
PENSTOCK_DECL one_child_builder::~one_child_builder() = default;

PENSTOCK_DECL children_builder::children_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : type_{std::move(type)} {
    children_.reserve(type_.fields().size());
    for (const auto& f : type_.fields()) children_.emplace_back(f.type(), pool);
}
PENSTOCK_DECL children_builder::children_builder(children_builder&&) noexcept = default;
PENSTOCK_DECL children_builder& children_builder::operator=(children_builder&&) noexcept = default;
PENSTOCK_DECL children_builder::~children_builder() = default;
PENSTOCK_DECL std::size_t children_builder::num_children() const noexcept { return children_.size(); }
PENSTOCK_DECL array_builder& children_builder::child(std::size_t field) noexcept { return children_[field]; }

} // namespace detail

// list, large_list, map

PENSTOCK_DECL list_builder::list_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : one_child_builder{std::move(type), pool}, width_{type_.id() == type_id::large_list ? 8u : 4u}, validity_{pool},
      offsets_{pool} {}

PENSTOCK_DECL std::size_t list_builder::items() const {
    const auto n = child_->size();
    if (width_ == 4 && n > detail::most_items) detail::refuse_items(type_);
    return n;
}

PENSTOCK_DECL void list_builder::begin(bool valid, std::size_t count, std::size_t item) {
    if (width_ == 4 && item > detail::most_items) detail::refuse_items(type_);
    const auto first = static_cast<std::int64_t>(item); // little endian: its first bytes are the short offset
    const auto before = offsets_.size();
    offsets_.reserve(before + (count + 1) * width_); // with the last one, so that `finish` is not refused memory
    offsets_.resize(before + count * width_);
    for (std::size_t i = 0; i < count; ++i) std::memcpy(offsets_.data() + before + i * width_, &first, width_);
    if (valid)
        validity_.append_valid(count);
    else
        validity_.append_nulls(count);
}

PENSTOCK_DECL void list_builder::truncate(std::size_t size) noexcept {
    if (size >= this->size()) return;
    std::int64_t first = 0;
    std::memcpy(&first, offsets_.data() + size * width_, width_);
    offsets_.resize(size * width_);
    validity_.truncate(size);
    child_->truncate(static_cast<std::size_t>(first));
}

PENSTOCK_DECL array list_builder::finish() {
    const auto n = size();
    if (n == 0) child_->truncate(0); // items of no value
    const auto last = static_cast<std::int64_t>(items());
    offsets_.resize(n ? (n + 1) * width_ : 0);
    if (n) std::memcpy(offsets_.data() + n * width_, &last, width_);
    const auto nulls = validity_.null_count();
    auto children = detail::finish_one(*child_);
    auto validity = validity_.finish();
    auto offsets = n ? offsets_.finish() : detail::first_offset(width_);
    return array{type_, n, nulls, std::move(validity), std::move(offsets), {}, std::move(children)};
}

// fixed_size_list

PENSTOCK_DECL fixed_size_list_builder::fixed_size_list_builder(data_type type,
                                                               const std::shared_ptr<buffer_pool>& pool)
    : one_child_builder{std::move(type), pool}, validity_{pool} {}

PENSTOCK_DECL void fixed_size_list_builder::append_nulls(std::size_t count) {
    validity_.append_nulls(count);
    child_->append_nulls(count * static_cast<std::size_t>(type_.list_size()));
}

PENSTOCK_DECL void fixed_size_list_builder::reserve(std::size_t more) {
    child_->reserve(more * static_cast<std::size_t>(type_.list_size()));
}

PENSTOCK_DECL void fixed_size_list_builder::truncate(std::size_t size) noexcept {
    validity_.truncate(size);
    child_->truncate(size * static_cast<std::size_t>(type_.list_size()));
}

PENSTOCK_DECL array fixed_size_list_builder::finish() {
    const auto n = size();
    const auto wanted = n * static_cast<std::size_t>(type_.list_size());
    if (child_->size() != wanted) detail::refuse_count(type_, "its items", child_->size(), wanted);
    const auto nulls = validity_.null_count();
    auto children = detail::finish_one(*child_);
    return array{type_, n, nulls, validity_.finish(), {}, {}, std::move(children)};
}

// struct

PENSTOCK_DECL struct_builder::struct_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : children_builder{std::move(type), pool}, validity_{pool} {}

PENSTOCK_DECL void struct_builder::append_nulls(std::size_t count) {
    validity_.append_nulls(count);
    for (auto& c : children_) c.append_nulls(count);
}

PENSTOCK_DECL void struct_builder::reserve(std::size_t more) {
    for (auto& c : children_) c.reserve(more);
}

PENSTOCK_DECL void struct_builder::truncate(std::size_t size) noexcept {
    validity_.truncate(size);
    for (auto& c : children_) c.truncate(size);
}

PENSTOCK_DECL array struct_builder::finish() {
    const auto n = size();
    for (std::size_t i = 0; i < children_.size(); ++i)
        if (children_[i].size() != n)
            detail::refuse_count(type_, "field \"" + type_.fields()[i].name() + "\"", children_[i].size(), n);
    const auto nulls = validity_.null_count();
    auto children = detail::finish_all(children_);
    return array{type_, n, nulls, validity_.finish(), {}, {}, std::move(children)};
}

// sparse_union, dense_union

PENSTOCK_DECL union_builder::union_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : children_builder{std::move(type), pool}, codes_{pool}, positions_{pool}, begun_(type_.fields().size()) {}

PENSTOCK_DECL array_builder& union_builder::append(std::size_t field) {
    auto& child = children_[field];
    if (dense()) {
        if (begun_[field] > detail::most_items) detail::refuse_items(type_);
        const auto at = static_cast<std::int32_t>(begun_[field]);
        positions_.reserve(positions_.size() + 4);
        codes_.resize(codes_.size() + 1);
        const auto n = positions_.size();
        positions_.resize(n + 4);
        std::memcpy(positions_.data() + n, &at, 4);
        ++begun_[field];
    } else {
        codes_.resize(codes_.size() + 1);
        for (auto& c : begun_) ++c;
    }
    codes_.data()[codes_.size() - 1] = static_cast<std::byte>(type_.codes()[field]);
    if (!dense())
        for (auto& other : children_)
            if (&other != &child) other.append_null();
    return child;
}

PENSTOCK_DECL void union_builder::append_nulls(std::size_t count) {
    if (count != 0 && children_.empty())
        throw_failure({errc::type_mismatch, "a union without children has no null"});
    for (std::size_t i = 0; i < count; ++i) append(0).append_null();
}

PENSTOCK_DECL void union_builder::reserve(std::size_t more) {
    codes_.reserve(codes_.size() + more);
    if (dense()) positions_.reserve(positions_.size() + more * 4);
}

PENSTOCK_DECL void union_builder::truncate(std::size_t size) noexcept {
    if (size >= this->size()) return;
    if (dense()) {
        for (auto i = this->size(); i-- > size;)
            --begun_[static_cast<std::size_t>(type_.child_of(static_cast<std::int8_t>(codes_.data()[i])))];
        positions_.resize(size * 4);
    } else {
        for (auto& n : begun_) n = size;
    }
    codes_.resize(size);
    for (std::size_t c = 0; c < children_.size(); ++c) children_[c].truncate(begun_[c]);
}

PENSTOCK_DECL array union_builder::finish() {
    const auto n = size();
    for (std::size_t c = 0; c < children_.size(); ++c)
        if (children_[c].size() != begun_[c])
            detail::refuse_count(type_, "child \"" + type_.fields()[c].name() + "\"", children_[c].size(), begun_[c]);
    for (auto& b : begun_) b = 0;
    auto children = detail::finish_all(children_);
    auto codes = codes_.finish();
    return array{type_, n, 0, {}, std::move(codes), positions_.finish(), std::move(children)};
}

} // namespace penstock
