// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/batch_writer.hpp>

#include <penstock/format/detail/formatted_sink.hpp>

#include <utility>

namespace penstock::csv {

struct batch_writer::state {
    penstock::detail::formatted_sink<formatter> out;
};

PENSTOCK_DECL batch_writer::batch_writer(std::unique_ptr<byte_sink> sink, write_options options,
                                         std::shared_ptr<const penstock::schema> schema)
    : state_{new state{{std::move(sink), [&] { return formatter{std::move(options)}; }, schema}}} {}
PENSTOCK_DECL batch_writer::batch_writer(batch_writer&&) noexcept = default;
PENSTOCK_DECL batch_writer& batch_writer::operator=(batch_writer&&) noexcept = default;
PENSTOCK_DECL batch_writer::~batch_writer() = default;

PENSTOCK_DECL awaitable<void> batch_writer::write(record_batch batch) { return state_->out.write(std::move(batch)); }

PENSTOCK_DECL awaitable<void> batch_writer::close() { return state_->out.close(); }

PENSTOCK_DECL std::optional<std::uint64_t> batch_writer::text_size() const { return state_->out.text_size(); }

} // namespace penstock::csv
