// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/date_column.hpp>

#include <penstock/columnar/values.hpp>
#include <penstock/format/detail/civil.hpp>

namespace penstock::csv::detail {

inline constexpr std::int64_t date64_day = penstock::detail::seconds_a_day * 1000;

PENSTOCK_DECL data_type type_of(const date_format& form) {
    if (!form.has_date()) return data_type::time64(time_unit::microsecond);
    if (!form.has_time()) return data_type::date32();
    return data_type::timestamp(time_unit::microsecond, form.has_zone() ? "UTC" : "");
}

PENSTOCK_DECL bool suits(const date_format& form, const data_type& type) noexcept {
    switch (type.id()) {
    case type_id::date32:
    case type_id::date64:
        return form.has_date() && !form.has_time();
    case type_id::time32:
    case type_id::time64:
        return form.has_time() && !form.has_date();
    case type_id::timestamp:
        return form.has_date();
    default:
        return false;
    }
}

PENSTOCK_DECL bool append_date(std::string_view text, const date_format& form, array_builder& to) {
    const auto& type = to.type();
    switch (type.id()) {
    case type_id::date32: {
        const auto value = form.parse_date32(text);
        if (value) to.as<number_builder<std::int32_t>>().append(*value);
        return value.has_value();
    }
    case type_id::date64: {
        const auto value = form.parse_date32(text);
        if (value) to.as<int64_builder>().append(*value * date64_day);
        return value.has_value();
    }
    case type_id::time32: {
        const auto value = form.parse_time(text, type.unit());
        if (value) to.as<number_builder<std::int32_t>>().append(static_cast<std::int32_t>(*value));
        return value.has_value();
    }
    default: {
        const auto value = type.id() == type_id::time64 ? form.parse_time(text, type.unit()) : form.parse_timestamp(text, type.unit());
        if (value) to.as<int64_builder>().append(*value);
        return value.has_value();
    }
    }
}

PENSTOCK_DECL bool append_date_text(std::string& out, const array& column, std::size_t row, const date_format& form) {
    const auto& type = column.type();
    const auto id = type.id();
    const std::int64_t value = id == type_id::date32 || id == type_id::time32 ? column.value_at<std::int32_t>(row) : column.int64_at(row);
    if (id == type_id::date32) {
        form.append_date32(out, static_cast<std::int32_t>(value));
        return true;
    }
    if (id == type_id::date64) {
        if (value % date64_day != 0) return false;
        form.append_timestamp(out, value, time_unit::millisecond);
        return true;
    }
    const bool time = id == type_id::time32 || id == type_id::time64;
    if (time && (value < 0 || value >= penstock::detail::seconds_a_day * penstock::detail::units_a_second(type.unit()))) return false;
    form.append_timestamp(out, value, type.unit());
    return true;
}

} // namespace penstock::csv::detail
