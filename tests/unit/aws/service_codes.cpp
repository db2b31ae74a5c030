// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/detail/service_codes.hpp>

#include <penstock/aws/sts.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace test_aws_service_codes {

namespace aws = penstock::aws;
using aws::detail::find_service_code;
using aws::detail::service_codes;
using aws::retry_class;
using penstock::errc;

/// One status that says nothing for each code: what it means, it means by its name.
aws::retry_class class_of(std::string_view name, int status = 400) {
    return aws::classify(penstock::make_error_code(errc::invalid_request), status, name);
}

TEST_CASE("aws/service_codes: what may be tried again, and how") {
    struct row {
        retry_class kind;
        errc code;
        const char* name;
    };
    using enum retry_class;
    static constexpr row rows[] = {
        {transient, errc::service_unavailable, "InternalError"},
        {transient, errc::service_unavailable, "InternalFailure"},
        {transient, errc::service_unavailable, "InternalServerError"},
        {transient, errc::service_unavailable, "ServiceUnavailable"},
        {transient, errc::service_unavailable, "RequestTimeout"},
        {transient, errc::service_unavailable, "RequestTimeoutException"},
        {transient, errc::service_unavailable, "IDPCommunicationError"},
        {transient, errc::invalid_credentials, "InvalidIdentityToken"},
        {transient, errc::conflict, "OperationAborted"},
        {transient, errc::conflict, "ConditionalRequestConflict"},
        {transient, errc::bad_digest, "BadDigest"},
        {clock_skew, errc::clock_skew, "RequestTimeTooSkewed"},
        {clock_skew, errc::clock_skew, "RequestExpired"},
        {throttling, errc::throttled, "SlowDown"},
        {throttling, errc::throttled, "Throttling"},
        {throttling, errc::throttled, "ThrottlingException"},
        {throttling, errc::throttled, "ThrottledException"},
        {throttling, errc::throttled, "RequestThrottled"},
        {throttling, errc::throttled, "RequestThrottledException"},
        {throttling, errc::throttled, "RequestLimitExceeded"},
        {throttling, errc::throttled, "BandwidthLimitExceeded"},
        {throttling, errc::throttled, "LimitExceededException"},
        {throttling, errc::throttled, "TooManyRequests"},
        {throttling, errc::throttled, "TooManyRequestsException"},
        {throttling, errc::throttled, "ProvisionedThroughputExceededException"},
        {throttling, errc::throttled, "TransactionInProgressException"},
        {throttling, errc::throttled, "EC2ThrottledException"},
        {throttling, errc::throttled, "PriorRequestNotComplete"},
        {throttling, errc::throttled, "ExceedAccountQPSLimit"},
        {throttling, errc::throttled, "ExceedAccountRateLimit"},
        {throttling, errc::throttled, "ExceedBucketQPSLimit"},
        {throttling, errc::throttled, "ExceedBucketRateLimit"},
        {credentials, errc::expired_token, "ExpiredToken"},
        {credentials, errc::expired_token, "ExpiredTokenException"},
        {credentials, errc::expired_token, "InvalidToken"},
        {credentials, errc::expired_token, "TokenRefreshRequired"},
        {permanent, errc::no_such_key, "NoSuchKey"},
        {permanent, errc::bad_digest, "InvalidDigest"}, // a header that is none, not bytes that went wrong
        {permanent, errc::access_denied, "IDPRejectedClaim"},
        {permanent, errc::invalid_access_key, "UnrecognizedClientException"},
        {permanent, errc::wrong_region, "PermanentRedirect"},
    };
    std::set<std::string_view> listed;
    for (const auto& r : rows) {
        CAPTURE(r.name);
        listed.insert(r.name);
        const auto* known = find_service_code(r.name);
        REQUIRE(known);
        CHECK(known->code == r.code);
        CHECK(class_of(r.name) == r.kind);
    }
    // Nothing is tried again that does not stand above.
    for (const auto& known : service_codes)
        if (known.kind != retry_class::permanent) CHECK_MESSAGE(listed.contains(known.name), known.name);
    for (const auto* name : {"", "slowdown", "SlowDown ", "Slow"}) {
        CHECK(find_service_code(name) == nullptr);
        CHECK(class_of(name) == retry_class::permanent);
    }
}

TEST_CASE("aws/service_codes: each name stands once, and its error and class say the same") {
    std::set<std::string_view> names;
    for (const auto& known : service_codes) {
        CAPTURE(known.name);
        CHECK(names.insert(known.name).second);
        CHECK((known.code == errc::throttled) == (known.kind == retry_class::throttling));
        CHECK((known.code == errc::expired_token) == (known.kind == retry_class::credentials));
        CHECK((known.code == errc::clock_skew) == (known.kind == retry_class::clock_skew));
        if (known.code == errc::service_unavailable) CHECK(known.kind == retry_class::transient);
    }
}

TEST_CASE("aws/service_codes: a status that may pass is not hidden by a code that may not, nor a pause by a status") {
    CHECK(class_of("NoSuchKey", 500) == retry_class::transient);
    CHECK(class_of("AccessDenied", 503) == retry_class::throttling);
    CHECK(class_of("InternalError", 503) == retry_class::throttling);
    CHECK(class_of("InternalError", 200) == retry_class::transient);
    CHECK(class_of("SlowDown", 500) == retry_class::throttling);
    CHECK(class_of("ExpiredToken", 500) == retry_class::credentials);
    CHECK(class_of("RequestTimeTooSkewed", 500) == retry_class::clock_skew);
}

TEST_CASE("aws/service_codes: STS is read by them") {
    for (const auto& known : service_codes) {
        CAPTURE(known.name);
        penstock::http::document answer;
        answer.head.status = 400;
        answer.body = "<ErrorResponse><Error><Code>" + std::string{known.name} + "</Code></Error></ErrorResponse>";
        const auto read = aws::read_sts_answer(answer, aws::sts_operation::assume_role, "role");
        REQUIRE(read.has_error());
        CHECK(read.error().code() == known.code);
        CHECK(aws::classify(read.error()) == known.kind);
    }
}

} // namespace test_aws_service_codes
