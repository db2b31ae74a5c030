// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

namespace detail {

/// One character's place in a pattern: a text, any one character, or a set.
struct glob_token {
    glob_token() = default;
    enum class kind : std::uint8_t { text, one, any_run, set } is = kind::text;
    bool negated = false;
    std::string text;                                        ///< without escapes
    std::vector<std::pair<std::string, std::string>> ranges; ///< of UTF-8 characters, both ends included
};

/// What stands between two slashes. `**` is zero or more whole segments.
struct glob_segment {
    glob_segment() = default;
    bool any_segments = false;
    bool literal = true;
    std::vector<glob_token> tokens;
};

/// A pattern without alternatives: what it begins with literally, up to a slash, and the segments after that.
struct glob_branch {
    glob_branch() = default;
    std::string folder;
    std::vector<glob_segment> segments;
};

} // namespace detail

/// A pattern over keys and paths, compared segment by segment ('/' divides them), so that a walk through folders can leave
/// out those below which nothing matches:
///
/// - `*` any text within a segment, the empty one included; `?` one character (of UTF-8);
/// - `[abc]`, `[a-z]` one of these characters; `[!x]` or `[^x]` one that is none of these; a `]` that comes first is meant
///   itself;
/// - `{a,b}` either of these, which may hold slashes, patterns and further braces;
/// - `**` as a whole segment: zero or more segments, so that "**/x" is "x" and "a/x", but not "ax"; at the end of a
///   pattern, everything below. Anywhere else it is `*`;
/// - `\` takes the character after it for itself. So does a bracket or brace that is never closed for itself.
///
/// Names that begin with a dot are like any others. Matching takes time in proportion to both lengths multiplied, whatever
/// the pattern, and no memory.
class glob {
  public:
    /// Throws `errc::invalid_option` where braces stand for more than 1,024 patterns, or where more than 60 segments follow
    /// the first that is not literal.
    PENSTOCK_DECL explicit glob(std::string_view pattern);

    /// Whether `text` has anything but characters that mean themselves.
    PENSTOCK_DECL static bool is_pattern(std::string_view text) noexcept;
    /// The pattern that matches `text` alone.
    PENSTOCK_DECL static std::string escape(std::string_view text);

    PENSTOCK_DECL bool matches(std::string_view path) const noexcept;

    /// Whether anything that begins with `folder` (a path that ends in '/', or is empty) may match.
    PENSTOCK_DECL bool may_match_below(std::string_view folder) const noexcept;

    /// What everything that matches below `folder` begins with: sorted, none the beginning of another; none at all where
    /// nothing can match. Without a folder, where a listing starts.
    PENSTOCK_DECL std::vector<std::string> prefixes(std::string_view folder = {}) const;

    /// Whether `**` is in it.
    PENSTOCK_DECL bool recursive() const noexcept;
    /// Whether all that matches below `folder` (without one, anywhere) is directly in folders that `prefixes` names: only
    /// last segments are left to compare.
    PENSTOCK_DECL bool one_level(std::string_view folder = {}) const noexcept;

  private:
    std::vector<detail::glob_branch> branches_;
};

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/glob.ipp>
#endif
