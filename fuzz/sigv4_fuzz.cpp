// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// Signatures, on both sides: any request is answered with a claim, a refusal or neither; and what our signer signed, in
// headers or in a link, our verifier takes, until something of it is changed. The input is a request's head.
#include "support.hpp"

#include <penstock/aws/sigv4.hpp>
#include <penstock/aws/sigv4_verify.hpp>
#include <penstock/aws/uri.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sigv4_fuzz {

namespace aws = penstock::aws;
namespace http = penstock::http;

const penstock::wall_time now{std::chrono::seconds{1'710'464'523}}; // 2024-03-15T01:02:03Z
constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view region = "eu-west-1";

std::string_view take_until(std::string_view& text, std::string_view mark) {
    const auto end = std::min(text.find(mark), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + mark.size(), text.size()));
    return part;
}

/// "METHOD path?query\nName: value\n…", byte for byte as it came; lines that can be no field are left out.
http::request parse(std::string_view text) {
    http::request r;
    auto line = take_until(text, "\n");
    r.method = take_until(line, " ");
    r.path = take_until(line, "?");
    r.query = line;
    while (!text.empty()) {
        auto value = take_until(text, "\n");
        const auto name = take_until(value, ":");
        if (http::valid_header(name, value)) r.headers.add(name, value);
    }
    return r;
}

std::optional<aws::sigv4_refusal> verify(const http::request& r, std::string_view with, bool& is_signed) {
    aws::sigv4_received received;
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    received.headers = &r.headers;
    const auto parsed = aws::parse_signed_request(received);
    require(!(parsed.claim && parsed.refusal));
    is_signed = parsed.claim || parsed.refusal;
    auto refusal = parsed.refusal;
    if (parsed.claim) {
        require(parsed.claim->signature.size() == 64 && !parsed.claim->access_key_id.empty());
        aws::sigv4_expectation expected;
        expected.region = region;
        refusal = aws::verify_signature(received, *parsed.claim, with, now, expected);
    }
    if (refusal) {
        require(refusal->status >= 400 && refusal->status < 500 && !refusal->code.empty());
        require(refusal->message.find(secret) == std::string::npos);
    }
    return refusal;
}

void must_hold(const http::request& r) {
    bool is_signed = false;
    require(!verify(r, secret, is_signed) && is_signed);
}
void must_be_refused(const http::request& r, std::string_view with = secret) {
    bool is_signed = false;
    require(verify(r, with, is_signed).has_value());
}

/// A signature by somebody else: nobody can have guessed it.
void check_received(const http::request& r) {
    bool is_signed = false;
    const auto refusal = verify(r, secret, is_signed);
    require(refusal.has_value() == is_signed);
}

/// The request as a client of ours would make it: canonical, and not signed yet.
http::request canonical(const http::request& r) {
    http::request out;
    out.method = r.method;
    out.path = "/" + aws::uri_encode(r.path, true);
    auto parameters = aws::parse_query(r.query);
    std::erase_if(parameters, [](const aws::query_parameter& p) {
        return p.name.starts_with("X-Amz-") || p.name == "AWSAccessKeyId";
    });
    out.query = aws::canonical_query(parameters);
    out.headers.add("Host", "bucket.s3.eu-west-1.amazonaws.com");
    for (std::size_t i = 0; i < r.headers.size(); ++i) {
        const auto h = r.headers[i];
        const bool ours = http::iequals(h.name, "host") || http::iequals(h.name, "authorization") ||
                          http::iequals(h.name, "x-amz-content-sha256") || http::iequals(h.name, "x-amz-security-token");
        if (!ours) out.headers.add(h.name, h.value);
    }
    return out;
}

void check_signing(const http::request& unsigned_request) {
    const aws::credentials who{"AKID/1", std::string{secret}, unsigned_request.path.size() % 2 ? "to/ken=" : ""};
    aws::signer signer{std::string{region}};

    auto signed_request = unsigned_request;
    signer.sign(signed_request, who, now, aws::unsigned_payload);
    must_hold(signed_request);
    const auto once = std::string{signed_request.headers["Authorization"]};
    signer.sign(signed_request, who, now, aws::unsigned_payload); // again: it takes its own place
    require(signed_request.headers["Authorization"] == once);
    must_hold(signed_request);
    must_be_refused(signed_request, "another secret");

    auto link = unsigned_request;
    link.headers.remove("x-amz-date");
    link.query = signer.presign(link, who, now, std::chrono::seconds{60});
    must_hold(link);
    must_be_refused(link, "another secret");

    for (auto* r : {&signed_request, &link}) {
        auto changed = *r;
        changed.method += 'X';
        must_be_refused(changed);
        changed = *r;
        changed.path += 'x';
        must_be_refused(changed);
        changed = *r;
        changed.query += "&zz=1";
        must_be_refused(changed);
        changed = *r;
        changed.headers.set("Host", "other");
        must_be_refused(changed);
        changed = *r;
        changed.headers.add("x-amz-zz", "1");
        must_be_refused(changed);
    }
}

} // namespace sigv4_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sigv4_fuzz;
    const auto received = parse(text_behind(data, size, 0));
    check_received(received);
    check_signing(canonical(received));
    return 0;
}
