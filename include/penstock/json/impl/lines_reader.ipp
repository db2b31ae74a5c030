// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/lines_reader.hpp>

#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/json/detail/lines_core.hpp>

#include <utility>

namespace penstock::json {

struct lines_reader::impl {
    using status = detail::lines_core::status;

    impl(std::unique_ptr<byte_source> s, const lines_options& options)
        : source{std::move(s)}, compute{options.common().compute_executor}, core{options, source->name()} {}

    /// False when nothing can be read now.
    bool feed() {
        auto r = source->try_read_some(core.lines().room());
        switch (r.status) {
        case io_status::bytes:
            core.lines().filled(r.size);
            bytes += r.size;
            return true;
        case io_status::end:
            core.lines().ended();
            return true;
        case io_status::error:
            core.input_failed(std::move(r.error));
            return true;
        case io_status::would_block:
            break;
        }
        return false;
    }

    awaitable<status> run(bool only_schema) {
        for (;;) {
            auto s = status::pause;
            if (compute) {
                auto work = [this, only_schema, &s] { s = core.advance(only_schema); };
                co_await penstock::detail::run_on(compute, work);
            } else {
                s = core.advance(only_schema);
            }
            if (s == status::need_input) {
                if (feed()) continue;
                co_await source->ready();
            } else if (s == status::pause) {
                if (!compute) co_await penstock::detail::yield();
            } else {
                co_return s;
            }
            core.rested();
        }
    }

    std::unique_ptr<byte_source> source;
    executor compute; // where the core works, if not here
    detail::lines_core core;
    std::uint64_t bytes = 0;
};

PENSTOCK_DECL lines_reader::lines_reader(std::unique_ptr<byte_source> source, lines_options options)
    : impl_{std::make_unique<impl>(std::move(source), options)} {}

PENSTOCK_DECL lines_reader::lines_reader(lines_reader&&) noexcept = default;
PENSTOCK_DECL lines_reader& lines_reader::operator=(lines_reader&&) noexcept = default;
PENSTOCK_DECL lines_reader::~lines_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> lines_reader::schema() {
    const auto s = co_await impl_->run(true);
    if (s == impl::status::failed && !impl_->core.schema()) throw_failure(impl_->core.error());
    co_return impl_->core.schema();
}

PENSTOCK_DECL awaitable<std::optional<record_batch>> lines_reader::next() {
    const auto s = co_await impl_->run(false);
    if (s == impl::status::batch) co_return impl_->core.take();
    if (s == impl::status::failed) throw_failure(impl_->core.error());
    co_return std::nullopt;
}

PENSTOCK_DECL read_statistics lines_reader::statistics() const {
    auto s = impl_->core.statistics();
    s.bytes = impl_->bytes;
    return s;
}

} // namespace penstock::json
