// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/cast.hpp>

namespace penstock {
namespace detail {

/// Integers up to 2^n are exact.
inline int exact_bits(type_id floating) noexcept {
    return floating == type_id::float16 ? 11 : floating == type_id::float32 ? 24 : 53;
}

/// Bits of a number's size.
inline int integer_bits(const data_type& t) noexcept {
    return static_cast<int>(t.bit_width()) - is_signed_integer(t.id());
}

/// Decimal digits of the largest number of so many bits.
inline int integer_digits(const data_type& t) noexcept {
    switch (t.bit_width()) {
    case 8:
        return 3;
    case 16:
        return 5;
    case 32:
        return 10;
    default:
        return is_signed_integer(t.id()) ? 19 : 20;
    }
}

inline bool can_cast_integer(const data_type& from, const data_type& to) noexcept {
    if (is_integer(to.id()))
        return integer_bits(to) >= integer_bits(from) &&
               (is_signed_integer(to.id()) || !is_signed_integer(from.id()));
    if (is_floating(to.id())) return integer_bits(from) <= exact_bits(to.id());
    return is_decimal(to.id()) && to.scale() >= 0 && to.precision() - to.scale() >= integer_digits(from);
}

/// A decimal's digits before the point may be of any weight.
inline bool can_cast_decimal(const data_type& from, const data_type& to) noexcept {
    if (!is_decimal(to.id())) return false;
    const auto whole = [](const data_type& t) { return static_cast<std::int64_t>(t.precision()) - t.scale(); };
    return to.scale() >= from.scale() && whole(to) >= whole(from);
}

inline bool can_cast_time(const data_type& from, const data_type& to) noexcept {
    const auto of_day = [](type_id id) { return id == type_id::time32 || id == type_id::time64; };
    switch (from.id()) {
    case type_id::date32:
    case type_id::date64:
        return to.id() == type_id::date64 || (to.id() == type_id::timestamp && to.time_zone().empty());
    case type_id::time32:
    case type_id::time64:
        return of_day(to.id()) && to.unit() >= from.unit();
    case type_id::timestamp:
        return to.id() == type_id::timestamp && to.unit() >= from.unit() &&
               from.time_zone().empty() == to.time_zone().empty();
    case type_id::duration:
        return to.id() == type_id::duration && to.unit() >= from.unit();
    default:
        return to.id() == type_id::interval_month_day_nano;
    }
}

inline bool can_cast_field(const field& from, const field& to) noexcept {
    return (to.nullable() || !from.nullable()) && can_cast(from.type(), to.type());
}

inline bool can_cast_fields(const data_type& from, const data_type& to, bool by_name = false) noexcept {
    const auto a = from.fields(), b = to.fields();
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (by_name && a[i].name() != b[i].name()) return false;
        if (!can_cast_field(a[i], b[i])) return false;
    }
    return true;
}

inline bool is_list(type_id id) noexcept { return id == type_id::list || id == type_id::large_list; }

} // namespace detail

PENSTOCK_DECL bool can_cast(const data_type& from, const data_type& to) noexcept {
    if (from == to) return true;
    const auto id = from.id();
    if (id == type_id::null) return !is_union(to.id());
    if (id == type_id::dictionary) {
        if (to.id() != type_id::dictionary) return can_cast(from.value_type(), to);
        return can_cast(from.index_type(), to.index_type()) && can_cast(from.value_type(), to.value_type());
    }
    if (to.id() == type_id::dictionary) return from == to.value_type();
    if (is_integer(id)) return detail::can_cast_integer(from, to);
    if (is_floating(id)) return is_floating(to.id()) && to.id() >= id;
    if (is_decimal(id)) return detail::can_cast_decimal(from, to);
    if (is_text(id)) return is_text(to.id()) || (is_binary(to.id()) && to.id() != type_id::fixed_size_binary);
    if (is_binary(id)) return is_binary(to.id()) && to.id() != type_id::fixed_size_binary;
    if (is_temporal(id)) return detail::can_cast_time(from, to);
    if (detail::is_list(id)) return detail::is_list(to.id()) && detail::can_cast_fields(from, to);
    if (id == type_id::fixed_size_list)
        return (detail::is_list(to.id()) || (to.id() == id && to.list_size() == from.list_size())) &&
               detail::can_cast_fields(from, to);
    if (id == type_id::struct_) return to.id() == id && detail::can_cast_fields(from, to, true);
    if (id == type_id::map)
        return to.id() == id && (from.keys_sorted() || !to.keys_sorted()) &&
               detail::can_cast_fields(from.item().type(), to.item().type());
    return false;
}

} // namespace penstock
