// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/csv/detail/column_reader.hpp>

#include <penstock/format/detail/number_kernels.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/type_inference.hpp>
#include <penstock/format/utf8.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::csv::detail {

template <>
struct column_reader::number<std::int64_t> {
    static bool fast(const char* first, const char* last, std::int64_t& out) noexcept {
        return penstock::detail::fast_int64(first, last, out);
    }
};
template <>
struct column_reader::number<double> {
    static bool fast(const char* first, const char* last, double& out) noexcept {
        return penstock::detail::fast_float64(first, last, out);
    }
};

inline std::optional<std::int64_t> parse_value(std::string_view t, std::int64_t) noexcept {
    return parse_int64(t);
}
inline std::optional<double> parse_value(std::string_view t, double) noexcept { return parse_float64(t); }
inline std::optional<bool> parse_value(std::string_view t, bool) noexcept { return parse_boolean(t); }

PENSTOCK_DECL column_reader::column_reader(field f, std::size_t source, bool inferred, bool mismatch_as_null,
                                           std::shared_ptr<buffer_pool> pool)
    : field_{std::move(f)}, source_{source}, inferred_{inferred},
      mismatch_as_null_{mismatch_as_null}, builder_{field_.type(), std::move(pool)} {}

template <class T>
column_reader::outcome column_reader::read(std::string_view raw, const cell_rules& rules, T& out) {
    out = T{};
    const auto c = rules.decode(raw, scratch_);
    if (rules.is_null_text(c.text)) return null_outcome(); // quoted or not: an empty text is no number
    if (!inferred_ || fits(classify(c.text), field_.type())) {
        if (const auto v = parse_value(c.text, T{})) {
            out = *v;
            return outcome::value;
        }
    }
    return mismatch_as_null_ ? null_outcome() : outcome::fault;
}

template <class T>
bool column_reader::append_numbers(number_builder<T>& to, const row_run& run,
                                   const cell_rules& rules) {
    if (to.size() == 0) to.reserve(expected_);
    T* out = to.grow(run.rows);
    const bool last = source_ + 1 == run.columns;
    const bool fast = !rules.ambiguous_nulls();
    const auto* slot = run.slots + source_;
    bool fine = true;
    for (std::size_t row = 0; row < run.rows;) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        for (std::size_t i = 0; i < count; ++i, ++row, slot += run.columns) {
            const char* first = run.text + behind(slot[0]);
            const char* end = run.text + slot[1];
            if (last && end > first && end[-1] == '\r') --end;
            if (fast && end > first && number<T>::fast(first, end, out[row])) [[likely]] {
                valid |= std::uint64_t{1} << i;
                continue;
            }
            if (end == first && rules.empty_is_null() && field_.nullable()) {
                out[row] = T{};
                continue;
            }
            const auto what = read(run.raw(row, source_, rules), rules, out[row]);
            fine &= what != outcome::fault;
            valid |= static_cast<std::uint64_t>(what == outcome::value) << i;
        }
        to.validity().append_word(valid, count);
    }
    return fine;
}

PENSTOCK_DECL bool column_reader::append_booleans(boolean_builder& to, const row_run& run,
                                                  const cell_rules& rules) {
    bool fine = true;
    for (std::size_t row = 0; row < run.rows;) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        std::uint64_t values = 0;
        for (std::size_t i = 0; i < count; ++i, ++row) {
            const auto raw = run.raw(row, source_, rules);
            const bool yes = raw == "true";
            bool value = yes;
            auto what = outcome::value;
            if (rules.ambiguous_nulls() || (!yes && raw != "false")) what = read(raw, rules, value);
            fine &= what != outcome::fault;
            valid |= static_cast<std::uint64_t>(what == outcome::value) << i;
            values |= static_cast<std::uint64_t>(value) << i;
        }
        to.append_word(values, valid, count);
    }
    return fine;
}

/// Copies `n` bytes in steps of 16: reads and writes up to 15 more. A call for a few bytes costs more than
/// the bytes.
inline void copy_text(char* to, const char* from, std::size_t n) noexcept {
    if (n > 64) {
        std::memcpy(to, from, n);
        return;
    }
    for (std::size_t i = 0; i < n; i += 16) std::memcpy(to + i, from + i, 16);
}

PENSTOCK_DECL bool column_reader::append_strings(string_builder& to, const row_run& run,
                                                 const cell_rules& rules) {
    const auto before = to.size();
    // Just this column's bytes: a wide table has as many columns as a run has bytes.
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < run.rows; ++row) bytes += run.end(row, source_) - run.begin(row, source_);
    auto at = before == 0 ? to.write(std::max(expected_, run.rows), std::max(expected_bytes_, bytes))
                          : to.write(run.rows, bytes);
    auto position = at.first;
    char* const data = at.data - at.first;
    const bool last = source_ + 1 == run.columns;
    const bool escapes = rules.escapes();
    const bool many_nulls = !rules.only_empty_is_null();
    const int quote = rules.quote();
    const auto* slot = run.slots + source_;
    bool fine = true;
    for (std::size_t row = 0; row < run.rows;) {
        const auto count = std::min<std::size_t>(64, run.rows - row);
        std::uint64_t valid = 0;
        for (std::size_t i = 0; i < count; ++i, ++row, slot += run.columns) {
            const char* first = run.text + behind(slot[0]);
            const char* end = run.text + slot[1];
            if (last && end > first && end[-1] == '\r') --end;
            const auto n = static_cast<std::size_t>(end - first);
            bool is_null = false;
            if (n == 0) {
                is_null = rules.empty_is_null();
            } else if (escapes) [[unlikely]] {
                const auto c = rules.decode(run.raw(row, source_, rules), scratch_);
                is_null = !c.quoted && rules.is_null_text(c.text);
                if (!is_null) {
                    std::memcpy(data + position, c.text.data(), c.text.size());
                    position += c.text.size();
                }
            } else if (static_cast<unsigned char>(*first) != quote) {
                is_null = many_nulls && rules.is_null_text({first, n});
                if (!is_null) {
                    copy_text(data + position, first, n);
                    position += n;
                }
            } else if (std::memchr(first + 1, quote, n - 2) == nullptr) [[likely]] {
                copy_text(data + position, first + 1, n - 2);
                position += n - 2;
            } else {
                const auto c = rules.decode({first, n}, scratch_);
                std::memcpy(data + position, c.text.data(), c.text.size());
                position += c.text.size();
            }
            at.offsets[row] = static_cast<std::int32_t>(position);
            valid |= static_cast<std::uint64_t>(!is_null) << i;
            fine &= !is_null || field_.nullable();
        }
        to.validity().append_word(valid, count);
    }
    to.commit(run.rows, position);
    if (!is_ascii({data + at.first, position - at.first})) fine &= strings_are_utf8(to, before);
    return fine;
}

PENSTOCK_DECL bool column_reader::strings_are_utf8(const string_builder& to,
                                                   std::size_t first) const noexcept {
    // One value at a time: a sequence that goes on in the next value is no UTF-8.
    for (; first < to.size(); ++first)
        if (find_invalid_utf8(to[first]) != std::string_view::npos) return false;
    return true;
}

PENSTOCK_DECL bool column_reader::append(const row_run& run, const cell_rules& rules) {
    switch (field_.type().id()) {
    case type_id::boolean:
        return append_booleans(builder_.as<boolean_builder>(), run, rules);
    case type_id::int64:
        return append_numbers(builder_.as<int64_builder>(), run, rules);
    case type_id::float64:
        return append_numbers(builder_.as<float64_builder>(), run, rules);
    case type_id::string:
        return append_strings(builder_.as<string_builder>(), run, rules);
    default:
        break;
    }
    return false;
}

PENSTOCK_DECL std::optional<cell_fault> column_reader::find_fault(const row_run& run, std::size_t row,
                                                                  const cell_rules& rules) {
    const auto raw = run.raw(row, source_, rules);
    const auto position = run.begin(row, source_);
    const auto c = rules.decode(raw, scratch_);
    const auto named = "column \"" + printable(field_.name(), 64) + "\"";
    if (field_.type() == data_type::string()) {
        if (!c.quoted && rules.is_null_text(c.text)) {
            if (field_.nullable()) return std::nullopt;
        } else {
            if (find_invalid_utf8(c.text) == c.text.npos) return std::nullopt;
            const auto at = find_invalid_utf8(raw);
            return cell_fault{errc::invalid_utf8, position + (at == raw.npos ? 0 : at), named};
        }
    } else {
        std::int64_t integer = 0;
        double number = 0;
        bool truth = false;
        outcome what = outcome::fault;
        switch (field_.type().id()) {
        case type_id::boolean:
            what = read(raw, rules, truth);
            break;
        case type_id::int64:
            what = read(raw, rules, integer);
            break;
        case type_id::float64:
            what = read(raw, rules, number);
            break;
        default:
            break;
        }
        if (what != outcome::fault) return std::nullopt;
    }
    const auto text = rules.decode(raw, scratch_).text;
    const auto value = rules.is_null_text(text)
                           ? std::string{"null, but the column is not nullable"}
                           : "\"" + printable(text, 40) + "\" is no " + field_.type().name();
    return cell_fault{errc::type_mismatch, position, named + ": " + value};
}

PENSTOCK_DECL array column_reader::finish() {
    expected_ = builder_.size();
    if (const auto* strings = builder_.try_as<string_builder>()) expected_bytes_ = strings->bytes();
    return builder_.finish();
}

} // namespace penstock::csv::detail
