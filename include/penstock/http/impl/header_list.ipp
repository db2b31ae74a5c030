// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/header_list.hpp>

#include <penstock/core/error.hpp>
#include <penstock/http/detail/field_chars.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace penstock::http {

PENSTOCK_DECL bool valid_header(std::string_view name, std::string_view value) noexcept {
    return !name.empty() && detail::all_of_kind(name, detail::in_name) && detail::all_of_kind(value, detail::in_value);
}

PENSTOCK_DECL void header_list::add(std::string_view name, std::string_view value) {
    if (!valid_header(name, value))
        throw_failure(failure{errc::invalid_option, "header '" + std::string{name} + "' has a forbidden character",
                              "header values may not contain line breaks or control characters"});
    add_valid(name, value);
}

PENSTOCK_DECL void header_list::add_valid(std::string_view name, std::string_view value) {
    const auto at = text_.size();
    text_.resize(at + name.size() + value.size() + 4);
    char* out = text_.data() + at;
    out = std::copy(name.begin(), name.end(), out);
    *out++ = ':';
    *out++ = ' ';
    out = std::copy(value.begin(), value.end(), out);
    *out++ = '\r';
    *out = '\n';
    const auto size = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
    fields_.push_back({size(at), size(name.size()), size(at + name.size() + 2), size(value.size())});
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
        if (!iequals(h.name, name)) kept.add_valid(h.name, h.value);
    }
    *this = std::move(kept);
}

PENSTOCK_DECL void header_list::set(std::string_view name, std::string_view value) {
    header_list kept;
    bool placed = false;
    for (std::size_t i = 0; i < size(); ++i) {
        const auto h = (*this)[i];
        if (!iequals(h.name, name))
            kept.add_valid(h.name, h.value);
        else if (!std::exchange(placed, true))
            kept.add(name, value);
    }
    if (!placed) kept.add(name, value);
    *this = std::move(kept); // only now: name and value may be views into this list
}

PENSTOCK_DECL std::optional<std::string_view> header_list::find(std::string_view name) const noexcept {
    for (const auto& f : fields_) {
        const std::string_view t{text_};
        if (iequals(t.substr(f.name, f.name_size), name)) return t.substr(f.value, f.value_size);
    }
    return std::nullopt;
}

} // namespace penstock::http
