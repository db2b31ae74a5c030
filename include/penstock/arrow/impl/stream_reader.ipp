// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/arrow/stream_reader.hpp>

#include <penstock/arrow/detail/stream_core.hpp>
#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/format/detail/reader_memory.hpp>

#include <utility>

namespace penstock::arrow {

struct stream_reader::impl {
    using status = detail::stream_core::status;

    impl(std::unique_ptr<byte_source> s, stream_options options)
        : source{std::move(s)}, memory{penstock::detail::charge(options)}, compute{options.common().compute_executor},
          core{std::move(options), source->name(), source->remaining()} {}

    /// False when nothing can be read now.
    bool feed() {
        auto r = memory.try_read_some(*source, core.room());
        switch (r.status) {
        case io_status::bytes:
            core.filled(r.size);
            return true;
        case io_status::end:
            core.ended();
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
                auto work = [this, &s, only_schema] { s = core.advance(only_schema); };
                co_await penstock::detail::run_on(compute, work);
            } else {
                s = core.advance(only_schema);
            }
            if (s == status::need_input) {
                if (!memory.has_begun()) co_await memory.begin(*source);
                if (feed()) continue;
                co_await source->ready();
            } else if (s == status::failed && core.error().code() == errc::budget_exceeded) {
                co_await memory.wait(core.error(), source->name());
            } else if (s == status::pause) {
                if (!compute) co_await penstock::detail::yield();
            } else {
                co_return s;
            }
        }
    }

    std::unique_ptr<byte_source> source;
    penstock::detail::reader_memory memory;
    executor compute;
    detail::stream_core core;
};

PENSTOCK_DECL stream_reader::stream_reader(std::unique_ptr<byte_source> source, stream_options options)
    : impl_{std::make_unique<impl>(std::move(source), std::move(options))} {}
PENSTOCK_DECL stream_reader::stream_reader(stream_reader&&) noexcept = default;
PENSTOCK_DECL stream_reader& stream_reader::operator=(stream_reader&&) noexcept = default;
PENSTOCK_DECL stream_reader::~stream_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> stream_reader::schema() {
    const auto s = co_await impl_->run(true);
    if (s == impl::status::failed && !impl_->core.schema()) throw_failure(impl_->core.error());
    co_return impl_->core.schema();
}

PENSTOCK_DECL awaitable<std::optional<record_batch>> stream_reader::next() {
    impl_->memory.begin_batch(false);
    const auto s = co_await impl_->run(false);
    if (s == impl::status::batch) co_return impl_->core.take();
    if (s == impl::status::failed) throw_failure(impl_->core.error());
    co_return std::nullopt;
}

PENSTOCK_DECL read_statistics stream_reader::statistics() const { return impl_->core.statistics(); }

PENSTOCK_DECL const key_value_metadata& stream_reader::batch_metadata() const noexcept { return impl_->core.metadata(); }

} // namespace penstock::arrow
