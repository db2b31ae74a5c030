// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/binary_builders.hpp>

#include <penstock/columnar/detail/first_offset.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace penstock {
namespace detail {

inline constexpr std::size_t first_view_block = std::size_t{4} << 10;
inline constexpr std::size_t largest_view_block = std::size_t{1} << 20;

/// A view of 16 bytes as Arrow's format has it.
struct text_view {
    std::int32_t size;
    std::int32_t prefix; // these twelve bytes are the text itself when it is no longer than that
    std::int32_t block;
    std::int32_t offset;
};
inline constexpr std::size_t inline_view_bytes = 12;

inline text_view view_at(const std::byte* views, std::size_t i) noexcept {
    text_view out;
    std::memcpy(&out, views + i * 16, 16);
    return out;
}

} // namespace detail

PENSTOCK_DECL void large_string_builder::reserve(std::size_t more, std::size_t bytes) {
    if (offsets_.size() == 0) {
        offsets_.resize(8);
        std::memset(offsets_.data(), 0, 8);
    }
    offsets_.reserve(offsets_.size() + more * 8);
    data_.reserve(data_.size() + bytes);
}

/// `count` values, which end where the bytes do.
PENSTOCK_DECL void large_string_builder::append_ends(std::size_t count) {
    const auto n = size();
    offsets_.resize(offsets_.size() + count * 8);
    for (std::size_t i = 1; i <= count; ++i) offsets()[n + i] = static_cast<std::int64_t>(data_.size());
}

PENSTOCK_DECL void large_string_builder::append(std::string_view text) {
    reserve(1, text.size());
    const auto first = data_.size();
    data_.resize(first + text.size());
    if (!text.empty()) std::memcpy(data_.data() + first, text.data(), text.size());
    append_ends(1);
    validity_.append_valid(1);
}

PENSTOCK_DECL void large_string_builder::append_nulls(std::size_t count) {
    reserve(count);
    append_ends(count);
    validity_.append_nulls(count);
}

PENSTOCK_DECL void large_string_builder::truncate(std::size_t size) noexcept {
    if (size >= this->size()) return;
    offsets_.resize((size + 1) * 8);
    data_.resize(static_cast<std::size_t>(offsets()[size]));
    validity_.truncate(size);
}

PENSTOCK_DECL array large_string_builder::finish() {
    const auto n = size();
    const auto nulls = validity_.null_count();
    auto validity = validity_.finish();
    auto offsets = offsets_.size() ? offsets_.finish() : detail::first_offset(8);
    return array{type_, n, nulls, std::move(validity), std::move(offsets), data_.finish()};
}

/// Where `bytes` more of long text go.
PENSTOCK_DECL char* view_builder::room(std::size_t bytes) {
    if (blocks_.empty() || blocks_.back().size() - used_ < bytes) {
        const auto doubled = blocks_.empty() ? detail::first_view_block : blocks_.back().size() * 2;
        auto next = pool_->take(std::max(bytes, std::min(doubled, detail::largest_view_block)));
        if (!blocks_.empty()) full_.push_back(used_);
        blocks_.push_back(std::move(next));
        used_ = 0;
    }
    auto* at = reinterpret_cast<char*>(blocks_.back().data()) + used_;
    used_ += bytes;
    return at;
}

PENSTOCK_DECL void view_builder::append(std::string_view text) {
    if (text.size() > max_bytes)
        throw_failure({errc::record_too_large,
                       "a text of " + std::to_string(text.size()) + " bytes is more than a view can tell"});
    views_.reserve(views_.size() + 16);
    detail::text_view view{};
    view.size = static_cast<std::int32_t>(text.size());
    if (text.size() > detail::inline_view_bytes) {
        auto* at = room(text.size());
        std::memcpy(at, text.data(), text.size());
        std::memcpy(&view.prefix, text.data(), 4);
        view.block = static_cast<std::int32_t>(blocks_.size() - 1);
        view.offset = static_cast<std::int32_t>(used_ - text.size());
    } else if (!text.empty()) {
        std::memcpy(reinterpret_cast<char*>(&view) + 4, text.data(), text.size());
    }
    const auto n = views_.size();
    views_.resize(n + 16);
    std::memcpy(views_.data() + n, &view, 16);
    validity_.append_valid(1);
}

PENSTOCK_DECL void view_builder::append_nulls(std::size_t count) {
    const auto n = views_.size();
    views_.resize(n + count * 16);
    if (count) std::memset(views_.data() + n, 0, count * 16);
    validity_.append_nulls(count);
}

PENSTOCK_DECL std::string_view view_builder::operator[](std::size_t i) const noexcept {
    const auto view = detail::view_at(views_.data(), i);
    const auto size = static_cast<std::size_t>(view.size);
    if (size <= detail::inline_view_bytes) return {reinterpret_cast<const char*>(views_.data()) + i * 16 + 4, size};
    return {reinterpret_cast<const char*>(blocks_[static_cast<std::size_t>(view.block)].data()) + view.offset, size};
}

PENSTOCK_DECL void view_builder::truncate(std::size_t size) noexcept {
    // Long texts stand one behind the other: what the first that goes away took, and all behind it, is free.
    for (auto i = size; i < this->size(); ++i) {
        const auto view = detail::view_at(views_.data(), i);
        if (static_cast<std::size_t>(view.size) <= detail::inline_view_bytes) continue;
        blocks_.resize(static_cast<std::size_t>(view.block) + 1);
        full_.resize(static_cast<std::size_t>(view.block));
        used_ = static_cast<std::size_t>(view.offset);
        break;
    }
    if (size < this->size()) views_.resize(size * 16);
    if (size < validity_.size()) validity_.truncate(size);
}

PENSTOCK_DECL array view_builder::finish() {
    const auto n = size();
    const auto nulls = validity_.null_count();
    std::vector<shared_buffer> blocks;
    full_.push_back(used_);
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks.emplace_back(std::move(blocks_[i]), full_[i]);
    blocks_.clear();
    full_.clear();
    used_ = 0;
    auto validity = validity_.finish();
    return array{type_, n, nulls, std::move(validity), views_.finish(), {}, {}, std::move(blocks)};
}

PENSTOCK_DECL void fixed_size_binary_builder::append(std::string_view bytes) {
    if (bytes.size() != width_)
        throw_failure({errc::type_mismatch, std::to_string(bytes.size()) + " bytes are no value of " + type_.name()});
    validity_.append_valid(1);
    const auto n = values_.size();
    values_.resize(n + width_);
    if (width_) std::memcpy(values_.data() + n, bytes.data(), width_);
}

PENSTOCK_DECL void fixed_size_binary_builder::append_nulls(std::size_t count) {
    validity_.append_nulls(count);
    const auto n = values_.size();
    values_.resize(n + count * width_);
    if (count != 0 && width_ != 0) std::memset(values_.data() + n, 0, count * width_);
}

PENSTOCK_DECL void fixed_size_binary_builder::truncate(std::size_t size) noexcept {
    values_.resize(size * width_);
    validity_.truncate(size);
}

PENSTOCK_DECL array fixed_size_binary_builder::finish() {
    const auto n = size();
    const auto nulls = validity_.null_count();
    auto validity = validity_.finish();
    return array{type_, n, nulls, std::move(validity), values_.finish()};
}

} // namespace penstock
