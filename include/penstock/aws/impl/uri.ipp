// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/uri.hpp>

#include <penstock/core/detail/ascii.hpp>

#include <algorithm>
#include <utility>

namespace penstock::aws {
namespace detail {

/// RFC 3986, section 2.3.
constexpr bool is_unreserved(char c) noexcept {
    return penstock::detail::is_letter(c) || penstock::detail::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

} // namespace detail

PENSTOCK_DECL void append_uri_encoded(std::string& out, std::string_view text, bool keep_slash) {
    using penstock::detail::upper_hex;
    for (const char c : text) {
        if (detail::is_unreserved(c) || (keep_slash && c == '/')) {
            out += c;
        } else {
            const auto u = static_cast<unsigned char>(c);
            const char escape[3] = {'%', upper_hex[u >> 4], upper_hex[u & 15]};
            out.append(escape, sizeof escape);
        }
    }
}

PENSTOCK_DECL std::string uri_encode(std::string_view text, bool keep_slash) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    append_uri_encoded(out, text, keep_slash);
    return out;
}

PENSTOCK_DECL std::optional<std::string> uri_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const int high = penstock::detail::hex_value(text[i + 1]), low = penstock::detail::hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += c == '+' && plus_is_space ? ' ' : c;
        }
    }
    return out;
}

PENSTOCK_DECL std::string canonical_query(const query_parameters& parameters) {
    std::vector<std::pair<std::string, std::string>> encoded;
    encoded.reserve(parameters.size());
    for (const auto& p : parameters) encoded.emplace_back(uri_encode(p.name), uri_encode(p.value));
    // By the pair, not by "name=value": '-' and '.' come before '='.
    std::sort(encoded.begin(), encoded.end());
    std::string out;
    for (const auto& [name, value] : encoded) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

PENSTOCK_DECL query_parameters parse_query(std::string_view query) {
    query_parameters out;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto part = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        const auto name = part.substr(0, equals);
        const auto value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
        out.emplace_back(uri_decode(name).value_or(std::string{name}),
                         uri_decode(value).value_or(std::string{value}));
    }
    return out;
}

} // namespace penstock::aws
