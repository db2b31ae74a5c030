// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/detail/json_members.hpp>

#include <penstock/core/detail/json_string.hpp>
#include <penstock/core/detail/simdjson_dom.hpp>

#include <charconv>
#include <set>

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

/// The root or the object in it; it lives as long as the parser.
inline result<simdjson::dom::object> parse_json_object(simdjson::dom::parser& parser, std::string_view document,
                                                       std::string_view inside) {
    simdjson::dom::element root;
    const simdjson::padded_string padded{document};
    if (const auto wrong = parser.parse(padded).get(root))
        return failure{errc::malformed_json, std::string{"not JSON: "} + simdjson::error_message(wrong)};
    simdjson::dom::object object;
    const auto wrong = inside.empty() ? root.get(object) : root[inside].get(object);
    if (wrong)
        return failure{errc::malformed_json,
                       inside.empty() ? "not a JSON object" : "no object '" + std::string{inside} + "'"};
    return object;
}

PENSTOCK_DECL result<json_members> parse_json_members(std::string_view document, std::string_view inside) {
    simdjson::dom::parser parser;
    const auto object = parse_json_object(parser, document, inside);
    if (!object) return object.error();
    json_members out;
    for (const auto& [name, value] : *object) {
        std::string text;
        if (to_member_text(value, text))
            out.insert_or_assign(std::string{name}, std::move(text));
        else
            out.erase(std::string{name});
    }
    return out;
}

inline void append_json_member(std::string& out, std::string_view name) {
    out += out.empty() ? '{' : ',';
    penstock::detail::append_json_string(out, name);
    out += ':';
}

PENSTOCK_DECL result<std::string> replace_json_members(std::string_view document, json_members by) {
    simdjson::dom::parser parser;
    const auto object = parse_json_object(parser, document, {});
    if (!object) return object.error();
    std::string out;
    std::set<std::string_view> done;
    for (const auto& [name, value] : *object) {
        const auto changed = by.find(name);
        if (changed == by.end()) {
            append_json_member(out, name);
            out += simdjson::minify(value);
        } else if (done.insert(changed->first).second) {
            append_json_member(out, name);
            penstock::detail::append_json_string(out, changed->second);
        }
    }
    for (const auto& [name, text] : by) {
        if (done.contains(name)) continue;
        append_json_member(out, name);
        penstock::detail::append_json_string(out, text);
    }
    out += out.empty() ? "{}" : "}";
    return out;
}

} // namespace penstock::aws::detail
