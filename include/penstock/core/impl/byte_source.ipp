// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>

#include <algorithm>

namespace penstock {

PENSTOCK_DECL awaitable<std::size_t> read_some(byte_source& source, std::span<std::byte> into) {
    for (;;) {
        auto r = source.try_read_some(into);
        switch (r.status) {
        case io_status::bytes: co_return r.size;
        case io_status::end: co_return 0;
        case io_status::error: throw_failure(std::move(r.error));
        case io_status::would_block: break;
        }
        co_await source.ready();
    }
}

PENSTOCK_DECL awaitable<std::size_t> read(byte_source& source, std::span<std::byte> into) {
    std::size_t got = 0;
    while (got < into.size()) {
        auto r = source.try_read_some(into.subspan(got));
        if (r.status == io_status::end) break;
        if (r.status == io_status::error) throw_failure(std::move(r.error));
        if (r.status == io_status::bytes)
            got += r.size;
        else
            co_await source.ready();
    }
    co_return got;
}

PENSTOCK_DECL awaitable<std::string> read_all(byte_source& source, std::size_t limit) {
    constexpr std::size_t first = std::size_t{64} << 10;
    std::string out;
    std::size_t used = 0;
    for (;;) {
        if (used == out.size()) {
            // one byte past the limit tells "exactly the limit" from "more"
            auto want = std::max(first, out.size() * 2);
            if (limit < want) want = limit + 1;
            out.resize(want);
        }
        auto room = std::as_writable_bytes(std::span{out}).subspan(used);
        auto r = source.try_read_some(room);
        if (r.status == io_status::end) break;
        if (r.status == io_status::error) throw_failure(std::move(r.error));
        if (r.status == io_status::would_block) {
            co_await source.ready();
            continue;
        }
        used += r.size;
        if (used > limit) {
            error_detail d;
            d.operation = "read";
            d.object = source.name();
            d.message = "more than " + std::to_string(limit) + " bytes";
            throw_failure(failure{errc::response_too_large, std::move(d)});
        }
    }
    out.resize(used);
    co_return out;
}

} // namespace penstock
