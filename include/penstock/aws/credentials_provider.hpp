// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/core/asio.hpp>

#include <memory>
#include <optional>
#include <string>

namespace penstock::aws {

/// Where credentials come from. One provider may serve many clients on many threads: implementations are thread-safe.
/// Construction does no I/O. A failure is never sticky: the next call tries again.
class credentials_provider {
  public:
    virtual ~credentials_provider() = default;

    /// The credentials to use now, when that needs no waiting; none when `get` must be awaited. A null pointer inside
    /// is anonymous access.
    virtual std::optional<credentials_ptr> try_get(wall_time now) = 0;

    /// Credentials valid for at least the next request. Throws `errc::no_credentials` where this source is not set up here,
    /// and any other code (`errc::invalid_credentials`, `errc::invalid_profile`, of files, connections and services) where it
    /// is, and cannot give any; with a story of what was tried. Runs on the caller's executor. Cancellation (any type) ends it
    /// with `operation_aborted`; others who wait for the same credentials get theirs.
    virtual awaitable<credentials_ptr> get() = 0;

    /// The store refused `used` as expired or invalid: the next `get` must not give the same again where others can be
    /// had. Answers whether they can.
    virtual bool invalidate(const credentials& used) = 0;

    virtual std::string name() const = 0;
};

using provider_ptr = std::shared_ptr<credentials_provider>;

} // namespace penstock::aws
