// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/retry_strategy.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock::s3 {

/// What can be said of any one call, whatever it does.
struct request_settings {
    request_settings() = default;

    std::optional<aws::retry_options> retry; ///< instead of the client's
    std::optional<duration> time_limit;
    std::optional<steady_time> ends; ///< of the call that this request is a part of; set by the client
    std::string label;
    std::shared_ptr<const void> trace_parent;
    http::header_list headers;
    std::string expected_bucket_owner;
    std::optional<bool> requester_pays; ///< instead of the client's
};

/// Null where nothing was said. Shared by all requests of a call, and by the calls that it stands for.
using request_settings_ptr = std::shared_ptr<const request_settings>;

namespace detail {
/// Throws `errc::invalid_option` for a field that is not the caller's to set (Host, Authorization, what frames the body …).
PENSTOCK_DECL void add_extra_header(http::header_list& to, std::string_view name, std::string_view value);
} // namespace detail

/// The base of the options of every operation.
template <class Options>
class request_options {
  public:
    request_options() = default;

    /// Instead of the client's `retry`; what retries cost is taken from the client's budget unless these name one.
    Options& retry(aws::retry_options v) {
        return change([&](request_settings& s) { s.retry = std::move(v); });
    }
    /// For the call as a whole, retries and waits for a turn included: past it, `errc::deadline_exceeded`. By default there
    /// is none: a transfer that makes progress may take as long as it needs. It ends with the call: a body that is read
    /// afterwards is under the stall limit.
    Options& time_limit(duration d) {
        return change([&](request_settings& s) { s.time_limit = d; });
    }
    /// Whose request this is, for metrics, spans and traces: a query, a task, a tenant. Never sent.
    Options& label(std::string v) {
        return change([&](request_settings& s) { s.label = std::move(v); });
    }
    /// What the spans of its requests belong to, as the client's observer understands it: handed on, never looked at.
    Options& trace_parent(std::shared_ptr<const void> v) {
        return change([&](request_settings& s) { s.trace_parent = std::move(v); });
    }
    /// One more header field, signed like all others. Throws `errc::invalid_option` for fields that the client sets itself.
    Options& header(std::string_view name, std::string_view value) {
        return change([&](request_settings& s) { detail::add_extra_header(s.headers, name, value); });
    }
    /// The account that must own the bucket, else the store refuses.
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    Options& expected_bucket_owner(std::string account) {
        return change([&](request_settings& s) { s.expected_bucket_owner = std::move(account); });
    }
    /// Instead of the client's.
    Options& requester_pays(bool on) {
        return change([&](request_settings& s) { s.requester_pays = on; });
    }
    /// All of it as said elsewhere.
    Options& settings(request_settings_ptr v) { return settings_ = std::move(v), self(); }

    const request_settings_ptr& settings() const noexcept { return settings_; }

  private:
    Options& self() noexcept { return static_cast<Options&>(*this); }

    template <class F>
    Options& change(F f) {
        auto s = settings_ ? std::make_shared<request_settings>(*settings_) : std::make_shared<request_settings>();
        f(*s);
        settings_ = std::move(s);
        return self();
    }

    request_settings_ptr settings_;
};

} // namespace penstock::s3

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/request_options.ipp>
#endif
