// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace penstock::aws {

/// Where environment variables come from. By default the process's own; a test gives a map. A variable that is set to
/// nothing counts as unset, as in all of AWS's SDKs.
class environment {
  public:
    /// The process's variables, read when asked for.
    PENSTOCK_DECL environment();
    /// These and no others. `home` is the user's folder where HOME does not say it.
    PENSTOCK_DECL explicit environment(std::map<std::string, std::string> variables, std::string home = {});

    /// The value of a variable that is set and not empty.
    PENSTOCK_DECL std::optional<std::string> get(const std::string& name) const;
    /// The first of two that has a value.
    std::optional<std::string> get(const std::string& first, const std::string& second) const {
        auto v = get(first);
        return v ? v : get(second);
    }

    /// The same, but for this variable.
    PENSTOCK_DECL environment with(std::string name, std::string value) const;

    /// The user's own folder: HOME, else, for the process, as the system's list of users has it.
    PENSTOCK_DECL std::optional<std::string> home() const;

  private:
    std::function<std::optional<std::string>(const std::string&)> look_up_;
    std::function<std::string()> system_home_;
};

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/environment.ipp>
#endif
