// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/flat_column.hpp>
#include <penstock/json/detail/key_index.hpp>
#include <penstock/json/detail/row_scan.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace penstock::json::detail {

/// Reads runs of rows that are one object each, whatever the order of their keys, with keys missing or too many, spaces
/// between tokens, structs, lists and maps: from a list of where brackets, colons, commas and row ends are it writes down, for
/// each column and each child of one, where its values are, and then converts column by column. What it cannot take (objects
/// or arrays twice, values that are none of their column's, anything malformed) it leaves to the parser of single
/// rows, which would have read the rest as the same values. Pure.
class walked_rows {
  public:
    /// Objects and arrays deeper than that are left.
    static constexpr std::size_t deepest = 64;

    PENSTOCK_DECL explicit walked_rows(simd_level level);

    struct rules {
        bool missing_is_null = true; ///< a row may lack a column
        bool extra_is_fine = true;   ///< a row may have keys that are no column, beyond those that `pass_over` names
    };
    /// Once, before any row. The columns are to outlive this. Of some types none can be read so: no row is taken then.
    PENSTOCK_DECL void set_columns(const std::vector<std::unique_ptr<value_node>>& columns, rules how);
    /// A key that is no column; its values are checked all the same.
    void pass_over(std::string_view key) { keys_.add(key, passed); }

    /// As `flat_rows::append`; `most.rows` is at most `kernel_rows`.
    PENSTOCK_DECL row_run append(const row_text& at, const run_limits& most);

    PENSTOCK_DECL void batch_done();
    /// As `flat_rows::be_modest`.
    PENSTOCK_DECL void be_modest() noexcept;
    /// What comes is another text.
    void restart() noexcept { scan_.restart(); }

  private:
    static constexpr std::uint32_t passed = key_index::none - 1;

    /// Where values are, two numbers each, side by side for all that have one value a row, or one an item of a list:
    /// - a scalar: the byte before it and the one behind it; nothing between them where it is missing;
    /// - a struct: 0 and 2; a list or map: its first item and that, plus how many there are, plus 2. Nulls have 0 and 0.
    struct table {
        std::size_t width = 0; // numbers an entry
        std::size_t entries = 0;
        std::vector<std::uint32_t> fixed; // lists of one size: under a null they have items, too
        std::vector<std::uint32_t> slots;
        std::vector<std::uint32_t> rows; // that entries belong to
    };
    enum class kind : std::uint8_t { scalar, text, structure, list, fixed_list, map };
    /// Where the values of a column, or of a child of one, are written down: all that a walk asks for.
    struct place {
        std::uint32_t slot = 0;
        std::uint32_t node = 0;
        std::uint32_t items = 0; // table of a list's or map's
        kind takes = kind::scalar;
    };
    /// What the keys of an object stand for: a child, or `passed`.
    struct key_set {
        key_index texts; // as they stand between quotation marks: names without escapes, and keys met before
        key_index names;
        std::size_t learned = 0;

        PENSTOCK_DECL void add(std::string_view name, std::uint32_t what);
        PENSTOCK_DECL void learn(std::string_view text, std::uint32_t what);
    };
    /// A column or a child of one.
    struct node {
        value_node* value = nullptr;
        std::size_t table = 0;
        std::size_t item = 0;              // of a list: the child; of a map: the keys
        std::size_t mapped = 0;            // of a map: the values
        std::optional<flat_column> column; // of a scalar
        key_set keys;                      // of a struct
        std::size_t before = 0;            // values in the builder when a run begins
    };
    /// A scalar behind which its key comes again.
    struct replaced_value {
        std::uint32_t slot[2];
        std::uint32_t node;
        std::uint32_t row;
    };
    /// What a row is walked with.
    struct walk {
        const char* text;
        const std::uint32_t* token;
        std::uint32_t row_begin;
        std::uint32_t row;
    };

    PENSTOCK_DECL std::size_t add(value_node& value, std::size_t in_table);
    PENSTOCK_DECL bool find_escaped(std::string_view key, key_set* keys, std::uint32_t& known);
    bool complete(const table& of, std::uint32_t* entry, const walk& at) { return of.fixed.empty() || complete_fixed(of, entry, at); }
    PENSTOCK_DECL bool complete_fixed(const table& of, std::uint32_t* entry, const walk& at);
    bool has_room(const table& items, std::size_t more) const noexcept;
    PENSTOCK_DECL static void grow(table& to);
    std::uint32_t* new_entry(table& to, const walk& at);
    template <bool Spaces>
    bool walk_scalars(walk& at, table& items);
    // `Spaces`: there may be white space between tokens.
    template <bool Spaces>
    std::size_t walk_rows(const char* text, json_layout layout, const run_limits& most);
    template <bool Spaces>
    bool walk_row(walk& at, json_layout layout);
    template <bool Spaces>
    bool walk_fields(walk& at, key_set* keys, std::uint32_t* entry, std::size_t depth);
    template <bool Spaces>
    bool walk_key(walk& at, std::uint32_t& first, std::uint32_t& last);
    template <bool Spaces>
    bool walk_map(walk& at, const place& to, std::uint32_t* slot, std::size_t depth);
    template <bool Spaces>
    bool walk_value(walk& at, const place* to, std::uint32_t* entry, std::size_t depth);
    template <bool Spaces>
    bool walk_nested(walk& at, const place* to, std::uint32_t* entry, std::size_t depth);
    template <bool Spaces>
    bool walk_items(walk& at, const place* to, std::uint32_t* slot, std::size_t depth);
    std::size_t entries_of(const table& t, std::size_t rows) const noexcept;
    PENSTOCK_DECL std::size_t convert(const char* text, std::size_t rows);
    PENSTOCK_DECL std::size_t append_values(const char* text, std::size_t rows);
    PENSTOCK_DECL std::size_t check_extras(const char* text, std::size_t rows) const;
    PENSTOCK_DECL std::size_t check_replaced(const char* text, std::size_t rows);
    PENSTOCK_DECL void finish_nested(std::size_t at, std::size_t rows);

    simd_level level_;
    const penstock::detail::json_kernels* json_kernels_;
    rules rules_;
    bool possible_ = false;
    std::vector<std::size_t> columns_; // their nodes
    std::vector<node> nodes_;
    std::vector<place> places_; // of the nodes
    std::vector<table> tables_; // the first has the rows
    key_set keys_;
    std::string unescaped_; // a key
    table extras_; // scalars that are no column's
    std::vector<replaced_value> replaced_;

    row_scan scan_; // where tokens are
    std::vector<std::uint32_t> row_slots_; // how many slots there are in the run up to a row
    std::vector<std::size_t> row_texts_;   // how many bytes of text
    std::vector<std::size_t> row_lines_;   // how many lines, with those that have nothing but white space
    std::size_t run_ = penstock::detail::kernel_rows;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/walked_rows.ipp>
#endif
