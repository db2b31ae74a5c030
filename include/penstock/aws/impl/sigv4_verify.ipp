// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/sigv4_verify.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace penstock::aws {
namespace detail {

PENSTOCK_DECL bool has_only(std::string_view text, std::string_view allowed) noexcept {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

/// "AKID/20130524/us-east-1/s3/aws4_request", taken from the right: a key id may hold slashes.
PENSTOCK_DECL bool parse_credential(std::string_view text, sigv4_claim& into) {
    std::string_view parts[4];
    for (int i = 3; i >= 0; --i) {
        const auto slash = text.rfind('/');
        if (slash == std::string_view::npos) return false;
        parts[i] = text.substr(slash + 1);
        text = text.substr(0, slash);
    }
    into.access_key_id = text;
    into.date = parts[0];
    into.region = parts[1];
    into.service = parts[2];
    return !text.empty() && parts[0].size() == 8 && has_only(parts[0], "0123456789") &&
           parts[3] == "aws4_request";
}

PENSTOCK_DECL bool is_signature_text(std::string_view text) noexcept {
    return text.size() == 64 && has_only(text, "0123456789abcdef");
}

PENSTOCK_DECL sigv4_refusal malformed_header(std::string why) {
    return {400, "AuthorizationHeaderMalformed", "The authorization header is malformed; " + std::move(why)};
}

PENSTOCK_DECL sigv4_refusal malformed_query(std::string why) {
    return {400, "AuthorizationQueryParametersError", std::move(why)};
}

PENSTOCK_DECL sigv4_refusal version_2() {
    return {400, "InvalidRequest",
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."};
}

PENSTOCK_DECL std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The fields after the algorithm: "Credential=…, SignedHeaders=…, Signature=…", in any order.
PENSTOCK_DECL std::optional<sigv4_refusal> parse_authorization_fields(std::string_view text,
                                                                      sigv4_claim& claim) {
    std::string_view credential, headers, signature;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        const auto part = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = std::min(part.find('='), part.size());
        const auto name = part.substr(0, equals);
        auto* slot = name == "Credential"      ? &credential
                     : name == "SignedHeaders" ? &headers
                     : name == "Signature"     ? &signature
                                               : nullptr;
        if (!slot) return malformed_header("unknown field '" + printable(name, 64) + "'.");
        if (!slot->empty()) return malformed_header("field '" + std::string{name} + "' occurs twice.");
        *slot = part.substr(std::min(equals + 1, part.size()));
    }
    if (!parse_credential(credential, claim))
        return malformed_header(
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    if (headers.empty()) return malformed_header("SignedHeaders is missing.");
    if (!is_signature_text(signature)) return malformed_header("Signature is not 64 hexadecimal digits.");
    claim.signed_headers = headers;
    claim.signature = signature;
    return std::nullopt;
}

PENSTOCK_DECL std::optional<sigv4_refusal> read_header_date(const http::header_list& headers,
                                                            sigv4_claim& claim) {
    auto time = parse_amz_date(headers["x-amz-date"]);
    if (!time && !headers.contains("x-amz-date")) time = parse_http_date(headers["Date"]);
    if (!time)
        return sigv4_refusal{403, "AccessDenied",
                             "AWS authentication requires a valid Date or x-amz-date header"};
    claim.time = time->to_wall_time();
    claim.amz_date = format_amz_date(claim.time);
    if (std::string_view{claim.amz_date}.substr(0, 8) != claim.date)
        return malformed_header("Invalid credential date \"" + claim.date +
                                "\"; it is not that of the request.");
    return std::nullopt;
}

PENSTOCK_DECL std::optional<sigv4_refusal>
parse_authorization(std::string_view text, const http::header_list& headers, sigv4_claim& claim) {
    const auto space = std::min(text.find(' '), text.size());
    const auto kind = text.substr(0, space);
    if (kind == "AWS") return version_2();
    if (kind != "AWS4-HMAC-SHA256")
        return sigv4_refusal{400, "InvalidArgument", "Unsupported Authorization Type"};
    if (auto refusal = parse_authorization_fields(text.substr(space), claim)) return refusal;
    if (auto refusal = read_header_date(headers, claim)) return refusal;
    if (!headers.contains("x-amz-content-sha256"))
        return sigv4_refusal{400, "InvalidRequest",
                             "Missing required header for this request: x-amz-content-sha256"};
    claim.payload_hash = trimmed(headers["x-amz-content-sha256"]);
    claim.session_token = headers["x-amz-security-token"];
    claim.s3session_token = headers["x-amz-s3session-token"];
    return std::nullopt;
}

/// The only parameter of that name; none where it is missing or there are several.
PENSTOCK_DECL const std::string* only_parameter(const query_parameters& all, std::string_view name) {
    const std::string* found = nullptr;
    for (const auto& p : all) {
        if (p.name != name) continue;
        if (found) return nullptr;
        found = &p.value;
    }
    return found;
}

PENSTOCK_DECL std::optional<sigv4_refusal>
parse_presigned(const query_parameters& query, const http::header_list& headers, sigv4_claim& claim) {
    const auto* algorithm = only_parameter(query, "X-Amz-Algorithm");
    const auto* credential = only_parameter(query, "X-Amz-Credential");
    const auto* date = only_parameter(query, "X-Amz-Date");
    const auto* expires = only_parameter(query, "X-Amz-Expires");
    const auto* names = only_parameter(query, "X-Amz-SignedHeaders");
    const auto* signature = only_parameter(query, "X-Amz-Signature");
    if (!algorithm || !credential || !date || !expires || !names || !signature)
        return malformed_query(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
            "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
    if (*algorithm != "AWS4-HMAC-SHA256")
        return malformed_query("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
    if (!parse_credential(*credential, claim))
        return malformed_query(
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
            "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    const auto time = parse_amz_date(*date);
    if (!time)
        return malformed_query("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    if (date->substr(0, 8) != claim.date)
        return malformed_query("Invalid credential date \"" + claim.date +
                               "\"; it is not that of X-Amz-Date.");
    std::int64_t seconds = 0;
    const auto* end = expires->data() + expires->size();
    const auto parsed = std::from_chars(expires->data(), end, seconds);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
        return malformed_query("X-Amz-Expires should be a number");
    if (seconds < 0) return malformed_query("X-Amz-Expires must be non-negative");
    if (seconds > 604800)
        return malformed_query("X-Amz-Expires must be less than a week (in seconds); that is, the given "
                               "X-Amz-Expires must be less than 604800 seconds");
    if (names->empty()) return malformed_query("X-Amz-SignedHeaders is empty.");
    if (!is_signature_text(*signature))
        return malformed_query("X-Amz-Signature is not 64 hexadecimal digits.");
    claim.presigned = true;
    claim.amz_date = *date;
    claim.time = time->to_wall_time();
    claim.expires = std::chrono::seconds{seconds};
    claim.signed_headers = *names;
    claim.signature = *signature;
    if (const auto* token = only_parameter(query, "X-Amz-Security-Token")) claim.session_token = *token;
    if (const auto* token = only_parameter(query, "X-Amz-S3session-Token")) claim.s3session_token = *token;
    const auto hash = headers.find("x-amz-content-sha256");
    claim.payload_hash = hash ? trimmed(*hash) : unsigned_payload;
    return std::nullopt;
}

PENSTOCK_DECL std::vector<std::string_view> split_names(std::string_view names) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto end = names.find(';');
        out.push_back(names.substr(0, end));
        if (end == std::string_view::npos) return out;
        names.remove_prefix(end + 1);
    }
}

PENSTOCK_DECL std::optional<sigv4_refusal> check_scope(const sigv4_claim& claim,
                                                       const sigv4_expectation& expected) {
    std::string why;
    const bool wrong_region = !expected.region.empty() && claim.region != expected.region;
    if (wrong_region)
        why =
            "the region '" + printable(claim.region, 64) + "' is wrong; expecting '" + expected.region + "'";
    else if (claim.service != expected.service)
        why = "incorrect service \"" + printable(claim.service, 64) + "\". This endpoint belongs to \"" +
              expected.service + "\".";
    if (why.empty()) return std::nullopt;
    auto refusal = claim.presigned ? malformed_query("Error parsing the X-Amz-Credential parameter; " + why)
                                   : malformed_header(why);
    if (wrong_region) refusal.region = expected.region;
    return refusal;
}

PENSTOCK_DECL std::optional<sigv4_refusal> check_time(const sigv4_claim& claim, wall_time now,
                                                      std::chrono::seconds max_skew) {
    using std::chrono::seconds;
    // In whole seconds, in 64 bits: no date that parses can overflow.
    const auto age = std::chrono::floor<seconds>(now.time_since_epoch()).count() -
                     std::chrono::floor<seconds>(claim.time.time_since_epoch()).count();
    if (!claim.presigned) {
        if (age > max_skew.count() || -age > max_skew.count())
            return sigv4_refusal{
                403, "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large."};
        return std::nullopt;
    }
    if (-age > max_skew.count()) return sigv4_refusal{403, "AccessDenied", "Request is not valid yet"};
    if (age > claim.expires.count()) return sigv4_refusal{403, "AccessDenied", "Request has expired"};
    return std::nullopt;
}

PENSTOCK_DECL sigv4_refusal signature_mismatch() {
    return {
        403, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method."};
}

/// The query that was signed: decoded and encoded again, for not every client sends it in its canonical form.
PENSTOCK_DECL std::string received_query(const sigv4_received& request, bool presigned) {
    auto parameters = parse_query(request.query);
    if (presigned)
        std::erase_if(parameters, [](const query_parameter& p) { return p.name == "X-Amz-Signature"; });
    return canonical_query(parameters);
}

} // namespace detail

PENSTOCK_DECL sigv4_parsed parse_signed_request(const sigv4_received& request) {
    sigv4_parsed out;
    const auto query = parse_query(request.query);
    const auto has = [&query](std::string_view name) {
        return std::any_of(query.begin(), query.end(), [name](const auto& p) { return p.name == name; });
    };
    const auto authorization = request.headers->find("Authorization");
    const bool presigned = has("X-Amz-Algorithm") || has("X-Amz-Signature") || has("X-Amz-Credential");
    const bool old_presigned = has("AWSAccessKeyId") && has("Signature");
    if (!authorization && !presigned && !old_presigned) return out;
    sigv4_claim claim;
    if (authorization && (presigned || old_presigned))
        out.refusal =
            sigv4_refusal{400, "InvalidArgument",
                          "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                          "Signature query string parameter or the Authorization header should be specified"};
    else if (authorization)
        out.refusal = detail::parse_authorization(*authorization, *request.headers, claim);
    else if (presigned)
        out.refusal = detail::parse_presigned(query, *request.headers, claim);
    else
        out.refusal = detail::version_2();
    if (!out.refusal) out.claim = std::move(claim);
    return out;
}

PENSTOCK_DECL std::optional<sigv4_refusal> verify_signature(const sigv4_received& request,
                                                            const sigv4_claim& claim,
                                                            std::string_view secret_access_key, wall_time now,
                                                            const sigv4_expectation& expected) {
    if (auto refusal = detail::check_scope(claim, expected)) return refusal;
    if (auto refusal = detail::check_time(claim, now, expected.max_skew)) return refusal;

    const auto names = detail::split_names(claim.signed_headers);
    if (names.size() > request.headers->size())
        return detail::signature_mismatch(); // one of them is not there
    const auto is_signed = [&names](std::string_view name) {
        return std::any_of(names.begin(), names.end(), [name](auto n) { return http::iequals(n, name); });
    };
    std::vector<http::header_view> headers;
    for (std::size_t i = 0; i < request.headers->size(); ++i) {
        const auto h = (*request.headers)[i];
        if (is_signed(h.name)) {
            headers.push_back(h);
        } else if (h.name.size() > 6 && http::iequals(h.name.substr(0, 6), "x-amz-")) {
            return sigv4_refusal{403, "AccessDenied",
                                 "There were headers present in the request which were not signed: " +
                                     printable(h.name, 128)};
        }
    }
    // A signature that does not cover Host would be good for another server, too; and a name without a field,
    // or a list that is not canonical, was signed in another form than ours.
    if (!is_signed("host") || signed_headers(headers) != claim.signed_headers)
        return detail::signature_mismatch();

    const auto path = uri_decode(request.path);
    if (!path) return sigv4_refusal{400, "InvalidURI", "Couldn't parse the specified URI."};
    const auto encoded_path = uri_encode(*path, true);
    const auto query = detail::received_query(request, claim.presigned);
    sigv4_message message;
    message.method = request.method;
    message.path = encoded_path;
    message.query = query;
    message.headers = headers;
    message.payload_hash = claim.payload_hash;
    const auto scope = credential_scope(claim.date, claim.region, claim.service);
    const auto key = signing_key(secret_access_key, claim.date, claim.region, claim.service);
    const auto ours = signature(key, string_to_sign(claim.amz_date, scope, canonical_request(message)));
    if (!constant_time_equal(ours, claim.signature)) return detail::signature_mismatch();
    return std::nullopt;
}

PENSTOCK_DECL chunk_signer make_chunk_signer(const sigv4_claim& claim, std::string_view secret_access_key) {
    const credentials who{claim.access_key_id, std::string{secret_access_key}};
    return {who, claim.amz_date, claim.region, claim.service, claim.signature};
}

} // namespace penstock::aws
