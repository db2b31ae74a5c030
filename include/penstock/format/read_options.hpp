// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/schema.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/text_encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// What becomes of a bad record: one that is an error under `fail`. Those are
///
/// * records that cannot be told apart into values: CSV rows with another number of fields than the first, text behind a
///   closing quote, a quote that is never closed; lines that are not one JSON value or no object; records of more than
///   `max_record_bytes`; text that is not UTF-8;
/// * records with a value that is not of its column's type, a null or no value where the schema allows none, a key that
///   `extra_columns` or `missing_columns` forbid.
///
/// What is wrong with the data as a whole is always an error: a header that cannot be read, a column that the header
/// lacks, a source that fails; also types that are to be inferred, where not one of the first records
/// (`inference_bytes`) is good. A record whose end is in doubt ends where its format says: a JSON line with its line
/// feed, a CSV row too long or never closed where its quotes say, one with text behind a closing quote at the next line
/// break.
enum class bad_records : std::uint8_t {
    fail, ///< an error, after all records before it were given
    skip, ///< passed over and counted
    /// A value that is not of its column's type becomes null, where the column may be null, and is counted. All other
    /// bad records are errors.
    null_values,
    /// A row in which every column is null and a further column, the last, has the record's text as it stands in the
    /// data: without its line end, cut at `max_record_bytes`, what is not UTF-8 replaced by U+FFFD as `broken_text::replace`
    /// does. Good rows are null in that column. All columns may be null then, whatever the schema says.
    capture,
};

/// A column of a given schema that the data does not have.
enum class missing_columns : std::uint8_t {
    null, ///< all null; a column that must not be null is an error
    fail, ///< `errc::unknown_column`
};

/// A column of the data that the given schema does not have. Where each record names its columns and no schema is given,
/// the inferred one stands for it.
enum class extra_columns : std::uint8_t {
    ignore,
    fail, ///< `errc::unknown_column`
    add,  ///< read, too, behind those of the schema, with a type inferred from the first records
};

/// A column that counts the records of the data.
struct row_index_column {
    row_index_column() = default;
    explicit row_index_column(std::string column_name, std::int64_t first = 0)
        : name{std::move(column_name)}, offset{first} {}

    std::string name;
    std::int64_t offset = 0; ///< the number of the first record
};

/// What the readers of all formats have in common. Limits have a least and a largest value, as said with each; a reader that is
/// made with another throws `errc::invalid_option`, which names the option.
struct read_options {
    read_options() = default;

    /// A batch ends after this many rows (1 to 2^29), or with the row that brings the text it was made of to this many
    /// bytes (1 byte to 512 MiB).
    std::size_t batch_rows = 8192;
    std::size_t batch_bytes = std::size_t{8} << 20;

    /// A longer record is `errc::record_too_large`: it bounds the memory that one record can claim. 1 byte to 1 GiB, of CSV to
    /// 512 MiB.
    std::size_t max_record_bytes = std::size_t{16} << 20;

    /// Types are inferred from at most this many records, and from records that lie in this many bytes (the
    /// first always counts). 1 to 2^29; 1 byte to 512 MiB.
    std::size_t inference_rows = 8192;
    std::size_t inference_bytes = std::size_t{1} << 20;

    /// False: without a schema every column is a string column. What is no string in the data (JSON's numbers,
    /// truth values, objects and arrays) is the text that stands there; nulls are nulls.
    bool infer_types = true;

    /// The columns and their types, where they are known; null infers them.
    std::shared_ptr<const penstock::schema> schema;

    /// Only these columns, in this order. The others are not converted.
    std::optional<std::vector<std::string>> columns;

    /// Data and a given schema that do not have the same columns. By default a missing column is what suits the format:
    /// null where every record names its own columns (JSON), an error where one header speaks for all (CSV). Where
    /// each record names its columns, `missing_columns::fail` and `extra_columns::fail` make it a bad record. Columns
    /// that `columns` leaves out are not looked for.
    std::optional<penstock::missing_columns> missing_columns;
    penstock::extra_columns extra_columns = penstock::extra_columns::ignore;

    /// Reads at most so many rows, and does not look at what follows them. Records that were skipped are none of them.
    std::optional<std::uint64_t> limit;

    /// An int64 column in front of the others with the number of each record in the data. Skipped records are counted,
    /// too: they leave gaps.
    std::optional<row_index_column> row_index;

    bad_records on_bad_record = bad_records::fail;
    /// What the column is called that `bad_records::capture` adds.
    std::string capture_column = "_bad_record";
    /// One bad record more is an error: that of the record. Counts skipped and captured records, and with
    /// `bad_records::null_values` values.
    std::optional<std::uint64_t> max_bad_records;
    /// How many errors `batch_reader::statistics` keeps.
    std::size_t max_kept_errors = 16;

    /// How the data is stored, for the formats that are text. What begins with the byte-order mark of UTF-16 is read as that
    /// where UTF-8 is asked for, for it cannot be UTF-8. With another than UTF-8, or one that is to be replaced where it
    /// is broken, the reader reads through `decode_text`: offsets in its errors are those of the decoded text.
    text_encoding encoding = text_encoding::utf8;
    broken_text on_broken_text = broken_text::fail;

    /// Where the work of parsing is done, a slice of about 256 KiB of text at a time, while the coroutine that awaits
    /// waits on its own executor: a pool of threads, say. Empty: on the awaiting coroutine's executor, others having
    /// a turn after each slice. All I/O stays where it was. Whoever runs it must have stopped it, or let what was begun there
    /// end, before the execution context of the reader is destroyed: with `tasks`, a reader that is destroyed does not wait for it.
    executor compute_executor;

    /// So many parts of the data are parsed at a time on the `compute_executor`, by the readers of CSV and JSON Lines. Rows, their
    /// order, errors, counts and policies are those of one task; batches end with their part, too. Whatever the source is:
    /// its bytes are read once, in order, on the awaiting coroutine's executor. 1, or no compute executor: one after the other.
    ///
    /// A part is cut where a row seems to end. Whether it does is known once the part before has been parsed; where it does
    /// not, that parser goes on, and what was parsed ahead is dropped. Memory: up to `tasks` + 3 parts of `task_bytes` and
    /// their columns, fewer where the pool has a budget with no room for them. 1 to 1,024 tasks; 1 byte to 512 MiB.
    std::size_t tasks = 1;
    std::size_t task_bytes = std::size_t{512} << 10;

    /// Where buffers come from; null makes a pool of the reader's own. With a budget (`buffer_pool::create(budget)`) the reader
    /// waits for memory before it begins, ends a batch where there is no more, and fails with `errc::budget_exceeded` where its
    /// own batches, which count until they are released, leave no room for a row: docs/formats.md, Memory. With several `tasks` it
    /// does not wait once it has begun, but fails so where there is no room for one part. The error does not stay.
    std::shared_ptr<buffer_pool> pool;

    /// `errc::invalid_option` for the first limit that is none.
    PENSTOCK_DECL result<void> check() const;
};

/// Chaining setters for `read_options`: `class options : public read_option_setters<options>`.
template <class Derived>
class read_option_setters {
  public:
    Derived& batch_rows(std::size_t n) { return set(&read_options::batch_rows, n); }
    Derived& batch_bytes(std::size_t n) { return set(&read_options::batch_bytes, n); }
    Derived& max_record_bytes(std::size_t n) { return set(&read_options::max_record_bytes, n); }
    Derived& inference_rows(std::size_t n) { return set(&read_options::inference_rows, n); }
    Derived& inference_bytes(std::size_t n) { return set(&read_options::inference_bytes, n); }
    Derived& infer_types(bool on) { return set(&read_options::infer_types, on); }
    Derived& schema(std::shared_ptr<const penstock::schema> s) {
        return set(&read_options::schema, std::move(s));
    }
    Derived& columns(std::vector<std::string> names) { return set(&read_options::columns, std::move(names)); }
    Derived& missing_columns(penstock::missing_columns what) { return set(&read_options::missing_columns, what); }
    Derived& extra_columns(penstock::extra_columns what) { return set(&read_options::extra_columns, what); }
    Derived& limit(std::uint64_t rows) { return set(&read_options::limit, rows); }
    Derived& row_index(std::string name, std::int64_t offset = 0) {
        return set(&read_options::row_index, row_index_column{std::move(name), offset});
    }
    Derived& on_bad_record(bad_records what) { return set(&read_options::on_bad_record, what); }
    Derived& capture_column(std::string name) { return set(&read_options::capture_column, std::move(name)); }
    Derived& max_bad_records(std::uint64_t n) { return set(&read_options::max_bad_records, n); }
    Derived& max_kept_errors(std::size_t n) { return set(&read_options::max_kept_errors, n); }
    Derived& encoding(text_encoding e, broken_text on_broken = broken_text::fail) {
        set(&read_options::on_broken_text, on_broken);
        return set(&read_options::encoding, e);
    }
    Derived& compute_executor(executor where) { return set(&read_options::compute_executor, std::move(where)); }
    Derived& tasks(std::size_t n) { return set(&read_options::tasks, n); }
    Derived& task_bytes(std::size_t n) { return set(&read_options::task_bytes, n); }
    Derived& pool(std::shared_ptr<buffer_pool> p) { return set(&read_options::pool, std::move(p)); }

    const read_options& common() const noexcept { return common_; }
    /// All of them at once, as another format's options hold them.
    Derived& common(read_options all) {
        common_ = std::move(all);
        return static_cast<Derived&>(*this);
    }

  protected:
    read_option_setters() = default;

  private:
    template <class M, class V>
    Derived& set(M read_options::*member, V value) {
        common_.*member = std::move(value);
        return static_cast<Derived&>(*this);
    }
    read_options common_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/read_options.ipp>
#endif
