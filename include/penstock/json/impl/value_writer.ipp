// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/value_writer.hpp>

#include <penstock/columnar/float16.hpp>
#include <penstock/core/detail/json_string.hpp>
#include <penstock/core/detail/utf8.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/scalar_text.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace penstock::json::detail {

PENSTOCK_DECL std::optional<std::string> no_json_form(const data_type& type) {
    const auto id = type.id();
    if (id == type_id::dictionary) return no_json_form(type.value_type());
    if (is_union(id)) return "values of type " + type.name() + " have no form in JSON";
    if (id == type_id::map && !is_text(penstock::detail::innermost(type.item().type().fields()[0].type()).id()))
        return "maps need keys that are texts in JSON, but this is a " + type.name();
    const auto fields = type.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t k = 0; id == type_id::struct_ && k < i; ++k)
            if (fields[k].name() == fields[i].name())
                return "a struct has two fields of the name " + printable(fields[i].name(), 64);
        if (auto why = no_json_form(fields[i].type())) return why;
    }
    return std::nullopt;
}

// ----------------------------------------------------------------------------------------------------
// strings

inline void append_unit(std::string& out, std::uint32_t unit) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += penstock::detail::lower_hex[unit >> shift & 15];
}

/// Whether eight bytes are ASCII without anything to escape.
inline bool all_plain(const char* p, bool slash) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    std::uint64_t x;
    std::memcpy(&x, p, 8);
    const auto is = [x](char c) {
        const auto y = x ^ ones * static_cast<unsigned char>(c);
        return (y - ones) & ~y;
    };
    auto special = x | ((x - ones * 0x20) & ~x) | is('"') | is('\\');
    if (slash) special |= is('/');
    return (special & ones * 0x80) == 0;
}

PENSTOCK_DECL bool append_string(std::string& out, std::string_view text, const write_options& options) {
    const bool slash = options.escape_slash();
    out += '"';
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text.size() - i >= 8 && all_plain(text.data() + i, slash)) {
            i += 8;
            continue;
        }
        const char c = text[i];
        if (static_cast<unsigned char>(c) >= 0x80) {
            const auto step = penstock::detail::first_character(text.substr(i));
            if (step.size == 0) return false;
            if (options.ascii()) {
                out.append(text, done, i - done);
                auto rest = step.code_point;
                if (rest >= 0x10000) {
                    rest -= 0x10000;
                    append_unit(out, 0xd800 + (rest >> 10));
                    rest = 0xdc00 + (rest & 0x3ff);
                }
                append_unit(out, rest);
                done = i + step.size;
            }
            i += step.size;
            continue;
        }
        const bool is_slash = slash && c == '/';
        if (is_slash || penstock::detail::must_escape_in_json(c)) {
            out.append(text, done, i - done);
            if (is_slash)
                out += "\\/";
            else
                penstock::detail::append_json_escape(out, c);
            done = i + 1;
        }
        ++i;
    }
    out.append(text, done);
    out += '"';
    return true;
}

// ----------------------------------------------------------------------------------------------------
// values

PENSTOCK_DECL object_writer::object_writer(std::span<const field> fields, const write_options& options) {
    std::vector<std::size_t> order(fields.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (options.keys() == key_order::sorted)
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return fields[a].name() < fields[b].name(); });
    for (const auto i : order) {
        std::string key;
        append_string(key, fields[i].name(), options);
        key += options.indent() ? ": " : ":";
        members.push_back({i, std::move(key), value_writer{fields[i].type(), options}});
    }
}

PENSTOCK_DECL value_writer::value_writer(const data_type& type, const write_options& options) : type_{type} {
    const auto id = type.id();
    if (id == type_id::struct_)
        fields_ = std::make_unique<const object_writer>(type.fields(), options);
    else if (id == type_id::map)
        values_.emplace_back(type.item().type().fields()[1].type(), options);
    else if (id == type_id::dictionary)
        values_.emplace_back(type.value_type(), options);
    else if (is_nested(id))
        values_.emplace_back(type.item().type(), options);
}
PENSTOCK_DECL value_writer::value_writer(value_writer&&) noexcept = default;
PENSTOCK_DECL value_writer::~value_writer() = default;

PENSTOCK_DECL value_fault value_writer::append_items(std::string& out, const array& column, std::size_t row,
                                                     const write_options& options, std::size_t depth) const {
    const auto [first, last] = column.item_range(row);
    const auto& items = column.children().front();
    out += '[';
    for (auto i = first; i < last; ++i) {
        if (i != first) out += ',';
        break_line(out, options, depth + 1);
        if (const auto what = values_.front().append(out, items, i, options, depth + 1); what != value_fault::none)
            return what;
    }
    if (first != last) break_line(out, options, depth);
    out += ']';
    return value_fault::none;
}

PENSTOCK_DECL value_fault value_writer::append_entries(std::string& out, const array& column, std::size_t row,
                                                       const write_options& options, std::size_t depth) const {
    const auto [first, last] = column.item_range(row);
    const auto& entries = column.children().front();
    const auto& keys = entries.children()[0];
    const auto& values = entries.children()[1];
    out += '{';
    for (auto i = first; i < last; ++i) {
        if (i != first) out += ',';
        break_line(out, options, depth + 1);
        if (is_null_value(keys, entries.offset() + i)) return value_fault::null_key;
        if (!append_string(out, keys.bytes_at(entries.offset() + i), options)) return value_fault::not_utf8;
        out += options.indent() ? ": " : ":";
        const auto what = values_.front().append(out, values, entries.offset() + i, options, depth + 1);
        if (what != value_fault::none) return what;
    }
    if (first != last) break_line(out, options, depth);
    out += '}';
    return value_fault::none;
}

/// The integer behind a date, time, duration or interval of months.
inline std::optional<std::int64_t> date_number(const array& column, std::size_t row) noexcept {
    switch (column.type().id()) {
    case type_id::date32:
    case type_id::time32:
    case type_id::interval_months:
        return column.value_at<std::int32_t>(row);
    case type_id::date64:
    case type_id::time64:
    case type_id::timestamp:
    case type_id::duration:
        return column.int64_at(row);
    default:
        return std::nullopt;
    }
}

inline bool is_wide(const array& column, std::size_t row) noexcept {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    switch (column.type().id()) {
    case type_id::int64:
        return column.int64_at(row) < -exact || column.int64_at(row) > exact;
    case type_id::uint64:
        return column.value_at<std::uint64_t>(row) > static_cast<std::uint64_t>(exact);
    default:
        return is_decimal(column.type().id()) && column.type().precision() > 15;
    }
}

inline bool is_finite(const array& column, std::size_t row) noexcept {
    switch (column.type().id()) {
    case type_id::float16:
        return std::isfinite(to_float(column.value_at<float16>(row)));
    case type_id::float32:
        return std::isfinite(column.value_at<float>(row));
    default:
        return std::isfinite(column.float64_at(row));
    }
}

PENSTOCK_DECL value_fault value_writer::append_scalar(std::string& out, const array& column, std::size_t row,
                                                      const write_options& options) const {
    const auto id = type_.id();
    bool bare = id == type_id::boolean || is_integer(id) || is_decimal(id);
    if (is_floating(id)) {
        bare = is_finite(column, row);
        if (!bare && options.not_finite() == not_finite::error) return value_fault::not_finite;
        if (!bare && options.not_finite() == not_finite::null) {
            out += "null";
            return value_fault::none;
        }
    } else if (options.dates() == date_form::number && is_temporal(id)) {
        if (const auto number = date_number(column, row)) {
            append_int64(out, *number);
            return value_fault::none;
        }
    } else if (id == type_id::int64 || id == type_id::uint64 || is_decimal(id)) {
        const auto wide = options.wide_numbers();
        bare = wide == wide_numbers::number || (wide == wide_numbers::text_where_wide && !is_wide(column, row));
    }
    if (!bare) out += '"'; // of what comes, only base64 has anything to escape: slashes
    const auto before = out.size();
    if (!penstock::append_scalar(out, column, row, options.binary())) return value_fault::beyond;
    if (options.escape_slash() && is_binary(id) && options.binary() == binary_form::base64)
        for (auto at = out.find('/', before); at != out.npos; at = out.find('/', at + 2)) out.insert(at, 1, '\\');
    if (!bare) out += '"';
    return value_fault::none;
}

PENSTOCK_DECL value_fault value_writer::append(std::string& out, const array& column, std::size_t row,
                                               const write_options& options, std::size_t depth) const {
    const auto id = type_.id();
    if (column.is_null(row) || id == type_id::null) {
        out += "null";
        return value_fault::none;
    }
    switch (id) {
    case type_id::string:
        return append_string(out, column.string_at(row), options) ? value_fault::none : value_fault::not_utf8;
    case type_id::large_string:
    case type_id::string_view:
        return append_string(out, column.bytes_at(row), options) ? value_fault::none : value_fault::not_utf8;
    case type_id::list:
    case type_id::large_list:
    case type_id::fixed_size_list:
        return append_items(out, column, row, options, depth);
    case type_id::map:
        return append_entries(out, column, row, options, depth);
    case type_id::struct_:
        return fields_->append(out, options, depth, [&](std::size_t i) -> std::pair<const array&, std::size_t> {
            return {column.children()[i], column.offset() + row};
        });
    case type_id::dictionary:
        return values_.front().append(out, column.dictionary(), column.index_at(row), options, depth);
    default:
        return append_scalar(out, column, row, options);
    }
}

/// Writes all of it once more, which a single error can afford.
PENSTOCK_DECL std::string value_writer::place_of_fault(const array& column, std::size_t row, const write_options& options) const {
    std::string scratch;
    const auto faulty = [&](const value_writer& writer, const array& values, std::size_t at) {
        scratch.clear();
        return writer.append(scratch, values, at, options) != value_fault::none;
    };
    const auto id = type_.id();
    if (id == type_id::dictionary) return values_.front().place_of_fault(column.dictionary(), column.index_at(row), options);
    if (id == type_id::struct_) {
        const auto at = column.offset() + row;
        for (const auto& m : fields_->members) {
            const auto& values = column.children()[m.field];
            if (faulty(m.value, values, at))
                return "." + printable(type_.fields()[m.field].name(), 64) + m.value.place_of_fault(values, at, options);
        }
    } else if (is_nested(id)) {
        const auto [first, last] = column.item_range(row);
        const auto& items = column.children().front();
        const bool map = id == type_id::map;
        const auto& values = map ? items.children()[1] : items;
        for (auto i = first; i < last; ++i) {
            const auto at = map ? items.offset() + i : i;
            if (map && (is_null_value(items.children()[0], at) || !append_string(scratch, items.children()[0].bytes_at(at), options)))
                return "[" + std::to_string(i - first) + "]";
            if (!faulty(values_.front(), values, at)) continue;
            const auto here = map ? "\"" + printable(items.children()[0].bytes_at(at), 64) + "\"" : std::to_string(i - first);
            return "[" + here + "]" + values_.front().place_of_fault(values, at, options);
        }
    }
    return {};
}

} // namespace penstock::json::detail
