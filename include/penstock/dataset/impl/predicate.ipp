// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/predicate.hpp>

#include <penstock/columnar/decimal.hpp>
#include <penstock/columnar/float16.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/format/scalar_text.hpp>

#include <algorithm>
#include <cmath>
#include <compare>
#include <optional>
#include <utility>

namespace penstock {
namespace detail {

/// Takes a predicate's text apart. What reads a part says false where it cannot, and `fault_` says why.
class predicate_parser {
  public:
    explicit predicate_parser(std::string_view text) : text_{text} {}

    result<std::vector<comparison>> parse() {
        std::vector<comparison> terms;
        do {
            comparison term;
            if (!column(term) || !condition(term)) return fault_;
            terms.push_back(std::move(term));
        } while (word("and"));
        if (!at_end()) {
            refuse("expected \"and\" or the end");
            return fault_;
        }
        return terms;
    }

  private:
    static bool name_byte(char c) noexcept {
        return is_letter(c) || is_digit(c) || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    }

    void skip_space() noexcept {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    }
    bool at_end() noexcept {
        skip_space();
        return at_ == text_.size();
    }
    bool refuse(std::string why) {
        auto near = std::string{text_.substr(at_, 20)};
        fault_ = failure{errc::invalid_option,
                         "where: position " + std::to_string(at_ + 1) + ": " + std::move(why) +
                             (near.empty() ? ", but the text ends" : ", not \"" + near + "\""),
                         "write it like: fare > 40 and status = 'paid' and note is not null"};
        return false;
    }
    std::string_view peek_word() noexcept {
        skip_space();
        auto end = at_;
        while (end < text_.size() && name_byte(text_[end])) ++end;
        return text_.substr(at_, end - at_);
    }
    bool word(std::string_view wanted) noexcept {
        const auto w = peek_word();
        if (!iequals(w, wanted)) return false;
        at_ += w.size();
        return true;
    }
    /// A text between two `quote`s, doubled ones inside.
    bool quoted(char quote, std::string& out) {
        const auto start = at_++;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == quote) {
                ++at_;
                if (at_ == text_.size() || text_[at_] != quote) return true;
            }
            out += text_[at_];
        }
        at_ = start;
        return refuse("this quote is not closed");
    }
    bool column(comparison& term) {
        if (!at_end() && text_[at_] == '"') return quoted('"', term.column);
        const auto w = peek_word();
        if (w.empty() || is_digit(w.front())) return refuse("expected a column's name");
        term.column = w;
        at_ += w.size();
        return true;
    }
    bool condition(comparison& term) {
        if (word("is")) {
            term.op = word("not") ? comparison_op::is_not_null : comparison_op::is_null;
            return word("null") || refuse("expected \"null\"");
        }
        static constexpr std::pair<std::string_view, comparison_op> operators[] = {
            {"==", comparison_op::equal},         {"!=", comparison_op::not_equal},
            {"<>", comparison_op::not_equal},     {"<=", comparison_op::less_equal},
            {">=", comparison_op::greater_equal}, {"=", comparison_op::equal},
            {"<", comparison_op::less},           {">", comparison_op::greater},
        };
        skip_space();
        for (const auto& [text, op] : operators) {
            if (!text_.substr(at_).starts_with(text)) continue;
            at_ += text.size();
            term.op = op;
            return value(term.value);
        }
        return refuse("expected a comparison (= != < <= > >= or \"is null\")");
    }
    bool value(literal& out) {
        if (!at_end() && text_[at_] == '\'') return quoted('\'', out.emplace<std::string>());
        if (word("true")) return out = true, true;
        if (word("false")) return out = false, true;
        if (word("null")) {
            at_ -= 4;
            return refuse("nothing equals null: write \"is null\" or \"is not null\"");
        }
        return number(out);
    }
    bool number(literal& out) {
        auto end = at_;
        while (end < text_.size()) {
            const char c = text_[end];
            const bool sign = (c == '-' || c == '+') && (end == at_ || lower(text_[end - 1]) == 'e');
            if (!sign && !name_byte(c)) break;
            ++end;
        }
        const auto digits = text_.substr(at_, end - at_);
        const bool starts = !digits.empty() && (digits[0] == '-' || digits[0] == '+' || digits[0] == '.' ||
                                                is_digit(digits[0]));
        if (!starts) return refuse("expected a number, 'text', true or false");
        if (const auto i = parse_int64(digits)) {
            out = *i;
        } else if (digits.find_first_not_of("+-0123456789") == digits.npos) {
            return refuse("expected a number that fits 64 bits");
        } else if (const auto d = parse_float64(digits)) {
            out = *d;
        } else {
            return refuse("expected a number");
        }
        at_ = end;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    failure fault_;
};

/// An integer and a double by their exact values.
inline std::partial_ordering compare_values(std::int64_t a, double b) noexcept {
    if (std::isnan(b)) return std::partial_ordering::unordered;
    if (b >= 0x1p63) return std::partial_ordering::less;
    if (b < -0x1p63) return std::partial_ordering::greater;
    const auto whole = static_cast<std::int64_t>(b);
    if (a != whole) return a <=> whole;
    const double rest = b - static_cast<double>(whole); // exact: both are near each other
    return rest > 0   ? std::partial_ordering::less
           : rest < 0 ? std::partial_ordering::greater
                      : std::partial_ordering::equivalent;
}
inline std::partial_ordering compare_values(double a, std::int64_t b) noexcept {
    return 0 <=> compare_values(b, a);
}
inline std::partial_ordering compare_values(std::int64_t a, std::int64_t b) noexcept { return a <=> b; }
inline std::partial_ordering compare_values(double a, double b) noexcept { return a <=> b; }
inline std::partial_ordering compare_values(std::uint64_t a, std::int64_t b) noexcept {
    return b < 0 ? std::partial_ordering::greater : a <=> static_cast<std::uint64_t>(b);
}
inline std::partial_ordering compare_values(std::uint64_t a, double b) noexcept {
    if (a >> 63 == 0) return compare_values(static_cast<std::int64_t>(a), b);
    if (std::isnan(b)) return std::partial_ordering::unordered;
    if (b >= 0x1p64) return std::partial_ordering::less;
    if (b < 0x1p63) return std::partial_ordering::greater;
    return a <=> static_cast<std::uint64_t>(b); // whole numbers only, up there
}
inline std::partial_ordering compare_values(const decimal256_value& a, int scale, const scaled_decimal& b) noexcept {
    return compare_decimals(a, scale, b.digits, b.scale);
}
inline std::partial_ordering compare_values(bool a, bool b) noexcept { return a <=> b; }
inline std::partial_ordering compare_values(std::string_view a, const std::string& b) noexcept {
    return a <=> std::string_view{b};
}

inline bool holds(comparison_op op, std::partial_ordering o) noexcept {
    switch (op) {
    case comparison_op::equal:
        return o == 0;
    case comparison_op::not_equal:
        return o != 0;
    case comparison_op::less:
        return o < 0;
    case comparison_op::less_equal:
        return o <= 0;
    case comparison_op::greater:
        return o > 0;
    case comparison_op::greater_equal:
        return o >= 0;
    case comparison_op::is_null:
    case comparison_op::is_not_null:
        break;
    }
    return false;
}

/// Rows for which `compare(row, value)` says what the operator wants.
template <class Literal, class Compare>
void keep_if(selection& rows, const array& a, comparison_op op, const comparable& value, Compare compare) {
    const auto& literal = std::get<Literal>(value);
    std::erase_if(rows, [&](std::uint32_t r) { return a.is_null(r) || !holds(op, compare(r, literal)); });
}

/// `read(row)` gives a number, which is compared with whole literals and others.
template <class Read>
void keep_numbers(selection& rows, const array& a, comparison_op op, const comparable& value, Read read) {
    const auto compare = [&](std::uint32_t r, const auto& literal) { return compare_values(read(r), literal); };
    if (std::holds_alternative<double>(value))
        keep_if<double>(rows, a, op, value, compare);
    else
        keep_if<std::int64_t>(rows, a, op, value, compare);
}

/// Integers of any width but uint64, and what is one in memory.
template <class T>
void keep_integers(selection& rows, const array& a, comparison_op op, const comparable& value) {
    keep_numbers(rows, a, op, value, [&](std::uint32_t r) { return static_cast<std::int64_t>(a.value_at<T>(r)); });
}

/// Precondition: the literal was made for the type by `literal_for`.
inline void keep_matching(selection& rows, const array& a, comparison_op op, const comparable& value) {
    switch (a.type().id()) {
    case type_id::boolean:
        return keep_if<bool>(rows, a, op, value,
                             [&](std::uint32_t r, bool b) { return compare_values(a.boolean_at(r), b); });
    case type_id::int8:
        return keep_integers<std::int8_t>(rows, a, op, value);
    case type_id::int16:
        return keep_integers<std::int16_t>(rows, a, op, value);
    case type_id::int32:
    case type_id::date32:
    case type_id::time32:
        return keep_integers<std::int32_t>(rows, a, op, value);
    case type_id::int64:
    case type_id::date64:
    case type_id::time64:
    case type_id::timestamp:
    case type_id::duration:
        return keep_integers<std::int64_t>(rows, a, op, value);
    case type_id::uint8:
        return keep_integers<std::uint8_t>(rows, a, op, value);
    case type_id::uint16:
        return keep_integers<std::uint16_t>(rows, a, op, value);
    case type_id::uint32:
        return keep_integers<std::uint32_t>(rows, a, op, value);
    case type_id::uint64:
        return keep_numbers(rows, a, op, value, [&](std::uint32_t r) { return a.value_at<std::uint64_t>(r); });
    case type_id::float16:
        return keep_numbers(rows, a, op, value,
                            [&](std::uint32_t r) { return static_cast<double>(to_float(a.value_at<float16>(r))); });
    case type_id::float32:
        return keep_numbers(rows, a, op, value,
                            [&](std::uint32_t r) { return static_cast<double>(a.value_at<float>(r)); });
    case type_id::float64:
        return keep_numbers(rows, a, op, value, [&](std::uint32_t r) { return a.float64_at(r); });
    case type_id::decimal128:
        return keep_if<scaled_decimal>(rows, a, op, value, [&](std::uint32_t r, const scaled_decimal& b) {
            return compare_values(to_decimal256(a.value_at<decimal128_value>(r)), a.type().scale(), b);
        });
    case type_id::decimal256:
        return keep_if<scaled_decimal>(rows, a, op, value, [&](std::uint32_t r, const scaled_decimal& b) {
            return compare_values(a.value_at<decimal256_value>(r), a.type().scale(), b);
        });
    case type_id::dictionary: { // each value once
        selection entries(a.dictionary().size());
        for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = static_cast<std::uint32_t>(i);
        keep_matching(entries, a.dictionary(), op, value);
        std::vector<bool> matches(a.dictionary().size());
        for (const auto e : entries) matches[e] = true;
        std::erase_if(rows, [&](std::uint32_t r) { return a.is_null(r) || !matches[a.index_at(r)]; });
        return;
    }
    default:
        return keep_if<std::string>(rows, a, op, value, [&](std::uint32_t r, const std::string& b) {
            return compare_values(a.bytes_at(r), b);
        });
    }
}

/// The literal's own digits.
inline scaled_decimal decimal_of(const literal& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) return {to_decimal256(*i), 0};
    // The shortest text that reads back as the number is what was written, or means the same: up to 17 digits.
    std::string text;
    append_float64(text, std::get<double>(value));
    const auto e = text.find('e');
    const auto mantissa = text.substr(0, e);
    const auto point = mantissa.find('.');
    const auto behind = point == mantissa.npos ? 0 : static_cast<int>(mantissa.size() - point - 1);
    const auto exponent = e == text.npos ? 0 : static_cast<int>(*parse_int64(text.substr(e + 1)));
    return {parse_decimal256(mantissa, 76, behind).value(), behind - exponent};
}

/// What the values of a date, time or duration are compared with; none when the text is none.
inline std::optional<std::int64_t> time_of(const data_type& type, const std::string& text) {
    switch (type.id()) {
    case type_id::date32:
        return parse_date32(text);
    case type_id::date64:
        return parse_date64(text);
    case type_id::time32:
    case type_id::time64:
        return parse_time(text, type.unit());
    case type_id::timestamp:
        return parse_timestamp(text, type.unit(), !type.time_zone().empty());
    case type_id::duration:
        return parse_duration(text, type.unit());
    default:
        return std::nullopt;
    }
}

/// The literal as values of the type are compared with it; none where they cannot be.
inline std::optional<comparable> literal_for(const data_type& type, const literal& value) {
    const auto id = type.id();
    const auto* text = std::get_if<std::string>(&value);
    const bool number = std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
    if (id == type_id::dictionary) return literal_for(type.value_type(), value);
    if (id == type_id::boolean && std::holds_alternative<bool>(value)) return std::get<bool>(value);
    if ((is_text(id) || is_binary(id)) && text) return *text;
    if (is_decimal(id) && number) return decimal_of(value);
    if ((is_integer(id) || is_floating(id)) && number)
        return std::visit([](const auto& v) -> comparable { return v; }, value);
    if (is_temporal(id) && text)
        if (const auto at = time_of(type, *text)) return *at;
    return std::nullopt;
}

} // namespace detail

PENSTOCK_DECL selection bound_predicate::evaluate(const record_batch& batch) const {
    selection rows(batch.num_rows());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
    for (const auto& t : terms_) {
        const auto& a = batch[t.column];
        if (t.op == comparison_op::is_null || t.op == comparison_op::is_not_null) {
            const bool wanted = t.op == comparison_op::is_null;
            std::erase_if(rows, [&](std::uint32_t r) { return is_null_value(a, r) != wanted; });
            continue;
        }
        detail::keep_matching(rows, a, t.op, t.value);
    }
    return rows;
}

PENSTOCK_DECL result<predicate> predicate::parse(std::string_view text) {
    auto terms = detail::predicate_parser{text}.parse();
    if (!terms) return terms.error();
    return predicate{std::move(*terms)};
}

PENSTOCK_DECL std::vector<std::string> predicate::columns() const {
    std::vector<std::string> out;
    for (const auto& t : terms_)
        if (std::find(out.begin(), out.end(), t.column) == out.end()) out.push_back(t.column);
    return out;
}

PENSTOCK_DECL result<bound_predicate> predicate::bind(const schema& s) const {
    bound_predicate out;
    for (const auto& t : terms_) {
        const auto at = s.find(t.column);
        if (!at) return at.error();
        const auto type = s[*at].type();
        const bool nulls = t.op == comparison_op::is_null || t.op == comparison_op::is_not_null;
        const bool equality = t.op == comparison_op::equal || t.op == comparison_op::not_equal;
        const auto ordered = type.id() != type_id::boolean || equality;
        auto value = nulls ? std::optional<detail::comparable>{false} : detail::literal_for(type, t.value);
        if (!value || !(nulls || ordered)) {
            static constexpr const char* kinds[] = {"true or false", "a number", "a number", "a text"};
            return failure{errc::type_mismatch,
                           "where: column \"" + t.column + "\" is " + type.name() +
                               (type == data_type::boolean() && std::holds_alternative<bool>(t.value)
                                    ? " and has no order"
                                    : std::string{" and cannot be compared with "} + kinds[t.value.index()]),
                           is_temporal(type.id()) ? "dates and times are texts in ISO 8601: '2024-02-29T12:00:00'"
                                                  : "texts stand in 'single quotes', numbers and true and false without"};
        }
        out.terms_.push_back({*at, t.op, std::move(*value)});
    }
    return out;
}

PENSTOCK_DECL record_batch filter(const record_batch& batch, const selection& rows,
                                  const std::shared_ptr<buffer_pool>& pool) {
    if (rows.size() == batch.num_rows()) return batch;
    return take(batch, rows, pool);
}

} // namespace penstock
