// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/detail/operation.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::s3::detail {

using endpoint_ptr = std::shared_ptr<const aws::endpoint>;

/// Where each bucket is: what the settings say, and what stores have said about regions since. Remembers the buckets that
/// were used last. Belongs to one executor.
class bucket_endpoints {
  public:
    void settle(aws::endpoint_settings settings) { settings_ = std::move(settings); }
    const aws::endpoint_settings& settings() const noexcept { return settings_; }

    /// Throws what `resolve_endpoint` throws, with the operation's name. The second is for what is no operation.
    PENSTOCK_DECL endpoint_ptr of(const operation& op);
    PENSTOCK_DECL endpoint_ptr of(const char* operation, const std::string& bucket);

    /// From now on the bucket's requests go to that region.
    PENSTOCK_DECL void learn(const std::string& bucket, std::string region);
    /// Whether nobody asked this of the bucket before. Of those that are remembered: of old ones it is said again.
    bool first_seen_far(const std::string& bucket) { return !std::exchange(find_or_add(bucket).seen_far, true); }
    /// Whether `learn` was told.
    PENSTOCK_DECL bool knows(std::string_view bucket) const noexcept;
    /// Whether the region of the bucket has to be found out: nobody named one, and it is on AWS.
    PENSTOCK_DECL bool must_ask(std::string_view bucket) const noexcept;
    /// So that one caller asks while the others wait.
    PENSTOCK_DECL std::shared_ptr<semaphore> turn(const std::string& bucket);

    static constexpr std::size_t limit = 100;

  private:
    struct place {
        explicit place(std::string name) : bucket{std::move(name)} {}

        std::string bucket;
        std::string region; ///< learned; else empty
        endpoint_ptr data;  ///< null until it is needed
        std::shared_ptr<semaphore> turn;
        bool seen_far = false;
    };

    PENSTOCK_DECL place& find_or_add(const std::string& bucket);
    PENSTOCK_DECL endpoint_ptr resolve(const char* operation, const std::string& bucket, aws::api_plane plane,
                                       const std::string& region) const;

    aws::endpoint_settings settings_;
    std::vector<place> places_; ///< the latest first
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/bucket_endpoints.ipp>
#endif
