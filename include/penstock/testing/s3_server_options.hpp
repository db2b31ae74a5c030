// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/testing/fault_plan.hpp>
#include <penstock/testing/s3_service_options.hpp>
#include <penstock/testing/server_limits.hpp>
#include <penstock/testing/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace penstock::testing {

struct s3_server_limits : server_limits {
    s3_server_limits() = default;

    std::size_t log_size = 10'000;   ///< requests remembered; each at most as long as its head
    std::size_t log_header_bytes = std::size_t{8} << 20; ///< for all remembered heads together
};

/// What to serve and how. Everything has a default: objects in memory, no users, no faults, the machine's
/// clock.
class s3_server_options {
  public:
    s3_server_options() = default;

    s3_server_options& credentials(std::string access_key_id, std::string secret_access_key,
                                   std::string session_token = {}) {
        service_.credentials(std::move(access_key_id), std::move(secret_access_key),
                             std::move(session_token));
        return *this;
    }
    s3_server_options& anonymous(bool on) { return service_.anonymous(on), *this; }
    s3_server_options& region(std::string name) { return service_.region(std::move(name)), *this; }
    s3_server_options& min_part_size(std::uint64_t n) { return service_.min_part_size(n), *this; }
    s3_server_options& base_domain(std::string host, std::string of_region = {}) {
        return service_.base_domain(std::move(host), std::move(of_region)), *this;
    }
    s3_server_options& bucket_region(std::string bucket, std::string region) {
        return service_.bucket_region(std::move(bucket), std::move(region)), *this;
    }
    s3_server_options& owner(std::string id) { return service_.owner(std::move(id)), *this; }
    s3_server_options& storage(std::shared_ptr<testing::storage> s) { return storage_ = std::move(s), *this; }
    /// TLS on every listening port: certificate chain and key as PEM text.
    s3_server_options& tls(std::string certificate_pem, std::string key_pem) {
        certificate_pem_ = std::move(certificate_pem);
        key_pem_ = std::move(key_pem);
        return *this;
    }
    s3_server_options& faults(std::shared_ptr<fault_plan> plan) { return faults_ = std::move(plan), *this; }
    s3_server_options& clock(std::shared_ptr<clock_source> c) { return clock_ = std::move(c), *this; }
    s3_server_options& random(std::shared_ptr<random_source> r) { return random_ = std::move(r), *this; }
    s3_server_options& limits(s3_server_limits l) { return limits_ = l, *this; }

    const s3_service_options& service() const noexcept { return service_; }
    const std::shared_ptr<testing::storage>& storage() const noexcept { return storage_; }
    const std::string& certificate_pem() const noexcept { return certificate_pem_; }
    const std::string& key_pem() const noexcept { return key_pem_; }
    const std::shared_ptr<fault_plan>& faults() const noexcept { return faults_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    const std::shared_ptr<random_source>& random() const noexcept { return random_; }
    const s3_server_limits& limits() const noexcept { return limits_; }

  private:
    s3_service_options service_;
    std::shared_ptr<testing::storage> storage_;
    std::string certificate_pem_;
    std::string key_pem_;
    std::shared_ptr<fault_plan> faults_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    s3_server_limits limits_;
};

} // namespace penstock::testing
