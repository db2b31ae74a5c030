// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/lines_writer.hpp>

#include <penstock/format/detail/formatted_sink.hpp>
#include <penstock/json/formatter.hpp>

#include <utility>

namespace penstock::json {

struct lines_writer::state {
    penstock::detail::formatted_sink<formatter> out;
};

PENSTOCK_DECL lines_writer::lines_writer(std::unique_ptr<byte_sink> sink, write_options options, std::shared_ptr<const schema> schema)
    : state_{new state{{std::move(sink), [&] { return formatter{write_shape::lines, std::move(options)}; }, schema}}} {}
PENSTOCK_DECL lines_writer::lines_writer(lines_writer&&) noexcept = default;
PENSTOCK_DECL lines_writer& lines_writer::operator=(lines_writer&&) noexcept = default;
PENSTOCK_DECL lines_writer::~lines_writer() = default;

PENSTOCK_DECL awaitable<void> lines_writer::write(record_batch batch) { return state_->out.write(std::move(batch)); }

PENSTOCK_DECL awaitable<void> lines_writer::close() { return state_->out.close(); }

PENSTOCK_DECL std::optional<std::uint64_t> lines_writer::text_size() const { return state_->out.text_size(); }

} // namespace penstock::json
