// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/assume_role_credentials_provider.hpp>
#include <penstock/aws/web_identity_credentials_provider.hpp>

#include <penstock/aws/anonymous_credentials_provider.hpp>
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/aws/date_time.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/aws/uri.hpp>

#include "support/service_lab.hpp"

#include <doctest/doctest.h>

#include <deque>

namespace test_aws_assume_role_credentials_provider {

namespace aws = penstock::aws;
namespace testing = penstock::testing;
using penstock::errc;
using penstock::failure;
using test::service_lab;
using testing::http_answer;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// STS as a list of answers; the last is given for ever.
struct sts {
    std::deque<http_answer> answers;
    service_lab lab{[this](const penstock::http::origin&, const testing::http_request&) {
        auto next = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return next;
    }};
    int granted_so_far = 0;

    http_answer granted(const char* action = "AssumeRole", std::chrono::seconds lifetime = std::chrono::hours{1}) {
        const auto n = std::to_string(++granted_so_far);
        const std::string a = action;
        const auto until = aws::format_iso8601(aws::instant{lab.clock->wall_now() + lifetime}).value();
        return http_answer{200,
                           "<" + a + "Response><" + a + "Result><AssumedRoleUser><Arn>arn:aws:sts::42:assumed-role/r/s</Arn>"
                           "</AssumedRoleUser><Credentials><AccessKeyId>ASIA" + n + "</AccessKeyId><SecretAccessKey>HUSH" + n +
                           "</SecretAccessKey><SessionToken>HUSHTOKEN" + n + "</SessionToken><Expiration>" + until +
                           "</Expiration></Credentials></" + a + "Result></" + a + "Response>", "text/xml"};
    }
    static http_answer refused(int status, const std::string& code, const std::string& message = "no") {
        return http_answer{status, "<ErrorResponse><Error><Code>" + code + "</Code><Message>" + message +
                                       "</Message></Error><RequestId>rid-1</RequestId></ErrorResponse>", "text/xml"};
    }
    std::map<std::string, std::string> form(std::size_t i) {
        std::map<std::string, std::string> out;
        for (const auto& p : aws::parse_query(lab.server.requests().at(i).body)) out[p.name] = p.value;
        return out;
    }
    std::size_t asked() { return lab.server.requests().size(); }

    /// The failure; none of its texts holds a secret: all of them begin with HUSH.
    failure fails(const aws::provider_ptr& p) {
        const auto r = lab.get(p);
        if (r) {
            FAIL_CHECK("there are credentials");
            return {};
        }
        CHECK_FALSE(has(r.error().message(), "HUSH"));
        return r.error();
    }
};

aws::provider_ptr base() { return aws::make_static_credentials_provider("AKIDBASE", "HUSHBASE", "HUSHBASETOKEN"); }
const char* const arn = "arn:aws:iam::42:role/r";

aws::provider_ptr role_provider(sts& s, service_lab::variables env = {}, aws::provider_ptr by = base()) {
    return aws::make_assume_role_credentials_provider(by, aws::assume_role_options{arn}.external_id("x-7"), {}, s.lab.context(env));
}

TEST_CASE("aws/assume_role_credentials_provider: signed, form-encoded, at the regional endpoint; renewed ahead of expiry") {
    sts s;
    s.answers.push_back(s.granted());
    s.answers.push_back(s.granted());
    const auto p = role_provider(s, {{"AWS_REGION", "eu-west-1"}});
    CHECK(s.asked() == 0);
    const auto c = s.lab.get(p).value();
    CHECK(c->access_key_id == "ASIA1");
    CHECK(c->session_token == "HUSHTOKEN1");
    CHECK(c->account_id == "42");
    CHECK(c->source == "assume role");
    CHECK(s.lab.called.at(0).url() == "https://sts.eu-west-1.amazonaws.com");
    const auto& r = s.lab.server.requests().at(0);
    CHECK(r.method == "POST");
    CHECK(r.path == "/");
    CHECK(r.headers["host"] == "sts.eu-west-1.amazonaws.com");
    CHECK(r.headers["content-type"] == "application/x-www-form-urlencoded");
    CHECK(r.headers["x-amz-security-token"] == "HUSHBASETOKEN");
    CHECK(std::string{r.headers["authorization"]}.starts_with("AWS4-HMAC-SHA256 Credential=AKIDBASE/20260101/eu-west-1/sts/aws4_request"));
    const auto form = s.form(0);
    CHECK(form.at("ExternalId") == "x-7");
    CHECK(form.at("RoleSessionName") == "penstock-1767225600");
    s.lab.clock->advance(std::chrono::minutes{54});
    CHECK(s.lab.get(p).value() == c);
    s.lab.clock->advance(std::chrono::minutes{5});
    CHECK(s.lab.get(p).value()->access_key_id == "ASIA2");
    CHECK(s.asked() == 2);
}

TEST_CASE("aws/assume_role_credentials_provider: a denial says what STS says, and is not tried again") {
    sts s;
    s.answers.push_back(sts::refused(403, "AccessDenied", "User arn:u is not authorized to perform sts:AssumeRole"));
    const auto f = s.fails(role_provider(s));
    CHECK(f.code() == errc::access_denied);
    CHECK(f.detail().message == "assume role: User arn:u is not authorized to perform sts:AssumeRole");
    CHECK(f.detail().service_code == "AccessDenied");
    CHECK(f.detail().request_id == "rid-1");
    CHECK(f.detail().endpoint == "https://sts.us-east-1.amazonaws.com");
    CHECK(f.detail().credential_source == "static (...BASE)");
    CHECK(f.detail().attempts.size() == 1);
    CHECK(s.asked() == 1);
}

TEST_CASE("aws/assume_role_credentials_provider: a service that repeats secrets is not quoted") {
    for (const char* secret : {"HUSHBASE", "HUSHBASETOKEN"}) {
        sts s;
        s.answers.push_back(sts::refused(403, "AccessDenied", std::string{"you sent "} + secret));
        CHECK(s.fails(role_provider(s)).detail().message == "assume role: STS refused, repeating a secret");
    }
    sts s;
    std::string token = "HUSH";
    for (int i = 0; i < 100; ++i) token += ".a-long-one";
    s.lab.files["/token"] = token;
    const auto by_token = aws::make_web_identity_credentials_provider("/token", aws::assume_role_options{arn}, {}, s.lab.context());
    s.answers = {sts::refused(403, "AccessDenied", "the token " + token + " is not for us")}; // longer than what is shown
    CHECK(s.fails(by_token).detail().message == "web identity: STS refused, repeating a secret");
    s.lab.files["/token"] = "HUSH.1";
    s.answers = {sts::refused(403, "HUSH.1")};
    CHECK(s.fails(by_token).detail().attempts.at(0).service_code == "(not shown)");
    s.answers = {http_answer{403}.header("x-amzn-RequestId", "HUSH.1")};
    CHECK(s.fails(by_token).detail().request_id == "(not shown)");
}

TEST_CASE("aws/assume_role_credentials_provider: what passes is tried again, in time") {
    for (const auto& once : {http_answer{503}, sts::refused(400, "Throttling"), sts::refused(500, "InternalFailure"),
                             http_answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), http_answer{200, "x"}.cut_at(10)}) {
        sts s;
        s.answers.push_back(once);
        s.answers.push_back(s.granted());
        CHECK(s.lab.get(role_provider(s)).value()->access_key_id == "ASIA1");
        CHECK(s.asked() == 2);
    }
    sts s;
    s.answers.push_back(http_answer{503});
    const auto began = s.lab.clock->now();
    const auto f = s.fails(role_provider(s));
    CHECK(f.code() == errc::service_unavailable);
    CHECK(f.detail().attempts.size() == s.asked());
    CHECK(s.asked() == 6);
    CHECK(s.lab.clock->now() - began < std::chrono::minutes{1});
    s.answers = {s.granted()};
    CHECK(s.lab.get(role_provider(s)).has_value()); // no failure sticks
}

TEST_CASE("aws/assume_role_credentials_provider: a clock that is wrong is corrected once, by the answer's date") {
    for (const auto& refusal : {sts::refused(403, "SignatureDoesNotMatch", "Signature expired"), sts::refused(400, "RequestExpired")}) {
        sts s;
        auto dated = refusal;
        dated.header("Date", "Thu, 01 Jan 2026 00:20:00 GMT"); // ours is 00:00
        s.answers.push_back(dated);
        s.answers.push_back(s.granted());
        CHECK(s.lab.get(role_provider(s)).has_value());
        REQUIRE(s.asked() == 2);
        CHECK(s.lab.server.requests()[0].headers["x-amz-date"] == "20260101T000000Z");
        CHECK(s.lab.server.requests()[1].headers["x-amz-date"] == "20260101T002000Z");
        s.answers = {dated};
        s.lab.server.forget_requests();
        CHECK(s.fails(role_provider(s)).detail().attempts.size() == 2);
        CHECK(s.asked() == 2);
    }
    for (const char* date : {"Thu, 01 Jan 2026 00:01:00 GMT", "soon", "Thu, 01 Jan 0001 00:00:00 GMT"}) {
        sts s;
        s.answers.push_back(sts::refused(403, "SignatureDoesNotMatch").header("Date", date));
        CHECK(s.fails(role_provider(s)).code() == errc::signature_mismatch);
        CHECK(s.asked() == 1);
    }
}

TEST_CASE("aws/assume_role_credentials_provider: a session's end is by the clock of STS") {
    sts s;
    s.answers.push_back(sts::refused(400, "RequestExpired").header("Date", "Wed, 31 Dec 2025 22:00:00 GMT")); // ours is 00:00
    s.answers.push_back(s.granted());
    s.answers.back() = http_answer{200, R"(<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
        <SecretAccessKey>HUSH</SecretAccessKey><SessionToken>HUSH</SessionToken><Expiration>2025-12-31T23:00:00Z</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>)"};
    const auto c = s.lab.get(role_provider(s));
    REQUIRE(c.has_value());
    CHECK(*(*c)->expiration == s.lab.clock->wall_now() + std::chrono::hours{1});
}

TEST_CASE("aws/assume_role_credentials_provider: nobody there, silence, an endless answer, a broken one") {
    sts s;
    s.answers.push_back(http_answer{200}.delay(penstock::duration::max()));
    auto f = s.fails(role_provider(s, {{"AWS_MAX_ATTEMPTS", "2"}}));
    CHECK(f.code() == penstock::condition::timeout);
    CHECK(f.detail().message.starts_with("assume role: "));
    s.answers = {http_answer{200, std::string(100'000, ' ')}};
    CHECK(s.fails(role_provider(s)).code() == errc::response_too_large);
    s.answers = {http_answer{200, "<html>HUSH</html>"}};
    CHECK(s.fails(role_provider(s)).code() == errc::malformed_response);
    s.lab.unreachable = failure{errc::connect_failed, "connection refused"};
    f = s.fails(role_provider(s));
    CHECK(f.code() == errc::connect_failed);
    CHECK(f.detail().message == "assume role: connection refused");
}

TEST_CASE("aws/assume_role_credentials_provider: no base, anonymous base, base without credentials") {
    sts s;
    CHECK_THROWS_AS(role_provider(s, {}, nullptr), penstock::error);
    CHECK_THROWS_AS(aws::make_assume_role_credentials_provider(base(), aws::assume_role_options{}), penstock::error);
    auto f = s.fails(role_provider(s, {}, aws::make_anonymous_credentials_provider()));
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(has(f.message(), "anonymous"));
    f = s.fails(role_provider(s, {}, aws::make_environment_credentials_provider(aws::environment{{}})));
    CHECK(f.code() == errc::invalid_credentials); // in a chain, no other identity takes its place
    CHECK(has(f.detail().message, "nothing to take the role by: environment: AWS_ACCESS_KEY_ID is not set"));
    CHECK(s.asked() == 0);
}

TEST_CASE("aws/assume_role_credentials_provider: a base that has expired is renewed once") {
    sts s;
    int fetched = 0;
    const auto renewable = aws::make_caller_credentials_provider(
        [&fetched]() -> penstock::awaitable<aws::credentials> {
            co_return aws::credentials("AKID" + std::to_string(++fetched), "HUSHBASE", "HUSHBASETOKEN");
        },
        "caller", s.lab.context());
    s.answers.push_back(sts::refused(403, "ExpiredToken"));
    s.answers.push_back(s.granted());
    CHECK(s.lab.get(role_provider(s, {}, renewable)).has_value());
    CHECK(fetched == 2);
    CHECK(has(std::string{s.lab.server.requests()[1].headers["authorization"]}, "AKID2"));
    s.answers = {sts::refused(403, "ExpiredToken")};
    CHECK(s.fails(role_provider(s, {}, renewable)).code() == errc::expired_token);
    CHECK(s.asked() == 4);
    CHECK(s.fails(role_provider(s)).code() == errc::expired_token); // keys that never change
    CHECK(s.asked() == 5);
}

// ---- web identity

const service_lab::variables pod = {{"AWS_ROLE_ARN", arn}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_SESSION_NAME", "pod-1"}};
const char* const with_token = "AssumeRoleWithWebIdentity";

TEST_CASE("aws/web_identity_credentials_provider: unsigned; the token is read at each fetch") {
    sts s;
    s.lab.files["/token"] = "HUSH.JWT.1\n";
    s.answers.push_back(s.granted(with_token));
    s.answers.push_back(s.granted(with_token));
    const auto p = aws::make_web_identity_credentials_provider({}, s.lab.context(pod));
    const auto c = s.lab.get(p).value();
    CHECK(c->source == "web identity");
    CHECK(c->account_id == "42");
    const auto& r = s.lab.server.requests().at(0);
    CHECK_FALSE(r.headers.contains("authorization"));
    CHECK(s.form(0).at("WebIdentityToken") == "HUSH.JWT.1");
    CHECK(s.form(0).at("RoleArn") == arn);
    CHECK(s.form(0).at("RoleSessionName") == "pod-1");
    s.lab.files["/token"] = "HUSH.JWT.2";
    s.lab.clock->advance(std::chrono::minutes{59});
    CHECK(s.lab.get(p).value()->access_key_id == "ASIA2");
    CHECK(s.form(1).at("WebIdentityToken") == "HUSH.JWT.2");
}

TEST_CASE("aws/web_identity_credentials_provider: what is missing in the environment") {
    sts s;
    auto f = s.fails(aws::make_web_identity_credentials_provider({}, s.lab.context({{"AWS_ROLE_ARN", arn}})));
    CHECK(f.code() == errc::no_credentials);
    CHECK(f.detail().message == "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    f = s.fails(aws::make_web_identity_credentials_provider({}, s.lab.context({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}})));
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(has(f.detail().message, "AWS_ROLE_ARN is not"));
    auto env = pod;
    env["AWS_ROLE_SESSION_NAME"] = "not a name";
    CHECK(s.fails(aws::make_web_identity_credentials_provider({}, s.lab.context(env))).code() == errc::invalid_option);
    CHECK_THROWS_AS(aws::make_web_identity_credentials_provider("", aws::assume_role_options{arn}), penstock::error);
    CHECK_THROWS_AS(aws::make_web_identity_credentials_provider("/token", aws::assume_role_options{}), penstock::error);
    CHECK(s.asked() == 0);
}

TEST_CASE("aws/web_identity_credentials_provider: token files that cannot be used") {
    sts s;
    const auto p = aws::make_web_identity_credentials_provider("/token", aws::assume_role_options{arn}, {}, s.lab.context());
    auto f = s.fails(p);
    CHECK(f.code() == penstock::condition::not_found);
    CHECK(has(f.detail().message, "web identity: the token's file '/token' cannot be read"));
    for (const char* text : {"", " \n", "HUSH\nHUSH", "HUSH HUSH", "HUSH\r\nX: y"}) {
        s.lab.files["/token"] = text;
        f = s.fails(p);
        CHECK(f.code() == errc::invalid_credentials);
        CHECK(f.detail().message.starts_with("web identity: the token's file '/token' is "));
    }
    s.lab.files["/token"] = std::string(65537, 'x');
    CHECK(s.fails(p).code() == penstock::condition::limit);
    CHECK(s.asked() == 0);
}

TEST_CASE("aws/web_identity_credentials_provider: a token that has expired is read again once") {
    sts s;
    s.lab.files["/token"] = "HUSH.1";
    const auto p = aws::make_web_identity_credentials_provider("/token", aws::assume_role_options{arn}, {}, s.lab.context());
    s.answers = {sts::refused(400, "ExpiredTokenException", "Token expired: HUSH.1")};
    auto f = s.fails(p);
    CHECK(f.code() == errc::expired_token);
    CHECK(f.detail().message == "web identity: STS refused, repeating a secret");
    CHECK(has(f.detail().hint, "renew"));
    CHECK(s.asked() == 1);
    CHECK(s.lab.files_read.size() == 2 + 2); // config and credentials, and the token twice

    int asked = 0;
    service_lab renewing{[&](const penstock::http::origin&, const testing::http_request&) {
        renewing.files["/token"] = "HUSH.2"; // somebody renews it meanwhile
        return ++asked == 1 ? sts::refused(400, "ExpiredTokenException") : s.granted(with_token);
    }};
    renewing.files["/token"] = "HUSH.1";
    const auto q = aws::make_web_identity_credentials_provider("/token", aws::assume_role_options{arn}, {}, renewing.context());
    CHECK(renewing.get(q).has_value());
    CHECK(has(renewing.server.requests().at(1).body, "WebIdentityToken=HUSH.2"));
    CHECK(asked == 2);
}

TEST_CASE("aws/web_identity_credentials_provider: an issuer that STS does not reach or know yet is waited for") {
    for (const char* code : {"IDPCommunicationError", "InvalidIdentityToken"}) {
        sts s;
        s.lab.files["/token"] = "HUSH.1";
        s.answers.push_back(sts::refused(400, code));
        s.answers.push_back(s.granted(with_token));
        CHECK(s.lab.get(aws::make_web_identity_credentials_provider({}, s.lab.context(pod))).has_value());
        CHECK(s.asked() == 2);
        s.answers = {sts::refused(400, code)};
        s.lab.server.forget_requests();
        CHECK(s.fails(aws::make_web_identity_credentials_provider({}, s.lab.context(pod))).detail().service_code == code);
        CHECK(s.asked() == 6);
    }
    sts s;
    s.lab.files["/token"] = "HUSH.1";
    s.answers = {sts::refused(403, "IDPRejectedClaim")};
    CHECK(s.fails(aws::make_web_identity_credentials_provider({}, s.lab.context(pod))).code() == errc::access_denied);
    CHECK(s.asked() == 1);
}

} // namespace test_aws_assume_role_credentials_provider
