// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/asio.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/request_options.hpp>
#include <penstock/s3/uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::s3 {

class client;

/// How soon, and how dear.
enum class restore_tier : std::uint8_t { standard, bulk, expedited };

/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
class restore_object_options : public request_options<restore_object_options> {
  public:
    restore_object_options() = default;

    /// How long the restored copy stays. Not for objects of the Intelligent-Tiering classes, which come back for good: 0.
    restore_object_options& days(std::uint32_t n) { return days_ = n, *this; }
    restore_object_options& tier(restore_tier t) { return tier_ = t, *this; }
    restore_object_options& version_id(std::string id) { return version_id_ = std::move(id), *this; }

    std::uint32_t days() const noexcept { return days_; }
    restore_tier tier() const noexcept { return tier_; }
    const std::string& version_id() const noexcept { return version_id_; }

  private:
    std::uint32_t days_ = 1;
    restore_tier tier_ = restore_tier::standard;
    std::string version_id_;
};

enum class restore_outcome : std::uint8_t {
    begun,       ///< minutes to days: `object_metadata::restore` says when it is done
    under_way,   ///< somebody had begun it
    restored,    ///< it can be read; how long it stays was set anew
};

/// Asks for an archived object (Glacier classes) back. Errors: those of any call; `errc::object_archived` does not come of
/// this call, `errc::invalid_request` where the object is not archived.
PENSTOCK_DECL awaitable<restore_outcome> restore_object(client& c, object_address object,
                                                        restore_object_options options = restore_object_options());

/// What x-amz-restore says.
struct restore_status {
    restore_status() = default;

    bool ongoing = false;
    std::optional<wall_time> expires; ///< when the restored copy goes; none while it is ongoing
};

/// Of `object_metadata::restore`; none where it says nothing: the object is not being restored, nor was it.
PENSTOCK_DECL std::optional<restore_status> parse_restore_status(std::string_view text);

namespace detail {

struct operation;

/// Throws `errc::missing_bucket`, `errc::missing_key`.
PENSTOCK_DECL operation make_restore_object(const object_address& object, const restore_object_options& options = {});
PENSTOCK_DECL result<restore_outcome> parse_restore_object(const http::response_head& head, std::string_view body);

} // namespace detail
} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/restore_object.ipp>
#endif
