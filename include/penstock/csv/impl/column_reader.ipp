// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/column_reader.hpp>

#include <penstock/format/dates.hpp>
#include <penstock/format/detail/offending_text.hpp>
#include <penstock/format/kernels/one_text.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace penstock::csv::detail {

/// Whether nothing is a value: a text, bytes.
inline bool may_be_empty(const data_type& type) {
    return is_text(type.id()) || (is_binary(type.id()) && (type.id() != type_id::fixed_size_binary || type.byte_width() == 0));
}

PENSTOCK_DECL column_reader::column_reader(field f, table_layout::column where, bool mismatch_as_null,
                                           const csv::options& options, std::shared_ptr<buffer_pool> pool)
    : field_{std::move(f)}, missing_{!where.source}, textual_{is_text(penstock::detail::innermost(field_.type()).id())},
      quoted_nulls_{!may_be_empty(penstock::detail::innermost(field_.type()))},
      source_{where.source.value_or(0)}, inferred_{where.inferred}, mismatch_as_null_{mismatch_as_null},
      kernels_{&penstock::detail::text_kernels_of(options.instruction_set())}, builder_{field_.type(), std::move(pool)},
      parser_{field_.type(), options.binary()}, numeric_{!options.numbers().plain() && is_numeric(penstock::detail::innermost(field_.type()).id())},
      translated_{numeric_ && (is_floating(field_.type().id()) || options.thousands_separator())} {
    const auto& forms = options.date_formats();
    if (const auto found = forms.find(field_.name()); found != forms.end()) form_.emplace(found->second);
}

/// Any text that the column's type has, for types that have kernels.
template <class T>
bool column_reader::parse(std::string_view text, const cell_rules& rules, T& out) {
    const auto& type = field_.type();
    std::optional<T> value;
    if (numeric_) {
        if (!rules.numbers()->to_plain(text, number_)) return false;
        text = number_;
    }
    if constexpr (std::is_same_v<T, bool>) {
        value = rules.boolean(text);
    } else if constexpr (std::is_same_v<T, double>) {
        value = parse_float64(text);
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        value = type.id() == type_id::timestamp ? parse_timestamp(text, type.unit(), !type.time_zone().empty()) : parse_int64(text);
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        value = type.id() == type_id::date32 ? parse_date32(text) : parse_integer<T>(text);
    } else {
        value = parse_integer<T>(text);
    }
    if (value) out = *value;
    return value.has_value();
}

template <class T>
column_reader::outcome column_reader::read(const row_run& run, std::size_t row, const cell_rules& rules, T& out) {
    out = T{};
    if (run.missing(row, source_)) return null_outcome();
    const auto c = rules.decode(run.raw(row, source_, rules), scratch_);
    if (rules.is_null_text(c.text)) return null_outcome(); // quoted or not: an empty text is no number
    if constexpr (std::is_same_v<T, double>)
        if (inferred_ && !numeric_ && classify(c.text, out) == text_kind::float64) return outcome::value;
    if ((!inferred_ || fits(rules.classify(c.text, number_), field_.type())) && parse(c.text, rules, out)) return outcome::value;
    out = T{};
    if (!mismatch_as_null_ || !field_.nullable()) return outcome::fault;
    ++mismatches_;
    return outcome::mismatch;
}

/// Rows from `first` on that a kernel left.
template <class T>
void column_reader::read_hard(const row_run& run, std::size_t first, const cell_rules& rules, T* out,
                              std::uint64_t hard, std::uint64_t& valid) {
    for (; hard; hard &= hard - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(hard));
        const auto what = read(run, first + i, rules, out[i]);
        if (what == outcome::fault) found_fault(first + i);
        valid |= static_cast<std::uint64_t>(what == outcome::value) << i;
    }
}

/// The column, as kernels take it: where every row ends with CRLF, without the CR, and where every field is quoted,
/// without the quotes.
PENSTOCK_DECL column_reader::field_run column_reader::column_of(const row_run& run, const cell_rules& rules) const noexcept {
    using penstock::detail::how_many;
    field_run out{run.text, run.slot(0, source_), run.stride(), run.rows};
    if (run.lengths) return out; // behind a row's end there may be anything, and it is not a quoted field
    const bool cr = source_ + 1 == run.columns && !run.fitted() && run.text[run.end(0, source_) - 1] == '\r';
    if (cr && kernels_->ending_with(out, '\r') == how_many::all) out.back = 1;
    if (static_cast<unsigned char>(run.text[run.begin(0, source_)]) != rules.quote()) return out;
    char quote[16] = {};
    quote[0] = static_cast<char>(rules.quote());
    if (kernels_->starting_with(out, quote, 1) != run.rows || kernels_->ending_with(out, quote[0]) != how_many::all) return out;
    out.front = 1;
    ++out.back;
    return out;
}

PENSTOCK_DECL penstock::detail::null_form column_reader::nulls(const cell_rules& rules) const noexcept {
    return rules.empty_is_null() && field_.nullable() ? penstock::detail::null_form::empty
                                                      : penstock::detail::null_form::none;
}

/// Numbers of another style as kernels know them, one behind the other; what is none, or null, as what is hard.
PENSTOCK_DECL column_reader::field_run column_reader::translate(const row_run& run, std::size_t first, std::size_t rows,
                                                                const cell_rules& rules) {
    constexpr std::size_t around = 64; // kernels read there
    constexpr std::size_t longest = 64;
    plain_.assign(around, ' ');
    plain_slots_.resize(rows + 1);
    plain_slots_[0] = around - 1;
    for (std::size_t i = 0; i < rows; ++i) {
        const auto text = run.missing(first + i, source_) ? std::string_view{} : rules.decode(run.raw(first + i, source_, rules), scratch_).text;
        const bool known = text.size() <= longest && !(rules.other_nulls() && rules.is_null_text(text));
        if (known && rules.numbers()->to_plain(text, number_))
            plain_ += number_;
        else
            plain_ += '?';
        plain_slots_[i + 1] = static_cast<std::uint32_t>(plain_.size());
        plain_ += ' ';
    }
    plain_.append(around, ' ');
    return {plain_.data(), plain_slots_.data(), 1, rows};
}

/// `kernel(run, out, bits)` converts what is common.
template <class T, class Kernel>
void column_reader::append_values(number_builder<T>& to, const row_run& run, const cell_rules& rules,
                                  const Kernel& kernel) {
    using penstock::detail::kernel_rows;
    if (to.size() == 0) to.reserve(expected_);
    T* out = to.grow(run.rows);
    auto part = column_of(run, rules);
    const bool fast = !rules.ambiguous();
    field_bits bits;
    for (std::size_t first = 0; first < run.rows; first += kernel_rows) {
        part.slots = run.slot(first, source_);
        part.rows = std::min(kernel_rows, run.rows - first);
        if (translated_) part = translate(run, first, part.rows, rules);
        const bool all = fast && kernel(part, out + first, bits);
        for (std::size_t row = 0; row < part.rows; row += 64) {
            const auto count = std::min<std::size_t>(64, part.rows - row);
            auto& valid = bits.valid[row / 64];
            if (!fast) {
                valid = 0;
                bits.hard[row / 64] = ~std::uint64_t{0} >> (64 - count);
            }
            if (!all) read_hard(run, first + row, rules, out + first + row, bits.hard[row / 64], valid);
            to.validity().append_word(valid, count);
        }
    }
}

/// Integers that are narrower than the kernel's.
template <class T>
void column_reader::append_integers(number_builder<T>& to, const row_run& run, const cell_rules& rules) {
    const penstock::detail::number_rules how{nulls(rules), inferred_};
    if constexpr (std::is_same_v<T, std::int64_t>) {
        append_values(to, run, rules, [&](const field_run& part, std::int64_t* out, field_bits& bits) {
            return kernels_->int64(part, how, out, bits);
        });
    } else {
        append_values(to, run, rules, [&](const field_run& part, T* out, field_bits& bits) {
            std::int64_t wide[penstock::detail::kernel_rows];
            bool all = kernels_->int64(part, how, wide, bits);
            for (std::size_t row = 0; row < part.rows; ++row) {
                const bool fits_in = std::in_range<T>(wide[row]);
                out[row] = fits_in ? static_cast<T>(wide[row]) : T{};
                if (fits_in) continue;
                const auto one = std::uint64_t{1} << (row % 64);
                bits.valid[row / 64] &= ~one;
                bits.hard[row / 64] |= one;
                all = false;
            }
            return all;
        });
    }
}

template <class T>
void column_reader::append_dates(number_builder<T>& to, const row_run& run, const cell_rules& rules) {
    if constexpr (std::is_same_v<T, std::int32_t>) {
        const penstock::detail::timestamp_rules how{nulls(rules)};
        append_values(to, run, rules, [&](const field_run& part, std::int32_t* out, field_bits& bits) {
            return kernels_->date(part, how, out, bits);
        });
    } else {
        auto how = penstock::detail::rules_of(field_.type());
        how.nulls = nulls(rules);
        append_values(to, run, rules, [&](const field_run& part, std::int64_t* out, field_bits& bits) {
            return kernels_->timestamp(part, how, out, bits);
        });
    }
}

PENSTOCK_DECL void column_reader::append_booleans(boolean_builder& to, const row_run& run,
                                                  const cell_rules& rules) {
    using penstock::detail::kernel_rows;
    auto part = column_of(run, rules);
    const bool fast = !rules.ambiguous() && !rules.other_booleans();
    field_bits bits;
    std::uint64_t values[kernel_rows / 64];
    for (std::size_t first = 0; first < run.rows; first += kernel_rows) {
        part.slots = run.slot(first, source_);
        part.rows = std::min(kernel_rows, run.rows - first);
        if (fast) kernels_->boolean(part, nulls(rules), values, bits);
        for (std::size_t row = 0; row < part.rows; row += 64) {
            const auto count = std::min<std::size_t>(64, part.rows - row);
            auto valid = fast ? bits.valid[row / 64] : 0;
            auto word = fast ? values[row / 64] : 0;
            auto hard = fast ? bits.hard[row / 64] : ~std::uint64_t{0} >> (64 - count);
            for (; hard; hard &= hard - 1) {
                const auto i = static_cast<std::size_t>(std::countr_zero(hard));
                bool value = false;
                const auto what = read(run, first + row + i, rules, value);
                if (what == outcome::fault) found_fault(first + row + i);
                valid |= static_cast<std::uint64_t>(what == outcome::value) << i;
                word |= static_cast<std::uint64_t>(value) << i;
            }
            to.append_word(word, valid, count);
        }
    }
}

PENSTOCK_DECL void column_reader::append_strings(string_builder& to, const row_run& run,
                                                 const cell_rules& rules) {
    using penstock::detail::encoding;
    using penstock::detail::how_many;
    using penstock::detail::kernel_rows;
    const auto before = to.size();
    const auto bytes_before = to.bytes();
    // Just this column's bytes: a wide table has as many columns as a run has bytes.
    std::size_t bytes = 0;
    std::size_t widest = 0;
    const auto* slot = run.slot(0, source_);
    for (std::size_t row = 0; row < run.rows; ++row, slot += run.stride()) {
        const std::size_t size = slot[1] - behind(slot[0]);
        bytes += size;
        widest = std::max(widest, size);
    }
    const auto at = before == 0 ? to.write(std::max(expected_, run.rows), std::max(expected_bytes_, bytes))
                                : to.write(run.rows, bytes);
    char* const data = at.data - at.first;
    field_run part{run.text, run.slot(0, source_), run.stride(), run.rows};
    const auto cr = source_ + 1 == run.columns && !run.fitted() ? kernels_->ending_with(part, '\r') : how_many::none;
    const bool unlike_empty = run.lengths && !rules.empty_is_null(); // missing fields are null
    if (rules.escapes() || rules.other_nulls() || unlike_empty || cr == how_many::some) {
        append_decoded(to, run, rules);
    } else {
        part.back = cr == how_many::all;
        const penstock::detail::csv_text_rules how{static_cast<char>(rules.quote()), rules.quote() >= 0,
                                                   rules.empty_is_null(), widest};
        field_bits bits;
        auto position = at.first;
        for (std::size_t first = 0; first < run.rows; first += kernel_rows) {
            part.slots = run.slot(first, source_);
            part.rows = std::min(kernel_rows, run.rows - first);
            position = kernels_->csv_text(part, how, data, position, at.offsets + first, bits);
            for (std::size_t row = 0; row < part.rows; row += 64) {
                const auto count = std::min<std::size_t>(64, part.rows - row);
                const auto valid = bits.valid[row / 64];
                if (const auto nulls = ~valid & ~std::uint64_t{0} >> (64 - count); nulls && !field_.nullable())
                    found_fault(first + row + static_cast<std::size_t>(std::countr_zero(nulls)));
                to.validity().append_word(valid, count);
            }
        }
        to.commit(run.rows, position);
    }
    const auto text = kernels_->utf8(data + bytes_before, to.bytes() - bytes_before);
    if (text == encoding::ascii) return;
    // A sequence that goes on in the next value is no UTF-8.
    data[to.bytes()] = 0;
    bool goes_on = false;
    for (std::size_t row = 0; row < run.rows; ++row) goes_on |= (data[at.offsets[row]] & 0xc0) == 0x80;
    if (!goes_on && text == encoding::utf8) return;
    auto begin = bytes_before;
    for (std::size_t row = 0; row < run.rows; ++row) {
        const auto end = static_cast<std::size_t>(at.offsets[row]);
        if (find_invalid_utf8({data + begin, end - begin}) != std::string_view::npos) found_fault(row);
        begin = end;
    }
}

/// Strings one by one, in room that was made for them.
PENSTOCK_DECL void column_reader::append_decoded(string_builder& to, const row_run& run, const cell_rules& rules) {
    auto at = to.write(run.rows, 0);
    auto position = at.first;
    char* const data = at.data - at.first;
    for (std::size_t row = 0; row < run.rows;) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        for (std::size_t i = 0; i < count; ++i, ++row) {
            const auto c = rules.decode(run.raw(row, source_, rules), scratch_);
            const bool is_null = run.missing(row, source_) || (!c.quoted && rules.is_null_text(c.text));
            if (!is_null && !c.text.empty()) {
                std::memcpy(data + position, c.text.data(), c.text.size());
                position += c.text.size();
            }
            at.offsets[row] = static_cast<std::int32_t>(position);
            valid |= static_cast<std::uint64_t>(!is_null) << i;
            if (is_null && !field_.nullable()) found_fault(row);
        }
        to.validity().append_word(valid, count);
    }
    to.commit(run.rows, position);
}

PENSTOCK_DECL void column_reader::append(const row_run& run, const cell_rules& rules, std::span<std::uint64_t> faults) {
    mismatches_ = 0;
    faults_ = faults;
    if (missing_) {
        for (std::size_t row = 0; row < run.rows; ++row) builder_.append_null();
        return;
    }
    if (form_) return append_parsed(run, rules);
    switch (field_.type().id()) {
    case type_id::boolean:
        return append_booleans(builder_.as<boolean_builder>(), run, rules);
    case type_id::int8:
        return append_integers(builder_.as<number_builder<std::int8_t>>(), run, rules);
    case type_id::int16:
        return append_integers(builder_.as<number_builder<std::int16_t>>(), run, rules);
    case type_id::int32:
        return append_integers(builder_.as<number_builder<std::int32_t>>(), run, rules);
    case type_id::int64:
        return append_integers(builder_.as<int64_builder>(), run, rules);
    case type_id::uint8:
        return append_integers(builder_.as<number_builder<std::uint8_t>>(), run, rules);
    case type_id::uint16:
        return append_integers(builder_.as<number_builder<std::uint16_t>>(), run, rules);
    case type_id::uint32:
        return append_integers(builder_.as<number_builder<std::uint32_t>>(), run, rules);
    case type_id::float64: {
        const penstock::detail::number_rules how{nulls(rules), inferred_};
        return append_values(builder_.as<float64_builder>(), run, rules,
                             [&](const field_run& part, double* out, field_bits& bits) {
                                 return kernels_->float64(part, how, out, bits);
                             });
    }
    case type_id::timestamp:
        return append_dates(builder_.as<int64_builder>(), run, rules);
    case type_id::date32:
        return append_dates(builder_.as<number_builder<std::int32_t>>(), run, rules);
    case type_id::string:
        return append_strings(builder_.as<string_builder>(), run, rules);
    default:
        return append_parsed(run, rules);
    }
}

/// False, and nothing appended, where the text is none of the column's type.
PENSTOCK_DECL bool column_reader::append_value(std::string_view text, const cell_rules& rules) {
    if (form_) return append_date(text, *form_, builder_);
    if (penstock::detail::innermost(field_.type()).id() == type_id::boolean) {
        const auto value = rules.boolean(text);
        return value && parser_.append(*value ? "true" : "false", builder_);
    }
    if (!numeric_) return parser_.append(text, builder_);
    return rules.numbers()->to_plain(text, number_) && parser_.append(number_, builder_);
}

/// One value of a type without a kernel; nothing where it is a fault.
PENSTOCK_DECL column_reader::outcome column_reader::append_one(const row_run& run, std::size_t row, const cell_rules& rules) {
    const auto c = rules.decode(run.raw(row, source_, rules), scratch_);
    auto what = outcome::value;
    if (run.missing(row, source_))
        what = null_outcome();
    else if ((quoted_nulls_ || !c.quoted) && rules.is_null_text(c.text))
        what = null_outcome();
    else if (textual_ && find_invalid_utf8(c.text) != std::string_view::npos)
        what = outcome::fault;
    else if (!append_value(c.text, rules))
        what = mismatch_as_null_ && field_.nullable() ? outcome::mismatch : outcome::fault;
    mismatches_ += what == outcome::mismatch;
    if (what == outcome::null || what == outcome::mismatch) builder_.append_null();
    return what;
}

PENSTOCK_DECL void column_reader::append_parsed(const row_run& run, const cell_rules& rules) {
    if (builder_.size() == 0) builder_.reserve(expected_);
    for (std::size_t row = 0; row < run.rows; ++row) {
        if (append_one(run, row, rules) != outcome::fault) continue;
        found_fault(row);
        builder_.append_null();
    }
}

PENSTOCK_DECL std::optional<cell_fault> column_reader::find_fault(const row_run& run, std::size_t row,
                                                                  const cell_rules& rules, bool mismatch) {
    if (missing_) return std::nullopt;
    const auto raw = run.raw(row, source_, rules);
    const auto position = run.begin(row, source_);
    const auto c = rules.decode(raw, scratch_);
    const bool missing = run.missing(row, source_);
    const auto named = "column \"" + printable(field_.name(), 64) + "\"";
    if (textual_) {
        if (missing || (!c.quoted && rules.is_null_text(c.text))) {
            if (field_.nullable()) return std::nullopt;
        } else {
            if (find_invalid_utf8(c.text) == c.text.npos) return std::nullopt;
            const auto at = find_invalid_utf8(raw);
            return cell_fault{errc::invalid_utf8, position + (at == raw.npos ? 0 : at),
                              named + ": " + penstock::detail::shown_up_to(raw, at)};
        }
    } else {
        // Whatever it is, the parser takes it; only inference is stricter.
        const auto before = builder_.size();
        auto what = append_one(run, row, rules);
        builder_.truncate(before);
        const auto text = rules.decode(raw, scratch_).text;
        if (what == outcome::value && inferred_ && !fits(rules.classify(text, number_), field_.type()))
            what = mismatch_as_null_ && field_.nullable() ? outcome::mismatch : outcome::fault;
        if (what != outcome::fault && !(mismatch && what == outcome::mismatch)) return std::nullopt;
    }
    const auto text = rules.decode(raw, scratch_).text;
    const auto value = missing || ((quoted_nulls_ || !c.quoted) && rules.is_null_text(text))
                           ? std::string{"null, but the column is not nullable"}
                           : "\"" + printable(text, 40) + "\" is no " + field_.type().name() +
                                 (form_ ? " of the column's date_format" : "");
    return cell_fault{errc::type_mismatch, position, named + ": " + value};
}

PENSTOCK_DECL array column_reader::finish() {
    expected_ = builder_.size();
    if (const auto* strings = builder_.try_as<string_builder>()) expected_bytes_ = strings->bytes();
    return builder_.finish();
}

} // namespace penstock::csv::detail
