// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/pointer.hpp>

namespace penstock::json {

PENSTOCK_DECL result<std::vector<std::string>> parse_pointer(std::string_view text) {
    const auto refuse = [text](const char* what) {
        error_detail d;
        d.operation = "read json pointer";
        d.message = "\"" + printable(text, 64) + "\": " + what;
        d.hint = "a JSON pointer is empty, or looks like /data/items; ~0 stands for ~ and ~1 for /";
        return failure{errc::invalid_option, std::move(d)};
    };
    std::vector<std::string> tokens;
    if (!text.empty() && text.front() != '/') return refuse("a JSON pointer begins with /");
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '/') {
            tokens.emplace_back();
        } else if (text[i] != '~') {
            tokens.back() += text[i];
        } else {
            ++i;
            if (i == text.size() || (text[i] != '0' && text[i] != '1')) return refuse("~ must be followed by 0 or 1");
            tokens.back() += text[i] == '0' ? '~' : '/';
        }
    }
    return tokens;
}

} // namespace penstock::json
