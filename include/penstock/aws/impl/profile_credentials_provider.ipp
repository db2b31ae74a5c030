// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/profile_credentials_provider.hpp>

#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/configured_endpoint.hpp>
#include <penstock/aws/container_credentials_provider.hpp>
#include <penstock/aws/detail/profile_sources.hpp>
#include <penstock/aws/detail/sts_service.hpp>
#include <penstock/aws/detail/trust.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/instance_metadata_credentials_provider.hpp>
#include <penstock/aws/load_profile.hpp>
#include <penstock/aws/process_credentials_provider.hpp>
#include <penstock/aws/refreshing_credentials_provider.hpp>
#include <penstock/aws/sso_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/share.hpp>

#include <memory>
#include <mutex>
#include <utility>

namespace penstock::aws {
namespace detail {

/// What one fetch by a profile needs, and does.
class profile_fetch {
  public:
    profile_fetch(profile_request which, sts_settings sts, const provider_context& context, profile_source_opener open)
        : which_{std::move(which)}, sts_{std::move(sts)}, context_{context}, open_{std::move(open)},
          name_{"profile '" + printable(which_.name, 128) + "'"} {}

    const std::string& name() const noexcept { return name_; }

    awaitable<credentials> run() const {
        const auto files = load_shared_config(locate_profile_files(which_, context_.env()), context_.read_file());
        const auto chain = plan_profile_chain(files, which_.name);
        auto base = open_base(chain);
        if (chain.roles.empty()) {
            auto found = co_await as_result(base->get());
            co_return own_credentials(std::move(found), chain.source);
        }
        const sts_service service{context_, sts_, chain.selected};
        credentials got;
        for (const auto& role : chain.roles) {
            auto taking = service.assume_role(base, role, name_ + ": role " + role.role_arn());
            got = co_await std::move(taking);
            base = fixed(got);
        }
        got.source = name_ + " (assume role)";
        co_return got;
    }

  private:
    using kind = profile_source::kind;

    provider_ptr wrapped(std::string name, credentials_fetch fetch) const {
        return make_refreshing_credentials_provider(std::move(name), std::move(fetch), context_.clock(), context_.make_random());
    }

    provider_ptr fixed(const credentials& c) const {
        return wrapped(name_, [c]() -> awaitable<credentials> { co_return c; });
    }

    provider_ptr open_base(const profile_chain& chain) const {
        const auto& source = chain.source;
        if (source.from == kind::static_keys) return fixed(source.keys);
        if (source.from == kind::web_identity) {
            const auto service = std::make_shared<const sts_service>(context_, sts_, chain.selected);
            return wrapped("web identity", [service, source, as = name_] {
                return service->assume_role_by_token(source.token_file, source.role, as + ": web identity");
            });
        }
        if (source.from == kind::sso && source.sso.account_id.empty()) {
            refuse_profile(chain.selected, errc::invalid_profile, "sso_account_id and sso_role_name are not set",
                           "single sign-on gives credentials of a role in an account");
        }
        auto context = context_;
        context.tls(trust(context.tls(), read_client_settings(context.env(), chain.selected).ca_bundle));
        return open_(chain, which_, context);
    }

    /// The source's, as the profile's. Where it has none, that is an error, for the profile names it.
    credentials own_credentials(result<credentials_ptr> found, const profile_source& source) const {
        if (!found) {
            const auto code = found.error().code();
            auto detail = found.error().detail();
            if (!detail.message.starts_with(name_)) detail.message = name_ + ": " + detail.message;
            throw_failure(failure{code == errc::no_credentials ? make_error_code(errc::invalid_credentials) : code,
                                  std::move(detail)});
        }
        credentials out = **found;
        if (out.account_id.empty()) out.account_id = source.account_id;
        out.source = source.from == kind::static_keys ? name_ : name_ + " (" + out.source + ")";
        return out;
    }

    const profile_request which_; ///< with the name that counts
    const sts_settings sts_;
    const provider_context context_;
    const profile_source_opener open_;
    const std::string name_;
};

inline sso_settings sso_settings_of(const profile_chain& chain, const provider_context& context) {
    const auto& from = chain.source.sso;
    sso_settings sso;
    sso.session = from.session;
    sso.start_url = from.start_url;
    sso.region = from.region;
    sso.account_id = from.account_id;
    sso.role_name = from.role_name;
    sso.profile = chain.source.profile;
    sso.endpoint_url = configured_endpoint_url("sso", context.env(), chain.selected).value;
    sso.oidc_endpoint_url = configured_endpoint_url("sso_oidc", context.env(), chain.selected).value;
    sso.switches = read_service_switches(context.env(), chain.selected);
    return sso;
}

/// The login of a profile, whose files are read at each fetch, while they say the same: it knows what no file does.
class profile_login {
  public:
    provider_ptr open(const profile_chain& chain, const provider_context& context) {
        auto settings = sso_settings_of(chain, context);
        const std::lock_guard lock{mutex_};
        if (!fetch_ || !(settings == settings_)) {
            fetch_ = make_sso_fetch(settings, context);
            settings_ = std::move(settings);
        }
        return make_refreshing_credentials_provider("sso", fetch_, context.clock(), context.make_random());
    }

  private:
    std::mutex mutex_;
    sso_settings settings_;
    credentials_fetch fetch_;
};

PENSTOCK_DECL provider_ptr open_profile_source(const profile_chain& chain, const profile_request& which,
                                               const provider_context& context) {
    using kind = profile_source::kind;
    switch (chain.source.from) {
    case kind::environment: return make_environment_credentials_provider(context.env());
    case kind::container: return make_container_credentials_provider(context);
    case kind::process: return make_process_credentials_provider(chain.source.command, context);
    case kind::sso: return make_sso_credentials_provider(sso_settings_of(chain, context), context);
    default: break; // those that need no provider of their own
    }
    return make_instance_metadata_credentials_provider(instance_metadata_options().profile(which), context);
}

PENSTOCK_DECL provider_ptr make_profile_provider(profile_request which, sts_settings sts, const provider_context& context,
                                                 profile_source_opener open) {
    which.name = profile_name(which, context.env());
    const auto fetch = std::make_shared<const profile_fetch>(std::move(which), std::move(sts), context, std::move(open));
    return make_refreshing_credentials_provider(fetch->name(), [fetch] { return fetch->run(); }, context.clock(),
                                                context.make_random());
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_profile_credentials_provider(profile_request which, sts_settings sts,
                                                             const provider_context& context) {
    auto open = [login = penstock::detail::share<detail::profile_login>()](const profile_chain& chain, const profile_request& in,
                                                                    const provider_context& by) {
        return chain.source.from == profile_source::kind::sso ? login->open(chain, by)
                                                              : detail::open_profile_source(chain, in, by);
    };
    return detail::make_profile_provider(std::move(which), std::move(sts), context, std::move(open));
}

} // namespace penstock::aws
