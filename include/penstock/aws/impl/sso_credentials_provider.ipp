// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sso_credentials_provider.hpp>

#include <penstock/aws/detail/service_call.hpp>
#include <penstock/aws/detail/sso.hpp>
#include <penstock/aws/service_endpoint.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>

#include <mutex>
#include <utility>

namespace penstock::aws {
namespace detail {

inline constexpr std::chrono::minutes renew_before{5};
inline constexpr std::chrono::seconds between_renewals{30};
inline constexpr std::size_t max_sso_token_file = std::size_t{64} << 10;

/// Gets a role's credentials by the login in the cache, which it keeps alive. Thread-safe.
class sso_fetch {
  public:
    sso_fetch(sso_settings settings, const provider_context& context)
        : settings_{std::move(settings)}, context_{context}, portal_{resolve_service_endpoint(
                                                                 credential_service::sso,
                                                                 settings_.endpoint_url, settings_.region,
                                                                 settings_.switches)},
          oidc_{resolve_service_endpoint(credential_service::sso_oidc, settings_.oidc_endpoint_url,
                                         settings_.region, settings_.switches)} {}

    /// `self` keeps this alive.
    static awaitable<credentials> run(std::shared_ptr<sso_fetch> self) {
        auto finding = self->find_token();
        const auto token = co_await std::move(finding);
        const auto request = make_role_request(self->portal_, self->settings_, token);
        auto asking =
            self->ask(self->portal_, request, "", token, "the portal", retry_options{}.max_attempts());
        const auto answer = co_await std::move(asking);
        auto read = read_role_credentials(answer, self->settings_, token);
        if (!read) throw_failure(at(self->portal_, read.error()));
        co_return std::move(*read);
    }

  private:
    /// A renewal that is broken off, for its caller is cancelled or the executor ends, was no try: another may come at once.
    class renewal_scope {
      public:
        explicit renewal_scope(sso_fetch& of) : of_{of} {}
        ~renewal_scope() {
            if (ended_) return;
            const std::lock_guard lock{of_.mutex_};
            of_.tried_at_.reset();
        }
        renewal_scope(const renewal_scope&) = delete;
        renewal_scope& operator=(const renewal_scope&) = delete;

        void ended() noexcept { ended_ = true; }

      private:
        sso_fetch& of_;
        bool ended_ = false;
    };

    static failure at(const endpoint& where, const failure& why) {
        return why.with([&where](error_detail& d) { d.endpoint = where.url(); });
    }

    /// A login that is valid now, renewed where that is due and can be had.
    awaitable<sso_token> find_token() {
        const auto path = token_path();
        const auto document = read_document(path);
        auto token = parsed(document);
        const auto now = context_.clock()->wall_now();
        const bool valid = token.expires_at > instant{now};
        failure why;
        const bool due = !settings_.session.empty() && token.expires_at < instant{now + renew_before};
        if (due && token.renewable(now) && begin_renewal(why)) {
            renewal_scope renewal{*this};
            auto renewing = renew(path, document, token, valid);
            penstock::detail::attempt renewed{std::move(renewing)};
            co_await renewed.run();
            if (!renewed && renewed.error().code() == condition::cancelled) throw_failure(renewed.error());
            renewal.ended();
            if (renewed) co_return std::move(*renewed);
            why = renewed.error();
            const std::lock_guard lock{mutex_};
            renewal_failed_ = why;
        }
        if (!valid) throw_failure(expired(token, why));
        co_return token;
    }

    std::string token_path() const {
        auto folder = settings_.cache_folder;
        if (folder.empty()) {
            const auto home = context_.env().home();
            if (!home)
                throw_failure(failure{errc::invalid_credentials,
                                      "sso: nobody knows the home folder, where logins are kept",
                                      "set HOME"});
            folder = *home + "/.aws/sso/cache";
        }
        return folder + "/" + sso_token_file(settings_);
    }

    /// The file's text, or what it would be if it could have been written.
    std::string read_document(const std::string& path) {
        auto text = context_.read_file()(path, max_sso_token_file);
        if (!text) {
            const auto code = text.error().code();
            const bool nobody = code == condition::not_found;
            throw_failure(
                failure{errc::invalid_credentials,
                        nobody ? "sso: nobody is logged in: there is no file '" + printable(path, 256) + "'"
                               : "sso: the file of the login, '" + printable(path, 256) +
                                     "', cannot be read: " + code.message(),
                        sso_login_hint(settings_)});
        }
        const std::lock_guard lock{mutex_};
        return *text == replaced_ ? unwritten_ : std::move(*text);
    }

    sso_token parsed(const std::string& document) const {
        auto token = parse_sso_token(document);
        if (!token)
            throw_failure(
                token.error().with([this](error_detail& d) { d.hint = sso_login_hint(settings_); }));
        return std::move(*token);
    }

    /// Whether it is time for another try; else `why` is how the last one ended.
    bool begin_renewal(failure& why) {
        const auto now = context_.clock()->now();
        const std::lock_guard lock{mutex_};
        if (tried_at_ && now - *tried_at_ < between_renewals) {
            why = renewal_failed_;
            return false;
        }
        tried_at_ = now;
        renewal_failed_ = {};
        return true;
    }

    awaitable<sso_token> renew(std::string path, std::string document, sso_token old, bool valid) {
        // With a valid token there is another time.
        const int attempts = valid ? 1 : retry_options{}.max_attempts();
        auto asking = ask(oidc_, make_create_token_request(oidc_), create_token_body(old), old,
                          "renewing the login", attempts);
        const auto answer = co_await std::move(asking);
        auto renewed = renew_sso_document(document, old, answer, context_.clock()->wall_now());
        if (!renewed) throw_failure(at(oidc_, renewed.error()));
        const bool written = write_private_file(path, *renewed).has_value();
        const std::lock_guard lock{mutex_};
        // The service may take an old refresh token only once.
        if (!written && unwritten_ != document) replaced_ = document;
        unwritten_ = written ? std::string{} : *renewed;
        if (written) replaced_.clear();
        co_return parsed(*renewed);
    }

    failure expired(const sso_token& token, const failure& why) const {
        const auto kind = classify(why);
        if (why && (kind == retry_class::transient || kind == retry_class::throttling)) return why;
        std::string what =
            "sso: the login expired at " + format_iso8601(token.expires_at).value_or("(no date)");
        if (!why) return failure{errc::invalid_credentials, std::move(what), sso_login_hint(settings_)};
        return why.with([&](error_detail& d) {
            d.message = what + "; " + d.message.substr(d.message.starts_with("sso: ") ? 5 : 0);
            d.hint = sso_login_hint(settings_);
        });
    }

    /// One request, sent again where that may help. Answers of other statuses than these are the caller's.
    awaitable<http::document> ask(endpoint to, http::request request, std::string body, sso_token token,
                                  std::string doing, int attempts) const {
        service_call call{to, [request = std::move(request)] { return request; }};
        call.body = std::move(body);
        call.retry.deadline(service_deadline).max_attempts(attempts);
        call.look = [&token, &doing](const http::document& answer) {
            const int status = answer.head.status;
            return status == 429 || status >= 500 ? sso_refusal(answer, token, doing) : failure{};
        };
        auto calling = call_service(context_, std::move(call));
        penstock::detail::attempt answer{std::move(calling)};
        co_await answer.run();
        if (answer) co_return std::move(*answer);
        throw_failure(answer.error().with([&doing](error_detail& d) {
            if (!d.message.starts_with("sso: "))
                d.message = "sso: " + doing + (d.message.empty() ? "" : ": " + d.message);
        }));
    }

    const sso_settings settings_;
    const provider_context context_;
    const endpoint portal_;
    const endpoint oidc_;

    mutable std::mutex mutex_;
    std::optional<steady_time> tried_at_;
    failure renewal_failed_;
    std::string replaced_;  ///< the file's text, in whose place…
    std::string unwritten_; ///< …this could not be written
};

inline void check_sso_settings(const sso_settings& s) {
    const std::pair<const char*, const std::string*> needed[] = {{"sso_start_url", &s.start_url},
                                                                 {"sso_region", &s.region},
                                                                 {"sso_account_id", &s.account_id},
                                                                 {"sso_role_name", &s.role_name}};
    for (const auto& [name, value] : needed)
        if (value->empty())
            throw_failure(failure{errc::invalid_profile, "sso: " + std::string{name} + " is not set",
                                  "see the profile, and the sso-session that it names"});
}

PENSTOCK_DECL credentials_fetch make_sso_fetch(sso_settings settings, const provider_context& context) {
    check_sso_settings(settings);
    return [fetch = penstock::detail::share<sso_fetch>(std::move(settings), context)] { return sso_fetch::run(fetch); };
}

} // namespace detail

PENSTOCK_DECL provider_ptr make_sso_credentials_provider(sso_settings settings,
                                                         const provider_context& context) {
    return make_refreshing_credentials_provider("sso", detail::make_sso_fetch(std::move(settings), context),
                                                context.clock(), context.make_random());
}

} // namespace penstock::aws
