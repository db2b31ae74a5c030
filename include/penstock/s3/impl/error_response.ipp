// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/error_response.hpp>

#include <penstock/aws/detail/service_codes.hpp>
#include <penstock/s3/detail/text.hpp>
#include <penstock/xml/parser.hpp>

namespace penstock::s3::detail {

/// Collects the leaves of <Error>, wherever below the root it is, and the request id beside it.
class error_handler final : public xml::handler {
  public:
    void start_element(std::string_view name) override {
        ++depth_;
        if (depth_ == 1) deepest_ = name == "Error" ? 2 : name == "ErrorResponse" ? 3 : 0;
        if (depth_ < deepest_ && name == "Error") seen = true;
        name_ = name;
        text_.clear();
        leaf_ = true;
    }
    void end_element() override {
        if (leaf_ && depth_ > 1 && depth_ <= deepest_ && found.fields.size() < max_fields)
            found.fields.emplace_back(std::move(name_), trimmed(text_));
        leaf_ = false;
        --depth_;
    }
    void text(std::string_view piece) override {
        if (leaf_) text_.append(piece);
    }

    error_document found;
    bool seen = false;

  private:
    static constexpr std::size_t max_fields = 64;

    std::size_t depth_ = 0;
    std::size_t deepest_ = 0; // where fields may be, by the root
    bool leaf_ = false;
    std::string name_;
    std::string text_;
};

PENSTOCK_DECL std::string_view error_document::field(std::string_view name) const noexcept {
    for (const auto& [n, value] : fields)
        if (n == name) return value;
    return {};
}

PENSTOCK_DECL std::optional<error_document> parse_error_document(std::string_view body) {
    const auto start = body.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos || body[start] != '<') return std::nullopt;
    error_handler fields;
    xml::parser parser{fields, xml::parse_options{}.max_depth(32).max_text(std::size_t{1} << 20)};
    static_cast<void>(parser.feed_last(body.substr(start)).has_value());
    if (!fields.seen) return std::nullopt;
    return std::move(fields.found);
}

inline errc status_errc(int status, error_scope scope) noexcept {
    switch (status) {
    case 304: return errc::not_modified;
    case 401:
    case 403: return errc::access_denied;
    case 404:
        return scope == error_scope::object   ? errc::no_such_key
               : scope == error_scope::bucket ? errc::no_such_bucket
                                              : errc::service_error;
    case 409: return errc::conflict;
    case 412: return errc::precondition_failed;
    case 416: return errc::range_not_satisfiable;
    case 429: return errc::throttled;
    default: break;
    }
    if (status >= 500) return errc::service_unavailable;
    if (status >= 400) return errc::invalid_request;
    if (status >= 300) return errc::wrong_region;
    return errc::service_error;
}

inline errc find_errc(std::string_view code, int status, std::string_view region,
                      error_scope scope) noexcept {
    const auto* known = aws::detail::find_service_code(code);
    const bool other_fault = code == "AuthorizationHeaderMalformed" && region.empty();
    return known && !other_fault ? known->code : status_errc(status, scope);
}

/// The body of an error that is no error document, where it reads as text: what a proxy or gateway has to
/// say.
inline std::string_view plain_text(const http::response_head& head, std::string_view body) {
    const auto type = head.headers["Content-Type"];
    const bool text = type.starts_with("text/plain") || type.starts_with("application/json");
    return text ? trimmed(body.substr(0, 200)) : std::string_view{};
}

inline std::string archive_hint(std::string_view storage_class, std::string_view tier) {
    std::string where;
    for (const auto text : {storage_class, tier})
        if (!text.empty()) where += (where.empty() ? " (" : ", ") + printable(text, 64);
    if (!where.empty()) where += ")";
    return "restore it from its archive" + where + " with restore_object, and read it when its metadata say that it is there";
}

PENSTOCK_DECL failure service_failure(const char* operation, const http::response_head& head,
                                      std::string_view body, error_scope scope) {
    const auto& headers = head.headers;
    const auto found = parse_error_document(body);
    const auto document = found.value_or(error_document{});
    error_detail d;
    d.operation = operation;
    d.http_status = head.status;
    d.service_code = document.field("Code");
    d.message = document.field("Message");
    if (d.message.empty()) d.message = found ? std::string_view{} : plain_text(head, body);
    if (d.message.empty()) d.message = head.reason;
    d.request_id = headers["x-amz-request-id"];
    if (d.request_id.empty()) d.request_id = document.field("RequestId");
    d.host_id = headers["x-amz-id-2"];
    if (d.host_id.empty()) d.host_id = document.field("HostId");
    d.region = headers["x-amz-bucket-region"];
    if (d.region.empty()) d.region = document.field("Region");
    const auto code = find_errc(d.service_code, head.status, d.region, scope);
    if (code == errc::object_archived) d.hint = archive_hint(document.field("StorageClass"), document.field("AccessTier"));
    return failure{code, std::move(d)};
}

PENSTOCK_DECL result<void> check_status(const char* operation, const http::response_head& head,
                                        std::string_view body, error_scope scope) {
    if (head.status >= 200 && head.status < 300) return {};
    return service_failure(operation, head, body, scope);
}

} // namespace penstock::s3::detail
