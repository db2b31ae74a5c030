// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/arn.hpp>

namespace penstock::aws {

PENSTOCK_DECL std::optional<arn> parse_arn(std::string_view text) {
    if (!is_arn(text)) return std::nullopt;
    std::string_view part[4];
    text.remove_prefix(4);
    for (auto& p : part) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        p = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (part[0].empty() || part[1].empty() || text.empty()) return std::nullopt;
    arn out{part[0], part[1], part[2], part[3], {}};
    for (;;) {
        const auto end = text.find_first_of(":/");
        out.resource.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

} // namespace penstock::aws
