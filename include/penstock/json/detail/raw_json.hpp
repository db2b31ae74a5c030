// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <string_view>

// Walks JSON text that is known to be valid. No checks: on anything else the results mean nothing, though
// they stay within the text.

namespace penstock::json::detail {

inline bool is_json_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

inline std::size_t skip_json_space(std::string_view t, std::size_t i) noexcept {
    while (i < t.size() && is_json_space(t[i])) ++i;
    return i;
}

inline std::string_view trim_json_space(std::string_view t) noexcept {
    t.remove_prefix(skip_json_space(t, 0));
    while (!t.empty() && is_json_space(t.back())) t.remove_suffix(1);
    return t;
}

/// `i` is at a quotation mark; behind the closing one.
inline std::size_t skip_json_string(std::string_view t, std::size_t i) noexcept {
    for (++i; i < t.size(); ++i) {
        if (t[i] == '"') return i + 1;
        if (t[i] == '\\') ++i;
    }
    return t.size();
}

/// `i` is at the first byte of a value; behind its last one.
inline std::size_t skip_json_value(std::string_view t, std::size_t i) noexcept {
    std::size_t depth = 0;
    while (i < t.size()) {
        switch (t[i]) {
        case '"':
            i = skip_json_string(t, i);
            break;
        case '{':
        case '[':
            ++depth;
            ++i;
            break;
        case '}':
        case ']':
            if (depth == 0) return i;
            --depth;
            ++i;
            break;
        case ',':
            if (depth == 0) return i;
            ++i;
            continue;
        default:
            if (depth == 0 && is_json_space(t[i])) return i;
            ++i;
            continue;
        }
        if (depth == 0) return i;
    }
    return t.size();
}

/// The texts of an object's values, as they stand, by their place in it. Looks only as far as it is asked,
/// and asking in order costs one walk.
class raw_fields {
  public:
    void reset(std::string_view object) noexcept {
        text_ = object;
        start_over();
    }
    std::string_view operator[](std::size_t field) noexcept {
        if (field < next_) start_over();
        while (next_ <= field) {
            i_ = skip_json_string(text_, skip_json_space(text_, i_));                  // key
            const auto first = skip_json_space(text_, skip_json_space(text_, i_) + 1); // behind the colon
            i_ = skip_json_value(text_, first);
            value_ = text_.substr(first < text_.size() ? first : text_.size(), i_ - first);
            i_ = skip_json_space(text_, i_) + 1; // behind the comma
            ++next_;
        }
        return value_;
    }

  private:
    void start_over() noexcept {
        i_ = skip_json_space(text_, 0) + 1; // behind the brace
        next_ = 0;
    }

    std::string_view text_;
    std::string_view value_;
    std::size_t i_ = 0;
    std::size_t next_ = 0; // the field that starts at i_
};

} // namespace penstock::json::detail
