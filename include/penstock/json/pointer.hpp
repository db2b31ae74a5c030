// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace penstock::json {

/// A JSON pointer (RFC 6901) as its reference tokens, "~1" being '/' and "~0" being '~': "/a/0/b~1c" is "a", "0", "b/c".
/// The empty text is the whole document. Error: `errc::invalid_option` for a text that does not begin with '/' and for
/// '~' with anything else behind it. Pure.
PENSTOCK_DECL result<std::vector<std::string>> parse_pointer(std::string_view text);

} // namespace penstock::json

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/json/impl/pointer.ipp>
#endif
