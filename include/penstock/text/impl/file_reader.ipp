// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/file_reader.hpp>

#include <penstock/format/detail/parser_driver.hpp>
#include <penstock/text/detail/file_parser.hpp>

#include <utility>

namespace penstock::text {

PENSTOCK_DECL file_reader::file_reader(std::unique_ptr<byte_source> source, text::options options)
    : held_reader{penstock::detail::drive<detail::file_parser>(std::move(source), std::move(options))} {}

} // namespace penstock::text
