// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/take.hpp>

#include <penstock/columnar/array_builder.hpp>

#include <cstddef>
#include <cstring>
#include <utility>

namespace penstock {
namespace detail {

template <class Position>
array take_values(const array& from, std::span<const Position> at, const std::shared_ptr<buffer_pool>& pool);

/// Which of the taken values are there; empty when all are.
template <class Position>
std::pair<shared_buffer, std::size_t> take_validity(const array& from, std::span<const Position> at,
                                                    const std::shared_ptr<buffer_pool>& pool) {
    validity_builder out{pool};
    if (from.null_count() != 0)
        for (const auto i : at) out.append(!from.is_null(i));
    const auto nulls = out.null_count();
    return {nulls ? out.finish() : shared_buffer{}, nulls};
}

template <class Position>
shared_buffer take_fixed_width(const array& from, std::size_t width, std::span<const Position> at,
                               const std::shared_ptr<buffer_pool>& pool) {
    if (at.empty()) return {};
    growing_block out{pool};
    out.resize(at.size() * width);
    const auto* const values = from.values().data() + from.offset() * width;
    auto* to = out.data();
    const auto copy = [&](auto size) {
        for (const auto i : at) {
            std::memcpy(to, values + i * size, size);
            to += size;
        }
    };
    switch (width) { // a size known to the compiler is one instruction
    case 1:
        copy(std::integral_constant<std::size_t, 1>{});
        break;
    case 2:
        copy(std::integral_constant<std::size_t, 2>{});
        break;
    case 4:
        copy(std::integral_constant<std::size_t, 4>{});
        break;
    case 8:
        copy(std::integral_constant<std::size_t, 8>{});
        break;
    case 16:
        copy(std::integral_constant<std::size_t, 16>{});
        break;
    case 0:
        break;
    default:
        copy(width);
    }
    return out.finish();
}

/// Value by value.
template <class Position>
array take_by_builder(const array& from, std::span<const Position> at, const std::shared_ptr<buffer_pool>& pool) {
    array_builder out{from.type(), pool};
    out.reserve(at.size());
    for (const auto i : at) append_same_type(out, from, static_cast<std::size_t>(i), 1);
    return out.finish();
}

template <class Position>
array take_dense_union(const array& from, std::span<const Position> at, const std::shared_ptr<buffer_pool>& pool) {
    const auto& type = from.type();
    number_builder<std::int8_t> codes{pool};
    number_builder<std::int32_t> positions{pool};
    std::vector<std::vector<std::size_t>> wanted(type.fields().size());
    for (const auto i : at) {
        const auto [child, where] = from.union_at(i);
        codes.append(type.codes()[child]);
        positions.append(static_cast<std::int32_t>(wanted[child].size()));
        wanted[child].push_back(where);
    }
    std::vector<array> children;
    for (std::size_t c = 0; c < wanted.size(); ++c)
        children.push_back(take_values<std::size_t>(from.children()[c], wanted[c], pool));
    auto code_buffer = codes.finish().values();
    return array{type, at.size(), 0, {}, std::move(code_buffer), positions.finish().values(), std::move(children)};
}

template <class Position>
array take_values(const array& from, std::span<const Position> at, const std::shared_ptr<buffer_pool>& pool) {
    const auto& type = from.type();
    switch (type.id()) {
    case type_id::null:
        return array::nulls(at.size());
    case type_id::boolean: {
        boolean_builder out{pool};
        for (const auto i : at) {
            if (from.is_null(i))
                out.append_null();
            else
                out.append(from.boolean_at(i));
        }
        return out.finish();
    }
    case type_id::string:
    case type_id::binary: {
        string_builder out{type, pool};
        std::size_t bytes = 0;
        for (const auto i : at) bytes += from.is_null(i) ? 0 : from.string_at(i).size();
        out.reserve(at.size(), bytes <= string_builder::max_bytes ? bytes : 0);
        for (const auto i : at) {
            if (from.is_null(i))
                out.append_null();
            else
                out.append(from.string_at(i));
        }
        return out.finish();
    }
    case type_id::large_string:
    case type_id::large_binary:
    case type_id::list:
    case type_id::large_list:
    case type_id::fixed_size_list:
    case type_id::map:
        return take_by_builder(from, at, pool);
    case type_id::dense_union:
        return take_dense_union(from, at, pool);
    case type_id::struct_:
    case type_id::sparse_union: {
        std::vector<array> children;
        for (std::size_t c = 0; c < from.children().size(); ++c)
            children.push_back(take_values(from.child(c), at, pool));
        auto [validity, nulls] = take_validity(from, at, pool);
        auto codes = type.id() == type_id::sparse_union ? take_fixed_width(from, 1, at, pool) : shared_buffer{};
        return array{type, at.size(), nulls, std::move(validity), std::move(codes), {}, std::move(children)};
    }
    default: { // of fixed width, views and indices included: what they refer to is shared
        auto [validity, nulls] = take_validity(from, at, pool);
        auto values = take_fixed_width(from, type.byte_width(), at, pool);
        const auto children = from.children();
        const auto blocks = from.blocks();
        if (children.empty() && blocks.empty())
            return array{type, at.size(), nulls, std::move(validity), std::move(values)};
        return array{type, at.size(), nulls, std::move(validity), std::move(values), {}, {children.begin(), children.end()},
                     {blocks.begin(), blocks.end()}};
    }
    }
}

} // namespace detail

PENSTOCK_DECL array take(const array& values, std::span<const std::uint32_t> positions,
                         const std::shared_ptr<buffer_pool>& pool) {
    return detail::take_values(values, positions, pool);
}

PENSTOCK_DECL record_batch take(const record_batch& batch, std::span<const std::uint32_t> rows,
                                const std::shared_ptr<buffer_pool>& pool) {
    std::vector<array> columns;
    columns.reserve(batch.num_columns());
    for (std::size_t c = 0; c < batch.num_columns(); ++c) columns.push_back(take(batch[c], rows, pool));
    return record_batch{batch.shared_schema(), std::move(columns), rows.size()};
}

} // namespace penstock
