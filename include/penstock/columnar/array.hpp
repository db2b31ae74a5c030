// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/data_type.hpp>
#include <penstock/columnar/shared_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock {

namespace detail {
inline bool bit(const std::byte* bits, std::size_t i) noexcept {
    return (static_cast<unsigned>(bits[i >> 3]) >> (i & 7) & 1u) != 0;
}
} // namespace detail

/// The values of one column in Arrow's memory layout:
/// * `validity`: one bit a value, least significant first, 1 = there; absent when there is no null;
/// * `values`: int64 and float64 as they are, boolean one bit a value, string size + 1 offsets of 32 bits;
/// * `data`: the bytes of strings.
/// Blocks start on 64 bytes and are padded to 64. Under a null there is 0, false or the empty text. A slice
/// shares its buffers and starts at `offset`. Cheap to copy, immutable.
class array {
  public:
    /// An empty array.
    explicit array(data_type type) noexcept : type_{type} {}

    /// Preconditions: the buffers hold `offset + size` values of that type, string offsets never fall.
    array(data_type type, std::size_t size, std::size_t null_count, shared_buffer validity,
          shared_buffer values, shared_buffer data = {}, std::size_t offset = 0) noexcept
        : type_{type}, size_{size}, offset_{offset}, null_count_{null_count}, validity_{std::move(validity)},
          values_{std::move(values)}, data_{std::move(data)} {}

    data_type type() const noexcept { return type_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t null_count() const noexcept { return null_count_; }

    bool is_null(std::size_t i) const noexcept {
        return null_count_ != 0 && !detail::bit(validity_.data(), offset_ + i);
    }

    // The value at `i`, which must be below `size()`, of an array of just that type.
    bool boolean_at(std::size_t i) const noexcept { return detail::bit(values_.data(), offset_ + i); }
    std::int64_t int64_at(std::size_t i) const noexcept { return values_.as<std::int64_t>()[offset_ + i]; }
    double float64_at(std::size_t i) const noexcept { return values_.as<double>()[offset_ + i]; }
    std::string_view string_at(std::size_t i) const noexcept {
        const auto* o = values_.as<std::int32_t>() + offset_ + i;
        return {data_.as<char>() + o[0], static_cast<std::size_t>(o[1] - o[0])};
    }

    /// `count` values from `first` on, without a copy. Precondition: `first + count <= size()`.
    PENSTOCK_DECL array slice(std::size_t first, std::size_t count) const;

    // The layout, for export and kernels. Buffers are those of the whole array that a slice was cut from.
    std::size_t offset() const noexcept { return offset_; }
    const shared_buffer& validity() const noexcept { return validity_; }
    const shared_buffer& values() const noexcept { return values_; }
    const shared_buffer& data() const noexcept { return data_; }

  private:
    data_type type_;
    std::size_t size_ = 0;
    std::size_t offset_ = 0;
    std::size_t null_count_ = 0;
    shared_buffer validity_;
    shared_buffer values_;
    shared_buffer data_;
};

/// Same type, size, nulls and values (doubles by bits of value: NaN equals NaN, -0.0 differs from 0.0).
PENSTOCK_DECL bool operator==(const array& a, const array& b) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/array.ipp>
#endif
