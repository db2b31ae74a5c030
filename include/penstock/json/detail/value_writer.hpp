// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>
#include <penstock/config.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/json/write_options.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::json::detail {

/// Why a type has no JSON form (docs/types.md): unions, maps whose keys are no texts, structs with two fields of one name;
/// none when it has one. Pure.
PENSTOCK_DECL std::optional<std::string> no_json_form(const data_type& type);

/// Appends a JSON string. False, part of it being appended, for what is not UTF-8. Pure.
PENSTOCK_DECL bool append_string(std::string& out, std::string_view text, const write_options& options);

enum class value_fault : std::uint8_t {
    none,
    not_utf8,
    beyond, ///< a date or time that its type cannot mean
    not_finite,
    null_key, ///< of a map
};

struct object_writer;

/// Writes values of one type that has a form. What can be known of the type beforehand is.
class value_writer {
  public:
    PENSTOCK_DECL value_writer(const data_type& type, const write_options& options);
    PENSTOCK_DECL value_writer(value_writer&&) noexcept;
    PENSTOCK_DECL ~value_writer();

    /// Appends a value, nulls too. After a fault some of it may have been appended. `depth`: how many objects and arrays
    /// it stands in. Pure.
    PENSTOCK_DECL value_fault append(std::string& out, const array& column, std::size_t row, const write_options& options,
                                     std::size_t depth = 0) const;

    /// Where in a value the fault is that `append` found, as it is written behind the column's name: `.b[2]["key"]`; empty for the
    /// value itself. Pure.
    PENSTOCK_DECL std::string place_of_fault(const array& column, std::size_t row, const write_options& options) const;

  private:
    value_fault append_items(std::string& out, const array& column, std::size_t row, const write_options& options,
                             std::size_t depth) const;
    value_fault append_entries(std::string& out, const array& column, std::size_t row, const write_options& options,
                               std::size_t depth) const;
    value_fault append_scalar(std::string& out, const array& column, std::size_t row,
                              const write_options& options) const;

    data_type type_;
    std::vector<value_writer> values_;            // of a list, a map or a dictionary
    std::unique_ptr<const object_writer> fields_; // of a struct
};

/// A new line of pretty text.
inline void break_line(std::string& out, const write_options& options, std::size_t depth) {
    if (options.indent() == 0) return;
    out += '\n';
    out.append(options.indent() * depth, ' ');
}

/// Writes rows, or the values of a struct.
struct object_writer {
    struct member {
        std::size_t field;
        std::string key; ///< as it stands in the text, with its colon
        value_writer value;
    };
    std::vector<member> members; ///< in the order of the text

    /// Preconditions: the types have a form, the names are UTF-8 and differ.
    PENSTOCK_DECL object_writer(std::span<const field> fields, const write_options& options);

    /// `at(field)` gives the column of a field and the row in it.
    template <class At>
    value_fault append(std::string& out, const write_options& options, std::size_t depth, const At& at) const {
        out += '{';
        bool empty = true;
        for (const auto& m : members) {
            const std::pair<const array&, std::size_t> value = at(m.field);
            if (options.nulls() == null_members::omit && is_null_value(value.first, value.second)) continue;
            if (!empty) out += ',';
            empty = false;
            break_line(out, options, depth + 1);
            out += m.key;
            const auto what = m.value.append(out, value.first, value.second, options, depth + 1);
            if (what != value_fault::none) return what;
        }
        if (!empty) break_line(out, options, depth);
        out += '}';
        return value_fault::none;
    }
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/value_writer.ipp>
#endif
