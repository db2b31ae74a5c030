// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace penstock::testing {

/// How the embedded S3 answers, beside its transport.
class s3_service_options {
  public:
    s3_service_options() = default;

    /// One user more. Without any, everybody may do everything without a signature.
    s3_service_options& credentials(std::string access_key_id, std::string secret_access_key,
                                    std::string session_token = {}) {
        users_.emplace_back(std::move(access_key_id), std::move(secret_access_key), std::move(session_token));
        return *this;
    }
    /// Whether requests without a signature pass although there are users.
    s3_service_options& anonymous(bool on) { return anonymous_ = on, *this; }
    /// Empty: any region in the signature's scope passes.
    s3_service_options& region(std::string name) { return region_ = std::move(name), *this; }
    /// The smallest part of a multipart upload but the last. S3's is 5 MiB.
    s3_service_options& min_part_size(std::uint64_t n) { return min_part_size_ = n, *this; }
    /// A host under which buckets are sub-domains, in addition to "s3.localhost" and "localhost".
    s3_service_options& base_domain(std::string host) { return base_domain(std::move(host), {}); }
    /// The same as the endpoint of one region: a bucket of another is answered by a redirect there.
    s3_service_options& base_domain(std::string host, std::string of_region) {
        base_domains_.push_back(std::move(host));
        domain_regions_[base_domains_.back()] = std::move(of_region);
        return *this;
    }
    /// The region of one bucket, which need not be there yet. Others are in `region`.
    s3_service_options& bucket_region(std::string bucket, std::string region) {
        bucket_regions_[std::move(bucket)] = std::move(region);
        return *this;
    }
    /// The account that owns every bucket.
    s3_service_options& owner(std::string id) { return owner_ = std::move(id), *this; }
    /// Bounds the open multipart uploads.
    s3_service_options& max_uploads(std::size_t n) { return max_uploads_ = n, *this; }

    const std::vector<aws::credentials>& users() const noexcept { return users_; }
    bool anonymous() const noexcept { return anonymous_ || users_.empty(); }
    const std::string& region() const noexcept { return region_; }
    const std::string& region_of(const std::string& bucket) const noexcept {
        const auto found = bucket_regions_.find(bucket);
        return found == bucket_regions_.end() ? region_ : found->second;
    }
    /// Empty where a base domain serves all regions, as the server's own addresses do.
    std::string region_of_domain(const std::string& host) const {
        const auto found = domain_regions_.find(host);
        return found == domain_regions_.end() ? std::string{} : found->second;
    }
    std::uint64_t min_part_size() const noexcept { return min_part_size_; }
    const std::vector<std::string>& base_domains() const noexcept { return base_domains_; }
    const std::string& owner() const noexcept { return owner_; }
    std::size_t max_uploads() const noexcept { return max_uploads_; }

  private:
    std::vector<aws::credentials> users_;
    bool anonymous_ = false;
    std::string region_ = "us-east-1";
    std::uint64_t min_part_size_ = std::uint64_t{5} << 20;
    std::vector<std::string> base_domains_{"s3.localhost", "localhost"};
    std::map<std::string, std::string> domain_regions_;
    std::map<std::string, std::string> bucket_regions_;
    std::string owner_ = "000000000000";
    std::size_t max_uploads_ = 10'000;
};

} // namespace penstock::testing
