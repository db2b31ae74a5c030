// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/connection.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace penstock::http::detail {

enum class when_too_long {
    fail, ///< `errc::response_too_large`
    cut,  ///< the first part is enough; the connection is of no further use
};

/// The body of the current answer as text, of at most `max` bytes, complete `within` that time.
inline awaitable<result<std::string>> read_text(connection& c, std::size_t max, clock_source& clock, duration within,
                                                when_too_long then = when_too_long::fail) {
    std::string body;
    std::size_t used = 0;
    const auto until = later(clock.now(), within);
    for (;;) {
        if (used == body.size()) body.resize(std::min(std::max<std::size_t>(used * 2, 4096), max + 1));
        auto r = c.try_read_body(std::as_writable_bytes(std::span{body}).subspan(used));
        if (r.status == io_status::end) break;
        if (r.status == io_status::error) co_return std::move(r.error);
        if (r.status == io_status::would_block) {
            if (clock.now() > until) {
                const auto s = std::chrono::duration_cast<std::chrono::seconds>(within).count();
                co_return failure{errc::stall_timeout,
                                  "the answer's document was not complete within " + std::to_string(s) + " s"};
            }
            co_await c.body_ready();
            continue;
        }
        used += r.size;
        if (used <= max) continue;
        if (then == when_too_long::fail)
            co_return failure{errc::response_too_large, "more than " + std::to_string(max) + " bytes"};
        used = max;
        break;
    }
    body.resize(used);
    co_return body;
}

} // namespace penstock::http::detail
