// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/stream.hpp>

namespace penstock::http {

PENSTOCK_DECL awaitable<io_result> stream::read_some(std::span<std::byte> into) {
    for (;;) {
        auto r = try_read_some(into);
        if (r.status != io_status::would_block) co_return r;
        co_await wait(wait_for::read);
    }
}

} // namespace penstock::http
