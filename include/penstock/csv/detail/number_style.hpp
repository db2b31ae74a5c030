// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::csv::detail {

/// What stands in front of a number's fraction, and between its groups of three digits.
struct number_style {
    char decimal = '.';
    std::optional<char> thousands;

    /// As everywhere else in this library.
    bool plain() const noexcept { return decimal == '.' && !thousands; }

    /// "-1.234.567,5" as "-1234567.5", in `out`. Groups have three digits, the first one to three, or there are none. False for
    /// what is no number in this style; of what a number is made of otherwise nothing is checked.
    PENSTOCK_DECL bool to_plain(std::string_view text, std::string& out) const;

    /// Why it cannot work; empty where it can.
    PENSTOCK_DECL std::string fault(std::optional<char> quote, std::optional<char> escape, std::string_view delimiter) const;
};

} // namespace penstock::csv::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/number_style.ipp>
#endif
