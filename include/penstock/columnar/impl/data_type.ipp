// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/field.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <array>

namespace penstock {
namespace detail {

/// By `type_id`. Types with parameters: what stands in front of them.
inline constexpr std::string_view kind_names[] = {
    "null",
    "boolean",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "decimal128",
    "decimal256",
    "string",
    "large_string",
    "string_view",
    "binary",
    "large_binary",
    "binary_view",
    "fixed_size_binary",
    "date32",
    "date64",
    "time32",
    "time64",
    "timestamp",
    "duration",
    "interval_months",
    "interval_day_time",
    "interval_month_day_nano",
    "list",
    "large_list",
    "fixed_size_list",
    "struct",
    "map",
    "dictionary",
    "sparse_union",
    "dense_union",
};

inline constexpr std::string_view unit_names[] = {"s", "ms", "us", "ns"};

[[noreturn]] inline void refuse_type(std::string message) { throw_failure({errc::invalid_option, std::move(message)}); }

} // namespace detail

PENSTOCK_DECL std::string_view kind_name(type_id id) noexcept {
    return detail::kind_names[static_cast<std::size_t>(id)];
}

PENSTOCK_DECL void data_type::refuse() const {
    detail::refuse_type("a " + std::string{kind_name(id_)} +
                        " type needs its parameters: use the function of that name in data_type");
}

PENSTOCK_DECL data_type data_type::decimal(type_id id, int digits, int precision, int scale) {
    if (precision < 1 || precision > digits)
        detail::refuse_type("a decimal has 1 to " + std::to_string(digits) + " digits, not " +
                            std::to_string(precision));
    data_type out{id, parameters{}};
    out.first_ = precision;
    out.second_ = scale;
    return out;
}

PENSTOCK_DECL data_type data_type::decimal128(int precision, int scale) {
    return decimal(type_id::decimal128, 38, precision, scale);
}

PENSTOCK_DECL data_type data_type::decimal256(int precision, int scale) {
    return decimal(type_id::decimal256, 76, precision, scale);
}

PENSTOCK_DECL data_type data_type::fixed_size_binary(std::int32_t width) {
    if (width < 0) detail::refuse_type("a width of " + std::to_string(width) + " bytes");
    data_type out{type_id::fixed_size_binary, parameters{}};
    out.first_ = width;
    return out;
}

PENSTOCK_DECL data_type data_type::of_unit(type_id id, time_unit unit) {
    data_type out{id, parameters{}};
    out.unit_ = unit;
    return out;
}

PENSTOCK_DECL data_type data_type::time32(time_unit unit) {
    if (unit > time_unit::millisecond) detail::refuse_type("time32 counts seconds or milliseconds");
    return of_unit(type_id::time32, unit);
}

PENSTOCK_DECL data_type data_type::time64(time_unit unit) {
    if (unit < time_unit::microsecond) detail::refuse_type("time64 counts microseconds or nanoseconds");
    return of_unit(type_id::time64, unit);
}

PENSTOCK_DECL data_type data_type::timestamp(time_unit unit, std::string zone) {
    auto out = of_unit(type_id::timestamp, unit);
    if (!zone.empty()) {
        auto details = std::make_shared<detail::type_details>();
        details->zone = std::move(zone);
        out.details_ = std::move(details);
    }
    return out;
}

PENSTOCK_DECL data_type data_type::duration(time_unit unit) { return of_unit(type_id::duration, unit); }

PENSTOCK_DECL data_type data_type::of_fields(type_id id, std::vector<field> fields) {
    data_type out{id, parameters{}};
    auto details = std::make_shared<detail::type_details>();
    details->fields = std::move(fields);
    out.details_ = std::move(details);
    return out;
}

PENSTOCK_DECL data_type data_type::list(field item) {
    std::vector<field> one;
    one.push_back(std::move(item));
    return of_fields(type_id::list, std::move(one));
}
PENSTOCK_DECL data_type data_type::list(data_type item) { return list(field{"item", std::move(item)}); }

PENSTOCK_DECL data_type data_type::large_list(field item) {
    std::vector<field> one;
    one.push_back(std::move(item));
    return of_fields(type_id::large_list, std::move(one));
}
PENSTOCK_DECL data_type data_type::large_list(data_type item) { return large_list(field{"item", std::move(item)}); }

PENSTOCK_DECL data_type data_type::fixed_size_list(field item, std::int32_t size) {
    if (size < 0) detail::refuse_type("a list of " + std::to_string(size) + " items");
    std::vector<field> one;
    one.push_back(std::move(item));
    auto out = of_fields(type_id::fixed_size_list, std::move(one));
    out.first_ = size;
    return out;
}
PENSTOCK_DECL data_type data_type::fixed_size_list(data_type item, std::int32_t size) {
    return fixed_size_list(field{"item", std::move(item)}, size);
}

PENSTOCK_DECL data_type data_type::struct_(std::vector<field> fields) {
    return of_fields(type_id::struct_, std::move(fields));
}

PENSTOCK_DECL data_type data_type::map(data_type key, data_type value, bool keys_sorted) {
    std::vector<field> pair;
    pair.emplace_back("key", std::move(key), false);
    pair.emplace_back("value", std::move(value));
    return map(field{"entries", struct_(std::move(pair)), false}, keys_sorted);
}

PENSTOCK_DECL data_type data_type::map(field entries, bool keys_sorted) {
    if (entries.type().id() != type_id::struct_ || entries.type().fields().size() != 2)
        detail::refuse_type("the entries of a map are structs of a key and a value, not " + entries.type().name());
    std::vector<field> one;
    one.push_back(std::move(entries));
    auto out = of_fields(type_id::map, std::move(one));
    out.flag_ = keys_sorted;
    return out;
}

PENSTOCK_DECL data_type data_type::dictionary(data_type index, data_type value, bool ordered) {
    if (!is_integer(index.id())) detail::refuse_type("the index of a dictionary is an integer, not " + index.name());
    data_type out{type_id::dictionary, parameters{}};
    auto details = std::make_shared<detail::type_details>();
    details->types.push_back(std::move(index));
    details->types.push_back(std::move(value));
    out.details_ = std::move(details);
    out.flag_ = ordered;
    return out;
}

PENSTOCK_DECL data_type data_type::union_of(type_id id, std::vector<field> fields, std::vector<std::int8_t> codes) {
    if (fields.size() > 128) detail::refuse_type("a union has at most 128 children");
    if (codes.empty())
        for (std::size_t i = 0; i < fields.size(); ++i) codes.push_back(static_cast<std::int8_t>(i));
    auto sorted = codes;
    std::sort(sorted.begin(), sorted.end());
    if (codes.size() != fields.size() || (!sorted.empty() && sorted.front() < 0) ||
        std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        detail::refuse_type("every child of a union has a code of its own from 0 to 127");
    data_type out{id, parameters{}};
    auto details = std::make_shared<detail::type_details>();
    details->fields = std::move(fields);
    details->codes = std::move(codes);
    out.details_ = std::move(details);
    return out;
}

PENSTOCK_DECL data_type data_type::sparse_union(std::vector<field> fields, std::vector<std::int8_t> codes) {
    return union_of(type_id::sparse_union, std::move(fields), std::move(codes));
}
PENSTOCK_DECL data_type data_type::dense_union(std::vector<field> fields, std::vector<std::int8_t> codes) {
    return union_of(type_id::dense_union, std::move(fields), std::move(codes));
}

PENSTOCK_DECL std::string_view data_type::time_zone() const noexcept {
    return details_ ? std::string_view{details_->zone} : std::string_view{};
}

PENSTOCK_DECL std::span<const field> data_type::fields() const noexcept {
    return details_ ? std::span<const field>{details_->fields} : std::span<const field>{};
}

PENSTOCK_DECL const field& data_type::item() const noexcept { return details_->fields.front(); }
PENSTOCK_DECL const data_type& data_type::index_type() const noexcept { return details_->types[0]; }
PENSTOCK_DECL const data_type& data_type::value_type() const noexcept { return details_->types[1]; }
PENSTOCK_DECL std::span<const std::int8_t> data_type::codes() const noexcept { return details_->codes; }

PENSTOCK_DECL int data_type::child_of(std::int8_t code) const noexcept {
    const auto& codes = details_->codes;
    const auto at = std::find(codes.begin(), codes.end(), code);
    return at == codes.end() ? -1 : static_cast<int>(at - codes.begin());
}

PENSTOCK_DECL std::size_t data_type::bit_width() const noexcept {
    switch (id_) {
    case type_id::boolean:
        return 1;
    case type_id::int8:
    case type_id::uint8:
        return 8;
    case type_id::int16:
    case type_id::uint16:
    case type_id::float16:
        return 16;
    case type_id::int32:
    case type_id::uint32:
    case type_id::float32:
    case type_id::date32:
    case type_id::time32:
    case type_id::interval_months:
        return 32;
    case type_id::int64:
    case type_id::uint64:
    case type_id::float64:
    case type_id::date64:
    case type_id::time64:
    case type_id::timestamp:
    case type_id::duration:
    case type_id::interval_day_time:
        return 64;
    case type_id::decimal128:
    case type_id::string_view:
    case type_id::binary_view:
    case type_id::interval_month_day_nano:
        return 128;
    case type_id::decimal256:
        return 256;
    case type_id::fixed_size_binary:
        return static_cast<std::size_t>(first_) * 8;
    case type_id::dictionary:
        return index_type().bit_width();
    default:
        return 0;
    }
}

namespace detail {

PENSTOCK_DECL bool is_bare_name_byte(char c) noexcept {
    const auto lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view{"_.-+/"}.find(c) != std::string_view::npos;
}

/// Bare where that can be read again, else in quotes, doubled ones inside.
inline void append_name(std::string& out, std::string_view name) {
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_bare_name_byte)) {
        out += name;
        return;
    }
    out += '"';
    for (const char c : name) out.append(c == '"' ? 2 : 1, c);
    out += '"';
}

PENSTOCK_DECL void append_field(std::string& out, const field& f) {
    append_name(out, f.name());
    out += ": " + f.type().name();
    if (!f.nullable()) out += " not null";
}

} // namespace detail

PENSTOCK_DECL std::string data_type::name() const {
    std::string out{kind_name(id_)};
    const auto unit = [this] { return std::string{detail::unit_names[static_cast<std::size_t>(unit_)]}; };
    switch (id_) {
    case type_id::decimal128:
    case type_id::decimal256:
        out += '(' + std::to_string(first_) + ", " + std::to_string(second_) + ')';
        break;
    case type_id::fixed_size_binary:
        out += '(' + std::to_string(first_) + ')';
        break;
    case type_id::time32:
    case type_id::time64:
    case type_id::duration:
        out += '[' + unit() + ']';
        break;
    case type_id::timestamp:
        out += '[' + unit();
        if (details_) {
            out += ", ";
            detail::append_name(out, details_->zone);
        }
        out += ']';
        break;
    case type_id::dictionary:
        out += '<' + index_type().name() + ", " + value_type().name() + (flag_ ? ", ordered>" : ">");
        break;
    case type_id::map: {
        const auto entries = item().type().fields();
        out += '<';
        if (item().name() == "entries" && !item().nullable() && entries[0].name() == "key" && !entries[0].nullable() &&
            entries[1].name() == "value") {
            out += entries[0].type().name() + ", " + entries[1].type().name();
            if (!entries[1].nullable()) out += " not null";
        } else {
            detail::append_field(out, item());
        }
        out += flag_ ? ", sorted>" : ">";
        break;
    }
    default:
        if (!is_nested(id_)) break;
        out += '<';
        for (std::size_t i = 0; i < fields().size(); ++i) {
            if (i) out += ", ";
            detail::append_field(out, fields()[i]);
            if (is_union(id_)) out += " = " + std::to_string(codes()[i]);
        }
        out += '>';
        if (id_ == type_id::fixed_size_list) out += '[' + std::to_string(first_) + ']';
    }
    return out;
}

PENSTOCK_DECL bool operator==(const data_type& a, const data_type& b) noexcept {
    if (a.id_ != b.id_ || a.unit_ != b.unit_ || a.flag_ != b.flag_ || a.first_ != b.first_ || a.second_ != b.second_)
        return false;
    if (a.details_ == b.details_) return true;
    if (!a.details_ || !b.details_) return false;
    return a.details_->zone == b.details_->zone && a.details_->codes == b.details_->codes &&
           a.details_->types == b.details_->types && a.details_->fields == b.details_->fields;
}

} // namespace penstock
