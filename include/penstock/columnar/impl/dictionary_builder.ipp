// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/dictionary_builder.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/detail/value_key.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <utility>

namespace penstock {
namespace detail {

/// How many values an index can tell apart. Slots have 32 bits.
inline std::size_t most_entries(const data_type& index) noexcept {
    const auto bits = index.bit_width() - is_signed_integer(index.id());
    return bits >= 32 ? 0xffff'fffe : std::size_t{1} << bits;
}

/// The bytes in a builder of such values are their key: nothing else needs to be kept.
inline bool is_own_key(type_id id) noexcept {
    return is_text(id) || is_binary(id) || (id != type_id::boolean && id != type_id::null && id < type_id::list);
}

} // namespace detail

PENSTOCK_DECL dictionary_builder::dictionary_builder(data_type type, const std::shared_ptr<buffer_pool>& pool)
    : type_{std::move(type)}, most_{detail::most_entries(type_.index_type())},
      separate_keys_{!detail::is_own_key(type_.value_type().id())}, entries_{pool}, slots_{pool},
      keys_{data_type::binary(), pool}, indices_{std::make_unique<array_builder>(type_.index_type(), pool)},
      values_{std::make_unique<array_builder>(type_.value_type(), pool)} {}
PENSTOCK_DECL dictionary_builder::dictionary_builder(dictionary_builder&&) noexcept = default;
PENSTOCK_DECL dictionary_builder& dictionary_builder::operator=(dictionary_builder&&) noexcept = default;
PENSTOCK_DECL dictionary_builder::~dictionary_builder() = default;

PENSTOCK_DECL std::size_t dictionary_builder::size() const noexcept { return indices_->size(); }

PENSTOCK_DECL std::string_view dictionary_builder::key(std::size_t entry) const noexcept {
    if (separate_keys_) return keys_[entry];
    return std::visit(
        [entry](const auto& b) -> std::string_view {
            if constexpr (requires { requires std::is_same_v<decltype(b[0]), std::string_view>; })
                return b[entry];
            else if constexpr (requires { b[0]; })
                return {reinterpret_cast<const char*>(&b[entry]), sizeof b[entry]};
            else
                return {};
        },
        values_->builder());
}

/// Where the key is, or the free slot where it would be. Precondition: there are slots.
PENSTOCK_DECL std::size_t dictionary_builder::slot_of(std::string_view wanted, std::uint64_t hash) const noexcept {
    const auto mask = slots_.size() / 4 - 1;
    auto at = hash & mask;
    for (;; at = (at + 1) & mask) {
        const auto used = slot(at);
        if (used == 0) return at;
        if (entry_at(used - 1).hash == hash && key(used - 1) == wanted) return at;
    }
}

/// Twice as many slots, filled in the order of the entries: so they can be taken away from the last on.
PENSTOCK_DECL void dictionary_builder::make_slots() {
    const auto n = std::max<std::size_t>(slots_.size() / 4 * 2, 1024);
    slots_.resize(n * 4);
    std::memset(slots_.data(), 0, n * 4);
    for (std::size_t i = 0; i < dictionary_size(); ++i) {
        auto at = entry_at(i).hash & (n - 1);
        while (slot(at) != 0) at = (at + 1) & (n - 1);
        slot(at) = static_cast<std::uint32_t>(i + 1);
    }
}

PENSTOCK_DECL void dictionary_builder::append_index(std::size_t index) {
    std::visit(
        [index](auto& b) {
            if constexpr (requires { b.append(index); b.grow(1); }) {
                using value = std::remove_cvref_t<decltype(b[0])>;
                if constexpr (std::is_integral_v<value>) b.append(static_cast<value>(index));
            }
        },
        indices_->builder());
}

PENSTOCK_DECL std::uint64_t dictionary_builder::hash_of(std::string_view key) noexcept {
    return std::hash<std::string_view>{}(key);
}

template <class AppendValue>
void dictionary_builder::append_key(std::string_view wanted, std::uint64_t hash, AppendValue append_value) {
    const auto entries = dictionary_size();
    if ((entries + 1) * 2 > slots_.size() / 4) make_slots();
    const auto at = slot_of(wanted, hash);
    if (slot(at) != 0) return append_index(slot(at) - 1);
    if (entries >= most_)
        throw_failure({errc::record_too_large,
                       "a dictionary with indices of type " + type_.index_type().name() + " cannot hold more than " +
                           std::to_string(most_) + " different values in one batch",
                       "use a wider index type, smaller batches, or no dictionary"});
    // The entry comes last: where memory is refused before, there is no value more.
    entries_.reserve(entries_.size() + sizeof(entry));
    indices_->reserve(1);
    if (separate_keys_) {
        keys_.truncate(entries);
        keys_.append(wanted);
    }
    values_->truncate(entries);
    append_value();
    entries_.resize(entries_.size() + sizeof(entry));
    entry_at(entries) = {hash, size()};
    slot(at) = static_cast<std::uint32_t>(entries + 1);
    append_index(entries);
}

PENSTOCK_DECL void dictionary_builder::append(std::string_view bytes) {
    append_key(bytes, hash_of(bytes), [&] {
        std::visit(
            [bytes](auto& b) {
                if constexpr (requires { b.append(bytes); }) b.append(bytes);
            },
            values_->builder());
    });
}

PENSTOCK_DECL void dictionary_builder::append_memory(const void* value, std::size_t size) {
    if (auto* booleans = values_->try_as<boolean_builder>()) {
        bool b = false;
        std::memcpy(&b, value, sizeof b);
        const char bytes[] = {'\1', b ? '\1' : '\0'}; // as `append_value_key` has it
        const std::string_view wanted{bytes, 2};
        return append_key(wanted, hash_of(wanted), [&] { booleans->append(b); });
    }
    const std::string_view wanted{static_cast<const char*>(value), size};
    append_key(wanted, hash_of(wanted), [&] {
        std::visit(
            [value](auto& b) {
                if constexpr (requires { b.grow(1); }) {
                    std::remove_cvref_t<decltype(b[0])> v;
                    std::memcpy(&v, value, sizeof v);
                    b.append(v);
                }
            },
            values_->builder());
    });
}

PENSTOCK_DECL void dictionary_builder::append(const array& values, std::size_t i) {
    const auto id = values.type().id();
    const bool bytes = is_text(id) || is_binary(id);
    const bool null = !separate_keys_ && values.is_null(i);
    if (!separate_keys_ && !null && bytes) return append(values.bytes_at(i));
    scratch_.clear();
    std::string_view wanted;
    if (null) { // the bytes that lie under it; its hash tells it from a value of the same
        scratch_.assign(bytes && id != type_id::fixed_size_binary ? 0 : values.type().byte_width(), '\0');
        wanted = scratch_;
    } else {
        detail::append_value_key(scratch_, values, i);
        wanted = scratch_;
        if (!separate_keys_) wanted.remove_prefix(1); // the value in memory
    }
    append_key(wanted, null ? ~hash_of(wanted) : hash_of(wanted), [&] { values_->append(values, i, 1); });
}

PENSTOCK_DECL void dictionary_builder::append_nulls(std::size_t count) { indices_->append_nulls(count); }
PENSTOCK_DECL void dictionary_builder::reserve(std::size_t more) { indices_->reserve(more); }

PENSTOCK_DECL void dictionary_builder::truncate(std::size_t size) noexcept {
    indices_->truncate(size);
    auto entries = dictionary_size();
    for (; entries != 0 && entry_at(entries - 1).row >= size; --entries)
        slot(slot_of(key(entries - 1), entry_at(entries - 1).hash)) = 0;
    entries_.resize(entries * sizeof(entry));
    values_->truncate(entries);
    if (separate_keys_) keys_.truncate(entries);
}

PENSTOCK_DECL array dictionary_builder::finish() {
    const auto entries = dictionary_size();
    values_->truncate(entries);
    std::vector<array> dictionary;
    dictionary.push_back(values_->finish());
    const auto indices = indices_->finish();
    entries_.resize(0);
    keys_.truncate(0);
    if (slots_.size() != 0) std::memset(slots_.data(), 0, slots_.size());
    return array{type_,           indices.size(),  indices.null_count(),  indices.validity(),
                 indices.values(), {},              std::move(dictionary)};
}

} // namespace penstock
