// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/anonymous_credentials_provider.hpp>
#include <penstock/aws/caller_credentials_provider.hpp>
#include <penstock/aws/credentials_chain.hpp>
#include <penstock/aws/environment_credentials_provider.hpp>
#include <penstock/aws/static_credentials_provider.hpp>
#include <penstock/core/error.hpp>

#include "support/run.hpp"

#include <doctest/doctest.h>

#include <boost/asio/error.hpp>

namespace test_aws_credentials_providers {

namespace aws = penstock::aws;
using penstock::errc;
using penstock::failure;

const penstock::wall_time now{std::chrono::seconds{1700000000}};
using variables = std::map<std::string, std::string>;

/// The failure that `f` throws; never with a secret in it (all of them hold the word).
template <class F>
failure thrown_by(F f) {
    try {
        f();
    } catch (const penstock::error& e) {
        CHECK(e.as_failure().message().find("HUSH") == std::string::npos);
        CHECK(e.detail().message.find("HUSH") == std::string::npos);
        CHECK(e.detail().hint.find("HUSH") == std::string::npos);
        return e.as_failure();
    }
    FAIL_CHECK("nothing was thrown");
    return {};
}

failure get_fails(const aws::provider_ptr& p) {
    return thrown_by([&p] { test::run(p->get()); });
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("aws/credentials: what may be shown") {
    aws::credentials c{"AKIAIOSFODNN7EXAMPLE", "HUSH", "HUSHTOKEN"};
    c.source = "static";
    CHECK(c.display() == "static (...MPLE)");
}

TEST_CASE("aws/static_credentials_provider: always the same") {
    const auto p = aws::make_static_credentials_provider("AKID", "HUSH", "TOKEN");
    const auto c = p->try_get(now).value();
    CHECK(c->access_key_id == "AKID");
    CHECK(c->secret_access_key == "HUSH");
    CHECK(c->session_token == "TOKEN");
    CHECK(c->source == "static");
    CHECK(p->name() == "static");
    CHECK(test::run(p->get()) == c);
    CHECK_FALSE(p->invalidate(*c));
    CHECK(p->try_get(now).value() == c);
}

TEST_CASE("aws/static_credentials_provider: keys that cannot be used") {
    struct row {
        const char *id, *secret, *token, *what;
    };
    static constexpr row rows[] = {
        {"", "HUSH", "", "access key id is missing"},
        {"AKID", "", "", "secret access key is missing"},
        {"AKID\n", "HUSH", "", "access key id has a space"},
        {"AK ID", "HUSH", "", "access key id has a space"},
        {"AKID", "HUSH\r\n", "", "secret access key has"},
        {"AKID", " HUSH", "", "secret access key has"},
        {"AKID", "HUSH", "HUSH\tTOKEN", "token has"},
        {"AKID", "HUSH\x7f", "", "secret access key has"},
        {"AK\xc3\xa9", "HUSH", "", "access key id has"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        const auto f = thrown_by([&r] { aws::make_static_credentials_provider(r.id, r.secret, r.token); });
        CHECK(f.code() == errc::invalid_credentials);
        CHECK(has(f.message(), r.what));
        CHECK(f.code() == penstock::condition::authentication);
    }
}

TEST_CASE("aws/environment_credentials_provider: the three variables") {
    const auto p = aws::make_environment_credentials_provider(aws::environment{variables{
        {"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}, {"AWS_SESSION_TOKEN", "TOKEN"}}});
    const auto c = p->try_get(now).value();
    CHECK(c->access_key_id == "AKID");
    CHECK(c->secret_access_key == "HUSH");
    CHECK(c->session_token == "TOKEN");
    CHECK(c->source == "environment");
    CHECK(test::run(p->get()) == c);
    CHECK_FALSE(p->invalidate(*c));

    const auto no_token = aws::make_environment_credentials_provider(aws::environment{variables{
        {"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}, {"AWS_SESSION_TOKEN", ""}}});
    CHECK(test::run(no_token->get())->session_token == "");
}

TEST_CASE("aws/environment_credentials_provider: nothing, half and unfit") {
    struct row {
        variables set;
        errc code;
        const char* what;
    };
    const row rows[] = {
        {{}, errc::no_credentials, "AWS_ACCESS_KEY_ID is not set"},
        {{{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
         errc::no_credentials,
         "AWS_ACCESS_KEY_ID is not set"},
        {{{"AWS_SESSION_TOKEN", "HUSH"}}, errc::no_credentials, "AWS_ACCESS_KEY_ID is not set"},
        {{{"AWS_ACCESS_KEY_ID", "AKID"}}, errc::invalid_credentials, "AWS_SECRET_ACCESS_KEY is not"},
        {{{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", ""}},
         errc::invalid_credentials,
         "AWS_SECRET_ACCESS_KEY is not"},
        {{{"AWS_SECRET_ACCESS_KEY", "HUSH"}}, errc::invalid_credentials, "AWS_ACCESS_KEY_ID is not"},
        {{{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "HUSH\n"}},
         errc::invalid_credentials,
         "line break"},
        {{{"AWS_ACCESS_KEY_ID", " "}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}},
         errc::invalid_credentials,
         "access key id"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        if (r.code != errc::no_credentials) { // told at once
            try {
                aws::make_environment_credentials_provider(aws::environment{r.set});
                FAIL("no error");
            } catch (const penstock::error& e) {
                CHECK(e.code() == r.code);
                CHECK(has(e.what(), r.what));
                CHECK_FALSE(e.detail().hint.empty());
            }
            continue;
        }
        const auto p = aws::make_environment_credentials_provider(aws::environment{r.set});
        CHECK_FALSE(p->try_get(now));
        const auto f = get_fails(p);
        CHECK(f.code() == r.code);
        CHECK(has(f.message(), r.what));
        CHECK_FALSE(f.detail().hint.empty());
        CHECK_FALSE(p->invalidate(aws::credentials{"AKID", "HUSH"}));
    }
}

TEST_CASE("aws/environment_credentials_provider: invalidate knows whether others are there") {
    const auto p = aws::make_environment_credentials_provider(
        aws::environment{variables{{"AWS_ACCESS_KEY_ID", "NEW"}, {"AWS_SECRET_ACCESS_KEY", "HUSH"}}});
    CHECK(p->invalidate(aws::credentials{"OLD", "HUSH"}));
    CHECK(p->invalidate(aws::credentials{"NEW", "OLDHUSH"}));
    CHECK(p->invalidate(aws::credentials{"NEW", "HUSH", "TOKEN"}));
    CHECK_FALSE(p->invalidate(aws::credentials{"NEW", "HUSH"}));
}

TEST_CASE("aws/anonymous_credentials_provider: a null pointer, at once") {
    const auto p = aws::make_anonymous_credentials_provider();
    const auto c = p->try_get(now);
    REQUIRE(c.has_value());
    CHECK(*c == nullptr);
    CHECK(test::run(p->get()) == nullptr);
    CHECK_FALSE(p->invalidate(aws::credentials{}));
}

/// Counts its calls; gives "KEY1", "KEY2" …
struct store {
    int calls = 0;
    std::optional<penstock::wall_time> expiration;
    std::string secret = "HUSH";
    std::exception_ptr broken;

    penstock::awaitable<aws::credentials> fetch() {
        ++calls;
        if (broken) std::rethrow_exception(broken);
        aws::credentials c{"KEY" + std::to_string(calls), secret};
        c.expiration = expiration;
        co_return c;
    }
};

TEST_CASE("aws/environment_credentials_provider: a hint to what the platform offers instead") {
    CHECK(has(get_fails(aws::make_environment_credentials_provider(aws::environment{variables{}})).detail().hint,
              "AWS_SECRET_ACCESS_KEY"));
    for (const char* other : {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                              "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"}) {
        const variables set{{other, "HUSH"}};
        const auto f = get_fails(aws::make_environment_credentials_provider(aws::environment{set}));
        CHECK(has(f.detail().hint, other));
        CHECK(has(f.detail().hint, "'metadata'"));
    }
}

TEST_CASE("aws/caller_credentials_provider: fetched once, and again after a refusal") {
    store s;
    const auto p = aws::make_caller_credentials_provider([&s] { return s.fetch(); }, "vault");
    CHECK(s.calls == 0);
    CHECK_FALSE(p->try_get(now));
    const auto first = test::run(p->get());
    CHECK(first->access_key_id == "KEY1");
    CHECK(first->source == "vault");
    CHECK(p->name() == "vault");
    CHECK(p->try_get(now).value() == first);
    CHECK(p->invalidate(*first));
    CHECK_FALSE(p->try_get(now));
    const auto second = test::run(p->get());
    CHECK(second->access_key_id == "KEY2");
    // An old refusal, come late, leaves the new ones.
    CHECK(p->invalidate(*first));
    CHECK(p->try_get(now).value() == second);
    CHECK(s.calls == 2);
}

TEST_CASE("aws/caller_credentials_provider: failures pass, and are not sticky") {
    store s;
    const auto p = aws::make_caller_credentials_provider([&s] { return s.fetch(); });
    s.broken = std::make_exception_ptr(std::runtime_error{"vault is sealed"});
    CHECK_THROWS_AS(test::run(p->get()), std::runtime_error);
    s.broken = nullptr;
    s.secret = "HUSH\n";
    CHECK(get_fails(p).code() == errc::invalid_credentials);
    CHECK_FALSE(p->try_get(now));
    s.secret = "HUSH";
    CHECK(test::run(p->get())->access_key_id == "KEY3");
    CHECK(thrown_by([] { aws::make_caller_credentials_provider({}); }).code() == errc::invalid_option);
}

aws::provider_ptr empty_environment() {
    return aws::make_environment_credentials_provider(aws::environment{variables{}});
}

TEST_CASE("aws/credentials_chain: the first that has some, and then that one") {
    store s;
    const auto p = aws::make_credentials_chain(
        {empty_environment(), aws::make_caller_credentials_provider([&s] { return s.fetch(); }, "vault"),
         aws::make_static_credentials_provider("AKID", "HUSH")});
    CHECK(p->name() == "chain (environment, vault, static)");
    CHECK_FALSE(p->try_get(now));
    const auto c = test::run(p->get());
    CHECK(c->source == "vault");
    CHECK(p->try_get(now).value() == c);
    CHECK(p->invalidate(*c));
    CHECK_FALSE(p->try_get(now));
    CHECK(test::run(p->get())->access_key_id == "KEY2");

    const auto direct = aws::make_credentials_chain(
        {aws::make_static_credentials_provider("AKID", "HUSH"), empty_environment()});
    CHECK(direct->try_get(now).value()->access_key_id == "AKID");
    const auto anonymous =
        aws::make_credentials_chain({empty_environment(), aws::make_anonymous_credentials_provider()});
    CHECK(test::run(anonymous->get()) == nullptr);
    CHECK(anonymous->try_get(now).value() == nullptr);
}

TEST_CASE("aws/credentials_chain: keeps to its source, until that one has none any more") {
    store first, second;
    second.secret = "HUSH2";
    first.broken = std::make_exception_ptr(penstock::error{failure{errc::no_credentials, "none"}});
    std::vector<std::string> asked;
    const auto p = aws::make_credentials_chain(
        {aws::make_caller_credentials_provider([&] { return first.fetch(); }, "first"),
         aws::make_caller_credentials_provider([&] { return second.fetch(); }, "second")},
        [&asked](const aws::provider_answer& a) { asked.push_back(a.provider + (a.why ? " no" : " yes")); });
    auto c = test::run(p->get());
    CHECK(c->source == "second");
    first.broken = nullptr;
    CHECK(p->invalidate(*c));
    c = test::run(p->get());
    CHECK(c->source == "second");
    CHECK(asked == std::vector<std::string>{"first no", "second yes", "second yes"});
    second.broken = std::make_exception_ptr(penstock::error{failure{errc::no_credentials, "gone"}});
    CHECK(p->invalidate(*c));
    CHECK(test::run(p->get())->source == "first");
}

TEST_CASE("aws/credentials_chain: a broken source ends it, one without credentials does not") {
    store s;
    s.broken = std::make_exception_ptr(penstock::error{failure{errc::invalid_credentials, "half a key"}});
    const auto half = aws::make_caller_credentials_provider([&s] { return s.fetch(); }, "vault");
    const auto p = aws::make_credentials_chain({half, aws::make_static_credentials_provider("AKID", "HUSH")});
    const auto f = get_fails(p);
    CHECK(f.code() == errc::invalid_credentials);
    CHECK(has(f.message(), "half a key"));
}

TEST_CASE("aws/credentials_chain: the story of all that have none, each time anew") {
    store s;
    s.broken = std::make_exception_ptr(penstock::error{failure{errc::no_credentials, "the vault is empty"}});
    const auto p = aws::make_credentials_chain(
        {empty_environment(), aws::make_caller_credentials_provider([&s] { return s.fetch(); }, "vault")});
    const auto f = get_fails(p);
    CHECK(f.code() == errc::no_credentials);
    CHECK(f.detail().message == "environment: AWS_ACCESS_KEY_ID is not set; vault: the vault is empty");
    CHECK(has(f.detail().hint, "AWS_SECRET_ACCESS_KEY"));
    s.broken = nullptr;
    CHECK(test::run(p->get())->source == "vault");
}

TEST_CASE("aws/credentials_chain: cancellation and foreign errors pass") {
    store s;
    s.broken = std::make_exception_ptr(boost::system::system_error{boost::asio::error::operation_aborted});
    const auto p =
        aws::make_credentials_chain({aws::make_caller_credentials_provider([&s] { return s.fetch(); }),
                                     aws::make_static_credentials_provider("AKID", "HUSH")});
    CHECK_THROWS_AS(test::run(p->get()), boost::system::system_error);
}

TEST_CASE("aws/credentials_chain: unusable lists") {
    CHECK(thrown_by([] { aws::make_credentials_chain({}); }).code() == errc::invalid_option);
    CHECK(thrown_by([] { aws::make_credentials_chain({nullptr}); }).code() == errc::invalid_option);
}

} // namespace test_aws_credentials_providers
