// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/decimal.hpp>

#include <penstock/columnar/detail/magnitude.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace penstock {
namespace detail {

inline constexpr bool decimal_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A decimal number's text, taken apart: `digits()` of them without the point, times 10^`exponent`.
class decimal_text {
  public:
    bool parse(std::string_view text) noexcept {
        const auto* p = text.data();
        const auto* const end = p + text.size();
        if (p != end && (*p == '-' || *p == '+')) negative_ = *p++ == '-';
        whole_ = run(p, end);
        if (p != end && *p == '.') {
            ++p;
            fraction_ = run(p, end);
        }
        if (whole_.empty() && fraction_.empty()) return false;
        exponent_ = -static_cast<std::int64_t>(fraction_.size());
        if (p != end && (*p == 'e' || *p == 'E') && !exponent(++p, end)) return false;
        if (p != end) return false;
        // zeros in front count for nothing
        whole_ = whole_.substr(skip_zeros(whole_));
        if (whole_.empty()) fraction_ = fraction_.substr(skip_zeros(fraction_));
        return true;
    }

    bool negative() const noexcept { return negative_; }
    std::int64_t exponent() const noexcept { return exponent_; }
    std::int64_t digits() const noexcept { return static_cast<std::int64_t>(whole_.size() + fraction_.size()); }
    char operator[](std::int64_t i) const noexcept {
        const auto at = static_cast<std::size_t>(i);
        return at < whole_.size() ? whole_[at] : fraction_[at - whole_.size()];
    }

  private:
    static std::string_view run(const char*& p, const char* end) noexcept {
        const auto* const begin = p;
        while (p != end && decimal_digit(*p)) ++p;
        return {begin, static_cast<std::size_t>(p - begin)};
    }
    static std::size_t skip_zeros(std::string_view digits) noexcept {
        std::size_t n = 0;
        while (n < digits.size() && digits[n] == '0') ++n;
        return n;
    }
    bool exponent(const char*& p, const char* end) noexcept {
        bool down = false;
        if (p != end && (*p == '-' || *p == '+')) down = *p++ == '-';
        const auto digits = run(p, end);
        if (digits.empty()) return false;
        constexpr std::int64_t beyond_any_text = std::int64_t{1} << 56;
        std::int64_t e = 0;
        for (const char c : digits) e = std::min(e * 10 + (c - '0'), beyond_any_text);
        exponent_ += down ? -e : e;
        return true;
    }

    bool negative_ = false;
    std::int64_t exponent_ = 0;
    std::string_view whole_;
    std::string_view fraction_;
};

/// Digits without a remainder at that scale, or none.
template <std::size_t N>
bool read_digits(const decimal_text& text, int precision, int scale, magnitude<N>& out) noexcept {
    const auto shift = text.exponent() + scale;
    auto digits = text.digits();
    for (auto cut = shift; cut < 0 && digits > 0; ++cut)
        if (text[--digits] != '0') return false;
    if (digits == 0) return true;
    const auto zeros = std::max<std::int64_t>(shift, 0);
    if (digits > precision || zeros > precision - digits) return false;
    for (std::int64_t i = 0; i < digits;) {
        const auto n = std::min<std::int64_t>(digits - i, word_digits);
        std::uint64_t word = 0;
        for (const auto last = i + n; i < last; ++i) word = word * 10 + static_cast<std::uint64_t>(text[i] - '0');
        out.multiply_add(powers_of_ten[n], word);
    }
    return out.scale_up(zeros);
}

template <std::size_t N>
auto parse_decimal(std::string_view text, int precision, int scale) noexcept
    -> std::optional<decltype(with_sign(magnitude<N>{}, false))> {
    decimal_text parts;
    magnitude<N> digits;
    if (!parts.parse(text) || !read_digits(parts, precision, scale, digits)) return std::nullopt;
    return with_sign(digits, parts.negative());
}

/// The digits of a number, "0" for none.
template <std::size_t N>
class digit_text {
  public:
    explicit digit_text(magnitude<N> m) noexcept {
        do {
            auto word = m.divide(powers_of_ten[word_digits]);
            for (int i = 0; i < word_digits; ++i, word /= 10) buffer_[--first_] = static_cast<char>('0' + word % 10);
        } while (!m.zero());
        while (first_ + 1 < size && buffer_[first_] == '0') ++first_;
    }
    std::string_view text() const noexcept { return {buffer_ + first_, size - first_}; }

  private:
    static constexpr std::size_t size = (N * 64 * 31 / 100 / word_digits + 1) * word_digits;
    char buffer_[size];
    std::size_t first_ = size;
};

inline constexpr std::int64_t most_zeros = 76;

template <class Value>
void append_decimal_text(std::string& out, const Value& value, int scale) {
    const auto m = magnitude_of(value);
    const digit_text all{m};
    const auto digits = all.text();
    const auto n = static_cast<std::int64_t>(digits.size());
    const auto behind = static_cast<std::int64_t>(scale);
    if (is_negative(value)) out += '-';
    if (behind > n + most_zeros || (behind < -most_zeros && !m.zero())) {
        out += digits;
        out += behind > 0 ? "E-" : "E+";
        out += std::to_string(behind > 0 ? behind : -behind);
    } else if (behind <= 0) {
        out += digits;
        if (!m.zero()) out.append(static_cast<std::size_t>(-behind), '0');
    } else if (n > behind) {
        out += digits.substr(0, static_cast<std::size_t>(n - behind));
        out += '.';
        out += digits.substr(static_cast<std::size_t>(n - behind));
    } else {
        out += "0.";
        out.append(static_cast<std::size_t>(behind - n), '0');
        out += digits;
    }
}

template <class Value>
bool has_precision(const Value& value, int precision) noexcept {
    return digit_text{magnitude_of(value)}.text().size() <= static_cast<std::size_t>(std::max(precision, 1));
}

template <class Value>
std::optional<Value> rescaled(const Value& value, int from, int to, int precision) noexcept {
    auto m = magnitude_of(value);
    const auto shift = static_cast<std::int64_t>(to) - from;
    if (!(shift < 0 ? m.scale_down(-shift) : m.scale_up(shift))) return std::nullopt;
    if (digit_text{m}.text().size() > static_cast<std::size_t>(precision)) return std::nullopt;
    return with_sign(m, is_negative(value));
}

template <class Value>
double nearest_double(const Value& value, int scale) noexcept {
    const auto m = magnitude_of(value);
    bool small = m.words[0] <= std::uint64_t{1} << 53;
    for (std::size_t i = 1; i < std::size(m.words); ++i) small = small && m.words[i] == 0;
    const double sign = is_negative(value) ? -1 : 1;
    if (m.zero()) return 0;
    // Both are exact, so their quotient is rounded once.
    if (small && scale >= 0 && scale <= 15)
        return sign * (static_cast<double>(m.words[0]) / static_cast<double>(powers_of_ten[scale]));
    const digit_text all{m};
    const auto digits = all.text();
    char text[128];
    auto* p = std::copy(digits.begin(), digits.end(), text);
    *p++ = 'e';
    p = std::to_chars(p, text + sizeof text, -static_cast<std::int64_t>(scale)).ptr;
    double out = 0;
    if (std::from_chars(text, p, out).ec == std::errc::result_out_of_range)
        out = scale < 0 ? std::numeric_limits<double>::infinity() : 0.0;
    return sign * out;
}

/// Whole digits of the number times 10^scale, as text with a sign; empty for NaN and infinity.
inline std::string rounded_text(double number, int scale) {
    if (!std::isfinite(number)) return {};
    constexpr int most_behind = 1074; // digits behind the point of any double
    constexpr int most_before = 309;
    std::array<char, most_before + most_behind + 3> text{};
    const auto write = [&](int behind) {
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, behind);
        return std::string{text.data(), end.ptr};
    };
    if (scale >= 0) {
        const auto behind = std::min(scale, most_behind);
        auto out = write(behind);
        if (behind) out.erase(out.find('.'), 1);
        return out; // with more behind, any double but 0 has more digits than any decimal
    }
    // Exactly, then rounded half to even before the point.
    auto exact = write(most_behind);
    const std::string sign = exact[0] == '-' ? "-" : "";
    exact.erase(0, sign.size());
    const auto cut = -static_cast<std::int64_t>(scale);
    const auto before = static_cast<std::int64_t>(exact.find('.'));
    exact.erase(static_cast<std::size_t>(before), 1);
    if (cut > before) return "0";
    const auto kept = static_cast<std::size_t>(before - cut);
    auto out = exact.substr(0, kept);
    const bool half = exact[kept] == '5' && exact.find_first_not_of('0', kept + 1) == exact.npos;
    const bool odd = !out.empty() && (out.back() - '0') % 2 == 1;
    if (exact[kept] > '5' || (exact[kept] == '5' && (!half || odd))) {
        out.insert(0, 1, '0');
        auto at = out.size() - 1;
        for (; out[at] == '9'; --at) out[at] = '0';
        ++out[at];
    }
    if (out.empty()) return "0";
    return sign + out;
}

} // namespace detail

PENSTOCK_DECL std::optional<decimal128_value> parse_decimal128(std::string_view text, int precision,
                                                               int scale) noexcept {
    return detail::parse_decimal<2>(text, precision, scale);
}
PENSTOCK_DECL std::optional<decimal256_value> parse_decimal256(std::string_view text, int precision,
                                                               int scale) noexcept {
    return detail::parse_decimal<4>(text, precision, scale);
}

PENSTOCK_DECL void append_decimal(std::string& out, const decimal128_value& value, int scale) {
    detail::append_decimal_text(out, value, scale);
}
PENSTOCK_DECL void append_decimal(std::string& out, const decimal256_value& value, int scale) {
    detail::append_decimal_text(out, value, scale);
}

PENSTOCK_DECL bool fits_precision(const decimal128_value& value, int precision) noexcept {
    return detail::has_precision(value, precision);
}
PENSTOCK_DECL bool fits_precision(const decimal256_value& value, int precision) noexcept {
    return detail::has_precision(value, precision);
}

PENSTOCK_DECL std::optional<decimal128_value> rescale(const decimal128_value& value, int from, int to,
                                                      int precision) noexcept {
    return detail::rescaled(value, from, to, precision);
}
PENSTOCK_DECL std::optional<decimal256_value> rescale(const decimal256_value& value, int from, int to,
                                                      int precision) noexcept {
    return detail::rescaled(value, from, to, precision);
}

PENSTOCK_DECL std::strong_ordering compare_decimals(const decimal256_value& a, int a_scale, const decimal256_value& b,
                                                    int b_scale) noexcept {
    if (a_scale == b_scale) return a <=> b;
    const bool negative = detail::is_negative(a);
    if (negative != detail::is_negative(b))
        return negative ? std::strong_ordering::less : std::strong_ordering::greater;
    auto x = detail::magnitude_of(a);
    auto y = detail::magnitude_of(b);
    if (x.zero() || y.zero()) return !x.zero() <=> !y.zero(); // of one sign, that is not negative then
    // What does not fit any more is larger than what does.
    const auto shift = static_cast<std::int64_t>(a_scale) - b_scale;
    auto order = std::strong_ordering::equal;
    if (!(shift < 0 ? x.scale_up(-shift) : y.scale_up(shift)))
        order = shift < 0 ? std::strong_ordering::greater : std::strong_ordering::less;
    else if (x < y || y < x)
        order = x < y ? std::strong_ordering::less : std::strong_ordering::greater;
    return negative ? 0 <=> order : order;
}

PENSTOCK_DECL std::optional<std::int64_t> to_int64(const decimal256_value& value, int scale) noexcept {
    const auto whole = rescale(value, scale, 0, 76);
    if (!whole) return std::nullopt;
    const auto out = static_cast<std::int64_t>(whole->words[0]);
    if (to_decimal256(to_decimal128(out)) != *whole) return std::nullopt;
    return out;
}

PENSTOCK_DECL double to_double(const decimal128_value& value, int scale) noexcept {
    return detail::nearest_double(value, scale);
}
PENSTOCK_DECL double to_double(const decimal256_value& value, int scale) noexcept {
    return detail::nearest_double(value, scale);
}

PENSTOCK_DECL std::optional<decimal128_value> to_decimal128(double number, int precision, int scale) {
    return parse_decimal128(detail::rounded_text(number, scale), precision, 0);
}
PENSTOCK_DECL std::optional<decimal256_value> to_decimal256(double number, int precision, int scale) {
    return parse_decimal256(detail::rounded_text(number, scale), precision, 0);
}

} // namespace penstock
