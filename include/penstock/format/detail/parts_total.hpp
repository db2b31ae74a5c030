// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/format/detail/batch_shape.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/format/read_statistics.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace penstock::detail {

/// What was read in the parts that were accepted, one behind the other: what the next one has to know of them.
class parts_total {
  public:
    /// `pool`: for the numbers of rows.
    parts_total(const read_options& options, std::shared_ptr<buffer_pool> pool)
        : limit_{options.limit}, most_bad_{options.max_bad_records}, kept_{options.max_kept_errors},
          numbered_{options.row_index.has_value()}, pool_{std::move(pool)} {}

    /// What was read so far, without the bytes.
    const read_statistics& statistics() const noexcept { return statistics_; }
    void begin(read_statistics before) noexcept { statistics_ = std::move(before); }

    const part_counts& before() const noexcept { return before_; }

    /// A parser that knew what went before would have read the next part, with these counts, just as well.
    bool admits(const part_counts& next) const noexcept {
        if (limit_ && next.rows >= *limit_ - before_.rows) return false;
        return !most_bad_ || next.bad <= *most_bad_ - before_.bad;
    }

    /// Numbers rows of a part whose parser did not know what went before; the first `done` batches were. Throws where there is no
    /// memory; it goes on there when it is called again.
    void number(std::vector<record_batch>& batches, std::size_t& done) const {
        if (!numbered_) return;
        for (; done < batches.size(); ++done) batches[done] = renumbered(batches[done], before_.records, pool_);
    }

    /// A part is done. `exact`: its parser knew what went before, and counts that, too.
    void add(const part_counts& counts, read_statistics found, bool exact) {
        for (auto& e : found.errors) {
            if (statistics_.errors.size() == kept_) break;
            statistics_.errors.push_back(exact ? std::move(e) : e.with([&](error_detail& d) { d.line += before_.lines; }));
        }
        statistics_.skipped_rows += found.skipped_rows;
        statistics_.captured_rows += found.captured_rows;
        statistics_.ragged_rows += found.ragged_rows;
        statistics_.null_values += found.null_values;
        if (exact)
            before_ = counts;
        else
            before_ += counts;
    }
    /// Rows were given.
    void add_rows(std::size_t n) noexcept { statistics_.rows += n; }

  private:
    std::optional<std::uint64_t> limit_;
    std::optional<std::uint64_t> most_bad_;
    std::size_t kept_;
    bool numbered_;
    std::shared_ptr<buffer_pool> pool_;
    part_counts before_;
    read_statistics statistics_;
};

} // namespace penstock::detail
