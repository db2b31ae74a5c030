// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

namespace penstock {

/// Which C++ type reads which column type: `bool`, `std::int64_t`, `double`, `std::string_view`.
template <class T>
struct column_traits {
    static constexpr bool known = false;
};
template <>
struct column_traits<bool> {
    static constexpr bool known = true;
    static constexpr data_type type = data_type::boolean();
    static bool at(const array& a, std::size_t i) noexcept { return a.boolean_at(i); }
};
template <>
struct column_traits<std::int64_t> {
    static constexpr bool known = true;
    static constexpr data_type type = data_type::int64();
    static std::int64_t at(const array& a, std::size_t i) noexcept { return a.int64_at(i); }
};
template <>
struct column_traits<double> {
    static constexpr bool known = true;
    static constexpr data_type type = data_type::float64();
    static double at(const array& a, std::size_t i) noexcept { return a.float64_at(i); }
};
template <>
struct column_traits<std::string_view> {
    static constexpr bool known = true;
    static constexpr data_type type = data_type::string();
    static std::string_view at(const array& a, std::size_t i) noexcept { return a.string_at(i); }
};

/// A column as a range of `T`. It shares the column's memory, so it may outlive the batch; iterators and
/// `string_view`s may not outlive the view and every batch that shares its memory. Under a null: 0, false,
/// "".
template <class T>
class column_view {
  public:
    using value_type = T;

    /// Precondition: `a.type() == column_traits<T>::type`.
    explicit column_view(array a) noexcept : array_{std::move(a)} {}

    std::size_t size() const noexcept { return array_.size(); }
    bool empty() const noexcept { return size() == 0; }
    T operator[](std::size_t i) const noexcept { return column_traits<T>::at(array_, i); }
    bool is_null(std::size_t i) const noexcept { return array_.is_null(i); }
    std::size_t null_count() const noexcept { return array_.null_count(); }

    class iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using iterator_concept = std::random_access_iterator_tag;
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using reference = T;
        using pointer = void;

        iterator() = default;
        T operator*() const noexcept { return (*view_)[static_cast<std::size_t>(i_)]; }
        T operator[](difference_type n) const noexcept { return *(*this + n); }
        iterator& operator++() noexcept { return *this += 1; }
        iterator operator++(int) noexcept { return *this += 1, *this - 1; }
        iterator& operator--() noexcept { return *this += -1; }
        iterator operator--(int) noexcept { return *this += -1, *this + 1; }
        iterator& operator+=(difference_type n) noexcept {
            i_ += n;
            return *this;
        }
        iterator& operator-=(difference_type n) noexcept { return *this += -n; }
        friend iterator operator+(iterator a, difference_type n) noexcept { return a += n; }
        friend iterator operator+(difference_type n, iterator a) noexcept { return a += n; }
        friend iterator operator-(iterator a, difference_type n) noexcept { return a += -n; }
        friend difference_type operator-(iterator a, iterator b) noexcept { return a.i_ - b.i_; }
        friend bool operator==(iterator a, iterator b) noexcept { return a.i_ == b.i_; }
        friend auto operator<=>(iterator a, iterator b) noexcept { return a.i_ <=> b.i_; }

      private:
        friend class column_view;
        iterator(const column_view* view, difference_type i) noexcept : view_{view}, i_{i} {}
        const column_view* view_ = nullptr;
        difference_type i_ = 0;
    };

    iterator begin() const noexcept { return {this, 0}; }
    iterator end() const noexcept { return {this, static_cast<std::ptrdiff_t>(size())}; }

    /// The values in memory, for int64 and float64 columns.
    std::span<const T> values() const noexcept
        requires(std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>) {
        return {array_.values().template as<T>() + array_.offset(), size()};
    }

  private:
    array array_;
};

} // namespace penstock
