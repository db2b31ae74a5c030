// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/ascii.hpp>

#include <cstddef>
#include <string_view>

// Scalars as JSON (RFC 8259) spells them, without white space around them. Pure.

namespace penstock::json::detail {

enum class number_form : char { none, integer, real };

/// What kind of number the text is: with a point or an exponent it is `real`.
inline number_form json_number_form(std::string_view t) noexcept {
    using penstock::detail::is_digit;
    std::size_t i = 0;
    const auto digits = [&] {
        const auto first = i;
        while (i < t.size() && is_digit(t[i])) ++i;
        return i > first;
    };
    if (i < t.size() && t[i] == '-') ++i;
    if (i < t.size() && t[i] == '0')
        ++i;
    else if (!digits())
        return number_form::none;
    if (i == t.size()) return number_form::integer;
    if (t[i] == '.') {
        ++i;
        if (!digits()) return number_form::none;
    }
    if (i < t.size() && (t[i] | 0x20) == 'e') {
        ++i;
        if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
        if (!digits()) return number_form::none;
    }
    return i == t.size() ? number_form::real : number_form::none;
}

} // namespace penstock::json::detail
