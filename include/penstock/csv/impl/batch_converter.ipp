// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/batch_converter.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::csv::detail {

PENSTOCK_DECL batch_converter::batch_converter(table_layout layout, const csv::options& options,
                                               const cell_rules& rules,
                                               const std::shared_ptr<buffer_pool>& pool)
    : options_{options}, rules_{rules}, layout_{std::move(layout)} {
    readers_.reserve(layout_.sources.size());
    for (std::size_t i = 0; i < layout_.sources.size(); ++i)
        readers_.emplace_back((*layout_.schema)[i], layout_.sources[i], layout_.sampled.has_value(),
                              options_.common().mismatch_as_null, pool, options_.instruction_set());
}

PENSTOCK_DECL row_run batch_converter::find_run(const row_index& index) const {
    const auto& common = options_.common();
    const auto width = layout_.width;
    const auto separators = index.separators();
    const auto row_ends = index.row_ends();
    const auto most = std::min(common.batch_rows - rows_, row_ends.size());
    const auto before = separators[0];
    auto previous = before;
    std::size_t n = 0;
    for (auto last = width; n < most && last < separators.size(); last += width) {
        const auto stop = row_ends[n];
        // When every last separator is a row end and there are no others, all rows are of this length.
        if (separators[last] != stop || stop - previous - 1 > common.max_record_bytes) break;
        if (width == 1 && index.is_blank(n, n, rules_)) break;
        ++n;
        previous = stop;
        const std::size_t bytes = stop - before;
        if (bytes_ + bytes >= common.batch_bytes || bytes >= mini_block) break;
    }
    return {index.text(), separators.data(), width, n};
}

PENSTOCK_DECL result<std::size_t> batch_converter::convert(row_index& index) {
    auto run = find_run(index);
    if (run.rows == 0) return std::size_t{0};
    bool fine = true;
    for (auto& r : readers_) fine &= r.append(run, rules_);
    if (!fine) {
        // Rows before the faulty one are good: take the run back, and convert only those.
        for (auto& r : readers_) r.truncate(rows_);
        std::optional<failure> fault;
        const auto all = std::exchange(run.rows, 0);
        while (run.rows < all && !(fault = find_fault(run, run.rows, index))) ++run.rows;
        if (run.rows)
            for (auto& r : readers_) r.append(run, rules_);
        rows_ += run.rows;
        return fault.value(); // some value was refused
    }
    rows_ += run.rows;
    const auto fields = run.rows * run.columns;
    const std::size_t bytes = run.slots[fields] - run.slots[0];
    bytes_ += bytes;
    index.consume(fields, run.rows);
    return bytes;
}

/// What is wrong with the first value of this row that cannot be read, if there is one.
PENSTOCK_DECL std::optional<failure> batch_converter::find_fault(const row_run& run, std::size_t row,
                                                                 const row_index& index) {
    for (auto& r : readers_) {
        const auto fault = r.find_fault(run, row, rules_);
        if (!fault) continue;
        std::string hint = "CSV is read as UTF-8";
        if (fault->code == errc::type_mismatch)
            hint = layout_.sampled
                       ? "types were inferred from the first " + std::to_string(*layout_.sampled) +
                             " rows: give a schema, raise inference_rows and inference_bytes, or set "
                             "mismatch_as_null"
                       : "correct the schema, or set mismatch_as_null";
        return index.fault(fault->code, fault->position, fault->message, std::move(hint));
    }
    return std::nullopt;
}

PENSTOCK_DECL record_batch batch_converter::finish() {
    std::vector<array> arrays;
    arrays.reserve(readers_.size());
    for (auto& r : readers_) arrays.push_back(r.finish());
    bytes_ = 0;
    return record_batch{layout_.schema, std::move(arrays), std::exchange(rows_, 0)};
}

} // namespace penstock::csv::detail
