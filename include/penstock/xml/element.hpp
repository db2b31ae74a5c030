// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/parser.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::xml {

using attribute_list = std::vector<std::pair<std::string, std::string>>;

/// An element of a small document. Names as `parse_options::qualified_names` says.
struct element {
    element() = default;
    explicit element(std::string_view name) : name{name} {}

    std::string name;
    attribute_list attributes;
    std::string text; ///< before the first child
    std::vector<element> children;
    std::string tail; ///< after the element, before its next sibling

    /// The first child of that name, or null.
    PENSTOCK_DECL const element* find(std::string_view child) const noexcept;
};

/// The root of `document`. Memory: up to 40 times the document, for one of nothing but empty elements.
PENSTOCK_DECL result<element> parse_document(std::string_view document, const parse_options& options = {});

} // namespace penstock::xml

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/xml/impl/element.ipp>
#endif
