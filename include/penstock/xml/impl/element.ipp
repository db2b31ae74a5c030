// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/element.hpp>

#include <utility>
#include <vector>

namespace penstock::xml {

PENSTOCK_DECL const element* element::find(std::string_view child) const noexcept {
    for (const auto& c : children)
        if (c.name == child) return &c;
    return nullptr;
}

namespace detail {

/// Builds the tree. The pointers stay valid: only the innermost open element gets children.
class tree_handler final : public handler {
  public:
    void start_element(std::string_view name) override {
        if (open_.empty()) {
            root.name = name;
            open_.push_back(&root);
        } else {
            open_.push_back(&open_.back()->children.emplace_back(name));
        }
    }
    void attribute(std::string_view name, std::string_view value) override {
        open_.back()->attributes.emplace_back(name, value);
    }
    void end_element() override { open_.pop_back(); }
    void text(std::string_view piece) override {
        auto& e = *open_.back();
        (e.children.empty() ? e.text : e.children.back().tail).append(piece);
    }

    element root;

  private:
    std::vector<element*> open_;
};

} // namespace detail

PENSTOCK_DECL result<element> parse_document(std::string_view document, const parse_options& options) {
    detail::tree_handler tree;
    parser p{tree, options};
    auto done = p.feed_last(document);
    if (!done) return done.error();
    return std::move(tree.root);
}

} // namespace penstock::xml
