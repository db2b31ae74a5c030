// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/sigv4_verify.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>

#include <doctest/doctest.h>

#include <functional>

namespace test_aws_sigv4_verify {

namespace aws = penstock::aws;
namespace http = penstock::http;
using std::chrono::seconds;

const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const std::string signed_at = "20240315T010203Z";

penstock::wall_time at(std::string_view amz_date) {
    return aws::parse_amz_date(amz_date).value().to_wall_time();
}

http::request plain() {
    http::request r;
    r.method = "PUT";
    r.path = "/bkt/a%20b/c";
    r.query = "partNumber=1&uploadId=x%2Fy";
    r.headers.add("Host", "127.0.0.1:9000");
    r.headers.add("Content-Type", "text/csv");
    r.headers.add("x-amz-meta-a", "1");
    r.headers.add("User-Agent", "test");
    return r;
}

http::request signed_request(aws::credentials who = {"AKID", secret}) {
    aws::signer signer{"eu-west-1"};
    auto r = plain();
    signer.sign(r, who, at(signed_at), aws::unsigned_payload);
    return r;
}

http::request presigned(seconds expires = seconds{60}, aws::credentials who = {"AKID", secret}) {
    aws::signer signer{"eu-west-1"};
    http::request r;
    r.path = "/bkt/key";
    r.headers.add("Host", "127.0.0.1:9000");
    r.query = signer.presign(r, who, at(signed_at), expires);
    return r;
}

/// "ok", "anonymous" or the S3 code.
std::string verdict(const http::request& r, std::string_view now = signed_at, std::string_view with = secret,
                    std::string region = "eu-west-1", std::string service = "s3") {
    aws::sigv4_received received;
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    received.headers = &r.headers;
    const auto parsed = aws::parse_signed_request(received);
    CHECK_FALSE((parsed.claim && parsed.refusal));
    auto refused = parsed.refusal;
    if (!parsed.claim && !refused) return "anonymous";
    if (!refused) {
        aws::sigv4_expectation expected;
        expected.region = std::move(region);
        expected.service = std::move(service);
        refused = aws::verify_signature(received, *parsed.claim, with, at(now), expected);
    }
    if (!refused) return "ok";
    CHECK(refused->message.find(secret) == std::string::npos);
    CHECK(refused->status >= 400);
    return refused->code;
}

TEST_CASE("aws/sigv4_verify: what the signer made is accepted") {
    CHECK(verdict(signed_request()) == "ok");
    CHECK(verdict(presigned()) == "ok");
    CHECK(verdict(signed_request(), signed_at, secret, "") == "ok");
    CHECK(verdict(plain()) == "anonymous");
}

TEST_CASE("aws/sigv4_verify: what the claim says") {
    aws::sigv4_received received;
    auto r = signed_request({"AK/ID", secret, "TOKEN"});
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    received.headers = &r.headers;
    auto claim = aws::parse_signed_request(received).claim.value();
    CHECK_FALSE(claim.presigned);
    CHECK(claim.access_key_id == "AK/ID");
    CHECK(claim.date == "20240315");
    CHECK(claim.region == "eu-west-1");
    CHECK(claim.service == "s3");
    CHECK(claim.amz_date == signed_at);
    CHECK(claim.time == at(signed_at));
    CHECK(claim.session_token == "TOKEN");
    CHECK(claim.payload_hash == aws::unsigned_payload);
    CHECK(claim.signed_headers ==
          "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a;x-amz-security-token");

    r = presigned(seconds{90}, {"AKID", secret, "TO/KEN="});
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    claim = aws::parse_signed_request(received).claim.value();
    CHECK(claim.presigned);
    CHECK(claim.expires == seconds{90});
    CHECK(claim.session_token == "TO/KEN=");
    CHECK(claim.payload_hash == aws::unsigned_payload);
    CHECK(verdict(r) == "ok");
}

TEST_CASE("aws/sigv4_verify: another secret, region or service") {
    for (const auto& r : {signed_request(), presigned()}) {
        CHECK(verdict(r, signed_at, "other") == "SignatureDoesNotMatch");
        CHECK(verdict(r, signed_at, "") == "SignatureDoesNotMatch");
    }
    CHECK(verdict(signed_request(), signed_at, secret, "us-east-1") == "AuthorizationHeaderMalformed");
    CHECK(verdict(presigned(), signed_at, secret, "us-east-1") == "AuthorizationQueryParametersError");
    CHECK(verdict(signed_request(), signed_at, secret, "eu-west-1", "sts") == "AuthorizationHeaderMalformed");
}

TEST_CASE("aws/sigv4_verify: whatever is changed after signing is noticed") {
    const std::function<void(http::request&)> changes[] = {
        [](auto& r) { r.method = "GET"; },
        [](auto& r) { r.path = "/bkt/a%20b/d"; },
        [](auto& r) { r.path = "/bkt/a%20b%2Fc/"; },
        [](auto& r) { r.query += "&z=1"; },
        [](auto& r) { r.query = "partNumber=2&uploadId=x%2Fy"; },
        [](auto& r) { r.headers.set("Host", "127.0.0.1:9001"); },
        [](auto& r) { r.headers.set("Content-Type", "text/html"); },
        [](auto& r) { r.headers.set("x-amz-meta-a", "2"); },
        [](auto& r) { r.headers.set("x-amz-content-sha256", aws::empty_payload_hash); },
        [](auto& r) { r.headers.set("x-amz-date", "20240315T010204Z"); },
        [](auto& r) { r.headers.add("Content-Type", "text/csv"); },
        [](auto& r) { r.headers.remove("Content-Type"); },
    };
    int n = 0;
    for (const auto& change : changes) {
        CAPTURE(n++);
        auto r = signed_request();
        change(r);
        CHECK(verdict(r) == "SignatureDoesNotMatch");
    }
    auto r = presigned();
    r.path = "/bkt/other";
    CHECK(verdict(r) == "SignatureDoesNotMatch");
    r = presigned();
    r.query.replace(r.query.find("X-Amz-Expires=60"), 16, "X-Amz-Expires=99");
    CHECK(verdict(r) == "SignatureDoesNotMatch");
}

TEST_CASE("aws/sigv4_verify: what may change on the way does") {
    auto r = signed_request();
    r.headers.set("User-Agent", "proxy");
    r.headers.add("X-Forwarded-For", "10.0.0.1");
    r.headers.set("Content-Type", "  text/csv ");
    CHECK(verdict(r) == "ok");
    // Not in its canonical form, but the same path and query.
    r = signed_request();
    r.path = "/bkt/%61%20b/c";
    r.query = "uploadId=x/y&partNumber=1";
    CHECK(verdict(r) == "ok");
}

TEST_CASE("aws/sigv4_verify: fields that must be signed") {
    auto r = signed_request();
    r.headers.add("x-amz-acl", "public-read");
    CHECK(verdict(r) == "AccessDenied");
    r = presigned();
    r.headers.add("X-Amz-Meta-Evil", "1");
    CHECK(verdict(r) == "AccessDenied");
    // A signature without Host would hold for any server.
    std::vector<http::header_view> headers{{"x-amz-content-sha256", "P"}, {"x-amz-date", signed_at}};
    aws::sigv4_message m;
    m.method = "GET";
    m.path = "/";
    m.headers = headers;
    m.payload_hash = "P";
    const auto scope = aws::credential_scope(signed_at, "eu-west-1", "s3");
    const auto signature = aws::signature(aws::signing_key(secret, "20240315", "eu-west-1", "s3"),
                                          aws::string_to_sign(signed_at, scope, aws::canonical_request(m)));
    http::request hostless;
    hostless.headers.add("Host", "anything");
    for (const auto& h : headers) hostless.headers.add(h.name, h.value);
    hostless.headers.add("Authorization",
                         "AWS4-HMAC-SHA256 Credential=AKID/" + scope +
                             ",SignedHeaders=x-amz-content-sha256;x-amz-date,Signature=" + signature);
    CHECK(verdict(hostless) == "SignatureDoesNotMatch");
}

TEST_CASE("aws/sigv4_verify: the clock") {
    CHECK(verdict(signed_request(), "20240315T011703Z") == "ok");
    CHECK(verdict(signed_request(), "20240315T011704Z") == "RequestTimeTooSkewed");
    CHECK(verdict(signed_request(), "20240315T004703Z") == "ok");
    CHECK(verdict(signed_request(), "20240315T004702Z") == "RequestTimeTooSkewed");
    CHECK(verdict(presigned(), "20240315T010303Z") == "ok");
    CHECK(verdict(presigned(), "20240315T010304Z") == "AccessDenied");
    CHECK(verdict(presigned(), "20240315T004703Z") == "ok");
    CHECK(verdict(presigned(), "20240315T004702Z") == "AccessDenied");
    // The farthest dates that parse.
    for (const char* date : {"00000101T000000Z", "99991231T235959Z"}) {
        auto r = signed_request();
        r.headers.set("x-amz-date", date);
        auto text = std::string{r.headers["Authorization"]};
        text.replace(text.find("20240315"), 8, std::string{date}.substr(0, 8));
        r.headers.set("Authorization", text);
        const auto got = verdict(r);
        CHECK((got == "RequestTimeTooSkewed" || got == "AuthorizationHeaderMalformed"));
    }
}

TEST_CASE("aws/sigv4_verify: Date stands in for x-amz-date") {
    std::vector<http::header_view> headers{{"Host", "h"},
                                           {"Date", "Fri, 15 Mar 2024 01:02:03 GMT"},
                                           {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}};
    aws::sigv4_message m;
    m.method = "GET";
    m.path = "/";
    m.headers = headers;
    m.payload_hash = "UNSIGNED-PAYLOAD";
    const auto scope = aws::credential_scope(signed_at, "eu-west-1", "s3");
    const auto signature = aws::signature(aws::signing_key(secret, "20240315", "eu-west-1", "s3"),
                                          aws::string_to_sign(signed_at, scope, aws::canonical_request(m)));
    http::request r;
    for (const auto& h : headers) r.headers.add(h.name, h.value);
    r.headers.add("Authorization",
                  "AWS4-HMAC-SHA256 Credential=AKID/" + scope +
                      ", SignedHeaders=date;host;x-amz-content-sha256, Signature=" + signature);
    CHECK(verdict(r) == "ok");
    r.headers.set("Date", "yesterday");
    CHECK(verdict(r) == "AccessDenied");
    r.headers.remove("Date");
    CHECK(verdict(r) == "AccessDenied");
}

TEST_CASE("aws/sigv4_verify: malformed Authorization") {
    const auto good = std::string{signed_request().headers["Authorization"]};
    const auto with = [](std::string text) {
        auto r = signed_request();
        r.headers.set("Authorization", text);
        return verdict(r);
    };
    const auto replaced = [&good](std::string_view what, std::string_view by) {
        auto text = good;
        return text.replace(text.find(what), what.size(), by);
    };
    CHECK(with(good) == "ok");
    CHECK(with("AWS AKID:c2lnbmF0dXJl") == "InvalidRequest");
    CHECK(with("Bearer abc") == "InvalidArgument");
    CHECK(with("") == "InvalidArgument");
    CHECK(with("AWS4-HMAC-SHA256") == "AuthorizationHeaderMalformed");
    CHECK(with("AWS4-HMAC-SHA256 ") == "AuthorizationHeaderMalformed");
    CHECK(with("AWS4-HMAC-SHA256 ,,,") == "AuthorizationHeaderMalformed");
    CHECK(with("AWS4-HMAC-SHA256 Credential") == "AuthorizationHeaderMalformed");
    CHECK(with(good + ", Signature=" + std::string(64, 'a')) == "AuthorizationHeaderMalformed");
    CHECK(with(good + ", Other=1") == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("/aws4_request", "/aws4")) == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("AKID/", "/")) == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("20240315", "2024031x")) == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("20240315", "20240316")) == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("AKID/20240315/eu-west-1/s3/", "AKID/")) == "AuthorizationHeaderMalformed");
    CHECK(with(good.substr(0, good.size() - 1)) == "AuthorizationHeaderMalformed");
    CHECK(with(good.substr(0, good.size() - 1) + "G") == "AuthorizationHeaderMalformed");
    CHECK(with(replaced("content-type;host", "")) == "SignatureDoesNotMatch");
    CHECK(with(replaced("host", "Host")) == "SignatureDoesNotMatch");
    CHECK(with(replaced("content-type;host", "host;content-type")) == "SignatureDoesNotMatch");
    CHECK(with(replaced("content-type;host", "content-type;host;missing")) == "SignatureDoesNotMatch");
    auto r = signed_request();
    r.headers.remove("x-amz-content-sha256");
    CHECK(verdict(r) == "InvalidRequest");
    r = signed_request();
    r.headers.set("x-amz-date", "2024-03-15");
    CHECK(verdict(r) == "AccessDenied");
    r = signed_request();
    r.query = presigned().query;
    CHECK(verdict(r) == "InvalidArgument");
    r = signed_request();
    r.path = "/bkt/%zz";
    CHECK(verdict(r) == "InvalidURI");
}

TEST_CASE("aws/sigv4_verify: a flood of names ends at once") {
    auto r = signed_request();
    std::string names = "host";
    for (int i = 0; i < 20000; ++i) names += ";h";
    r.headers.set("Authorization",
                  "AWS4-HMAC-SHA256 Credential=AKID/20240315/eu-west-1/s3/aws4_request, SignedHeaders=" +
                      names + ", Signature=" + std::string(64, 'a'));
    CHECK(verdict(r) == "SignatureDoesNotMatch");
}

TEST_CASE("aws/sigv4_verify: malformed presigned queries") {
    const auto good = presigned().query;
    const auto with = [](std::string query) {
        auto r = presigned();
        r.query = std::move(query);
        return verdict(r);
    };
    const auto replaced = [&good](std::string_view what, std::string_view by) {
        auto text = good;
        return text.replace(text.find(what), what.size(), by);
    };
    CHECK(with(good) == "ok");
    const auto parameters = aws::parse_query(good);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        auto fewer = parameters, twice = parameters;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        twice.push_back(parameters[i]);
        CHECK(with(aws::canonical_query(fewer)) == "AuthorizationQueryParametersError");
        CHECK(with(aws::canonical_query(twice)) == "AuthorizationQueryParametersError");
    }
    CHECK(with(replaced("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")) == "AuthorizationQueryParametersError");
    CHECK(with(replaced("X-Amz-Date=20240315T010203Z", "X-Amz-Date=20240315")) ==
          "AuthorizationQueryParametersError");
    CHECK(with(replaced("X-Amz-Date=20240315T", "X-Amz-Date=20240316T")) ==
          "AuthorizationQueryParametersError");
    for (const char* expires : {"", "x", "-1", "604801", "1e3", "60x", "99999999999999999999"})
        CHECK(with(replaced("Expires=60", std::string{"Expires="} + expires)) ==
              "AuthorizationQueryParametersError");
    CHECK(with(replaced("SignedHeaders=host", "SignedHeaders=")) == "AuthorizationQueryParametersError");
    CHECK(with(replaced("SignedHeaders=host", "SignedHeaders=host%3Bx")) == "SignatureDoesNotMatch");
    CHECK(with(good.substr(0, good.size() - 1)) == "AuthorizationQueryParametersError");
    CHECK(with(replaced("AKID%2F", "")) == "AuthorizationQueryParametersError");
    CHECK(with("AWSAccessKeyId=AKID&Expires=1&Signature=x") == "InvalidRequest");
    CHECK(with("Signature=x") == "anonymous");
}

TEST_CASE("aws/sigv4_verify: the chunk signer starts from the claim") {
    auto r = signed_request();
    aws::sigv4_received received;
    received.method = r.method;
    received.path = r.path;
    received.query = r.query;
    received.headers = &r.headers;
    const auto claim = aws::parse_signed_request(received).claim.value();
    auto ours = aws::make_chunk_signer(claim, secret);
    aws::chunk_signer theirs{{"AKID", secret}, signed_at, "eu-west-1", "s3", claim.signature};
    CHECK(ours.sign_chunk("data") == theirs.sign_chunk("data"));
    CHECK(ours.sign_chunk("") == theirs.sign_chunk(""));
}

} // namespace test_aws_sigv4_verify
