// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock::aws {

/// What one provider of a chain answered.
struct provider_answer {
    provider_answer() = default;

    std::string provider;
    failure why; ///< none: it has credentials
    duration took{};
};

/// Told of each provider that is asked, on the executor of who asks.
using chain_observer = std::function<void(const provider_answer&)>;

/// Asks `providers` in order, and keeps to the first that has credentials, until that one has none any more. One that has
/// none (`errc::no_credentials`) is passed over; any other failure ends the search, for a source that is set up and broken
/// must not silently become another identity. When all have none, the error tells what each of them said.
///
/// Throws `errc::invalid_option` for an empty list or a null in it.
PENSTOCK_DECL provider_ptr make_credentials_chain(std::vector<provider_ptr> providers, chain_observer observer = {},
                                                  std::shared_ptr<clock_source> clock = make_system_clock());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/credentials_chain.ipp>
#endif
