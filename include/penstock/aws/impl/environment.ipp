// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/environment.hpp>

#include <cstdlib>
#include <utility>

namespace penstock::aws {

PENSTOCK_DECL environment::environment()
    : look_up_{[](const std::string& name) -> std::optional<std::string> {
          const char* value = std::getenv(name.c_str());
          if (!value) return std::nullopt;
          return value;
      }} {}

PENSTOCK_DECL environment::environment(std::map<std::string, std::string> variables)
    : look_up_{[all = std::move(variables)](const std::string& name) -> std::optional<std::string> {
          const auto it = all.find(name);
          if (it == all.end()) return std::nullopt;
          return it->second;
      }} {}

PENSTOCK_DECL std::optional<std::string> environment::get(const std::string& name) const {
    auto value = look_up_(name);
    if (value && value->empty()) value.reset();
    return value;
}

} // namespace penstock::aws
