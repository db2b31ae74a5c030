// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/columnar/detail/growing_block.hpp>
#include <penstock/columnar/detail/natural_type.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace penstock {

/// Which values are there. Takes no memory until the first null.
class validity_builder {
  public:
    explicit validity_builder(std::shared_ptr<buffer_pool> pool) noexcept : bits_{std::move(pool)} {}

    std::size_t size() const noexcept { return size_; }
    std::size_t null_count() const noexcept { return nulls_; }

    void append(bool valid) { append_word(valid, 1); }
    /// `count` values that are all there.
    void append_valid(std::size_t count) {
        if (nulls_) bits_.append_run(true, count);
        size_ += count;
    }
    /// `count` (1 to 64) values; bit i of `valid` says that the i-th is there. Bits above must be 0.
    void append_word(std::uint64_t valid, std::size_t count) {
        if (valid == ~std::uint64_t{0} >> (64 - count))
            append_valid(count);
        else
            append_with_nulls(valid, count);
    }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    /// Empty when there is no null.
    PENSTOCK_DECL shared_buffer finish();

  private:
    PENSTOCK_DECL void append_with_nulls(std::uint64_t valid, std::size_t count);

    detail::bit_builder bits_;
    std::size_t size_ = 0;
    std::size_t nulls_ = 0;
};

/// Builds an array of values of fixed width that are `T` in memory: int64 of `std::int64_t`, and timestamps, too. All
/// builders take their memory from the pool, which must not be null, give it away with `finish()`, and can be used again
/// afterwards.
///
/// When memory is refused (see `buffer_pool::take`), a builder may hold part of a value: `truncate` to the size before, and
/// it can be used again.
template <class T>
class number_builder {
  public:
    /// Of the type that has the name of `T`.
    explicit number_builder(std::shared_ptr<buffer_pool> pool)
        requires(detail::natural_id<T> != type_id::null && !is_decimal(detail::natural_id<T>))
        : number_builder{data_type{detail::natural_id<T>}, std::move(pool)} {}
    /// Precondition: values of `type` take `sizeof(T)` bytes.
    number_builder(data_type type, std::shared_ptr<buffer_pool> pool)
        : type_{std::move(type)}, validity_{pool}, values_{std::move(pool)} {}

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return values_.size() / sizeof(T); }
    void reserve(std::size_t more) { values_.reserve(values_.size() + more * sizeof(T)); }

    void append(T value) {
        *grow(1) = value;
        validity_.append_valid(1);
    }
    void append_null() { append_nulls(1); }
    void append_nulls(std::size_t count) {
        auto* at = grow(count);
        for (std::size_t i = 0; i < count; ++i) at[i] = T{};
        validity_.append_nulls(count);
    }
    /// A value that was appended. Precondition: `i < size()`.
    const T& operator[](std::size_t i) const noexcept { return reinterpret_cast<const T*>(values_.data())[i]; }

    /// For kernels: room for `count` more values, to be written by the caller (0 under a null), whose
    /// validity the caller appends to `validity()` as well. The pointer lives until the next call.
    T* grow(std::size_t count) {
        const auto before = values_.size();
        values_.resize(before + count * sizeof(T));
        return reinterpret_cast<T*>(values_.data() + before);
    }
    validity_builder& validity() noexcept { return validity_; }

    /// Forgets all values from `size` on.
    void truncate(std::size_t size) noexcept {
        values_.resize(size * sizeof(T));
        validity_.truncate(size);
    }

    array finish() {
        const auto n = size();
        const auto nulls = validity_.null_count();
        auto validity = validity_.finish();
        return array{type_, n, nulls, std::move(validity), values_.finish()};
    }

  private:
    data_type type_;
    validity_builder validity_;
    detail::growing_block values_;
};

using int64_builder = number_builder<std::int64_t>;
using float64_builder = number_builder<double>;

class boolean_builder {
  public:
    explicit boolean_builder(std::shared_ptr<buffer_pool> pool) : validity_{pool}, values_{std::move(pool)} {}

    data_type type() const { return type_id::boolean; }
    std::size_t size() const noexcept { return values_.size(); }

    void append(bool value) {
        values_.append(value);
        validity_.append_valid(1);
    }
    void append_null() { append_nulls(1); }
    void append_nulls(std::size_t count) {
        values_.append_run(false, count);
        validity_.append_nulls(count);
    }
    void reserve(std::size_t more) { values_.reserve(more); }
    /// For kernels: `count` (1 to 64) values at once; both words must be 0 above, and `values` 0 under a
    /// null.
    void append_word(std::uint64_t values, std::uint64_t valid, std::size_t count) {
        values_.append_word(values, count);
        validity_.append_word(valid, count);
    }
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    validity_builder validity_;
    detail::bit_builder values_;
};

/// Builds a string or binary array. It does not check that the bytes of a string are UTF-8.
class string_builder {
  public:
    /// What the offsets can address.
    static constexpr std::size_t max_bytes = 0x7fffffff;

    explicit string_builder(std::shared_ptr<buffer_pool> pool) : string_builder{type_id::string, std::move(pool)} {}
    /// Precondition: string or binary.
    string_builder(data_type type, std::shared_ptr<buffer_pool> pool)
        : type_{std::move(type)}, validity_{pool}, offsets_{pool}, data_{std::move(pool)} {}

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return offsets_.size() == 0 ? 0 : offsets_.size() / 4 - 1; }
    /// Bytes of text so far.
    std::size_t bytes() const noexcept { return data_.size(); }

    /// False, and nothing appended, when the array would come to more than `max_bytes`: finish it and go on
    /// with the next.
    bool try_append(std::string_view text) {
        if (text.size() > max_bytes - bytes()) return false;
        auto at = write(1, text.size());
        if (!text.empty()) std::memcpy(at.data, text.data(), text.size());
        at.offsets[0] = static_cast<std::int32_t>(at.first + text.size());
        commit(1, at.first + text.size());
        validity_.append_valid(1);
        return true;
    }
    /// Throws `error` (`errc::record_too_large`) where `try_append` says false.
    PENSTOCK_DECL void append(std::string_view text);
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    /// Room for `more` values of `bytes` in all.
    void reserve(std::size_t more, std::size_t bytes = 0) { (void)write(more, bytes); }

    /// For kernels: where the end offsets and the bytes of the next values go.
    struct room {
        std::int32_t* offsets; ///< end offset of each new value
        char* data;            ///< its first byte is at offset `first`
        std::size_t first;
    };
    /// Room for `count` more values of at most `bytes` in all, and 64 bytes more that may be overwritten.
    /// Precondition: `bytes <= max_bytes - this->bytes()`. Lives until the next call. Then `commit`.
    PENSTOCK_DECL room write(std::size_t count, std::size_t bytes);
    /// `count` values were written, the last of which ends at offset `end`. Their validity is the caller's to
    /// append.
    void commit(std::size_t count, std::size_t end) {
        offsets_.resize(offsets_.size() + count * 4);
        data_.resize(end);
    }
    validity_builder& validity() noexcept { return validity_; }

    /// The text of value `i`, while building.
    std::string_view operator[](std::size_t i) const noexcept {
        const auto* o = reinterpret_cast<const std::int32_t*>(offsets_.data()) + i;
        return {reinterpret_cast<const char*>(data_.data()) + o[0], static_cast<std::size_t>(o[1] - o[0])};
    }

    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    data_type type_;
    validity_builder validity_;
    detail::growing_block offsets_; // empty until the first value
    detail::growing_block data_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/flat_builders.ipp>
#endif
