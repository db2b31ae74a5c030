// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials_chain.hpp>
#include <penstock/aws/credentials_provider.hpp>
#include <penstock/aws/credentials_source.hpp>
#include <penstock/aws/instance_metadata_credentials_provider.hpp>
#include <penstock/aws/profile_location.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/sts.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::aws {

class default_chain_options {
  public:
    default_chain_options() = default;

    /// These and no others, in this order; none: all, as `make_default_credentials_chain` says.
    default_chain_options& sources(std::vector<credentials_source> v) { return sources_ = std::move(v), *this; }
    /// A profile chosen by its name here, not by AWS_PROFILE, comes instead of the environment's keys and web identity.
    default_chain_options& profile(profile_request v) { return profile_ = std::move(v), *this; }
    /// The host that the credentials are for; empty: AWS.
    default_chain_options& store_host(std::string v) { return store_host_ = std::move(v), *this; }
    default_chain_options& sts(sts_settings v) { return sts_ = std::move(v), *this; }
    /// How the metadata of an instance are asked for.
    default_chain_options& metadata(instance_metadata_options v) { return metadata_ = std::move(v), *this; }
    /// Told of each source that is asked.
    default_chain_options& observer(chain_observer v) { return observer_ = std::move(v), *this; }

    const std::vector<credentials_source>& sources() const noexcept { return sources_; }
    const profile_request& profile() const noexcept { return profile_; }
    const std::string& store_host() const noexcept { return store_host_; }
    const sts_settings& sts() const noexcept { return sts_; }
    const instance_metadata_options& metadata() const noexcept { return metadata_; }
    const chain_observer& observer() const noexcept { return observer_; }

  private:
    std::vector<credentials_source> sources_;
    profile_request profile_;
    std::string store_host_;
    sts_settings sts_;
    instance_metadata_options metadata_;
    chain_observer observer_;
};

/// All sources, in the order environment, web identity, profile, container, instance metadata, but for two things: a
/// profile that AWS_PROFILE names comes before the web identity, and for a store that is not AWS's own container and
/// instance metadata are not asked, for their credentials are AWS's. The first that has credentials is kept to; one that
/// is set up and broken ends the search. The error tells what each source said.
///
/// Does no I/O. Half a key in the environment is thrown here already.
PENSTOCK_DECL provider_ptr make_default_credentials_chain(const default_chain_options& options = {},
                                                          const provider_context& context = {});

/// The sources that people mean by "auto" (also "iam_role", "default": none, as `sources` has it), "metadata" (web
/// identity, container and instance metadata), "environment" ("env"), "profile", "web_identity", "container" ("ecs"),
/// "instance_metadata" ("imds"). Any other word is `errc::invalid_option`, with these.
PENSTOCK_DECL std::vector<credentials_source> named_credentials_sources(std::string_view name);

/// Credentials by such a name or one of "key" (the `keys`, which must be there) and "public" ("anonymous": requests are
/// not signed). Keys that are given count for "auto", too; with any other name they are `errc::invalid_option`.
PENSTOCK_DECL provider_ptr make_named_credentials_provider(std::string_view name, const credentials& keys = {},
                                                           const default_chain_options& options = {},
                                                           const provider_context& context = {});

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/default_credentials_chain.ipp>
#endif
