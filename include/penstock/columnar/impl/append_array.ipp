// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

namespace penstock {
namespace detail {

/// One bit a value that is there, 64 at most.
inline std::uint64_t valid_word(const array& a, std::size_t first, std::size_t count) noexcept {
    if (a.null_count() == 0) return ~std::uint64_t{0} >> (64 - count);
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < count; ++i) out |= std::uint64_t{!a.is_null(first + i)} << i;
    return out;
}

/// Copies values of one array into a builder of the same type, a run at a time where their memory allows it.
struct array_appender {
    const array& from;
    std::size_t first;
    std::size_t count;

    template <class AppendValue, class Builder>
    void one_by_one(Builder& b, AppendValue append_value) const {
        for (auto i = first; i < first + count; ++i) {
            if (from.is_null(i))
                b.append_null();
            else
                append_value(i);
        }
    }

    template <class T>
    void operator()(number_builder<T>& b) const {
        if (count == 0) return;
        auto* to = b.grow(count);
        std::memcpy(to, from.values().as<T>() + from.offset() + first, count * sizeof(T));
        for (std::size_t at = 0; at < count; at += 64) {
            const auto n = std::min<std::size_t>(64, count - at);
            const auto valid = valid_word(from, first + at, n);
            for (auto rest = valid ^ (~std::uint64_t{0} >> (64 - n)); rest != 0; rest &= rest - 1)
                to[at + static_cast<std::size_t>(std::countr_zero(rest))] = T{};
            b.validity().append_word(valid, n);
        }
    }
    void operator()(boolean_builder& b) const {
        for (std::size_t at = 0; at < count; at += 64) {
            const auto n = std::min<std::size_t>(64, count - at);
            const auto valid = valid_word(from, first + at, n);
            std::uint64_t bits = 0;
            for (std::size_t i = 0; i < n; ++i) bits |= std::uint64_t{from.boolean_at(first + at + i)} << i;
            b.append_word(bits & valid, valid, n);
        }
    }
    void operator()(null_builder& b) const { b.append_nulls(count); }

    void operator()(string_builder& b) const { append_bytes(b); }
    void operator()(large_string_builder& b) const { append_bytes(b); }
    void operator()(view_builder& b) const { append_bytes(b); }
    void operator()(fixed_size_binary_builder& b) const { append_bytes(b); }
    template <class Builder>
    void append_bytes(Builder& b) const {
        b.reserve(count);
        one_by_one(b, [&](std::size_t i) { b.append(from.bytes_at(i)); });
    }

    void operator()(list_builder& b) const {
        b.reserve(count);
        one_by_one(b, [&](std::size_t i) {
            b.append();
            const auto [begin, end] = from.item_range(i);
            array_appender{from.children().front(), begin, end - begin}.to(b.child());
        });
    }
    void operator()(fixed_size_list_builder& b) const {
        one_by_one(b, [&](std::size_t i) {
            b.append();
            const auto [begin, end] = from.item_range(i);
            array_appender{from.children().front(), begin, end - begin}.to(b.child());
        });
    }
    void operator()(struct_builder& b) const {
        // Runs of rows of one kind go to the children at once.
        for (std::size_t done = 0; done < count;) {
            const auto begin = first + done;
            const bool null = from.is_null(begin);
            auto end = begin + 1;
            while (end < first + count && from.is_null(end) == null) ++end;
            if (null) {
                b.append_nulls(end - begin);
            } else {
                for (auto i = begin; i < end; ++i) b.append();
                for (std::size_t c = 0; c < b.num_children(); ++c)
                    array_appender{from.children()[c], from.offset() + begin, end - begin}.to(b.child(c));
            }
            done = end - first;
        }
    }
    void operator()(union_builder& b) const {
        const auto shift = from.type().id() == type_id::sparse_union ? from.offset() : 0;
        for (auto i = first; i < first + count; ++i) {
            const auto [child, at] = from.union_at(i);
            array_appender{from.children()[child], at + shift, 1}.to(b.append(child));
        }
    }
    void operator()(dictionary_builder& b) const {
        b.reserve(count);
        one_by_one(b, [&](std::size_t i) { b.append(from.dictionary(), from.index_at(i)); });
    }

    void to(array_builder& b) const { std::visit(*this, b.builder()); }
};

PENSTOCK_DECL void append_same_type(array_builder& to, const array& values, std::size_t first, std::size_t count) {
    array_appender{values, first, count}.to(to);
}

} // namespace detail

PENSTOCK_DECL void array_builder::append(const array& values, std::size_t first, std::size_t count) {
    if (type() != values.type())
        throw_failure({errc::type_mismatch,
                       "values of type " + values.type().name() + " are none of " + type().name(), "cast them before"});
    detail::append_same_type(*this, values, first, count);
}

PENSTOCK_DECL array concatenate(std::span<const array> arrays, const std::shared_ptr<buffer_pool>& pool) {
    if (arrays.empty()) throw_failure({errc::invalid_option, "nothing to concatenate: the type is not known"});
    array_builder out{arrays.front().type(), pool};
    std::size_t sum = 0;
    for (const auto& a : arrays) sum += a.size();
    out.reserve(sum);
    for (const auto& a : arrays) out.append(a, 0, a.size());
    return out.finish();
}

} // namespace penstock
