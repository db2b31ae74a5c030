// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace penstock::s3 {

// Hooks in the shape of OpenTelemetry's spans: who has a tracer writes one small class over its span. Names of attributes
// are those of the semantic conventions for AWS SDK clients and HTTP clients; docs/observability.md lists them.

using span_value = std::variant<std::string_view, std::int64_t, bool>;

struct span_attribute {
    span_attribute(std::string_view name, span_value value) : name{name}, value{value} {}

    std::string_view name; ///< as long as the call that gets it, as all views here
    span_value value;
};

/// The same moment by both clocks of the client.
struct span_time {
    span_time() = default;

    wall_time wall{};
    steady_time steady{};
};

/// What a span begins with.
struct span_start {
    span_start() = default;

    std::string_view name;                    ///< "S3.GetObject" for a call, "GET" for an attempt
    span_time at;
    std::span<const span_attribute> attributes;
    std::shared_ptr<const void> parent;       ///< what the caller gave as `trace_parent`; null for an attempt
};

/// One span: of a call, or of one of its attempts. Destroyed after `end`, or without it where the program ends in the
/// middle of the call.
class request_span {
  public:
    request_span() = default;
    virtual ~request_span() = default;
    request_span(const request_span&) = delete;
    request_span& operator=(const request_span&) = delete;

    /// A span beneath this one. Null: nobody looks.
    virtual std::unique_ptr<request_span> child(const span_start&) { return nullptr; }
    virtual void attribute(const span_attribute&) {}
    /// Something happened: "retry", "redirect", "credentials renewed", "clock corrected", "cross region".
    virtual void event(std::string_view, const span_time&, std::span<const span_attribute>) {}
    /// Header fields that carry this span to the store (traceparent); asked of attempts, before they are signed: what is
    /// named x-amz-… is covered by the signature, the others are not, so that a proxy may change them. Fields that the
    /// client sets itself, and those that HTTP does not allow, are left out.
    virtual void inject(http::header_list&) {}
    /// It is over. `failure` is empty where it succeeded, else says why, without secrets.
    virtual void end(const span_time&, std::string_view /*failure*/) {}
};

/// Is told of every call that a client makes of its store. Given by `client_options::observer`, to one client or several;
/// called on their executors, from the middle of their work: it should be short. What it throws is dropped.
class request_observer {
  public:
    request_observer() = default;
    virtual ~request_observer() = default;
    request_observer(const request_observer&) = delete;
    request_observer& operator=(const request_observer&) = delete;

    /// A call begins. Null: nobody looks at this one.
    virtual std::unique_ptr<request_span> start(const span_start&) { return nullptr; }
    /// Something that should be known by who pays for or runs the program, in words: once for each bucket in another
    /// region than the client's.
    virtual void advise(std::string_view) {}
};

} // namespace penstock::s3
