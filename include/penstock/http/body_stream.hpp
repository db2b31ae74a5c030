// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock::http {

/// The body of a request that is read while it is sent, and read again where it has to be sent again: a part of a file
/// needs no memory for itself.
class body_stream {
  public:
    virtual ~body_stream() = default;

    /// How many bytes it has, from its beginning.
    virtual std::uint64_t size() const noexcept = 0;
    /// The next call of `next` gives the first bytes.
    virtual void rewind() noexcept = 0;
    /// The next bytes, valid until the next call: at least one, and none only once `size` bytes have been given. Does not
    /// wait, but for a disk.
    virtual result<std::span<const std::byte>> next() = 0;
};

} // namespace penstock::http
