// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/columnar/array.hpp>

#include <cstring>

namespace penstock {

PENSTOCK_DECL array array::slice(std::size_t first, std::size_t count) const {
    array out = *this;
    out.offset_ = offset_ + first;
    out.size_ = count;
    if (null_count_ != 0 && count != size_) {
        out.null_count_ = 0;
        for (std::size_t i = 0; i < count; ++i) out.null_count_ += is_null(first + i);
    }
    return out;
}

PENSTOCK_DECL bool operator==(const array& a, const array& b) noexcept {
    if (a.type() != b.type() || a.size() != b.size() || a.null_count() != b.null_count()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.is_null(i) != b.is_null(i)) return false;
        if (a.is_null(i)) continue;
        bool same = false;
        switch (a.type().id()) {
        case type_id::boolean:
            same = a.boolean_at(i) == b.boolean_at(i);
            break;
        case type_id::int64:
            same = a.int64_at(i) == b.int64_at(i);
            break;
        case type_id::float64: {
            const double x = a.float64_at(i);
            const double y = b.float64_at(i);
            same = std::memcmp(&x, &y, sizeof x) == 0;
            break;
        }
        case type_id::string:
            same = a.string_at(i) == b.string_at(i);
            break;
        }
        if (!same) return false;
    }
    return true;
}

} // namespace penstock
