// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/error.hpp>

#include <penstock/core/detail/ascii.hpp>
#include <penstock/core/detail/utf8.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <exception>

namespace penstock {
namespace detail {

struct errc_text {
    errc code;
    condition cond;
    const char* text;
};

/// One row a code: its condition and its text.
inline constexpr errc_text errc_table[] = {
    {errc::invalid_url, condition::configuration, "malformed URL"},
    {errc::invalid_endpoint, condition::configuration, "malformed endpoint"},
    {errc::invalid_region, condition::configuration, "invalid region"},
    {errc::invalid_option, condition::configuration, "invalid option"},
    {errc::missing_bucket, condition::configuration, "no bucket given"},
    {errc::missing_key, condition::configuration, "no key given"},
    {errc::malformed_profile_file, condition::configuration, "malformed config or credentials file"},
    {errc::invalid_profile, condition::configuration, "unusable profile"},
    {errc::host_not_found, condition::connection, "host not found"},
    {errc::resolve_failed, condition::connection, "name resolution failed"},
    {errc::connect_failed, condition::connection, "could not connect"},
    {errc::connect_timeout, condition::timeout, "connecting took too long"},
    {errc::tls_failed, condition::connection, "TLS failed"},
    {errc::tls_timeout, condition::timeout, "the TLS handshake took too long"},
    {errc::certificate_rejected, condition::connection, "the server's certificate was rejected"},
    {errc::proxy_refused, condition::configuration, "the proxy refused"},
    {errc::too_many_connections, condition::limit, "all connections are in use"},
    {errc::connection_closed, condition::connection, "the server closed the connection"},
    {errc::first_byte_timeout, condition::timeout, "the server did not answer in time"},
    {errc::stall_timeout, condition::timeout, "the transfer stalled"},
    {errc::malformed_response, condition::malformed, "malformed HTTP response"},
    {errc::header_too_large, condition::limit, "the HTTP header is too large"},
    {errc::body_too_short, condition::connection, "the body is shorter than promised"},
    {errc::body_too_long, condition::malformed, "the body is longer than promised"},
    {errc::response_too_large, condition::limit, "the response is too large"},
    {errc::no_such_bucket, condition::not_found, "no such bucket"},
    {errc::no_such_key, condition::not_found, "no such object"},
    {errc::no_such_upload, condition::not_found, "no such multipart upload"},
    {errc::object_archived, condition::changed, "the object is archived"},
    {errc::access_denied, condition::access_denied, "access denied"},
    {errc::signature_mismatch, condition::authentication, "the signature does not match"},
    {errc::invalid_access_key, condition::authentication, "unknown access key id"},
    {errc::expired_token, condition::authentication, "the credentials have expired"},
    {errc::clock_skew, condition::authentication, "the clock differs too much from the server's"},
    {errc::throttled, condition::throttled, "the store asks to slow down"},
    {errc::service_unavailable, condition::unavailable, "the store failed"},
    {errc::precondition_failed, condition::changed, "a precondition does not hold"},
    {errc::not_modified, condition::changed, "not modified"},
    {errc::range_not_satisfiable, condition::changed, "the range lies outside the object"},
    {errc::wrong_region, condition::configuration, "the bucket is in another region"},
    {errc::bucket_exists, condition::changed, "the bucket exists already"},
    {errc::bucket_not_empty, condition::changed, "the bucket is not empty"},
    {errc::conflict, condition::changed, "conflicting operation"},
    {errc::bad_digest, condition::malformed, "the checksum does not match"},
    {errc::invalid_request, condition::configuration, "the store refused the request"},
    {errc::service_error, condition::unavailable, "the store answered with an error"},
    {errc::no_credentials, condition::authentication, "no credentials found"},
    {errc::invalid_credentials, condition::authentication, "unusable credentials"},
    {errc::object_changed, condition::changed, "the object changed while it was read"},
    {errc::budget_exceeded, condition::limit, "the memory budget is too small"},
    {errc::budget_stalled, condition::limit, "waited in vain for memory"},
    {errc::deadline_exceeded, condition::timeout, "the deadline has passed"},
    {errc::closed, condition::cancelled, "already closed"},
    {errc::malformed_xml, condition::malformed, "malformed XML"},
    {errc::malformed_csv, condition::malformed, "malformed CSV"},
    {errc::malformed_json, condition::malformed, "malformed JSON"},
    {errc::ragged_row, condition::malformed, "a row has the wrong number of fields"},
    {errc::type_mismatch, condition::malformed, "a value does not have its column's type"},
    {errc::unknown_column, condition::configuration, "no such column"},
    {errc::invalid_utf8, condition::malformed, "text is not valid UTF-8"},
    {errc::record_too_large, condition::limit, "a record is too large"},
    {errc::corrupt_compressed_data, condition::malformed, "corrupt compressed data"},
    {errc::unsupported, condition::unsupported, "not supported"},
    {errc::limit_exceeded, condition::limit, "more than the caller allowed"},
    {errc::malformed_arrow, condition::malformed, "malformed Arrow data"},
    {errc::invalid_utf16, condition::malformed, "text is not valid UTF-16"},
};

/// A constant whose destructor never runs: nothing of ours happens at exit.
template <class T>
union never_destroyed {
    constexpr never_destroyed() : value{} {}
    constexpr ~never_destroyed() {}
    T value;
};

inline const errc_text* find_errc(int code) noexcept {
    for (const auto& row : errc_table)
        if (static_cast<int>(row.code) == code) return &row;
    return nullptr;
}

class penstock_category_impl final : public boost::system::error_category {
  public:
    constexpr penstock_category_impl() noexcept : error_category(0x70656e73746f636bULL) {}
    const char* name() const noexcept override { return "penstock"; }
    std::string message(int code) const override { return message(code, nullptr, 0); }
    const char* message(int code, char*, std::size_t) const noexcept override {
        const auto* row = find_errc(code);
        return row ? row->text : "unknown error";
    }
    boost::system::error_condition default_error_condition(int code) const noexcept override {
        const auto* row = find_errc(code);
        if (!row) return error_category::default_error_condition(code);
        return make_error_condition(row->cond);
    }
};

class condition_category_impl final : public boost::system::error_category {
  public:
    constexpr condition_category_impl() noexcept : error_category(0x70656e73746f636cULL) {}
    const char* name() const noexcept override { return "penstock.condition"; }
    std::string message(int c) const override { return message(c, nullptr, 0); }
    const char* message(int c, char*, std::size_t) const noexcept override {
        switch (static_cast<condition>(c)) {
        case condition::not_found: return "not found";
        case condition::access_denied: return "access denied";
        case condition::authentication: return "authentication failed";
        case condition::throttled: return "throttled";
        case condition::timeout: return "timeout";
        case condition::connection: return "connection failed";
        case condition::unavailable: return "service unavailable";
        case condition::changed: return "changed";
        case condition::malformed: return "malformed data";
        case condition::configuration: return "configuration";
        case condition::limit: return "limit reached";
        case condition::unsupported: return "unsupported";
        case condition::cancelled: return "cancelled";
        }
        return "unknown condition";
    }
    /// Codes of the system and of Asio belong to conditions too, so that callers need not know who failed.
    bool equivalent(const error_code& code, int c) const noexcept override {
        if (code.category() == penstock_category()) {
            const auto* row = find_errc(code.value());
            return row && static_cast<int>(row->cond) == c;
        }
        namespace sys = boost::system::errc;
        switch (static_cast<condition>(c)) {
        case condition::not_found: return code == sys::no_such_file_or_directory;
        case condition::access_denied:
            return code == sys::permission_denied || code == sys::operation_not_permitted ||
                   code == sys::read_only_file_system;
        case condition::timeout: return code == sys::timed_out;
        case condition::connection:
            return code == sys::connection_refused || code == sys::connection_reset ||
                   code == sys::connection_aborted || code == sys::broken_pipe || code == sys::host_unreachable ||
                   code == sys::network_unreachable || code == sys::network_down ||
                   code == boost::asio::error::eof;
        case condition::cancelled: return code == sys::operation_canceled;
        case condition::limit:
            return code == sys::no_space_on_device || code == sys::file_too_large || code == sys::too_many_files_open ||
                   code == sys::not_enough_memory;
        default: return false;
        }
    }
};

} // namespace detail

PENSTOCK_DECL const boost::system::error_category& penstock_category() noexcept {
    static constexpr detail::penstock_category_impl instance;
    return instance;
}

PENSTOCK_DECL const boost::system::error_category& condition_category() noexcept {
    static constexpr detail::condition_category_impl instance;
    return instance;
}

PENSTOCK_DECL failure::failure(errc code, std::string message, std::string hint) : code_{make_error_code(code)} {
    error_detail d;
    d.message = std::move(message);
    d.hint = std::move(hint);
    detail_ = std::make_shared<const error_detail>(std::move(d));
}

PENSTOCK_DECL const error_detail& failure::detail() const noexcept {
    static constexpr detail::never_destroyed<error_detail> empty;
    return detail_ ? *detail_ : empty.value;
}

PENSTOCK_DECL std::string failure::message() const {
    const auto& d = detail();
    std::string out;
    if (!d.operation.empty()) out += printable(d.operation);
    auto place = d.object;
    if (place.empty() && !d.bucket.empty()) {
        place = "s3://" + d.bucket;
        if (!d.key.empty()) place += "/" + d.key;
    }
    if (!place.empty()) {
        if (!out.empty()) out += ' ';
        out += printable(place, 2048);
    }
    if (d.line) {
        out += out.empty() ? "line " : ", line ";
        out += std::to_string(d.line);
        if (d.column) out += ", column " + std::to_string(d.column);
    }
    if (d.byte_offset) out += (out.empty() ? "byte " : ", byte ") + std::to_string(*d.byte_offset);
    if (!out.empty()) out += ": ";
    out += code_.message();
    if (!d.message.empty()) out += ": " + printable(d.message);

    std::string facts;
    auto fact = [&facts](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        if (!facts.empty()) facts += ", ";
        facts += name;
        facts += printable(value, 256);
    };
    fact("", d.service_code);
    if (d.http_status) fact("HTTP ", std::to_string(d.http_status));
    fact("request id ", d.request_id);
    fact("region ", d.region);
    fact("endpoint ", d.endpoint);
    fact("credentials from ", d.credential_source);
    fact("upload ", d.upload_id);
    if (d.attempts.size() > 1) fact("attempts ", std::to_string(d.attempts.size()));
    if (!facts.empty()) out += " (" + facts + ")";
    if (!d.hint.empty()) out += "; hint: " + printable(d.hint);
    return out;
}

PENSTOCK_DECL error::error(failure f)
    : system_error{f.code()}, failure_{std::move(f)},
      text_{std::make_shared<const std::string>(failure_.message())} {}

[[noreturn]] PENSTOCK_DECL void throw_failure(failure f) { throw error{std::move(f)}; }

[[noreturn]] PENSTOCK_DECL void throw_exception_from_error(const failure& f, const boost::source_location&) {
    throw error{f};
}

PENSTOCK_DECL failure to_failure(std::exception_ptr e) {
    try {
        std::rethrow_exception(e);
    } catch (const error& x) {
        return x.as_failure();
    } catch (const boost::system::system_error& x) {
        return failure{x.code()};
    }
}

namespace detail {

/// What changes how a terminal shows other text: C0 and C1 controls, line and paragraph separators, writing directions.
constexpr bool commands_terminal(std::uint32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x061c;
}

} // namespace detail

PENSTOCK_DECL std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    std::size_t i = 0;
    while (i < text.size()) {
        const auto step = detail::first_character(text.substr(i));
        const auto size = std::max<std::size_t>(step.size, 1);
        if (i + size > limit) break;
        const auto bytes = text.substr(i, size);
        i += size;
        if (step.size > 0 && !detail::commands_terminal(step.code_point)) {
            out += bytes;
            continue;
        }
        for (const char c : bytes) {
            if (c == '\n') {
                out += "\\n";
            } else if (c == '\r') {
                out += "\\r";
            } else if (c == '\t') {
                out += "\\t";
            } else {
                const auto byte = static_cast<unsigned char>(c);
                out += "\\x";
                out += detail::lower_hex[byte >> 4];
                out += detail::lower_hex[byte & 15];
            }
        }
    }
    if (i < text.size()) out += "...";
    return out;
}

} // namespace penstock
