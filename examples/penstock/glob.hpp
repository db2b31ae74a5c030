// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tool {

/// A pattern over keys and paths: `*` is any text without '/', `?` is one character other than '/'. Everything else
/// means itself.
class glob {
  public:
    explicit glob(std::string pattern) : pattern_{std::move(pattern)} {}

    static bool is_pattern(std::string_view text) noexcept { return text.find_first_of("*?") != text.npos; }

    /// What every match begins with.
    std::string_view literal_prefix() const noexcept {
        return std::string_view{pattern_}.substr(0, pattern_.find_first_of("*?"));
    }
    /// Whether the wildcards are all in the last component: one level of a listing then has every match.
    bool one_level() const noexcept {
        const auto rest = std::string_view{pattern_}.substr(literal_prefix().size());
        return rest.substr(0, rest.size() - 1).find('/') == rest.npos;
    }

    /// In time proportional to both lengths, whatever the pattern.
    bool matches(std::string_view text) const {
        std::size_t p = 0, t = 0;
        std::size_t star = pattern_.npos, star_text = 0; // the latest '*', and where what it took ends
        while (t < text.size()) {
            if (p < pattern_.size() && pattern_[p] == '*') {
                star = p++;
                star_text = t;
            } else if (p < pattern_.size() && (pattern_[p] == '?' ? takes_one(text, t) : pattern_[p] == text[t])) {
                t += pattern_[p] == '?' ? character_size(text, t) : 1;
                ++p;
            } else if (star != pattern_.npos && text[star_text] != '/') {
                p = star + 1;
                t = ++star_text;
            } else {
                return false;
            }
        }
        while (p < pattern_.size() && pattern_[p] == '*') ++p;
        return p == pattern_.size();
    }

  private:
    static bool takes_one(std::string_view text, std::size_t at) noexcept { return text[at] != '/'; }
    /// Of the UTF-8 character there.
    static std::size_t character_size(std::string_view text, std::size_t at) noexcept {
        std::size_t n = 1;
        while (at + n < text.size() && (static_cast<unsigned char>(text[at + n]) & 0xc0) == 0x80) ++n;
        return n;
    }

    std::string pattern_;
};

} // namespace tool
