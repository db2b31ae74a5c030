// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/document_reader.hpp>

#include <penstock/format/decode_text.hpp>
#include <penstock/json/detail/record_pump.hpp>

#include <utility>

namespace penstock::json {

struct document_reader::impl : detail::record_pump {
    using record_pump::record_pump;
};

PENSTOCK_DECL document_reader::document_reader(std::unique_ptr<byte_source> source, document_options options)
    : impl_{std::make_unique<impl>(penstock::detail::decoded(std::move(source), options.common()), options)} {}

PENSTOCK_DECL document_reader::document_reader(document_reader&&) noexcept = default;
PENSTOCK_DECL document_reader& document_reader::operator=(document_reader&&) noexcept = default;
PENSTOCK_DECL document_reader::~document_reader() = default;

PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> document_reader::schema() { return impl_->schema(); }

PENSTOCK_DECL awaitable<std::optional<record_batch>> document_reader::next() { return impl_->next(); }

PENSTOCK_DECL read_statistics document_reader::statistics() const { return impl_->statistics(); }

} // namespace penstock::json
