// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/cell.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/numbers.hpp>

#include <algorithm>

namespace penstock::csv::detail {

PENSTOCK_DECL cell_rules::cell_rules(const options& o)
    : delimiter_size_{o.dialect().delimiter.size()}, most_{o.common().max_record_bytes}, comment_{o.dialect().comment}, trims_{o.dialect().trim},
      numbers_{o.numbers()}, true_texts_{o.true_texts()}, false_texts_{o.false_texts()} {
    const auto& d = o.dialect();
    if (d.quote) quote_ = static_cast<unsigned char>(*d.quote);
    if (d.escape && d.escape != d.quote) escape_ = static_cast<unsigned char>(*d.escape);
    const auto in_values = [](std::optional<char> c) { // of numbers, dates and truth values
        using namespace penstock::detail;
        return c && (is_letter(*c) || is_digit(*c) || std::string_view{"+-.: "}.find(*c) != std::string_view::npos);
    };
    ambiguous_ = in_values(d.quote) || in_values(d.escape);
    for (const auto& text : o.null_texts()) {
        if (text.empty()) {
            empty_is_null_ = true;
            continue;
        }
        const bool digit = penstock::detail::is_digit(text.front()); // a date, perhaps
        if (digit || parse_float64(text) || parse_boolean(text)) ambiguous_ = true;
        const bool escaped = escape_ != none && text.find(static_cast<char>(escape_)) != text.npos;
        (escaped ? escaped_nulls_ : other_nulls_).push_back(text);
    }
}

PENSTOCK_DECL std::string_view cell_rules::without_cr(std::string_view raw) const noexcept {
    if (raw.empty() || raw.back() != '\r') return raw;
    raw.remove_suffix(1);
    if (escape_ == none) return raw;
    std::size_t escapes = 0; // an odd number of them in front makes the CR an ordinary character
    while (escapes < raw.size() && static_cast<unsigned char>(raw[raw.size() - 1 - escapes]) == escape_)
        ++escapes;
    return escapes % 2 == 0 ? raw : std::string_view{raw.data(), raw.size() + 1};
}

PENSTOCK_DECL std::string_view cell_rules::trimmed(std::string_view raw) const noexcept {
    if (!trims_) return raw;
    while (!raw.empty() && is_blank(raw.front())) raw.remove_prefix(1);
    auto size = raw.size();
    while (size && is_blank(raw[size - 1])) --size;
    std::size_t escapes = 0; // an odd number of them makes the first of these blanks an ordinary character
    while (escape_ != none && escapes < size && static_cast<unsigned char>(raw[size - 1 - escapes]) == escape_) ++escapes;
    if (escapes % 2 == 1 && size < raw.size()) ++size;
    return raw.substr(0, size);
}

PENSTOCK_DECL bool cell_rules::drops(std::string_view row) const noexcept {
    if (row.size() > most_) return false;
    return trimmed(without_cr(row)).empty() || (!comment_.empty() && row.starts_with(comment_));
}

PENSTOCK_DECL cell cell_rules::decode(std::string_view raw, std::string& scratch) const {
    const bool quoted = !raw.empty() && static_cast<unsigned char>(raw.front()) == quote_;
    if (quoted) raw = raw.substr(1, raw.size() - 2);
    // What takes the meaning from the character behind it: the escape, or in quotes the first of two quotes.
    const int special = escape_ != none ? escape_ : quoted ? quote_ : none;
    if (special == none || raw.find(static_cast<char>(special)) == raw.npos) return {raw, quoted};
    if (!quoted)
        for (const auto& t : escaped_nulls_)
            if (t == raw) return {t, false};
    scratch.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (static_cast<unsigned char>(raw[i]) == special && i + 1 < raw.size()) ++i;
        scratch += raw[i];
    }
    return {scratch, quoted};
}

PENSTOCK_DECL std::optional<bool> cell_rules::boolean(std::string_view text) const noexcept {
    if (!other_booleans()) return parse_boolean(text);
    if (std::find(true_texts_.begin(), true_texts_.end(), text) != true_texts_.end()) return true;
    if (std::find(false_texts_.begin(), false_texts_.end(), text) != false_texts_.end()) return false;
    return std::nullopt;
}

PENSTOCK_DECL text_kind cell_rules::classify(std::string_view text, std::string& scratch) const {
    const auto is_number = [](text_kind k) {
        return k == text_kind::int64 || k == text_kind::wide_int64 || k == text_kind::float64;
    };
    auto kind = penstock::classify(text);
    if (other_booleans()) {
        const bool known = boolean(text).has_value();
        if (kind == text_kind::boolean && !known) kind = text_kind::string;
        if (kind == text_kind::string && known) return text_kind::boolean;
    }
    if (numbers_.plain() || !(is_number(kind) || kind == text_kind::string)) return kind;
    const auto number = numbers_.to_plain(text, scratch) ? penstock::classify(scratch) : text_kind::string;
    return is_number(number) ? number : text_kind::string;
}

PENSTOCK_DECL bool cell_rules::is_null_text(std::string_view text) const noexcept {
    if (text.empty()) return empty_is_null_;
    for (const auto& t : other_nulls_)
        if (t == text) return true;
    for (const auto& t : escaped_nulls_)
        if (t.data() == text.data()) return true; // as `decode` gave it: a text that means the same characters is none
    return false;
}

} // namespace penstock::csv::detail
