// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/formatted_sink.hpp>

#include <penstock/core/detail/yield.hpp>
#include <penstock/format/detail/with_object.hpp>

#include <utility>

namespace penstock::json::detail {

inline constexpr std::size_t write_slice = std::size_t{256} << 10;

PENSTOCK_DECL formatted_sink::formatted_sink(std::unique_ptr<byte_sink> sink, write_shape shape, write_options options)
    : sink_{std::move(sink)}, format_{penstock::detail::with_object(*sink_, [&] { return formatter{shape, std::move(options)}; })} {}

PENSTOCK_DECL void formatted_sink::enter() {
    if (std::exchange(open_, false)) return;
    error_detail d;
    d.operation = format_.shape() == write_shape::lines ? "write json lines" : "write json";
    d.object = sink_->name();
    d.message = "the writer was closed, or an earlier call failed";
    throw_failure(failure{errc::closed, std::move(d)});
}

PENSTOCK_DECL awaitable<void> formatted_sink::write(record_batch batch) {
    enter();
    for (std::size_t row = 0;;) {
        row = penstock::detail::with_object(*sink_, [&] { return format_.append_rows(text_, batch, row, write_slice); });
        if (text_.size() >= write_slice) {
            co_await sink_->write(as_bytes(text_));
            written_ += text_.size();
            text_.clear();
            co_await penstock::detail::yield();
        }
        if (row == batch.num_rows()) break;
    }
    open_ = true;
}

PENSTOCK_DECL awaitable<void> formatted_sink::close() {
    enter();
    penstock::detail::with_object(*sink_, [&] { format_.append_end(text_); });
    if (!text_.empty()) co_await sink_->write(as_bytes(text_));
    co_await sink_->commit();
}

} // namespace penstock::json::detail
