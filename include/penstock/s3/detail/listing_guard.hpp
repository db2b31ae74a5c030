// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3::detail {

/// Refuses what a store lists outside of what was asked for (who deletes by a listing must be able to rely on that), and
/// listings that never end. All that it finds is thrown as `errc::malformed_response`.
class listing_guard {
  public:
    /// `operation`: a literal, as failures name it.
    listing_guard(const char* operation, std::string bucket, std::string key = {})
        : operation_{operation}, bucket_{std::move(bucket)}, key_{std::move(key)} {}

    PENSTOCK_DECL void check_entry(std::string_view entry, std::string_view prefix) const;

    /// Behind each page but the last: whether it had any entry, by what it was asked for, and by what the next one will be.
    PENSTOCK_DECL void check_next(bool any_entries, std::string_view token, std::string_view next);

    /// For what else a page may be refused.
    [[noreturn]] PENSTOCK_DECL void refuse(std::string why) const;

  private:
    const char* operation_;
    std::string bucket_;
    std::string key_;
    int empty_pages_ = 0;    // in a row
    std::string kept_token_; // an earlier one: met again, the listing goes in a circle
    std::uint64_t keep_for_ = 1, since_kept_ = 0;
};

/// Two markers as one token.
inline std::string joined_markers(std::string_view a, std::string_view b) {
    return std::string{a}.append(1, '\0').append(b);
}

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/listing_guard.ipp>
#endif
