// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/read_options.hpp>
#include <penstock/format/read_statistics.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::detail {

/// What was read of the data, or of a part of it.
struct part_counts {
    std::uint64_t records = 0;
    std::uint64_t rows = 0;
    std::uint64_t bad = 0; ///< as `max_bad_records` counts
    std::uint64_t lines = 0;

    part_counts& operator+=(const part_counts& o) noexcept {
        records += o.records;
        rows += o.rows;
        bad += o.bad;
        lines += o.lines;
        return *this;
    }
};

/// What every reader does with the rows that its format has told apart: counts them, ends with the limit, decides what
/// becomes of bad records, and adds the columns that are not the format's. Pure. A reader says, in the order of the data,
/// `good` and `bad` for its records, and `finish` for a batch.
class batch_shape {
  public:
    enum class verdict : std::uint8_t {
        failed,   ///< `error` says why
        skipped,  ///< on to the next record
        captured, ///< append a null to every column, then on
    };

    PENSTOCK_DECL batch_shape(const read_options& options, std::shared_ptr<buffer_pool> pool);

    /// The schema of the batches, from that of the format's own columns. Once, before `good`. Error:
    /// `errc::invalid_option` where an added column has the name of another.
    PENSTOCK_DECL result<std::shared_ptr<const schema>> begin(std::shared_ptr<const schema> columns);
    /// Instead of `begin`, for a further part of the same data.
    void begin_like(const batch_shape& first) { schema_ = first.schema_; }
    /// Null until `begin`.
    const std::shared_ptr<const schema>& batch_schema() const noexcept { return schema_; }

    /// Bad records are not errors.
    bool tolerant() const noexcept { return skip_ || capture_; }
    /// They are rows of nulls.
    bool captures() const noexcept { return capture_; }
    bool mismatch_as_null() const noexcept { return null_values_; }

    /// How many rows there may still be.
    std::uint64_t room() const noexcept { return room_; }
    /// Rows in the batch.
    std::size_t rows() const noexcept { return rows_; }

    // Where the pool refuses memory, nothing was said.

    /// Makes room for so many records, so that `good` is not refused memory unless bad records are captured.
    void reserve(std::size_t records) {
        if (index_) indices_.reserve(records);
    }

    /// So many good records were appended to the columns. Precondition: no more than `room()`.
    PENSTOCK_DECL void good(std::size_t records);

    /// Of the good ones so many were made as long as the others.
    void ragged(std::size_t records) noexcept { statistics_.ragged_rows += records; }

    /// A bad record, of which `text` stands in the data (or as much of it as is there); `why()` gives its failure,
    /// and is called only where somebody will see it.
    template <class Why>
    verdict bad(std::string_view text, const Why& why) {
        if (!tolerant() || bad_ >= most_bad_) {
            give_up(why());
            return verdict::failed;
        }
        const auto what = passed(text);
        if (keeps()) statistics_.errors.push_back(why());
        return what;
    }

    /// So many values are to be null instead; `keep_mismatch` for each of them where this says false.
    bool mismatches(std::uint64_t values) noexcept {
        if (keeps() || values > most_bad_ - bad_) return false;
        bad_ += values;
        statistics_.null_values += values;
        return true;
    }
    /// One value; false where there were too many before, see `error`.
    template <class Why>
    bool mismatch(const Why& why) {
        if (bad_ >= most_bad_) {
            give_up(why());
            return false;
        }
        if (keeps()) statistics_.errors.push_back(why());
        ++bad_;
        ++statistics_.null_values;
        return true;
    }

    /// For a row whose values are to be read once more: what of them was counted is forgotten.
    struct tally {
        std::uint64_t bad;
        std::uint64_t null_values;
        std::size_t errors;
    };
    tally counted() const noexcept { return {bad_, statistics_.null_values, statistics_.errors.size()}; }
    void back_to(const tally& before) noexcept {
        bad_ = before.bad;
        statistics_.null_values = before.null_values;
        while (statistics_.errors.size() > before.errors) statistics_.errors.pop_back();
    }

    const failure& error() const noexcept { return error_; }

    /// The batch of all rows since the last one. Precondition: `columns` have `rows()` values.
    PENSTOCK_DECL record_batch finish(std::vector<array> columns);

    /// Without the bytes.
    const read_statistics& statistics() const noexcept { return statistics_; }
    /// The same; counts anew.
    read_statistics take_statistics() { return std::exchange(statistics_, {}); }

    /// For another part. Precondition: the batch is empty, and all was good, or passed over.
    void restart() noexcept {
        record_ = bad_ = 0;
        room_ = limit_;
    }
    /// What was read, without the lines.
    part_counts counts() const noexcept { return {record_, limit_ - room_, bad_, 0}; }
    /// What was read before the first record, in other parts of the data. Precondition: it leaves room for the rows, and
    /// bad records are not too many.
    void follow(const part_counts& before) noexcept {
        record_ += before.records;
        room_ -= before.rows;
        bad_ += before.bad;
    }

  private:
    bool keeps() const noexcept { return statistics_.errors.size() < kept_; }
    PENSTOCK_DECL verdict passed(std::string_view text);
    template <class Append>
    void count(std::size_t records, const Append& append_texts);
    PENSTOCK_DECL void give_up(failure why);

    bool skip_;
    bool capture_;
    bool null_values_;
    std::size_t kept_;
    std::size_t cut_; // captured text
    std::string capture_name_;
    std::optional<row_index_column> index_;

    std::shared_ptr<const schema> schema_;
    number_builder<std::int64_t> indices_;
    string_builder texts_; // of bad records; nulls for good ones
    std::uint64_t record_ = 0; // of the data, the next
    std::uint64_t limit_;
    std::uint64_t room_; // of the limit
    std::uint64_t bad_ = 0;
    std::uint64_t most_bad_;
    std::size_t rows_ = 0;
    read_statistics statistics_;
    failure error_;
};

/// A batch whose row index, the first column, did not know of `before` records in front of the part that it is from.
PENSTOCK_DECL record_batch renumbered(const record_batch& batch, std::uint64_t before, std::shared_ptr<buffer_pool> pool);

/// The first `limit` bytes of `text`, whole characters, with what is not UTF-8 replaced as `text_decoder` does.
PENSTOCK_DECL std::string clean_utf8(std::string_view text, std::size_t limit);

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/batch_shape.ipp>
#endif
