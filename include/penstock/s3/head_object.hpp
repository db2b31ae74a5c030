// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/conditions.hpp>
#include <penstock/s3/encryption.hpp>
#include <penstock/s3/object_metadata.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <string>

namespace penstock::s3 {

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
class head_object_options : public request_options<head_object_options>,
                            public customer_key_options<head_object_options>,
                            public read_conditions<head_object_options> {
  public:
    head_object_options() = default;

    head_object_options& version_id(std::string id) { return version_id_ = std::move(id), *this; }
    /// The facts of one part (1 to 10,000) of an object that was uploaded in parts; `parts_count` then says
    /// how many.
    head_object_options& part_number(std::uint32_t n) { return part_number_ = n, *this; }

    /// Asks for the checksums that the store keeps.
    head_object_options& checksum_mode(bool on) { return checksum_mode_ = on, *this; }

    const std::string& version_id() const noexcept { return version_id_; }
    std::uint32_t part_number() const noexcept { return part_number_; }
    bool checksum_mode() const noexcept { return checksum_mode_; }

  private:
    std::string version_id_;
    std::uint32_t part_number_ = 0;
    bool checksum_mode_ = false;
};

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`, `errc::invalid_option`.
PENSTOCK_DECL operation make_head_object(const object_address& object,
                                         const head_object_options& options = {});

/// Errors: `errc::not_modified` for 304, else what `service_failure` makes of the status; a HEAD has no body
/// to say more.
PENSTOCK_DECL result<object_metadata> parse_head_object(const http::response_head& head);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/head_object.ipp>
#endif
