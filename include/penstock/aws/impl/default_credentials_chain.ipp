// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/default_credentials_chain.hpp>

#include <penstock/aws/anonymous_credentials_provider.hpp>
#include <penstock/aws/container_credentials_provider.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/profile_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/aws/web_identity_credentials_provider.hpp>
#include <penstock/core/detail/share.hpp>

namespace penstock::aws {
namespace detail {

/// In the place of a source that is not asked, so that the error tells of it.
class omitted_source final : public credentials_provider {
  public:
    omitted_source(std::string name, const std::string& host)
        : name_{std::move(name)}, why_{name_ + ": not asked, for " + printable(host, 255) + " is not AWS's"} {}

    std::optional<credentials_ptr> try_get(wall_time) override { return std::nullopt; }
    awaitable<credentials_ptr> get() override {
        throw_failure(failure{errc::no_credentials, why_, "ask for credentials of the metadata by name to use them there"});
        co_return nullptr;
    }
    bool invalidate(const credentials&) override { return false; }
    std::string name() const override { return name_; }

  private:
    const std::string name_, why_;
};

inline std::vector<credentials_source> automatic_sources(const default_chain_options& options, const environment& env) {
    using source = credentials_source;
    std::vector<source> out;
    const bool chosen = !options.profile().name.empty();
    if (!chosen) out.push_back(source::environment);
    const bool named = chosen || env.get("AWS_PROFILE", "AWS_DEFAULT_PROFILE");
    if (named) out.push_back(source::profile);
    if (!chosen) out.push_back(source::web_identity);
    if (!named) out.push_back(source::profile);
    out.push_back(source::container);
    out.push_back(source::instance_metadata);
    return out;
}

inline provider_ptr make_source(credentials_source which, const default_chain_options& options, const provider_context& context) {
    switch (which) {
    case credentials_source::environment: return make_environment_credentials_provider(context.env());
    case credentials_source::web_identity: return make_web_identity_credentials_provider(options.sts(), context);
    case credentials_source::profile: return make_profile_credentials_provider(options.profile(), options.sts(), context);
    case credentials_source::container: return make_container_credentials_provider(context);
    case credentials_source::instance_metadata: break;
    }
    auto metadata = options.metadata();
    const auto& files = metadata.profile();
    if (files.name.empty() && files.config_file.empty() && files.credentials_file.empty()) metadata.profile(options.profile());
    return make_instance_metadata_credentials_provider(std::move(metadata), context);
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_default_credentials_chain(const default_chain_options& options,
                                                          const provider_context& context) {
    using source = credentials_source;
    const bool automatic = options.sources().empty();
    const auto& host = options.store_host();
    const bool elsewhere = automatic && !host.empty() && !is_aws_host(host);
    std::vector<provider_ptr> providers;
    for (const auto which : automatic ? detail::automatic_sources(options, context.env()) : options.sources()) {
        if (elsewhere && which == source::container)
            providers.push_back(penstock::detail::share<detail::omitted_source>("container", host));
        else if (elsewhere && which == source::instance_metadata)
            providers.push_back(penstock::detail::share<detail::omitted_source>("instance metadata", host));
        else
            providers.push_back(detail::make_source(which, options, context));
    }
    return make_credentials_chain(std::move(providers), options.observer(), context.clock());
}

PENSTOCK_DECL std::vector<credentials_source> named_credentials_sources(std::string_view name) {
    using source = credentials_source;
    std::vector<source> out;
    if (name == "metadata") {
        out.push_back(source::web_identity);
        out.push_back(source::container);
        out.push_back(source::instance_metadata);
    } else if (name == "environment" || name == "env") {
        out.push_back(source::environment);
    } else if (name == "profile") {
        out.push_back(source::profile);
    } else if (name == "web_identity") {
        out.push_back(source::web_identity);
    } else if (name == "container" || name == "ecs") {
        out.push_back(source::container);
    } else if (name == "instance_metadata" || name == "imds") {
        out.push_back(source::instance_metadata);
    } else if (name != "auto" && name != "iam_role" && name != "default" && !name.empty()) {
        throw_failure(failure{errc::invalid_option, "credentials '" + printable(name, 64) + "'",
                              "one of auto, metadata, environment, key, public, profile, web_identity, container, "
                              "instance_metadata"});
    }
    return out;
}

PENSTOCK_DECL provider_ptr make_named_credentials_provider(std::string_view name, const credentials& keys,
                                                           const default_chain_options& options,
                                                           const provider_context& context) {
    const bool given = !keys.access_key_id.empty() || !keys.secret_access_key.empty() || !keys.session_token.empty();
    const bool is_public = name == "public" || name == "anonymous";
    auto sources = name == "key" || is_public ? std::vector<credentials_source>() : named_credentials_sources(name);
    if (name == "key" || (given && sources.empty() && !is_public))
        return make_static_credentials_provider(keys.access_key_id, keys.secret_access_key, keys.session_token);
    if (given) {
        throw_failure(failure{errc::invalid_option, "keys are given, and credentials '" + printable(name, 64) + "' asked for",
                              "leave the keys out, or ask for 'key'"});
    }
    if (is_public) return make_anonymous_credentials_provider();
    if (sources.empty()) sources = options.sources();
    return make_default_credentials_chain(default_chain_options{options}.sources(std::move(sources)), context);
}

} // namespace penstock::aws
