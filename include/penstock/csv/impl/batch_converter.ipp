// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/batch_converter.hpp>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

namespace penstock::csv::detail {

/// Rows from `first` on before the one whose bit is set; `npos` where none is.
inline std::size_t rows_before(const std::vector<std::uint64_t>& bits, std::size_t first) noexcept {
    for (auto word = first / 64; word < bits.size(); ++word) {
        const auto seen = word == first / 64 ? ~std::uint64_t{0} << (first % 64) : ~std::uint64_t{0};
        if (const auto found = bits[word] & seen) return 64 * word + static_cast<std::size_t>(std::countr_zero(found)) - first;
    }
    return std::string::npos;
}

PENSTOCK_DECL batch_converter::batch_converter(table_layout layout, const csv::options& options,
                                               const cell_rules& rules, penstock::detail::batch_shape& shape,
                                               const std::shared_ptr<buffer_pool>& pool)
    : options_{options}, rules_{rules}, shape_{shape}, layout_{std::move(layout)},
      fitter_{options, rules} {
    readers_.reserve(layout_.columns.size());
    for (std::size_t i = 0; i < layout_.columns.size(); ++i)
        readers_.emplace_back((*layout_.schema)[i], layout_.columns[i], shape_.mismatch_as_null(), options_, pool);
}

/// Rows as they stand in the index, or where these are few before another one comes, as they are made fit.
PENSTOCK_DECL row_run batch_converter::find_run(const row_index& index) {
    constexpr std::size_t few = 32;
    const auto& common = options_.common();
    const auto width = layout_.width;
    const auto separators = index.separators();
    const auto row_ends = index.row_ends();
    const auto bad = rows_before(known_faults_, passed_);
    const auto planned = bad == std::string::npos ? most_ : bad + 1;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(
        {shape_.room(), common.batch_rows - shape_.rows(), row_ends.size(), planned}));
    const auto enough = std::min(common.batch_bytes - bytes_, index.block());
    const auto longest = common.max_record_bytes;
    const char* const text = index.text();
    const auto before = separators[0];
    auto previous = before;
    std::size_t n = 0;
    bool another = fitter_.needed();
    for (auto last = width; n < most && !another; last += width) {
        const auto stop = row_ends[n];
        // When every last separator is a row end and there are no others, all rows are of this length.
        another = last >= separators.size() || separators[last] != stop ||
                  (width == 1 && rules_.may_drop(text[behind(previous)]) && index.is_dropped(n, n, rules_));
        if (another || stop - previous - 1 > longest) break;
        ++n;
        previous = stop;
        if (stop - before >= enough) break;
    }
    if (!another || n >= few) return {index.text(), separators.data(), width, n};
    return fitter_.fit(index, width, {most, enough, longest});
}

/// Gives how many rows there are before the first one with a value that cannot be read.
PENSTOCK_DECL std::size_t batch_converter::append(const row_run& run) {
    faults_.assign((run.rows + 63) / 64, 0);
    for (auto& r : readers_) r.append(run, rules_, faults_);
    return std::min(rows_before(faults_, 0), run.rows);
}

PENSTOCK_DECL batch_converter::progress batch_converter::convert(row_index& index) {
    converted_ = 0;
    auto run = find_run(index);
    if (run.rows == 0) {
        if (!run.fitted() || !fitter_.passed_some()) return progress::odd;
        consume(run, index);
        return progress::rows;
    }
    auto result = progress::rows;
    const auto cut_to = [&](std::size_t rows) {
        run.rows = rows;
        if (mismatches() == 0) return keep(rows);
        take_back(); // those behind these rows do not count
        append(run);
    };
    auto good = run.rows;
    try {
        shape_.reserve(run.rows);
        good = append(run);
    } catch (const error&) {
        // A column cannot hold that much in one batch (a dictionary has too many values), or there is no memory: the batch ends
        // before the first row that is too much. For a dictionary that is the same one however the text is cut.
        take_back();
        for (auto& r : readers_) r.expect_nothing();
        if (run.rows == 1 && shape_.rows() == 0) throw;
        crowded_ = run.rows == 1;
        most_ = 1;
        known_faults_.clear();
        return progress::rows;
    }
    if (good == run.rows) {
        if (most_ <= run.rows) most_ *= 2;
        passed_ += run.rows;
    } else {
        if (rows_before(known_faults_, passed_) == std::string::npos) {
            known_faults_.swap(faults_);
            passed_ = 0;
        }
        passed_ += good + 1;
        cut_to(good);
        result = progress::refused;
    }
    if (!count_mismatches(run, index)) {
        cut_to(run.rows);
        result = progress::failed;
    }
    shape_.good(run.rows);
    consume(run, index);
    return result;
}

PENSTOCK_DECL void batch_converter::consume(const row_run& run, row_index& index) {
    const auto start = index.row_start();
    if (run.fitted()) {
        shape_.ragged(fitter_.changed(run.rows));
        bytes_ += fitter_.bytes(run.rows);
        fitter_.consume(index, run.rows);
        converted_ = index.row_start() - start;
    } else {
        index.consume(run.rows * run.columns, run.rows);
        converted_ = index.row_start() - start;
        bytes_ += converted_;
    }
}

/// Values that became null in the run.
PENSTOCK_DECL std::size_t batch_converter::mismatches() const noexcept {
    std::size_t n = 0;
    for (const auto& r : readers_) n += r.mismatches();
    return n;
}

/// Tells the shape of values that became null. False when there were too many; the run is then cut before the row.
PENSTOCK_DECL bool batch_converter::count_mismatches(row_run& run, const row_index& index) {
    const auto n = mismatches();
    if (n == 0 || shape_.mismatches(n)) return true;
    for (std::size_t row = 0; row < run.rows; ++row)
        for (auto& r : readers_) {
            const auto found = r.find_fault(run, row, rules_, true);
            if (!found || shape_.mismatch([&] { return fault(r, *found, index); })) continue;
            run.rows = row;
            return false;
        }
    return true;
}

PENSTOCK_DECL failure batch_converter::fault(const column_reader& reader, const cell_fault& f,
                                             const row_index& index) const {
    std::string hint = "CSV is read as UTF-8";
    if (f.code == errc::type_mismatch)
        hint = reader.inferred() ? "types were inferred from the first " + std::to_string(layout_.sampled) +
                                       " rows: give a schema, raise inference_rows and inference_bytes, or choose "
                                       "what becomes of bad values by on_bad_record"
                                 : "correct the schema, or choose what becomes of bad values by on_bad_record";
    return index.fault(f.code, f.position, f.message, std::move(hint));
}

PENSTOCK_DECL failure batch_converter::fault_in_first_row(const row_index& index) {
    constexpr auto any = static_cast<std::size_t>(-1);
    const auto run = fitter_.fit(index, layout_.width, {1, any, any});
    for (auto& r : readers_)
        if (const auto found = r.find_fault(run, 0, rules_)) return fault(r, *found, index);
    return {};
}

PENSTOCK_DECL void batch_converter::append_nulls() {
    for (auto& r : readers_) r.append_null();
}

PENSTOCK_DECL void batch_converter::keep(std::size_t rows) noexcept {
    for (auto& r : readers_) r.truncate(shape_.rows() + rows);
}

PENSTOCK_DECL record_batch batch_converter::finish() {
    std::vector<array> arrays;
    arrays.reserve(readers_.size());
    for (auto& r : readers_) arrays.push_back(r.finish());
    bytes_ = 0;
    crowded_ = false;
    return shape_.finish(std::move(arrays));
}

} // namespace penstock::csv::detail
