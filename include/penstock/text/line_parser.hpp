// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/detail/line_buffer.hpp>
#include <penstock/text/detail/text_table.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace penstock::text {

/// Lines in, batches out; no I/O. Used as `csv::parser` is; the batches, and the error if there is one, do not depend on
/// how the text is cut. See `line_reader` for what a line is and for errors.
///
/// Memory: a block of 256 KiB that grows to twice the longest line, and one batch.
class line_parser {
  public:
    enum class step {
        need_input, ///< `prepare` and `commit`, or `finish`
        working,    ///< about 256 KiB of text are done: a good moment to let others run
        batch,      ///< `take` it
        end,        ///< all rows were given; stays so
    };

    /// Throws `errc::invalid_option` when `max_record_bytes` is beyond 1 GiB. `object` is what errors call the text.
    PENSTOCK_DECL explicit line_parser(text::options options, std::string object = {});

    /// Where the next bytes go: never empty. Precondition: `advance` said `need_input`, or nothing yet.
    std::span<std::byte> prepare() { return lines_.room(); }
    /// The first `n` bytes of what `prepare` gave were filled.
    void commit(std::size_t n) noexcept {
        lines_.filled(n);
        bytes_ += n;
        if (lines_.passing()) worked_ += n; // the others count as lines
    }
    /// There are no more bytes.
    void finish() noexcept { lines_.ended(); }
    /// There are no more bytes because of `why`: the lines that are whole come first.
    void input_failed(failure why) { broken_ = std::move(why); }

    /// Goes on with what is there. Errors stay, but for `errc::budget_exceeded`: the pool has no memory for a single line, and
    /// the parser can go on when it has. (Where it has none for one more, a batch ends.) `prepare` throws the same.
    PENSTOCK_DECL result<step> advance();

    /// The schema of the batches; null only where the options ask for what there is not.
    const std::shared_ptr<const penstock::schema>& schema() const noexcept { return table_.batch_schema(); }
    /// The batch that `advance` announced. Once for each.
    record_batch take() { return table_.finish(); }
    PENSTOCK_DECL read_statistics statistics() const;

  private:
    result<step> go_on();
    bool take_line();
    bool next_line();
    void add(penstock::detail::text_line line);

    text::options options_;
    penstock::detail::line_buffer lines_;
    detail::text_table table_;
    std::optional<penstock::detail::text_line> line_; // at hand, not in the table yet
    bool too_long_ = false;                           // that is only its beginning
    std::optional<failure> broken_; // why there is no more input
    std::optional<failure> failed_;
    bool ended_ = false;
    std::size_t worked_ = 0;  // bytes since others could run
    std::uint64_t bytes_ = 0; // in all
};

} // namespace penstock::text

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/line_parser.ipp>
#endif
