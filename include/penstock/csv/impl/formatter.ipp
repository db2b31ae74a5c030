// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/formatter.hpp>

#include <penstock/csv/detail/date_column.hpp>
#include <penstock/csv/options.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/format/utf8.hpp>

#include <string>
#include <utility>

namespace penstock::csv {
namespace detail {
inline constexpr std::string_view not_utf8 = "is not UTF-8";

[[noreturn]] inline void refuse_to_write(errc code, std::string message, std::string hint = {}) {
    error_detail d;
    d.operation = "write csv";
    d.message = std::move(message);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

/// "column "a", row 0 of the batch: ".
inline std::string place_of(const record_batch& batch, std::size_t column, std::size_t row) {
    return "column \"" + printable(batch.schema()[column].name(), 64) + "\", row " + std::to_string(row) + " of the batch: ";
}
} // namespace detail

PENSTOCK_DECL formatter::formatter(write_options options) : options_{std::move(options)} {
    const auto refuse = [](std::string why) {
        detail::refuse_to_write(errc::invalid_option, std::move(why));
    };
    const auto& o = options_;
    csv::dialect d;
    d.delimiter = o.delimiter();
    d.quote = o.quote();
    d.escape = o.escape();
    d.comment = o.comment();
    if (auto why = detail::fault_of(d); !why.empty()) refuse(std::move(why));
    if (auto why = o.numbers().fault(o.quote(), o.escape(), o.delimiter()); !why.empty()) refuse(std::move(why));
    if (o.true_text() == o.false_text()) refuse("true and false cannot be written alike");
    for (const auto& [column, pattern] : o.date_formats()) forms_.emplace(column, penstock::date_format{pattern});
    if (o.quote() && o.escape()) refuse("an escape goes with no quotes: quotes are doubled");
    const auto other = o.quote() ? o.quote() : o.escape();
    for (const char c : {o.delimiter().front(), other.value_or('\n'), '\n', '\r'}) special_[static_cast<unsigned char>(c)] = true;
    for (const char c : options_.null_text())
        if (special_[static_cast<unsigned char>(c)])
            refuse("the null text cannot hold a delimiter, quote or line break");
    if (begins_comment(o.null_text())) refuse("the null text cannot begin a comment");
}

/// It holds a quote, a line break or a delimiter, or one begins in it that ends in the delimiter behind it.
PENSTOCK_DECL bool formatter::needs_quotes(std::string_view text) const noexcept {
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

/// Not what it seems without quotes or an escape in front: a byte-order mark, a comment.
PENSTOCK_DECL bool formatter::is_marked(std::string_view text, bool first) const noexcept {
    return text.starts_with("\xef\xbb\xbf") || (first && begins_comment(text));
}

PENSTOCK_DECL std::string_view formatter::append_text(std::string& out, std::string_view text, bool first) const {
    if (!is_ascii(text) && find_invalid_utf8(text) != text.npos) return detail::not_utf8;
    const bool null = text == options_.null_text();
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

PENSTOCK_DECL std::string_view formatter::append_unquoted(std::string& out, std::string_view text, bool first) const {
    const bool marked = is_marked(text, first);
    if (!marked && !needs_quotes(text)) {
        out += text;
        return {};
    }
    if (!options_.escape()) return "holds a delimiter, a line break or a byte-order mark, or begins a comment";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (special_[static_cast<unsigned char>(text[i])] || (marked && i == 0)) out += *options_.escape();
        out += text[i];
    }
    return {};
}

/// With the options' texts of truth values and numbers.
PENSTOCK_DECL bool formatter::append_value(std::string& out, const array& column, std::size_t row) const {
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

/// Those of the columns, null where they have none.
PENSTOCK_DECL std::vector<const date_format*> formatter::forms_of(const schema& s) const {
    std::vector<const penstock::date_format*> out(s.size());
    for (const auto& [name, form] : forms_) {
        const auto named = "csv: column \"" + printable(name, 64) + "\"";
        bool known = false;
        for (std::size_t i = 0; i < s.size(); ++i) {
            if (s[i].name() != name) continue;
            if (!detail::suits(form, s[i].type()))
                throw_failure({errc::invalid_option, named + ": its date format does not say a " + s[i].type().name(), "correct date_format"});
            out[i] = &form;
            known = true;
        }
        if (!known) throw_failure({errc::unknown_column, named + " has a date format, but is not there", "correct date_format"});
    }
    return out;
}

PENSTOCK_DECL std::string_view formatter::append_field(std::string& out, const array& column, std::size_t row,
                                                      bool first, const penstock::date_format* form) const {
    if (is_null_value(column, row)) {
        out += options_.null_text();
        return {};
    }
    const auto type = penstock::detail::innermost(column.type()).id();
    if (is_text(type)) return append_text(out, column.bytes_at(row), first);
    const auto before = out.size();
    const bool fine = form ? detail::append_date_text(out, column, row, *form) : append_value(out, column, row);
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

PENSTOCK_DECL void formatter::check(const schema& s) {
    for (const auto& f : s.fields())
        if (!has_text_form(f.type()))
            detail::refuse_to_write(errc::unsupported,
                                    "column \"" + printable(f.name(), 64) + "\": values of type " + f.type().name() +
                                        " have no form in CSV",
                                    "leave it out, or write JSON Lines");
}

PENSTOCK_DECL void formatter::append_header(std::string& out, const schema& s) const {
    check(s);
    forms_of(s);
    if (!options_.header() || s.empty()) return;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (i) out += options_.delimiter();
        // A header is never null: only the first and single empty name needs its quotes, lest the line be
        // blank.
        const auto& name = s[i].name();
        if (find_invalid_utf8(name) != name.npos)
            detail::refuse_to_write(errc::invalid_utf8, "the name \"" + printable(name, 64) + "\" " + std::string{detail::not_utf8});
        auto why = options_.quote() ? append_text(out, name, i == 0) : append_unquoted(out, name, i == 0);
        if (!options_.quote() && s.size() == 1 && name.empty()) why = "is a blank line";
        if (!why.empty())
            detail::refuse_to_write(errc::unsupported, "the name \"" + printable(name, 64) + "\" " + std::string{why},
                                    "write with quotes or with an escape");
    }
    end_row(out);
}

PENSTOCK_DECL std::size_t formatter::append_rows(std::string& out, const record_batch& batch,
                                                 std::size_t first, std::size_t enough) const {
    const auto columns = batch.num_columns();
    if (columns == 0 && first < batch.num_rows())
        detail::refuse_to_write(errc::unsupported, std::to_string(batch.num_rows()) + " rows without a column have no form in CSV",
                                "write JSON Lines");
    check(batch.schema());
    const auto forms = forms_of(batch.schema());
    for (; first < batch.num_rows() && out.size() < enough; ++first) {
        const auto before = out.size();
        for (std::size_t c = 0; c < columns; ++c) {
            if (c) out += options_.delimiter();
            const auto why = append_field(out, batch[c], first, c == 0, forms[c]);
            if (why.empty()) continue;
            const bool broken = why == detail::not_utf8;
            const bool text = is_text(batch[c].type().id()) || why.starts_with("reads");
            detail::refuse_to_write(broken ? errc::invalid_utf8 : errc::unsupported,
                                    detail::place_of(batch, c, first) + "a value of type " + batch[c].type().name() + " " +
                                        std::string{why},
                                    broken ? "a column of type binary may hold any bytes"
                                    : text ? "write with quotes, with an escape, or with another null text"
                                           : "write the column as integers");
        }
        if (out.size() == before && !options_.quote())
            detail::refuse_to_write(errc::unsupported, detail::place_of(batch, 0, first) + "without quotes it is a blank line",
                                    "write with quotes, or with a null text");
        if (out.size() == before) out.append(2, *options_.quote()); // one column, null: not a blank line
        end_row(out);
    }
    return first;
}

} // namespace penstock::csv
