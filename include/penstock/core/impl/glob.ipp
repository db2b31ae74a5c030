// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/glob.hpp>

#include <penstock/core/error.hpp>

#include <algorithm>
#include <utility>

namespace penstock {
namespace detail {

inline constexpr std::size_t max_glob_branches = 1024;
inline constexpr std::size_t max_glob_segments = 60; // their states are the bits of a number

/// Of the UTF-8 character at `at`; a byte that is none is one by itself.
inline std::size_t character_size(std::string_view text, std::size_t at) noexcept {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t wanted = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::size_t n = 1;
    while (n < wanted && at + n < text.size() && (static_cast<unsigned char>(text[at + n]) & 0xc0) == 0x80) ++n;
    return n == wanted ? n : 1;
}

/// The end of the set that begins at `at` (after its ']'), or npos where it is never closed: then the bracket means itself.
inline std::size_t end_of_set(std::string_view pattern, std::size_t at) noexcept {
    auto i = at + 1;
    if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
    for (bool first = true; i < pattern.size() && pattern[i] != '/'; ++i, first = false) {
        if (pattern[i] == '\\' && i + 1 < pattern.size() && pattern[i + 1] != '/')
            ++i;
        else if (pattern[i] == ']' && !first)
            return i + 1;
    }
    return pattern.npos;
}

// ---- braces

struct brace_group {
    brace_group() = default;
    std::size_t begin = std::string_view::npos, end = 0; ///< from the '{' to after the '}'
    std::vector<std::string_view> choices;
};

/// The group that opens at `at`, as far as it is closed.
inline brace_group group_at(std::string_view pattern, std::size_t at) {
    brace_group g;
    std::size_t depth = 0, from = at + 1;
    for (auto i = at; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\') {
            ++i;
        } else if (c == '[') {
            const auto end = end_of_set(pattern, i);
            if (end != pattern.npos) i = end - 1;
        } else if (c == '{') {
            ++depth;
        } else if (depth == 1 && (c == ',' || c == '}')) {
            g.choices.push_back(pattern.substr(from, i - from));
            from = i + 1;
            if (c == '}') {
                g.begin = at;
                g.end = i + 1;
                return g;
            }
        } else if (c == '}') {
            --depth;
        }
    }
    return g;
}

inline brace_group first_group(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (pattern[i] == '[') {
            const auto end = end_of_set(pattern, i);
            if (end != pattern.npos) i = end - 1;
        } else if (pattern[i] == '{') {
            auto g = group_at(pattern, i);
            if (g.begin != pattern.npos) return g;
        }
    }
    return {};
}

/// What braces stand for, all of it.
inline std::vector<std::string> without_braces(std::string_view pattern) {
    std::vector<std::string> done, open{std::string{pattern}};
    while (!open.empty()) {
        const auto one = std::move(open.back());
        open.pop_back();
        const auto g = first_group(one);
        if (g.begin == std::string_view::npos) {
            done.push_back(one);
        } else {
            for (const auto choice : g.choices) {
                auto text = one.substr(0, g.begin);
                text.append(choice).append(one, g.end);
                open.push_back(std::move(text));
            }
        }
        if (done.size() + open.size() > max_glob_branches)
            throw_failure(failure{errc::invalid_option,
                                  "the braces of '" + printable(pattern, 100) + "' stand for more than 1,024 patterns"});
    }
    return done;
}

// ---- from text to segments

inline void add_literal(glob_segment& s, std::string_view text) {
    if (s.tokens.empty() || s.tokens.back().is != glob_token::kind::text) s.tokens.emplace_back();
    s.tokens.back().text.append(text);
}

inline glob_token parse_set(std::string_view inside) {
    glob_token t;
    t.is = glob_token::kind::set;
    if (!inside.empty() && (inside[0] == '!' || inside[0] == '^')) {
        t.negated = true;
        inside.remove_prefix(1);
    }
    const auto take = [&] {
        if (inside[0] == '\\' && inside.size() > 1) inside.remove_prefix(1);
        const auto n = character_size(inside, 0);
        std::string c{inside.substr(0, n)};
        inside.remove_prefix(n);
        return c;
    };
    while (!inside.empty()) {
        auto low = take();
        auto high = low;
        if (inside.size() > 1 && inside[0] == '-') {
            inside.remove_prefix(1);
            high = take();
        }
        t.ranges.emplace_back(std::move(low), std::move(high));
    }
    return t;
}

inline glob_branch parse_branch(std::string_view pattern) {
    using kind = glob_token::kind;
    glob_branch out;
    std::vector<glob_segment> all(1);
    const auto add = [&](glob_token t) {
        all.back().literal = false;
        all.back().tokens.push_back(std::move(t));
    };
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        const bool opens = i == 0 || pattern[i - 1] == '/';
        if (c == '/') {
            all.emplace_back();
        } else if (opens && pattern.substr(i, 2) == "**" && (i + 2 == pattern.size() || pattern[i + 2] == '/')) {
            all.back().any_segments = true;
            all.back().literal = false;
            ++i;
        } else if (c == '*') {
            if (all.back().tokens.empty() || all.back().tokens.back().is != kind::any_run) {
                glob_token t;
                t.is = kind::any_run;
                add(std::move(t));
            }
        } else if (c == '?') {
            glob_token t;
            t.is = kind::one;
            add(std::move(t));
        } else if (c == '[' && end_of_set(pattern, i) != pattern.npos) {
            const auto end = end_of_set(pattern, i);
            add(parse_set(pattern.substr(i + 1, end - i - 2)));
            i = end - 1;
        } else {
            if (c == '\\' && i + 1 < pattern.size()) ++i;
            // An escaped slash divides like any other.
            if (pattern[i] == '/')
                all.emplace_back();
            else
                add_literal(all.back(), pattern.substr(i, 1));
        }
    }

    std::size_t literal = 0; // leading segments that need no comparison of their own; never the last one
    for (; literal + 1 < all.size() && all[literal].literal; ++literal) {
        if (!all[literal].tokens.empty()) out.folder += all[literal].tokens[0].text;
        out.folder += '/';
    }
    for (auto at = literal; at < all.size(); ++at) {
        const bool again = all[at].any_segments && !out.segments.empty() && out.segments.back().any_segments;
        if (!again) out.segments.push_back(std::move(all[at]));
    }
    if (out.segments.back().any_segments) { // everything below: at least one segment, whatever it is
        glob_segment last;
        last.literal = false;
        last.tokens.emplace_back();
        last.tokens.back().is = kind::any_run;
        out.segments.push_back(std::move(last));
    }
    if (out.segments.size() > max_glob_segments)
        throw_failure(failure{errc::invalid_option, "'" + printable(pattern, 100) + "' has more than 60 segments"});
    return out;
}

// ---- matching

/// How many bytes at the front of `text` the token takes; npos where it does not match. Not for runs.
inline std::size_t token_takes(const glob_token& t, std::string_view text) noexcept {
    if (t.is == glob_token::kind::text) return text.starts_with(t.text) ? t.text.size() : text.npos;
    if (text.empty()) return text.npos;
    const auto n = character_size(text, 0);
    if (t.is == glob_token::kind::one) return n;
    const auto c = text.substr(0, n);
    const bool inside = std::any_of(t.ranges.begin(), t.ranges.end(),
                                    [&](const auto& r) { return r.first <= c && c <= r.second; });
    return inside != t.negated ? n : text.npos;
}

inline bool segment_matches(const glob_segment& s, std::string_view text) noexcept {
    std::size_t token = 0, at = 0;
    std::size_t after_run = text.npos, run_end = 0; // the latest run: the token after it, and where what it took ends
    for (;;) {
        if (token < s.tokens.size() && s.tokens[token].is == glob_token::kind::any_run) {
            after_run = ++token;
            run_end = at;
            if (token == s.tokens.size()) return true;
            continue;
        }
        if (token == s.tokens.size() && at == text.size()) return true;
        const auto n = token < s.tokens.size() ? token_takes(s.tokens[token], text.substr(at)) : text.npos;
        if (n != text.npos) {
            ++token;
            at += n;
            continue;
        }
        if (after_run == text.npos || run_end >= text.size()) return false;
        run_end += character_size(text, run_end);
        token = after_run;
        at = run_end;
    }
}

/// Which segments may come next, as bits; the bit past the last one: all were there.
using glob_states = std::uint64_t;

inline constexpr glob_states bit(std::size_t n) noexcept { return glob_states{1} << n; }

/// `**` may be passed over.
inline glob_states with_passed(const glob_branch& b, glob_states s) noexcept {
    for (std::size_t i = 0; i < b.segments.size(); ++i)
        if ((s & bit(i)) && b.segments[i].any_segments) s |= bit(i + 1);
    return s;
}

inline glob_states step(const glob_branch& b, glob_states from, std::string_view segment) noexcept {
    glob_states to = 0;
    for (std::size_t i = 0; i < b.segments.size(); ++i) {
        if (!(from & bit(i))) continue;
        if (b.segments[i].any_segments)
            to |= bit(i);
        else if (segment_matches(b.segments[i], segment))
            to |= bit(i + 1);
    }
    return with_passed(b, to);
}

/// The states after all whole segments of `path`, whose last one is left in it. None where nothing can match any more.
inline glob_states walk(const glob_branch& b, std::string_view& path) noexcept {
    if (!path.starts_with(b.folder)) return 0;
    path.remove_prefix(b.folder.size());
    auto states = with_passed(b, bit(0));
    for (auto slash = path.find('/'); slash != path.npos && states != 0; slash = path.find('/')) {
        states = step(b, states, path.substr(0, slash));
        path.remove_prefix(slash + 1);
    }
    return states;
}

/// The literal text that the segments from `at` on begin with.
inline std::string literal_from(const glob_branch& b, std::size_t at) {
    std::string out;
    for (; at < b.segments.size(); ++at) {
        const auto& s = b.segments[at];
        if (!s.tokens.empty() && s.tokens[0].is == glob_token::kind::text) out += s.tokens[0].text;
        if (!s.literal || at + 1 == b.segments.size()) break;
        out += '/';
    }
    return out;
}

} // namespace detail

PENSTOCK_DECL glob::glob(std::string_view pattern) {
    for (const auto& one : detail::without_braces(pattern)) branches_.push_back(detail::parse_branch(one));
}

PENSTOCK_DECL bool glob::is_pattern(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '*' || text[i] == '?') return true;
        if (text[i] == '[' && detail::end_of_set(text, i) != text.npos) return true;
        if (text[i] == '{' && text.find('}', i) != text.npos) return true;
        if (text[i] == '\\' && i + 1 < text.size()) return true;
    }
    return false;
}

PENSTOCK_DECL std::string glob::escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view{"*?[{\\"}.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

PENSTOCK_DECL bool glob::matches(std::string_view path) const noexcept {
    return std::any_of(branches_.begin(), branches_.end(), [path](const detail::glob_branch& b) {
        auto last = path;
        const auto states = detail::walk(b, last);
        return (detail::step(b, states, last) & detail::bit(b.segments.size())) != 0;
    });
}

PENSTOCK_DECL bool glob::may_match_below(std::string_view folder) const noexcept {
    return std::any_of(branches_.begin(), branches_.end(), [folder](const detail::glob_branch& b) {
        if (b.folder.starts_with(folder)) return true;
        auto rest = folder;
        return (detail::walk(b, rest) & (detail::bit(b.segments.size()) - 1)) != 0;
    });
}

PENSTOCK_DECL std::vector<std::string> glob::prefixes(std::string_view folder) const {
    std::vector<std::string> all;
    for (const auto& b : branches_) {
        if (b.folder.starts_with(folder)) {
            all.push_back(b.folder + detail::literal_from(b, 0));
            continue;
        }
        auto rest = folder;
        const auto states = detail::walk(b, rest);
        for (std::size_t i = 0; i < b.segments.size(); ++i)
            if (states & detail::bit(i)) all.push_back(std::string{folder} + detail::literal_from(b, i));
    }
    std::sort(all.begin(), all.end());
    // What begins with another sorts behind it, and nothing that does not comes between.
    std::vector<std::string> out;
    for (auto& p : all)
        if (out.empty() || !p.starts_with(out.back())) out.push_back(std::move(p));
    return out;
}

PENSTOCK_DECL bool glob::recursive() const noexcept {
    return std::any_of(branches_.begin(), branches_.end(), [](const detail::glob_branch& b) {
        return std::any_of(b.segments.begin(), b.segments.end(), [](const auto& s) { return s.any_segments; });
    });
}

PENSTOCK_DECL bool glob::one_level(std::string_view folder) const noexcept {
    return std::all_of(branches_.begin(), branches_.end(), [folder](const detail::glob_branch& b) {
        auto rest = folder;
        auto states = b.folder.starts_with(folder) ? detail::bit(0) : detail::walk(b, rest);
        states &= detail::bit(b.segments.size()) - 1;
        for (std::size_t i = 0; i + 1 < b.segments.size(); ++i) {
            const bool literal_on = b.segments[i].literal;
            if ((states & detail::bit(i)) && literal_on)
                states |= detail::bit(i + 1);
            else if (states & detail::bit(i))
                return false;
        }
        return true;
    });
}

} // namespace penstock
