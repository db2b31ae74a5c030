// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/row_members.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::detail {

template <class T>
data_type member_data_type();

template <class T>
std::vector<field> member_fields() {
    std::vector<field> out;
    for_each_member<T>([&](const char* name, auto member) {
        using type = typename member_value<decltype(member)>::type;
        out.emplace_back(name, member_data_type<type>(), is_optional<type>);
    });
    return out;
}

template <class T>
data_type member_data_type() {
    if constexpr (is_optional<T>)
        return member_data_type<typename T::value_type>();
    else if constexpr (is_vector<T>)
        return data_type::list(field{"item", member_data_type<typename T::value_type>(), is_optional<typename T::value_type>});
    else if constexpr (text_member<T> || described_enum<T>)
        return data_type::string();
    else if constexpr (std::same_as<T, std::chrono::sys_days>)
        return data_type::date32();
    else if constexpr (is_sys_time<T>)
        return data_type::timestamp(static_cast<time_unit>(unit_of<typename T::duration>));
    else if constexpr (unit_of<T> >= 0)
        return data_type::duration(static_cast<time_unit>(unit_of<T>));
    else if constexpr (described_row<T>)
        return data_type::struct_(member_fields<T>());
    else if constexpr (std::same_as<T, bool>)
        return data_type::boolean();
    else if constexpr (plain_integer<T> && std::is_signed_v<T>)
        return sizeof(T) == 1 ? type_id::int8 : sizeof(T) == 2 ? type_id::int16 : sizeof(T) == 4 ? type_id::int32 : type_id::int64;
    else if constexpr (plain_integer<T>)
        return sizeof(T) == 1 ? type_id::uint8 : sizeof(T) == 2 ? type_id::uint16 : sizeof(T) == 4 ? type_id::uint32 : type_id::uint64;
    else if constexpr (plain_float<T>)
        return sizeof(T) == 4 ? type_id::float32 : type_id::float64;
    else
        static_assert(never<T>, "a member of this type cannot be written to a column: see penstock/format/typed_rows.hpp");
}

template <std::size_t Bytes, bool Signed>
using sized_integer = std::conditional_t<
    Bytes == 1, std::conditional_t<Signed, std::int8_t, std::uint8_t>,
    std::conditional_t<Bytes == 2, std::conditional_t<Signed, std::int16_t, std::uint16_t>,
                       std::conditional_t<Bytes == 4, std::conditional_t<Signed, std::int32_t, std::uint32_t>,
                                          std::conditional_t<Signed, std::int64_t, std::uint64_t>>>>;

/// Which value is being written, for errors: what throws leaves it as it is.
struct writing_place {
    std::size_t row = 0;
    std::vector<const char*> names; ///< of members, from outside in; null: an item of a list

    failure told(const failure& why) const {
        std::string path;
        for (const char* name : names) path += name ? (path.empty() ? "" : ".") + std::string{name} : "[]";
        return why.with([&](error_detail& d) {
            d.message = "member " + path + " of column \"" + names.front() + "\", row " + std::to_string(row) + ": " + d.message;
        });
    }
};

template <class T>
void append_member(array_builder& to, const T& value, writing_place& place) {
    if constexpr (is_optional<T>) {
        if (value)
            append_member(to, *value, place);
        else
            to.append_null();
    } else if constexpr (is_vector<T>) {
        to.as<list_builder>().append();
        place.names.push_back(nullptr);
        for (const typename T::value_type& item : value) append_member(to.child(0), item, place);
        place.names.pop_back();
    } else if constexpr (text_member<T>) {
        to.as<string_builder>().append(value);
    } else if constexpr (described_enum<T>) {
        std::string_view text;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>([&](auto d) {
            if (d.value == value) text = d.name;
        });
        if (text.empty()) throw_failure({errc::type_mismatch, "a value of the enum that is none of its enumerators"});
        to.as<string_builder>().append(text);
    } else if constexpr (std::same_as<T, std::chrono::sys_days>) {
        to.as<number_builder<std::int32_t>>().append(static_cast<std::int32_t>(value.time_since_epoch().count()));
    } else if constexpr (is_sys_time<T>) {
        to.as<number_builder<std::int64_t>>().append(value.time_since_epoch().count());
    } else if constexpr (unit_of<T> >= 0) {
        to.as<number_builder<std::int64_t>>().append(value.count());
    } else if constexpr (described_row<T>) {
        to.as<struct_builder>().append();
        for_each_member<T>([&, i = std::size_t{0}](const char* name, auto member) mutable {
            place.names.push_back(name);
            append_member(to.child(i++), value.*member, place);
            place.names.pop_back();
        });
    } else if constexpr (std::same_as<T, bool>) {
        to.as<boolean_builder>().append(value);
    } else if constexpr (plain_integer<T>) {
        using stored = sized_integer<sizeof(T), std::is_signed_v<T>>;
        to.as<number_builder<stored>>().append(static_cast<stored>(value));
    } else {
        to.as<number_builder<T>>().append(value);
    }
}

/// `first`: the number of the first row, for errors.
template <described_row Row>
record_batch make_row_batch(std::span<const Row> rows, const std::shared_ptr<buffer_pool>& pool, std::size_t first) {
    const auto columns = make_schema(member_fields<Row>());
    std::vector<array_builder> builders;
    for (const auto& f : columns->fields()) builders.emplace_back(f.type(), pool);
    writing_place place;
    place.row = first;
    try {
        for (const auto& row : rows) {
            for_each_member<Row>([&, i = std::size_t{0}](const char* name, auto member) mutable {
                place.names.push_back(name);
                append_member(builders[i++], row.*member, place);
                place.names.pop_back();
            });
            ++place.row;
        }
    } catch (const error& e) {
        throw_failure(place.told(e.as_failure()));
    }
    std::vector<array> arrays;
    for (auto& b : builders) arrays.push_back(b.finish());
    return record_batch{columns, std::move(arrays), rows.size()};
}

} // namespace penstock::detail
