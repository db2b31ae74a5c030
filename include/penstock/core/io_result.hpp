// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <cstddef>
#include <cstdint>

namespace penstock {

enum class io_status : std::uint8_t {
    bytes,       ///< some bytes moved; `size` says how many, never zero
    would_block, ///< nothing now; await `ready()` (or `wait()`), then try again
    end,         ///< the end of the data; stays so
    error,       ///< `error` says what; stays so
};

/// What one attempt to move bytes came to. Never throws, never suspends.
struct [[nodiscard]] io_result {
    io_status status = io_status::would_block;
    std::size_t size = 0;
    failure error;

    static io_result bytes(std::size_t n) noexcept { return {io_status::bytes, n, {}}; }
    static io_result would_block() noexcept { return {}; }
    static io_result end() noexcept { return {io_status::end, 0, {}}; }
    static io_result failed(failure f) noexcept { return {io_status::error, 0, std::move(f)}; }
};

} // namespace penstock
