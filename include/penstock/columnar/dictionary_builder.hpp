// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/flat_builders.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace penstock {

class array_builder;

/// Builds dictionary arrays: every value is kept once, in the order in which they come (floating-point numbers by their bits).
/// `finish()` ends the dictionary with the array.
class dictionary_builder {
  public:
    /// Precondition: dictionary.
    PENSTOCK_DECL dictionary_builder(data_type type, const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL dictionary_builder(dictionary_builder&&) noexcept;
    PENSTOCK_DECL dictionary_builder& operator=(dictionary_builder&&) noexcept;
    PENSTOCK_DECL ~dictionary_builder();

    const data_type& type() const noexcept { return type_; }
    PENSTOCK_DECL std::size_t size() const noexcept;
    /// Distinct values so far.
    std::size_t dictionary_size() const noexcept { return entries_.size() / sizeof(entry); }

    // All throw `error` (`errc::record_too_large`), and append nothing, when the index type cannot count one more distinct
    // value.

    /// Precondition: a dictionary of text or bytes.
    PENSTOCK_DECL void append(std::string_view bytes);
    /// Precondition: values are `T` in memory; `bool` for booleans.
    template <class T>
        requires(std::is_trivially_copyable_v<T> && !std::is_convertible_v<T, std::string_view>)
    void append(const T& value) {
        append_memory(&value, sizeof value);
    }
    /// Value `i`, a null too, of an array of the dictionary's value type, whichever it is.
    PENSTOCK_DECL void append(const array& values, std::size_t i);

    void append_null() { append_nulls(1); }
    PENSTOCK_DECL void append_nulls(std::size_t count);
    PENSTOCK_DECL void reserve(std::size_t more);
    /// Values that came with what is forgotten are forgotten, too.
    PENSTOCK_DECL void truncate(std::size_t size) noexcept;
    PENSTOCK_DECL array finish();

  private:
    struct entry {
        std::uint64_t hash;
        std::uint64_t row; // that it came with
    };
    PENSTOCK_DECL void append_memory(const void* value, std::size_t size);
    PENSTOCK_DECL void append_index(std::size_t index);
    PENSTOCK_DECL std::string_view key(std::size_t entry) const noexcept;
    entry& entry_at(std::size_t i) const noexcept { return reinterpret_cast<entry*>(entries_.data())[i]; }
    std::uint32_t& slot(std::size_t i) const noexcept { return reinterpret_cast<std::uint32_t*>(slots_.data())[i]; }
    PENSTOCK_DECL std::size_t slot_of(std::string_view key, std::uint64_t hash) const noexcept;
    PENSTOCK_DECL void make_slots();
    template <class AppendValue>
    void append_key(std::string_view key, std::uint64_t hash, AppendValue append_value);
    PENSTOCK_DECL static std::uint64_t hash_of(std::string_view key) noexcept;

    data_type type_;
    std::size_t most_;
    bool separate_keys_; // values whose bytes in memory are no key
    detail::growing_block entries_;
    detail::growing_block slots_; // 0: free, else 1 + the entry; a power of two of them, at most half in use
    string_builder keys_;
    std::string scratch_;
    std::unique_ptr<array_builder> indices_;
    std::unique_ptr<array_builder> values_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/columnar/array_builder.hpp> // has the bodies, which need it
#endif
