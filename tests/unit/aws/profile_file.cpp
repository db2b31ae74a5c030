// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/profile.hpp>
#include <penstock/aws/profile_file.hpp>

#include <doctest/doctest.h>

namespace test_aws_profile_file {

namespace aws = penstock::aws;
using aws::profile_file_kind;
using penstock::errc;

aws::shared_config config(std::string_view text) {
    return aws::parse_profile_file(text, profile_file_kind::config, "/home/me/.aws/config").value();
}
aws::shared_config credentials(std::string_view text) {
    return aws::parse_profile_file(text, profile_file_kind::credentials, "/home/me/.aws/credentials").value();
}
using properties = aws::profile_properties;

TEST_CASE("aws/profile_file: sections of every kind") {
    const auto c = config("[default]\nregion = eu-west-1\n"
                          "[profile dev]\nSSO_Session = corp\nservices = lab\n"
                          "[sso-session corp]\nsso_region = us-east-1\n"
                          "[services lab]\ns3 =\n  endpoint_url = http://lab:9000\nsts =\n  endpoint_url = http://lab:9001\n"
                          "[plugins]\ncli = x\n[prod]\nregion = us-east-1\n");
    CHECK(c.profiles.size() == 2);
    CHECK(c.profiles.at("default") == properties{{"region", "eu-west-1"}});
    CHECK(c.profiles.at("dev") == properties{{"sso_session", "corp"}, {"services", "lab"}});
    CHECK(c.sso_sessions.at("corp") == properties{{"sso_region", "us-east-1"}});
    CHECK(c.services.at("lab").at("sts") == "\nendpoint_url = http://lab:9001");
    CHECK(c.ignored == std::set<std::string, std::less<>>{"plugins", "prod"});
    CHECK(c.files == std::vector<std::string>{"/home/me/.aws/config"});

    const auto k = credentials("[dev]\naws_access_key_id = AKID\n[sso-session corp]\nx = y\n[profile dev]\nz = z\n");
    CHECK(k.profiles.size() == 1);
    CHECK(k.profiles.at("dev") == properties{{"aws_access_key_id", "AKID"}});
    CHECK(k.sso_sessions.empty());
    CHECK(k.ignored.contains("profile dev"));
}

TEST_CASE("aws/profile_file: what belongs to an ignored section or name is not looked at") {
    const auto c = config("[in valid]\nno equals sign\n= no name\n  a continuation\n[profile a]\nb c = d\n  more\nx = y\n");
    CHECK(c.profiles.size() == 1);
    CHECK(c.profiles.at("a") == properties{{"x", "y"}});
}

TEST_CASE("aws/profile_file: line ends, marks and the last line") {
    for (const char* text : {"[default]\nregion = eu-west-1", "[default]\r\nregion = eu-west-1\r\n",
                             "\xef\xbb\xbf[default]\nregion = eu-west-1\n\n", "[default]\r\r\nregion\t=\teu-west-1 \r"})
        CHECK(config(text).profiles.at("default") == properties{{"region", "eu-west-1"}});
    CHECK(config("").profiles.empty());
    CHECK(config("\n\r\n \t\r\n").profiles.empty());
    CHECK(config("\xef\xbb\xbf").profiles.empty());
    CHECK(config("[profile a]\nempty =\n[profile b]").profiles.at("a") == properties{{"empty", ""}});
}

TEST_CASE("aws/profile_file: comments that people indent") {
    CHECK(config("  # here\n[default]\n  ; and here\nregion = eu-west-1\n").profiles.at("default").at("region") ==
          "eu-west-1");
    CHECK(config("[default]\ns3 =\n  # path = style\n  a = b\n").profiles.at("default").at("s3") == "\na = b");
    // Part of the text that they stand in.
    CHECK(config("[default]\na = b\n  # c\n").profiles.at("default").at("a") == "b\n# c");
}

TEST_CASE("aws/profile_file: nested properties") {
    const auto c = config("[default]\ns3 =\n  Addressing_Style = path # why not\n  b c = d\n  x=1\n\n  x = 2=3\n");
    CHECK(aws::nested_properties(c.profiles.at("default").at("s3")) ==
          properties{{"addressing_style", "path"}, {"x", "2=3"}});
    CHECK(aws::nested_properties("").empty());
    CHECK(aws::nested_properties("a = b").empty());
    CHECK(aws::nested_properties("text\na = b").empty());
    CHECK(aws::nested_properties("\n").empty());
    CHECK(aws::nested_properties("\n\na = b\n") == properties{{"a", "b"}});
}

TEST_CASE("aws/profile_file: what is malformed is told with file and line, without the text") {
    const auto nul = std::string{"[default]\nHUSH = HUSH"} + '\0' + "\n";
    struct row {
        std::string text;
        std::uint64_t line;
        const char* what;
    };
    const row rows[] = {
        {"HUSH = HUSH", 1, "before the first section"},
        {"# c\n\n  HUSH", 3, "continues no property"},
        {"[HUSH", 1, "does not end with ']'"},
        {"[profile HUSH] HUSH", 1, "does not end with ']'"},
        {"[profile a#HUSH]", 1, "does not end with ']'"},
        {"[", 1, "does not end with ']'"},
        {"[default]\n\nHUSH\n", 3, "no '='"},
        {"[default]\nHUSH # = HUSH\n", 2, "no '='"},
        {"[default]\n= HUSH\n", 2, "no name"},
        {"[default]\n  HUSH = HUSH\n", 2, "continues no property"},
        {"[default]\na = b\n[default]\n  HUSH\n", 4, "continues no property"},
        {"[default]\ns3 =\n  HUSH\n", 3, "no '='"},
        {"[default]\ns3 =\n\n  = HUSH\n", 4, "no name"},
        {"[default]\nin valid =\n  HUSH\n", 3, "no '='"},
        {nul, 2, "NUL"},
        {"[default]\n# \xff HUSH\n", 2, "UTF-8"},
        {"[default]\r\nHUSH = HUSH \xc3\r\n", 2, "UTF-8"},
        {"[default]\nHUSH = \xed\xa0\x80\n", 2, "UTF-8"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.text);
        for (const auto kind : {profile_file_kind::config, profile_file_kind::credentials}) {
            const auto parsed = aws::parse_profile_file(r.text, kind, "/home/me/.aws/file");
            REQUIRE(parsed.has_error());
            const auto& f = parsed.error();
            CHECK(f.code() == errc::malformed_profile_file);
            CHECK(f.code() == penstock::condition::configuration);
            CHECK(f.detail().object == "/home/me/.aws/file");
            CHECK(f.detail().line == r.line);
            CHECK(f.message().find(r.what) != std::string::npos);
            CHECK(f.message().find("HUSH") == std::string::npos);
        }
    }
}

TEST_CASE("aws/profile_file: sizes") {
    const std::string huge(std::size_t{1} << 20, 'x');
    CHECK(config("[default]\na = " + huge + "\n").profiles.at("default").at("a") == huge);
    CHECK(config("[profile " + huge + "]").profiles.contains(huge));
    CHECK(config("# " + huge + "\n[default]").profiles.contains("default"));
    CHECK(aws::parse_profile_file(huge, profile_file_kind::config, "f").error().message().size() < 200);

    const auto whole = "#" + std::string(aws::max_profile_file - 1, ' ');
    CHECK(config(whole).profiles.empty());
    const auto beyond = aws::parse_profile_file(whole + " ", profile_file_kind::config, "f");
    REQUIRE(beyond.has_error());
    CHECK(beyond.error().code() == errc::malformed_profile_file);
    CHECK(beyond.error().message().find("4 MiB") != std::string::npos);

    std::string lines = "[default]\na =\n";
    for (int i = 0; i < 100'000; ++i) lines += " b = c\n";
    CHECK(aws::nested_properties(config(lines).profiles.at("default").at("a")) == properties{{"b", "c"}});
    std::string sections;
    for (int i = 0; i < 50'000; ++i) sections += "[profile p" + std::to_string(i) + "]\na = b\n";
    CHECK(config(sections).profiles.size() == 50'000);
}

TEST_CASE("aws/profile_file: two files are one") {
    const auto both = aws::merge_profile_files(
        config("[profile dev]\nregion = eu-west-1\naws_access_key_id = OLD\naws_session_token = OLDTOKEN\n"
               "[profile only]\na = b\n[x]\n[services s]\ns3 =\n a = b\n"),
        credentials("[dev]\naws_access_key_id = NEW\naws_secret_access_key = HUSH\n[other]\nc = d\n[y z]\n"));
    // The token is not the new key's.
    CHECK(both.profiles.at("dev") ==
          properties{{"region", "eu-west-1"}, {"aws_access_key_id", "NEW"}, {"aws_secret_access_key", "HUSH"}});
    CHECK(both.profiles.at("only") == properties{{"a", "b"}});
    CHECK(both.profiles.at("other") == properties{{"c", "d"}});
    CHECK(both.services.contains("s"));
    CHECK(both.ignored.size() == 2);
    CHECK(both.files == std::vector<std::string>{"/home/me/.aws/config", "/home/me/.aws/credentials"});

    // Without a key of its own the credentials file takes nothing away.
    CHECK(aws::merge_profile_files(config("[default]\naws_session_token = T\n"),
                                   credentials("[default]\nregion = eu-west-1\n"))
              .profiles.at("default")
              .size() == 2);
    CHECK(aws::merge_profile_files(config("[default]\naws_session_token = T\n"),
                                   credentials("[default]\naws_access_key_id = K\naws_session_token = U\n"))
              .profiles.at("default")
              .at("aws_session_token") == "U");
}

penstock::failure unknown(const aws::shared_config& in, std::string_view name) {
    try {
        aws::find_profile(in, name);
    } catch (const penstock::error& e) {
        CHECK(e.code() == errc::invalid_profile);
        CHECK(e.code() == penstock::condition::configuration);
        return e.as_failure();
    }
    FAIL_CHECK("found");
    return {};
}

TEST_CASE("aws/profile: finding one") {
    const auto c = config("[default]\nregion = eu-west-1\n[profile dev]\nempty =\nservices = lab\ns3 =\n a = b\n c =\n"
                          "[services lab]\ns3 =\n endpoint_url = http://lab\n");
    const auto dev = aws::find_profile(c, "dev");
    CHECK(dev.name == "dev");
    CHECK_FALSE(dev.get("region")); // nothing is inherited from the default
    CHECK_FALSE(dev.get("empty"));
    CHECK(dev.get("s3", "a") == "b");
    CHECK_FALSE(dev.get("s3", "c"));
    CHECK_FALSE(dev.get("s3", "d"));
    CHECK_FALSE(dev.get("nothing", "a"));
    CHECK_FALSE(dev.get("services", "a"));
    REQUIRE(dev.services);
    CHECK(dev.services->contains("s3"));
    CHECK(aws::find_profile(c, "default").get("region") == "eu-west-1");
    CHECK_FALSE(aws::find_profile(c, "default").services);
    CHECK(aws::find_profile(aws::shared_config{}, "default").properties.empty());
}

TEST_CASE("aws/profile: one that does not exist, and those that do") {
    const auto f = unknown(config("[default]\n[profile prod]\n[profile dev]\n"), "dve");
    CHECK(f.detail().message == "no profile 'dve' in /home/me/.aws/config");
    CHECK(f.detail().hint == "there are default, dev, prod");
    CHECK(unknown(aws::shared_config{}, "dev").message().find("no config or credentials file") != std::string::npos);
    CHECK(unknown(config("[dev]\n"), "dev").detail().hint == "the section [dev] of a config file must be [profile dev]");
    CHECK(unknown(credentials("[ profile dev ]\n"), "dev").detail().hint ==
          "the section [profile dev] of a credentials file must be [dev]");

    std::string many;
    for (int i = 100; i < 200; ++i) many += "[profile p" + std::to_string(i) + "]\n";
    const auto hint = unknown(config(many), "x").detail().hint;
    CHECK(hint.starts_with("there are p100, p101"));
    CHECK(hint.ends_with("p119 and 80 more"));
    CHECK(unknown(config(""), std::string(100'000, 'x') + "\x1b[31m").message().size() < 500);
    CHECK(unknown(config(""), "\x1b[31m").message().find('\x1b') == std::string::npos);
}

} // namespace test_aws_profile_file
