// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/json_fault.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/format/numbers.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <charconv>
#include <cstdint>
#include <vector>

namespace penstock::json::detail {

using penstock::detail::hex_value;
using penstock::detail::is_digit;

class fault_finder {
  public:
    explicit fault_finder(std::string_view text) : text_{text} {}

    json_fault run() {
        const char* what = value();
        while (!what && !open_.empty()) what = open_.back() ? next_member() : next_element();
        if (!what) {
            space();
            if (!at_end()) what = "something follows the value";
        }
        if (!what) return {};
        return {i_, what};
    }

  private:
    bool at_end() const noexcept { return i_ == text_.size(); }
    char peek() const noexcept { return at_end() ? '\0' : text_[i_]; }
    bool take(char c) noexcept {
        if (at_end() || text_[i_] != c) return false;
        ++i_;
        return true;
    }
    void space() noexcept { i_ = skip_json_space(text_, i_); }

    /// A scalar, or the opening of an object or array with its first key or value still to come.
    const char* value() {
        space();
        if (at_end()) return "the text ends where a value should be";
        switch (peek()) {
        case '"':
            return string();
        case '{':
        case '[':
            return open(peek() == '{');
        case 't':
            return literal("true");
        case 'f':
            return literal("false");
        case 'n':
            return literal("null");
        default:
            break;
        }
        if (peek() == '-' || is_digit(peek())) return number();
        return "not a JSON value";
    }

    const char* open(bool object) {
        if (open_.size() + 1 >= max_json_depth) return "objects and arrays nest too deeply";
        ++i_;
        open_.push_back(object);
        first_ = true;
        return nullptr;
    }

    const char* next_member() {
        space();
        if (take('}')) return close();
        if (const char* what = comma("expected ',' or '}'")) return what;
        space();
        if (at_end()) return "the text ends inside an object";
        if (peek() != '"') return "expected a key in quotation marks";
        if (const char* what = string()) return what;
        space();
        if (!take(':')) return at_end() ? "the text ends inside an object" : "expected ':' after a key";
        return value();
    }

    const char* next_element() {
        space();
        if (take(']')) return close();
        if (const char* what = comma("expected ',' or ']'")) return what;
        return value();
    }

    const char* close() noexcept {
        open_.pop_back();
        first_ = false;
        return nullptr;
    }

    /// The comma in front of all members but the first.
    const char* comma(const char* otherwise) noexcept {
        if (first_) {
            first_ = false;
            return nullptr;
        }
        if (at_end())
            return open_.back() ? "the text ends inside an object" : "the text ends inside an array";
        return take(',') ? nullptr : otherwise;
    }

    const char* literal(std::string_view word) noexcept {
        if (text_.substr(i_, word.size()) != word) return "not a JSON value";
        i_ += word.size();
        return nullptr;
    }

    const char* digits(const char* otherwise) noexcept {
        if (!is_digit(peek())) return otherwise;
        while (is_digit(peek())) ++i_;
        return nullptr;
    }
    const char* number() noexcept {
        take('-');
        if (take('0')) {
            if (is_digit(peek())) return "a number has a leading zero";
        } else if (const char* what = digits("expected a digit")) {
            return what;
        }
        if (take('.'))
            if (const char* what = digits("expected a digit after the decimal point")) return what;
        if (peek() == 'e' || peek() == 'E') {
            ++i_;
            if (peek() == '+' || peek() == '-') ++i_;
            return digits("expected a digit in the exponent");
        }
        return nullptr;
    }

    const char* string() noexcept {
        ++i_;
        while (!at_end()) {
            const char c = text_[i_];
            if (static_cast<unsigned char>(c) < 0x20)
                return "a control character in a string must be escaped";
            if (c == '\\') {
                if (const char* what = escape()) return what;
                continue;
            }
            ++i_;
            if (c == '"') return nullptr;
        }
        return "the text ends inside a string";
    }

    const char* escape() noexcept {
        constexpr const char* lone = "an escaped surrogate without its other half";
        const auto start = i_++;
        if (at_end()) return "the text ends inside a string";
        const char c = text_[i_++];
        if (std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos) return nullptr;
        if (c != 'u') return fault_at(start, "unknown escape in a string");
        unsigned unit = 0;
        if (!hex4(unit)) return fault_at(start, "\\u needs four hexadecimal digits");
        if (unit < 0xd800 || unit > 0xdfff) return nullptr;
        if (unit > 0xdbff || text_.substr(i_, 2) != "\\u") return fault_at(start, lone);
        i_ += 2;
        if (!hex4(unit)) return fault_at(start, "\\u needs four hexadecimal digits");
        return unit >= 0xdc00 && unit <= 0xdfff ? nullptr : fault_at(start, lone);
    }
    const char* fault_at(std::size_t at, const char* what) noexcept {
        i_ = at;
        return what;
    }
    bool hex4(unsigned& unit) noexcept {
        if (text_.size() - i_ < 4) return false;
        unit = 0;
        for (const auto end = i_ + 4; i_ < end; ++i_) {
            const int digit = hex_value(text_[i_]);
            if (digit < 0) return false;
            unit = unit << 4 | static_cast<unsigned>(digit);
        }
        return true;
    }

    std::string_view text_;
    std::size_t i_ = 0;
    std::vector<bool> open_; // true: an object
    bool first_ = false;     // nothing stands yet in the innermost of them
};

inline bool is_wide_number(std::string_view t) noexcept {
    if (t.find_first_of(".eE") != std::string_view::npos) return !parse_float64(t).has_value();
    const auto* end = t.data() + t.size();
    std::int64_t narrow = 0;
    std::uint64_t natural = 0;
    return std::from_chars(t.data(), end, narrow).ec != std::errc{} &&
           std::from_chars(t.data(), end, natural).ec != std::errc{};
}

PENSTOCK_DECL json_fault find_json_fault(std::string_view text) { return fault_finder{text}.run(); }

PENSTOCK_DECL std::string quote_wide_numbers(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 64);
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        auto end = i + 1;
        bool wide = false;
        if (c == '"') {
            end = skip_json_string(text, i);
        } else if (c == '-' || is_digit(c)) {
            end = text.find_first_not_of("0123456789+-.eE", i);
            if (end == std::string_view::npos) end = text.size();
            wide = is_wide_number(text.substr(i, end - i));
        }
        if (wide) out += '"';
        out += text.substr(i, end - i);
        if (wide) out += '"';
        i = end;
    }
    return out;
}

} // namespace penstock::json::detail
