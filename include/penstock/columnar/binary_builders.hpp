// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/flat_builders.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

// Builders of the rarer forms of text and bytes; `string_builder` makes `string` and `binary`.

/// Builds a large_string or large_binary array: no limit of 2 GiB.
class large_string_builder {
  public:
    /// Precondition: large_string or large_binary.
    large_string_builder(data_type type, std::shared_ptr<buffer_pool> pool)
        : type_{std::move(type)}, validity_{pool}, offsets_{pool}, data_{std::move(pool)} {}

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return offsets_.size() == 0 ? 0 : offsets_.size() / 8 - 1; }
    std::size_t bytes() const noexcept { return data_.size(); }

    PENSTOCK_DECL void append(std::string_view text);
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void reserve(std::size_t more, std::size_t bytes = 0);
    std::string_view operator[](std::size_t i) const noexcept {
        const auto* o = offsets() + i;
        return {reinterpret_cast<const char*>(data_.data()) + o[0], static_cast<std::size_t>(o[1] - o[0])};
    }
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    std::int64_t* offsets() const noexcept { return reinterpret_cast<std::int64_t*>(offsets_.data()); }
    PENSTOCK_DECL void append_ends(std::size_t count);

    data_type type_;
    validity_builder validity_;
    detail::growing_block offsets_; // empty until the first value
    detail::growing_block data_;
};

/// Builds a string_view or binary_view array. Texts of more than 12 bytes are gathered in blocks, which are never copied to
/// grow.
class view_builder {
  public:
    /// Of one text.
    static constexpr std::size_t max_bytes = 0x7fffffff;

    /// Precondition: string_view or binary_view.
    view_builder(data_type type, std::shared_ptr<buffer_pool> pool)
        : type_{std::move(type)}, pool_{pool}, validity_{pool}, views_{std::move(pool)} {}

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return views_.size() / 16; }

    /// Throws `error` (`errc::record_too_large`) for a text of more than `max_bytes`.
    PENSTOCK_DECL void append(std::string_view text);
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    void reserve(std::size_t more) { views_.reserve(views_.size() + more * 16); }
    PENSTOCK_DECL std::string_view operator[](std::size_t i) const noexcept;
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    PENSTOCK_DECL char* room(std::size_t bytes);

    data_type type_;
    std::shared_ptr<buffer_pool> pool_;
    validity_builder validity_;
    detail::growing_block views_;
    std::vector<pooled_buffer> blocks_;
    std::size_t used_ = 0; // of the last block
    std::vector<std::size_t> full_; // bytes used of those before
};

/// Builds a fixed_size_binary array.
class fixed_size_binary_builder {
  public:
    /// Precondition: fixed_size_binary.
    fixed_size_binary_builder(data_type type, std::shared_ptr<buffer_pool> pool)
        : type_{std::move(type)}, width_{type_.byte_width()}, validity_{pool}, values_{std::move(pool)} {}

    const data_type& type() const noexcept { return type_; }
    std::size_t size() const noexcept { return validity_.size(); }

    /// Throws `error` (`errc::type_mismatch`) unless there are as many bytes as the type says.
    PENSTOCK_DECL void append(std::string_view bytes);
    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    void reserve(std::size_t more) { values_.reserve(values_.size() + more * width_); }
    std::string_view operator[](std::size_t i) const noexcept {
        return {reinterpret_cast<const char*>(values_.data()) + i * width_, width_};
    }
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    data_type type_;
    std::size_t width_;
    validity_builder validity_;
    detail::growing_block values_;
};

/// "Builds" a null array: counts.
class null_builder {
  public:
    data_type type() const noexcept { return type_id::null; }
    std::size_t size() const noexcept { return size_; }
    void append_null() noexcept { ++size_; }
    void append_nulls(std::size_t count) noexcept { size_ += count; }
    void reserve(std::size_t) noexcept {}
    void truncate(std::size_t size) noexcept {
        if (size < size_) size_ = size;
    }
    array finish() { return array::nulls(std::exchange(size_, 0)); }

  private:
    std::size_t size_ = 0;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/impl/binary_builders.ipp>
#endif
