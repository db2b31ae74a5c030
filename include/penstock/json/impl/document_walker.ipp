// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/detail/document_walker.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/json/detail/raw_json.hpp>

#include <utility>

namespace penstock::json::detail {

inline constexpr const char* wrong_utf8 = "the text is not UTF-8";

PENSTOCK_DECL document_walker::document_walker(std::vector<std::string> path) : path_{std::move(path)} {}

PENSTOCK_DECL document_walker::at document_walker::fail(std::string what, errc code) {
    what_ = std::move(what);
    code_ = code;
    return at::fault;
}

PENSTOCK_DECL document_walker::at document_walker::walk(std::string_view piece, std::size_t& i) {
    while (i < piece.size()) {
        const char c = piece[i];
        if (state_ == state::string && !wanted_) {
            // most of what is passed over are plain characters of strings
            const auto from = i;
            while (i < piece.size() && static_cast<unsigned char>(piece[i]) >= 0x20 &&
                   static_cast<unsigned char>(piece[i]) < 0x80 && piece[i] != '"' && piece[i] != '\\')
                ++i;
            if (i != from) continue;
        }
        if ((state_ == state::value || state_ == state::first_value) && !is_json_space(c)) {
            if (state_ == state::value || c != ']') begin_element();
            if (on_path() && matched_ == path_.size() && (state_ == state::value || c != ']')) {
                found_ = true;
                return at::target;
            }
        }
        bool again = false;
        if (const char* what = step(c, again)) {
            if (what != wrong_utf8) return fail(what);
            return fail({}, errc::invalid_utf8);
        }
        if (!again) ++i;
    }
    return at::piece_end;
}

PENSTOCK_DECL bool document_walker::finish() {
    switch (state_) {
    case state::zero:
    case state::digits:
    case state::fraction:
    case state::exponent_digits:
        end_value();
        break;
    default:
        break;
    }
    if (state_ == state::behind_value && open_.empty()) {
        if (!found_) fail(missing(), errc::unknown_column);
        return found_;
    }
    const bool in_string = state_ >= state::string;
    fail(in_string          ? "the text ends inside a string"
         : open_.empty()    ? "the text ends where a value should be"
         : open_.back()     ? "the text ends inside an object"
                            : "the text ends inside an array");
    return false;
}

/// Null where all is well; `again`: the byte was not used.
PENSTOCK_DECL const char* document_walker::step(char c, bool& again) {
    using penstock::detail::is_digit;
    switch (state_) {
    case state::value:
        return is_json_space(c) ? nullptr : begin_value(c);
    case state::first_value:
        if (is_json_space(c)) return nullptr;
        return c == ']' ? close() : begin_value(c);
    case state::first_key:
        if (c == '}') return close();
        [[fallthrough]];
    case state::key:
        if (is_json_space(c)) return nullptr;
        if (c != '"') return "expected a key in quotation marks";
        state_ = state::string;
        is_key_ = true;
        wanted_ = !found_ && open_.size() == matched_ + 1;
        key_.clear();
        return nullptr;
    case state::colon:
        if (is_json_space(c)) return nullptr;
        if (c != ':') return "expected ':' after a key";
        state_ = state::value;
        return nullptr;
    case state::behind_value:
        if (is_json_space(c)) return nullptr;
        if (open_.empty()) return "something follows the value";
        if (c == ',') {
            state_ = in_object() ? state::key : state::value;
            return nullptr;
        }
        if (c == (in_object() ? '}' : ']')) return close();
        return in_object() ? "expected ',' or '}'" : "expected ',' or ']'";
    case state::literal:
        if (c != *rest_) return "not a JSON value";
        if (*++rest_ == '\0') end_value();
        return nullptr;
    case state::minus:
        if (!is_digit(c)) return "expected a digit";
        state_ = c == '0' ? state::zero : state::digits;
        return nullptr;
    case state::zero:
        if (is_digit(c)) return "a number has a leading zero";
        [[fallthrough]];
    case state::digits:
        if (is_digit(c)) return nullptr;
        if (c == '.') {
            state_ = state::point;
            return nullptr;
        }
        [[fallthrough]];
    case state::fraction:
        if (is_digit(c)) return nullptr;
        if (c == 'e' || c == 'E') {
            state_ = state::exponent;
            return nullptr;
        }
        again = true;
        end_value();
        return nullptr;
    case state::point:
        if (!is_digit(c)) return "expected a digit after the decimal point";
        state_ = state::fraction;
        return nullptr;
    case state::exponent:
        if (c == '+' || c == '-') {
            state_ = state::exponent_sign;
            return nullptr;
        }
        [[fallthrough]];
    case state::exponent_sign:
        if (!is_digit(c)) return "expected a digit in the exponent";
        state_ = state::exponent_digits;
        return nullptr;
    case state::exponent_digits:
        if (is_digit(c)) return nullptr;
        again = true;
        end_value();
        return nullptr;
    default:
        return in_string(c);
    }
}

PENSTOCK_DECL const char* document_walker::begin_value(char c) {
    switch (c) {
    case '{':
    case '[':
        return open(c == '{');
    case '"':
        state_ = state::string;
        is_key_ = wanted_ = false;
        return nullptr;
    case 't':
        rest_ = "rue";
        break;
    case 'f':
        rest_ = "alse";
        break;
    case 'n':
        rest_ = "ull";
        break;
    default:
        if (c != '-' && !penstock::detail::is_digit(c)) return "not a JSON value";
        state_ = c == '-' ? state::minus : c == '0' ? state::zero : state::digits;
        return nullptr;
    }
    state_ = state::literal;
    return nullptr;
}

PENSTOCK_DECL const char* document_walker::open(bool object) {
    if (open_.size() + 1 >= max_json_depth) return "objects and arrays nest too deeply";
    if (on_path() && !object) {
        elements_.resize(open_.size() + 1);
        elements_.back() = 0;
    }
    open_.push_back(object);
    state_ = object ? state::first_key : state::first_value;
    return nullptr;
}

PENSTOCK_DECL const char* document_walker::close() {
    open_.pop_back();
    end_value();
    return nullptr;
}

/// The value at hand is over.
PENSTOCK_DECL void document_walker::end_value() {
    if (!found_ && matched_ > 0 && open_.size() == matched_) --matched_; // another may still be the one
    state_ = state::behind_value;
}

/// A value begins in an array, perhaps the one that the path names.
PENSTOCK_DECL void document_walker::begin_element() {
    if (found_ || open_.size() != matched_ + 1 || open_.back()) return;
    if (std::to_string(elements_[matched_]++) != path_[matched_]) return;
    ++matched_;
    longest_match_ = std::max(longest_match_, matched_);
}

// ----------------------------------------------------------------------------------------------------
// strings

PENSTOCK_DECL void document_walker::take(char c) {
    if (wanted_ && key_.size() <= path_[matched_].size()) key_ += c;
}

PENSTOCK_DECL void document_walker::take(std::uint32_t c) {
    const auto tail = [&](int shift) { take(static_cast<char>(0x80 | (c >> shift & 0x3f))); };
    if (c < 0x80) {
        take(static_cast<char>(c));
    } else if (c < 0x800) {
        take(static_cast<char>(0xc0 | c >> 6));
        tail(0);
    } else if (c < 0x10000) {
        take(static_cast<char>(0xe0 | c >> 12));
        tail(6);
        tail(0);
    } else {
        take(static_cast<char>(0xf0 | c >> 18));
        tail(12);
        tail(6);
        tail(0);
    }
}

PENSTOCK_DECL void document_walker::end_string() {
    if (!is_key_) return end_value();
    state_ = state::colon;
    if (!wanted_ || key_ != path_[matched_]) return;
    ++matched_;
    longest_match_ = std::max(longest_match_, matched_);
}

PENSTOCK_DECL const char* document_walker::in_string(char c) {
    constexpr const char* lone = "an escaped surrogate without its other half";
    const auto byte = static_cast<unsigned char>(c);
    switch (state_) {
    case state::string:
        if (c == '"') {
            end_string();
        } else if (c == '\\') {
            state_ = state::escape;
        } else if (byte < 0x20) {
            return "a control character in a string must be escaped";
        } else {
            take(c);
            if (byte < 0x80) return nullptr;
            left_ = byte < 0xc2 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : byte < 0xf5 ? 3 : 0;
            if (left_ == 0) return wrong_utf8;
            // the second byte alone tells what is overlong, a surrogate or too large
            low_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
            top_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
            state_ = state::character;
        }
        return nullptr;
    case state::character:
        if (byte < low_ || byte > top_) return wrong_utf8;
        take(c);
        low_ = 0x80;
        top_ = 0xbf;
        if (--left_ == 0) state_ = state::string;
        return nullptr;
    case state::escape: {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view values = "\"\\/\b\f\n\r\t";
        if (c == 'u') {
            state_ = state::hex;
            unit_ = 0;
            left_ = 4;
            return nullptr;
        }
        const auto which = names.find(c);
        if (which == std::string_view::npos) return "unknown escape in a string";
        take(values[which]);
        state_ = state::string;
        return nullptr;
    }
    case state::hex: {
        const int digit = penstock::detail::hex_value(c);
        if (digit < 0) return "\\u needs four hexadecimal digits";
        unit_ = unit_ << 4 | static_cast<unsigned>(digit);
        return --left_ == 0 ? end_hex() : nullptr;
    }
    case state::low_escape:
        state_ = state::low_u;
        return c == '\\' ? nullptr : lone;
    default: // low_u
        state_ = state::hex;
        unit_ = 0;
        left_ = 4;
        return c == 'u' ? nullptr : lone;
    }
}

PENSTOCK_DECL const char* document_walker::end_hex() {
    constexpr const char* lone = "an escaped surrogate without its other half";
    const bool low = unit_ >= 0xdc00 && unit_ <= 0xdfff;
    if (low != (high_ != 0)) return lone;
    if (unit_ >= 0xd800 && unit_ < 0xdc00) {
        high_ = unit_;
        state_ = state::low_escape;
        return nullptr;
    }
    take(low ? 0x10000 + ((high_ - 0xd800) << 10) + (unit_ - 0xdc00) : unit_);
    high_ = 0;
    state_ = state::string;
    return nullptr;
}

PENSTOCK_DECL std::string document_walker::missing() const {
    std::string known, wanted;
    for (std::size_t i = 0; i < path_.size(); ++i) (i < longest_match_ ? known : wanted) += "/" + printable(path_[i], 64);
    return "nothing stands at " + known + wanted + ": " + (known.empty() ? "the document" : known) + " has no " +
           wanted;
}

} // namespace penstock::json::detail
