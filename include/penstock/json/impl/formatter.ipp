// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/formatter.hpp>

#include <penstock/format/detail/column_text.hpp>
#include <penstock/format/detail/copy_plain.hpp>
#include <penstock/format/detail/text_room.hpp>
#include <penstock/format/detail/written_schema.hpp>
#include <penstock/format/utf8.hpp>
#include <penstock/json/detail/value_writer.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace penstock::json {
namespace detail {

inline constexpr const char* use_utf8 = "JSON text is UTF-8: convert the column, or encode its bytes, in base64 for example";

/// Rows as objects. What is common goes straight to its place; every other value is made by its `value_writer`, and then copied.
struct row_writer {
    static constexpr std::size_t rows_at_once = 256; // whose texts are looked at together
    static constexpr std::size_t key_step = 32;      // bytes of a key that are copied at once

    struct member {
        std::size_t field;
        std::size_t key_size;
        std::string key; ///< behind a comma, up to its colon; with room to be copied in steps
        penstock::detail::column_text texts;
        bool quoted; ///< a date
        const value_writer* value;
    };
    /// Bytes that a string cannot have as they are.
    struct marks {
        penstock::detail::bytes16 slash; ///< zero where it needs no escape, which is marked anyway
        penstock::detail::bytes16 most;  ///< the highest that may stay
        auto operator()(penstock::detail::bytes16 x) const noexcept {
            using penstock::detail::all16;
            using penstock::detail::bytes16;
            return bytes16((x < all16(0x20)) | (x == all16('"')) | (x == all16('\\')) | (x == slash) | (x > most));
        }
    };

    row_writer(write_shape s, write_options o)
        : shape{s}, options{std::move(o)}, kernels{penstock::detail::text_kernels_of(penstock::detail::best_simd_level())} {
        if (options.indent() > 0 && shape == write_shape::lines)
            refuse(errc::invalid_option, "an object of JSON Lines stands on one line", "write an array, or without indent");
        if (options.indent() > 16) refuse(errc::invalid_option, "an indent has at most 16 spaces", "ask for fewer");
        special.slash = penstock::detail::all16(options.escape_slash() ? '/' : '\0');
        special.most = penstock::detail::all16(options.ascii() ? 0x7f : 0xff);
    }

    [[noreturn]] void refuse(errc code, std::string message, std::string hint) const {
        penstock::detail::refuse_to_write(operation(), code, std::move(message), std::move(hint));
    }
    const char* operation() const noexcept { return shape == write_shape::lines ? "write json lines" : "write json"; }
    std::size_t depth() const noexcept { return shape == write_shape::array ? 1 : 0; }

    void judge(const schema& s) const {
        for (std::size_t i = 0; i < s.size(); ++i) {
            const auto& f = s[i];
            const auto name = printable(f.name(), 64);
            if (find_invalid_utf8(f.name()) != std::string::npos) refuse(errc::invalid_utf8, "the name of column " + name, use_utf8);
            if (s.index_of(f.name()) != i)
                refuse(errc::invalid_option, "two columns have the name " + name, "keys of an object must differ: rename one");
            if (auto why = no_json_form(f.type()))
                refuse(errc::unsupported, "column " + name + ": " + *why, "leave the column out, or convert it");
        }
    }

    /// How values go by the options.
    penstock::detail::text_way way_of(const data_type& type) const noexcept {
        using penstock::detail::text_way;
        const auto id = type.id();
        const bool wide = id == type_id::int64 || id == type_id::uint64;
        if (wide && options.wide_numbers() != wide_numbers::number) return text_way::other;
        if (is_temporal(id) && options.dates() != date_form::text) return text_way::other;
        return penstock::detail::way_of(type);
    }

    void begin(const std::shared_ptr<const schema>& s) {
        if (!written.take(s, operation(), [&](const schema& first) { judge(first); })) return;
        row.emplace(s->fields(), options);
        for (const auto& m : row->members) {
            const auto& type = (*s)[m.field].type();
            std::string key = ",";
            break_line(key, options, depth() + 1);
            key += m.key;
            const auto size = key.size();
            key.resize((size + key_step) / key_step * key_step);
            members.push_back({m.field, size, std::move(key), {type, way_of(type)}, is_temporal(type.id()), &m.value});
        }
    }

    std::size_t append_rows(std::string& out, const record_batch& batch, std::size_t first, std::size_t enough) {
        const auto all = batch.num_rows();
        for (auto& m : members) m.texts.look_at(batch[m.field]);
        penstock::detail::text_room to{out};
        while (first < all && to.size() < enough) {
            const auto last = first + std::min(all - first, rows_at_once);
            for (auto& m : members)
                if (m.texts.way() == penstock::detail::text_way::text) m.texts.check(first, last, kernels);
            for (; first < last && to.size() < enough; ++first) append_row(to, batch, first);
        }
        return first;
    }

    void append_row(penstock::detail::text_room& to, const record_batch& batch, std::size_t r) {
        if (shape == write_shape::object && rows > 0)
            refuse(errc::invalid_option, "one object has one row, but there are more", "write an array, or lines");
        if (shape == write_shape::array) {
            field.assign(rows == 0 ? "[\n" : ",\n").append(options.indent(), ' ');
            to.append(field);
        }
        to.append("{");
        bool empty = true;
        for (auto& m : members) {
            const auto& column = batch[m.field];
            const bool null = m.texts.way() == penstock::detail::text_way::other ? is_null_value(column, r) : m.texts.is_null(r);
            if (null && options.nulls() == null_members::omit) continue;
            auto* at = to.need(m.key.size() + penstock::detail::longest_put + 8);
            const auto* const key = m.key.data() + empty;
            const auto key_size = m.key_size - empty;
            empty = false;
            std::memcpy(at, key, key_step - 1);
            if (key_size > key_step - 1) std::memcpy(at, key, key_size);
            at += key_size;
            if (null) {
                to.written(penstock::detail::put_text(at, "null"));
                continue;
            }
            switch (m.texts.way()) {
            case penstock::detail::text_way::other:
                to.written(at);
                append_other(to, m, column, r);
                break;
            case penstock::detail::text_way::text:
                to.written(at);
                append_text(to, m, column, r);
                break;
            case penstock::detail::text_way::boolean:
                to.written(penstock::detail::put_text(at, m.texts.boolean(r) ? "true" : "false"));
                break;
            case penstock::detail::text_way::float32:
            case penstock::detail::text_way::float64:
                if (m.texts.is_finite(r)) {
                    to.written(m.texts.put(at, r));
                } else {
                    to.written(at);
                    append_other(to, m, column, r);
                }
                break;
            default:
                *at = '"';
                at = m.texts.put(at + m.quoted, r);
                *at = '"';
                to.written(at + m.quoted);
            }
        }
        if (!empty) {
            field.clear();
            break_line(field, options, depth());
            to.append(field);
        }
        to.append(shape == write_shape::array ? "}" : "}\n");
        ++rows;
    }

    void append_text(penstock::detail::text_room& to, const member& m, const array& column, std::size_t r) {
        const auto text = m.texts.text(r);
        if (!m.texts.utf8()) return append_other(to, m, column, r);
        auto* const at = to.need(text.size() + 2 + 16);
        if (penstock::detail::copy_plain(at + 1, text.data(), text.size(), m.texts.readable(text), special)) return append_other(to, m, column, r);
        at[0] = '"';
        at[text.size() + 1] = '"';
        to.written(at + text.size() + 2);
    }

    void append_other(penstock::detail::text_room& to, const member& m, const array& column, std::size_t r) {
        field.clear();
        const auto what = m.value->append(field, column, r, options, depth() + 1);
        if (what == value_fault::none) return to.append(field);
        const auto& f = (*written)[m.field];
        const auto where = "column " + printable(f.name(), 64) + m.value->place_of_fault(column, r, options) + " in row " + std::to_string(rows + 1);
        switch (what) {
        case value_fault::not_utf8:
            refuse(errc::invalid_utf8, where, use_utf8);
        case value_fault::not_finite:
            refuse(errc::unsupported, where + ": JSON has neither NaN nor infinities",
                   "write them as null or as texts: write_options::not_finite, --not-finite of the tool");
        case value_fault::null_key:
            refuse(errc::unsupported, where + ": a key of a map is null", "keys are texts in JSON, and a map allows no null");
        default:
            refuse(errc::unsupported, where + ": a value of type " + f.type().name() + " is beyond what the type means",
                   "write dates as numbers: write_options::dates");
        }
    }

    void append_end(std::string& out) const {
        if (shape == write_shape::object && rows == 0)
            refuse(errc::invalid_option, "one object has one row, but there is none", "write an array, or lines");
        if (shape == write_shape::array) out += rows == 0 ? "[]\n" : "\n]\n";
    }

    write_shape shape;
    write_options options;
    const penstock::detail::text_kernels& kernels;
    marks special{};
    penstock::detail::written_schema written;
    std::optional<const object_writer> row;
    std::vector<member> members;
    std::uint64_t rows = 0;
    std::string field; // one that has no quick way
};

} // namespace detail

PENSTOCK_DECL formatter::formatter(write_shape shape, write_options options)
    : rows_{std::make_unique<detail::row_writer>(shape, std::move(options))} {}
PENSTOCK_DECL formatter::formatter(formatter&&) noexcept = default;
PENSTOCK_DECL formatter& formatter::operator=(formatter&&) noexcept = default;
PENSTOCK_DECL formatter::~formatter() = default;

PENSTOCK_DECL void formatter::begin(std::string&, const std::shared_ptr<const schema>& s) { rows_->begin(s); }

PENSTOCK_DECL std::size_t formatter::append_rows(std::string& out, const record_batch& batch, std::size_t first,
                                                 std::size_t enough) {
    rows_->begin(batch.shared_schema());
    return rows_->append_rows(out, batch, first, enough);
}

PENSTOCK_DECL void formatter::append_end(std::string& out) const { rows_->append_end(out); }

PENSTOCK_DECL const char* formatter::operation() const noexcept { return rows_->operation(); }
PENSTOCK_DECL write_shape formatter::shape() const noexcept { return rows_->shape; }
PENSTOCK_DECL std::uint64_t formatter::rows() const noexcept { return rows_->rows; }

} // namespace penstock::json
