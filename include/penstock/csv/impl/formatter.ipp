// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/formatter.hpp>

#include <penstock/format/numbers.hpp>

namespace penstock::csv {

PENSTOCK_DECL formatter::formatter(write_options options) : options_{std::move(options)} {
    const auto refuse = [](std::string why) {
        throw_failure({errc::invalid_option, "csv: " + std::move(why)});
    };
    const auto ends_row = [](char c) { return c == '\n' || c == '\r'; };
    if (ends_row(options_.delimiter()) || ends_row(options_.quote()))
        refuse("a line break cannot be delimiter or quote");
    if (options_.delimiter() == options_.quote()) refuse("the delimiter cannot be the quote as well");
    for (const char c : {options_.delimiter(), options_.quote(), '\n', '\r'})
        special_[static_cast<unsigned char>(c)] = true;
    for (const char c : options_.null_text())
        if (special_[static_cast<unsigned char>(c)])
            refuse("the null text cannot hold a delimiter, quote or line break");
}

PENSTOCK_DECL void formatter::append_text(std::string& out, std::string_view text) const {
    bool quoted = text.empty() || text == options_.null_text() || text.starts_with("\xef\xbb\xbf");
    for (std::size_t i = 0; !quoted && i < text.size(); ++i)
        quoted = special_[static_cast<unsigned char>(text[i])];
    if (!quoted) {
        out += text;
        return;
    }
    out += options_.quote();
    for (auto at = text.find(options_.quote()); at != text.npos; at = text.find(options_.quote())) {
        out += text.substr(0, at + 1);
        out += options_.quote();
        text.remove_prefix(at + 1);
    }
    out += text;
    out += options_.quote();
}

PENSTOCK_DECL void formatter::append_field(std::string& out, const array& column, std::size_t row) const {
    if (column.is_null(row)) {
        out += options_.null_text();
        return;
    }
    const auto before = out.size();
    switch (column.type().id()) {
    case type_id::string:
        append_text(out, column.string_at(row));
        return;
    case type_id::int64:
        append_int64(out, column.int64_at(row));
        break;
    case type_id::float64:
        append_float64(out, column.float64_at(row));
        break;
    case type_id::boolean:
        out += column.boolean_at(row) ? "true" : "false";
        break;
    default:
        penstock::detail::refuse_form(column.type(), "CSV");
    }
    // A delimiter may be a digit, a null text "NaN": rare, but then the number is a text like any other.
    const std::string_view written{out.data() + before, out.size() - before};
    bool plain = written != options_.null_text();
    for (const char c : written) plain &= !special_[static_cast<unsigned char>(c)];
    if (plain) return;
    const std::string text{written};
    out.resize(before);
    append_text(out, text);
}

PENSTOCK_DECL void formatter::append_header(std::string& out, const schema& s) const {
    if (!options_.header() || s.empty()) return;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (i) out += options_.delimiter();
        // A header is never null: only the first and single empty name needs its quotes, lest the line be
        // blank.
        append_text(out, s[i].name());
    }
    end_row(out);
}

PENSTOCK_DECL std::size_t formatter::append_rows(std::string& out, const record_batch& batch,
                                                 std::size_t first, std::size_t enough) const {
    const auto columns = batch.num_columns();
    if (columns == 0) return batch.num_rows();
    for (; first < batch.num_rows() && out.size() < enough; ++first) {
        const auto before = out.size();
        for (std::size_t c = 0; c < columns; ++c) {
            if (c) out += options_.delimiter();
            append_field(out, batch[c], first);
        }
        if (out.size() == before) out.append(2, options_.quote()); // one column, null: not a blank line
        end_row(out);
    }
    return first;
}

} // namespace penstock::csv
