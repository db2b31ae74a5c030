// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/document_reader.hpp>

#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/json/detail/parser.hpp>

#include <utility>

namespace penstock::json {

PENSTOCK_DECL document_reader::document_reader(std::unique_ptr<byte_source> source, document_options options)
    : held_reader{penstock::detail::drive<detail::parser>(std::move(source), std::move(options))} {}

} // namespace penstock::json
