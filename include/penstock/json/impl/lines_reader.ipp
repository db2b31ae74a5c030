// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/lines_reader.hpp>

#include <penstock/format/detail/split_driver.hpp>
#include <penstock/json/detail/parser.hpp>

#include <utility>

namespace penstock::json {

PENSTOCK_DECL lines_reader::lines_reader(std::unique_ptr<byte_source> source, lines_options options)
    : held_reader{penstock::detail::drive_split<detail::parser>(std::move(source), std::move(options))} {}

} // namespace penstock::json
