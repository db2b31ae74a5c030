// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/field_rules.hpp>

#include <penstock/csv/detail/date_column.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/detail/written_schema.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/format/utf8.hpp>

#include <string>
#include <utility>

namespace penstock::csv::detail {

PENSTOCK_DECL field_rules::field_rules(write_options options) : options_{std::move(options)} {
    const auto refuse = [](std::string why) {
        penstock::detail::refuse_to_write(formatter::operation(), errc::invalid_option, std::move(why));
    };
    const auto& o = options_;
    dialect d;
    d.delimiter = o.delimiter();
    d.quote = o.quote();
    d.escape = o.escape();
    d.comment = o.comment();
    if (auto why = fault_of(d); !why.empty()) refuse(std::move(why));
    if (auto why = o.numbers().fault(o.quote(), o.escape(), o.delimiter()); !why.empty()) refuse(std::move(why));
    if (o.true_text() == o.false_text()) refuse("true and false cannot be written alike");
    if (o.quote() && o.escape()) refuse("an escape goes with no quotes: quotes are doubled");
    const auto other = o.quote() ? o.quote() : o.escape();
    for (const char c : {o.delimiter().front(), other.value_or('\n'), '\n', '\r'}) special_[static_cast<unsigned char>(c)] = true;
    const auto& null = options_.null_text();
    for (std::size_t i = 0; i < null.size(); ++i) {
        // An escape in front of what needs none stands in no text: \N is told from all of them.
        const char behind = i + 1 < null.size() ? null[i + 1] : '\n';
        const bool needless = null[i] == o.escape() && !special(behind) && behind != '\xef' && !o.comment().starts_with(behind);
        if (special(null[i]) && !needless) refuse("the null text cannot hold a delimiter, quote or line break, nor an escape of one");
    }
    if (begins_comment(o.null_text())) refuse("the null text cannot begin a comment");
}

PENSTOCK_DECL bool field_rules::needs_quotes(std::string_view text) const noexcept {
    const std::string_view delimiter = options_.delimiter();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!special_[static_cast<unsigned char>(text[i])]) continue;
        if (delimiter.size() == 1 || text[i] != delimiter.front()) return true;
        const auto there = text.substr(i, delimiter.size());
        const auto behind = delimiter.substr(there.size());
        if (delimiter.starts_with(there) && delimiter.starts_with(behind)) return true;
    }
    return false;
}

PENSTOCK_DECL bool field_rules::is_plain(std::string_view text) const noexcept {
    return !text.empty() && text != options_.null_text() && !begins_comment(text) && !needs_quotes(text);
}

PENSTOCK_DECL bool field_rules::is_plain_alphabet(std::string_view bytes) const noexcept {
    const auto has = [bytes](char c) { return bytes.find(c) != bytes.npos; };
    for (const char c : bytes)
        if (special(c)) return false;
    if (!options_.comment().empty() && has(options_.comment().front())) return false;
    for (const char c : options_.null_text())
        if (!has(c)) return true;
    return options_.null_text().empty();
}

PENSTOCK_DECL std::string_view field_rules::append_text(std::string& out, std::string_view text, bool first) const {
    if (!is_ascii(text) && find_invalid_utf8(text) != text.npos) return not_utf8;
    const bool null = text == options_.null_text() && !escapes_null();
    if (!options_.quote()) return null ? "reads like the null text" : append_unquoted(out, text, first);
    if (!null && !text.empty() && !is_marked(text, first) && !needs_quotes(text)) {
        out += text;
        return {};
    }
    const char quote = *options_.quote();
    out += quote;
    for (auto at = text.find(quote); at != text.npos; at = text.find(quote)) {
        out += text.substr(0, at + 1);
        out += quote;
        text.remove_prefix(at + 1);
    }
    out += text;
    out += quote;
    return {};
}

PENSTOCK_DECL std::string_view field_rules::append_unquoted(std::string& out, std::string_view text, bool first) const {
    const bool marked = is_marked(text, first);
    if (!marked && !needs_quotes(text)) {
        out += text;
        return {};
    }
    if (!options_.escape())
        return !marked ? "holds a delimiter or a line break" : begins_comment(text) ? "begins a comment" : "begins with a byte-order mark";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (special_[static_cast<unsigned char>(text[i])] || (marked && i == 0)) out += *options_.escape();
        out += text[i];
    }
    return {};
}

PENSTOCK_DECL std::string_view field_rules::append_name(std::string& out, std::string_view name, bool only, bool first) const {
    if (find_invalid_utf8(name) != name.npos) return not_utf8;
    // The first and only empty name needs its quotes, lest the line be blank.
    if (options_.quote()) return append_text(out, name, first);
    if (only && name.empty()) return "is a blank line";
    return append_unquoted(out, name, first);
}

PENSTOCK_DECL bool field_rules::append_value(std::string& out, const array& column, std::size_t row) const {
    const auto id = column.type().id();
    if (id == type_id::dictionary) return append_value(out, column.dictionary(), column.index_at(row));
    if (id == type_id::boolean) {
        out += column.boolean_at(row) ? options_.true_text() : options_.false_text();
        return true;
    }
    const auto before = out.size();
    if (!append_scalar(out, column, row, options_.binary())) return false;
    if (options_.numbers().plain() || !(is_floating(id) || is_decimal(id))) return true;
    if (const auto point = out.find('.', before); point != out.npos) out[point] = options_.decimal_separator();
    return true;
}

PENSTOCK_DECL std::string_view field_rules::append_field(std::string& out, const array& column, std::size_t row,
                                                      bool first, const date_format* form) const {
    if (is_null_value(column, row)) {
        out += options_.null_text();
        return {};
    }
    const auto type = penstock::detail::innermost(column.type()).id();
    if (is_text(type)) return append_text(out, column.bytes_at(row), first);
    const auto before = out.size();
    const bool fine = form ? append_date_text(out, column, row, *form) : append_value(out, column, row);
    if (!fine) return "is beyond what the type means, and has no text";
    // A delimiter may be a digit: rare, but then the number is a text like any other. Bytes may be none, or read like a null
    // text, and are told apart by quotes; of a quoted number who reads it would make a null.
    const std::string_view written{out.data() + before, out.size() - before};
    const bool null = written == options_.null_text();
    if (null && !is_binary(type)) {
        out.resize(before);
        return "reads like the null text";
    }
    if (!null && !(first && begins_comment(written)) && !needs_quotes(written)) return {};
    const std::string text{written};
    out.resize(before);
    return append_text(out, text, first);
}

} // namespace penstock::csv::detail
