// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/batch_reader.hpp>

#include <penstock/csv/parser.hpp>
#include <penstock/format/detail/split_driver.hpp>

#include <utility>

namespace penstock::csv {

PENSTOCK_DECL batch_reader::batch_reader(std::unique_ptr<byte_source> source, csv::options options)
    : held_reader{penstock::detail::drive_split<csv::parser>(std::move(source), std::move(options))} {}

PENSTOCK_DECL const std::optional<detected_dialect>& batch_reader::detected() const noexcept {
    return static_cast<const penstock::detail::parser_driver<csv::parser>&>(*reader_).parser().detected();
}

} // namespace penstock::csv
