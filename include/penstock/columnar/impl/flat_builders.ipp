// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/flat_builders.hpp>

#include <penstock/columnar/detail/first_offset.hpp>
#include <penstock/core/error.hpp>

#include <bit>
#include <string>

namespace penstock {

PENSTOCK_DECL void validity_builder::append_nulls(std::size_t count) {
    if (count == 0) return;
    bits_.reserve(size_ - bits_.size() + count); // all or nothing, where memory is refused
    if (nulls_ == 0) bits_.append_run(true, size_);
    bits_.append_run(false, count);
    size_ += count;
    nulls_ += count;
}

PENSTOCK_DECL void validity_builder::append_with_nulls(std::uint64_t valid, std::size_t count) {
    bits_.reserve(size_ - bits_.size() + count);
    if (nulls_ == 0) bits_.append_run(true, size_);
    bits_.append_word(valid, count);
    size_ += count;
    nulls_ += count - static_cast<std::size_t>(std::popcount(valid));
}

PENSTOCK_DECL void validity_builder::truncate(std::size_t size) noexcept {
    if (nulls_) {
        nulls_ -= bits_.zeros_from(size);
        bits_.truncate(nulls_ ? size : 0);
    }
    size_ = size;
}

PENSTOCK_DECL shared_buffer validity_builder::finish() {
    size_ = 0;
    nulls_ = 0;
    return bits_.finish();
}

PENSTOCK_DECL void boolean_builder::truncate(std::size_t size) noexcept {
    values_.truncate(size);
    validity_.truncate(size);
}

PENSTOCK_DECL array boolean_builder::finish() {
    const auto n = size();
    const auto nulls = validity_.null_count();
    auto validity = validity_.finish();
    return array{type(), n, nulls, std::move(validity), values_.finish()};
}

PENSTOCK_DECL void string_builder::append(std::string_view text) {
    if (!try_append(text))
        throw_failure(
            {errc::record_too_large,
             "a string column of one batch cannot hold more than " + std::to_string(max_bytes) + " bytes",
             "use smaller batches"});
}

PENSTOCK_DECL void string_builder::append_nulls(std::size_t count) {
    auto at = write(count, 0);
    for (std::size_t i = 0; i < count; ++i) at.offsets[i] = static_cast<std::int32_t>(at.first);
    commit(count, at.first);
    validity_.append_nulls(count);
}

PENSTOCK_DECL string_builder::room string_builder::write(std::size_t count, std::size_t bytes) {
    if (offsets_.size() == 0) {
        offsets_.resize(4);
        std::memset(offsets_.data(), 0, 4);
    }
    offsets_.reserve(offsets_.size() + count * 4);
    data_.reserve(data_.size() + bytes + 64);
    return {reinterpret_cast<std::int32_t*>(offsets_.data() + offsets_.size()),
            reinterpret_cast<char*>(data_.data() + data_.size()), data_.size()};
}

PENSTOCK_DECL void string_builder::truncate(std::size_t size) noexcept {
    if (size >= this->size()) return validity_.truncate(this->size()); // a kernel's rows that were not committed
    std::int32_t end = 0;
    std::memcpy(&end, offsets_.data() + size * 4, 4);
    offsets_.resize((size + 1) * 4);
    data_.resize(static_cast<std::size_t>(end));
    validity_.truncate(size);
}

PENSTOCK_DECL array string_builder::finish() {
    const auto n = size();
    const auto nulls = validity_.null_count();
    auto validity = validity_.finish();
    auto offsets = offsets_.size() ? offsets_.finish() : detail::first_offset(4);
    return array{type_, n, nulls, std::move(validity), std::move(offsets), data_.finish()};
}

} // namespace penstock
