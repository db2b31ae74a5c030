// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/record_batch.hpp>
#include <penstock/core/as_bytes.hpp>
#include <penstock/core/asio.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/detail/with_object.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace penstock::detail {

/// Rows as text into a sink, 256 KiB at a time; after each of them others on the executor run. What the writers of text formats
/// have in common. `Formatter` is pure: `begin` judges the schema, once, and writes what stands in front of the rows; `append_rows` goes
/// on from a row until there is enough text; `append_end` writes what stands behind them; `operation` is what errors call it all.
/// Its errors get the sink's name.
template <class Formatter>
class formatted_sink {
  public:
    /// `make` gives the formatter. With a schema, that is judged here.
    template <class Make>
    formatted_sink(std::unique_ptr<byte_sink> sink, const Make& make, const std::shared_ptr<const schema>& schema)
        : sink_{std::move(sink)}, format_{with_object(*sink_, make)} {
        if (schema) with_object(*sink_, [&] { format_.begin(text_, schema); });
    }

    awaitable<void> write(record_batch batch) {
        enter();
        with_object(*sink_, [&] { format_.begin(text_, batch.shared_schema()); });
        for (std::size_t row = 0;;) {
            row = with_object(*sink_, [&] { return format_.append_rows(text_, batch, row, block); });
            if (text_.size() >= block) {
                co_await sink_->write(as_bytes(text_));
                written_ += text_.size();
                text_.clear();
                co_await yield();
            }
            if (row == batch.num_rows()) break;
        }
        open_ = true;
    }

    awaitable<void> close() {
        enter();
        with_object(*sink_, [&] { format_.append_end(text_); });
        if (!text_.empty()) co_await sink_->write(as_bytes(text_));
        co_await sink_->commit();
    }

    std::uint64_t text_size() const noexcept { return written_ + text_.size(); }

  private:
    static constexpr std::size_t block = std::size_t{256} << 10;

    /// Stays closed unless a write comes to its end: a text that lacks rows must not be committed.
    void enter() {
        if (std::exchange(open_, false)) return;
        error_detail d;
        d.operation = format_.operation();
        d.object = sink_->name();
        d.message = "the writer was closed, or an earlier call failed";
        throw_failure(failure{errc::closed, std::move(d)});
    }

    std::unique_ptr<byte_sink> sink_;
    Formatter format_;
    std::string text_; // not yet written
    std::uint64_t written_ = 0;
    bool open_ = true;
};

} // namespace penstock::detail
