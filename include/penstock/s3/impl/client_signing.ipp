// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/s3/detail/create_session.hpp>

#include <utility>

// The part of client_state that knows whose keys sign what.
namespace penstock::s3::detail {

/// Regions come from stores, too: no more of them are kept.
inline constexpr std::size_t max_signers = 16;

PENSTOCK_DECL aws::signer& client_state::signer_of(const aws::endpoint& where, aws::token_name token) {
    for (const auto& s : signers_)
        if (s->region() == where.region && s->service() == where.service && s->token() == token) return *s;
    if (signers_.size() >= max_signers) signers_.erase(signers_.begin());
    signers_.push_back(std::make_unique<aws::signer>(where.region, where.service, token));
    return *signers_.back();
}

/// What needs no waiting.
PENSTOCK_DECL std::optional<signing_identity> client_state::try_identity(signed_by by, const std::string& bucket,
                                                                         const aws::endpoint& where, wall_time wall) {
    if (by == signed_by::nobody) return signing_identity{};
    auto who = credentials_->try_get(wall);
    if (!who) return std::nullopt;
    if (!*who || by == signed_by::iam || where.auth != aws::auth_scheme::sigv4_s3express)
        return signing_identity{std::move(*who), credentials_};
    auto session = sessions().of(bucket, *who);
    auto keys = session->try_get(wall);
    if (!keys) return std::nullopt;
    return signing_identity{std::move(*keys), std::move(session), aws::token_name::s3session_token};
}

PENSTOCK_DECL awaitable<signing_identity> client_state::get_identity(signed_by by, std::string bucket,
                                                                     endpoint_ptr where) {
    auto who = co_await credentials_->get();
    if (!who || by == signed_by::iam || where->auth != aws::auth_scheme::sigv4_s3express)
        co_return signing_identity{std::move(who), credentials_};
    auto session = sessions().of(bucket, who);
    auto keys = co_await session->get();
    co_return signing_identity{std::move(keys), std::move(session), aws::token_name::s3session_token};
}

inline awaitable<aws::credentials> create_session_of(std::weak_ptr<client_state> client, std::string bucket) {
    const auto state = client.lock();
    if (!state) throw_failure(failure{errc::closed, "the client is gone"});
    co_return co_await state->create_session(std::move(bucket));
}

PENSTOCK_DECL express_sessions& client_state::sessions() {
    if (!sessions_) {
        // Weak: the sessions are the client's, not the other way round.
        auto create = [client = weak_from_this()](std::string bucket) {
            return create_session_of(client, std::move(bucket));
        };
        sessions_.emplace(std::move(create), clock_, random_);
    }
    return *sessions_;
}

PENSTOCK_DECL awaitable<aws::credentials> client_state::create_session(std::string bucket) {
    const auto self = shared_from_this();
    auto asked = call(make_create_session(bucket), &parse_create_session);
    penstock::detail::attempt made{std::move(asked)};
    co_await made.run();
    if (!made) {
        throw_failure(made.error().with(
            [](error_detail& d) { d.message = "no session with the directory bucket: " + d.message; }));
    }
    // The expiration is by the store's clock, and who renews it goes by ours.
    auto keys = std::move(*made);
    aws::instant end{*keys.expiration}; // whose range is wider than the clock's
    end.seconds -= std::chrono::duration_cast<std::chrono::seconds>(skew_).count();
    keys.expiration = end.to_wall_time();
    co_return keys;
}

} // namespace penstock::s3::detail
