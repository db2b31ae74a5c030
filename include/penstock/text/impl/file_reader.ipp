// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/file_reader.hpp>

#include <penstock/format/decode_text.hpp>
#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/text/detail/file_parser.hpp>

namespace penstock::text {

struct file_reader::state : penstock::detail::parser_driver<detail::file_parser> {
    using parser_driver::parser_driver;
};

PENSTOCK_DECL file_reader::file_reader(std::unique_ptr<byte_source> source, text::options options) {
    auto where = options.common().compute_executor;
    auto text = penstock::detail::decoded(std::move(source), options.common());
    state_ = std::make_unique<state>(std::move(text), std::move(where), std::move(options));
}
PENSTOCK_DECL file_reader::file_reader(file_reader&&) noexcept = default;
PENSTOCK_DECL file_reader& file_reader::operator=(file_reader&&) noexcept = default;
PENSTOCK_DECL file_reader::~file_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> file_reader::schema() { return state_->read_schema(); }
PENSTOCK_DECL awaitable<std::optional<record_batch>> file_reader::next() { return state_->next(); }
PENSTOCK_DECL read_statistics file_reader::statistics() const { return state_->parser().statistics(); }

} // namespace penstock::text
