// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/xml/field_handler.hpp>

namespace penstock::xml {

PENSTOCK_DECL void field_handler::start_element(std::string_view name) {
    if (root_.empty()) root_ = name;
    if (skipping_ == 0) {
        for (std::size_t i = 0; i < table_.size(); ++i) {
            if (table_[i].parent != current_ || table_[i].name != name) continue;
            current_ = static_cast<std::uint8_t>(i + 1);
            text_.clear();
            open_field(current_);
            return;
        }
    }
    ++skipping_;
}

PENSTOCK_DECL void field_handler::end_element() {
    if (skipping_ != 0) {
        --skipping_;
        return;
    }
    const auto ended = current_;
    current_ = table_[ended - 1].parent;
    close_field(ended, text_);
    text_.clear();
}

PENSTOCK_DECL void field_handler::text(std::string_view piece) {
    if (skipping_ == 0) text_.append(piece);
}

} // namespace penstock::xml
