// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/dataset/partition_hint.hpp>

namespace penstock {
namespace detail {

/// Where the folder "column=value" of `path` ends; npos where there is none.
inline std::size_t end_of_partition(std::string_view path, const std::string& column) {
    const auto at = path.find("/" + column + "=");
    return column.empty() || at == path.npos ? path.npos : path.find('/', at + 1);
}

} // namespace detail

PENSTOCK_DECL failure with_partition_hint(failure f, std::string_view path, const std::vector<std::string>& columns) {
    if (f.code() != errc::unknown_column) return f;
    for (const auto& column : columns) {
        const auto end = detail::end_of_partition(path, column);
        if (end == path.npos) continue;
        return f.with([&](error_detail& d) {
            d.hint = "'" + printable(column, 64) + "' is a partition, no column of the objects: name its folder in the URL, as in " +
                     printable(path.substr(0, end), 512) + "/*, so that no other is listed and read";
        });
    }
    return f;
}

} // namespace penstock
