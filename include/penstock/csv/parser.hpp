// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/csv/detect_dialect.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/read_statistics.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock::detail {
template <class Parser>
class split_driver;
template <class Parser>
class part_reader;
template <class Parser>
struct text_part;
struct part_counts;
} // namespace penstock::detail

namespace penstock::csv {

/// CSV text in, batches out; no I/O. The batches, and the error if there is one, do not depend on how the
/// text is cut.
///
///     for (;;) {
///         const auto step = parser.advance();   // a failure: all rows before the faulty one have been given
///         if (!step || *step == parser::step::end) break;
///         if (*step == parser::step::batch) use(parser.take());
///         if (*step == parser::step::need_input) {
///             const auto room = parser.prepare();
///             const auto n = read(room);
///             if (n) parser.commit(n); else parser.finish();   // or input_failed(why)
///         }
///     }
///
/// Memory: a block of 512 KiB that grows up to four times the longest record (`max_record_bytes` bounds that)
/// or up to four times `inference_bytes`, eight bytes of index a separator in 32 KiB of it (in the text that
/// types are inferred from, too), and one batch. A row
/// may have 16,384 fields.
class parser {
  public:
    enum class step {
        need_input, ///< `prepare` and `commit`, or `finish`
        working,    ///< about 256 KiB of text are done: a good moment to let others run
        batch,      ///< `take` it
        end,        ///< all rows were given; stays so
    };

    /// Throws `error` (`errc::invalid_option`). `object` is what errors call the text.
    PENSTOCK_DECL explicit parser(csv::options options, std::string object = {});
    PENSTOCK_DECL parser(parser&&) noexcept;
    PENSTOCK_DECL parser& operator=(parser&&) noexcept;
    PENSTOCK_DECL ~parser();

    /// Where the next bytes go: never empty. Precondition: `advance` said `need_input`, or nothing yet. Throws
    /// `errc::budget_exceeded` where the pool refuses memory; it may be called again then.
    PENSTOCK_DECL std::span<std::byte> prepare();
    /// The first `n` bytes of what `prepare` gave were filled.
    PENSTOCK_DECL void commit(std::size_t n);
    /// There are no more bytes.
    PENSTOCK_DECL void finish();
    /// There are no more bytes because of `why`. The rows that have their ends come first, then `advance` gives it. What
    /// stands behind the last row end is no row: more of it may be lost.
    PENSTOCK_DECL void input_failed(failure why);

    /// Goes on with what is there. Errors: `errc::malformed_csv`, `ragged_row`, `type_mismatch`,
    /// `invalid_utf8`, `record_too_large`, `unknown_column`, all with object, byte offset, line and column;
    /// they stay. Where the pool has a memory budget, and it refuses a block, a batch ends with the rows that it has; where
    /// it has none, that is `errc::budget_exceeded`, which does not stay.
    PENSTOCK_DECL result<step> advance();

    /// The schema of the batches; null until enough was read, at the latest before the first batch and at the
    /// end.
    PENSTOCK_DECL const std::shared_ptr<const penstock::schema>& schema() const noexcept;

    /// What `options::detect` found, once there is a schema; nothing where it was not asked for.
    PENSTOCK_DECL const std::optional<detected_dialect>& detected() const noexcept;

    /// The batch that `advance` announced. Once for each.
    PENSTOCK_DECL record_batch take();

    /// What was read so far.
    PENSTOCK_DECL read_statistics statistics() const;

  private:
    template <class Parser>
    friend struct penstock::detail::text_part;
    template <class Parser>
    friend class penstock::detail::part_reader;
    template <class Parser>
    friend class penstock::detail::split_driver; // and what it needs of a parser:

    /// For the text from `offset` on, once there is a schema; `bytes` are put into it in one go. It counts from there.
    PENSTOCK_DECL std::unique_ptr<parser> part(std::uint64_t offset, std::size_t bytes) const;
    /// This one for another part. Precondition: it was made by `part`, has come to the end of it, and is `between_records`.
    PENSTOCK_DECL void restart(std::uint64_t offset);
    /// Where a text may be cut: behind a line break that seems to end a row; 0 for nowhere. `by_quotes`: an even number of
    /// quotes stands before it, or an odd one when the text begins `inside` quotes.
    PENSTOCK_DECL std::size_t find_cut(std::string_view text, bool by_quotes, bool inside) const;
    /// What was committed ends with a line break.
    PENSTOCK_DECL void cut();
    /// The rows that `advance` has come to and not given.
    PENSTOCK_DECL std::optional<record_batch> take_rest();
    /// What was committed ends with a row, and all rows were given.
    PENSTOCK_DECL bool between_records() const noexcept;
    PENSTOCK_DECL penstock::detail::part_counts counts() const;
    /// What was read before the part.
    PENSTOCK_DECL void follow(const penstock::detail::part_counts& before);
    /// Without the bytes; counts anew.
    PENSTOCK_DECL read_statistics take_statistics();

    struct state;
    explicit parser(std::unique_ptr<state> s) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/parser.ipp>
#endif
