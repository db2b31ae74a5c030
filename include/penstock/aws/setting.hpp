// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>
#include <penstock/aws/profile.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::aws {

/// What somebody set, and where, for errors: "AWS_REGION", "region of profile 'dev'".
struct setting {
    setting() = default;
    setting(std::string value, std::string source) : value{std::move(value)}, source{std::move(source)} {}

    std::string value; ///< empty: nobody said it
    std::string source;
};

PENSTOCK_DECL setting from_environment(const environment& env, const std::string& variable);
PENSTOCK_DECL setting from_profile(const profile& in, std::string_view property);
/// As `addressing_style`, nested in `s3`.
PENSTOCK_DECL setting from_profile(const profile& in, std::string_view property, std::string_view nested);

/// The first that somebody said.
PENSTOCK_DECL setting first_said(std::initializer_list<setting> in_order);

/// "true" or "false". Anything else is `errc::invalid_option`, which tells where it stands; unsaid is none.
PENSTOCK_DECL std::optional<bool> as_bool(const setting& s);
/// A whole number from 1.
PENSTOCK_DECL std::optional<int> as_count(const setting& s);
/// One of a few words, as its place among them. Upper and lower case are the same.
PENSTOCK_DECL std::optional<std::size_t> as_word(const setting& s, std::initializer_list<std::string_view> words);

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/setting.ipp>
#endif
