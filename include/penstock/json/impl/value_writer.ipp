// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/value_writer.hpp>

#include <penstock/columnar/float16.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/json/json_text.hpp>

#include <cmath>

namespace penstock::json::detail {

inline type_id value_type_id(const data_type& t) noexcept {
    return t.id() == type_id::dictionary ? t.value_type().id() : t.id();
}

PENSTOCK_DECL std::optional<std::string> no_json_form(const data_type& type) {
    const auto id = type.id();
    if (id == type_id::dictionary) return no_json_form(type.value_type());
    if (is_union(id)) return "values of type " + type.name() + " have no form in JSON";
    if (id == type_id::map && !is_text(value_type_id(type.item().type().fields()[0].type())))
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

inline std::optional<errc> append_text(std::string& out, std::string_view text) {
    if (find_invalid_utf8(text) != text.npos) return errc::invalid_utf8;
    append_string(out, text);
    return std::nullopt;
}

inline std::optional<errc> append_items(std::string& out, const array& items) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i) out += ',';
        if (const auto what = append_value(out, items, i)) return what;
    }
    out += ']';
    return std::nullopt;
}

inline std::optional<errc> append_entries(std::string& out, const array& entries) {
    const auto keys = entries.child(0);
    const auto values = entries.child(1);
    out += '{';
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i) out += ',';
        if (const auto what = append_text(out, keys.bytes_at(i))) return what;
        out += ':';
        if (const auto what = append_value(out, values, i)) return what;
    }
    out += '}';
    return std::nullopt;
}

inline std::optional<errc> append_struct(std::string& out, const array& column, std::size_t row) {
    const auto fields = column.type().fields();
    out += '{';
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i) out += ',';
        if (const auto what = append_text(out, fields[i].name())) return what;
        out += ':';
        if (const auto what = append_value(out, column.child(i), row)) return what;
    }
    out += '}';
    return std::nullopt;
}

inline void append_float(std::string& out, const array& column, std::size_t row, double value) {
    if (std::isfinite(value))
        append_scalar(out, column, row);
    else
        out += "null";
}

PENSTOCK_DECL std::optional<errc> append_value(std::string& out, const array& column, std::size_t row) {
    const auto& type = column.type();
    const auto id = type.id();
    if (column.is_null(row) || id == type_id::null) {
        out += "null";
        return std::nullopt;
    }
    switch (id) {
    case type_id::string:
        return append_text(out, column.string_at(row));
    case type_id::large_string:
    case type_id::string_view:
        return append_text(out, column.bytes_at(row));
    case type_id::float16:
        append_float(out, column, row, to_float(column.value_at<float16>(row)));
        return std::nullopt;
    case type_id::float32:
        append_float(out, column, row, column.value_at<float>(row));
        return std::nullopt;
    case type_id::float64:
        append_number(out, column.float64_at(row));
        return std::nullopt;
    case type_id::list:
    case type_id::large_list:
    case type_id::fixed_size_list:
        return append_items(out, column.list_at(row));
    case type_id::map:
        return append_entries(out, column.list_at(row));
    case type_id::struct_:
        return append_struct(out, column, row);
    case type_id::dictionary:
        return append_value(out, column.dictionary(), column.index_at(row));
    default:
        break;
    }
    const bool bare = id == type_id::boolean || is_integer(id) || is_decimal(id);
    if (!bare) out += '"'; // no such text has anything to escape
    if (!append_scalar(out, column, row)) return errc::unsupported;
    if (!bare) out += '"';
    return std::nullopt;
}

} // namespace penstock::json::detail
