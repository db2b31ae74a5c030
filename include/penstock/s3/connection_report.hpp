// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <string>
#include <vector>

namespace penstock::s3 {

/// One step on the way from a client's settings to an object.
struct connection_step {
    connection_step() = default;

    enum class outcome {
        passed,
        failed,
        left_out, ///< it does not apply here, or a step before it failed
    };

    std::string name; ///< "settings", "DNS", "TCP", "TLS", "credentials", "signature", "region", "list", "get"
    outcome result = outcome::left_out;
    std::string detail; ///< what was found, or why it was left out; never a secret
    failure why;        ///< with a hint, where it failed
    duration took{};
};

/// What `check_connection` found, in the order of the steps.
struct connection_report {
    connection_report() = default;

    std::vector<connection_step> steps;

    /// Whether nothing failed.
    bool good() const noexcept {
        for (const auto& s : steps)
            if (s.result == connection_step::outcome::failed) return false;
        return true;
    }
};

} // namespace penstock::s3
