// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/document_writer.hpp>

#include <penstock/format/detail/formatted_sink.hpp>
#include <penstock/json/formatter.hpp>

#include <utility>

namespace penstock::json {

struct document_writer::state {
    penstock::detail::formatted_sink<formatter> out;
};

PENSTOCK_DECL document_writer::document_writer(std::unique_ptr<byte_sink> sink, write_shape shape, write_options options, std::shared_ptr<const schema> schema)
    : state_{new state{{std::move(sink), [&] { return formatter{shape, std::move(options)}; }, schema}}} {}
PENSTOCK_DECL document_writer::document_writer(document_writer&&) noexcept = default;
PENSTOCK_DECL document_writer& document_writer::operator=(document_writer&&) noexcept = default;
PENSTOCK_DECL document_writer::~document_writer() = default;

PENSTOCK_DECL awaitable<void> document_writer::write(record_batch batch) { return state_->out.write(std::move(batch)); }

PENSTOCK_DECL awaitable<void> document_writer::close() { return state_->out.close(); }

PENSTOCK_DECL std::optional<std::uint64_t> document_writer::text_size() const { return state_->out.text_size(); }

} // namespace penstock::json
