// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/detail/split_words.hpp>

#include <utility>

namespace penstock::detail {

class word_splitter {
  public:
    explicit word_splitter(std::string_view text) : rest_{text} {}

    result<std::vector<std::string>> split() {
        if (rest_.find('\0') != rest_.npos) return wrong("a zero byte");
        while (!rest_.empty()) {
            const char c = take();
            if (is_blank(c)) {
                end_word();
            } else if (c == '\'' || c == '"') {
                in_word_ = true;
                if (!(c == '\'' ? quoted() : double_quoted())) return wrong("a quote that nothing ends");
            } else if (c == '\\') {
                if (rest_.empty()) return wrong("a backslash at the end");
                escaped();
            } else {
                add(c);
            }
        }
        end_word();
        return std::move(words_);
    }

  private:
    static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    static failure wrong(const char* what) {
        return failure{errc::invalid_option, std::string{"the command has "} + what};
    }

    char take() noexcept {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    void add(char c) {
        word_ += c;
        in_word_ = true;
    }
    /// A line that ends in a backslash goes on in the next.
    void escaped() {
        const char c = take();
        if (c != '\n') add(c);
    }
    bool quoted() {
        const auto end = rest_.find('\'');
        if (end == rest_.npos) return false;
        word_ += rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return true;
    }
    bool double_quoted() {
        while (!rest_.empty()) {
            const char c = take();
            if (c == '"') return true;
            const bool escapes = c == '\\' && !rest_.empty() &&
                                 std::string_view{"$`\"\\\n"}.find(rest_.front()) != std::string_view::npos;
            escapes ? escaped() : add(c);
        }
        return false;
    }
    void end_word() {
        if (std::exchange(in_word_, false)) words_.push_back(std::exchange(word_, {}));
    }

    std::string_view rest_;
    std::vector<std::string> words_;
    std::string word_;
    bool in_word_ = false;
};

PENSTOCK_DECL result<std::vector<std::string>> split_words(std::string_view command) {
    return word_splitter{command}.split();
}

} // namespace penstock::detail
