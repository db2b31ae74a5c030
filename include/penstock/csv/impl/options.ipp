// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/options.hpp>

#include <penstock/format/date_format.hpp>
#include <penstock/format/scalar_text.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::csv {

PENSTOCK_DECL std::string detail::fault_of(const dialect& d) {
    const auto ends_row = [](char c) { return c == '\n' || c == '\r'; };
    const auto breaks = [&](const std::string& text) { return std::any_of(text.begin(), text.end(), ends_row); };
    const auto holds = [](const std::string& text, std::optional<char> c) { return c && text.find(*c) != text.npos; };
    if (d.delimiter.empty() || d.delimiter.size() > longest_mark) return "the delimiter must be 1 to 32 bytes";
    if (breaks(d.delimiter) || (d.quote && ends_row(*d.quote)) || (d.escape && ends_row(*d.escape)))
        return "a line break cannot be delimiter, quote or escape";
    if (holds(d.delimiter, d.quote) || holds(d.delimiter, d.escape))
        return d.delimiter.size() == 1 ? "the delimiter cannot be quote or escape as well"
                                       : "the delimiter cannot hold quote or escape";
    if (d.comment.size() > longest_mark || breaks(d.comment)) return "comments must begin with at most 32 bytes without a line break";
    const auto begins = [&](std::optional<char> c) { return c && d.comment.starts_with(*c); };
    if (begins(d.quote) || begins(d.escape) || d.comment.starts_with(d.delimiter))
        return "comments cannot begin with delimiter, quote or escape";
    const auto blank = [](std::optional<char> c) { return c == ' ' || c == '\t'; };
    if (d.trim && (d.delimiter == " " || blank(d.quote) || blank(d.escape)))
        return "blanks cannot be trimmed where one is delimiter, quote or escape";
    return {};
}

PENSTOCK_DECL result<void> options::check() const {
    const auto refuse = [](std::string why) {
        return failure{errc::invalid_option, "csv: " + std::move(why)};
    };
    if (auto why = detail::fault_of(dialect_); !why.empty()) return refuse(std::move(why));
    if (detect_ && detect_delimiters_.empty()) return refuse("there are no delimiters to detect");
    for (const auto& delimiter : detect_delimiters_) {
        auto d = dialect_;
        d.delimiter = delimiter;
        d.quote = d.escape = std::nullopt;
        if (auto why = detail::fault_of(d); !why.empty()) return refuse("to detect \"" + printable(delimiter, 64) + "\": " + why);
        if (delimiter.find_first_of("\"'\\") != delimiter.npos)
            return refuse("quotes and backslashes are no delimiters to detect");
    }
    if (auto why = numbers_.fault(dialect_.quote, dialect_.escape, dialect_.delimiter); !why.empty()) return refuse(std::move(why));
    for (const auto& text : true_texts_)
        if (std::find(false_texts_.begin(), false_texts_.end(), text) != false_texts_.end())
            return refuse("\"" + printable(text, 64) + "\" is both true and false");
    for (const auto& [column, pattern] : date_formats_) {
        try {
            const penstock::date_format form{pattern};
            if (!form.has_date() && !form.has_time()) return refuse("\"" + printable(pattern, 64) + "\" has neither a date nor a time");
        } catch (const error& e) {
            return refuse(e.as_failure().detail().message);
        }
    }
    const auto& c = common();
    if (c.schema && c.schema->empty()) return refuse("the schema has no columns");
    if (c.schema)
        for (const auto& f : c.schema->fields())
            if (!has_text_form(f.type()))
                return refuse("column \"" + printable(f.name(), 64) + "\": a " + f.type().name() + " has no form as text");
    for (const auto& name : names_)
        if (find_invalid_utf8(name) != std::string::npos) return refuse("the name \"" + printable(name, 64) + "\" is not UTF-8");
    if (max_columns_ == 0) return refuse("max_columns must be at least 1");
    if (names_.size() > max_columns_) return refuse("more names than max_columns, " + std::to_string(max_columns_));
    // Positions in the buffer are 32 bits, and it grows to four times the longest record.
    if (c.max_record_bytes > std::size_t{512} << 20) return refuse("max_record_bytes must be 1 byte to 512 MiB");
    return c.check();
}

} // namespace penstock::csv
