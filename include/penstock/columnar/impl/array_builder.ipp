// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <bit>
#include <string>

namespace penstock {
namespace detail {

PENSTOCK_DECL void growing_block::grow(std::size_t size) {
    auto larger = pool_->take(std::max(size, block_.size() * 2));
    if (size_) std::memcpy(larger.data(), block_.data(), size_);
    block_ = std::move(larger);
}

PENSTOCK_DECL shared_buffer growing_block::finish() {
    if (size_ == 0) {
        block_ = pooled_buffer{};
        return {};
    }
    const auto padded = std::min((size_ + 63) / 64 * 64, block_.size());
    std::memset(block_.data() + size_, 0, padded - size_);
    const auto size = std::exchange(size_, 0);
    return shared_buffer{std::move(block_), size};
}

PENSTOCK_DECL void bit_builder::append_word(std::uint64_t bits, std::size_t count) {
    // Whole words in memory: the bits behind the end are kept at 0, so that appending is an or.
    const auto words = (size_ + count + 63) / 64;
    const auto before = block_.size();
    if (words * 8 > before) {
        block_.resize(words * 8);
        std::memset(block_.data() + before, 0, words * 8 - before);
    }
    const auto put = [this](std::size_t word, std::uint64_t value) {
        for (std::size_t i = 0; i < 8; ++i)
            block_.data()[word * 8 + i] |= static_cast<std::byte>(value >> (8 * i) & 0xff);
    };
    const auto shift = size_ % 64;
    put(size_ / 64, bits << shift);
    if (shift != 0 && shift + count > 64) put(size_ / 64 + 1, bits >> (64 - shift));
    size_ += count;
}

PENSTOCK_DECL void bit_builder::append_run(bool bit, std::size_t count) {
    const auto word = bit ? ~std::uint64_t{0} : 0;
    for (; count >= 64; count -= 64) append_word(word, 64);
    if (count) append_word(word & ((std::uint64_t{1} << count) - 1), count);
}

PENSTOCK_DECL void bit_builder::truncate(std::size_t size) noexcept {
    const auto bytes = (size + 63) / 64 * 8;
    block_.resize(bytes); // never grows
    for (std::size_t i = size; i < bytes * 8; ++i)
        block_.data()[i / 8] &= static_cast<std::byte>(~(1u << (i % 8)));
    size_ = size;
}

PENSTOCK_DECL shared_buffer bit_builder::finish() {
    block_.resize((size_ + 7) / 8);
    size_ = 0;
    return block_.finish();
}

PENSTOCK_DECL std::size_t bit_builder::zeros_from(std::size_t first) const noexcept {
    std::size_t n = 0;
    for (auto i = first; i < size_; ++i) n += !bit(block_.data(), i);
    return n;
}

} // namespace detail

PENSTOCK_DECL void validity_builder::append_nulls(std::size_t count) {
    if (count == 0) return;
    if (nulls_ == 0) bits_.append_run(true, size_);
    bits_.append_run(false, count);
    size_ += count;
    nulls_ += count;
}

PENSTOCK_DECL void validity_builder::append_with_nulls(std::uint64_t valid, std::size_t count) {
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

PENSTOCK_DECL void string_builder::append_null() {
    auto at = write(1, 0);
    at.offsets[0] = static_cast<std::int32_t>(at.first);
    commit(1, at.first);
    validity_.append_nulls(1);
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
    if (size >= this->size()) return;
    std::int32_t end = 0;
    std::memcpy(&end, offsets_.data() + size * 4, 4);
    offsets_.resize((size + 1) * 4);
    data_.resize(static_cast<std::size_t>(end));
    validity_.truncate(size);
}

PENSTOCK_DECL array string_builder::finish() {
    write(0, 0); // an array of no values still has its first offset
    const auto n = size();
    const auto nulls = validity_.null_count();
    auto validity = validity_.finish();
    auto offsets = offsets_.finish();
    return array{type_, n, nulls, std::move(validity), std::move(offsets), data_.finish()};
}

PENSTOCK_DECL array_builder::array_builder(data_type type, std::shared_ptr<buffer_pool> pool)
    : builder_{make(std::move(type), std::move(pool))} {}

PENSTOCK_DECL array_builder::any array_builder::make(data_type type, std::shared_ptr<buffer_pool> pool) {
    const auto number = [&]<class T>(T) -> any { return number_builder<T>{std::move(type), std::move(pool)}; };
    switch (type.id()) {
    case type_id::boolean:
        return boolean_builder{std::move(pool)};
    case type_id::int8:
        return number(std::int8_t{});
    case type_id::int16:
        return number(std::int16_t{});
    case type_id::int32:
    case type_id::date32:
    case type_id::time32:
    case type_id::interval_months:
        return number(std::int32_t{});
    case type_id::int64:
    case type_id::date64:
    case type_id::time64:
    case type_id::timestamp:
    case type_id::duration:
        return number(std::int64_t{});
    case type_id::uint8:
        return number(std::uint8_t{});
    case type_id::uint16:
        return number(std::uint16_t{});
    case type_id::uint32:
        return number(std::uint32_t{});
    case type_id::uint64:
        return number(std::uint64_t{});
    case type_id::float16:
        return number(float16{});
    case type_id::float32:
        return number(float{});
    case type_id::float64:
        return number(double{});
    case type_id::decimal128:
        return number(decimal128_value{});
    case type_id::decimal256:
        return number(decimal256_value{});
    case type_id::interval_day_time:
        return number(day_time_interval{});
    case type_id::interval_month_day_nano:
        return number(month_day_nano_interval{});
    case type_id::string:
    case type_id::binary:
        return string_builder{std::move(type), std::move(pool)};
    default:
        throw_failure({errc::invalid_option, "no builder makes arrays of " + type.name()});
    }
}

} // namespace penstock
