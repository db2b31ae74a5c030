// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace penstock::http {
namespace detail {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// What a character may be in a header field.
enum field_char : unsigned char { in_name = 1, in_value = 2 };

/// tchar of RFC 9110, section 5.6.2, and the characters of section 5.5.
inline constexpr auto field_chars = [] {
    std::array<unsigned char, 256> table{};
    for (unsigned c = 0; c < 256; ++c) {
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool mark = c < 0x80 && std::string_view{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) !=
                                          std::string_view::npos;
        table[c] = (alphanumeric || mark ? in_name : 0) | ((c >= 0x20 && c != 0x7f) || c == '\t' ? in_value : 0);
    }
    return table;
}();

inline bool all_of_kind(std::string_view text, field_char kind) noexcept {
    unsigned char all = kind;
    for (const char c : text) all &= field_chars[static_cast<unsigned char>(c)];
    return all != 0;
}

} // namespace detail

PENSTOCK_DECL bool iequals(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return detail::lower(x) == detail::lower(y);
           });
}

PENSTOCK_DECL bool valid_header(std::string_view name, std::string_view value) noexcept {
    return !name.empty() && detail::all_of_kind(name, detail::in_name) && detail::all_of_kind(value, detail::in_value);
}

PENSTOCK_DECL void header_list::add(std::string_view name, std::string_view value) {
    if (!valid_header(name, value))
        throw_failure(failure{errc::invalid_option, "header '" + std::string{name} + "' has a forbidden character",
                              "header values may not contain line breaks or control characters"});
    field f;
    f.name = static_cast<std::uint32_t>(text_.size());
    f.name_size = static_cast<std::uint32_t>(name.size());
    f.value = f.name + f.name_size + 2;
    f.value_size = static_cast<std::uint32_t>(value.size());
    text_.append(name).append(": ").append(value).append("\r\n");
    fields_.push_back(f);
}

PENSTOCK_DECL void header_list::add(std::string_view name, std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    add(name, std::string_view{digits, static_cast<std::size_t>(end - digits)});
}

PENSTOCK_DECL void header_list::remove(std::string_view name) {
    header_list kept;
    for (std::size_t i = 0; i < size(); ++i) {
        const auto h = (*this)[i];
        if (!iequals(h.name, name)) kept.add(h.name, h.value);
    }
    *this = std::move(kept);
}

PENSTOCK_DECL void header_list::set(std::string_view name, std::string_view value) {
    if (contains(name)) {
        const std::string copy{value}; // may be a view into this list
        remove(name);
        add(name, copy);
    } else {
        add(name, value);
    }
}

PENSTOCK_DECL std::optional<std::string_view> header_list::find(std::string_view name) const noexcept {
    for (const auto& f : fields_) {
        const std::string_view t{text_};
        if (iequals(t.substr(f.name, f.name_size), name)) return t.substr(f.value, f.value_size);
    }
    return std::nullopt;
}

} // namespace penstock::http
