// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/batch_reader.hpp>

#include <penstock/csv/parser.hpp>
#include <penstock/format/decode_text.hpp>
#include <penstock/format/detail/parser_driver.hpp>

namespace penstock::csv {

struct batch_reader::state : penstock::detail::parser_driver<csv::parser> {
    using parser_driver::parser_driver;
};

PENSTOCK_DECL batch_reader::batch_reader(std::unique_ptr<byte_source> source, csv::options options) {
    auto where = options.common().compute_executor;
    auto text = penstock::detail::decoded(std::move(source), options.common());
    state_ = std::make_unique<state>(std::move(text), std::move(where), std::move(options));
}
PENSTOCK_DECL batch_reader::batch_reader(batch_reader&&) noexcept = default;
PENSTOCK_DECL batch_reader& batch_reader::operator=(batch_reader&&) noexcept = default;
PENSTOCK_DECL batch_reader::~batch_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> batch_reader::schema() { return state_->read_schema(); }
PENSTOCK_DECL awaitable<std::optional<record_batch>> batch_reader::next() { return state_->next(); }
PENSTOCK_DECL read_statistics batch_reader::statistics() const { return state_->parser().statistics(); }
PENSTOCK_DECL const std::optional<detected_dialect>& batch_reader::detected() const noexcept {
    return state_->parser().detected();
}

} // namespace penstock::csv
