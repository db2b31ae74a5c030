// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/parser.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace penstock::xml {

/// Reads chosen elements of a large document without a tree: a table says which, by parent and name; all
/// others are skipped with all they contain.
class field_handler : public handler {
  public:
    /// `parent` is the number of another field, counted from 1 in the table; 0 is for the root.
    struct field {
        std::uint8_t parent;
        std::string_view name;
    };

    /// The table must outlive the handler; it has at most 255 fields, the first of which is the root.
    explicit field_handler(std::span<const field> table) noexcept : table_{table} {}

    /// The document's root, whether in the table or not.
    const std::string& root() const noexcept { return root_; }

    PENSTOCK_DECL void start_element(std::string_view name) final;
    PENSTOCK_DECL void end_element() final;
    PENSTOCK_DECL void text(std::string_view piece) final;

  protected:
    /// Field number `id` starts.
    virtual void open_field(std::uint8_t id) { static_cast<void>(id); }
    /// Field number `id` ends; `text` is all its text, and may be moved from.
    virtual void close_field(std::uint8_t id, std::string& text) = 0;

  private:
    std::span<const field> table_;
    std::uint8_t current_ = 0;
    std::size_t skipping_ = 0; // depth inside an element that is not in the table
    std::string root_;
    std::string text_;
};

} // namespace penstock::xml

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/xml/impl/field_handler.ipp>
#endif
