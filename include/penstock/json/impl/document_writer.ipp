// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/document_writer.hpp>

namespace penstock::json {

PENSTOCK_DECL document_writer::document_writer(std::unique_ptr<byte_sink> sink, write_shape shape, write_options options)
    : out_{std::move(sink), shape, std::move(options)} {}

PENSTOCK_DECL awaitable<void> document_writer::write(record_batch batch) { return out_.write(std::move(batch)); }

PENSTOCK_DECL awaitable<void> document_writer::close() { return out_.close(); }

} // namespace penstock::json
