// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/column_view.hpp>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock {

/// A struct that Boost.Describe knows: `BOOST_DESCRIBE_STRUCT(name, (bases), (members))` stands behind its definition.
template <class T>
concept described_row = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

namespace detail {

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T, class F>
constexpr void for_each_member(F&& f) {
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) { f(d.name, d.pointer); });
}

template <class T>
constexpr auto member_names() {
    std::array<std::string_view, boost::mp11::mp_size<members_of<T>>::value> out{};
    std::size_t i = 0;
    for_each_member<T>([&](const char* name, auto) { out[i++] = name; });
    return out;
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;
template <class T>
inline constexpr bool is_sys_time = false;
template <class D>
inline constexpr bool is_sys_time<std::chrono::sys_time<D>> = unit_of<D> >= 0;
template <class T>
concept described_enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept plain_integer = std::integral<T> && !std::same_as<T, bool> && sizeof(T) <= 8;
template <class T>
concept plain_float = std::same_as<T, float> || std::same_as<T, double>;
template <class T>
concept text_member = std::same_as<T, std::string> || std::same_as<T, std::string_view>;

template <class T>
inline constexpr bool never = false;

template <class D>
struct member_value;
template <class C, class T>
struct member_value<T C::*> {
    using type = T;
};

} // namespace detail
} // namespace penstock
