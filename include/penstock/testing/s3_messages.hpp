// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/testing/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace penstock::testing {

/// A request's head as it came.
struct s3_request {
    s3_request() = default;
    s3_request(std::string method, std::string target)
        : method{std::move(method)}, target{std::move(target)} {}

    std::string method;
    std::string target; ///< "/bucket/key?query", nothing decoded
    http::header_list headers;
    /// Bytes of body that the framing promises, chunks of HTTP taken off; none where it does not say.
    std::optional<std::uint64_t> content_length;
    bool ignore_if_match = false; ///< a store that does not know If-Match
};

/// A response: `body`, or a part of `object`.
struct s3_response {
    s3_response() = default;

    int status = 200;
    http::header_list headers; ///< without Content-Length, Date, Connection
    std::string body;
    std::shared_ptr<const stored_object> object;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::string code; ///< of an error

    std::uint64_t content_length() const noexcept { return object ? length : body.size(); }
};

/// One request on its way: its body is pushed in, then the answer comes out. Pure: no I/O but the storage's.
class s3_exchange {
  public:
    virtual ~s3_exchange() = default;

    /// Whether the request is refused already, whatever its body says: `finish` may come at once.
    virtual bool refused() const noexcept = 0;
    /// The next bytes of the body, HTTP's chunks taken off, aws-chunked still on.
    virtual void write(std::span<const std::byte> bytes) = 0;
    /// The body is complete: does a slice of what takes long, such as copying. True while there is more of
    /// it; others on the executor may run before it is called again.
    virtual bool work() = 0;
    /// The body is complete (or not wanted any more): does what is left. Once only.
    virtual s3_response finish() = 0;

    /// Carries the request out as a store that does not know If-Match would.
    virtual void ignore_if_match() noexcept = 0;
    /// The session that this request creates lives no longer than `d`, whatever the answer says.
    virtual void shorten_session(duration d) noexcept = 0;

    /// "/bucket/key", decoded: for logs and fault rules.
    virtual const std::string& path() const noexcept = 0;
    /// For answers that are made outside, such as faults.
    virtual s3_response make_error(int status, std::string code, std::string message) = 0;
};

} // namespace penstock::testing
