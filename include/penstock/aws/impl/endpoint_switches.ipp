// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint_switches.hpp>

namespace penstock::aws {

PENSTOCK_DECL endpoint_switches complete_switches(endpoint_switches said, const endpoint_switches& otherwise) noexcept {
    using s = endpoint_switches;
    for (const auto member : {&s::dual_stack, &s::fips, &s::accelerate, &s::use_arn_region, &s::express_sessions,
                              &s::legacy_us_east_1, &s::legacy_sts})
        if (!(said.*member)) said.*member = otherwise.*member;
    return said;
}

} // namespace penstock::aws
