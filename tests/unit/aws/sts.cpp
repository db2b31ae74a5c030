// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/sts.hpp>

#include <penstock/aws/environment.hpp>

#include <doctest/doctest.h>

namespace test_aws_sts {

namespace aws = penstock::aws;
using penstock::errc;
using penstock::failure;
using operation = aws::sts_operation;

template <class F>
failure thrown_by(F f) {
    try {
        f();
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

aws::assume_role_options full_role() {
    std::vector<std::string> arns, keys;
    arns.push_back("arn:aws:iam::1:policy/a");
    arns.push_back("arn:aws:iam::1:policy/b");
    keys.push_back("team");
    std::vector<aws::session_tag> tags;
    tags.emplace_back("team", "data & co");
    tags.emplace_back("cost", "");
    return aws::assume_role_options{"arn:aws:iam::1:role/r"}
        .session_name("me@here")
        .external_id("x=1&y")
        .duration(std::chrono::seconds{900})
        .policy(R"({"Version":"2012-10-17"})")
        .policy_arns(arns)
        .tags(tags)
        .transitive_tag_keys(keys)
        .source_identity("alice");
}

TEST_CASE("aws/sts: forms have what is said, encoded, and nothing else") {
    CHECK(aws::assume_role_form(aws::assume_role_options{"arn:aws:iam::1:role/r"}, "penstock-1") ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=penstock-1");
    CHECK(aws::assume_role_form(full_role(), "unused") ==
          "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me%40here"
          "&DurationSeconds=900&Policy=%7B%22Version%22%3A%222012-10-17%22%7D"
          "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A1%3Apolicy%2Fa&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A1%3Apolicy%2Fb"
          "&ExternalId=x%3D1%26y&Tags.member.1.Key=team&Tags.member.1.Value=data%20%26%20co&Tags.member.2.Key=cost"
          "&Tags.member.2.Value=&TransitiveTagKeys.member.1=team&SourceIdentity=alice");
    CHECK(aws::web_identity_form(full_role(), "unused", "a.b+c") ==
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me%40here"
          "&DurationSeconds=900&Policy=%7B%22Version%22%3A%222012-10-17%22%7D"
          "&PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3A1%3Apolicy%2Fa&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3A1%3Apolicy%2Fb"
          "&WebIdentityToken=a.b%2Bc");
    CHECK(aws::default_session_name(penstock::wall_time{std::chrono::seconds{1700000000}}) == "penstock-1700000000");
}

TEST_CASE("aws/sts: roles that STS would refuse are refused here") {
    aws::check_role(full_role());
    const auto refused = [](const aws::assume_role_options& role) {
        const auto f = thrown_by([&role] { aws::check_role(role); });
        CHECK(f.code() == errc::invalid_option);
        return f.message();
    };
    CHECK(has(refused({}), "no role ARN"));
    for (const char* name : {"x", "with space", "a/b", "line\nbreak", "caf\xc3\xa9"})
        CHECK(has(refused(full_role().session_name(name)), "role session name"));
    CHECK(has(refused(full_role().session_name(std::string(65, 'x'))), "role session name"));
    for (const int seconds : {1, 899, 43201, -900})
        CHECK(has(refused(full_role().duration(std::chrono::seconds{seconds})), "900 to 43200"));
}

aws::endpoint resolved(std::map<std::string, std::string> env, const char* properties = "", const aws::sts_settings& asked = {}) {
    auto parsed = aws::parse_profile_file(std::string{"[default]\n"} + properties, aws::profile_file_kind::config, "config").value();
    return aws::resolve_sts_endpoint(asked, aws::environment{std::move(env)}, aws::find_profile(parsed, "default"));
}

TEST_CASE("aws/sts: the endpoint as caller, environment and profile say, in that order") {
    CHECK(resolved({}).url() == "https://sts.us-east-1.amazonaws.com");
    CHECK(resolved({}, "region = eu-west-1").url() == "https://sts.eu-west-1.amazonaws.com");
    CHECK(resolved({{"AWS_DEFAULT_REGION", "us-west-2"}}, "region = eu-west-1").region == "us-west-2");
    CHECK(resolved({{"AWS_REGION", "us-east-2"}, {"AWS_DEFAULT_REGION", "us-west-2"}}).region == "us-east-2");
    CHECK(resolved({{"AWS_REGION", "us-east-2"}}, "", aws::sts_settings().region("cn-north-1")).url() ==
          "https://sts.cn-north-1.amazonaws.com.cn");
    CHECK(resolved({{"AWS_ENDPOINT_URL", "http://all:1"}}, "endpoint_url = http://file:2").url() == "http://all:1");
    CHECK(resolved({{"AWS_ENDPOINT_URL", "http://all:1"}, {"AWS_ENDPOINT_URL_STS", "http://own:3/base"}}).path_prefix == "/base");
    CHECK(resolved({}, "endpoint_url = http://file:2").url() == "http://file:2");
    CHECK(resolved({{"AWS_ENDPOINT_URL_STS", "http://own:3"}}, "", aws::sts_settings().endpoint_url("http://asked:4")).url() ==
          "http://asked:4");
    CHECK(resolved({{"AWS_USE_FIPS_ENDPOINT", "true"}}).url() == "https://sts-fips.us-east-1.amazonaws.com");
    CHECK(resolved({}, "use_dualstack_endpoint = true").url() == "https://sts.us-east-1.api.aws");
    CHECK(resolved({}, "s3 =\n  use_dualstack_endpoint = true").url() == "https://sts.us-east-1.amazonaws.com");
    CHECK(resolved({{"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}}).url() == "https://sts.amazonaws.com");
    CHECK(resolved({}).service == "sts");
    CHECK(thrown_by([] { resolved({{"AWS_REGION", "US EAST"}}); }).code() == errc::invalid_region);
}

penstock::http::document answered(int status, std::string body) {
    penstock::http::document d;
    d.head.status = status;
    d.head.headers.add("x-amzn-requestid", "header-id");
    d.body = std::move(body);
    return d;
}

std::string granted(std::string keys = "<AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>HUSH</SecretAccessKey>"
                                       "<SessionToken>HUSHTOKEN</SessionToken><Expiration>2026-01-01T01:00:00Z</Expiration>") {
    return R"(<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>)"
           "<Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser><Credentials>" +
           keys + "</Credentials></AssumeRoleResult></AssumeRoleResponse>";
}

TEST_CASE("aws/sts: the keys of a session") {
    const auto c = aws::read_sts_answer(answered(200, granted()), operation::assume_role, "role").value();
    CHECK(c.access_key_id == "ASIA1");
    CHECK(c.secret_access_key == "HUSH");
    CHECK(c.session_token == "HUSHTOKEN");
    CHECK(c.account_id == "123456789012");
    REQUIRE(c.expiration);
    CHECK(c.expiration->time_since_epoch() == std::chrono::seconds{1767229200});
}

TEST_CASE("aws/sts: answers that are none, told without their text") {
    const std::string whole = granted();
    std::vector<std::pair<std::string, std::string>> rows = {
        {"", "not XML"},
        {"HUSH", "not XML"},
        {"{\"HUSH\":1}", "not XML"},
        {"<html>HUSH</html>", "has no credentials"},
        {"<AssumeRoleResponse><AssumeRoleResult>HUSH</AssumeRoleResult></AssumeRoleResponse>", "has no credentials"},
        {granted("<SecretAccessKey>HUSH</SecretAccessKey>"), "has no AccessKeyId"},
        {granted("<AccessKeyId>HUSH</AccessKeyId>"), "has no SecretAccessKey"},
        {granted("<AccessKeyId>HUSH</AccessKeyId><SecretAccessKey>HUSH</SecretAccessKey>"), "has no SessionToken"},
    };
    const std::string keys = "<AccessKeyId>HUSH</AccessKeyId><SecretAccessKey>HUSH</SecretAccessKey><SessionToken>HUSH</SessionToken>";
    rows.emplace_back(granted(keys), "has no time of expiration");
    rows.emplace_back(granted(keys + "<Expiration>HUSH</Expiration>"), "has no time of expiration");
    for (const auto& [body, why] : rows) {
        CAPTURE(body);
        const auto r = aws::read_sts_answer(answered(200, body), operation::assume_role, "role");
        REQUIRE_FALSE(r.has_value());
        CHECK(r.error().code() == errc::malformed_response);
        CHECK(has(r.error().message(), why));
        CHECK(has(r.error().message(), "header-id"));
        CHECK_FALSE(has(r.error().message(), "HUSH"));
    }
    for (std::size_t n = 1; n < whole.size(); n += 7)
        CHECK_FALSE(aws::read_sts_answer(answered(200, whole.substr(0, n)), operation::assume_role, "role").has_value());
    CHECK_FALSE(aws::read_sts_answer(answered(200, whole), operation::assume_role_with_web_identity, "role").has_value());
}

failure refused(int status, const std::string& body, operation of = operation::assume_role) {
    const auto r = aws::read_sts_answer(answered(status, body), of, "role");
    REQUIRE_FALSE(r.has_value());
    return r.error();
}

TEST_CASE("aws/sts: what STS refuses: code, words and request id") {
    const auto denied = refused(403, "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                                     "<Code>AccessDenied</Code><Message>User: arn:x is not authorized\nto HUSH</Message></Error>"
                                     "<RequestId>body-id</RequestId></ErrorResponse>");
    CHECK(denied.code() == errc::access_denied);
    CHECK(denied.detail().service_code == "AccessDenied");
    CHECK(denied.detail().message == "role: User: arn:x is not authorized");
    CHECK(denied.detail().request_id == "header-id");
    CHECK(has(denied.detail().hint, "trust policy"));

    struct row {
        int status;
        const char* code;
        errc is;
    };
    static constexpr row rows[] = {
        {400, "ExpiredTokenException", errc::expired_token},   {403, "ExpiredToken", errc::expired_token},
        {403, "IDPRejectedClaim", errc::access_denied},        {400, "InvalidIdentityToken", errc::invalid_credentials},
        {403, "InvalidClientTokenId", errc::invalid_access_key}, {403, "SignatureDoesNotMatch", errc::signature_mismatch},
        {400, "RequestExpired", errc::clock_skew},             {400, "Throttling", errc::throttled},
        {400, "IDPCommunicationError", errc::service_unavailable}, {400, "ValidationError", errc::invalid_request},
        {403, "Whatever", errc::access_denied},                {500, "InternalFailure", errc::service_unavailable},
        {429, "Whatever", errc::throttled},                    {302, "Whatever", errc::service_error},
    };
    for (const auto& r : rows) {
        CAPTURE(r.code);
        const auto code = std::string{"<Code>"} + r.code + "</Code><Message>m</Message>";
        CHECK(refused(r.status, "<ErrorResponse><Error>" + code + "</Error></ErrorResponse>").code() == r.is);
        const auto as_s3_does = refused(r.status, "<Error>" + code + "<RequestId>id</RequestId></Error>");
        CHECK(as_s3_does.code() == r.is);
        CHECK(as_s3_does.detail().service_code == r.code);
    }
    const auto in_words = [](const char* code, const char* words) {
        return refused(400, std::string{"<Error><Code>"} + code + "</Code><Message>" + words + "</Message></Error>").code();
    };
    CHECK(in_words("InvalidParameterValue", "Token is expired") == errc::expired_token); // MinIO
    CHECK(in_words("AccessDenied", "The request signature we calculated does not match the one") == errc::signature_mismatch);
    for (const char* body : {"", "HUSH", "<html>HUSH</html>", "<Error>HUSH</Error>", "<Error><Code>", "{\"HUSH\":"}) {
        const auto f = refused(503, body);
        CHECK(f.code() == errc::service_unavailable);
        CHECK(f.detail().message == "role: STS refused");
        CHECK_FALSE(has(f.message(), "HUSH"));
    }
}

} // namespace test_aws_sts
