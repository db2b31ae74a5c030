// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <pwd.h>
#include <unistd.h>

namespace penstock::aws {
namespace detail {

/// Empty where the user is not listed.
inline std::string home_of_user() {
    std::string text(1024, '\0');
    passwd entry{};
    passwd* found = nullptr;
    while (::getpwuid_r(::getuid(), &entry, text.data(), text.size(), &found) == ERANGE && text.size() < 1 << 20)
        text.resize(text.size() * 2);
    return found && found->pw_dir ? found->pw_dir : "";
}

} // namespace detail

PENSTOCK_DECL environment::environment()
    : look_up_{[](const std::string& name) -> std::optional<std::string> {
          const char* value = std::getenv(name.c_str());
          if (!value) return std::nullopt;
          return value;
      }},
      system_home_{&detail::home_of_user} {}

PENSTOCK_DECL environment::environment(std::map<std::string, std::string> variables, std::string home)
    : look_up_{[all = std::move(variables)](const std::string& name) -> std::optional<std::string> {
          const auto it = all.find(name);
          if (it == all.end()) return std::nullopt;
          return it->second;
      }},
      system_home_{[home = std::move(home)] { return home; }} {}

PENSTOCK_DECL std::optional<std::string> environment::get(const std::string& name) const {
    auto value = look_up_(name);
    if (value && value->empty()) value.reset();
    return value;
}

PENSTOCK_DECL environment environment::with(std::string name, std::string value) const {
    auto changed = *this;
    changed.look_up_ = [before = look_up_, name = std::move(name),
                        value = std::move(value)](const std::string& asked) -> std::optional<std::string> {
        return asked == name ? value : before(asked);
    };
    return changed;
}

PENSTOCK_DECL std::optional<std::string> environment::home() const {
    if (auto said = get("HOME")) return said;
    auto listed = system_home_();
    if (listed.empty()) return std::nullopt;
    return listed;
}

} // namespace penstock::aws
