// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/anonymous_credentials_provider.hpp>

#include <penstock/core/detail/share.hpp>

namespace penstock::aws {
namespace detail {

class anonymous_credentials_provider final : public credentials_provider {
  public:
    std::optional<credentials_ptr> try_get(wall_time) override { return credentials_ptr{}; }
    awaitable<credentials_ptr> get() override { co_return credentials_ptr{}; }
    bool invalidate(const credentials&) override { return false; }
    std::string name() const override { return "anonymous"; }
};

} // namespace detail

PENSTOCK_DECL provider_ptr make_anonymous_credentials_provider() {
    return penstock::detail::share<detail::anonymous_credentials_provider>();
}

} // namespace penstock::aws
