// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/credentials.hpp>
#include <penstock/aws/endpoint.hpp>
#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/request.hpp>
#include <penstock/http/response_head.hpp>
#include <penstock/s3/detail/client_metrics.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/request_observer.hpp>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace penstock::s3::detail {

/// "GetObject" of "get object": what AWS calls an operation.
PENSTOCK_DECL std::string api_name(std::string_view operation);

/// What is seen of one call: it feeds the client's metrics and, where somebody observes, spans. Lives in the call's frame;
/// a call that ends without `succeeded` or `failed` was cancelled.
class request_observation {
  public:
    PENSTOCK_DECL request_observation(client_metrics& all, request_observer* observer, clock_source& clock,
                                      const operation& op, steady_time began);
    PENSTOCK_DECL ~request_observation();
    request_observation(const request_observation&) = delete;
    request_observation& operator=(const request_observation&) = delete;

    /// Waited for something since then. Gives the time now.
    PENSTOCK_DECL steady_time waited(wait_kind k, steady_time since);

    counter& sent() noexcept { return *of_.sent; }
    counter& received() noexcept { return *of_.received; }

    /// An attempt begins: on a connection, or with the making of one.
    PENSTOCK_DECL void attempt(const aws::endpoint& where, const char* method);
    /// Adds what spans send along, before the request is signed.
    PENSTOCK_DECL void inject(http::request& out);
    void sending(steady_time now) noexcept { sent_at_ = now; }
    /// The head of an answer has come.
    PENSTOCK_DECL void answered(const http::response_head& head, const aws::credentials_ptr& who);
    PENSTOCK_DECL void attempt_failed(const failure& why);
    /// A kept connection had been closed: that was no attempt.
    PENSTOCK_DECL void stale();

    PENSTOCK_DECL void event(std::string_view name, std::span<const span_attribute> attributes = {});
    PENSTOCK_DECL void retrying(duration delay);
    PENSTOCK_DECL void redirected(const aws::endpoint& to);
    /// The bucket is in another region than the client's: told to who observes, in words.
    PENSTOCK_DECL void far_bucket(std::string_view region, std::string_view own);

    /// `read_more`: something was read after the head.
    PENSTOCK_DECL void succeeded(bool read_more);
    /// As the call's last failure, which it gives on.
    PENSTOCK_DECL failure failed(failure why);

  private:
    PENSTOCK_DECL span_time now() const;
    void add_names(std::vector<span_attribute>& to) const;
    PENSTOCK_DECL void end_attempt(const error_code& code, std::string_view service_code, std::string_view message) noexcept;
    PENSTOCK_DECL void end_call(const error_code& code, std::string_view service_code, std::string_view message,
                                steady_time at) noexcept;
    template <class F>
    void tell(F f) const noexcept;

    client_metrics& all_;
    client_metrics::operation_metrics& of_;
    request_observer* observer_;
    clock_source& clock_;
    const operation& op_;
    steady_time began_;
    steady_time sent_at_{};
    steady_time answered_at_{};
    bool in_attempt_ = false;
    bool ended_ = false;
    std::int64_t resends_ = 0;
    std::unique_ptr<request_span> span_;
    std::unique_ptr<request_span> attempt_;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/request_observation.ipp>
#endif
