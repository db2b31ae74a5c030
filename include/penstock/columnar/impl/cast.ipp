// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/cast.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/decimal.hpp>
#include <penstock/columnar/float16.hpp>

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock {
namespace detail {

using pool_ptr = std::shared_ptr<buffer_pool>;

inline array cast_tidy(const array& from, const data_type& to, const pool_ptr& pool);

/// Calls `f` with a number of the C++ type that stands in memory for the kind.
template <class F>
auto with_integer(type_id id, F f) {
    switch (id) {
    case type_id::int8:
        return f(std::int8_t{});
    case type_id::int16:
        return f(std::int16_t{});
    case type_id::int32:
        return f(std::int32_t{});
    case type_id::uint8:
        return f(std::uint8_t{});
    case type_id::uint16:
        return f(std::uint16_t{});
    case type_id::uint32:
        return f(std::uint32_t{});
    case type_id::uint64:
        return f(std::uint64_t{});
    default:
        return f(std::int64_t{});
    }
}

/// Each value by itself.
template <class From, class To, class F>
array convert(const array& from, const data_type& to, const pool_ptr& pool, F f) {
    number_builder<To> out{to, pool};
    out.reserve(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from.is_null(i))
            out.append_null();
        else
            out.append(static_cast<To>(f(from.value_at<From>(i))));
    }
    return out.finish();
}

inline array cast_integer(const array& from, const data_type& to, const pool_ptr& pool) {
    return with_integer(from.type().id(), [&](auto number) {
        using source = decltype(number);
        const auto same = [](source v) { return v; };
        switch (to.id()) {
        case type_id::float16:
            return convert<source, float16>(from, to, pool, [](source v) { return to_float16(static_cast<double>(v)); });
        case type_id::float32:
            return convert<source, float>(from, to, pool, same);
        case type_id::float64:
            return convert<source, double>(from, to, pool, same);
        case type_id::decimal128:
            return convert<source, decimal128_value>(from, to, pool, [&](source v) {
                return rescale(to_decimal128(v), 0, to.scale(), to.precision()).value();
            });
        case type_id::decimal256:
            return convert<source, decimal256_value>(from, to, pool, [&](source v) {
                return rescale(to_decimal256(v), 0, to.scale(), to.precision()).value();
            });
        default:
            return with_integer(to.id(), [&](auto target) {
                return convert<source, decltype(target)>(from, to, pool, same);
            });
        }
    });
}

inline array cast_floating(const array& from, const data_type& to, const pool_ptr& pool) {
    if (from.type().id() == type_id::float32) return convert<float, double>(from, to, pool, [](float v) { return v; });
    if (to.id() == type_id::float32) return convert<float16, float>(from, to, pool, to_float);
    return convert<float16, double>(from, to, pool, to_float);
}

/// Digits that are beyond the type, though its precision said otherwise, are no value of it.
template <class Value>
Value rescaled_or_refuse(const std::optional<Value>& v, const data_type& from, const data_type& to) {
    if (v) return *v;
    throw_failure({errc::type_mismatch, "a value of " + from.name() + " has more digits than that type, and than " +
                                            to.name()});
}

inline array cast_decimal(const array& from, const data_type& to, const pool_ptr& pool) {
    const auto& type = from.type();
    const auto wide = [&](const decimal256_value& v) {
        return rescaled_or_refuse(rescale(v, type.scale(), to.scale(), to.precision()), type, to);
    };
    if (type.id() == type_id::decimal256 && to.id() == type_id::decimal256)
        return convert<decimal256_value, decimal256_value>(from, to, pool, wide);
    if (type.id() == type_id::decimal256)
        return convert<decimal256_value, decimal128_value>(
            from, to, pool, [&](const decimal256_value& v) { return to_decimal128(wide(v)).value(); });
    if (to.id() == type_id::decimal256)
        return convert<decimal128_value, decimal256_value>(
            from, to, pool, [&](const decimal128_value& v) { return wide(to_decimal256(v)); });
    return convert<decimal128_value, decimal128_value>(from, to, pool, [&](const decimal128_value& v) {
        return rescaled_or_refuse(rescale(v, type.scale(), to.scale(), to.precision()), type, to);
    });
}

inline constexpr std::int64_t units_per_second[] = {1, 1'000, 1'000'000, 1'000'000'000};
inline constexpr std::int64_t day_milliseconds = 86'400'000;

inline std::int64_t per_second(time_unit u) noexcept { return units_per_second[static_cast<std::size_t>(u)]; }

template <class From>
array multiply(const array& from, const data_type& to, const pool_ptr& pool, std::int64_t factor) {
    const auto product = [&](From v) {
        std::int64_t out = 0;
        if (__builtin_mul_overflow(static_cast<std::int64_t>(v), factor, &out))
            throw_failure({errc::type_mismatch,
                           "the value " + std::to_string(v) + " of " + from.type().name() + " is beyond " + to.name()});
        return out;
    };
    if (to.bit_width() == 32) return convert<From, std::int32_t>(from, to, pool, product); // times within a day
    return convert<From, std::int64_t>(from, to, pool, product);
}

inline array cast_time(const array& from, const data_type& to, const pool_ptr& pool) {
    const auto& type = from.type();
    switch (type.id()) {
    case type_id::date32:
        if (to.id() == type_id::date64) return multiply<std::int32_t>(from, to, pool, day_milliseconds);
        return multiply<std::int32_t>(from, to, pool, 86'400 * per_second(to.unit()));
    case type_id::date64:
        if (to.unit() == time_unit::millisecond) return from.with_type(to);
        if (to.unit() > time_unit::millisecond)
            return multiply<std::int64_t>(from, to, pool, per_second(to.unit()) / 1'000);
        return convert<std::int64_t, std::int64_t>(from, to, pool, [](std::int64_t v) { return v / 1'000; });
    case type_id::interval_months:
        return convert<std::int32_t, month_day_nano_interval>(
            from, to, pool, [](std::int32_t months) { return month_day_nano_interval{months, 0, 0}; });
    case type_id::interval_day_time:
        return convert<day_time_interval, month_day_nano_interval>(from, to, pool, [](const day_time_interval& v) {
            return month_day_nano_interval{0, v.days, std::int64_t{v.milliseconds} * 1'000'000};
        });
    default: {
        const auto factor = per_second(to.unit()) / per_second(type.unit());
        if (type.id() == type_id::time32) return multiply<std::int32_t>(from, to, pool, factor);
        return factor == 1 ? from.with_type(to) : multiply<std::int64_t>(from, to, pool, factor);
    }
    }
}

inline array cast_bytes(const array& from, const data_type& to, const pool_ptr& pool) {
    const auto layout = [](type_id id) {
        return id == type_id::string         ? type_id::binary
               : id == type_id::large_string ? type_id::large_binary
               : id == type_id::string_view  ? type_id::binary_view
                                             : id;
    };
    if (layout(from.type().id()) == layout(to.id())) return from.with_type(to);
    array_builder out{to, pool};
    out.reserve(from.size());
    std::visit(
        [&](auto& b) {
            if constexpr (requires { b.append(from.bytes_at(0)); }) {
                for (std::size_t i = 0; i < from.size(); ++i) {
                    if (from.is_null(i))
                        b.append_null();
                    else
                        b.append(from.bytes_at(i));
                }
            }
        },
        out.builder());
    return out.finish();
}

inline array cast_dictionary(const array& from, const data_type& to, const pool_ptr& pool) {
    if (to.id() == type_id::dictionary) {
        const array indices{from.type().index_type(), from.size(), from.null_count(), from.validity(), from.values()};
        const auto wide = cast_tidy(indices, to.index_type(), pool);
        std::vector<array> values;
        values.push_back(cast_tidy(from.dictionary(), to.value_type(), pool));
        return array{to, wide.size(), wide.null_count(), wide.validity(), wide.values(), {}, std::move(values)};
    }
    const auto values = cast_tidy(from.dictionary(), to, pool);
    array_builder out{to, pool};
    out.reserve(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from.is_null(i))
            out.append_null();
        else
            append_same_type(out, values, from.index_at(i), 1);
    }
    return out.finish();
}

inline array make_dictionary(const array& from, const data_type& to, const pool_ptr& pool) {
    dictionary_builder out{to, pool};
    out.reserve(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from.is_null(i))
            out.append_null();
        else
            out.append(from, i);
    }
    return out.finish();
}

template <class Offset>
shared_buffer list_offsets(const array& from, const pool_ptr& pool) {
    number_builder<Offset> out{pool};
    out.reserve(from.size() + 1);
    out.append(0);
    for (std::size_t i = 0; i < from.size(); ++i) {
        const auto end = from.item_range(i).second;
        if (sizeof(Offset) == 4 && end > 0x7fffffff)
            throw_failure({errc::record_too_large, "a list cannot hold " + std::to_string(end) + " items in one batch",
                           "use smaller batches, or a large_list"});
        out.append(static_cast<Offset>(end));
    }
    return out.finish().values();
}

inline array cast_nested(const array& from, const data_type& to, const pool_ptr& pool) {
    std::vector<array> children;
    for (std::size_t c = 0; c < from.children().size(); ++c)
        children.push_back(cast_tidy(from.children()[c], to.fields()[c].type(), pool));
    auto offsets = from.values();
    if (from.type().id() != to.id())
        offsets = to.id() == type_id::list ? list_offsets<std::int32_t>(from, pool) : list_offsets<std::int64_t>(from, pool);
    return array{to, from.size(), from.null_count(), from.validity(), std::move(offsets), {}, std::move(children)};
}

/// Preconditions: `can_cast`; nested arrays and dictionaries are as our builders make them.
inline array cast_tidy(const array& from, const data_type& to, const pool_ptr& pool) {
    const auto id = from.type().id();
    if (from.type() == to) return from;
    if (id == type_id::null) {
        array_builder out{to, pool};
        out.append_nulls(from.size());
        return out.finish();
    }
    if (id == type_id::dictionary) return cast_dictionary(from, to, pool);
    if (to.id() == type_id::dictionary) return make_dictionary(from, to, pool);
    if (is_integer(id)) return cast_integer(from, to, pool);
    if (is_floating(id)) return cast_floating(from, to, pool);
    if (is_decimal(id)) return cast_decimal(from, to, pool);
    if (is_text(id) || is_binary(id)) return cast_bytes(from, to, pool);
    if (is_temporal(id)) return cast_time(from, to, pool);
    return cast_nested(from, to, pool);
}

} // namespace detail

PENSTOCK_DECL result<array> cast(const array& values, const data_type& to, const std::shared_ptr<buffer_pool>& pool) {
    const auto& from = values.type();
    if (!can_cast(from, to))
        return failure{errc::type_mismatch, "not every value of " + from.name() + " is one of " + to.name()};
    if (from == to) return values;
    try {
        if (!is_nested(from.id()) && from.id() != type_id::dictionary) return detail::cast_tidy(values, to, pool);
        // What no value refers to, and what lies under nulls, is left out: it might be beyond the type.
        array_builder tidy{from, pool};
        tidy.append(values, 0, values.size());
        return detail::cast_tidy(tidy.finish(), to, pool);
    } catch (const error& e) {
        return e.as_failure();
    }
}

} // namespace penstock
