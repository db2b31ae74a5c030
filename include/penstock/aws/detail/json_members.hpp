// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace penstock::aws::detail {

/// The members of a JSON object that are strings, numbers or booleans, as text: "a", "1", "true". Null is an absent member;
/// objects and arrays are left out. Of two members of one name the last counts.
using json_members = std::map<std::string, std::string, std::less<>>;

/// The document's root, or the object that is its member `inside`; `errc::malformed_json` where there is none. The failure
/// never repeats the text, which may hold secrets.
PENSTOCK_DECL result<json_members> parse_json_members(std::string_view document, std::string_view inside = {});

/// The object with these members, as strings, in the place of those of the same names, or at its end; all else as it was but
/// for blanks. `errc::malformed_json` where `document` is no object.
PENSTOCK_DECL result<std::string> replace_json_members(std::string_view document, json_members by);

/// The value of a member, "" where it is absent.
inline std::string member(const json_members& in, std::string_view name) {
    const auto it = in.find(name);
    return it == in.end() ? std::string{} : it->second;
}

} // namespace penstock::aws::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/json_members.ipp>
#endif
