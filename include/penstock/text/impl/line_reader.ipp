// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/line_reader.hpp>

#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/text/line_parser.hpp>

#include <utility>

namespace penstock::text {

PENSTOCK_DECL line_reader::line_reader(std::unique_ptr<byte_source> source, text::options options)
    : held_reader{penstock::detail::drive<line_parser>(std::move(source), std::move(options))} {}

} // namespace penstock::text
