// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/scalar_text.hpp>

#include <penstock/columnar/decimal.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/format/numbers.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {
namespace detail {

template <class B, class V>
bool append_parsed(array_builder& to, const std::optional<V>& value) {
    if (value) to.as<B>().append(*value);
    return value.has_value();
}
template <class V>
bool append_number_to(array_builder& to, const std::optional<V>& value) {
    return append_parsed<number_builder<V>>(to, value);
}

} // namespace detail

PENSTOCK_DECL bool has_text_form(const data_type& type) noexcept {
    return !is_nested(detail::innermost(type).id());
}

PENSTOCK_DECL bool append_scalar(std::string& out, const array& column, std::size_t row, binary_form form) {
    const auto& type = column.type();
    switch (type.id()) {
    case type_id::null:
        return false; // it has no value but null
    case type_id::boolean:
        out += column.boolean_at(row) ? "true" : "false";
        return true;
    case type_id::int8:
        append_int64(out, column.value_at<std::int8_t>(row));
        return true;
    case type_id::int16:
        append_int64(out, column.value_at<std::int16_t>(row));
        return true;
    case type_id::int32:
        append_int64(out, column.value_at<std::int32_t>(row));
        return true;
    case type_id::int64:
        append_int64(out, column.int64_at(row));
        return true;
    case type_id::uint8:
        append_uint64(out, column.value_at<std::uint8_t>(row));
        return true;
    case type_id::uint16:
        append_uint64(out, column.value_at<std::uint16_t>(row));
        return true;
    case type_id::uint32:
        append_uint64(out, column.value_at<std::uint32_t>(row));
        return true;
    case type_id::uint64:
        append_uint64(out, column.value_at<std::uint64_t>(row));
        return true;
    case type_id::float16:
        append_float16(out, column.value_at<float16>(row));
        return true;
    case type_id::float32:
        append_float32(out, column.value_at<float>(row));
        return true;
    case type_id::float64:
        append_float64(out, column.float64_at(row));
        return true;
    case type_id::decimal128:
        append_decimal(out, column.value_at<decimal128_value>(row), type.scale());
        return true;
    case type_id::decimal256:
        append_decimal(out, column.value_at<decimal256_value>(row), type.scale());
        return true;
    case type_id::string:
    case type_id::large_string:
    case type_id::string_view:
        out += column.bytes_at(row);
        return true;
    case type_id::binary:
    case type_id::large_binary:
    case type_id::binary_view:
    case type_id::fixed_size_binary:
        append_binary(out, column.bytes_at(row), form);
        return true;
    case type_id::date32:
        append_date32(out, column.value_at<std::int32_t>(row));
        return true;
    case type_id::date64:
        return append_date64(out, column.int64_at(row));
    case type_id::time32:
        return append_time(out, column.value_at<std::int32_t>(row), type.unit());
    case type_id::time64:
        return append_time(out, column.int64_at(row), type.unit());
    case type_id::timestamp:
        append_timestamp(out, column.int64_at(row), type.unit(), !type.time_zone().empty());
        return true;
    case type_id::duration:
        append_duration(out, column.int64_at(row), type.unit());
        return true;
    case type_id::interval_months:
        append_interval_months(out, column.value_at<std::int32_t>(row));
        return true;
    case type_id::interval_day_time:
        append_interval_day_time(out, column.value_at<day_time_interval>(row));
        return true;
    case type_id::interval_month_day_nano:
        append_interval_month_day_nano(out, column.value_at<month_day_nano_interval>(row));
        return true;
    case type_id::dictionary:
        return append_scalar(out, column.dictionary(), column.index_at(row), form);
    default:
        return false;
    }
}

PENSTOCK_DECL scalar_parser::scalar_parser(data_type type, binary_form form) : type_{std::move(type)}, form_{form} {
    if (type_.id() != type_id::dictionary) return;
    values_ = std::make_unique<scalar_parser>(type_.value_type(), form);
    pool_ = buffer_pool::create();
}

PENSTOCK_DECL bool scalar_parser::append_count(std::int64_t count, array_builder& to) {
    const auto append_if = [&]<class T>(bool fits, std::type_identity<T>) {
        if (fits) to.as<number_builder<T>>().append(static_cast<T>(count));
        return fits;
    };
    constexpr std::type_identity<std::int32_t> narrow;
    constexpr std::type_identity<std::int64_t> wide;
    switch (type_.id()) {
    case type_id::date32:
    case type_id::interval_months:
        return append_if(std::in_range<std::int32_t>(count), narrow);
    case type_id::date64:
        return append_if(count % 86'400'000 == 0, wide);
    case type_id::time32:
        return append_if(is_time_of_day(count, type_.unit()), narrow);
    case type_id::time64:
        return append_if(is_time_of_day(count, type_.unit()), wide);
    case type_id::timestamp:
        return append_if(true, wide);
    case type_id::dictionary: {
        array_builder one{type_.value_type(), pool_};
        if (!values_->append_count(count, one)) return false;
        to.as<dictionary_builder>().append(one.finish(), 0);
        return true;
    }
    default:
        return false;
    }
}

PENSTOCK_DECL bool scalar_parser::append(std::string_view text, array_builder& to) {
    const auto text_to = [&]<class B>(std::type_identity<B>) {
        to.as<B>().append(text);
        return true;
    };
    const auto bytes_to = [&]<class B>(std::type_identity<B>) {
        bytes_.clear();
        if (!parse_binary(text, form_, bytes_)) return false;
        if (type_.id() == type_id::fixed_size_binary && bytes_.size() != type_.byte_width()) return false;
        to.as<B>().append(bytes_);
        return true;
    };
    switch (type_.id()) {
    case type_id::boolean:
        return detail::append_parsed<boolean_builder>(to, parse_boolean(text));
    case type_id::int8:
        return detail::append_number_to(to, parse_integer<std::int8_t>(text));
    case type_id::int16:
        return detail::append_number_to(to, parse_integer<std::int16_t>(text));
    case type_id::int32:
        return detail::append_number_to(to, parse_integer<std::int32_t>(text));
    case type_id::int64:
        return detail::append_number_to(to, parse_int64(text));
    case type_id::uint8:
        return detail::append_number_to(to, parse_integer<std::uint8_t>(text));
    case type_id::uint16:
        return detail::append_number_to(to, parse_integer<std::uint16_t>(text));
    case type_id::uint32:
        return detail::append_number_to(to, parse_integer<std::uint32_t>(text));
    case type_id::uint64:
        return detail::append_number_to(to, parse_uint64(text));
    case type_id::float16:
        return detail::append_number_to(to, parse_float16(text));
    case type_id::float32:
        return detail::append_number_to(to, parse_float32(text));
    case type_id::float64:
        return detail::append_number_to(to, parse_float64(text));
    case type_id::decimal128:
        return detail::append_number_to(to, parse_decimal128(text, type_.precision(), type_.scale()));
    case type_id::decimal256:
        return detail::append_number_to(to, parse_decimal256(text, type_.precision(), type_.scale()));
    case type_id::string:
        return text_to(std::type_identity<string_builder>{});
    case type_id::large_string:
        return text_to(std::type_identity<large_string_builder>{});
    case type_id::string_view:
        return text_to(std::type_identity<view_builder>{});
    case type_id::binary:
        return bytes_to(std::type_identity<string_builder>{});
    case type_id::large_binary:
        return bytes_to(std::type_identity<large_string_builder>{});
    case type_id::binary_view:
        return bytes_to(std::type_identity<view_builder>{});
    case type_id::fixed_size_binary:
        return bytes_to(std::type_identity<fixed_size_binary_builder>{});
    case type_id::date32:
        return detail::append_number_to(to, parse_date32(text));
    case type_id::date64:
        return detail::append_number_to(to, parse_date64(text));
    case type_id::time32: {
        const auto value = parse_time(text, type_.unit());
        if (value) to.as<number_builder<std::int32_t>>().append(static_cast<std::int32_t>(*value));
        return value.has_value();
    }
    case type_id::time64:
        return detail::append_number_to(to, parse_time(text, type_.unit()));
    case type_id::timestamp:
        return detail::append_number_to(to, parse_timestamp(text, type_.unit(), !type_.time_zone().empty()));
    case type_id::duration:
        return detail::append_number_to(to, parse_duration(text, type_.unit()));
    case type_id::interval_months:
        return detail::append_number_to(to, parse_interval_months(text));
    case type_id::interval_day_time:
        return detail::append_number_to(to, parse_interval_day_time(text));
    case type_id::interval_month_day_nano:
        return detail::append_number_to(to, parse_interval_month_day_nano(text));
    case type_id::dictionary: {
        if (is_text(type_.value_type().id())) {
            to.as<dictionary_builder>().append(text);
            return true;
        }
        array_builder one{type_.value_type(), pool_};
        if (!values_->append(text, one)) return false;
        to.as<dictionary_builder>().append(one.finish(), 0);
        return true;
    }
    default:
        return false;
    }
}

} // namespace penstock
