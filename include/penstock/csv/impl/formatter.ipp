// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/formatter.hpp>

#include <penstock/format/scalar_text.hpp>

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

PENSTOCK_DECL bool formatter::append_field(std::string& out, const array& column, std::size_t row) const {
    if (is_null_value(column, row)) {
        out += options_.null_text();
        return true;
    }
    const auto& type = column.type();
    if (is_text(type.id() == type_id::dictionary ? type.value_type().id() : type.id())) {
        append_text(out, column.bytes_at(row));
        return true;
    }
    const auto before = out.size();
    if (!append_scalar(out, column, row, options_.binary())) return false;
    // A delimiter may be a digit, a null text "NaN": rare, but then the number is a text like any other.
    const std::string_view written{out.data() + before, out.size() - before};
    bool plain = written != options_.null_text();
    for (const char c : written) plain &= !special_[static_cast<unsigned char>(c)];
    if (plain) return true;
    const std::string text{written};
    out.resize(before);
    append_text(out, text);
    return true;
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
    for (const auto& f : batch.schema().fields())
        if (!has_text_form(f.type()))
            throw_failure({errc::unsupported,
                           "csv: column \"" + printable(f.name(), 64) + "\": values of type " + f.type().name() +
                               " have no form in CSV",
                           "leave it out, or write JSON Lines"});
    for (; first < batch.num_rows() && out.size() < enough; ++first) {
        const auto before = out.size();
        for (std::size_t c = 0; c < columns; ++c) {
            if (c) out += options_.delimiter();
            if (append_field(out, batch[c], first)) continue;
            throw_failure({errc::unsupported,
                           "csv: column \"" + printable(batch.schema()[c].name(), 64) + "\": a value of type " +
                               batch[c].type().name() + " is beyond what the type means, and has no text",
                           "write the column as integers"});
        }
        if (out.size() == before) out.append(2, options_.quote()); // one column, null: not a blank line
        end_row(out);
    }
    return first;
}

} // namespace penstock::csv
