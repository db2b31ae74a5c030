// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_source.hpp>
#include <penstock/format/batch_reader.hpp>
#include <penstock/json/detail/lines_core.hpp>

#include <memory>
#include <optional>

namespace penstock::json::detail {

/// Moves bytes from a source into a `lines_core`, and batches out of it: what both readers do.
class record_pump {
  public:
    template <class Options>
    record_pump(std::unique_ptr<byte_source> source, const Options& options)
        : source_{std::move(source)}, compute_{options.common().compute_executor}, core_{options, source_->name()} {}

    PENSTOCK_DECL awaitable<std::shared_ptr<const penstock::schema>> schema();
    PENSTOCK_DECL awaitable<std::optional<record_batch>> next();
    PENSTOCK_DECL read_statistics statistics() const;

  private:
    using status = lines_core::status;
    bool feed();
    awaitable<status> run(bool only_schema);

    std::unique_ptr<byte_source> source_;
    executor compute_; // where the core works, if not here
    lines_core core_;
    std::uint64_t bytes_ = 0;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/record_pump.ipp>
#endif
