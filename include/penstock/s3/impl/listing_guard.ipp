// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/listing_guard.hpp>

#include <penstock/core/error.hpp>

#include <utility>

namespace penstock::s3::detail {

/// Stores may give empty pages, where much was deleted; this many in a row are a loop.
inline constexpr int max_empty_pages = 1000;

PENSTOCK_DECL void listing_guard::check_entry(std::string_view entry, std::string_view prefix) const {
    if (!entry.starts_with(prefix)) refuse("'" + printable(entry, 128) + "' is not under the prefix asked for");
}

PENSTOCK_DECL void listing_guard::check_next(bool any_entries, std::string_view token, std::string_view next) {
    empty_pages_ = any_entries ? 0 : empty_pages_ + 1;
    if (empty_pages_ > max_empty_pages) refuse("a thousand pages in a row without an entry");
    // Brent's search for a cycle: one token is kept, and replaced after 1, 2, 4, … pages.
    if (next == token || next == kept_token_) refuse("what the next page is asked for by came twice");
    if (++since_kept_ >= keep_for_) {
        kept_token_ = next;
        keep_for_ *= 2;
        since_kept_ = 0;
    }
}

PENSTOCK_DECL void listing_guard::refuse(std::string why) const {
    error_detail d;
    d.operation = operation_;
    d.bucket = bucket_;
    d.key = key_;
    d.message = std::move(why);
    throw_failure(failure{errc::malformed_response, std::move(d)});
}

} // namespace penstock::s3::detail
