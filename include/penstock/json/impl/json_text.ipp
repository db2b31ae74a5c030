// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/json/json_text.hpp>

#include <penstock/core/detail/json_string.hpp>
#include <penstock/format/numbers.hpp>

#include <cmath>

namespace penstock::json {
PENSTOCK_DECL void append_string(std::string& out, std::string_view text) {
    penstock::detail::append_json_string(out, text);
}

PENSTOCK_DECL void append_number(std::string& out, double value) {
    if (std::isfinite(value))
        append_float64(out, value);
    else
        out += "null";
}

} // namespace penstock::json
