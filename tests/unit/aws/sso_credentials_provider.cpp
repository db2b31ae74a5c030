// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/temporary_folder.hpp"

#include <penstock/aws/detail/json_members.hpp>
#include <penstock/aws/detail/sso.hpp>
#include <penstock/aws/sso_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/testing/http_server.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/simulated_network.hpp>
#include <penstock/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <sys/stat.h>

namespace test_aws_sso_credentials_provider {

namespace asio = boost::asio;
namespace aws = penstock::aws;
namespace testing = penstock::testing;
using namespace std::chrono_literals;
using aws::detail::json_members;
using aws::detail::member;
using penstock::condition;
using penstock::errc;
using testing::http_answer;
using testing::http_request;

class network_connector final : public penstock::http::connector {
  public:
    explicit network_connector(std::shared_ptr<testing::simulated_network> network)
        : network_{std::move(network)} {}
    penstock::awaitable<penstock::http::stream_ptr> connect(penstock::http::origin to) override {
        return network_->connect(to.host, to.port);
    }

  private:
    std::shared_ptr<testing::simulated_network> network_;
};

const std::string portal_host = "portal.sso.eu-west-1.amazonaws.com";
const std::string oidc_host = "oidc.eu-west-1.amazonaws.com";

/// An Identity Center in a simulated network, and a folder of logins. Every secret has HUSH in it.
struct lab {
    lab() {
        portal.listen(*network, portal_host, 443);
        oidc.listen(*network, oidc_host, 443);
        settings.session = "dev";
        settings.start_url = "https://d-abc123.awsapps.com/start";
        settings.region = "eu-west-1";
        settings.account_id = "012345678901";
        settings.role_name = "Sample Role";
        settings.cache_folder = folder.path().string();
    }

    asio::io_context io{1};
    std::shared_ptr<testing::manual_clock> clock = testing::manual_clock::create(); // 2026-01-01
    std::shared_ptr<testing::simulated_network> network =
        testing::simulated_network::create(io.get_executor(), clock);
    http_answer role{200, R"({"roleCredentials":{"accessKeyId":"ASIA1","secretAccessKey":"HUSH-key",
        "sessionToken":"HUSH-session","expiration":1767229200500}})"}; // 01:00:00.5
    http_answer token{
        200, R"({"accessToken":"HUSH-new","expiresIn":28800,"refreshToken":"HUSH-r2","tokenType":"Bearer"})"};
    testing::http_server portal{io.get_executor(), [this](const http_request&) { return role; },
                                testing::http_server_options().clock(clock)};
    testing::http_server oidc{io.get_executor(), [this](const http_request&) { return token; },
                              testing::http_server_options().clock(clock)};
    test::temporary_folder folder;
    aws::sso_settings settings;

    const std::string file = "34c6fceca75e456f25e7e99531e2425c6c1de443.json"; // printf dev | sha1sum

    aws::provider_context context() {
        auto connect = [n = network](const penstock::http::transport_options&) {
            return std::make_shared<network_connector>(n);
        };
        return aws::provider_context{}
            .env(aws::environment{{{"HOME", folder / "home"}}})
            .clock(clock)
            .random(penstock::make_seeded_random(1))
            .connect(connect);
    }
    aws::provider_ptr provider() { return aws::make_sso_credentials_provider(settings, context()); }

    /// A login with all that renewing takes.
    json_members login(const std::string& expires_at) const {
        return {{"accessToken", "HUSH-token"},    {"expiresAt", expires_at},
                {"refreshToken", "HUSH-refresh"}, {"clientId", "client"},
                {"clientSecret", "HUSH-client"},  {"registrationExpiresAt", "2026-03-01T00:00:00Z"},
                {"region", "eu-west-1"},          {"startUrl", settings.start_url}};
    }
    void log_in(const json_members& document) {
        folder.write(file, aws::detail::replace_json_members("{}", document).value());
    }
    std::string cached() const {
        std::ifstream in{folder / file};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    json_members cached_members() const { return aws::detail::parse_json_members(cached()).value(); }

    penstock::result<aws::credentials_ptr> get(const aws::provider_ptr& p) {
        return testing::simulate(io, *clock, penstock::as_result(p->get()));
    }
    penstock::failure failure_of(const aws::provider_ptr& p) {
        const auto got = get(p);
        REQUIRE_FALSE(got.has_value());
        const auto f = got.error();
        CHECK(f.code() != errc::no_credentials);
        CHECK(f.detail().message.starts_with("sso: "));
        CHECK(f.message().find("HUSH") == std::string::npos);
        return f;
    }
    penstock::failure failure() { return failure_of(provider()); }
    std::size_t asked() const { return portal.requests().size(); }
    std::size_t renewals() const { return oidc.requests().size(); }
};

bool tells(const penstock::failure& f, std::string_view words) {
    return f.message().find(words) != std::string::npos;
}

TEST_CASE("aws/sso_credentials_provider: where a login is kept, and the command that logs in") {
    aws::sso_settings s;
    s.start_url = "https://ssotest.awsapps.com/start";
    CHECK(aws::detail::sso_token_file(s) == "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json");
    CHECK(aws::detail::sso_login_hint(s) == "aws sso login");
    s.profile = "my profile";
    CHECK(aws::detail::sso_login_hint(s) == "aws sso login --profile 'my profile'");
    s.session = "dev";
    CHECK(aws::detail::sso_token_file(s) == "34c6fceca75e456f25e7e99531e2425c6c1de443.json");
    CHECK(aws::detail::sso_login_hint(s) == "aws sso login --sso-session dev");
}

TEST_CASE("aws/sso_credentials_provider: the credentials of a role by a login") {
    lab l;
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    const auto before = l.cached();
    const auto p = l.provider();
    CHECK(p->name() == "sso");
    CHECK_FALSE(p->try_get(l.clock->wall_now()).has_value());
    CHECK(l.network->attempts() == 0);
    const auto c = l.get(p).value();
    CHECK(c->access_key_id == "ASIA1");
    CHECK(c->secret_access_key == "HUSH-key");
    CHECK(c->session_token == "HUSH-session");
    CHECK(c->account_id == "012345678901");
    CHECK(c->source == "sso");
    CHECK(c->expiration == testing::manual_clock::default_start + 1h + 500ms);
    REQUIRE(l.asked() == 1);
    const auto& asked = l.portal.requests()[0];
    CHECK(asked.method == "GET");
    CHECK(asked.path == "/federation/credentials");
    CHECK(asked.query == "account_id=012345678901&role_name=Sample%20Role");
    CHECK(asked.headers["host"] == portal_host);
    CHECK(asked.headers["x-amz-sso_bearer_token"] == "HUSH-token");
    CHECK_FALSE(asked.headers.contains("authorization"));
    CHECK(l.renewals() == 0);
    CHECK(l.cached() == before);
    l.get(p).value();
    CHECK(l.asked() == 1);
}

TEST_CASE("aws/sso_credentials_provider: the form of old, by start URL, is never renewed") {
    lab l;
    l.settings.session.clear();
    l.settings.profile = "p";
    const auto name = aws::detail::sso_token_file(l.settings);
    const auto write = [&](const std::string& expires_at) {
        l.folder.write(name, aws::detail::replace_json_members("{}", l.login(expires_at)).value());
    };
    write("2026-01-01T00:01:00Z");
    CHECK(l.get(l.provider()).value()->access_key_id == "ASIA1");
    write("2026-01-01T00:00:00Z");
    const auto f = l.failure();
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(f.detail().hint == "aws sso login --profile p");
    CHECK(tells(f, "the login expired at 2026-01-01T00:00:00Z"));
    CHECK(l.renewals() == 0);
}

TEST_CASE("aws/sso_credentials_provider: logins are found at home") {
    lab l;
    l.settings.cache_folder.clear();
    const auto f = l.failure();
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(tells(f, "nobody is logged in"));
    CHECK(tells(f, l.folder / "home/.aws/sso/cache/" + l.file));
    CHECK(f.detail().hint == "aws sso login --sso-session dev");
    std::filesystem::create_directories(l.folder / "home/.aws/sso/cache");
    l.folder.write("home/.aws/sso/cache/" + l.file,
                   R"({"accessToken":"HUSH-token","expiresAt":"2026-01-01T08:00:00Z"})");
    CHECK(l.get(l.provider()).has_value());
    const auto homeless =
        aws::make_sso_credentials_provider(l.settings, l.context().env(aws::environment{{}}));
    CHECK(tells(l.failure_of(homeless), "home folder"));
}

TEST_CASE("aws/sso_credentials_provider: the services' endpoints") {
    lab l;
    l.log_in(l.login("2026-01-01T00:01:00Z"));
    l.settings.switches.fips = true;
    l.settings.switches.dual_stack = true;
    CHECK(l.failure().detail().endpoint == "https://portal.sso-fips.eu-west-1.api.aws");
    l.settings.switches = {};
    testing::http_server own{l.io.get_executor(),
                             [&](const http_request& r) { return r.method == "POST" ? l.token : l.role; },
                             testing::http_server_options().clock(l.clock)};
    own.listen(*l.network, "center.test", 8080);
    l.settings.endpoint_url = "http://center.test:8080/base";
    l.settings.oidc_endpoint_url = "http://center.test:8080";
    CHECK(l.get(l.provider()).has_value());
    REQUIRE(own.requests().size() == 2);
    CHECK(own.requests()[0].path == "/token");
    CHECK(own.requests()[1].path == "/base/federation/credentials");
    CHECK(own.requests()[1].headers["host"] == "center.test:8080");
}

TEST_CASE("aws/sso_credentials_provider: a token is renewed within five minutes of its end, and the file "
          "replaced") {
    lab l;
    l.log_in(l.login("2026-01-01T00:05:01Z"));
    CHECK(l.get(l.provider()).has_value());
    CHECK(l.renewals() == 0);

    for (const auto* expires_at : {"2026-01-01T00:04:59Z", "2025-12-31T00:00:00Z"}) {
        CAPTURE(expires_at);
        l.oidc.forget_requests();
        l.portal.forget_requests();
        auto document = aws::detail::replace_json_members(R"({"more":{"x":[1,2]},"accessToken":"old"})",
                                                          l.login(expires_at));
        l.folder.write(l.file, *document);
        REQUIRE(::chmod((l.folder / l.file).c_str(), 0644) == 0);
        CHECK(l.get(l.provider()).has_value());
        REQUIRE(l.renewals() == 1);
        const auto& asked = l.oidc.requests()[0];
        CHECK(asked.method == "POST");
        CHECK(asked.path == "/token");
        CHECK(asked.headers["host"] == oidc_host);
        CHECK(asked.headers["content-type"] == "application/json");
        CHECK(aws::detail::parse_json_members(asked.body).value() ==
              json_members{{"clientId", "client"},
                           {"clientSecret", "HUSH-client"},
                           {"grantType", "refresh_token"},
                           {"refreshToken", "HUSH-refresh"}});
        CHECK(l.portal.requests().at(0).headers["x-amz-sso_bearer_token"] == "HUSH-new");
        auto now = l.login("2026-01-01T08:00:00Z");
        now["accessToken"] = "HUSH-new";
        now["refreshToken"] = "HUSH-r2";
        CHECK(l.cached_members() == now);
        CHECK(l.cached().starts_with(R"({"more":{"x":[1,2]},"accessToken":"HUSH-new",)"));
        struct stat status {};
        REQUIRE(::stat((l.folder / l.file).c_str(), &status) == 0);
        CHECK((status.st_mode & 07777) == 0600);
        CHECK(l.folder.entries() == 1);
    }
}

TEST_CASE("aws/sso_credentials_provider: without a new refresh token the old one stays") {
    lab l;
    l.token = http_answer{200, R"({"accessToken":"HUSH-new","expiresIn":60})"};
    l.log_in(l.login("2026-01-01T00:01:00Z"));
    CHECK(l.get(l.provider()).has_value());
    CHECK(member(l.cached_members(), "refreshToken") == "HUSH-refresh");
    CHECK(member(l.cached_members(), "expiresAt") == "2026-01-01T00:01:00Z");
}

TEST_CASE("aws/sso_credentials_provider: what cannot be renewed is used while it is valid") {
    lab l;
    for (const auto* missing : {"refreshToken", "clientId", "clientSecret", "registrationExpiresAt"}) {
        CAPTURE(missing);
        auto document = l.login("2026-01-01T00:01:00Z");
        document.erase(missing);
        l.log_in(document);
        CHECK(l.get(l.provider()).has_value());
        document["expiresAt"] = "2026-01-01T00:00:00Z";
        l.log_in(document);
        const auto f = l.failure();
        CHECK(f.code() == errc::invalid_credentials);
        CHECK(f.detail().hint == "aws sso login --sso-session dev");
    }
    for (const auto* ended : {"2026-01-01T00:00:00Z", "yesterday"}) {
        auto document = l.login("2026-01-01T00:01:00Z");
        document["registrationExpiresAt"] = ended;
        l.log_in(document);
        CHECK(l.get(l.provider()).has_value());
    }
    CHECK(l.renewals() == 0);
}

TEST_CASE("aws/sso_credentials_provider: a renewal that fails is no error while the token is valid") {
    lab l;
    l.log_in(l.login("2026-01-01T00:04:00Z"));
    const auto before = l.cached();
    const http_answer answers[] = {
        http_answer{400, R"({"error":"invalid_grant","error_description":"HUSH-refresh is old"})"},
        http_answer{500},
        http_answer{200, "HUSH"},
        http_answer{200, R"({"expiresIn":3600})"},
        http_answer{200, R"({"accessToken":"HUSH new","expiresIn":3600})"},
        http_answer{200, R"({"accessToken":"HUSH","expiresIn":"soon"})"},
        http_answer{200, R"({"accessToken":"HUSH","expiresIn":0})"},
        http_answer{200, R"({"accessToken":"HUSH","expiresIn":99999999999999}"})"},
        http_answer::raw("noise\r\n\r\n"),
    };
    for (const auto& answer : answers) {
        l.oidc.forget_requests();
        l.token = answer;
        CHECK(l.get(l.provider()).has_value());
        CHECK(l.renewals() == 1);
        CHECK(l.portal.requests().back().headers["x-amz-sso_bearer_token"] == "HUSH-token");
        CHECK(l.cached() == before);
    }
}

TEST_CASE(
    "aws/sso_credentials_provider: an expired token that cannot be renewed tells why, and the command") {
    lab l;
    l.log_in(l.login("2026-01-01T00:00:00Z"));
    l.token = http_answer{400, R"({"error":"invalid_grant","error_description":"HUSH-refresh is old"})"};
    auto f = l.failure();
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(f.detail().service_code == "invalid_grant");
    CHECK(f.detail().http_status == 400);
    CHECK(f.detail().endpoint == "https://" + oidc_host);
    CHECK(f.detail().hint == "aws sso login --sso-session dev");
    CHECK(tells(
        f, "sso: the login expired at 2026-01-01T00:00:00Z; renewing the login was refused: (not shown)"));
    l.token = http_answer{200, "{}"};
    f = l.failure();
    CHECK(tells(f, "renewing the login: the answer has no usable accessToken"));
    CHECK(f.detail().hint == "aws sso login --sso-session dev");
    // Trouble that passes is no reason to log in.
    l.token = http_answer{503};
    l.oidc.forget_requests();
    f = l.failure();
    CHECK(f.code() == errc::service_unavailable);
    CHECK(f.detail().hint.empty());
    CHECK(l.renewals() == 6);
    l.oidc.stop();
    CHECK(l.failure().code() == errc::connect_failed);
    CHECK(l.asked() == 0);
}

TEST_CASE("aws/sso_credentials_provider: renewing is tried every 30 seconds, not more often") {
    lab l;
    l.log_in(l.login("2026-01-01T00:00:00Z"));
    l.token = http_answer{400, R"({"error":"invalid_grant"})"};
    const auto p = l.provider();
    CHECK(tells(l.failure_of(p), "invalid_grant"));
    CHECK(tells(l.failure_of(p), "invalid_grant"));
    CHECK(l.renewals() == 1);
    l.clock->advance(29s);
    CHECK(tells(l.failure_of(p), "invalid_grant"));
    CHECK(l.renewals() == 1);
    l.clock->advance(1s);
    l.token = http_answer{200, R"({"accessToken":"HUSH-new","expiresIn":3600})"};
    CHECK(l.get(p).has_value());
    CHECK(l.renewals() == 2);
    // A new login counts at once.
    l.log_in(l.login("2026-01-01T00:00:00Z"));
    const auto q = l.provider();
    l.token = http_answer{400};
    l.failure_of(q);
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    CHECK(l.get(q).has_value());
}

TEST_CASE("aws/sso_credentials_provider: a file that cannot be replaced is no error, and the new login is "
          "not forgotten") {
    lab l;
    l.log_in(l.login("2026-01-01T00:01:00Z"));
    auto text = l.cached();
    l.settings.cache_folder = l.folder / "none"; // nothing can be written there
    const auto p = aws::make_sso_credentials_provider(
        l.settings, l.context().read_file([&text](const std::string&, std::size_t) { return text; }));
    l.token = http_answer{200, R"({"accessToken":"HUSH-2","expiresIn":3600,"refreshToken":"HUSH-r2"})"};
    l.role = http_answer{200, R"({"roleCredentials":{"accessKeyId":"ASIA1","secretAccessKey":"HUSH-key",
        "sessionToken":"HUSH-session","expiration":1767226200000}})"}; // ten minutes
    CHECK(l.get(p).has_value());
    l.clock->advance(9min + 50s);
    l.role = http_answer{200, R"({"roleCredentials":{"accessKeyId":"ASIA2","secretAccessKey":"HUSH-key",
        "sessionToken":"HUSH-session","expiration":1767229260000}})"}; // 01:01
    CHECK(l.get(p).value()->access_key_id == "ASIA2");
    CHECK(l.renewals() == 1);
    CHECK(l.portal.requests().back().headers["x-amz-sso_bearer_token"] == "HUSH-2");
    l.clock->advance(46min); // and is renewed by its own refresh token
    const auto member_of = [&](const char* name) {
        return member(aws::detail::parse_json_members(l.oidc.requests().back().body).value(), name);
    };
    CHECK(member_of("refreshToken") == "HUSH-refresh");
    l.token = http_answer{200, R"({"accessToken":"HUSH-3","expiresIn":3600,"refreshToken":"HUSH-r3"})"};
    l.clock->advance(5min);
    l.role = http_answer{200, R"({"roleCredentials":{"accessKeyId":"ASIA3","secretAccessKey":"HUSH-key",
        "sessionToken":"HUSH-session","expiration":1767232860000}})"};
    CHECK(l.get(p).value()->access_key_id == "ASIA3");
    CHECK(member_of("refreshToken") == "HUSH-r2");
    // Whoever logs in again meanwhile is believed.
    text = aws::detail::replace_json_members(
               text, {{"accessToken", "HUSH-4"}, {"expiresAt", "2026-01-01T23:00:00Z"}})
               .value();
    l.clock->advance(1h);
    l.get(p);
    CHECK(l.portal.requests().back().headers["x-amz-sso_bearer_token"] == "HUSH-4");
}

TEST_CASE("aws/sso_credentials_provider: files that hold no login") {
    lab l;
    for (const auto* text :
         {"", "HUSH", "[]", "{}", R"({"accessToken":"HUSH"})", R"({"expiresAt":"2027-01-01T00:00:00Z"})",
          R"({"accessToken":"HUSH","expiresAt":"HUSH"})",
          R"({"accessToken":"HUSH\r\nx: y","expiresAt":"2027-01-01T00:00:00Z"})",
          R"({"accessToken":"","expiresAt":"2027-01-01T00:00:00Z"})"}) {
        CAPTURE(text);
        l.folder.write(l.file, text);
        const auto f = l.failure();
        CHECK(f.code() == errc::invalid_credentials);
        CHECK(f.detail().hint == "aws sso login --sso-session dev");
    }
    l.folder.write(l.file, std::string(70'000, ' '));
    CHECK(tells(l.failure(), "cannot be read: File too large"));
    std::filesystem::remove(l.folder / l.file);
    std::filesystem::create_directory(l.folder / l.file);
    CHECK(tells(l.failure(), "cannot be read: Is a directory"));
    CHECK(l.network->attempts() == 0);
}

TEST_CASE("aws/sso_credentials_provider: what the portal refuses") {
    lab l;
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    l.role = http_answer{401, R"({"message":"Session token not found or invalid"})"}
                 .header("x-amzn-ErrorType", "UnauthorizedException:http://internal/x")
                 .header("x-amzn-RequestId", "id-1");
    auto f = l.failure();
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(f.detail().service_code == "UnauthorizedException");
    CHECK(f.detail().request_id == "id-1");
    CHECK(f.detail().http_status == 401);
    CHECK(f.detail().endpoint == "https://" + portal_host);
    CHECK(tells(f, "Session token not found or invalid"));
    CHECK(tells(f, "aws sso login --sso-session dev"));
    l.role =
        http_answer{403, R"({"__type":"com.amazonaws#ForbiddenException","message":"No access"})"}.header(
            "RequestId", "id-2");
    f = l.failure();
    CHECK(f.code() == errc::access_denied);
    CHECK(f.detail().request_id == "id-2");
    CHECK(tells(f, "role 'Sample Role' in account '012345678901' was refused: No access"));
    CHECK(tells(f, "sso_role_name"));
    l.role = http_answer{404, R"({"message":"HUSH-token?"})"};
    f = l.failure();
    CHECK(f.code() == errc::access_denied);
    CHECK(tells(f, "(not shown)"));
    l.role = http_answer{404}.header("RequestId", "HUSH-token");
    CHECK(l.failure().detail().request_id == "(not shown)");
    l.role = http_answer{400, "HUSH"};
    CHECK(l.failure().code() == errc::invalid_credentials);
    l.role = http_answer{302}.header("Location", "https://elsewhere.test/");
    CHECK(l.failure().code() == errc::service_error);
    CHECK(l.asked() == 6);
}

TEST_CASE("aws/sso_credentials_provider: trouble that passes is tried again") {
    lab l;
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    for (const int status : {429, 500, 503}) {
        l.portal.forget_requests();
        l.role = http_answer{status, R"({"message":"later"})"};
        const auto f = l.failure();
        CHECK(f.code() == (status == 429 ? errc::throttled : errc::service_unavailable));
        CHECK(tells(f, "later"));
        CHECK(l.asked() == 6);
    }
    const auto good = lab{}.role;
    int calls = 0;
    testing::http_server shaky{l.io.get_executor(),
                               [&](const http_request&) {
                                   ++calls;
                                   if (calls == 1) return http_answer{500};
                                   return calls == 2 ? http_answer::raw("HTTP/1.1 200 OK\r\nContent-Le")
                                                     : good;
                               },
                               testing::http_server_options().clock(l.clock)};
    shaky.listen(*l.network, "shaky.test", 80);
    l.settings.endpoint_url = "http://shaky.test";
    CHECK(l.get(l.provider()).has_value());
    CHECK(calls == 3);
    l.settings.endpoint_url = "http://nobody.test";
    const auto f = l.failure();
    CHECK(f.code() == condition::connection);
    CHECK(f.detail().endpoint == "http://nobody.test");
}

TEST_CASE("aws/sso_credentials_provider: answers that make no sense") {
    lab l;
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    const auto with = [](const std::string& members) {
        return http_answer{200, R"({"roleCredentials":{"accessKeyId":"A","secretAccessKey":"HUSH")" +
                                    members + "}}"};
    };
    const http_answer answers[] = {http_answer{200},
                                   http_answer{200, "HUSH"},
                                   http_answer{200, R"({"accessKeyId":"A","secretAccessKey":"HUSH"})"},
                                   http_answer{200, R"({"roleCredentials":"HUSH"})"},
                                   with(""),
                                   with(R"(,"sessionToken":"HUSH")"),
                                   with(R"(,"expiration":1767229200000)"),
                                   with(R"(,"sessionToken":"HUSH","expiration":"soon HUSH")"),
                                   with(R"(,"sessionToken":"HUSH","expiration":-1)"),
                                   with(R"(,"sessionToken":"HUSH","expiration":null)")};
    for (const auto& answer : answers) {
        CAPTURE(answer.body());
        l.role = answer;
        CHECK(l.failure().code() == errc::invalid_credentials);
    }
    l.role = with(R"(,"sessionToken":"HUSH","expiration":9223372036854775807)");
    CHECK(l.get(l.provider()).has_value());
    l.role = with(R"(,"sessionToken":"HUSH","expiration":1767139200000)"); // the day before
    const auto past = l.get(l.provider());
    REQUIRE_FALSE(past.has_value());
    CHECK(tells(past.error(), "expired at 2025-12-31"));
    l.role = http_answer{200, std::string(70'000, 'x')};
    CHECK(l.failure().code() == errc::response_too_large);
}

TEST_CASE("aws/sso_credentials_provider: a service that does not answer") {
    lab l;
    l.log_in(l.login("2026-01-01T08:00:00Z"));
    l.role.delay(penstock::duration::max());
    const auto began = l.clock->now();
    CHECK(l.failure().code() == condition::timeout);
    CHECK(l.clock->now() - began < 2min);
}

TEST_CASE("aws/sso_credentials_provider: cancelled at any step") {
    for (int steps = 0; steps < 60; ++steps) {
        CAPTURE(steps);
        lab l;
        l.log_in(l.login("2026-01-01T00:01:00Z"));
        const auto p = l.provider();
        asio::cancellation_signal stop;
        std::optional<penstock::error_code> code;
        asio::co_spawn(l.io, p->get(),
                       asio::bind_cancellation_slot(
                           stop.slot(), [&code](std::exception_ptr e, const aws::credentials_ptr&) {
                               code = e ? penstock::to_failure(e).code() : penstock::error_code{};
                           }));
        for (int i = 0; i < steps && l.io.poll_one() > 0; ++i) {
        }
        stop.emit(asio::cancellation_type::terminal);
        testing::run_simulated(l.io, *l.clock, [&code] { return code.has_value(); });
        REQUIRE(code.has_value());
        CHECK((!*code || *code == condition::cancelled));
        CHECK(aws::detail::parse_sso_token(l.cached()).has_value());
        CHECK(l.folder.entries() == 1);
        l.clock->advance(30s);
        CHECK(l.get(p).has_value());
    }
}

TEST_CASE("aws/sso_credentials_provider: a renewal that was broken off keeps nobody from the next") {
    lab l;
    l.log_in(l.login("2025-12-31T23:00:00Z"));
    const auto p = l.provider();
    const auto good = l.token;
    l.token = http_answer{200}.delay(5s);
    const auto hurried = testing::simulate(l.io, *l.clock, penstock::as_result(penstock::with_timeout(p->get(), 1s, l.clock)));
    REQUIRE_FALSE(hurried.has_value());
    CHECK(hurried.error().code() == errc::deadline_exceeded);
    l.token = good;
    CHECK(l.get(p).has_value());
    CHECK(l.renewals() == 2);
}

TEST_CASE("aws/sso_credentials_provider: settings that are not whole are refused at once") {
    const auto refused = [](auto change) {
        lab l;
        change(l.settings);
        try {
            l.provider();
        } catch (const penstock::error& e) {
            return e.as_failure();
        }
        return penstock::failure{};
    };
    auto f = refused([](auto& s) { s.start_url.clear(); });
    CHECK(f.code() == errc::invalid_profile);
    CHECK(tells(f, "sso: sso_start_url is not set"));
    CHECK(tells(refused([](auto& s) { s.region.clear(); }), "sso_region"));
    CHECK(tells(refused([](auto& s) { s.account_id.clear(); }), "sso_account_id"));
    CHECK(tells(refused([](auto& s) { s.role_name.clear(); }), "sso_role_name"));
    CHECK(refused([](auto& s) { s.region = "eu/west"; }).code() == errc::invalid_region);
    CHECK(refused([](auto& s) { s.endpoint_url = "ftp://x"; }).code() == errc::invalid_endpoint);
    CHECK_FALSE(refused([](auto& s) { s.session.clear(); }));
}

} // namespace test_aws_sso_credentials_provider
