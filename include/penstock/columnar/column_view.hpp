// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/columnar/detail/natural_type.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace penstock {

/// Which C++ type reads which column types. Specialise it for types of your own: `known`, `reads`, `wanted` for the message
/// when it does not, and `at`.
///
/// | C++ | column |
/// |---|---|
/// | `bool` | boolean |
/// | `std::int8_t` … `std::uint64_t`, `float16`, `float`, `double` | the number of just that width |
/// | `std::string_view` | text in any form, dictionaries of it included |
/// | `std::span<const std::byte>` | binary in any form, dictionaries of it included |
/// | `std::chrono::sys_days` | date32, date64 |
/// | `std::chrono::sys_time<seconds … nanoseconds>` | timestamp of that unit, with a time zone or without |
/// | `std::chrono::seconds` … `nanoseconds` | duration, time32 and time64 (since midnight) of that unit |
/// | `decimal128_value`, `decimal256_value`, `day_time_interval`, `month_day_nano_interval` | their types |
template <class T>
struct column_traits {
    static constexpr bool known = false;
};

namespace detail {

template <class T>
struct fixed_width_traits {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept { return t.id() == natural_id<T>; }
    static std::string wanted() { return std::string{kind_name(natural_id<T>)}; }
    static T at(const array& a, std::size_t i) noexcept { return a.value_at<T>(i); }
};

template <class Duration>
inline constexpr int unit_of = -1;
template <>
inline constexpr int unit_of<std::chrono::seconds> = static_cast<int>(time_unit::second);
template <>
inline constexpr int unit_of<std::chrono::milliseconds> = static_cast<int>(time_unit::millisecond);
template <>
inline constexpr int unit_of<std::chrono::microseconds> = static_cast<int>(time_unit::microsecond);
template <>
inline constexpr int unit_of<std::chrono::nanoseconds> = static_cast<int>(time_unit::nanosecond);

/// Of the values of a dictionary, else of the type itself.
inline type_id value_id(const data_type& t) noexcept {
    return t.id() == type_id::dictionary ? t.value_type().id() : t.id();
}

} // namespace detail

template <>
struct column_traits<bool> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept { return t.id() == type_id::boolean; }
    static std::string wanted() { return "boolean"; }
    static bool at(const array& a, std::size_t i) noexcept { return a.boolean_at(i); }
};
template <>
struct column_traits<std::int8_t> : detail::fixed_width_traits<std::int8_t> {};
template <>
struct column_traits<std::int16_t> : detail::fixed_width_traits<std::int16_t> {};
template <>
struct column_traits<std::int32_t> : detail::fixed_width_traits<std::int32_t> {};
template <>
struct column_traits<std::int64_t> : detail::fixed_width_traits<std::int64_t> {};
template <>
struct column_traits<std::uint8_t> : detail::fixed_width_traits<std::uint8_t> {};
template <>
struct column_traits<std::uint16_t> : detail::fixed_width_traits<std::uint16_t> {};
template <>
struct column_traits<std::uint32_t> : detail::fixed_width_traits<std::uint32_t> {};
template <>
struct column_traits<std::uint64_t> : detail::fixed_width_traits<std::uint64_t> {};
template <>
struct column_traits<float16> : detail::fixed_width_traits<float16> {};
template <>
struct column_traits<float> : detail::fixed_width_traits<float> {};
template <>
struct column_traits<double> : detail::fixed_width_traits<double> {};
template <>
struct column_traits<decimal128_value> : detail::fixed_width_traits<decimal128_value> {};
template <>
struct column_traits<decimal256_value> : detail::fixed_width_traits<decimal256_value> {};
template <>
struct column_traits<day_time_interval> : detail::fixed_width_traits<day_time_interval> {};
template <>
struct column_traits<month_day_nano_interval>
    : detail::fixed_width_traits<month_day_nano_interval> {};

template <>
struct column_traits<std::string_view> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept { return is_text(detail::value_id(t)); }
    static std::string wanted() { return "string"; }
    static std::string_view at(const array& a, std::size_t i) noexcept {
        return a.type().id() == type_id::string ? a.string_at(i) : a.bytes_at(i);
    }
};
template <>
struct column_traits<std::span<const std::byte>> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept { return is_binary(detail::value_id(t)); }
    static std::string wanted() { return "binary"; }
    static std::span<const std::byte> at(const array& a, std::size_t i) noexcept {
        const auto bytes = a.bytes_at(i);
        return {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()};
    }
};
template <>
struct column_traits<std::chrono::sys_days> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept { return t.id() == type_id::date32 || t.id() == type_id::date64; }
    static std::string wanted() { return "date32"; }
    static std::chrono::sys_days at(const array& a, std::size_t i) noexcept {
        if (a.type().id() == type_id::date32)
            return std::chrono::sys_days{std::chrono::days{a.value_at<std::int32_t>(i)}};
        return std::chrono::floor<std::chrono::days>(
            std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{a.value_at<std::int64_t>(i)}});
    }
};
template <class Duration>
    requires(detail::unit_of<Duration> >= 0)
struct column_traits<std::chrono::sys_time<Duration>> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept {
        return t.id() == type_id::timestamp && static_cast<int>(t.unit()) == detail::unit_of<Duration>;
    }
    static std::string wanted() {
        return data_type::timestamp(static_cast<time_unit>(detail::unit_of<Duration>)).name();
    }
    static std::chrono::sys_time<Duration> at(const array& a, std::size_t i) noexcept {
        return std::chrono::sys_time<Duration>{Duration{a.value_at<std::int64_t>(i)}};
    }
};
template <class Duration>
    requires(detail::unit_of<Duration> >= 0)
struct column_traits<Duration> {
    static constexpr bool known = true;
    static bool reads(const data_type& t) noexcept {
        return (t.id() == type_id::duration || t.id() == type_id::time32 || t.id() == type_id::time64) &&
               static_cast<int>(t.unit()) == detail::unit_of<Duration>;
    }
    static std::string wanted() { return data_type::duration(static_cast<time_unit>(detail::unit_of<Duration>)).name(); }
    static Duration at(const array& a, std::size_t i) noexcept {
        return Duration{a.type().id() == type_id::time32 ? a.value_at<std::int32_t>(i) : a.value_at<std::int64_t>(i)};
    }
};

/// A column as a range of `T`. It shares the column's memory, so it may outlive the batch; iterators and
/// texts may not outlive the view and every batch that shares its memory. Under a null, as our readers leave it: 0,
/// false, "".
template <class T>
class column_view {
  public:
    using value_type = T;

    /// Precondition: `column_traits<T>::reads(a.type())`.
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

    /// The values in memory, for types of fixed width.
    std::span<const T> values() const noexcept
        requires std::is_base_of_v<detail::fixed_width_traits<T>, column_traits<T>> {
        return array_.values_as<T>();
    }

  private:
    array array_;
};

} // namespace penstock
