// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/writer.hpp>

#include <penstock/core/error.hpp>
#include <penstock/format/detail/formatted_sink.hpp>
#include <penstock/format/detail/written_schema.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/text/detail/text_table.hpp>

#include <string_view>
#include <utility>

namespace penstock::text {
namespace detail {

/// A space for each line break.
inline void append_without_breaks(std::string& out, std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool crlf = value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n';
        out += value[i] == '\n' || value[i] == '\r' ? ' ' : value[i];
        if (crlf) ++i;
    }
}

/// Batches in, lines out. Pure.
struct line_formatter {
    static constexpr const char* operation() noexcept { return "write text"; }

    [[noreturn]] static void refuse(errc code, std::string message, std::string hint) {
        penstock::detail::refuse_to_write(operation(), code, std::move(message), std::move(hint));
    }

    void begin(std::string&, const std::shared_ptr<const schema>& s) {
        written.take(s, operation(), [this](const schema& first) { judge(first); });
    }

    void judge(const schema& s) {
        if (s.size() != 1)
            refuse(errc::invalid_option, "text has one column, and here are " + std::to_string(s.size()) + ": " + s.column_list(),
                   "select one, or write another format");
        const auto& type = s[0].type();
        if (!is_text(type.id()) && !is_binary(type.id()))
            refuse(errc::type_mismatch, "the column " + printable(s[0].name(), 64) + " is " + type.name() + ", not text",
                   "cast it to string, or write another format");
        checked = is_text(type.id());
    }

    std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first, std::size_t enough) {
        for (; first < batch.num_rows() && out.size() < enough; ++first, ++rows) {
            append(out, batch[0], first);
            out += options.crlf() ? "\r\n" : "\n";
        }
        return first;
    }
    void append_end(std::string&) const noexcept {}

    std::string place() const { return "column " + printable((*written)[0].name(), 64) + " in row " + std::to_string(rows + 1); }

    void append(std::string& out, const array& column, std::size_t row) const {
        if (!column.is_null(row)) return append_value(out, column.bytes_at(row));
        if (!options.null_text())
            refuse(errc::unsupported, place() + " is null, which has no form in text", "choose a null_text, or leave such rows out");
        out += *options.null_text();
    }

    void append_value(std::string& out, std::string_view value) const {
        if (checked && find_invalid_utf8(value) != std::string_view::npos)
            refuse(errc::invalid_utf8, place() + ": " + printable(value, 64), "a column of type binary may hold any bytes");
        const bool breaks = value.find('\n') != std::string_view::npos || (!options.crlf() && value.ends_with('\r'));
        if (breaks && options.line_breaks() == text::line_breaks::fail)
            refuse(errc::unsupported, place() + " has a line break: " + printable(value, 64),
                   "choose what becomes of them by line_breaks, or write another format");
        // Readers drop one mark at the start of a text.
        if (checked && rows == 0 && value.starts_with(byte_order_mark)) out += byte_order_mark;
        if (options.line_breaks() == text::line_breaks::space)
            append_without_breaks(out, value);
        else
            out += value;
    }

    write_options options;
    penstock::detail::written_schema written;
    bool checked = false;   // the column promises UTF-8
    std::uint64_t rows = 0; // written
};

} // namespace detail

struct writer::state {
    penstock::detail::formatted_sink<detail::line_formatter> out;
};

PENSTOCK_DECL writer::writer(std::unique_ptr<byte_sink> sink, write_options options,
                             std::shared_ptr<const penstock::schema> schema)
    : state_{new state{{std::move(sink), [&] { return detail::line_formatter{std::move(options), {}}; }, schema}}} {}
PENSTOCK_DECL writer::writer(writer&&) noexcept = default;
PENSTOCK_DECL writer& writer::operator=(writer&&) noexcept = default;
PENSTOCK_DECL writer::~writer() = default;

PENSTOCK_DECL awaitable<void> writer::write(record_batch batch) { return state_->out.write(std::move(batch)); }

PENSTOCK_DECL awaitable<void> writer::close() { return state_->out.close(); }

PENSTOCK_DECL std::optional<std::uint64_t> writer::text_size() const { return state_->out.text_size(); }

} // namespace penstock::text
