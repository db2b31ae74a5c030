// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/text/writer.hpp>

#include <penstock/core/detail/yield.hpp>
#include <penstock/core/error.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/text/detail/text_table.hpp>

#include <string_view>

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

} // namespace detail

struct writer::state {
    static constexpr std::size_t block = std::size_t{256} << 10;

    state(std::unique_ptr<byte_sink> s, write_options o) : sink{std::move(s)}, options{std::move(o)} {}

    failure fail(errc code, std::string message, std::string hint = {}) const {
        error_detail d;
        d.operation = "write text";
        d.object = sink->name();
        d.message = std::move(message);
        d.hint = std::move(hint);
        return failure{code, std::move(d)};
    }

    void begin(const std::shared_ptr<const penstock::schema>& s) {
        if (schema) {
            if (schema != s && *schema != *s)
                throw_failure(fail(errc::invalid_option, "a batch has the columns " + s->column_list() +
                                                             ", the first had " + schema->column_list()));
            return;
        }
        if (s->size() != 1)
            throw_failure(fail(errc::invalid_option,
                               "text has one column, and here are " + std::to_string(s->size()) + ": " + s->column_list(),
                               "select one, or write another format"));
        const auto& type = (*s)[0].type();
        if (!is_text(type.id()) && !is_binary(type.id()))
            throw_failure(fail(errc::type_mismatch,
                               "the column " + printable((*s)[0].name(), 64) + " is " + type.name() + ", not text",
                               "cast it to string, or write another format"));
        checked = is_text(type.id());
        schema = s;
    }

    std::string place(std::size_t row) const {
        return "column " + printable((*schema)[0].name(), 64) + " in row " + std::to_string(rows + row + 1);
    }

    void append(const array& column, std::size_t row) {
        if (column.is_null(row)) {
            if (!options.null_text())
                throw_failure(fail(errc::unsupported, place(row) + " is null, which has no form in text",
                                   "choose a null_text, or leave such rows out"));
            pending += *options.null_text();
        } else {
            append_value(column.bytes_at(row), row);
        }
        pending += options.crlf() ? "\r\n" : "\n";
    }

    void append_value(std::string_view value, std::size_t row) {
        if (checked && find_invalid_utf8(value) != std::string_view::npos)
            throw_failure(fail(errc::invalid_utf8, place(row) + ": " + printable(value, 64),
                               "a column of type binary may hold any bytes"));
        const bool breaks = value.find('\n') != std::string_view::npos || (!options.crlf() && value.ends_with('\r'));
        if (breaks && options.line_breaks() == text::line_breaks::fail)
            throw_failure(fail(errc::unsupported, place(row) + " has a line break: " + printable(value, 64),
                               "choose what becomes of them by line_breaks, or write another format"));
        // Readers drop one mark at the start of a text.
        if (checked && rows + row == 0 && value.starts_with(detail::byte_order_mark)) pending += detail::byte_order_mark;
        if (options.line_breaks() == text::line_breaks::space)
            detail::append_without_breaks(pending, value);
        else
            pending += value;
    }

    std::unique_ptr<byte_sink> sink;
    write_options options;
    std::shared_ptr<const penstock::schema> schema;
    bool checked = false; // the column promises UTF-8
    std::string pending;
    std::uint64_t rows = 0; // of the batches before
    std::uint64_t written = 0;
    bool open = true;
};

PENSTOCK_DECL writer::writer(std::unique_ptr<byte_sink> sink, write_options options,
                             std::shared_ptr<const penstock::schema> schema)
    : state_{std::make_unique<state>(std::move(sink), std::move(options))} {
    if (schema) state_->begin(schema);
}
PENSTOCK_DECL writer::writer(writer&&) noexcept = default;
PENSTOCK_DECL writer& writer::operator=(writer&&) noexcept = default;
PENSTOCK_DECL writer::~writer() = default;

PENSTOCK_DECL awaitable<void> writer::write(record_batch batch) {
    auto& s = *state_;
    if (!s.open) throw_failure(s.fail(errc::closed, "the writer was closed, or an earlier call failed"));
    s.open = false; // until all went well: what was half written must not be committed
    s.begin(batch.shared_schema());
    for (std::size_t row = 0; row < batch.num_rows(); ++row) {
        s.append(batch[0], row);
        if (s.pending.size() < state::block) continue;
        co_await s.sink->write(as_bytes(s.pending));
        s.written += s.pending.size();
        s.pending.clear();
        co_await penstock::detail::yield();
    }
    s.rows += batch.num_rows();
    s.open = true;
}

PENSTOCK_DECL awaitable<void> writer::close() {
    auto& s = *state_;
    if (!s.open) throw_failure(s.fail(errc::closed, "the writer was closed, or an earlier call failed"));
    s.open = false;
    if (!s.pending.empty()) co_await s.sink->write(as_bytes(s.pending));
    co_await s.sink->commit();
}

PENSTOCK_DECL std::optional<std::uint64_t> writer::text_size() const {
    return state_->written + state_->pending.size();
}

} // namespace penstock::text
