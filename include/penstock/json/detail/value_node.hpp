// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/field.hpp>
#include <penstock/core/detail/cpu_features.hpp>
#include <penstock/format/kernels/text_kernels.hpp>
#include <penstock/format/scalar_text.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::json::detail {

struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};

/// Keys and what they stand for. Rows tend to have their keys in one order: the one that was found in this place before is
/// tried first.
class key_table {
  public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// False for a name that is there.
    bool add(const std::string& name, std::size_t value) { return by_name_.emplace(name, value).second; }

    /// The value at the `place`-th key of an object, or `none`.
    PENSTOCK_DECL std::size_t find(std::size_t place, std::string_view key);

    /// The key that was in this place before; empty where it holds what JSON escapes.
    std::string_view expected(std::size_t place) const noexcept {
        return place < expected_.size() && expected_[place].plain ? std::string_view{expected_[place].name}
                                                                  : std::string_view{};
    }

  private:
    struct expected_key {
        std::string name;
        std::size_t value = none;
        bool plain = false;
    };
    /// Objects with more keys than that look up those behind.
    static constexpr std::size_t most_expected = 1024;

    std::unordered_map<std::string, std::size_t, text_hash, std::equal_to<>> by_name_;
    std::vector<expected_key> expected_;
};

/// A column of JSON values, or a child of one: which values it takes, and the builder that they go to.
class value_node {
  public:
    /// What kinds of JSON values may stand in it.
    enum class kind : std::uint8_t {
        null,       ///< null alone
        boolean,
        integer,    ///< numbers without point and exponent; in a given column of 64 bits, strings that hold one, too
        number,     ///< in a given column also the strings "NaN", "Infinity" and "-Infinity"
        decimal,    ///< numbers, or strings that hold one
        duration,   ///< strings, or whole numbers that count units
        text,       ///< strings; anything else is the text that stands in the data
        scalar,     ///< strings that hold a value of the type; in a given column of dates or times also numbers that count units
        list,       ///< arrays
        fixed_list, ///< arrays of one size
        structure,  ///< objects
        map,        ///< objects
        encoded,    ///< a dictionary of those that are no scalars: what its values take
        none,       ///< JSON has no such values
    };

    /// A column. `inferred`: every value must be of a kind that inference would have put there.
    PENSTOCK_DECL value_node(field f, bool inferred, const std::shared_ptr<buffer_pool>& pool, binary_form form, simd_level level);
    value_node(const value_node&) = delete;
    value_node& operator=(const value_node&) = delete;

    const field& described() const noexcept { return field_; }
    const data_type& type() const noexcept { return field_.type(); }
    bool nullable() const noexcept { return field_.nullable(); }
    bool inferred() const noexcept { return inferred_; }
    kind takes() const noexcept { return kind_; }
    /// It is made of one token.
    bool is_scalar() const noexcept { return kind_ < kind::list; }
    array_builder& builder() noexcept { return *builder_; }
    /// Of the top of the tree down to this one: "a.b[]".
    PENSTOCK_DECL std::string path() const;
    /// The first type in the tree that JSON has no values of.
    PENSTOCK_DECL const data_type* impossible() const noexcept;
    /// How many columns there are without children.
    PENSTOCK_DECL std::size_t leaves() const noexcept;

    // A scalar, with `buffer_padding` readable bytes around it; false where it is no value of the type.

    /// A string, without its quotation marks and escapes.
    PENSTOCK_DECL bool append_string(std::string_view text);
    /// Any text that the type has.
    PENSTOCK_DECL bool append_text(std::string_view text);
    PENSTOCK_DECL bool append_number(std::string_view token);

    // children: 1 of a list; key and value of a map; the value of a dictionary, whose builder has one value at a time

    std::size_t size() const noexcept { return children_.size(); }
    value_node& child(std::size_t i) noexcept { return *children_[i]; }
    key_table& keys() noexcept { return keys_; }

    /// Which record, or which object in it, it last had a value in.
    std::uint64_t stamp = 0;

  private:
    value_node(field f, bool inferred, std::unique_ptr<array_builder> own, array_builder& builder, const value_node& parent,
               const std::shared_ptr<buffer_pool>& pool);
    PENSTOCK_DECL void make_children(const std::shared_ptr<buffer_pool>& pool);

    field field_;
    bool inferred_;
    binary_form form_;
    const penstock::detail::text_kernels* kernels_;
    kind kind_;
    std::unique_ptr<array_builder> own_;
    array_builder* builder_;
    const value_node* parent_ = nullptr;
    std::optional<scalar_parser> parser_;
    std::vector<std::unique_ptr<value_node>> children_;
    key_table keys_;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/value_node.ipp>
#endif
