// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/testing/detail/service_call.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/core/detail/ascii.hpp>
#include <penstock/xml/element.hpp>
#include <penstock/xml/writer.hpp>

#include <algorithm>

namespace penstock::testing::detail {

PENSTOCK_DECL s3_problem storage_problem(const failure& f) {
    const auto& message = f.detail().message;
    if (f.code() == errc::conflict) return {409, "ObjectParentIsFile", message};
    if (f.code() == errc::invalid_request) return {400, "InvalidArgument", message};
    if (f.code() == errc::budget_exceeded) return {403, "QuotaExceeded", message};
    if (f.code() == errc::no_such_bucket) return {404, "NoSuchBucket", "The specified bucket does not exist"};
    return {500, "InternalError", "We encountered an internal error: " + f.code().message()};
}

PENSTOCK_DECL std::string xml_safe(std::string_view text) {
    return xml::representable(text) ? std::string{text} : aws::uri_encode(text, true);
}

PENSTOCK_DECL s3_response xml_response(std::string document) {
    s3_response out;
    out.headers.add("Content-Type", "application/xml");
    out.body = std::move(document);
    return out;
}

PENSTOCK_DECL std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
    if (text.empty() || text.size() > 18) return std::nullopt;
    std::uint64_t n = 0;
    for (const char c : text) {
        if (!penstock::detail::is_digit(c)) return std::nullopt;
        n = n * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return n;
}

PENSTOCK_DECL std::uint64_t number_parameter(const service_call& c, std::string_view name, std::uint64_t most,
                                             std::uint64_t otherwise) {
    const auto* text = c.parameter(name);
    if (!text || text->empty()) return otherwise;
    std::uint64_t n = 0;
    for (const char ch : *text) {
        if (ch < '0' || ch > '9' || n > most + 1'000'000)
            throw s3_problem{400, "InvalidArgument",
                             "Provided " + std::string{name} + " not an integer or within integer range"}
                .detail("ArgumentName", std::string{name})
                .detail("ArgumentValue", *text);
        n = n * 10 + static_cast<std::uint64_t>(ch - '0');
    }
    return std::min(n, most);
}

PENSTOCK_DECL std::string quoted_etag(std::string_view etag) { return "\"" + std::string{etag} + "\""; }

PENSTOCK_DECL std::string xml_time(wall_time t) {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(t);
    auto text = aws::format_iso8601(
                    aws::instant{std::chrono::floor<std::chrono::seconds>(ms).time_since_epoch().count()})
                    .value_or("1970-01-01T00:00:00Z");
    // S3 writes exactly three digits.
    const auto fraction =
        (ms.time_since_epoch() % std::chrono::seconds{1} + std::chrono::seconds{1}) % std::chrono::seconds{1};
    auto digits = std::to_string(fraction.count());
    digits.insert(0, 3 - digits.size(), '0');
    text.insert(text.size() - 1, "." + digits);
    return text;
}

PENSTOCK_DECL xml::element parse_body(const service_call& c, std::string_view root) {
    xml::parse_options options;
    options.max_depth(8).max_text(std::size_t{4} << 20);
    auto document = xml::parse_document(c.document, options);
    if (!document || document->name != root)
        throw s3_problem{
            400, "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema"};
    return std::move(*document);
}

PENSTOCK_DECL bool url_encoding(const service_call& c) {
    const auto* type = c.parameter("encoding-type");
    if (!type) return false;
    if (*type != "url")
        throw s3_problem{400, "InvalidArgument", "Invalid Encoding Method specified in Request"}
            .detail("ArgumentName", "encoding-type")
            .detail("ArgumentValue", *type);
    return true;
}

PENSTOCK_DECL std::string list_text(std::string_view text, bool encode) {
    if (encode) return aws::uri_encode(text, true);
    if (!xml::representable(text))
        throw s3_problem{400, "InvalidArgument",
                         "A key in this list has bytes that XML cannot hold: list with encoding-type=url."};
    return std::string{text};
}

PENSTOCK_DECL std::string after_prefix(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
    if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return prefix;
}

} // namespace penstock::testing::detail
