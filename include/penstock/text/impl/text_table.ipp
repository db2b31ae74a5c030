// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/detail/text_table.hpp>

#include <penstock/format/detail/schema_match.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <utility>

namespace penstock::text::detail {

/// Two of these fit what one string array can address.
inline constexpr std::size_t most_record_bytes = std::size_t{1} << 30;

PENSTOCK_DECL text_table::text_table(const options& o, std::string object, std::string record)
    : object_{std::move(object)}, record_{std::move(record)}, max_record_{o.common().max_record_bytes},
      batch_rows_{o.common().batch_rows},
      batch_bytes_{o.common().batch_bytes}, shape_{o.common(), o.common().pool} {
    o.common().check().value();
    choose_columns(o);
}

PENSTOCK_DECL void text_table::choose_columns(const options& o) {
    std::vector<field> one;
    one.emplace_back(o.column(), o.binary() ? data_type::binary() : data_type::string(), false);
    const schema found{std::move(one)};
    auto chosen = penstock::detail::match_columns(o.common(), found, missing_columns::fail, "read text", object_);
    if (!chosen) {
        failed_ = chosen.error();
        return;
    }
    std::vector<field> fields;
    for (const auto& c : *chosen) {
        const auto id = c.wanted.type().id();
        if (c.source && id != type_id::string && id != type_id::binary) {
            failed_ = fault(errc::type_mismatch,
                            "the column \"" + printable(c.wanted.name(), 64) + "\" of the given schema is " +
                                c.wanted.type().name() + ", but a " + record_ + " is text",
                            "string or binary");
            return;
        }
        checked_ = checked_ || (c.source && id == type_id::string);
        columns_.push_back(column{array_builder{c.wanted.type(), o.common().pool}, c.source.has_value()});
        fields.push_back(c.wanted);
    }
    const auto shaped = shape_.begin(std::make_shared<const schema>(std::move(fields)));
    if (!shaped) failed_ = shaped.error();
}

PENSTOCK_DECL void text_table::add(const penstock::detail::text_line& at) {
    if (at.text.size() > max_record_) return refuse_long(at);
    const auto wrong = checked_ ? find_invalid_utf8(at.text) : std::string_view::npos;
    if (wrong != std::string_view::npos) return refuse(at.text, [&] { return not_utf8(at, wrong); });
    try {
        append(at.text);
        shape_.good(1);
    } catch (...) {
        take_back();
        throw;
    }
    text_ += at.text.size() + 1;
}

PENSTOCK_DECL void text_table::append(std::string_view text) {
    for (auto& c : columns_) {
        if (c.text)
            (void)c.builder.as<string_builder>().try_append(text); // less than a string array can address
        else
            c.builder.append_null();
    }
}

PENSTOCK_DECL void text_table::append_nulls() {
    for (auto& c : columns_) c.builder.append_null();
}

/// The row that the shape does not know of.
PENSTOCK_DECL void text_table::take_back() noexcept {
    for (auto& c : columns_) c.builder.truncate(shape_.rows());
}

PENSTOCK_DECL void text_table::refuse_long(const penstock::detail::text_line& at) {
    refuse(at.text.substr(0, max_record_), [&] { return too_long(at); });
}

/// The record at hand is bad.
template <class Why>
void text_table::refuse(std::string_view text, const Why& why) {
    using verdict = penstock::detail::batch_shape::verdict;
    auto what = verdict::failed;
    try {
        if (shape_.captures()) append_nulls();
        what = shape_.bad(text, why);
    } catch (...) {
        take_back();
        throw;
    }
    if (what == verdict::captured) {
        text_ += text.size() + 1;
        return;
    }
    take_back();
    if (what == verdict::failed) failed_ = shape_.error();
}

PENSTOCK_DECL record_batch text_table::finish() {
    std::vector<array> arrays;
    arrays.reserve(columns_.size());
    for (auto& c : columns_) arrays.push_back(c.builder.finish());
    text_ = 0;
    return shape_.finish(std::move(arrays));
}

PENSTOCK_DECL failure text_table::not_utf8(const penstock::detail::text_line& at, std::size_t offset) const {
    const auto before = at.text.substr(0, offset);
    const auto breaks = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    return fault(errc::invalid_utf8, "the " + record_ + " is not UTF-8: " + printable(at.text.substr(offset, 8)),
                 "read it as binary, or choose what becomes of bad records by on_bad_record")
        .with([&](error_detail& d) {
            d.line = at.number + breaks;
            d.column = offset - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
            d.byte_offset = at.offset + offset;
        });
}

PENSTOCK_DECL failure text_table::too_long(const penstock::detail::text_line& at) const {
    return fault(errc::record_too_large,
                 "the " + record_ + " is longer than " + std::to_string(max_record_) + " bytes: " + printable(at.text, 64),
                 "raise max_record_bytes if a " + record_ + " is meant to be that long")
        .with([&](error_detail& d) {
            d.line = at.number;
            d.column = 1;
            d.byte_offset = at.offset;
        });
}

PENSTOCK_DECL failure text_table::fault(errc code, std::string message, std::string hint) const {
    error_detail d;
    d.operation = "read text";
    d.object = object_;
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

} // namespace penstock::text::detail
