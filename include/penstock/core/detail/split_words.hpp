// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace penstock::detail {

/// A command as words, by the quoting rules of the shell (POSIX, 2.2): words stand between blanks and line
/// ends; 'text' as it is; "text" and \c with their backslashes taken away; pieces that touch are one word,
/// and '' is an empty one. Nothing is expanded: $, *, ~, |, > and # are characters like others.
///
/// `errc::invalid_option` for a quote that nothing ends, a backslash at the end, a zero byte; never with the
/// text.
PENSTOCK_DECL result<std::vector<std::string>> split_words(std::string_view command);

} // namespace penstock::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/split_words.ipp>
#endif
