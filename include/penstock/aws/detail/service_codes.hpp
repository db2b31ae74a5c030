// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/retry_strategy.hpp>
#include <penstock/core/error.hpp>

#include <string_view>

namespace penstock::aws::detail {

/// What a name that a service refuses by means, here and for the next attempt.
struct service_code {
    std::string_view name;
    errc code;
    retry_class kind = retry_class::permanent; ///< whatever the status beside it
};

/// The codes of S3, of stores like it, and of STS that mean more than their status does. The only list of them: whoever
/// reads an answer and whoever decides on another attempt look here.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
/// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
inline constexpr service_code service_codes[] = {
    {"NoSuchBucket", errc::no_such_bucket},
    {"NoSuchKey", errc::no_such_key},
    {"NoSuchVersion", errc::no_such_key},
    {"NoSuchUpload", errc::no_such_upload},
    {"InvalidObjectState", errc::object_archived},
    {"PreconditionFailed", errc::precondition_failed},
    {"NotModified", errc::not_modified},
    {"InvalidRange", errc::range_not_satisfiable},
    {"BucketAlreadyExists", errc::bucket_exists},
    {"BucketAlreadyOwnedByYou", errc::bucket_exists},
    {"BucketNotEmpty", errc::bucket_not_empty},
    {"InvalidDigest", errc::bad_digest},
    {"XAmzContentSHA256Mismatch", errc::bad_digest},

    {"PermanentRedirect", errc::wrong_region},
    {"TemporaryRedirect", errc::wrong_region},
    {"AuthorizationHeaderMalformed", errc::wrong_region}, // where it names a region
    {"IllegalLocationConstraintException", errc::wrong_region},

    {"AccessDenied", errc::access_denied},
    {"AccessDeniedException", errc::access_denied},
    {"IDPRejectedClaim", errc::access_denied},
    {"SignatureDoesNotMatch", errc::signature_mismatch},
    {"InvalidSignatureException", errc::signature_mismatch},
    {"InvalidAccessKeyId", errc::invalid_access_key},
    {"InvalidClientTokenId", errc::invalid_access_key},
    {"UnrecognizedClientException", errc::invalid_access_key},

    {"ExpiredToken", errc::expired_token, retry_class::credentials},
    {"ExpiredTokenException", errc::expired_token, retry_class::credentials},
    {"InvalidToken", errc::expired_token, retry_class::credentials},
    {"TokenRefreshRequired", errc::expired_token, retry_class::credentials},

    {"RequestTimeTooSkewed", errc::clock_skew, retry_class::clock_skew},
    {"RequestExpired", errc::clock_skew, retry_class::clock_skew},

    {"InternalError", errc::service_unavailable, retry_class::transient},
    {"InternalFailure", errc::service_unavailable, retry_class::transient},
    {"InternalServerError", errc::service_unavailable, retry_class::transient},
    {"ServiceUnavailable", errc::service_unavailable, retry_class::transient},
    {"RequestTimeout", errc::service_unavailable, retry_class::transient}, // 400
    {"RequestTimeoutException", errc::service_unavailable, retry_class::transient},
    {"IDPCommunicationError", errc::service_unavailable, retry_class::transient},
    {"OperationAborted", errc::conflict, retry_class::transient},
    {"ConditionalRequestConflict", errc::conflict, retry_class::transient},
    {"BadDigest", errc::bad_digest, retry_class::transient},
    {"InvalidIdentityToken", errc::invalid_credentials, retry_class::transient}, // STS may not have the issuer's keys yet

    {"SlowDown", errc::throttled, retry_class::throttling},
    {"Throttling", errc::throttled, retry_class::throttling},
    {"ThrottlingException", errc::throttled, retry_class::throttling},
    {"ThrottledException", errc::throttled, retry_class::throttling},
    {"RequestThrottled", errc::throttled, retry_class::throttling},
    {"RequestThrottledException", errc::throttled, retry_class::throttling},
    {"RequestLimitExceeded", errc::throttled, retry_class::throttling},
    {"BandwidthLimitExceeded", errc::throttled, retry_class::throttling},
    {"LimitExceededException", errc::throttled, retry_class::throttling},
    {"TooManyRequests", errc::throttled, retry_class::throttling},
    {"TooManyRequestsException", errc::throttled, retry_class::throttling},
    {"ProvisionedThroughputExceededException", errc::throttled, retry_class::throttling},
    {"TransactionInProgressException", errc::throttled, retry_class::throttling},
    {"EC2ThrottledException", errc::throttled, retry_class::throttling},
    {"PriorRequestNotComplete", errc::throttled, retry_class::throttling},
    {"ExceedAccountQPSLimit", errc::throttled, retry_class::throttling}, // this and the next three: Volcengine TOS
    {"ExceedAccountRateLimit", errc::throttled, retry_class::throttling},
    {"ExceedBucketQPSLimit", errc::throttled, retry_class::throttling},
    {"ExceedBucketRateLimit", errc::throttled, retry_class::throttling},
};

/// Null for a name that is not known.
inline const service_code* find_service_code(std::string_view name) noexcept {
    for (const auto& known : service_codes)
        if (known.name == name) return &known;
    return nullptr;
}

} // namespace penstock::aws::detail
