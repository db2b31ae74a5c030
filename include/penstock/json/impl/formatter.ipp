// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/formatter.hpp>

#include <penstock/format/utf8.hpp>
#include <penstock/json/detail/value_writer.hpp>

#include <utility>

namespace penstock::json {
namespace detail {

inline failure write_failure(write_shape shape, errc code, std::string message, std::string hint = {}) {
    error_detail d;
    d.operation = shape == write_shape::lines ? "write json lines" : "write json";
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

inline constexpr const char* use_utf8 = "JSON text is UTF-8: convert the column, or encode its bytes, in base64 for example";

} // namespace detail

PENSTOCK_DECL formatter::formatter(write_shape shape, write_options options)
    : shape_{shape}, options_{std::move(options)} {
    if (options_.indent() > 0 && shape_ == write_shape::lines)
        throw_failure(detail::write_failure(shape_, errc::invalid_option, "an object of JSON Lines stands on one line",
                                            "write an array, or without indent"));
    if (options_.indent() > 16)
        throw_failure(detail::write_failure(shape_, errc::invalid_option, "an indent has at most 16 spaces"));
}

PENSTOCK_DECL formatter::formatter(formatter&&) noexcept = default;
PENSTOCK_DECL formatter& formatter::operator=(formatter&&) noexcept = default;
PENSTOCK_DECL formatter::~formatter() = default;

PENSTOCK_DECL void formatter::begin(const std::shared_ptr<const schema>& s) {
    const auto refuse = [this](errc code, std::string message, std::string hint = {}) {
        throw_failure(detail::write_failure(shape_, code, std::move(message), std::move(hint)));
    };
    if (schema_) {
        if (schema_ != s && *schema_ != *s)
            refuse(errc::invalid_option, "a batch has another schema than the first one: " + s->column_list());
        return;
    }
    for (std::size_t i = 0; i < s->size(); ++i) {
        const auto& f = (*s)[i];
        const auto name = printable(f.name(), 64);
        if (find_invalid_utf8(f.name()) != std::string::npos)
            refuse(errc::invalid_utf8, "the name of column " + name, detail::use_utf8);
        if (s->index_of(f.name()) != i)
            refuse(errc::invalid_option, "two columns have the name " + name,
                   "keys of an object must differ: rename one");
        if (auto why = detail::no_json_form(f.type()))
            refuse(errc::unsupported, "column " + name + ": " + *why, "leave the column out, or convert it");
    }
    row_ = std::make_unique<const detail::object_writer>(s->fields(), options_);
    schema_ = s;
}

PENSTOCK_DECL void formatter::append_row(std::string& out, const record_batch& batch, std::size_t row) {
    if (shape_ == write_shape::object && rows_ > 0)
        throw_failure(detail::write_failure(shape_, errc::invalid_option, "one object has one row, but there are more",
                                            "write an array, or lines"));
    const bool in_array = shape_ == write_shape::array;
    if (in_array) {
        out += rows_ == 0 ? "[\n" : ",\n";
        out.append(options_.indent(), ' ');
    }
    std::size_t column = 0;
    const auto what = row_->append(
        out, options_, in_array ? 1 : 0, [&](std::size_t i) -> std::pair<const array&, std::size_t> {
            column = i;
            return {batch[i], row};
        });
    if (what == detail::value_fault::none) {
        if (!in_array) out += '\n';
        ++rows_;
        return;
    }
    const auto& f = (*schema_)[column];
    auto where = "column " + printable(f.name(), 64) + " in row " + std::to_string(rows_ + 1);
    switch (what) {
    case detail::value_fault::not_utf8:
        throw_failure(detail::write_failure(shape_, errc::invalid_utf8, std::move(where), detail::use_utf8));
    case detail::value_fault::not_finite:
        throw_failure(detail::write_failure(shape_, errc::unsupported,
                                            std::move(where) + ": JSON has neither NaN nor infinities",
                                            "write them as null or as texts: write_options::not_finite"));
    case detail::value_fault::null_key:
        throw_failure(detail::write_failure(shape_, errc::unsupported, std::move(where) + ": a key of a map is null",
                                            "keys are texts in JSON, and a map allows no null"));
    default:
        throw_failure(detail::write_failure(shape_, errc::unsupported,
                                            std::move(where) + ": a value of type " + f.type().name() +
                                                " is beyond what the type means",
                                            "write dates as numbers: write_options::dates"));
    }
}

PENSTOCK_DECL std::size_t formatter::append_rows(std::string& out, const record_batch& batch, std::size_t first,
                                                 std::size_t enough) {
    begin(batch.shared_schema());
    for (; first < batch.num_rows() && out.size() < enough; ++first) append_row(out, batch, first);
    return first;
}

PENSTOCK_DECL void formatter::append_end(std::string& out) const {
    if (shape_ == write_shape::object && rows_ == 0)
        throw_failure(detail::write_failure(shape_, errc::invalid_option, "one object has one row, but there is none",
                                            "write an array, or lines"));
    if (shape_ == write_shape::array) out += rows_ == 0 ? "[]\n" : "\n]\n";
}

} // namespace penstock::json
