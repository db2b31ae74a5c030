// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/checksum/checksum_algorithm.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/request_options.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {

/// One object of a batch delete.
struct object_identifier {
    object_identifier() = default;
    object_identifier(std::string key) : key{std::move(key)} {}
    object_identifier(std::string key, std::string version_id)
        : key{std::move(key)}, version_id{std::move(version_id)} {}

    std::string key;
    std::string version_id;
    std::string if_match; ///< an ETag; many stores ignore it
};

class delete_objects_options : public request_options<delete_objects_options> {
  public:
    delete_objects_options() = default;

    /// The store answers only what failed.
    delete_objects_options& quiet(bool on) { return quiet_ = on, *this; }
    /// What the list of keys is guarded by, as S3 demands. By default MD5, which every store knows; in directory buckets,
    /// which take no MD5, CRC-32.
    delete_objects_options& checksum(checksum_algorithm a) { return checksum_ = a, *this; }

    bool quiet() const noexcept { return quiet_; }
    const std::optional<checksum_algorithm>& checksum() const noexcept { return checksum_; }

  private:
    bool quiet_ = false;
    std::optional<checksum_algorithm> checksum_;
};

struct deleted_object {
    deleted_object() = default;

    std::string key;
    std::string version_id;
    bool delete_marker = false;
    std::string delete_marker_version_id;
};

/// A key that the store did not delete, and why.
struct delete_error {
    delete_error() = default;

    std::string key;
    std::string version_id;
    std::string code;
    std::string message;
};

/// A call may succeed for some keys and fail for others: look at `errors`.
struct delete_objects_result {
    delete_objects_result() = default;

    std::vector<deleted_object> deleted; ///< empty in quiet mode
    std::vector<delete_error> errors;
};

namespace detail {

struct operation;

inline constexpr std::size_t max_delete_objects = 1000;

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
///
/// Throws `errc::missing_bucket`; `errc::invalid_option` for none or more than `max_delete_objects` keys, and
/// for a key that XML 1.0 cannot hold (control characters, text that is not UTF-8): such a key is deleted by
/// `make_delete_object`.
PENSTOCK_DECL operation make_delete_objects(std::string_view bucket,
                                            std::span<const object_identifier> objects,
                                            const delete_objects_options& options = {});

PENSTOCK_DECL result<delete_objects_result> parse_delete_objects(const http::response_head& head,
                                                                 std::string_view body);

/// Whether `key` can be named in a batch delete.
PENSTOCK_DECL bool deletable_in_batch(std::string_view key) noexcept;

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/delete_objects.ipp>
#endif
