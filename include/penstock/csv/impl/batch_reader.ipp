// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/batch_reader.hpp>

#include <penstock/core/detail/run_on.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/csv/parser.hpp>

namespace penstock::csv {

struct batch_reader::state {
    state(std::unique_ptr<byte_source> s, csv::options o)
        : source{std::move(s)}, compute{o.common().compute_executor}, text{std::move(o), source->name()} {}

    /// Advances to a batch, to the end, or (`until_schema`) to the schema if that comes first.
    awaitable<parser::step> advance(bool until_schema);

    std::unique_ptr<byte_source> source;
    executor compute; // where the parser works, if not here
    csv::parser text;
};

PENSTOCK_DECL awaitable<parser::step> batch_reader::state::advance(bool until_schema) {
    for (;;) {
        if (until_schema && text.schema()) co_return parser::step::working;
        auto step = result<parser::step>{parser::step::working};
        if (compute) {
            auto work = [this, &step] { step = text.advance(); };
            co_await penstock::detail::run_on(compute, work);
        } else {
            step = text.advance();
        }
        if (!step) throw_failure(step.error());
        if (*step == parser::step::working) {
            if (!compute) co_await penstock::detail::yield();
        } else if (*step == parser::step::need_input) {
            auto r = source->try_read_some(text.prepare());
            switch (r.status) {
            case io_status::bytes:
                text.commit(r.size);
                break;
            case io_status::end:
                text.finish();
                break;
            case io_status::error:
                text.input_failed(std::move(r.error));
                break;
            case io_status::would_block:
                co_await source->ready();
                break;
            }
        } else {
            co_return *step;
        }
    }
}

PENSTOCK_DECL batch_reader::batch_reader(std::unique_ptr<byte_source> source, csv::options options)
    : state_{std::make_unique<state>(std::move(source), std::move(options))} {}
PENSTOCK_DECL batch_reader::batch_reader(batch_reader&&) noexcept = default;
PENSTOCK_DECL batch_reader& batch_reader::operator=(batch_reader&&) noexcept = default;
PENSTOCK_DECL batch_reader::~batch_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> batch_reader::schema() {
    if (!state_->text.schema()) co_await state_->advance(true);
    co_return state_->text.schema();
}

PENSTOCK_DECL awaitable<std::optional<record_batch>> batch_reader::next() {
    const auto step = co_await state_->advance(false);
    if (step == parser::step::end) co_return std::nullopt;
    co_return state_->text.take();
}

PENSTOCK_DECL read_statistics batch_reader::statistics() const { return state_->text.statistics(); }

} // namespace penstock::csv
