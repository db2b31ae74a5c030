// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/transport_observer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace penstock::http {

/// Gets one line, without its end. Called on the executors of whoever is traced.
using trace_sink = std::function<void(std::string_view line)>;

class trace_options {
  public:
    trace_options() = default;

    /// Off: of each message only its first line.
    trace_options& headers(bool on) { return headers_ = on, *this; }
    /// For paths that are secrets themselves: true for one that is not to be shown.
    trace_options& secret_target(std::function<bool(std::string_view target)> v) { return secret_ = std::move(v), *this; }

    bool headers() const noexcept { return headers_; }
    const std::function<bool(std::string_view)>& secret_target() const noexcept { return secret_; }

  private:
    bool headers_ = true;
    std::function<bool(std::string_view)> secret_;
};

/// A trace for people, for `transport_options::observer`: steps of connecting, first lines and header fields of requests
/// and answers, sizes and times. No bodies; no secrets: of authorizations, tokens, keys of encryption, cookies, and of
/// what signs a URL only the names are shown.
PENSTOCK_DECL std::shared_ptr<transport_observer> make_trace(trace_sink sink, trace_options options = trace_options());

namespace detail {
/// The value of a field as it may be shown.
PENSTOCK_DECL std::string shown_field(std::string_view name, std::string_view value);
/// A request's target, or a URL, as it may be shown.
PENSTOCK_DECL std::string shown_target(std::string_view target);
} // namespace detail

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/trace.ipp>
#endif
