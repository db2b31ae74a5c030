// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/json/formatter.hpp>

#include <memory>
#include <string>

namespace penstock::json::detail {

/// Moves a formatter's text into a sink: what both writers do.
class formatted_sink {
  public:
    PENSTOCK_DECL formatted_sink(std::unique_ptr<byte_sink> sink, write_shape shape, write_options options);

    PENSTOCK_DECL awaitable<void> write(record_batch batch);
    PENSTOCK_DECL awaitable<void> close();
    std::uint64_t text_size() const noexcept { return written_ + text_.size(); }

  private:
    /// Stays closed unless a write comes to its end: a text that lacks rows must not be committed.
    void enter();

    std::unique_ptr<byte_sink> sink_;
    formatter format_;
    std::string text_; // not yet written
    std::uint64_t written_ = 0;
    bool open_ = true;
};

} // namespace penstock::json::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/formatted_sink.ipp>
#endif
