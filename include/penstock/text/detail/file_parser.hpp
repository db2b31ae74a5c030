// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/buffer_pool.hpp>
#include <penstock/text/detail/text_table.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace penstock::text::detail {

/// All bytes become one row. Pure; of the shape of `csv::parser`.
class file_parser {
  public:
    enum class step { need_input, working, batch, end };

    PENSTOCK_DECL file_parser(text::options options, std::string object);

    PENSTOCK_DECL std::span<std::byte> prepare();
    PENSTOCK_DECL void commit(std::size_t n) noexcept;
    void finish() noexcept { ended_ = true; }
    void input_failed(failure why) { failed_ = std::move(why); }

    /// Where the pool refuses memory, it can be called again.
    PENSTOCK_DECL result<step> advance();

    const std::shared_ptr<const penstock::schema>& schema() const noexcept { return table_.batch_schema(); }
    record_batch take() { return table_.finish(); }
    PENSTOCK_DECL read_statistics statistics() const;

  private:
    void end_of_file();

    text::options options_;
    text_table table_;
    pooled_buffer block_;
    std::size_t size_ = 0;
    bool ended_ = false; // the bytes
    bool added_ = false; // the row
    std::optional<failure> failed_;
    std::size_t worked_ = 0; // bytes since others could run
};

} // namespace penstock::text::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/text/impl/file_parser.ipp>
#endif
