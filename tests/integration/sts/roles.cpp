// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "issuer.hpp"

#include <penstock/aws/assume_role_credentials_provider.hpp>
#include <penstock/aws/default_credentials_chain.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/profile_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/aws/web_identity_credentials_provider.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/random.hpp>
#include <penstock/s3/client.hpp>

#include <support/run.hpp>
#include <support/temporary_folder.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

/// On a store that has STS, and knows the issuer whose key PENSTOCK_TEST_ISSUER_KEY is: see tests/real/run.sh.
namespace sts_test {

using namespace penstock;

std::string must_get(const char* variable) {
    const char* value = std::getenv(variable);
    if (!value || !*value) throw std::runtime_error{std::string{variable} + " is not set"};
    return value;
}

struct store {
    std::string name = must_get("PENSTOCK_TEST_STORE");
    std::string endpoint = must_get("AWS_ENDPOINT_URL");
    std::string access_key = must_get("AWS_ACCESS_KEY_ID"), secret_key = must_get("AWS_SECRET_ACCESS_KEY");
    issuer identities{must_get("PENSTOCK_REAL_S3_OIDC"), must_get("PENSTOCK_TEST_ISSUER_KEY")};
    test::temporary_folder folder;
    asio::io_context io{1};
    std::string bucket = "roles-" + std::to_string(make_system_random()->next() % 1'000'000'000);

    /// MinIO has one role for each issuer, named by the SHA-1 of the client's id.
    std::string role() const {
        return name == "minio" ? "arn:minio:iam:us-east-1::role/" + must_get("PENSTOCK_TEST_MINIO_ROLE")
                               : "arn:aws:iam::123456789012:role/penstock";
    }
    aws::assume_role_options options() const { return aws::assume_role_options{role()}.session_name("penstock-test"); }
    aws::provider_ptr root() const { return aws::make_static_credentials_provider(access_key, secret_key); }

    template <class T>
    T run(awaitable<T> op) {
        return test::run(io, std::move(op));
    }
    aws::credentials_ptr get(const aws::provider_ptr& p) { return run(p->get()); }
    failure fails(const aws::provider_ptr& p) {
        const auto r = run(as_result(p->get()));
        if (!r) return r.error();
        FAIL_CHECK("there are credentials");
        return {};
    }

    s3::client client(const aws::provider_ptr& by) {
        return s3::client{io.get_executor(), s3::client_options().endpoint_url(endpoint).region("us-east-1").credentials(by)};
    }
    /// Writes, reads and lists with the provider's keys.
    void use(const aws::provider_ptr& by) {
        auto s3 = client(by);
        if (!made_) run(s3.create_bucket(bucket));
        made_ = true;
        const auto url = "s3://" + bucket + "/by-a-role";
        run(s3.put(url, std::string_view{"hello"}));
        const auto read = run(s3.get(url));
        CHECK(read.body.size() == 5);
        run(s3.remove(url));
    }
    void check_session(const aws::credentials& c) {
        CHECK(c.access_key_id != access_key);
        CHECK_FALSE(c.session_token.empty());
        REQUIRE(c.expiration);
        CHECK(*c.expiration > std::chrono::system_clock::now() + std::chrono::minutes{10});
    }

  private:
    bool made_ = false;
};

TEST_CASE("sts: a role by keys, with an external id, and a request signed by its session") {
    store s;
    const auto p = aws::make_assume_role_credentials_provider(
        s.root(), s.options().external_id("partner-7").duration(std::chrono::seconds{900}));
    const auto c = s.get(p);
    s.check_session(*c);
    CHECK(*c->expiration < std::chrono::system_clock::now() + std::chrono::minutes{16});
    CHECK(c->source == "assume role");
    s.use(p);
    CHECK(p->invalidate(*c));
    const auto renewed = s.get(p);
    CHECK(renewed->session_token != c->session_token);
    s.use(p);
}

TEST_CASE("sts: the store holds the session to its token") {
    store s;
    const auto c = s.get(aws::make_assume_role_credentials_provider(s.root(), s.options()));
    auto token = c->session_token;
    token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
    for (const auto& broken : {token, std::string{}}) {
        auto s3 = s.client(aws::make_static_credentials_provider(c->access_key_id, c->secret_access_key, broken));
        const auto r = s.run(as_result(s3.list_buckets()));
        REQUIRE_FALSE(r.has_value());
        CHECK((r.error().code() == condition::authentication || r.error().code() == condition::access_denied));
    }
}

TEST_CASE("sts: a role by wrong keys is told by code and request id") {
    store s;
    const auto wrong = aws::make_static_credentials_provider(s.access_key, "HUSH-wrong-secret");
    auto f = s.fails(aws::make_assume_role_credentials_provider(wrong, s.options()));
    CHECK(f.code() == errc::signature_mismatch);
    CHECK_FALSE(f.detail().request_id.empty());
    CHECK_FALSE(f.detail().service_code.empty());
    CHECK(f.message().find("HUSH") == std::string::npos);
    f = s.fails(aws::make_assume_role_credentials_provider(aws::make_static_credentials_provider("NOBODY", "HUSH-secret"), s.options()));
    CHECK((f.code() == condition::authentication || f.code() == condition::access_denied));
}

TEST_CASE("sts: a web identity, whose token is read anew") {
    store s;
    s.folder.write("token", s.identities.token("pod-1") + "\n");
    const auto p = aws::make_web_identity_credentials_provider(s.folder / "token", s.options());
    const auto c = s.get(p);
    s.check_session(*c);
    s.use(p);
    s.folder.write("token", s.identities.token("pod-2"));
    CHECK(p->invalidate(*c));
    const auto renewed = s.get(p);
    CHECK(renewed->session_token != c->session_token);
    s.use(p);
}

TEST_CASE("sts: a token that has expired, and the one that comes after it") {
    store s;
    const auto token = s.identities.token("pod-1", -std::chrono::minutes{30});
    s.folder.write("token", token);
    const auto p = aws::make_web_identity_credentials_provider(s.folder / "token", s.options());
    const auto f = s.fails(p);
    CHECK(f.code() == errc::expired_token);
    CHECK(f.message().find(token) == std::string::npos);
    s.folder.write("token", s.identities.token("pod-1"));
    s.check_session(*s.get(p)); // the failure does not stick
}

TEST_CASE("sts: a pod with nothing but its web identity, by the default chain") {
    store s;
    s.folder.write("token", s.identities.token("pod-1"));
    std::map<std::string, std::string> pod = {{"AWS_ENDPOINT_URL", s.endpoint}, {"AWS_ROLE_ARN", s.role()},
                                              {"AWS_WEB_IDENTITY_TOKEN_FILE", s.folder / "token"}};
    if (const char* bundle = std::getenv("AWS_CA_BUNDLE")) pod["AWS_CA_BUNDLE"] = bundle;
    const auto p = aws::make_default_credentials_chain(aws::default_chain_options().store_host("127.0.0.1"),
                                                       aws::provider_context().env(aws::environment{pod}));
    CHECK(s.get(p)->source == "web identity");
    s.use(p);
}

TEST_CASE("sts: a profile that takes its role by another, in files of its own") {
    store s;
    s.folder.write("config", "[profile job]\nrole_arn = " + s.role() + "\nexternal_id = x\nsource_profile = base\nregion = us-east-1\n"
                             "services = here\n[services here]\nsts =\n  endpoint_url = " + s.endpoint + "\n");
    s.folder.write("credentials", "[base]\naws_access_key_id = " + s.access_key + "\naws_secret_access_key = " + s.secret_key + "\n");
    aws::profile_request which;
    which.name = "job";
    which.config_file = s.folder / "config";
    which.credentials_file = s.folder / "credentials";
    const auto p = aws::make_profile_credentials_provider(which);
    CHECK(s.get(p)->source == "profile 'job' (assume role)");
    s.use(p);
}

} // namespace sts_test
