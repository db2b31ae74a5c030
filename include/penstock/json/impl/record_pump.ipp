// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/record_pump.hpp>

#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>

#include <utility>

namespace penstock::json::detail {

/// False when nothing can be read now.
PENSTOCK_DECL bool record_pump::feed() {
    auto r = source_->try_read_some(core_.lines().room());
    switch (r.status) {
    case io_status::bytes:
        core_.lines().filled(r.size);
        bytes_ += r.size;
        return true;
    case io_status::end:
        core_.lines().ended();
        return true;
    case io_status::error:
        core_.input_failed(std::move(r.error));
        return true;
    case io_status::would_block:
        break;
    }
    return false;
}

PENSTOCK_DECL awaitable<record_pump::status> record_pump::run(bool only_schema) {
    for (;;) {
        auto s = status::pause;
        if (compute_) {
            auto work = [this, only_schema, &s] { s = core_.advance(only_schema); };
            co_await penstock::detail::run_on(compute_, work);
        } else {
            s = core_.advance(only_schema);
        }
        if (s == status::need_input) {
            if (feed()) continue;
            co_await source_->ready();
        } else if (s == status::pause) {
            if (!compute_) co_await penstock::detail::yield();
        } else {
            co_return s;
        }
        core_.rested();
    }
}

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> record_pump::schema() {
    const auto s = co_await run(true);
    if (s == status::failed && !core_.schema()) throw_failure(core_.error());
    co_return core_.schema();
}

PENSTOCK_DECL awaitable<std::optional<record_batch>> record_pump::next() {
    const auto s = co_await run(false);
    if (s == status::batch) co_return core_.take();
    if (s == status::failed) throw_failure(core_.error());
    co_return std::nullopt;
}

PENSTOCK_DECL read_statistics record_pump::statistics() const {
    auto s = core_.statistics();
    s.bytes = bytes_;
    return s;
}

} // namespace penstock::json::detail
