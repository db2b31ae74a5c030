// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/predicate.hpp>

#include <penstock/columnar/array_builder.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/dates.hpp>
#include <penstock/format/numbers.hpp>

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

/// What a text says in the units of a column of dates or times.
inline std::optional<std::int64_t> in_units_of(const data_type& type, std::string_view text) {
    if (type.id() == type_id::timestamp) return parse_timestamp(text, type.unit(), !type.time_zone().empty());
    if (const auto day = parse_date32(text)) return *day;
    return std::nullopt;
}

template <class T, class L>
void keep_matching(selection& rows, const array& a, comparison_op op, const L& value) {
    std::erase_if(rows, [&](std::uint32_t r) {
        return a.is_null(r) || !holds(op, compare_values(column_traits<T>::at(a, r), value));
    });
}

} // namespace detail

PENSTOCK_DECL selection bound_predicate::evaluate(const record_batch& batch) const {
    selection rows(batch.num_rows());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i);
    for (const auto& t : terms_) {
        const auto& a = batch[t.column];
        if (t.op == comparison_op::is_null || t.op == comparison_op::is_not_null) {
            const bool wanted = t.op == comparison_op::is_null;
            std::erase_if(rows, [&](std::uint32_t r) { return a.is_null(r) != wanted; });
            continue;
        }
        switch (a.type().id()) {
        case type_id::boolean:
            detail::keep_matching<bool>(rows, a, t.op, std::get<bool>(t.value));
            break;
        case type_id::string:
            detail::keep_matching<std::string_view>(rows, a, t.op, std::get<std::string>(t.value));
            break;
        case type_id::int64:
            if (const auto* d = std::get_if<double>(&t.value))
                detail::keep_matching<std::int64_t>(rows, a, t.op, *d);
            else
                detail::keep_matching<std::int64_t>(rows, a, t.op, std::get<std::int64_t>(t.value));
            break;
        case type_id::timestamp:
            detail::keep_matching<std::int64_t>(rows, a, t.op, std::get<std::int64_t>(t.value));
            break;
        case type_id::date32:
            std::erase_if(rows, [&](std::uint32_t r) {
                return a.is_null(r) || !detail::holds(t.op, a.value_at<std::int32_t>(r) <=> std::get<std::int64_t>(t.value));
            });
            break;
        case type_id::float64:
            if (const auto* d = std::get_if<double>(&t.value))
                detail::keep_matching<double>(rows, a, t.op, *d);
            else
                detail::keep_matching<double>(rows, a, t.op, std::get<std::int64_t>(t.value));
            break;
        default:
            break; // bind lets no other through
        }
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
        bool fits = nulls;
        auto value = t.value;
        switch (type.id()) {
        case type_id::boolean:
            fits |= equality && std::holds_alternative<bool>(t.value);
            break;
        case type_id::string:
            fits |= std::holds_alternative<std::string>(t.value);
            break;
        case type_id::int64:
        case type_id::float64:
            fits |= std::holds_alternative<std::int64_t>(t.value) || std::holds_alternative<double>(t.value);
            break;
        case type_id::timestamp:
        case type_id::date32:
            if (const auto* text = std::get_if<std::string>(&t.value); text && !nulls)
                if (const auto units = detail::in_units_of(type, *text)) {
                    value = *units;
                    fits = true;
                }
            break;
        default:
            break;
        }
        if (!fits) {
            const bool dated = type.id() == type_id::timestamp || type.id() == type_id::date32;
            static constexpr const char* kinds[] = {"true or false", "a number", "a number", "a text"};
            return failure{errc::type_mismatch,
                           "where: column \"" + t.column + "\" is " + type.name() +
                               (type == data_type::boolean() && std::holds_alternative<bool>(t.value)
                                    ? " and has no order"
                                    : std::string{" and cannot be compared with "} + kinds[t.value.index()]),
                           dated ? "it takes a text like '2024-02-29', or with a time and no more digits than the column has"
                                 : "texts stand in 'single quotes', numbers and true and false without"};
        }
        out.terms_.push_back({*at, t.op, std::move(value)});
    }
    return out;
}

PENSTOCK_DECL record_batch filter(const record_batch& batch, const selection& rows,
                                  const std::shared_ptr<buffer_pool>& pool) {
    if (rows.size() == batch.num_rows()) return batch;
    return take(batch, rows, pool);
}

} // namespace penstock
