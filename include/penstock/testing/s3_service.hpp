// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/testing/s3_messages.hpp>
#include <penstock/testing/s3_service_options.hpp>
#include <penstock/testing/storage.hpp>

#include <cstddef>
#include <memory>

namespace penstock::testing {

struct s3_service_state;

/// The logic of S3 over a storage: routing, signatures, conditions, documents. Thread-compatible; belongs to
/// one executor with its storage.
class s3_service {
  public:
    /// `random` only makes ids; the system's by default.
    PENSTOCK_DECL s3_service(s3_service_options options, std::shared_ptr<storage> store,
                             std::shared_ptr<clock_source> clock,
                             std::shared_ptr<random_source> random = nullptr);
    PENSTOCK_DECL ~s3_service();
    s3_service(s3_service&&) noexcept = default;
    s3_service& operator=(s3_service&&) = delete;

    /// Never throws but `std::bad_alloc`: what is wrong becomes the answer.
    PENSTOCK_DECL std::unique_ptr<s3_exchange> start(s3_request request);

    /// One user more from now on, until the credentials expire, if they do: what a fake of STS hands out. Replaces one of the
    /// same id; of more than 10,000 those that expire first are forgotten.
    PENSTOCK_DECL void add_user(aws::credentials user);
    static constexpr std::size_t max_users = 10'000;

    PENSTOCK_DECL const s3_service_options& options() const noexcept;
    PENSTOCK_DECL storage& store() const noexcept;
    /// Multipart uploads that are neither completed nor aborted.
    PENSTOCK_DECL std::size_t open_uploads() const noexcept;

  private:
    std::shared_ptr<s3_service_state> state_;
};

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/s3_service.ipp>
#include <penstock/testing/impl/service_access.ipp>
#include <penstock/testing/impl/service_buckets.ipp>
#include <penstock/testing/impl/service_copies.ipp>
#include <penstock/testing/impl/service_encryption.ipp>
#include <penstock/testing/impl/service_objects.ipp>
#include <penstock/testing/impl/service_routes.ipp>
#include <penstock/testing/impl/service_uploads.ipp>
#include <penstock/testing/impl/service_versions.ipp>
#endif
