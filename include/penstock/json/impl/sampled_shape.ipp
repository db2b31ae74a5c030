// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/sampled_shape.hpp>

#include <penstock/columnar/field.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/json/detail/raw_json.hpp>
#include <penstock/json/detail/scalar_text.hpp>

#include <algorithm>

namespace penstock::json::detail {

PENSTOCK_DECL std::string_view sampled_key(std::string_view text, std::size_t& i, std::string& scratch,
                                           const penstock::detail::json_kernels& kernels) {
    const auto from = i;
    i = skip_json_string(text, i);
    auto key = text.substr(from + 1, i - from - 2);
    i = skip_json_space(text, i) + 1;
    if (key.find('\\') == key.npos) return key;
    scratch.resize(key.size() + 64);
    return {scratch.data(), kernels.unescape(scratch.data(), key.data(), key.size())};
}

/// Dates and timestamps are texts in JSON; numbers in quotation marks are meant to be texts.
inline text_kind kind_of_string(std::string_view text) noexcept {
    const auto kind = classify(text);
    const bool time = kind == text_kind::date || kind == text_kind::timestamp || kind == text_kind::utc_timestamp;
    return time ? kind : text_kind::string;
}

inline void sampled_shape::observe_number(std::string_view token) {
    if (json_number_form(token) != number_form::integer) {
        scalars_ = join(scalars_, classify(token));
        return;
    }
    const bool negative = token.front() == '-';
    const auto digits = token.size() - negative;
    if (parse_int64(token)) {
        scalars_ = join(scalars_, classify(token));
        if (negative) negative_ = true;
        return;
    }
    negative_ |= negative;
    scalars_ = join(scalars_, text_kind::wide_int64);
    const std::uint8_t takes = parse_uint64(token) ? 1 : digits <= 38 ? 2 : digits <= 76 ? 3 : 4;
    wide_ = std::max(wide_, takes);
}

PENSTOCK_DECL void sampled_shape::observe(std::string_view text, std::size_t& i, sample& in) {
    i = skip_json_space(text, i);
    const auto from = i;
    switch (text[i]) {
    case '{':
        objects_ = true;
        for (std::string scratch; text[i = skip_json_space(text, i + 1)] != '}';) {
            const auto key = sampled_key(text, i, scratch, *in.kernels);
            auto at = keys_.find(key_table::none, key);
            if (at == key_table::none && ++in.count <= in.most) {
                at = members_.size();
                names_.emplace_back(key);
                keys_.add(names_.back(), at);
                members_.push_back(std::make_unique<sampled_shape>());
            }
            if (at == key_table::none)
                i = skip_json_value(text, skip_json_space(text, i));
            else
                members_[at]->observe(text, i, in);
            i = skip_json_space(text, i);
            if (text[i] == '}') break;
        }
        ++i;
        return;
    case '[':
        arrays_ = true;
        if (!item_) item_ = std::make_unique<sampled_shape>();
        while (text[i = skip_json_space(text, i + 1)] != ']') {
            item_->observe(text, i, in);
            i = skip_json_space(text, i);
            if (text[i] == ']') break;
        }
        ++i;
        return;
    case '"':
        i = skip_json_string(text, i);
        scalars_ = join(scalars_, kind_of_string(text.substr(from + 1, i - from - 2)));
        return;
    default:
        break;
    }
    i = skip_json_value(text, i);
    const auto token = text.substr(from, i - from);
    if (token == "null") return;
    if (token == "true" || token == "false")
        scalars_ = join(scalars_, text_kind::boolean);
    else
        observe_number(token);
}

PENSTOCK_DECL data_type sampled_shape::whole_number() const {
    switch (wide_) {
    case 1:
        return negative_ ? data_type::decimal128(38, 0) : data_type::uint64();
    case 2:
        return data_type::decimal128(38, 0);
    case 3:
        return data_type::decimal256(76, 0);
    default:
        return data_type::string();
    }
}

PENSTOCK_DECL data_type sampled_shape::type(bool nested, std::size_t depth) const {
    if (objects_ || arrays_) {
        const bool mixed = (objects_ && arrays_) || scalars_ != text_kind::null;
        if (mixed || !nested || depth == deepest) return data_type::string();
        if (arrays_) return data_type::list(item_->type(nested, depth + 1));
        std::vector<field> fields;
        for (std::size_t m = 0; m < members_.size(); ++m)
            fields.emplace_back(names_[m], members_[m]->type(nested, depth + 1));
        return data_type::struct_(std::move(fields));
    }
    return wide_ && scalars_ == text_kind::wide_int64 ? whole_number() : type_of(scalars_);
}

} // namespace penstock::json::detail
