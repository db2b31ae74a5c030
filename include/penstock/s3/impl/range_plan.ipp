// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/range_plan.hpp>

#include <algorithm>

namespace penstock::s3::detail {

PENSTOCK_DECL range_plan plan_ranges(std::span<const byte_range> ranges, std::uint64_t size, std::uint64_t gap,
                                     std::uint64_t max_request) {
    std::vector<range_piece> wanted;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto& r = ranges[i];
        if (r.offset < size && r.length > 0) wanted.push_back({r.offset, std::min(r.length, size - r.offset), i});
    }
    std::sort(wanted.begin(), wanted.end(), [](const range_piece& a, const range_piece& b) {
        return a.offset != b.offset ? a.offset < b.offset : a.length > b.length;
    });

    // Every byte is received once, by the first range that wants it.
    range_plan plan;
    std::vector<range_piece> received;
    std::uint64_t end = 0;
    for (const auto& w : wanted) {
        const auto last = w.offset + w.length;
        if (w.offset < end) {
            auto from = std::upper_bound(received.begin(), received.end(), w.offset,
                                         [](std::uint64_t at, const range_piece& r) { return at < r.offset + r.length; });
            for (; from != received.end() && from->offset < last; ++from) {
                const auto first = std::max(from->offset, w.offset);
                const auto shared = std::min(from->offset + from->length, last) - first;
                plan.copies.push_back({{first, shared, from->range}, w.range});
            }
        }
        if (last <= end) continue;
        const auto first = std::max(end, w.offset);
        received.push_back({first, last - first, w.range});
        end = last;
    }

    for (auto piece : received) {
        while (piece.length > 0) {
            auto part = piece;
            part.length = std::min(part.length, max_request);
            const bool joins = !plan.requests.empty() && [&] {
                const auto& r = plan.requests.back().range;
                return part.offset - (r.offset + r.length) <= gap && part.offset + part.length - r.offset <= max_request;
            }();
            if (!joins) plan.requests.push_back({{part.offset, 0}, {}});
            auto& request = plan.requests.back();
            request.range.length = part.offset + part.length - request.range.offset;
            request.pieces.push_back(part);
            piece.offset += part.length;
            piece.length -= part.length;
        }
    }
    return plan;
}

} // namespace penstock::s3::detail
