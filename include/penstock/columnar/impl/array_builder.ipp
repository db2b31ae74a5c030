// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>

#include <penstock/core/error.hpp>

namespace penstock {

PENSTOCK_DECL array_builder::array_builder(data_type type, std::shared_ptr<buffer_pool> pool)
    : builder_{make(std::move(type), std::move(pool))} {}

PENSTOCK_DECL array_builder::any array_builder::make(data_type type, std::shared_ptr<buffer_pool> pool) {
    const auto number = [&]<class T>(T) -> any { return number_builder<T>{std::move(type), std::move(pool)}; };
    switch (type.id()) {
    case type_id::boolean:
        return boolean_builder{std::move(pool)};
    case type_id::int8:
        return number(std::int8_t{});
    case type_id::int16:
        return number(std::int16_t{});
    case type_id::int32:
    case type_id::date32:
    case type_id::time32:
    case type_id::interval_months:
        return number(std::int32_t{});
    case type_id::int64:
    case type_id::date64:
    case type_id::time64:
    case type_id::timestamp:
    case type_id::duration:
        return number(std::int64_t{});
    case type_id::uint8:
        return number(std::uint8_t{});
    case type_id::uint16:
        return number(std::uint16_t{});
    case type_id::uint32:
        return number(std::uint32_t{});
    case type_id::uint64:
        return number(std::uint64_t{});
    case type_id::float16:
        return number(float16{});
    case type_id::float32:
        return number(float{});
    case type_id::float64:
        return number(double{});
    case type_id::decimal128:
        return number(decimal128_value{});
    case type_id::decimal256:
        return number(decimal256_value{});
    case type_id::interval_day_time:
        return number(day_time_interval{});
    case type_id::interval_month_day_nano:
        return number(month_day_nano_interval{});
    case type_id::string:
    case type_id::binary:
        return string_builder{std::move(type), std::move(pool)};
    case type_id::null:
        return null_builder{};
    case type_id::large_string:
    case type_id::large_binary:
        return large_string_builder{std::move(type), std::move(pool)};
    case type_id::string_view:
    case type_id::binary_view:
        return view_builder{std::move(type), std::move(pool)};
    case type_id::fixed_size_binary:
        return fixed_size_binary_builder{std::move(type), std::move(pool)};
    case type_id::list:
    case type_id::large_list:
    case type_id::map:
        return list_builder{std::move(type), pool};
    case type_id::fixed_size_list:
        return fixed_size_list_builder{std::move(type), pool};
    case type_id::struct_:
        return struct_builder{std::move(type), pool};
    case type_id::dictionary:
        return dictionary_builder{std::move(type), pool};
    case type_id::sparse_union:
    case type_id::dense_union:
        return union_builder{std::move(type), pool};
    }
    throw_failure({errc::invalid_option, "no builder makes arrays of " + type.name()});
}

PENSTOCK_DECL std::size_t array_builder::num_children() const noexcept {
    return std::visit(
        [](const auto& b) -> std::size_t {
            if constexpr (requires { b.num_children(); })
                return b.num_children();
            else if constexpr (requires { b.child(); })
                return 1;
            else
                return 0;
        },
        builder_);
}

PENSTOCK_DECL array_builder& array_builder::child(std::size_t i) noexcept {
    return *std::visit(
        [i](auto& b) -> array_builder* {
            if constexpr (requires { b.child(i); })
                return &b.child(i);
            else if constexpr (requires { b.child(); })
                return &b.child();
            else
                return nullptr;
        },
        builder_);
}

} // namespace penstock
