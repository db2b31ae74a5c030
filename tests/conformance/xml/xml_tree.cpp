// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/xml/element.hpp>
#include <penstock/xml/parser.hpp>

#include <algorithm>

namespace test_xml_tree {

namespace json = boost::json;
namespace xml = penstock::xml;

std::string text_of(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->as_string()} : std::string{};
}

/// Why the two differ; empty when they are the same.
std::string difference(const json::object& expected, const xml::element& got) {
    if (text_of(expected, "tag") != got.name) return "tag " + got.name;
    const auto where = " in <" + got.name + ">";
    if (text_of(expected, "text") != got.text) return "text '" + got.text + "'" + where;
    if (text_of(expected, "tail") != got.tail) return "tail '" + got.tail + "'" + where;
    const auto& attributes = expected.at("attrs").as_object();
    if (attributes.size() != got.attributes.size()) return "number of attributes" + where;
    for (const auto& [name, value] : got.attributes)
        if (text_of(attributes, name) != value) return "attribute " + name + where;
    const auto& children = expected.at("children").as_array();
    if (children.size() != got.children.size()) return "number of children" + where;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const auto why = difference(children[i].as_object(), got.children[i]);
        if (!why.empty()) return why;
    }
    return {};
}

std::string check(const json::object& c) {
    const std::string document{c.at("xml").as_string()};
    const auto options = xml::parse_options{}.qualified_names(true).entities(true).max_depth(1000);
    const auto got = xml::parse_document(document, options);
    const auto& expected = c.at("expected").as_object();
    if (expected.contains("error")) {
        if (got) return "must be rejected";
        if (got.error().code() != penstock::errc::malformed_xml)
            return "rejected as " + got.error().message();
        const auto& d = got.error().detail();
        return d.line >= 1 && d.column >= 1 && d.byte_offset ? "" : "rejected without a place";
    }
    if (!got) return got.error().message();
    return difference(expected.at("tree").as_object(), *got);
}

TEST_CASE("conformance: xml-tree") {
    const auto folder = test::conformance_folder("xml-tree");
    if (!folder) return;
    test::conformance_report report{"xml-tree"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        json::parse_options deep; // trees nest deeper than the parser's default
        deep.max_depth = 4096;
        const auto file = json::parse(test::read_file(entry.path()), {}, deep);
        for (const auto& c : file.at("cases").as_array())
            report.check(std::string{c.at("name").as_string()}, check(c.as_object()));
    }
}

} // namespace test_xml_tree
