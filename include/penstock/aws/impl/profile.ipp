// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile.hpp>

namespace penstock::aws {
namespace detail {

inline std::optional<std::string> find_property(const profile_properties& in, std::string_view name) {
    const auto at = in.find(name);
    if (at == in.end() || at->second.empty()) return std::nullopt;
    return at->second;
}

inline std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
    return out;
}

/// What may have been meant, for people.
inline std::string hint_for_profile(const shared_config& from, const std::string& name) {
    if (from.ignored.contains(name))
        return "the section [" + name + "] of a config file must be [profile " + name + "]";
    if (from.ignored.contains("profile " + name))
        return "the section [profile " + name + "] of a credentials file must be [" + name + "]";
    if (from.profiles.empty()) return "";
    constexpr std::size_t shown = 20;
    std::vector<std::string> names;
    for (const auto& [other, properties] : from.profiles) {
        if (names.size() == shown) break;
        names.push_back(other);
    }
    const auto more = from.profiles.size() - names.size();
    return "there are " + joined(names) + (more ? " and " + std::to_string(more) + " more" : "");
}

[[noreturn]] inline void throw_unknown_profile(const shared_config& from, const std::string& name) {
    error_detail d;
    d.message = "no profile '" + printable(name, 128) + "' ";
    d.message += from.files.empty() ? "because there is no config or credentials file" : "in " + joined(from.files);
    d.hint = hint_for_profile(from, name);
    throw_failure(failure{errc::invalid_profile, std::move(d)});
}

} // namespace detail

PENSTOCK_DECL std::optional<std::string> profile::get(std::string_view name) const {
    return detail::find_property(properties, name);
}

PENSTOCK_DECL std::optional<std::string> profile::get(std::string_view name, std::string_view nested) const {
    const auto value = get(name);
    if (!value) return std::nullopt;
    return detail::find_property(nested_properties(*value), nested);
}

PENSTOCK_DECL profile find_profile(const shared_config& from, std::string_view name) {
    profile out;
    out.name = name;
    if (const auto at = from.profiles.find(name); at != from.profiles.end()) {
        out.properties = at->second;
    } else if (name != "default") {
        detail::throw_unknown_profile(from, out.name);
    }
    if (const auto section = out.get("services")) {
        const auto at = from.services.find(*section);
        if (at != from.services.end()) out.services = at->second;
    }
    return out;
}

} // namespace penstock::aws
