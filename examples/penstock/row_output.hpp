// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "session.hpp"

#include <penstock/columnar/record_batch.hpp>

#include <memory>
#include <string>

namespace tool {

/// Where rows go, in whatever form.
class row_output {
  public:
    virtual ~row_output() = default;
    /// Once, before all rows.
    virtual awaitable<void> begin(std::shared_ptr<const penstock::schema> columns) = 0;
    virtual awaitable<void> write(penstock::record_batch batch) = 0;
    /// `complete`: all rows were given. What there is before a failure is good on standard output, and nothing elsewhere.
    virtual awaitable<void> finish(bool complete) = 0;
    /// So far, as stored; 0 of what is not counted.
    virtual std::uint64_t bytes() const { return 0; }
};

/// On standard output. `format`: table, none, or a file format; empty: a table on a terminal, JSON Lines with --json, else
/// CSV, or JSON Lines where CSV has no form for a column. Throws `usage_error` for another, and for options of a format that is not
/// written.
std::unique_ptr<row_output> make_row_output(session& s, const std::string& format, const write_rows_options& o);

/// Into an object, a file, or standard output ("-"). Throws `usage_error` where neither `to` nor the name tells the format.
std::unique_ptr<row_output> make_row_target(session& s, const convert_options& o);

} // namespace tool
