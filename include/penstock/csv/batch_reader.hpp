// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/csv/detect_dialect.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/detail/held_reader.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace penstock::csv {

/// Reads a CSV text from a source in batches:
///
///     auto rows = csv::batch_reader{open_file("trips.csv"), csv::options().columns({"fare"})};
///     while (auto batch = co_await rows.next())
///         for (double fare : batch->column<double>("fare")) use(fare);
///
/// Errors, order and memory are those of `csv::parser`; an error of the source comes after the rows that are whole, and
/// stays. It runs on the executor of whoever awaits and lets others run after every 256 KiB of text, or parses on the
/// options' `compute_executor`.
class batch_reader final : public penstock::detail::held_reader {
  public:
    /// Throws `error` (`errc::invalid_option`). Precondition: `source` is not null.
    PENSTOCK_DECL explicit batch_reader(std::unique_ptr<byte_source> source,
                                        csv::options options = csv::options());

    /// Takes a source by value.
    template <std::derived_from<byte_source> Source>
    explicit batch_reader(Source source, csv::options options = csv::options())
        : batch_reader{std::unique_ptr<byte_source>{std::make_unique<Source>(std::move(source))},
                       std::move(options)} {}

    /// See `csv::parser::detected`.
    PENSTOCK_DECL const std::optional<detected_dialect>& detected() const noexcept;
};

} // namespace penstock::csv

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/csv/impl/batch_reader.ipp>
#endif
