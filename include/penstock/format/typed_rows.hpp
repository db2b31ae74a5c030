// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array_builder.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/format/batch_writer.hpp>
#include <penstock/format/detail/typed_reading.hpp>
#include <penstock/format/detail/typed_writing.hpp>
#include <penstock/format/format_reader.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

// Rows as structs that Boost.Describe knows (`BOOST_DESCRIBE_STRUCT(trip, (), (city, fare))`): a member is the column of its
// name. Members may be
//
// | C++ | column |
// |---|---|
// | `bool` | boolean |
// | integers | any integer whose values fit |
// | `float`, `double` | any number that they hold exactly, floats rounded |
// | `std::string`, `std::string_view` | text in any form |
// | described enums | text: the enumerator's name |
// | `sys_days`, `sys_time<seconds … nanoseconds>`, `seconds … nanoseconds` | date; timestamp; duration or time, of any unit that loses nothing |
// | `std::vector<T>` | list |
// | described structs | struct |
// | `std::optional<T>` | the same, null or missing as none; only there may a value be null, or the column be missing |
// | what `column_traits` knows | its column |

/// The names of the columns that `Row` takes, known at compile time.
template <described_row Row>
inline constexpr auto row_columns = detail::member_names<Row>();

/// The columns that `Row` makes: types that hold every value, nullable where the member is optional.
template <described_row Row>
std::shared_ptr<const schema> row_schema() {
    return make_schema(detail::member_fields<Row>());
}

/// A reader's options with the projection that `Row` needs: only its columns are converted. Optional members need a
/// schema (`row_schema`) and `missing_columns::null` where their column may be missing.
template <described_row Row, class Options>
Options select_members(Options options) {
    options.columns(std::vector<std::string>(row_columns<Row>.begin(), row_columns<Row>.end()));
    return options;
}

/// The rows of one batch as structs. Texts of `string_view` members live as long as this. Throws `error` at construction:
/// `errc::unknown_column` and `errc::type_mismatch`, which name member and column; so does `operator[]` for a value that the
/// member cannot hold.
template <described_row Row>
class typed_batch {
  public:
    explicit typed_batch(record_batch batch) : batch_{std::move(batch)}, reader_{batch_} {}

    std::size_t size() const noexcept { return batch_.num_rows(); }
    /// Precondition: `row < size()`.
    Row operator[](std::size_t row) const { return reader_(row); }
    const record_batch& batch() const noexcept { return batch_; }

  private:
    record_batch batch_;
    detail::row_reader<Row> reader_;
};

/// Reads rows as structs from a reader of any format:
///
///     auto rows = read_rows<trip, csv::batch_reader>(std::move(source), csv::options());
///     while (auto row = co_await rows.next()) use(row->fare);
///
/// Errors, cancellation, executor and memory are those of the reader, errors also those of `typed_batch`; after one of those
/// the next call goes on behind the row.
template <described_row Row>
class typed_reader {
  public:
    /// Precondition: `reader` is not null.
    explicit typed_reader(std::unique_ptr<batch_reader> reader) : reader_{std::move(reader)} {}
    template <std::derived_from<batch_reader> Reader>
    explicit typed_reader(Reader reader) : typed_reader{std::make_unique<Reader>(std::move(reader))} {}

    /// The next row; nothing at the end. Texts of `string_view` members live until the next call.
    awaitable<std::optional<Row>> next() {
        while (!rows_ || row_ == rows_->size()) {
            rows_.reset();
            auto batch = co_await reader_->next();
            if (!batch) co_return std::nullopt;
            rows_.emplace(std::move(*batch));
            row_ = 0;
        }
        const auto row = row_++;
        co_return (*rows_)[row];
    }

    /// All rows of a batch at once: what of the current one `next` has not given is dropped. A loop over it awaits nothing.
    awaitable<std::optional<typed_batch<Row>>> next_batch() {
        rows_.reset();
        auto batch = co_await reader_->next();
        if (!batch) co_return std::nullopt;
        co_return typed_batch<Row>{std::move(*batch)};
    }

    batch_reader& reader() noexcept { return *reader_; }

  private:
    std::unique_ptr<batch_reader> reader_;
    std::optional<typed_batch<Row>> rows_;
    std::size_t row_ = 0;
};

/// Rows of any format as structs: the reader is made with options that have the projection of `Row`.
template <described_row Row, class Reader, class Options>
    requires format_reader<Reader, Options>
typed_reader<Row> read_rows(std::unique_ptr<byte_source> source, Options options) {
    return typed_reader<Row>{std::make_unique<Reader>(std::move(source), select_members<Row>(std::move(options)))};
}

/// A batch of structs. Throws `error`, which names member, column and row: `errc::type_mismatch` for a value of an enum that is
/// none of its enumerators, `errc::record_too_large` for more text than a column can hold.
template <described_row Row>
record_batch make_batch(std::span<const Row> rows, const std::shared_ptr<buffer_pool>& pool) {
    return detail::make_row_batch<Row>(rows, pool, 0);
}

/// Writes structs by a writer of any format, in batches of at most 8,192 rows:
///
///     typed_writer<trip> out{json::lines_writer{std::move(sink)}};
///     co_await out.write(trips);
///     co_await out.close();
template <described_row Row>
class typed_writer {
  public:
    /// Precondition: `writer` is not null.
    explicit typed_writer(std::unique_ptr<batch_writer> writer) : writer_{std::move(writer)} {}
    template <std::derived_from<batch_writer> Writer>
    explicit typed_writer(Writer writer) : typed_writer{std::make_unique<Writer>(std::move(writer))} {}

    /// The rows (a vector, an array: name it first) must live until this is done. Errors are those of `make_batch`, with the row's
    /// place among these, and the writer's; rows before the 8,192 that hold the wrong one have been written.
    awaitable<void> write(std::span<const Row> rows) {
        constexpr std::size_t most = 8192;
        for (std::size_t done = 0; done < rows.size();) {
            const auto n = rows.size() - done < most ? rows.size() - done : most;
            auto batch = detail::make_row_batch<Row>(rows.subspan(done, n), pool_, done);
            co_await writer_->write(std::move(batch));
            done += n;
        }
    }
    awaitable<void> close() { return writer_->close(); }

  private:
    std::unique_ptr<batch_writer> writer_;
    std::shared_ptr<buffer_pool> pool_ = buffer_pool::create();
};

} // namespace penstock
