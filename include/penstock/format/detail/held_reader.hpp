// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/format/batch_reader.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace penstock::detail {

/// A reader that is another one inside, whose type only the bodies know.
class held_reader : public batch_reader {
  public:
    awaitable<std::shared_ptr<const penstock::schema>> schema() override { return reader_->schema(); }
    awaitable<std::optional<record_batch>> next() override { return reader_->next(); }
    read_statistics statistics() const override { return reader_->statistics(); }

  protected:
    explicit held_reader(std::unique_ptr<batch_reader> reader) noexcept : reader_{std::move(reader)} {}

    std::unique_ptr<batch_reader> reader_;
};

} // namespace penstock::detail
