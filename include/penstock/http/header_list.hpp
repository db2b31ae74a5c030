// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>
#include <penstock/core/detail/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::http {

struct header_view {
    std::string_view name;
    std::string_view value;
};

/// Header fields in order, kept as the text they have on the wire: adding is appending, sending is one copy, and
/// clearing keeps the memory for the next message.
class header_list {
  public:
    header_list() = default;

    /// Appends a field. Precondition: `valid_header` holds for both, else `errc::invalid_option` is thrown, so that no
    /// text from outside can start a header of its own.
    PENSTOCK_DECL void add(std::string_view name, std::string_view value);
    PENSTOCK_DECL void add(std::string_view name, std::uint64_t value);
    /// As `add`, for fields that are known to be valid: what a parser has checked, what is a constant here.
    PENSTOCK_DECL void add_valid(std::string_view name, std::string_view value);
    /// Puts one field in the place of all of that name, or appends. Throws as `add` does, and then changes nothing.
    PENSTOCK_DECL void set(std::string_view name, std::string_view value);
    PENSTOCK_DECL void remove(std::string_view name);

    /// The first value of that name (compared without case).
    PENSTOCK_DECL std::optional<std::string_view> find(std::string_view name) const noexcept;
    /// As `find`, empty where there is none.
    std::string_view operator[](std::string_view name) const noexcept {
        auto v = find(name);
        return v ? *v : std::string_view{};
    }
    bool contains(std::string_view name) const noexcept { return find(name).has_value(); }

    std::size_t size() const noexcept { return fields_.size(); }
    bool empty() const noexcept { return fields_.empty(); }
    /// Views stay valid until the list is changed.
    header_view operator[](std::size_t i) const noexcept {
        const auto& f = fields_[i];
        const std::string_view t{text_};
        return {t.substr(f.name, f.name_size), t.substr(f.value, f.value_size)};
    }

    /// All fields as "Name: value\r\n".
    std::string_view text() const noexcept { return text_; }

    void clear() noexcept {
        text_.clear();
        fields_.clear();
    }

  private:
    struct field {
        std::uint32_t name, name_size, value, value_size;
    };
    std::string text_;
    std::vector<field> fields_;
};

/// A token for a name, no CR, LF, NUL or other control byte (but tab) in a value. RFC 9110, sections 5.1 and 5.5.
PENSTOCK_DECL bool valid_header(std::string_view name, std::string_view value) noexcept;

/// Compares ASCII text without case.
using penstock::detail::iequals;

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/header_list.ipp>
#endif
