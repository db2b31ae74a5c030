// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/json_members.hpp>

#include <simdjson.h>

#include <charconv>

namespace penstock::aws::detail {

inline bool to_member_text(const simdjson::dom::element& value, std::string& out) {
    using kind = simdjson::dom::element_type;
    switch (value.type()) {
    case kind::STRING: out = std::string_view{value}; return true;
    case kind::BOOL: out = bool{value} ? "true" : "false"; return true;
    case kind::INT64: out = std::to_string(std::int64_t{value}); return true;
    case kind::UINT64: out = std::to_string(std::uint64_t{value}); return true;
    case kind::DOUBLE: {
        char text[32];
        const auto end = std::to_chars(text, text + sizeof text, double{value}).ptr;
        out.assign(text, end);
        return true;
    }
    default: return false;
    }
}

PENSTOCK_DECL result<json_members> parse_json_members(std::string_view document, std::string_view inside) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    const simdjson::padded_string padded{document};
    if (const auto wrong = parser.parse(padded).get(root))
        return failure{errc::malformed_json, std::string{"not JSON: "} + simdjson::error_message(wrong)};
    simdjson::dom::object object;
    const auto wrong = inside.empty() ? root.get(object) : root[inside].get(object);
    if (wrong)
        return failure{errc::malformed_json,
                       inside.empty() ? "not a JSON object" : "no object '" + std::string{inside} + "'"};
    json_members out;
    for (const auto& [name, value] : object) {
        std::string text;
        if (to_member_text(value, text))
            out.insert_or_assign(std::string{name}, std::move(text));
        else
            out.erase(std::string{name});
    }
    return out;
}

} // namespace penstock::aws::detail
