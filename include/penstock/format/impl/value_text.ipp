// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/value_text.hpp>

#include <penstock/core/detail/json_string.hpp>
#include <penstock/format/scalar_text.hpp>

namespace penstock {
namespace detail {

inline void append_inner_value(std::string& out, const array& values, std::size_t i);

/// Precondition: not null, of a type with a text form.
inline void append_scalar_value(std::string& out, const array& values, std::size_t i) {
    if (values.type().id() == type_id::dictionary)
        append_scalar_value(out, values.dictionary(), values.index_at(i));
    else if (!append_scalar(out, values, i)) // dates and times are integers
        out += values.type().byte_width() == 4 ? std::to_string(values.value_at<std::int32_t>(i))
                                               : std::to_string(values.value_at<std::int64_t>(i));
}

inline void append_items(std::string& out, const array& items, std::size_t first, std::size_t last) {
    out += '[';
    for (auto k = first; k < last; ++k) {
        if (k != first) out += ", ";
        append_inner_value(out, items, k);
    }
    out += ']';
}

inline void append_entries(std::string& out, const array& entries, std::size_t first, std::size_t last) {
    out += '{';
    for (auto k = first; k < last; ++k) {
        if (k != first) out += ", ";
        append_inner_value(out, entries.children()[0], entries.offset() + k);
        out += ": ";
        append_inner_value(out, entries.children()[1], entries.offset() + k);
    }
    out += '}';
}

inline void append_struct(std::string& out, const array& values, std::size_t i) {
    out += '{';
    for (std::size_t c = 0; c < values.children().size(); ++c) {
        if (c) out += ", ";
        append_json_string(out, values.type().fields()[c].name());
        out += ": ";
        append_inner_value(out, values.children()[c], values.offset() + i);
    }
    out += '}';
}

/// Precondition: not null, of a type without a text form.
inline void append_nested(std::string& out, const array& values, std::size_t i) {
    const auto id = values.type().id();
    switch (id) {
    case type_id::struct_:
        return append_struct(out, values, i);
    case type_id::sparse_union:
    case type_id::dense_union: {
        const auto [child, at] = values.union_at(i);
        return append_inner_value(out, values.children()[child], at + (id == type_id::sparse_union ? values.offset() : 0));
    }
    case type_id::dictionary:
        return append_inner_value(out, values.dictionary(), values.index_at(i));
    default: {
        const auto [first, last] = values.item_range(i);
        if (id == type_id::map) return append_entries(out, values.children().front(), first, last);
        append_items(out, values.children().front(), first, last);
    }
    }
}

/// Numbers and truth values stand bare.
inline bool is_quoted(const data_type& type) noexcept {
    const auto id = type.id() == type_id::dictionary ? type.value_type().id() : type.id();
    return is_text(id) || is_binary(id) || is_temporal(id);
}

inline void append_inner_value(std::string& out, const array& values, std::size_t i) {
    if (is_null_value(values, i)) {
        out += "null";
    } else if (!has_text_form(values.type())) {
        append_nested(out, values, i);
    } else if (is_quoted(values.type())) {
        std::string text;
        append_scalar_value(text, values, i);
        append_json_string(out, text);
    } else {
        append_scalar_value(out, values, i);
    }
}

} // namespace detail

PENSTOCK_DECL void append_value(std::string& out, const array& column, std::size_t row, std::string_view null_text) {
    if (is_null_value(column, row))
        out += null_text;
    else if (has_text_form(column.type()))
        detail::append_scalar_value(out, column, row);
    else
        detail::append_nested(out, column, row);
}

} // namespace penstock
