// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/flat_column.hpp>

#include <penstock/core/error.hpp>
#include <penstock/format/kernels/one_text.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/json/detail/json_fault.hpp>
#include <penstock/json/detail/scalar_text.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace penstock::json::detail {

PENSTOCK_DECL flat_column::flat_column(value_node& node, fields from, simd_level level)
    : node_{&node}, from_{from}, kernels_{&penstock::detail::text_kernels_of(level)},
      json_kernels_{&penstock::detail::json_kernels_of(level)} {}

/// A value of a field in a row. It may end before it begins, where quotation marks are not in pairs: no text then.
inline std::string_view text_of_row(const penstock::detail::field_run& run, std::size_t row) noexcept {
    const auto* slot = run.slots + row * run.stride;
    const std::uint32_t first = slot[0] + 1 + run.front;
    const std::uint32_t last = slot[1] - run.back;
    if (slot[1] < run.back || last < first) return {};
    return {run.text + first, last - first};
}

/// Numbers that kernels leave.
template <class T>
bool flat_column::read(std::string_view text, T& out) const {
    const auto form = json_number_form(text);
    if (form == number_form::none || (node_->inferred() && !fits(classify(text), type()))) return false;
    if constexpr (std::is_same_v<T, double>) {
        const auto value = parse_float64(text);
        if (value) out = *value;
        return value.has_value();
    } else {
        if (type().id() == type_id::timestamp || type().id() == type_id::date32 || form != number_form::integer) return false;
        const auto value = parse_int64(text);
        if (!value || !std::in_range<T>(*value)) return false;
        out = static_cast<T>(*value);
        return true;
    }
}

/// `kernel(run, out, bits)` converts what is common.
template <class T, class Kernel>
std::size_t flat_column::append_values(number_builder<T>& to, const field_run& run, const Kernel& kernel) {
    if (to.size() == 0) to.reserve(expected_);
    T* const out = to.grow(run.rows);
    field_bits bits;
    const bool all = kernel(run, out, bits);
    auto good = run.rows;
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        auto valid = bits.valid[row / 64];
        if (!all)
            for (auto hard = bits.hard[row / 64]; hard; hard &= hard - 1) {
                const auto i = static_cast<std::size_t>(std::countr_zero(hard));
                if (!read(text_of_row(run, row + i), out[row + i])) {
                    good = std::min(good, row + i);
                    break;
                }
                valid |= std::uint64_t{1} << i;
            }
        to.validity().append_word(valid, count);
    }
    return good;
}

template <class T>
std::size_t flat_column::append_integers(const field_run& run) {
    const penstock::detail::number_rules how{nulls(), true, true};
    auto& to = builder().as<number_builder<T>>();
    if constexpr (std::is_same_v<T, std::int64_t>) {
        return append_values(to, run, [&](const field_run& part, std::int64_t* out, field_bits& bits) {
            return kernels_->int64(part, how, out, bits);
        });
    } else {
        return append_values(to, run, [&](const field_run& part, T* out, field_bits& bits) {
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

PENSTOCK_DECL std::size_t flat_column::append_booleans(const field_run& run) {
    field_bits bits;
    std::uint64_t values[penstock::detail::kernel_rows / 64];
    const bool all = kernels_->boolean(run, nulls(), values, bits);
    auto good = run.rows;
    for (std::size_t row = 0; row < run.rows; row += 64) {
        const auto w = row / 64;
        if (!all && bits.hard[w])
            good = std::min(good, row + static_cast<std::size_t>(std::countr_zero(bits.hard[w])));
        builder().as<boolean_builder>().append_word(values[w], bits.valid[w], std::min<std::size_t>(64, run.rows - row));
    }
    return good;
}

/// Text that a string column keeps: numbers and truth values, objects and arrays.
inline bool flat_column::is_text_as_it_stands(std::string_view t) const {
    if (t.empty()) return false;
    if (t.front() == '{' || t.front() == '[') return from_ == fields::walked;
    return t == "true" || t == "false" || json_number_form(t) != number_form::none;
}

PENSTOCK_DECL std::size_t flat_column::append_strings(const field_run& run) {
    auto& to = builder().as<string_builder>();
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < run.rows; ++row) bytes += text_of_row(run, row).size();
    const auto at = to.size() == 0 ? to.write(std::max(expected_, run.rows), std::max(expected_bytes_, bytes))
                                   : to.write(run.rows, bytes);
    char* const data = at.data - at.first;
    auto position = at.first;
    auto part = run;
    field_bits bits;
    std::size_t row = 0;
    while (row < run.rows) {
        part.slots = run.slots + row * run.stride;
        part.rows = run.rows - row;
        const auto done = json_kernels_->strings(part, nulls(), data, position, at.offsets + row, bits);
        for (std::size_t i = 0; i < done; i += 64) to.validity().append_word(bits.valid[i / 64], std::min<std::size_t>(64, done - i));
        row += done;
        if (row == run.rows) break;
        const auto text = text_of_row(run, row);
        if (!is_text_as_it_stands(text)) break;
        std::memcpy(data + position, text.data(), text.size());
        position += text.size();
        at.offsets[row++] = static_cast<std::int32_t>(position);
        to.validity().append_valid(1);
    }
    to.commit(row, position);
    return row;
}

/// A value of any type.
PENSTOCK_DECL bool flat_column::append_one(std::string_view text) {
    using kind = value_node::kind;
    const auto takes = node_->takes();
    if (text.empty() || text == "null") {
        if (!nullable() || (text.empty() && from_ == fields::split)) return false;
        builder().append_null();
        return true;
    }
    if (text.front() == '"') {
        if (text.size() < 2 || text.back() != '"') return false;
        if (scratch_.size() < text.size() + 2 * buffer_padding) scratch_.resize(text.size() + 2 * buffer_padding);
        char* const to = scratch_.data() + buffer_padding;
        const auto size = json_kernels_->unescape(to, text.data() + 1, text.size() - 2);
        return size != penstock::detail::invalid_escape && node_->append_string({to, size});
    }
    if (takes == kind::text) return is_text_as_it_stands(text) && node_->append_text(text);
    if (takes != kind::boolean) return json_number_form(text) != number_form::none && node_->append_number(text);
    if (text != "true" && text != "false") return false;
    return node_->append_text(text);
}

PENSTOCK_DECL std::size_t flat_column::append_each(const field_run& run) {
    std::size_t row = 0;
    try {
        while (row < run.rows && append_one(text_of_row(run, row))) ++row;
    } catch (const error& e) {
        if (e.code() != errc::record_too_large) throw; // a dictionary is full: whether the batch ends is the parser's to say
    }
    return row;
}

PENSTOCK_DECL std::size_t flat_column::append(const field_run& run) {
    switch (type().id()) {
    case type_id::boolean:
        return append_booleans(run);
    case type_id::int8:
        return append_integers<std::int8_t>(run);
    case type_id::int16:
        return append_integers<std::int16_t>(run);
    case type_id::int32:
        return append_integers<std::int32_t>(run);
    case type_id::int64:
        return append_integers<std::int64_t>(run);
    case type_id::uint8:
        return append_integers<std::uint8_t>(run);
    case type_id::uint16:
        return append_integers<std::uint16_t>(run);
    case type_id::uint32:
        return append_integers<std::uint32_t>(run);
    case type_id::float64: {
        const penstock::detail::number_rules how{nulls(), true, true};
        return append_values(builder().as<float64_builder>(), run, [&](const field_run& part, double* out, field_bits& bits) {
            return kernels_->float64(part, how, out, bits);
        });
    }
    case type_id::timestamp: {
        auto how = penstock::detail::rules_of(type());
        how.nulls = nulls();
        how.quoted = true;
        return append_values(builder().as<int64_builder>(), run, [&](const field_run& part, std::int64_t* out, field_bits& bits) {
            return kernels_->timestamp(part, how, out, bits);
        });
    }
    case type_id::date32: {
        penstock::detail::timestamp_rules how;
        how.nulls = nulls();
        how.quoted = true;
        return append_values(builder().as<number_builder<std::int32_t>>(), run,
                             [&](const field_run& part, std::int32_t* out, field_bits& bits) {
                                 return kernels_->date(part, how, out, bits);
                             });
    }
    case type_id::string:
        return append_strings(run);
    default:
        return append_each(run);
    }
}

PENSTOCK_DECL void flat_column::batch_done() {
    expected_ = builder().size();
    if (const auto* strings = builder().try_as<string_builder>()) expected_bytes_ = strings->bytes();
}

PENSTOCK_DECL std::size_t valid_scalars(penstock::detail::field_run run, const penstock::detail::json_kernels& kernels) {
    std::size_t good = 0;
    for (const auto all = run.rows;;) {
        good += kernels.plain_scalars(run);
        if (good == all) return good;
        const auto t = text_of_row(run, run.rows - (all - good));
        if (t.empty() || t.front() == '{' || t.front() == '[' || find_json_fault(t)) return good;
        ++good;
        run.slots += (run.rows - (all - good)) * run.stride;
        run.rows = all - good;
    }
}

} // namespace penstock::json::detail
