// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/float16.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/row_members.hpp>
#include <penstock/format/scalar_text.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

namespace penstock::detail {

/// Where a value comes from, for errors: "fare", or "stops.place" of nested structs.
struct member_path {
    std::string member;
    std::string column;

    [[noreturn]] void refuse(errc code, const std::string& why, std::optional<std::size_t> row = std::nullopt,
                             std::string hint = {}) const {
        throw_failure({code,
                       "member " + member + " of column \"" + printable(column, 64) + "\"" +
                           (row ? ", row " + std::to_string(*row) + " of the batch" : std::string{}) + ": " + why,
                       std::move(hint)});
    }
};

inline std::pair<std::int64_t, std::uint64_t> integer_at(const array& a, std::size_t i) noexcept {
    const auto of = [](auto v) {
        return std::pair{v < 0 ? static_cast<std::int64_t>(v) : std::int64_t{0}, v < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(v)};
    };
    switch (a.type().id()) {
    case type_id::int8: return of(a.value_at<std::int8_t>(i));
    case type_id::int16: return of(a.value_at<std::int16_t>(i));
    case type_id::int32: return of(a.value_at<std::int32_t>(i));
    case type_id::int64: return of(a.value_at<std::int64_t>(i));
    case type_id::uint8: return {0, a.value_at<std::uint8_t>(i)};
    case type_id::uint16: return {0, a.value_at<std::uint16_t>(i)};
    case type_id::uint32: return {0, a.value_at<std::uint32_t>(i)};
    default: return {0, a.value_at<std::uint64_t>(i)};
    }
}

/// A column, or a child of one, as values of `T`. Checks types once and values one by one.
template <class T>
class value_reader {
  public:
    value_reader(array values, member_path path) : values_{std::move(values)}, path_{std::move(path)} {
        if (!reads(values_.type()))
            path_.refuse(errc::type_mismatch, "it cannot hold values of type " + values_.type().name());
        if constexpr (described_enum<T>)
            boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
                [&](auto d) { names_.emplace_back(d.name, d.value); });
    }

    T operator()(std::size_t i) const {
        if (is_null_value(values_, i)) path_.refuse(errc::type_mismatch, "null", i, "make the member a std::optional");
        return read(i);
    }

  private:
    static bool reads(const data_type& t) noexcept {
        if constexpr (plain_integer<T>)
            return is_integer(t.id());
        else if constexpr (plain_float<T>)
            return is_integer(t.id()) || is_floating(t.id());
        else if constexpr (text_member<T> || described_enum<T>)
            return is_text(value_id(t));
        else if constexpr (is_sys_time<T>)
            return t.id() == type_id::timestamp;
        else if constexpr (unit_of<T> >= 0)
            return t.id() == type_id::duration || t.id() == type_id::time32 || t.id() == type_id::time64;
        else if constexpr (column_traits<T>::known)
            return column_traits<T>::reads(t);
        else
            static_assert(never<T>, "a member of this type cannot be read from a column: see penstock/format/typed_rows.hpp");
    }

    T read(std::size_t i) const {
        if constexpr (plain_integer<T>) {
            const auto [negative, positive] = integer_at(values_, i);
            if (negative < 0 ? !std::in_range<T>(negative) : !std::in_range<T>(positive))
                path_.refuse(errc::type_mismatch,
                             (negative < 0 ? std::to_string(negative) : std::to_string(positive)) + " does not fit", i);
            return negative < 0 ? static_cast<T>(negative) : static_cast<T>(positive);
        } else if constexpr (plain_float<T>) {
            return read_float(i);
        } else if constexpr (text_member<T>) {
            return T{values_.bytes_at(i)};
        } else if constexpr (described_enum<T>) {
            const auto text = values_.bytes_at(i);
            for (const auto& [name, value] : names_)
                if (name == text) return value;
            path_.refuse(errc::type_mismatch, "\"" + printable(text, 64) + "\" is no enumerator", i);
        } else if constexpr (is_sys_time<T>) {
            return T{in_units<typename T::duration>(i)};
        } else if constexpr (unit_of<T> >= 0) {
            return in_units<T>(i);
        } else {
            return column_traits<T>::at(values_, i);
        }
    }

    T read_float(std::size_t i) const {
        switch (values_.type().id()) {
        case type_id::float16: return static_cast<T>(to_float(values_.value_at<float16>(i)));
        case type_id::float32: return static_cast<T>(values_.value_at<float>(i));
        case type_id::float64: return static_cast<T>(values_.float64_at(i));
        default: break;
        }
        const auto [negative, positive] = integer_at(values_, i);
        constexpr std::uint64_t most = std::uint64_t{1} << std::numeric_limits<T>::digits;
        if (positive > most || negative < -static_cast<std::int64_t>(most))
            path_.refuse(errc::type_mismatch, "an integer of more digits than it holds", i, "make the member an integer");
        return negative < 0 ? static_cast<T>(negative) : static_cast<T>(positive);
    }

    template <class Duration>
    Duration in_units(std::size_t i) const {
        constexpr std::int64_t each[] = {1, 1000, 1000000, 1000000000};
        const auto from = each[static_cast<int>(values_.type().unit())];
        constexpr auto to = each[unit_of<Duration>];
        std::int64_t v = values_.type().id() == type_id::time32 ? values_.value_at<std::int32_t>(i) : values_.int64_at(i);
        if (to >= from ? __builtin_mul_overflow(v, to / from, &v) : v % (from / to) != 0)
            path_.refuse(errc::type_mismatch, "a value that its unit cannot hold", i, "choose another unit for the member");
        return Duration{to >= from ? v : v / (from / to)};
    }

    struct nothing {};
    array values_;
    member_path path_;
    std::vector<std::pair<std::string_view, std::conditional_t<described_enum<T>, T, nothing>>> names_;
};

template <class T>
class value_reader<std::optional<T>> {
  public:
    value_reader(array values, member_path path) : values_{values} {
        if (values.type().id() != type_id::null) inner_.emplace(std::move(values), std::move(path));
    }
    /// The column is missing.
    value_reader() = default;

    std::optional<T> operator()(std::size_t i) const {
        if (!inner_ || is_null_value(values_, i)) return std::nullopt;
        return (*inner_)(i);
    }

  private:
    array values_ = array::nulls(0);
    std::optional<value_reader<T>> inner_;
};

template <class T>
class value_reader<std::vector<T>> {
  public:
    value_reader(array values, member_path path)
        : values_{std::move(values)}, path_{std::move(path)}, items_{checked(), {path_.member + "[]", path_.column}} {}

    std::vector<T> operator()(std::size_t i) const {
        if (is_null_value(values_, i)) path_.refuse(errc::type_mismatch, "null", i, "make the member a std::optional");
        auto [first, last] = values_.item_range(i);
        std::vector<T> out;
        out.reserve(last - first);
        for (; first < last; ++first) out.push_back(items_(first));
        return out;
    }

  private:
    array checked() const {
        const auto id = values_.type().id();
        if (id != type_id::list && id != type_id::large_list && id != type_id::fixed_size_list)
            path_.refuse(errc::type_mismatch, "it cannot hold values of type " + values_.type().name());
        return values_.child(0);
    }

    array values_;
    member_path path_;
    value_reader<T> items_;
};

template <class D>
using member_reader = value_reader<typename member_value<std::remove_cv_t<decltype(D::pointer)>>::type>;

/// Makes readers of all members of `T`. `find(name)` gives an array, or none where the column is missing.
template <class T, class Find>
auto make_member_readers(const std::string& prefix, const std::string& column, const Find& find) {
    const auto make = [&]<class D>(D) {
        using reader = member_reader<D>;
        member_path path{prefix + D::name, column.empty() ? std::string{D::name} : column};
        const std::optional<array> values = find(D::name);
        if (values) return reader{*values, std::move(path)};
        if constexpr (std::is_default_constructible_v<reader>)
            return reader{};
        else
            path.refuse(errc::unknown_column, "it is missing", std::nullopt, "make the member a std::optional");
    };
    return [&]<template <class...> class L, class... D>(L<D...>) { return std::tuple{make(D{})...}; }(members_of<T>{});
}

template <class T, class Readers>
T read_members(const Readers& readers, std::size_t i) {
    T out{};
    [&]<template <class...> class L, class... D, std::size_t... N>(L<D...>, std::index_sequence<N...>) {
        ((out.*(D::pointer) = std::get<N>(readers)(i)), ...);
    }(members_of<T>{}, std::make_index_sequence<std::tuple_size_v<Readers>>{});
    return out;
}

template <described_row T>
class value_reader<T> {
  public:
    value_reader(array values, member_path path) : values_{std::move(values)}, path_{std::move(path)}, members_{bind()} {}

    T operator()(std::size_t i) const {
        if (is_null_value(values_, i)) path_.refuse(errc::type_mismatch, "null", i, "make the member a std::optional");
        return read_members<T>(members_, i);
    }

  private:
    auto bind() const {
        if (values_.type().id() != type_id::struct_)
            path_.refuse(errc::type_mismatch, "it cannot hold values of type " + values_.type().name());
        return make_member_readers<T>(path_.member + ".", path_.column, [&](std::string_view name) -> std::optional<array> {
            const auto fields = values_.type().fields();
            for (std::size_t k = 0; k < fields.size(); ++k)
                if (fields[k].name() == name) return values_.child(k);
            return std::nullopt;
        });
    }
    using readers = decltype(make_member_readers<T>(std::string{}, std::string{},
                                                    std::declval<std::optional<array> (*)(std::string_view)>()));

    array values_;
    member_path path_;
    readers members_;
};

template <class Row>
class row_reader {
  public:
    explicit row_reader(const record_batch& batch)
        : members_{make_member_readers<Row>({}, {}, [&](std::string_view name) -> std::optional<array> {
              if (!batch.schema().index_of(name)) return std::nullopt;
              return batch[batch.schema().find(name).value()];
          })} {}

    Row operator()(std::size_t i) const { return read_members<Row>(members_, i); }

  private:
    decltype(make_member_readers<Row>(std::string{}, std::string{},
                                      std::declval<std::optional<array> (*)(std::string_view)>())) members_;
};

} // namespace penstock::detail
