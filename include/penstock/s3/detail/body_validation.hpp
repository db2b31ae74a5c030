// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_hasher.hpp>
#include <penstock/core/error.hpp>
#include <penstock/s3/get_object.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace penstock::s3::detail {

/// Compares a body, as it passes, with the checksum that the store keeps of it.
class body_validation {
  public:
    body_validation(checksum_algorithm a, std::string expected) : hasher_{a}, expected_{std::move(expected)} {}

    void update(std::span<const std::byte> bytes) { hasher_.update(bytes); }
    /// Of all that came. Once: later calls say the same. No failure where it is what the store keeps.
    PENSTOCK_DECL failure finish();
    bool passed() const noexcept { return passed_; }

  private:
    checksum_hasher hasher_;
    std::string expected_;
    bool ended_ = false, passed_ = false;
    failure why_;
};

/// None where the answer has no checksum of exactly this body: none at all, one of the whole where a part came, one of an
/// object's parts ("-N"). https://github.com/boto/botocore/issues/3346
PENSTOCK_DECL std::optional<body_validation> validation_of(const get_object_options& asked, const get_object_body& body,
                                                           const object_checksums& kept);

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/body_validation.ipp>
#endif
