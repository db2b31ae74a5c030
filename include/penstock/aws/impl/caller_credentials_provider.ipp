// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/caller_credentials_provider.hpp>

#include <utility>

namespace penstock::aws {

PENSTOCK_DECL provider_ptr make_caller_credentials_provider(credentials_fetch fetch, std::string name,
                                                            const provider_context& context) {
    return make_refreshing_credentials_provider(std::move(name), std::move(fetch), context.clock(), context.make_random());
}

} // namespace penstock::aws
