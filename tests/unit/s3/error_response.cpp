// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/answer.hpp"

#include <penstock/aws/detail/service_codes.hpp>
#include <penstock/s3/delete_bucket.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/head_bucket.hpp>
#include <penstock/s3/head_object.hpp>

#include <doctest/doctest.h>

namespace test_s3_error_response {

namespace d = penstock::s3::detail;
using d::error_scope;
using penstock::errc;
using test_s3_answer::answer;

const std::string slow_down = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<Error><Code>SlowDown</Code><Message>Please reduce &amp; wait</Message>"
                              "<RequestId>R</RequestId><HostId>H</HostId></Error>";

TEST_CASE("s3: an error document tells all it knows") {
    const auto f = d::service_failure("put object", answer(503), slow_down, error_scope::object);
    CHECK(f.code() == errc::throttled);
    CHECK(f.code() == penstock::condition::throttled);
    CHECK(f.detail().operation == "put object");
    CHECK(f.detail().http_status == 503);
    CHECK(f.detail().service_code == "SlowDown");
    CHECK(f.detail().message == "Please reduce & wait");
    CHECK(f.detail().request_id == "R");
    CHECK(f.detail().host_id == "H");
    // The header knows better.
    const auto g = d::service_failure("x", answer(503, {{"x-amz-request-id", "R2"}, {"x-amz-id-2", "H2"}}),
                                      slow_down, error_scope::object);
    CHECK(g.detail().request_id == "R2");
    CHECK(g.detail().host_id == "H2");
}

TEST_CASE("s3: error documents of all kinds") {
    const auto code = [](std::string_view body) -> std::string {
        const auto found = d::parse_error_document(body);
        return found ? std::string{found->field("Code")} : "none";
    };
    CHECK(code("<Error><Code>A</Code></Error>") == "A");
    CHECK(code("\n \r\n<Error><Code>\n A </Code></Error>") == "A");
    CHECK(code("<Error xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Code>A</Code></Error>") == "A");
    CHECK(code("<s3:Error xmlns:s3='urn:x'><s3:Code>A</s3:Code></s3:Error>") == "A");
    CHECK(code("<ErrorResponse><Error><Type>Sender</Type><Code>A</Code></Error><RequestId>r</RequestId></"
               "ErrorResponse>") == "A");
    CHECK(code("<Error><Details><Code>No</Code></Details><Code>A</Code></Error>") == "A");
    CHECK(code("<Error><Code>A</Code><Code>B</Code></Error>") == "A");
    CHECK(code("<Error/>") == "");
    CHECK(code("<Error><Code/></Error>") == "");
    CHECK(code("<Error><Code><b>A</b></Code></Error>") == "");
    // Cut off or broken: what was whole before counts, what was not does not.
    CHECK(code("<Error><Code>A</Code><Message>cut") == "A");
    CHECK(code("<Error><Code>A</Code><Message>x & y</Message></Error>") == "A");
    CHECK(code("<Error><Code>Inter") == "");
    // No error documents.
    CHECK(code("") == "none");
    CHECK(code("   ") == "none");
    CHECK(code("oops") == "none");
    CHECK(code("{\"Code\": \"A\"}") == "none");
    CHECK(code("<html><Error><Code>A</Code></Error></html>") == "none");
    CHECK(code("<DeleteResult><Error><Code>A</Code></Error></DeleteResult>") == "none");
    CHECK(code("<ErrorResponse><RequestId>r</RequestId></ErrorResponse>") == "none");
    CHECK(code("<!DOCTYPE x [<!ENTITY e 'A'>]><Error><Code>&e;</Code></Error>") == "none");
    CHECK(code(std::string{"\0\xff\xfe", 3}) == "none");
}

TEST_CASE("s3: an error document stays bounded") {
    std::string many = "<Error>";
    for (int i = 0; i < 10'000; ++i) many += "<F>x</F>";
    CHECK(d::parse_error_document(many + "</Error>")->fields.size() == 64);
    const auto huge = "<Error><Code>A</Code><Message>" + std::string(2 << 20, 'x') + "</Message></Error>";
    const auto found = d::parse_error_document(huge).value();
    CHECK(found.field("Code") == "A");
    CHECK(found.field("Message").empty());
}

TEST_CASE("s3: codes mean more than the status") {
    const struct {
        std::string_view code;
        int status;
        errc meaning;
    } table[] = {
        {"NoSuchBucket", 404, errc::no_such_bucket},
        {"NoSuchKey", 404, errc::no_such_key},
        {"NoSuchUpload", 404, errc::no_such_upload},
        {"AccessDenied", 403, errc::access_denied},
        {"SignatureDoesNotMatch", 403, errc::signature_mismatch},
        {"InvalidSignatureException", 403, errc::signature_mismatch},
        {"InvalidAccessKeyId", 403, errc::invalid_access_key},
        {"ExpiredToken", 400, errc::expired_token},
        {"InvalidToken", 400, errc::expired_token},
        {"RequestTimeTooSkewed", 403, errc::clock_skew},
        {"RequestTimeout", 400, errc::service_unavailable},
        {"InternalError", 200, errc::service_unavailable},
        {"PreconditionFailed", 412, errc::precondition_failed},
        {"InvalidRange", 416, errc::range_not_satisfiable},
        {"PermanentRedirect", 301, errc::wrong_region},
        {"BucketAlreadyOwnedByYou", 409, errc::bucket_exists},
        {"BucketNotEmpty", 409, errc::bucket_not_empty},
        {"OperationAborted", 409, errc::conflict},
        {"BadDigest", 400, errc::bad_digest},
        {"TooManyRequests", 429, errc::throttled},
        {"SomethingNew", 400, errc::invalid_request},
        {"SomethingNew", 403, errc::access_denied},
        {"SomethingNew", 409, errc::conflict},
        {"SomethingNew", 429, errc::throttled},
        {"SomethingNew", 500, errc::service_unavailable},
        {"SomethingNew", 200, errc::service_error},
        {"AuthorizationHeaderMalformed", 400, errc::invalid_request}, // no region named: another fault
    };
    for (const auto& row : table) {
        CAPTURE(row.code);
        CAPTURE(row.status);
        const auto body = "<Error><Code>" + std::string{row.code} + "</Code></Error>";
        const auto f = d::service_failure("x", answer(row.status), body, error_scope::object);
        CHECK(f.code() == row.meaning);
        CHECK(f.detail().service_code == row.code);
    }
}

TEST_CASE("s3: whatever is retried for its code is told as what it is") {
    for (const auto& known : penstock::aws::detail::service_codes) {
        if (known.code == errc::wrong_region) continue; // which depends on the region that is named
        CAPTURE(known.name);
        const auto body = "<Error><Code>" + std::string{known.name} + "</Code></Error>";
        const auto f = d::service_failure("x", answer(400), body, error_scope::object);
        CHECK(f.code() == known.code);
        CHECK(penstock::aws::classify(f) == known.kind);
    }
}

TEST_CASE("s3: the right region") {
    const std::string body =
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
    const auto f = d::service_failure("x", answer(400), body, error_scope::object);
    CHECK(f.code() == errc::wrong_region);
    CHECK(f.detail().region == "eu-west-1");
    const auto g = d::parse_head_bucket(answer(301, {{"x-amz-bucket-region", "ap-south-1"}}));
    REQUIRE(!g);
    CHECK(g.error().code() == errc::wrong_region);
    CHECK(g.error().detail().region == "ap-south-1");
}

TEST_CASE("s3: a status alone") {
    CHECK(d::parse_head_object(answer(404)).error().code() == errc::no_such_key);
    CHECK(d::parse_head_bucket(answer(404)).error().code() == errc::no_such_bucket);
    CHECK(d::service_failure("x", answer(404), "", error_scope::service).code() == errc::service_error);
    const auto denied = d::parse_head_object(answer(403)).error();
    CHECK(denied.code() == errc::access_denied);
    CHECK(d::parse_head_object(answer(400)).error().code() == errc::invalid_request);
    CHECK(d::parse_head_object(answer(502)).error().code() == errc::service_unavailable);
    CHECK(d::parse_delete_bucket(answer(409), "").error().code() == errc::conflict);
    CHECK(d::parse_head_bucket(answer(200, {{"x-amz-bucket-region", "eu-west-1"}}))->region == "eu-west-1");
    CHECK(d::parse_head_bucket(answer(200))->region.empty());
    CHECK(d::check_status("x", answer(199), "", error_scope::object).has_error());
}

TEST_CASE("s3: what a proxy says") {
    const auto message = [](std::string_view type, std::string_view body) {
        auto head = answer(502, {{"Content-Type", type}});
        head.reason = "Bad Gateway";
        const auto f = d::service_failure("x", head, body, error_scope::object);
        CHECK(f.code() == errc::service_unavailable);
        CHECK(f.detail().service_code.empty());
        return f.detail().message;
    };
    CHECK(message("text/html", "<html><body>nginx</body></html>") == "Bad Gateway");
    CHECK(message("text/plain", " upstream connect error \n") == "upstream connect error");
    CHECK(message("application/json; charset=utf-8", "{\"error\":\"bad\"}") == "{\"error\":\"bad\"}");
    CHECK(message("text/plain", "") == "Bad Gateway");
    CHECK(message("text/plain", std::string(10'000, 'x')).size() == 200);
    CHECK(message("application/octet-stream", std::string{"\0\x01\xff", 3}) == "Bad Gateway");
}

TEST_CASE("s3: secrets of an error document are not shown") {
    const std::string body =
        "<Error><Code>ExpiredToken</Code><Message>expired</Message><Token-0>SECRET</Token-0>"
        "<StringToSign>SECRET</StringToSign></Error>";
    const auto f = d::service_failure("x", answer(400), body, error_scope::object);
    CHECK(f.message().find("SECRET") == std::string::npos);
    CHECK(d::parse_error_document(body)->field("Token-0") == "SECRET");
}

} // namespace test_s3_error_response
