// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/formatter.hpp>

#include <penstock/csv/detail/date_column.hpp>
#include <penstock/csv/detail/field_rules.hpp>
#include <penstock/format/detail/column_text.hpp>
#include <penstock/format/detail/copy_plain.hpp>
#include <penstock/format/detail/text_room.hpp>
#include <penstock/format/detail/written_schema.hpp>
#include <penstock/format/scalar_text.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace penstock::csv {
namespace detail {

/// Rows as text. What is common goes straight to its place; every other field is made by the rules, and then copied.
struct row_writer {
    static constexpr std::size_t rows_at_once = 256; // whose texts are looked at together
    static constexpr std::size_t most_around = 2 * longest_mark + 4; // a delimiter, quotes, a line end

    struct column {
        penstock::detail::column_text texts;
        const date_format* form; // of its own
    };
    /// Bytes that a text has quotes for.
    struct marks {
        penstock::detail::bytes16 delimiter, quote, lf, cr;
        auto operator()(penstock::detail::bytes16 x) const noexcept {
            return penstock::detail::bytes16((x == delimiter) | (x == quote) | (x == lf) | (x == cr));
        }
    };

    explicit row_writer(write_options options)
        : rules{std::move(options)}, kernels{penstock::detail::text_kernels_of(penstock::detail::best_simd_level())},
          plain_numbers{rules.is_plain_alphabet("0123456789+-.:eTZNaInfity")},
          plain_booleans{rules.is_plain(o().true_text()) && rules.is_plain(o().false_text())}, end{o().crlf() ? "\r\n" : "\n"} {
        for (const auto& [name, pattern] : o().date_formats()) add_form(name, pattern);
        const auto all = [](char c) { return penstock::detail::all16(static_cast<unsigned char>(c)); };
        special = {all(o().delimiter().front()), all(o().quote() ? *o().quote() : o().escape().value_or('\n')), all('\n'), all('\r')};
    }

    const write_options& o() const noexcept { return rules.options(); }

    [[noreturn]] static void refuse(errc code, std::string message, std::string hint = {}) {
        penstock::detail::refuse_to_write(formatter::operation(), code, std::move(message), std::move(hint));
    }
    static std::string named(std::string_view name) { return "column \"" + printable(name, 64) + "\""; }

    void add_form(const std::string& name, const std::string& pattern) {
        try {
            forms.emplace(name, date_format{pattern});
        } catch (const error& e) {
            throw_failure(e.as_failure().with([&](error_detail& d) {
                d.operation = formatter::operation();
                d.message = named(name) + ": " + d.message;
                d.hint = "correct date_format";
            }));
        }
    }

    void judge(const schema& s) const {
        for (const auto& f : s.fields())
            if (!has_text_form(f.type()))
                refuse(errc::unsupported, named(f.name()) + ": values of type " + f.type().name() + " have no form in CSV",
                       "leave it out, or write JSON Lines");
        for (const auto& [name, form] : forms) {
            if (!s.index_of(name)) refuse(errc::unknown_column, named(name) + " has a date format, but is not there", "correct date_format");
            for (const auto& f : s.fields())
                if (f.name() == name && !suits(form, f.type()))
                    refuse(errc::invalid_option, named(name) + ": its date format does not say a " + f.type().name(), "correct date_format");
        }
    }

    void append_header(std::string& out, const schema& s) const {
        if (!o().header() || s.empty()) return;
        std::string line;
        for (std::size_t i = 0; i < s.size(); ++i) {
            if (i) line += o().delimiter();
            const auto& name = s[i].name();
            const auto why = rules.append_name(line, name, s.size() == 1, i == 0);
            if (why.empty()) continue;
            const bool broken = why == not_utf8;
            refuse(broken ? errc::invalid_utf8 : errc::unsupported, "the name \"" + printable(name, 64) + "\" " + std::string{why},
                   broken ? "" : "write with quotes or with an escape (--to-quote, --to-escape of the tool)");
        }
        line += end;
        out += line;
    }

    void begin(std::string& out, const std::shared_ptr<const schema>& s) {
        const auto judge_all = [&](const schema& first) {
            judge(first);
            append_header(out, first);
        };
        if (!written.take(s, formatter::operation(), judge_all)) return;
        using penstock::detail::text_way;
        for (const auto& f : s->fields()) {
            const auto form = forms.find(f.name());
            auto way = penstock::detail::way_of(f.type());
            const bool number = way != text_way::text && way != text_way::boolean;
            const bool plain = number ? plain_numbers && (o().numbers().plain() || !is_floating(f.type().id())) : way == text_way::text || plain_booleans;
            if (!plain || form != forms.end()) way = text_way::other;
            columns.push_back({{f.type(), way}, form == forms.end() ? nullptr : &form->second});
        }
    }

    std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first, std::size_t enough) {
        const auto rows = batch.num_rows();
        if (columns.empty() && first < rows)
            refuse(errc::unsupported, std::to_string(rows) + " rows without a column have no form in CSV", "write JSON Lines");
        for (std::size_t c = 0; c < columns.size(); ++c) columns[c].texts.look_at(batch[c]);
        penstock::detail::text_room to{out};
        while (first < rows && to.size() < enough) {
            const auto last = first + std::min(rows - first, rows_at_once);
            for (auto& c : columns)
                if (c.texts.way() == penstock::detail::text_way::text) c.texts.check(first, last, kernels);
            for (; first < last && to.size() < enough; ++first) append_row(to, batch, first);
        }
        return first;
    }

    void append_row(penstock::detail::text_room& to, const record_batch& batch, std::size_t row) {
        const auto before = to.size();
        const auto delimiter = std::string_view{o().delimiter()};
        const auto null = std::string_view{o().null_text()};
        const auto room = penstock::detail::longest_put + most_around + std::max({null.size(), o().true_text().size(), o().false_text().size()});
        for (std::size_t c = 0; c < columns.size(); ++c) {
            auto& texts = columns[c].texts;
            auto* at = to.need(room);
            if (c) {
                *at = delimiter.front();
                at = delimiter.size() == 1 ? at + 1 : penstock::detail::put_text(at, delimiter);
            }
            if (texts.way() != penstock::detail::text_way::other && texts.is_null(row)) {
                to.written(penstock::detail::put_text(at, null));
                continue;
            }
            switch (texts.way()) {
            case penstock::detail::text_way::other:
                to.written(at);
                append_other(to, batch, c, row);
                break;
            case penstock::detail::text_way::text:
                to.written(at);
                append_text(to, batch, c, row);
                break;
            case penstock::detail::text_way::boolean:
                to.written(penstock::detail::put_text(at, texts.boolean(row) ? o().true_text() : o().false_text()));
                break;
            default:
                to.written(texts.put(at, row));
            }
        }
        if (to.size() == before) { // one column, null: not a blank line
            if (!o().quote())
                refuse(errc::unsupported, place_of(batch, 0) + "without quotes it is a blank line",
                       is_null_value(batch[0], row) ? "write with quotes, or with a null text (--to-quote, --to-null of the tool)"
                                                    : "write with quotes (--to-quote of the tool)");
            const char quotes[] = {*o().quote(), *o().quote()};
            to.append({quotes, 2});
        }
        to.append(end);
        ++rows;
    }

    void append_text(penstock::detail::text_room& to, const record_batch& batch, std::size_t c, std::size_t row) {
        const auto& texts = columns[c].texts;
        const auto text = texts.text(row);
        const auto null = std::string_view{o().null_text()};
        const bool plain = texts.utf8() && !text.empty() && text.front() != '\xef' && (c || o().comment().empty()) && text != null;
        if (!plain) return append_other(to, batch, c, row);
        auto* const at = to.need(text.size() + 16);
        if (!penstock::detail::copy_plain(at, text.data(), text.size(), texts.readable(text), special)) return to.written(at + text.size());
        // Most texts with a mark in them have a delimiter, and no quote.
        if (!o().quote() || delimiter_is_long() || std::memchr(at, *o().quote(), text.size())) return append_other(to, batch, c, row);
        std::memcpy(at + 1, text.data(), text.size());
        *at = *o().quote();
        at[text.size() + 1] = *o().quote();
        to.written(at + text.size() + 2);
    }
    bool delimiter_is_long() const noexcept { return o().delimiter().size() > 1; }

    void append_other(penstock::detail::text_room& to, const record_batch& batch, std::size_t c, std::size_t row) {
        field.clear();
        const auto why = rules.append_field(field, batch[c], row, c == 0, columns[c].form);
        if (why.empty()) return to.append(field);
        const bool broken = why == not_utf8;
        const bool text = is_text(penstock::detail::innermost(batch[c].type()).id()) || why.starts_with("reads");
        refuse(broken ? errc::invalid_utf8 : errc::unsupported,
               place_of(batch, c) + "a value of type " + batch[c].type().name() + " " + std::string{why},
               broken ? "a column of type binary may hold any bytes"
               : text ? "write with quotes, with an escape, or with another null text (--to-quote, --to-escape, --to-null of the tool)"
                      : "write the column as integers");
    }

    /// "column "a" in row 1: ", of all that was written.
    std::string place_of(const record_batch& batch, std::size_t column) const {
        return named(batch.schema()[column].name()) + " in row " + std::to_string(rows + 1) + ": ";
    }

    field_rules rules;
    const penstock::detail::text_kernels& kernels;
    bool plain_numbers;
    bool plain_booleans;
    std::string_view end;
    marks special{};
    std::map<std::string, date_format> forms; // by column
    penstock::detail::written_schema written;
    std::vector<column> columns;
    std::uint64_t rows = 0; // written
    std::string field; // one that has no quick way
};

} // namespace detail

PENSTOCK_DECL formatter::formatter(write_options options) : rows_{std::make_unique<detail::row_writer>(std::move(options))} {}
PENSTOCK_DECL formatter::formatter(formatter&&) noexcept = default;
PENSTOCK_DECL formatter& formatter::operator=(formatter&&) noexcept = default;
PENSTOCK_DECL formatter::~formatter() = default;

PENSTOCK_DECL void formatter::begin(std::string& out, const std::shared_ptr<const schema>& s) { rows_->begin(out, s); }

PENSTOCK_DECL std::size_t formatter::append_rows(std::string& out, const record_batch& batch, std::size_t first,
                                                 std::size_t enough) {
    rows_->begin(out, batch.shared_schema());
    return rows_->append_rows(out, batch, first, enough);
}

} // namespace penstock::csv
