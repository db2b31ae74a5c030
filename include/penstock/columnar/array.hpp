// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/field.hpp>
#include <penstock/columnar/shared_buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

class array;

namespace detail {
inline bool bit(const std::byte* bits, std::size_t i) noexcept {
    return (static_cast<unsigned>(bits[i >> 3]) >> (i & 7) & 1u) != 0;
}

/// What arrays of few types have.
struct array_parts {
    std::vector<array> children;
    std::vector<shared_buffer> blocks;
};
} // namespace detail

/// The values of one column in the memory layout of Arrow's columnar format:
///
/// | types | `values` | `data` | children |
/// |---|---|---|---|
/// | null | | | |
/// | boolean | one bit a value | | |
/// | of fixed width | the values | | |
/// | string, binary | size + 1 offsets of 32 bits (64 in the large forms) | bytes | |
/// | views | 16 bytes a value | | (`blocks`: bytes of long values) |
/// | list, map | size + 1 offsets of 32 bits (64 in the large form) | | items |
/// | fixed-size list | | | items |
/// | struct | | | one a field |
/// | dictionary | indices | | the dictionary |
/// | sparse union | a code of 8 bits a value | | one a field |
/// | dense union | a code of 8 bits a value | 32-bit positions in the children | one a field |
///
/// `validity` has one bit a value, least significant first, 1 = there; it is absent when there is no null, and in nulls
/// and unions. Blocks that our builders make start on 64 bytes and are padded to 64; what is imported is as it came. Our
/// readers leave 0, false or the empty text under a null; others may leave anything. A slice shares its buffers and starts
/// at `offset`, in children, too, where they have as many values as the array. Cheap to copy, immutable.
class array {
  public:
    /// An empty array. Nested types have empty children.
    PENSTOCK_DECL explicit array(data_type type);

    /// A type without children. Preconditions: the buffers hold `offset + size` values of that type, offsets never fall
    /// and stay within the data, indices within the dictionary.
    array(data_type type, std::size_t size, std::size_t null_count, shared_buffer validity, shared_buffer values,
          shared_buffer data = {}, std::size_t offset = 0) noexcept
        : type_{std::move(type)}, size_{size}, offset_{offset}, null_count_{null_count}, validity_{std::move(validity)},
          values_{std::move(values)}, data_{std::move(data)} {}

    /// Any type. The same preconditions; children are of the types of the fields (a dictionary's is its values) and long
    /// enough.
    PENSTOCK_DECL array(data_type type, std::size_t size, std::size_t null_count, shared_buffer validity,
                        shared_buffer values, shared_buffer data, std::vector<array> children,
                        std::vector<shared_buffer> blocks = {}, std::size_t offset = 0);

    /// `size` nulls.
    PENSTOCK_DECL static array nulls(std::size_t size);

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return size_; }
    /// As the layout has it: nulls within a dictionary or under a union's children are not counted.
    std::size_t null_count() const noexcept { return null_count_; }

    bool is_null(std::size_t i) const noexcept {
        return null_count_ != 0 && (validity_.data() == nullptr || !detail::bit(validity_.data(), offset_ + i));
    }

    // The value at `i`, which must be below `size()`, of an array of just that layout.

    bool boolean_at(std::size_t i) const noexcept { return detail::bit(values_.data(), offset_ + i); }
    /// Any type of fixed width as the type that stands in memory: `value_at<std::int32_t>` of a date32.
    template <class T>
    T value_at(std::size_t i) const noexcept {
        return values_.as<T>()[offset_ + i];
    }
    std::int64_t int64_at(std::size_t i) const noexcept { return value_at<std::int64_t>(i); }
    double float64_at(std::size_t i) const noexcept { return value_at<double>(i); }
    std::string_view string_at(std::size_t i) const noexcept {
        const auto* o = values_.as<std::int32_t>() + offset_ + i;
        return {data_.as<char>() + o[0], static_cast<std::size_t>(o[1] - o[0])};
    }
    /// Text or bytes in any form; of a dictionary, those that the index stands for (empty where they are null).
    PENSTOCK_DECL std::string_view bytes_at(std::size_t i) const noexcept;
    /// Where the items of a value of a list or map are among those of `child(0)`.
    PENSTOCK_DECL std::pair<std::size_t, std::size_t> item_range(std::size_t i) const noexcept;
    /// The items of a list or map of any form: a slice.
    PENSTOCK_DECL array list_at(std::size_t i) const;
    /// The index into the dictionary. Precondition: not null.
    PENSTOCK_DECL std::size_t index_at(std::size_t i) const noexcept;
    /// Which child of a union has the value, and where in `child()` of it.
    PENSTOCK_DECL std::pair<std::size_t, std::size_t> union_at(std::size_t i) const noexcept;

    /// Values of fixed width in memory, the slice only.
    template <class T>
    std::span<const T> values_as() const noexcept {
        return {values_.as<T>() + offset_, size_};
    }

    // The layout, for export and kernels. Buffers are those of the whole array that a slice was cut from.

    std::size_t offset() const noexcept { return offset_; }
    const shared_buffer& validity() const noexcept { return validity_; }
    const shared_buffer& values() const noexcept { return values_; }
    const shared_buffer& data() const noexcept { return data_; }
    std::span<const array> children() const noexcept {
        return parts_ ? std::span<const array>{parts_->children} : std::span<const array>{};
    }
    std::span<const shared_buffer> blocks() const noexcept {
        return parts_ ? std::span<const shared_buffer>{parts_->blocks} : std::span<const shared_buffer>{};
    }
    const array& dictionary() const noexcept { return parts_->children.front(); }

    /// The child of a field, cut to this slice where child and array run side by side (struct, sparse union), else whole.
    PENSTOCK_DECL array child(std::size_t field) const;

    /// `count` values from `first` on, without a copy. Precondition: `first + count <= size()`.
    PENSTOCK_DECL array slice(std::size_t first, std::size_t count) const;

    /// The same values under another type of the same layout (int64 as timestamp, binary as string …). Precondition: the
    /// layouts are the same, and text is UTF-8.
    array with_type(data_type type) const {
        array out = *this;
        out.type_ = std::move(type);
        return out;
    }

    /// Bytes that the values of this slice take (not what the blocks around them could hold). What several arrays share
    /// counts in each.
    PENSTOCK_DECL std::size_t value_bytes() const noexcept;

  private:
    data_type type_;
    std::size_t size_ = 0;
    std::size_t offset_ = 0;
    std::size_t null_count_ = 0;
    shared_buffer validity_;
    shared_buffer values_;
    shared_buffer data_;
    std::shared_ptr<const detail::array_parts> parts_;
};

/// Same type, size, nulls and values (floating-point numbers by bits: NaN equals NaN, -0.0 differs from 0.0). What lies
/// under nulls plays no part; dictionaries compare by the values that they stand for.
PENSTOCK_DECL bool operator==(const array& a, const array& b) noexcept;

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/array.ipp>
#endif
