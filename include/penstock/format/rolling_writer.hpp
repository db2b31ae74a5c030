// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/batch_writer.hpp>
#include <penstock/format/detail/written_schema.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace penstock {

/// Numbered names: digits in braces stand for the number, and are the first one: "part-{00000}.csv" gives part-00000.csv,
/// part-00001.csv … A number of more digits takes its room.
class name_pattern {
  public:
    /// Throws `errc::invalid_option` where there is not just one pair of braces with 1 to 18 digits between.
    PENSTOCK_DECL explicit name_pattern(std::string_view text);

    PENSTOCK_DECL std::string name(std::uint64_t index) const;

  private:
    std::string before_, behind_;
    std::size_t width_ = 0;
    std::uint64_t first_ = 0;
};

/// When `rolling_writer` begins a new file. Setters chain. Without any, all goes into one.
class rolling_options {
  public:
    rolling_options() = default;

    /// A file ends with the row that brings it closest to so many bytes in its sink. A single row may be longer.
    rolling_options& target_bytes(std::uint64_t n) { return target_bytes_ = n, *this; }
    /// A file has at most so many rows.
    rolling_options& max_rows(std::uint64_t n) { return max_rows_ = n, *this; }

    std::uint64_t target_bytes() const noexcept { return target_bytes_; }
    std::uint64_t max_rows() const noexcept { return max_rows_; }

  private:
    std::uint64_t target_bytes_ = static_cast<std::uint64_t>(-1);
    std::uint64_t max_rows_ = static_cast<std::uint64_t>(-1);
};

/// Writes batches of one schema into files of about one size: closes one and goes on in the next. Each file is whole
/// (header, brackets) and is committed by itself; those before stay when a later one fails. No file is made for no rows, so
/// without any row there is none.
///
///     const auto open = [&s3](std::string name) { return create_sink(&s3, std::move(name)); };
///     const auto make = [](std::unique_ptr<byte_sink> sink) {
///         return std::make_unique<json::lines_writer>(compress(std::move(sink), compression::gzip));
///     };
///     rolling_writer out{name_pattern{"s3://lake/parts/{000}.jsonl.gz"}, open, make, rolling_options().target_bytes(128 << 20)};
///     while (auto batch = co_await rows->next()) co_await out.write(*batch);
///     co_await out.close();
///
/// Sizes: the writers of text formats know how long their text is; then a file is within 5 % of the target, or the row that
/// crosses it. Compressed (by `make`), the ratio so far tells what the text will come to in the sink: within 10 % where a
/// file is large against the blocks of the codec (1 MiB or so); the first file may be smaller, nothing being known yet.
///
/// Memory: that of one writer and one sink; batches are written in slices that share their memory.
class rolling_writer final : public batch_writer {
  public:
    /// Opens the sink of the next file. Called when the first row for it has come.
    using open_sink = std::function<awaitable<std::unique_ptr<byte_sink>>(std::string name)>;
    /// The writer of a file into its sink.
    using make_writer = std::function<std::unique_ptr<batch_writer>(std::unique_ptr<byte_sink> sink)>;

    /// No file is opened here. Preconditions: `open` and `make` can be called, and give no null. Throws `errc::invalid_option` for a
    /// target of 0 bytes or 0 rows.
    PENSTOCK_DECL rolling_writer(name_pattern names, open_sink open, make_writer make,
                                 rolling_options options = rolling_options());
    PENSTOCK_DECL ~rolling_writer() override;

    /// Opens, fills and closes as many files as it takes. Errors: `errc::invalid_option` for a batch of another schema than the
    /// first; those of the writer, which counts the rows of its file, of the sink and of `open`. After one, or a cancellation, further calls
    /// throw `errc::closed`, and the file at hand does not become visible; those before it stay, see `files`.
    PENSTOCK_DECL awaitable<void> write(record_batch batch) override;
    /// Closes the file at hand, if there is one. Once only, and last; as `write` for the rest. A rolling writer that is destroyed
    /// without it leaves the files that were closed, and nothing of the one at hand.
    PENSTOCK_DECL awaitable<void> close() override;

    struct file {
        std::string name;
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0; ///< in the sink
    };
    /// Those committed so far.
    const std::vector<file>& files() const noexcept { return files_; }

  private:
    void enter();
    awaitable<void> open_next();
    awaitable<void> end_file();
    /// Rows for the file at hand; 0: it is full.
    std::uint64_t rows_wanted();
    double size_so_far();

    name_pattern names_;
    open_sink open_sink_;
    make_writer make_;
    rolling_options options_;
    std::vector<file> files_;
    detail::written_schema written_;

    std::unique_ptr<batch_writer> writer_;   // of the file at hand
    std::shared_ptr<std::uint64_t> arrived_; // in its sink
    file current_;
    std::uint64_t seen_ = 0; // of `arrived_`, when last looked at
    double ratio_ = 1;       // of bytes in the sink to text
    bool usable_ = true;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/format/impl/rolling_writer.ipp>
#endif
