// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <penstock/columnar/detail/bitmap.hpp>

#include <cstring>

namespace penstock {
namespace detail {

/// The text of a view: lengths up to 12 in place, longer ones in a block.
inline std::string_view view_bytes(const std::byte* view, std::span<const shared_buffer> blocks) noexcept {
    std::int32_t head[4];
    std::memcpy(head, view, 16);
    const auto size = static_cast<std::size_t>(head[0]);
    if (size <= 12) return {reinterpret_cast<const char*>(view) + 4, size};
    return {blocks[static_cast<std::size_t>(head[2])].as<char>() + head[3], size};
}

inline std::vector<array> empty_children(const data_type& type) {
    std::vector<array> out;
    if (type.id() == type_id::dictionary) out.emplace_back(type.value_type());
    for (const auto& f : type.fields()) out.emplace_back(f.type());
    return out;
}

} // namespace detail

PENSTOCK_DECL array::array(data_type type) : type_{std::move(type)} {
    if (!is_nested(type_.id()) && type_.id() != type_id::dictionary) return;
    auto parts = std::make_shared<detail::array_parts>();
    parts->children = detail::empty_children(type_);
    parts_ = std::move(parts);
}

PENSTOCK_DECL array::array(data_type type, std::size_t size, std::size_t null_count, shared_buffer validity,
                           shared_buffer values, shared_buffer data, std::vector<array> children,
                           std::vector<shared_buffer> blocks, std::size_t offset)
    : array{std::move(type), size,   null_count, std::move(validity), std::move(values), std::move(data), offset} {
    auto parts = std::make_shared<detail::array_parts>();
    parts->children = std::move(children);
    parts->blocks = std::move(blocks);
    parts_ = std::move(parts);
}

PENSTOCK_DECL array array::nulls(std::size_t size) { return array{data_type::null(), size, size, {}, {}}; }

PENSTOCK_DECL std::string_view array::bytes_at(std::size_t i) const noexcept {
    switch (type_.id()) {
    case type_id::string:
    case type_id::binary:
        return string_at(i);
    case type_id::large_string:
    case type_id::large_binary: {
        const auto* o = values_.as<std::int64_t>() + offset_ + i;
        return {data_.as<char>() + o[0], static_cast<std::size_t>(o[1] - o[0])};
    }
    case type_id::string_view:
    case type_id::binary_view:
        return detail::view_bytes(values_.data() + 16 * (offset_ + i), blocks());
    case type_id::fixed_size_binary: {
        const auto width = type_.byte_width();
        return {values_.as<char>() + width * (offset_ + i), width};
    }
    case type_id::dictionary: {
        if (is_null(i)) return {};
        const auto at = index_at(i);
        return dictionary().is_null(at) ? std::string_view{} : dictionary().bytes_at(at);
    }
    default:
        return {};
    }
}

PENSTOCK_DECL std::pair<std::size_t, std::size_t> array::item_range(std::size_t i) const noexcept {
    const auto of = [this, i](auto offsets) {
        return std::pair{static_cast<std::size_t>(offsets[offset_ + i]),
                         static_cast<std::size_t>(offsets[offset_ + i + 1])};
    };
    if (type_.id() == type_id::fixed_size_list) {
        const auto n = static_cast<std::size_t>(type_.list_size());
        return {(offset_ + i) * n, (offset_ + i + 1) * n};
    }
    return type_.id() == type_id::large_list ? of(values_.as<std::int64_t>()) : of(values_.as<std::int32_t>());
}

PENSTOCK_DECL array array::list_at(std::size_t i) const {
    const auto [first, last] = item_range(i);
    return children().front().slice(first, last - first);
}

PENSTOCK_DECL std::size_t array::index_at(std::size_t i) const noexcept {
    switch (type_.index_type().id()) {
    case type_id::int8:
        return static_cast<std::size_t>(value_at<std::int8_t>(i));
    case type_id::uint8:
        return value_at<std::uint8_t>(i);
    case type_id::int16:
        return static_cast<std::size_t>(value_at<std::int16_t>(i));
    case type_id::uint16:
        return value_at<std::uint16_t>(i);
    case type_id::int32:
        return static_cast<std::size_t>(value_at<std::int32_t>(i));
    case type_id::uint32:
        return value_at<std::uint32_t>(i);
    default:
        return static_cast<std::size_t>(value_at<std::uint64_t>(i));
    }
}

PENSTOCK_DECL std::pair<std::size_t, std::size_t> array::union_at(std::size_t i) const noexcept {
    const auto child = static_cast<std::size_t>(type_.child_of(value_at<std::int8_t>(i)));
    if (type_.id() == type_id::sparse_union) return {child, i};
    return {child, static_cast<std::size_t>(data_.as<std::int32_t>()[offset_ + i])};
}

PENSTOCK_DECL array array::child(std::size_t field) const {
    const auto& whole = children()[field];
    if (type_.id() == type_id::struct_ || type_.id() == type_id::sparse_union) return whole.slice(offset_, size_);
    return whole;
}

PENSTOCK_DECL array array::slice(std::size_t first, std::size_t count) const {
    array out = *this;
    out.offset_ = offset_ + first;
    out.size_ = count;
    if (null_count_ == size_)
        out.null_count_ = count;
    else if (null_count_ != 0 && count != size_)
        out.null_count_ = count - detail::count_ones(validity_.data(), out.offset_, count);
    return out;
}

namespace detail {

template <class Offset>
std::size_t offset_span(const array& a) noexcept {
    const auto* o = a.values().template as<Offset>();
    return o ? static_cast<std::size_t>(o[a.offset() + a.size()] - o[a.offset()]) : 0;
}

} // namespace detail

PENSTOCK_DECL std::size_t array::value_bytes() const noexcept {
    if (size_ == 0) return 0;
    std::size_t sum = validity_ && null_count_ ? (size_ + 7) / 8 : 0;
    switch (type_.id()) {
    case type_id::string:
    case type_id::binary:
        return sum + (size_ + 1) * 4 + detail::offset_span<std::int32_t>(*this);
    case type_id::large_string:
    case type_id::large_binary:
        return sum + (size_ + 1) * 8 + detail::offset_span<std::int64_t>(*this);
    case type_id::string_view:
    case type_id::binary_view:
        sum += size_ * 16;
        for (std::size_t i = 0; i < size_; ++i)
            if (const auto n = is_null(i) ? 0 : bytes_at(i).size(); n > 12) sum += n;
        return sum;
    case type_id::list:
    case type_id::large_list:
    case type_id::map:
    case type_id::fixed_size_list: {
        if (type_.id() != type_id::fixed_size_list) sum += (size_ + 1) * (type_.id() == type_id::large_list ? 8 : 4);
        const auto first = item_range(0).first;
        return sum + children().front().slice(first, item_range(size_ - 1).second - first).value_bytes();
    }
    case type_id::struct_:
    case type_id::sparse_union:
        if (type_.id() == type_id::sparse_union) sum += size_;
        for (std::size_t c = 0; c < children().size(); ++c) sum += child(c).value_bytes();
        return sum;
    case type_id::dense_union:
        sum += size_ * 5;
        for (const auto& c : children()) sum += c.value_bytes();
        return sum;
    case type_id::dictionary:
        return sum + size_ * type_.byte_width() + dictionary().value_bytes();
    default:
        return sum + (size_ * type_.bit_width() + 7) / 8;
    }
}

namespace detail {

/// Both values are there.
inline bool same_value(const array& a, std::size_t i, const array& b, std::size_t j) noexcept;

/// Null and value.
inline bool same_cell(const array& a, std::size_t i, const array& b, std::size_t j) noexcept {
    const bool null = a.is_null(i);
    return null == b.is_null(j) && (null || same_value(a, i, b, j));
}

inline bool same_value(const array& a, std::size_t i, const array& b, std::size_t j) noexcept {
    switch (a.type().id()) {
    case type_id::null:
        return true;
    case type_id::boolean:
        return a.boolean_at(i) == b.boolean_at(j);
    case type_id::string:
    case type_id::large_string:
    case type_id::string_view:
    case type_id::binary:
    case type_id::large_binary:
    case type_id::binary_view:
    case type_id::fixed_size_binary:
        return a.bytes_at(i) == b.bytes_at(j);
    case type_id::list:
    case type_id::large_list:
    case type_id::map:
    case type_id::fixed_size_list: {
        const auto [a1, a2] = a.item_range(i);
        const auto [b1, b2] = b.item_range(j);
        if (a2 - a1 != b2 - b1) return false;
        const auto& x = a.children().front();
        const auto& y = b.children().front();
        for (std::size_t k = 0; k < a2 - a1; ++k)
            if (!same_cell(x, a1 + k, y, b1 + k)) return false;
        return true;
    }
    case type_id::struct_:
        for (std::size_t c = 0; c < a.children().size(); ++c)
            if (!same_cell(a.children()[c], a.offset() + i, b.children()[c], b.offset() + j)) return false;
        return true;
    case type_id::dictionary:
        return same_cell(a.dictionary(), a.index_at(i), b.dictionary(), b.index_at(j));
    case type_id::sparse_union:
    case type_id::dense_union: {
        const auto [ca, pa] = a.union_at(i);
        const auto [cb, pb] = b.union_at(j);
        if (ca != cb) return false;
        const auto shift = a.type().id() == type_id::sparse_union;
        return same_cell(a.children()[ca], pa + (shift ? a.offset() : 0), b.children()[cb],
                         pb + (shift ? b.offset() : 0));
    }
    default: {
        const auto width = a.type().byte_width();
        return std::memcmp(a.values().data() + (a.offset() + i) * width, b.values().data() + (b.offset() + j) * width,
                           width) == 0;
    }
    }
}

} // namespace detail

PENSTOCK_DECL bool operator==(const array& a, const array& b) noexcept {
    if (a.type() != b.type() || a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!detail::same_cell(a, i, b, i)) return false;
    return true;
}

} // namespace penstock
