// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/number_style.hpp>

#include <penstock/core/detail/ascii.hpp>

namespace penstock::csv::detail {

PENSTOCK_DECL bool number_style::to_plain(std::string_view text, std::string& out) const {
    using penstock::detail::is_digit;
    out.clear();
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out += text.front();
        text.remove_prefix(1);
    }
    const auto take_digits = [&] {
        std::size_t n = 0;
        while (n < text.size() && is_digit(text[n])) ++n;
        out += text.substr(0, n);
        text.remove_prefix(n);
        return n;
    };
    const auto whole = take_digits();
    if (thousands && text.starts_with(*thousands)) {
        if (whole < 1 || whole > 3) return false;
        while (text.starts_with(*thousands)) {
            text.remove_prefix(1);
            if (take_digits() != 3) return false;
        }
    }
    if (text.starts_with(decimal)) {
        out += '.';
        text.remove_prefix(1);
    }
    out += text;
    return decimal == '.' || text.find('.') == text.npos;
}

PENSTOCK_DECL std::string number_style::fault(std::optional<char> quote, std::optional<char> escape,
                                              std::string_view delimiter) const {
    for (const auto c : {std::optional<char>{decimal}, thousands}) {
        if (!c) continue;
        const char letter = penstock::detail::lower(*c);
        if (penstock::detail::is_digit(*c) || (letter >= 'a' && letter <= 'z') || *c == '-' || *c == '+' || *c == '\n' || *c == '\r')
            return "separators of numbers cannot be what numbers are made of, or a line break";
        if (c == quote || c == escape) return "separators of numbers cannot be quote or escape as well";
        if (!quote && !escape && delimiter == std::string_view{&*c, 1})
            return "without quotes, separators of numbers cannot be the delimiter as well";
    }
    if (thousands == decimal) return "the decimal separator cannot separate thousands as well";
    return {};
}

} // namespace penstock::csv::detail
