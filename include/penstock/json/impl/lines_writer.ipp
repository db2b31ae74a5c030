// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/lines_writer.hpp>

#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/json/detail/value_writer.hpp>
#include <penstock/json/json_text.hpp>

#include <utility>

namespace penstock::json {
namespace detail {

inline constexpr std::size_t write_slice = std::size_t{256} << 10;

} // namespace detail

PENSTOCK_DECL lines_writer::lines_writer(std::unique_ptr<byte_sink> sink) : sink_{std::move(sink)} {}

PENSTOCK_DECL void lines_writer::begin(const record_batch& batch) {
    if (schema_) {
        if (schema_ != batch.shared_schema() && *schema_ != batch.schema())
            throw_failure(fail(errc::invalid_option, "a batch has another schema than the first one: " +
                                                         batch.schema().column_list()));
        return;
    }
    const auto& s = batch.schema();
    for (std::size_t i = 0; i < s.size(); ++i) {
        const auto& name = s[i].name();
        if (find_invalid_utf8(name) != std::string::npos) throw_failure(not_utf8(name, 0));
        if (s.index_of(name) != i)
            throw_failure(fail(errc::invalid_option, "two columns have the name " + printable(name, 64),
                               "keys of an object must differ: rename one"));
        if (auto why = detail::no_json_form(s[i].type()))
            throw_failure(fail(errc::unsupported, "column " + printable(name, 64) + ": " + *why,
                               "leave the column out, or convert it"));
        std::string key = i == 0 ? "{" : ",";
        append_string(key, name);
        key += ':';
        keys_.push_back(std::move(key));
    }
    schema_ = batch.shared_schema();
}

PENSTOCK_DECL void lines_writer::append_row(const record_batch& batch, std::size_t row) {
    if (keys_.empty()) text_ += '{';
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        text_ += keys_[i];
        const auto what = detail::append_value(text_, batch[i], row);
        if (!what) continue;
        const auto& f = (*schema_)[i];
        if (*what == errc::invalid_utf8) throw_failure(not_utf8(f.name(), rows_ + row + 1));
        throw_failure(fail(*what,
                           "column " + printable(f.name(), 64) + " in row " + std::to_string(rows_ + row + 1) +
                               ": a value of type " + f.type().name() + " is beyond what the type means",
                           "write the column as integers"));
    }
    text_ += "}\n";
}

PENSTOCK_DECL failure lines_writer::fail(errc code, std::string message, std::string hint) const {
    error_detail d;
    d.operation = "write json lines";
    d.object = sink_->name();
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

PENSTOCK_DECL failure lines_writer::not_utf8(const std::string& column, std::size_t row) const {
    return fail(errc::invalid_utf8,
                row == 0 ? "the name of column " + printable(column, 64)
                         : "column " + printable(column, 64) + " in row " + std::to_string(row),
                "JSON text is UTF-8: convert the column, or encode its bytes, in base64 for example");
}

PENSTOCK_DECL void lines_writer::enter() {
    if (std::exchange(open_, false)) return;
    throw_failure(fail(errc::closed, "the writer was closed, or an earlier call failed"));
}

PENSTOCK_DECL awaitable<void> lines_writer::write(record_batch batch) {
    enter();
    begin(batch);
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
        append_row(batch, row);
        if (text_.size() < detail::write_slice) continue;
        co_await sink_->write(as_bytes(text_));
        text_.clear();
        co_await penstock::detail::yield();
    }
    rows_ += batch.num_rows();
    open_ = true;
}

PENSTOCK_DECL awaitable<void> lines_writer::close() {
    enter();
    if (!text_.empty()) co_await sink_->write(as_bytes(text_));
    co_await sink_->commit();
}

} // namespace penstock::json
