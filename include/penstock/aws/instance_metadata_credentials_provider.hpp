// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/core/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace penstock::aws {

/// By which protocol the usual address of the service is reached.
enum class metadata_endpoint_mode : std::uint8_t {
    ipv4, ///< 169.254.169.254
    ipv6  ///< fd00:ec2::254
};

/// What the caller says; the rest is said by the environment, else by the profile, else by the defaults.
class instance_metadata_options {
  public:
    instance_metadata_options() = default;

    /// As "http://127.0.0.1:1338". AWS_EC2_METADATA_SERVICE_ENDPOINT, ec2_metadata_service_endpoint. Wherever it is said, it
    /// beats the mode.
    instance_metadata_options& endpoint(std::string url) { return endpoint_ = std::move(url), *this; }
    /// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, ec2_metadata_service_endpoint_mode; default: IPv4.
    instance_metadata_options& mode(metadata_endpoint_mode m) { return mode_ = m, *this; }
    /// AWS_EC2_METADATA_DISABLED.
    instance_metadata_options& disabled(bool on) { return disabled_ = on, *this; }
    /// For each request, connecting included. AWS_METADATA_SERVICE_TIMEOUT, metadata_service_timeout (whole seconds);
    /// default: 1 s.
    instance_metadata_options& timeout(duration d) { return timeout_ = d, *this; }
    /// How often each request is tried in all. AWS_METADATA_SERVICE_NUM_ATTEMPTS, metadata_service_num_attempts; default: 1.
    instance_metadata_options& attempts(int n) { return attempts_ = n, *this; }
    /// The role to ask for; default: the one that the instance has.
    instance_metadata_options& role(std::string name) { return role_ = std::move(name), *this; }
    /// Whether the service may be asked without a token where it gives none: any program that can be made to fetch a URL
    /// could read the keys as well. AWS_EC2_METADATA_V1_DISABLED or ec2_metadata_v1_disabled, when set to "false", allow it;
    /// default: not allowed.
    instance_metadata_options& allow_v1(bool on) { return allow_v1_ = on, *this; }
    /// Where the profile's settings are; default: the usual places.
    instance_metadata_options& profile(profile_request p) { return profile_ = std::move(p), *this; }

    const std::string& endpoint() const noexcept { return endpoint_; }
    std::optional<metadata_endpoint_mode> mode() const noexcept { return mode_; }
    std::optional<bool> disabled() const noexcept { return disabled_; }
    std::optional<duration> timeout() const noexcept { return timeout_; }
    std::optional<int> attempts() const noexcept { return attempts_; }
    const std::string& role() const noexcept { return role_; }
    std::optional<bool> allow_v1() const noexcept { return allow_v1_; }
    const profile_request& profile() const noexcept { return profile_; }

  private:
    std::string endpoint_;
    std::optional<metadata_endpoint_mode> mode_;
    std::optional<bool> disabled_;
    std::optional<duration> timeout_;
    std::optional<int> attempts_;
    std::string role_;
    std::optional<bool> allow_v1_;
    profile_request profile_;
};

/// The role of the EC2 instance, by its metadata service, version 2: a token, the role's name, its keys; answers of at most
/// 64 KiB, and never by way of a proxy. Files are read and requests sent when credentials are needed.
///
/// Keys that have expired when they come are used for another 17 to 25 minutes, after which they are asked for again: so AWS
/// wants it while the service that renews them is out of order.
///
/// `errc::no_credentials` where the service is switched off or cannot be reached, gives no token and may not be asked
/// without, or says that there is no role. Once it has answered, whatever goes wrong is a failure of its own code.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
PENSTOCK_DECL provider_ptr make_instance_metadata_credentials_provider(
    instance_metadata_options options = instance_metadata_options(), const provider_context& context = provider_context());

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/instance_metadata_credentials_provider.ipp>
#endif
