// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

namespace client_profile_test {

using namespace penstock;
using scripted::world;
using variables = std::map<std::string, std::string>;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

/// A store, and a client that is told of it by `config` and `env` alone. Counts what is read.
struct told {
    explicit told(std::string config, variables env = {}) : config{std::move(config)}, store{{ok, ok}} {
        env["HOME"] = "/h";
        where.connector(store.how).clock(store.clock).credentials("AKID", "HUSH").environment(
            aws::environment{std::move(env)});
        where.file_reader([this](const std::string& path, std::size_t) -> result<std::string> {
            read.push_back(path);
            if (path == "/h/.aws/config") return this->config;
            return failure{error_code{ENOENT, boost::system::system_category()}};
        });
    }

    /// Where the client goes: "GET /bucket/key HTTP/1.1 host region"
    std::string head() {
        s3::client c{store.io.get_executor(), where};
        const auto done = store.run(as_result(c.head("s3://bucket/key")));
        if (!done) return done.error().message();
        const auto& text = store.how->requests.back();
        const auto host = text.find("Host: ") + 6;
        const auto scope = text.find("Credential=AKID/") + 16 + 9;
        return text.substr(0, text.find('\r')) + " " + text.substr(host, text.find('\r', host) - host) + " " +
               text.substr(scope, text.find('/', scope) - scope);
    }

    std::string config;
    world store;
    s3::client_options where;
    std::vector<std::string> read;
};

const std::string lab = "[default]\nregion = eu-west-1\nendpoint_url = http://file:1\n"
                        "[profile virtual]\nregion = lab-1\nendpoint_url = http://file.example\ns3 =\n"
                        "  addressing_style = virtual\n";

TEST_CASE("client: region, endpoint and addressing style of the profile") {
    CHECK(told{lab}.head() == "HEAD /bucket/key HTTP/1.1 file:1 eu-west-1");
    CHECK(told{lab, {{"AWS_PROFILE", "virtual"}}}.head() == "HEAD /key HTTP/1.1 bucket.file.example lab-1");
    told by_option{lab, {{"AWS_PROFILE", "nobody"}}};
    by_option.where.profile("virtual");
    CHECK(by_option.head() == "HEAD /key HTTP/1.1 bucket.file.example lab-1");
    told by_path{lab};
    by_path.where.profile_files("/elsewhere", "");
    CHECK(by_path.head().find("No such file") != std::string::npos);
    CHECK(told{""}.head() == "HEAD /key HTTP/1.1 bucket.s3.us-east-1.amazonaws.com us-east-1");
}

TEST_CASE("client: options beat the environment, and that the profile") {
    const variables env{{"AWS_REGION", "eu-west-2"}, {"AWS_ENDPOINT_URL", "http://env:2"}};
    told by_environment{lab, env};
    CHECK(by_environment.head() == "HEAD /bucket/key HTTP/1.1 env:2 eu-west-2");
    told region{lab, env};
    region.where.region("eu-west-3");
    CHECK(region.head() == "HEAD /bucket/key HTTP/1.1 env:2 eu-west-3");
    told endpoint{lab, env};
    endpoint.where.endpoint_url("http://code:3");
    CHECK(endpoint.head() == "HEAD /bucket/key HTTP/1.1 code:3 eu-west-2");
    told over_file{lab};
    over_file.where.endpoint_url("http://code:3").region("eu-west-3");
    CHECK(over_file.head() == "HEAD /bucket/key HTTP/1.1 code:3 eu-west-3");
    told style{lab};
    style.where.profile("virtual").path_style(true);
    CHECK(style.head() == "HEAD /bucket/key HTTP/1.1 file.example lab-1");
}

TEST_CASE("client: files are read once, by the first call") {
    told t{lab};
    s3::client c{t.store.io.get_executor(), t.where};
    CHECK(c.statistics().connections == 0);
    CHECK(t.read.empty());
    t.store.run(c.head("s3://bucket/key"));
    t.store.run(c.head("s3://other/key"));
    CHECK(t.read == std::vector<std::string>{"/h/.aws/config", "/h/.aws/credentials"});
    CHECK(c.statistics().connections > 0);

    told link{lab};
    s3::client presigning{link.store.io.get_executor(), link.where};
    CHECK(link.store.run(presigning.presign("s3://b/k", std::chrono::seconds{60})).starts_with("http://file:1/b/k?"));
    told made{lab};
    s3::client making{made.store.io.get_executor(), made.where};
    made.store.run(making.create_bucket("bucket"));
    CHECK(made.store.how->requests.back().find("<LocationConstraint>eu-west-1<") != std::string::npos);
}

TEST_CASE("client: what is wrong with the files is told by each call until it is mended") {
    told t{"[default\n"};
    s3::client c{t.store.io.get_executor(), t.where};
    for (int i = 0; i < 2; ++i) {
        const auto done = t.store.run(as_result(c.head("s3://bucket/key")));
        REQUIRE(done.has_error());
        CHECK(done.error().code() == errc::malformed_profile_file);
        CHECK(done.error().message().starts_with("/h/.aws/config, line 1: "));
    }
    CHECK(t.store.how->requests.empty());
    t.config = lab;
    t.store.run(c.head("s3://bucket/key"));

    struct row {
        const char *config, *what;
    };
    static constexpr row rows[] = {
        {"[default]\nregion = nowhere-1\n", "'nowhere-1' (region of profile 'default')"},
        {"[default]\nregion = us east\nendpoint_url = http://x\n", "'us east' (region of profile 'default')"},
        {"[default]\nendpoint_url = x\n", "not a URL (endpoint_url of profile 'default')"},
        {"[default]\nendpoint_url = http://me:HUSH@x\n", "(endpoint_url of profile 'default')"},
        {"[default]\nservices = lost\n", "no section [services lost]"},
        {"[default]\ns3 =\n addressing_style = host\n", "s3.addressing_style of profile 'default'"},
    };
    for (const auto& r : rows) {
        const auto said = told{r.config}.head();
        CAPTURE(said);
        CHECK(said.find(r.what) != std::string::npos);
        CHECK(said.find("HUSH") == std::string::npos);
    }
    CHECK(told{lab, {{"AWS_PROFILE", "prod"}}}.head().find("there are default, virtual") != std::string::npos);
}

TEST_CASE("client: what options and environment say is checked at construction, before any file") {
    const auto fails = [](const std::string& profile, const s3::client_options& more, variables env) {
        told t{lab, std::move(env)};
        auto o = t.where;
        o.profile(profile).region(more.region()).endpoint_url(more.endpoint_url()).host_header(more.host_header());
        try {
            s3::client{t.store.io.get_executor(), o};
        } catch (const error& e) {
            CHECK(t.read.empty());
            return e.code();
        }
        return error_code{};
    };
    const auto asked = [] { return s3::client_options{}; };
    CHECK(fails("", asked().region("nowhere-1"), {}) == errc::invalid_region);
    CHECK(fails("", asked(), {{"AWS_REGION", "nowhere-1"}}) == errc::invalid_region);
    CHECK(fails("", asked(), {{"AWS_ENDPOINT_URL", "x"}}) == errc::invalid_endpoint);
    CHECK(fails("", asked(), {{"AWS_MAX_ATTEMPTS", "x"}}) == errc::invalid_option);
    CHECK(fails("", asked().host_header("h"), {}) == errc::invalid_option);
    // A named profile may name the endpoint where these are right; others never are.
    CHECK_FALSE(fails("virtual", asked().region("nowhere-1").host_header("h"), {}));
    CHECK_FALSE(fails("", asked(), {{"AWS_REGION", "nowhere-1"}, {"AWS_PROFILE", "virtual"}}));
    CHECK(fails("virtual", asked().region("no where"), {}) == errc::invalid_region);
    CHECK(fails("virtual", asked().endpoint_url("x"), {}) == errc::invalid_endpoint);

    told t{lab};
    t.where.profile("virtual").region("nowhere-1").host_header("h");
    CHECK(t.head() == "HEAD /key HTTP/1.1 h nowhere-1");
}

} // namespace client_profile_test
