// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/config.hpp>

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

using boost::system::error_code;

/// What went wrong, exactly. Codes may be added in any version: branch on `condition` unless one code is what you
/// mean.
enum class errc {
    // configuration
    invalid_url = 1,
    invalid_endpoint,
    invalid_region,
    invalid_option,
    missing_bucket,
    missing_key,
    malformed_profile_file,
    invalid_profile,
    // finding and reaching the server
    host_not_found,
    resolve_failed,
    connect_failed,
    connect_timeout,
    tls_failed,
    tls_timeout,
    certificate_rejected,
    proxy_refused,
    too_many_connections,
    // the HTTP exchange
    connection_closed,
    first_byte_timeout,
    stall_timeout,
    malformed_response,
    header_too_large,
    body_too_short,
    body_too_long,
    response_too_large,
    // what S3 answered
    no_such_bucket,
    no_such_key,
    no_such_upload,
    object_archived,
    access_denied,
    signature_mismatch,
    invalid_access_key,
    expired_token,
    clock_skew,
    throttled,
    service_unavailable,
    precondition_failed,
    not_modified,
    range_not_satisfiable,
    wrong_region,
    bucket_exists,
    bucket_not_empty,
    conflict,
    bad_digest,
    invalid_request,
    service_error,
    // credentials
    no_credentials,
    invalid_credentials,
    // the client's own rules
    object_changed,
    budget_exceeded,
    budget_stalled,
    deadline_exceeded,
    closed,
    // data
    malformed_xml,
    malformed_csv,
    malformed_json,
    ragged_row,
    type_mismatch,
    unknown_column,
    invalid_utf8,
    record_too_large,
    corrupt_compressed_data,
    unsupported,
    limit_exceeded,
    malformed_arrow,
    invalid_utf16,
};

/// What callers usually need to tell apart. Compare an `error_code` with one: `if (e.code() == condition::not_found)`.
enum class condition {
    not_found = 1,  ///< no such bucket, key, upload or file
    access_denied,  ///< the credentials are known but may not do this
    authentication, ///< no, unknown, expired or wrongly used credentials; clock skew
    throttled,      ///< the store asked to slow down
    timeout,        ///< a limit in time was reached
    connection,     ///< resolving, connecting, TLS, or a connection that broke
    unavailable,    ///< the store failed (5xx)
    changed,        ///< the object is not what it was, or a precondition did not hold
    malformed,      ///< bytes that do not follow their format: HTTP, XML, CSV, JSON, Arrow, compression
    configuration,  ///< a URL, region, endpoint or option that cannot work
    limit,          ///< a memory or size limit
    unsupported,    ///< not in this build, or not offered by this store
    cancelled,      ///< the caller cancelled the operation
};

PENSTOCK_DECL const boost::system::error_category& penstock_category() noexcept;
PENSTOCK_DECL const boost::system::error_category& condition_category() noexcept;

inline error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), penstock_category()}; }
inline boost::system::error_condition make_error_condition(condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

/// One try at a request, for the story of a failure.
struct attempt_record {
    attempt_record() = default;

    error_code code;
    int http_status = 0;
    std::string service_code;
    std::chrono::milliseconds duration{};
    std::chrono::milliseconds waited_before{};
};

/// The story behind an `error_code`: whatever is known, empty or zero where it is not. Never holds a secret.
struct error_detail {
    error_detail() = default;

    std::string operation; ///< "get object", "list objects", "read csv" …
    std::string bucket;
    std::string key;
    std::string object; ///< URL or path, where bucket and key do not say it
    std::string endpoint;
    std::string message; ///< what happened, in words; for service errors the store's own text, cleaned

    // service errors
    int http_status = 0;
    std::string service_code;
    std::string request_id;
    std::string host_id;
    std::string region; ///< the region that the store named
    std::vector<attempt_record> attempts;
    std::string credential_source; ///< which source, and the last four characters of the access key id
    std::string upload_id;         ///< of a multipart upload that was begun: it is aborted as far as that is possible

    // parse errors; line and column count from 1, 0 where unknown
    std::optional<std::uint64_t> byte_offset;
    std::uint64_t line = 0;
    std::uint64_t column = 0;

    std::string hint; ///< what to do about it
};

/// An error code and its story, as a value: what `result` carries and `error` throws. Cheap to copy.
class failure {
  public:
    failure() = default;
    failure(error_code code) : code_{code} {}
    failure(errc code) : code_{make_error_code(code)} {}
    failure(error_code code, error_detail detail)
        : code_{code}, detail_{std::make_shared<const error_detail>(std::move(detail))} {}
    failure(errc code, error_detail detail) : failure{make_error_code(code), std::move(detail)} {}
    /// A code with only a message for its story.
    PENSTOCK_DECL failure(errc code, std::string message, std::string hint = {});

    const error_code& code() const noexcept { return code_; }
    PENSTOCK_DECL const error_detail& detail() const noexcept;

    /// The same failure with its story changed by `f(error_detail&)`.
    template <class F>
    failure with(F&& f) const {
        error_detail d = detail();
        std::forward<F>(f)(d);
        return failure{code_, std::move(d)};
    }

    /// One line for a person: operation, object, what happened, where, codes and ids, hint.
    PENSTOCK_DECL std::string message() const;

    explicit operator bool() const noexcept { return code_.failed(); }

  private:
    error_code code_;
    std::shared_ptr<const error_detail> detail_;
};

/// What penstock throws. `code()` to branch on, `detail()` for the story, `what()` for the story on one line.
class error : public boost::system::system_error {
  public:
    PENSTOCK_DECL explicit error(failure f);

    const error_detail& detail() const noexcept { return failure_.detail(); }
    const failure& as_failure() const noexcept { return failure_; }
    const char* what() const noexcept override { return text_->c_str(); }

  private:
    failure failure_;
    std::shared_ptr<const std::string> text_; // shared: copying an exception must not throw
};

/// A value or a failure. `value()` throws `error`.
template <class T>
using result = boost::system::result<T, failure>;

/// Found by `result::value()`.
[[noreturn]] PENSTOCK_DECL void throw_exception_from_error(const failure& f, const boost::source_location&);

[[noreturn]] PENSTOCK_DECL void throw_failure(failure f);

/// The failure inside any exception that an awaited penstock call may throw (Asio's cancellation included). Other
/// exceptions are thrown on.
PENSTOCK_DECL failure to_failure(std::exception_ptr e);

/// Text that came from outside, made fit for a log line: control bytes escaped, cut at `limit` bytes.
PENSTOCK_DECL std::string printable(std::string_view text, std::size_t limit = 512);

} // namespace penstock

namespace boost::system {
template <>
struct is_error_code_enum<penstock::errc> : std::true_type {};
template <>
struct is_error_condition_enum<penstock::condition> : std::true_type {};
} // namespace boost::system

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/error.ipp>
#endif
