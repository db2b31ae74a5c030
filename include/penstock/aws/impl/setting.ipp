// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/setting.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/error.hpp>

#include <charconv>
#include <utility>

namespace penstock::aws {
namespace detail {

[[noreturn]] inline void throw_setting(const setting& s, const std::string& wanted) {
    throw_failure(failure{errc::invalid_option, s.source + " is '" + printable(s.value, 64) + "'", "it must be " + wanted});
}

} // namespace detail

PENSTOCK_DECL setting from_environment(const environment& env, const std::string& variable) {
    return {env.get(variable).value_or(""), variable};
}

PENSTOCK_DECL setting from_profile(const profile& in, std::string_view property) {
    return {in.get(property).value_or(""), std::string{property} + " of profile '" + in.name + "'"};
}

PENSTOCK_DECL setting from_profile(const profile& in, std::string_view property, std::string_view nested) {
    return {in.get(property, nested).value_or(""),
            std::string{property} + "." + std::string{nested} + " of profile '" + in.name + "'"};
}

PENSTOCK_DECL setting first_said(std::initializer_list<setting> in_order) {
    for (const auto& s : in_order)
        if (!s.value.empty()) return s;
    return {};
}

PENSTOCK_DECL std::optional<bool> as_bool(const setting& s) {
    const auto found = as_word(s, {"false", "true"});
    if (!found) return std::nullopt;
    return *found == 1;
}

PENSTOCK_DECL std::optional<int> as_count(const setting& s) {
    if (s.value.empty()) return std::nullopt;
    int n = 0;
    const auto end = s.value.data() + s.value.size();
    const auto read = std::from_chars(s.value.data(), end, n);
    if (read.ec != std::errc{} || read.ptr != end || n < 1) detail::throw_setting(s, "a whole number from 1");
    return n;
}

PENSTOCK_DECL std::optional<std::size_t> as_word(const setting& s, std::initializer_list<std::string_view> words) {
    if (s.value.empty()) return std::nullopt;
    std::size_t at = 0;
    std::string known;
    for (const auto word : words) {
        if (penstock::detail::iequals(word, s.value)) return at;
        if (at > 0) known += at + 1 == words.size() ? " or " : ", ";
        known += word;
        ++at;
    }
    detail::throw_setting(s, known);
}

} // namespace penstock::aws
