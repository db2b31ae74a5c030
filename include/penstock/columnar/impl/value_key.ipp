// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/detail/value_key.hpp>

#include <cstdint>

namespace penstock::detail {

inline void append_size(std::string& out, std::size_t n) {
    const std::uint64_t size = n;
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
}

PENSTOCK_DECL void append_value_key(std::string& out, const array& values, std::size_t i) {
    if (values.is_null(i)) {
        out += '\0';
        return;
    }
    out += '\1';
    const auto id = values.type().id();
    switch (id) {
    case type_id::boolean:
        out += values.boolean_at(i) ? '\1' : '\0';
        break;
    case type_id::list:
    case type_id::large_list:
    case type_id::fixed_size_list:
    case type_id::map: {
        const auto [first, last] = values.item_range(i);
        append_size(out, last - first);
        for (auto k = first; k < last; ++k) append_value_key(out, values.children().front(), k);
        break;
    }
    case type_id::struct_:
        for (const auto& child : values.children()) append_value_key(out, child, values.offset() + i);
        break;
    case type_id::sparse_union:
    case type_id::dense_union: {
        const auto [child, at] = values.union_at(i);
        out += static_cast<char>(child);
        append_value_key(out, values.children()[child], at + (id == type_id::sparse_union ? values.offset() : 0));
        break;
    }
    case type_id::dictionary:
        append_value_key(out, values.dictionary(), values.index_at(i));
        break;
    default:
        if (is_text(id) || is_binary(id)) {
            const auto bytes = values.bytes_at(i);
            append_size(out, bytes.size());
            out += bytes;
        } else {
            const auto width = values.type().byte_width();
            out.append(values.values().as<char>() + (values.offset() + i) * width, width);
        }
    }
}

} // namespace penstock::detail
