// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>

#include <algorithm>
#include <utility>

namespace penstock {

PENSTOCK_DECL awaitable<permit> byte_sink::acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) {
    const auto limit = budget->limit();
    const auto headroom = std::min(limit / 4, limit - std::min(limit, bytes));
    co_return co_await budget->acquire(bytes, headroom);
}

} // namespace penstock
