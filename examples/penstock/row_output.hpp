// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "session.hpp"

#include <penstock/columnar/record_batch.hpp>

#include <memory>
#include <string>

namespace tool {

/// Rows on standard output, in whatever form.
class row_output {
  public:
    virtual ~row_output() = default;
    /// Once, before all rows.
    virtual awaitable<void> begin(std::shared_ptr<const penstock::schema> columns) = 0;
    virtual awaitable<void> write(penstock::record_batch batch) = 0;
    virtual awaitable<void> finish() = 0;
};

/// `format`: table, csv, tsv, jsonl, none; empty: a table on a terminal, JSON Lines with --json, else CSV. Throws
/// `usage_error` for another.
std::unique_ptr<row_output> make_row_output(session& s, const std::string& format);

} // namespace tool
