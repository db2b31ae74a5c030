// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/load_profile.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdlib>

#include <unistd.h>

namespace test_aws_load_profile {

namespace aws = penstock::aws;
using penstock::errc;
using variables = std::map<std::string, std::string>;

/// "config credentials"
std::string located(const aws::profile_request& asked, const aws::environment& env) {
    const auto where = aws::locate_profile_files(asked, env);
    return where.config.path + " " + where.credentials.path;
}

TEST_CASE("aws/profile_location: home, environment, caller") {
    aws::profile_request asked;
    CHECK(located(asked, aws::environment{variables{{"HOME", "/home/me"}}}) == "/home/me/.aws/config /home/me/.aws/credentials");
    CHECK(located(asked, aws::environment{variables{{"HOME", "/"}}}) == "/.aws/config /.aws/credentials");
    CHECK(located(asked, aws::environment{variables{}, "/home/listed"}) ==
          "/home/listed/.aws/config /home/listed/.aws/credentials");
    CHECK(located(asked, aws::environment{variables{{"HOME", "/home/me"}}, "/home/listed"}).starts_with("/home/me/"));
    CHECK(located(asked, aws::environment{variables{}}) == " ");

    const aws::environment env{variables{{"HOME", "/home/me"},
                                         {"AWS_CONFIG_FILE", "~/mine"},
                                         {"AWS_SHARED_CREDENTIALS_FILE", "relative/~"}}};
    CHECK(located(asked, env) == "/home/me/mine relative/~");
    CHECK(aws::locate_profile_files(asked, env).config.named_by == aws::named_by::environment);
    asked.config_file = "/of/the/caller";
    asked.credentials_file = "~";
    CHECK(located(asked, env) == "/of/the/caller /home/me");
    CHECK(aws::locate_profile_files(asked, env).config.named_by == aws::named_by::caller);
    asked.config_file = "~somebody/config";
    CHECK(located(asked, env) == "~somebody/config /home/me");
    asked.config_file = "~/x";
    CHECK(located(asked, aws::environment{variables{}}) == "~/x ~"); // nobody knows where that is
}

TEST_CASE("aws/profile_location: the name") {
    aws::profile_request asked;
    CHECK(aws::profile_name(asked, aws::environment{variables{}}) == "default");
    CHECK(aws::profile_name(asked, aws::environment{variables{{"AWS_PROFILE", ""}}}) == "default");
    const aws::environment old{variables{{"AWS_DEFAULT_PROFILE", "old"}}};
    CHECK(aws::profile_name(asked, old) == "old");
    const aws::environment both{variables{{"AWS_DEFAULT_PROFILE", "old"}, {"AWS_PROFILE", "new"}}};
    CHECK(aws::profile_name(asked, both) == "new");
    asked.name = "mine";
    CHECK(aws::profile_name(asked, both) == "mine");
}

TEST_CASE("aws/environment: the home of the process's user") {
    const char* set = std::getenv("HOME");
    const std::string before = set ? set : "";
    ::unsetenv("HOME");
    const auto listed = aws::environment{}.home();
    ::setenv("HOME", "/home/me", 1);
    CHECK(aws::environment{}.home() == "/home/me");
    if (set)
        ::setenv("HOME", before.c_str(), 1);
    else
        ::unsetenv("HOME");
    if (listed) CHECK(listed->starts_with('/')); // some containers run as users that are not listed
}

/// Files by path: a text, or the error of opening it. All others do not exist.
struct disk {
    std::map<std::string, std::string> files;
    std::map<std::string, int> broken;

    penstock::file_reader reader() const {
        return [this](const std::string& path, std::size_t limit) -> penstock::result<std::string> {
            CHECK(limit == aws::max_profile_file);
            const auto fails = [&](int code) {
                penstock::error_detail d;
                d.operation = "open";
                d.object = path;
                return penstock::failure{penstock::error_code{code, boost::system::system_category()}, std::move(d)};
            };
            if (const auto at = broken.find(path); at != broken.end()) return fails(at->second);
            const auto at = files.find(path);
            if (at == files.end()) return fails(ENOENT);
            return at->second;
        };
    }
};

penstock::failure load_fails(const disk& d, const aws::profile_request& asked, const variables& env) {
    try {
        aws::load_profile(asked, aws::environment{env}, d.reader());
    } catch (const penstock::error& e) {
        return e.as_failure();
    }
    FAIL_CHECK("loaded");
    return {};
}

const variables at_home{{"HOME", "/h"}};

TEST_CASE("aws/load_profile: both files, either, none") {
    disk d;
    aws::profile_request asked;
    const auto load = [&](const variables& env) { return aws::load_profile(asked, aws::environment{env}, d.reader()); };
    CHECK(load(at_home).properties.empty());
    CHECK(load(variables{}).properties.empty());
    d.files["/h/.aws/credentials"] = "[default]\naws_access_key_id = AKID\n[dev]\nregion = us-east-2\n";
    CHECK(load(at_home).get("aws_access_key_id") == "AKID");
    d.files["/h/.aws/config"] = "[default]\nregion = eu-west-1\n[profile dev]\nregion = eu-west-2\noutput = json\n";
    CHECK(load(at_home).get("aws_access_key_id") == "AKID");
    CHECK(load(at_home).get("region") == "eu-west-1");
    auto env = at_home;
    env["AWS_PROFILE"] = "dev";
    CHECK(load(env).get("region") == "us-east-2");
    CHECK(load(env).get("output") == "json");
    asked.name = "default";
    CHECK(load(env).get("region") == "eu-west-1");
    env["AWS_CONFIG_FILE"] = "/elsewhere";
    CHECK_FALSE(load(env).get("region"));
    asked.config_file = "/h/.aws/config";
    CHECK(load(env).get("region") == "eu-west-1");
}

TEST_CASE("aws/load_profile: files that cannot be read") {
    disk d;
    aws::profile_request asked;
    auto named = at_home;
    named["AWS_CONFIG_FILE"] = "/named";
    struct row {
        int code;
        bool at_home, by_environment; // whether it counts as missing
    };
    static constexpr row rows[] = {{ENOENT, true, true},   {ENOTDIR, true, true}, {EACCES, true, false},
                                   {EISDIR, true, false},  {EIO, false, false},   {EMFILE, false, false},
                                   {EFBIG, false, false}};
    for (const auto& r : rows) {
        CAPTURE(r.code);
        d.broken = {{"/h/.aws/config", r.code}, {"/named", r.code}, {"/given", r.code}};
        for (const bool home : {true, false}) {
            const auto& env = home ? at_home : named;
            if (home ? r.at_home : r.by_environment) {
                CHECK(aws::load_profile(asked, aws::environment{env}, d.reader()).properties.empty());
                continue;
            }
            const auto f = load_fails(d, asked, env);
            CHECK(f.code().value() == r.code);
            CHECK(f.detail().object == (home ? "/h/.aws/config" : "/named"));
        }
        auto given = asked;
        given.config_file = "/given";
        CHECK(load_fails(d, given, at_home).code().value() == r.code);
    }
    d.broken.clear();
    asked.credentials_file = "/missing";
    CHECK(load_fails(d, asked, at_home).code() == penstock::condition::not_found);
}

TEST_CASE("aws/load_profile: malformed files and unknown profiles") {
    disk d;
    d.files["/h/.aws/config"] = "[profile dev]\nregion = eu-west-1\n";
    d.files["/h/.aws/credentials"] = "[prod]\n\naws_secret_access_key HUSH\n";
    const auto malformed = load_fails(d, {}, at_home);
    CHECK(malformed.code() == errc::malformed_profile_file);
    CHECK(malformed.message().starts_with("/h/.aws/credentials, line 3: "));
    CHECK(malformed.message().find("HUSH") == std::string::npos);
    d.files["/h/.aws/credentials"] = "[prod]\n";
    auto env = at_home;
    env["AWS_PROFILE"] = "test";
    const auto unknown = load_fails(d, {}, env);
    CHECK(unknown.code() == errc::invalid_profile);
    CHECK(unknown.message() ==
          "unusable profile: no profile 'test' in /h/.aws/config, /h/.aws/credentials; hint: there are dev, prod");
}

} // namespace test_aws_load_profile
