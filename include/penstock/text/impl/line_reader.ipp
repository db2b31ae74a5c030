// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/line_reader.hpp>

#include <penstock/format/decode_text.hpp>
#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/text/line_parser.hpp>

namespace penstock::text {

struct line_reader::state : penstock::detail::parser_driver<line_parser> {
    using parser_driver::parser_driver;
};

PENSTOCK_DECL line_reader::line_reader(std::unique_ptr<byte_source> source, text::options options) {
    auto where = options.common().compute_executor;
    auto text = penstock::detail::decoded(std::move(source), options.common());
    state_ = std::make_unique<state>(std::move(text), std::move(where), std::move(options));
}
PENSTOCK_DECL line_reader::line_reader(line_reader&&) noexcept = default;
PENSTOCK_DECL line_reader& line_reader::operator=(line_reader&&) noexcept = default;
PENSTOCK_DECL line_reader::~line_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> line_reader::schema() { return state_->read_schema(); }
PENSTOCK_DECL awaitable<std::optional<record_batch>> line_reader::next() { return state_->next(); }
PENSTOCK_DECL read_statistics line_reader::statistics() const { return state_->parser().statistics(); }

} // namespace penstock::text
