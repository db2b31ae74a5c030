// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/s3/text_options.hpp>

#include <penstock/core/rate_limiter.hpp>

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <functional>
#include <map>

namespace text_options_test {

using namespace penstock;
using namespace std::chrono_literals;
using texts = std::map<std::string, std::string>;

s3::text_settings parsed(const texts& options) {
    const auto done = s3::parse_text_options(options, s3::store_context{aws::environment{{}}});
    if (!done) {
        INFO(done.error().message());
        FAIL_CHECK("refused");
        return {};
    }
    return *done;
}

failure refused(const texts& options) {
    const auto done = s3::parse_text_options(options, s3::store_context{aws::environment{{}}});
    if (done) {
        FAIL_CHECK("taken");
        return {};
    }
    return done.error();
}

/// "id secret token" of credentials that are given.
std::string keys(const s3::client_options& o) {
    if (!o.credentials()) return "";
    const auto found = *o.credentials()->try_get(wall_time{});
    if (!found) return "anonymous";
    return found->access_key_id + " " + found->secret_access_key + " " + found->session_token;
}

TEST_CASE("text options: nothing said is nothing set") {
    const auto o = parsed({});
    CHECK(o.client.endpoint_url().empty());
    CHECK(o.client.region().empty());
    CHECK_FALSE(o.client.credentials());
    CHECK(o.client.credentials_request() == aws::credentials_request{});
    CHECK_FALSE(o.client.retry());
    CHECK_FALSE(o.client.path_style());
    CHECK_FALSE(o.client.request_concurrency());
    CHECK_FALSE(o.data.address);
    CHECK_FALSE(o.data.format);
}

TEST_CASE("text options: every spelling of what texts say") {
    struct row {
        texts given;
        std::function<std::string(const s3::text_settings&)> found;
        std::string value;
    };
    const auto endpoint = [](const s3::text_settings& s) { return s.client.endpoint_url(); };
    const auto region = [](const s3::text_settings& s) { return s.client.region(); };
    const auto who = [](const s3::text_settings& s) { return keys(s.client); };
    const auto key = [](const s3::text_settings& s) { return s.data.address->key; };
    const auto url = [](const s3::text_settings& s) { return s.data.address->url(); };
    const auto format = [](const s3::text_settings& s) { return s.data.format.value_or(""); };
    const auto role = [](const s3::text_settings& s) {
        return s.client.credentials_request().role_arn + " " + s.client.credentials_request().external_id;
    };
    const std::string arn = "arn:aws:iam::123456789012:role/team/reader";
    const row rows[] = {
        {{{"s3_endpoint", "https://minio.internal:9000"}}, endpoint, "https://minio.internal:9000"},
        {{{"endpoint", "http://localhost:4566"}}, endpoint, "http://localhost:4566"},
        {{{"endpoint_url", "http://localhost:4566"}}, endpoint, "http://localhost:4566"},
        {{{"s3_region", "us-east-1"}}, region, "us-east-1"},
        {{{"region", "us-west-2"}}, region, "us-west-2"},
        {{{"aws_region", "af-south-1"}}, region, "af-south-1"},
        {{{"Region", "eu-west-1"}}, region, "eu-west-1"},
        {{{"s3_key", "AK"}, {"s3_secret", "S"}}, who, "AK S "},
        {{{"s3_auth", "key"}, {"s3_key", "AK"}, {"s3_secret", "S"}}, who, "AK S "},
        {{{"aws_access_key_id", "AK"}, {"aws_secret_access_key", "S"}}, who, "AK S "},
        {{{"aws_access_key_id", "AK"}, {"aws_secret_access_key", "S"}, {"aws_session_token", "T"}}, who, "AK S T"},
        {{{"aws_access_key_id", "AK"}, {"aws_secret_access_key", "S"}, {"aws_session_token", ""}}, who, "AK S "},
        {{{"s3_key", "AK"}, {"s3_secret", "S"}, {"s3_session_token", "T"}}, who, "AK S T"},
        {{{"Access Key ID", "AK"}, {"Secret Access Key", "S"}}, who, "AK S "},
        {{{"s3_auth", "public"}}, who, "anonymous"},
        {{{"aws_credentials", "anonymous"}}, who, "anonymous"},
        {{{"aws_credentials", "anonymous"}, {"s3_auth", "public"}}, who, "anonymous"},
        {{{"IAM Role ARN", arn}, {"External ID", "e-1"}}, role, arn + " e-1"},
        {{{"role_arn", arn}, {"external_id", "e-1"}}, role, arn + " e-1"},
        {{{"role_arn", arn}}, role, arn + " "},
        {{{"host_header", "b.localhost"}, {"endpoint", "http://localhost:1"}},
         [](const s3::text_settings& s) { return s.client.host_header(); },
         "b.localhost"},
        {{{"profile", "dev"}}, [](const s3::text_settings& s) { return s.client.profile().name; }, "dev"},
        {{{"config_file", "/c"}, {"credentials_file", "/d"}},
         [](const s3::text_settings& s) { return s.client.profile().config_file + s.client.profile().credentials_file; },
         "/c/d"},
        {{{"credentials_file", "/d"}},
         [](const s3::text_settings& s) { return s.client.profile().config_file + s.client.profile().credentials_file; },
         "/d"},
        {{{"tls_timeout", "7s"}, {"idle_timeout", "0s"}, {"max_lifetime", "1m"}, {"minimum_speed", "1KiB"}, {"max_connections_per_origin", "9"}},
         [](const s3::text_settings& s) {
             const auto& t = s.client.transport();
             return std::to_string(t.tls_timeout() / std::chrono::seconds{1}) + " " + std::to_string(t.idle_timeout().count()) + " " +
                    std::to_string(t.max_lifetime() / std::chrono::seconds{1}) + " " + std::to_string(t.minimum_speed()) + " " +
                    std::to_string(t.max_connections_per_origin());
         },
         "7 0 60 1024 9"},
        {{{"ca_file", "a.pem"}, {"ca_directory", "d"}, {"client_certificate_file", "c.pem"}, {"client_key_file", "k.pem"}},
         [](const s3::text_settings& s) {
             const auto& t = s.client.tls();
             return t.ca_file() + " " + t.ca_directory() + " " + t.client_certificate_file() + " " + t.client_key_file();
         },
         "a.pem d c.pem k.pem"},
        {{{"client_certificate_file", "both.pem"}}, [](const s3::text_settings& s) { return s.client.tls().client_key_file(); }, "both.pem"},
        {{{"proxy", "http://u:p@proxy:3128"}, {"no_proxy", "10.0.0.0/8"}},
         [](const s3::text_settings& s) {
             const auto by = s.client.proxy().value_or(http::proxy_options());
             const auto* p = by.find({"s3", 443, true});
             return (p ? p->at.url() + " " + p->authorization : "") + (by.find({"10.1.1.1", 443, true}) ? "" : " not 10/8");
         },
         "http://proxy:3128 Basic dTpw not 10/8"},
        {{{"proxy", "none"}},
         [](const s3::text_settings& s) {
             return std::string{s.client.proxy() && !s.client.proxy()->find({"s3", 443, true}) ? "direct" : "?"};
         },
         "direct"},
        {{{"user_agent", "spice/1"}}, [](const s3::text_settings& s) { return s.client.user_agent(); }, "spice/1"},
        {{{"uri", "s3://my-bucket/data/file.csv"}}, url, "s3://my-bucket/data/file.csv"},
        {{{"bucket", "b"}, {"key", "data/file.csv"}}, url, "s3://b/data/file.csv"},
        {{{"bucket", "b"}, {"path", "/p/"}}, key, "/p/"},
        {{{"Bucket", "b"}, {"Path", "/path/to/file"}}, key, "path/to/file"},
        {{{"Bucket", "b"}, {"Path", ""}}, key, ""},
        {{{"bucket", "b"}}, url, "s3://b"},
        {{{"uri", "s3://b/k"}, {"bucket", "b"}, {"key", "k"}}, url, "s3://b/k"},
        {{{"driver", "s3"}, {"connector", "s3"}}, region, ""},
        {{{"format", "parquet"}}, format, "parquet"},
        {{{"format", "CSV"}}, format, "csv"},
        {{{"format", "ndjson"}}, format, "jsonl"},
        {{{"File type", "Parquet"}}, format, "parquet"},
        {{{"row_index_name", "idx"}}, [](const s3::text_settings& s) { return *s.data.row_index_name; }, "idx"},
        {{{"include_file_paths", "source"}}, [](const s3::text_settings& s) { return *s.data.file_path_column; }, "source"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.given.begin()->first);
        CHECK(r.found(parsed(r.given)) == r.value);
    }
}

TEST_CASE("text options: truth values, numbers, sizes and times") {
    for (const bool on : {false, true}) {
        const std::string v = on ? "true" : "false";
        CHECK(parsed({{"requester_pays", v}}).client.requester_pays() == on);
        CHECK(parsed({{"path_style", v}}).client.path_style() == on);
        CHECK(parsed({{"check_region", v}}).client.check_region() == on);
        CHECK(parsed({{"dual_stack", v}}).client.endpoint_switches().dual_stack == on);
        CHECK(parsed({{"fips", v}}).client.endpoint_switches().fips == on);
        CHECK(parsed({{"accelerate", v}}).client.endpoint_switches().accelerate == on);
        CHECK(parsed({{"use_arn_region", v}}).client.endpoint_switches().use_arn_region == on);
        CHECK(parsed({{"legacy_us_east_1", v}}).client.endpoint_switches().legacy_us_east_1 == on);
        CHECK(parsed({{"hive_partitioning_enabled", v}}).data.hive_partitioning == on);
    }
    CHECK(parsed({{"mode", "replace"}}).data.replace == true);
    CHECK(parsed({{"retry", "adaptive"}}).client.retry()->adaptive());
    const auto rates = parsed({{"read_rate", "10"}, {"write_rate", "0.5"}, {"doubling_time", "1m"}}).client;
    CHECK(rates.read_rate()->rate({}) == 10);
    CHECK(rates.write_rate()->rate({}) == 0.5);
    CHECK_FALSE(parsed({{"read_rate", "10"}}).client.write_rate());
    CHECK(parsed({{"buffer_blocks", "8"}}).data.buffer_blocks == 8);
    CHECK(parsed({{"buffer_bytes", "134217728"}}).data.buffer_bytes == 134217728);
    CHECK(parsed({{"buffer_bytes", "64MiB"}}).data.buffer_bytes == 64u << 20);
    CHECK(parsed({{"data_copy_concurrency", "3"}}).data.copy_concurrency->limit() == 3);
    CHECK(parsed({{"memory_budget", "16MiB"}}).client.memory_budget() == 16u << 20);
    CHECK(parsed({{"part_size", "5MiB"}}).client.part_size() == 5u << 20);
    CHECK(parsed({{"upload_concurrency", "9"}}).client.upload_concurrency() == 9);
    CHECK(parsed({{"connect_timeout", "500ms"}}).client.transport().connect_timeout() == 500ms);
    CHECK(parsed({{"first_byte_timeout", "1m"}}).client.transport().first_byte_timeout() == 1min);
    CHECK(parsed({{"stall_timeout", "2s"}}).client.transport().stall_timeout() == 2s);
    CHECK(parsed({{"s3_request_concurrency", "7"}}).client.request_concurrency()->limit() == 7);
}

TEST_CASE("text options: where credentials are sought") {
    using enum aws::credentials_source;
    using sources = std::vector<aws::credentials_source>;
    const auto found = [](const texts& t) { return parsed(t).client.credentials_request().sources; };
    CHECK(found({{"s3_auth", "iam_role"}}) == sources{});
    CHECK(found({{"iam_role_source", "auto"}}) == sources{});
    CHECK(found({{"iam_role_source", "metadata"}}) == sources{web_identity, container, instance_metadata});
    CHECK(found({{"s3_auth", "iam_role"}, {"iam_role_source", "env"}}) == sources{environment});
    CHECK(found({{"aws_credentials", "default"}}) == sources{});
    CHECK(found({{"aws_credentials", "environment"}}) == sources{environment});
    CHECK(found({{"aws_credentials", "profile"}}) == sources{profile});
    CHECK(found({{"aws_credentials", "ecs"}}) == sources{container});
    CHECK(found({{"aws_credentials", "imds"}}) == sources{instance_metadata});
    CHECK(found({{"aws_credentials", "environment"}, {"iam_role_source", "env"}}) == sources{environment});
}

TEST_CASE("text options: what max_retries counts is the preset's") {
    const auto retry = [](const texts& t) { return *parsed(t).client.retry(); };
    const auto doc1 = retry({{"max_retries", "5"}});
    CHECK(doc1.max_attempts() == 6);
    CHECK(doc1.first_delay() == 1s);
    CHECK(doc1.with_jitter() == aws::retry_options::jitter::none);
    CHECK(doc1.every_5xx());
    CHECK(retry({{"max_retries", "0"}}).max_attempts() == 1);
    CHECK(retry({{"retry", "jetliner"}}).max_attempts() == 3);
    CHECK(retry({{"retry", "jetliner"}, {"max_retries", "2"}}).max_attempts() == 3);
    CHECK(retry({{"retry", "tensorstore"}}).max_attempts() == 32);
    CHECK(retry({{"retry", "tensorstore"}, {"max_retries", "5"}}).max_attempts() == 5);
    CHECK(retry({{"retry", "default"}, {"max_retries", "5"}}).max_attempts() == 6);
    CHECK(retry({{"retry", "aws-standard"}}).max_attempts() == 3);
    CHECK(retry({{"retry", "none"}}).max_attempts() == 1);
    const auto delays = retry({{"retry", "tensorstore"}, {"initial_delay", "500ms"}, {"max_delay", "32s"}});
    CHECK(delays.first_delay() == 500ms);
    CHECK(delays.max_delay() == 32s);
    CHECK(retry({{"max_delay", "3s"}}).max_attempts() == 6); // our own, shortened
}

TEST_CASE("text options: dns_servers are asked for names") {
    CHECK(parsed({{"s3_region", "us-east-1"}}).client.resolver() == nullptr);
    asio::io_context io{1};
    asio::ip::udp::socket server{io, {asio::ip::make_address("127.0.0.1"), 0}};
    const auto list = "127.0.0.1:" + std::to_string(server.local_endpoint().port());
    const auto names = parsed({{"dns_servers", list}}).client.resolver();
    REQUIRE(names);
    asio::co_spawn(io, names->resolve("store.example"), [](std::exception_ptr, std::vector<asio::ip::address>) {});
    for (int turn = 0; server.available() == 0 && turn < 100; ++turn) io.run_one_for(100ms);
    CHECK(server.available() > 12); // a question
}

TEST_CASE("text options: \"shared\" is one limit a context") {
    const s3::store_context context{aws::environment{{{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "5"}}}};
    const texts asked{{"s3_request_concurrency", "shared"}};
    const auto a = s3::parse_text_options(asked, context).value().client.request_concurrency();
    const auto b = s3::parse_text_options(asked, s3::store_context{context}).value().client.request_concurrency();
    CHECK(a == b);
    CHECK(a->limit() == 5);
    CHECK(parsed(asked).client.request_concurrency()->limit() == 32);
    CHECK(parsed({{"s3_request_concurrency", "5"}}).client.request_concurrency() != a);
    const s3::store_context bad{aws::environment{{{"TENSORSTORE_S3_REQUEST_CONCURRENCY", "0"}}}};
    const auto refused_env = s3::parse_text_options(asked, bad);
    REQUIRE(refused_env.has_error());
    CHECK(refused_env.error().message().find("TENSORSTORE_S3_REQUEST_CONCURRENCY is '0'") != std::string::npos);
}

TEST_CASE("text options: an unknown name, and the nearest") {
    struct row {
        const char *name, *nearest;
    };
    static constexpr row rows[] = {
        {"s3_regoin", "s3_region"},         {"S3_REGION", "s3_region"},
        {"AWS_ACCESS_KEY_ID", "aws_access_key_id"}, {"aws_access_key", "aws_access_key_id"},
        {"access key id", "Access Key ID"}, {"max-retries", "max_retries"},
        {"hive_partitioning", "hive_partitioning_enabled"}, {"buffer_byte", "buffer_bytes"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto why = refused({{r.name, "x"}});
        CHECK(why.code() == errc::invalid_option);
        CHECK(why.detail().object == r.name);
        CHECK(why.detail().hint == "did you mean '" + std::string{r.nearest} + "'?");
    }
    CHECK(refused({{"q", "x"}}).detail().hint.find("docs/options.md") != std::string::npos);
    CHECK(refused({{"", "x"}}).code() == errc::invalid_option);
    CHECK(refused({{std::string(100'000, 'x'), "x"}}).code() == errc::invalid_option);
}

TEST_CASE("text options: wrong values are told with their name, the value, and what is right") {
    struct row {
        const char *name, *value;
        errc code;
        const char* part; ///< of the message or the hint
    };
    static constexpr row rows[] = {
        {"s3_auth", "iam", errc::invalid_option, "iam_role, key or public"},
        {"s3_auth", "Key", errc::invalid_option, "'Key'"},
        {"iam_role_source", "imds", errc::invalid_option, "auto, metadata or env"},
        {"aws_credentials", "sso", errc::invalid_option, "default, anonymous, environment, profile, ecs or imds"},
        {"s3_region", "US-EAST-1", errc::invalid_region, "did you mean 'us-east-1'?"},
        {"region", "us east", errc::invalid_region, "'us east'"},
        {"aws_region", "-", errc::invalid_region, "'-'"},
        {"Region", "Ireland", errc::invalid_region, "lower-case"},
        {"s3_endpoint", "minio:9000", errc::invalid_endpoint, "minio:9000"},
        {"endpoint", "ftp://x", errc::invalid_endpoint, "http or https"},
        {"endpoint", "http://x:99999", errc::invalid_endpoint, "port"},
        {"max_retries", "-1", errc::invalid_option, "from 0 to 1000000"},
        {"max_retries", "two", errc::invalid_option, "'two'"},
        {"max_retries", "2.0", errc::invalid_option, "whole number"},
        {"max_retries", "1000001", errc::invalid_option, "whole number"},
        {"buffer_blocks", "0", errc::invalid_option, "from 1"},
        {"buffer_bytes", "64MB", errc::invalid_option, "64MiB"},
        {"buffer_bytes", "0", errc::invalid_option, "number of bytes"},
        {"hive_partitioning_enabled", "yes", errc::invalid_option, "true or false"},
        {"requester_pays", "True", errc::invalid_option, "true or false"},
        {"mode", "append", errc::invalid_option, "replace"},
        {"format", "xlsx", errc::invalid_option, "parquet"},
        {"connector", "gcs", errc::invalid_option, "must be s3"},
        {"driver", "file", errc::invalid_option, "must be s3"},
        {"uri", "gs://b/k", errc::invalid_url, "s3://bucket/key"},
        {"bucket", "a/b", errc::invalid_option, "without a path"},
        {"bucket", "a b", errc::invalid_url, "'a b'"},
        {"role_arn", "arn:aws:iam::1:user/x", errc::invalid_option, "arn:aws:iam::123456789012:role/name"},
        {"IAM Role ARN", "reader", errc::invalid_option, "'reader'"},
        {"s3_request_concurrency", "0", errc::invalid_option, "or shared"},
        {"s3_request_concurrency", "Shared", errc::invalid_option, "'Shared'"},
        {"initial_delay", "1", errc::invalid_option, "32s or 500ms"},
        {"max_delay", "-1s", errc::invalid_option, "'-1s'"},
        {"dns_servers", "10.0.0.2:65589", errc::invalid_option, "127.0.0.1:5353"},
        {"dns_servers", "dns.internal", errc::invalid_option, "'dns.internal'"},
        {"connect_timeout", "0", errc::invalid_option, "more than nothing"},
        {"retry", "often", errc::invalid_option, "jetliner"},
        {"read_rate", "0", errc::invalid_option, "above 0"},
        {"read_rate", "many", errc::invalid_option, "'many'"},
        {"write_rate", "1e999", errc::invalid_option, "above 0"},
        {"write_rate", "-1", errc::invalid_option, "above 0"},
        {"doubling_time", "1s", errc::invalid_option, "no rate"},
        {"region", "", errc::invalid_option, "no value"},
        {"s3_key", "", errc::invalid_option, "no value"},
        {"region", "${AWS_REGION}", errc::invalid_option, "placeholder"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CAPTURE(r.value);
        const auto why = refused({{r.name, r.value}});
        CHECK(why.code() == r.code);
        CHECK(why.message().starts_with(std::string{r.name} + ": "));
        CHECK(why.message().find(r.part) != std::string::npos);
        CHECK_FALSE(why.detail().hint.empty());
    }
}

TEST_CASE("text options: what contradicts itself is told by both names") {
    struct row {
        texts given;
        const char *first, *second;
        errc code = errc::invalid_option;
    };
    const row rows[] = {
        {{{"region", "us-east-1"}, {"s3_region", "us-east-2"}}, "s3_region", "region"},
        {{{"Region", "us-east-1"}, {"aws_region", "us-east-2"}}, "aws_region", "Region"},
        {{{"endpoint", "http://a"}, {"s3_endpoint", "http://b"}}, "s3_endpoint", "endpoint"},
        {{{"s3_key", "AK1"}, {"aws_access_key_id", "AK2"}, {"s3_secret", "S"}}, "s3_key", "aws_access_key_id"},
        {{{"s3_secret", "HUSH1"}, {"Secret Access Key", "HUSH2"}, {"s3_key", "AK"}}, "s3_secret", "Secret Access Key"},
        {{{"aws_session_token", "HUSH1"}, {"s3_session_token", "HUSH2"}}, "s3_session_token", "aws_session_token"},
        {{{"aws_credentials", "environment"}, {"iam_role_source", "auto"}}, "iam_role_source", "aws_credentials"},
        {{{"aws_credentials", "anonymous"}, {"s3_auth", "iam_role"}}, "s3_auth", "aws_credentials"},
        {{{"s3_auth", "iam_role"}, {"s3_key", "AK"}, {"s3_secret", "HUSH"}}, "s3_auth", "s3_key"},
        {{{"s3_auth", "public"}, {"s3_key", "AK"}, {"s3_secret", "HUSH"}}, "s3_auth", "s3_key"},
        {{{"iam_role_source", "env"}, {"s3_key", "AK"}, {"s3_secret", "HUSH"}}, "iam_role_source", "s3_key"},
        {{{"s3_auth", "public"}, {"iam_role_source", "auto"}}, "s3_auth", "iam_role_source"},
        {{{"s3_auth", "public"}, {"role_arn", "arn:aws:iam::1:role/r"}}, "s3_auth", "role_arn"},
        {{{"s3_auth", "key"}}, "s3_auth", "s3_key and s3_secret", errc::invalid_credentials},
        {{{"s3_key", "AK"}}, "s3_key", "secret access key", errc::invalid_credentials},
        {{{"s3_secret", "HUSH"}}, "s3_secret", "access key id", errc::invalid_credentials},
        {{{"aws_session_token", "HUSH"}}, "aws_session_token", "access key id", errc::invalid_credentials},
        {{{"aws_access_key_id", "AK"}, {"aws_secret_access_key", "HU SH"}}, "aws_access_key_id", "space",
         errc::invalid_credentials},
        {{{"External ID", "HUSH"}}, "External ID", "role"},
        {{{"host_header", "h"}}, "host_header", "endpoint"},
        {{{"retry", "none"}, {"max_retries", "1"}}, "max_retries", "retry"},
        {{{"retry", "tensorstore"}, {"max_retries", "0"}}, "max_retries", "tensorstore"},
        {{{"initial_delay", "2s"}, {"max_delay", "1s"}}, "initial_delay", "max_delay"},
        {{{"uri", "s3://a/k"}, {"bucket", "b"}}, "uri", "bucket"},
        {{{"uri", "s3://a/k"}, {"key", "other"}}, "uri", "key"},
        {{{"key", "k"}}, "key", "bucket", errc::missing_bucket},
        {{{"format", "csv"}, {"File type", "parquet"}}, "format", "File type"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.first);
        CAPTURE(r.second);
        const auto why = refused(r.given);
        CAPTURE(why.message());
        CHECK(why.code() == r.code);
        CHECK(why.message().starts_with(std::string{r.first} + ": "));
        CHECK(why.message().find(r.second) != std::string::npos);
        CHECK(why.message().find("HUSH") == std::string::npos);
    }
}

TEST_CASE("text options: no secret is ever repeated") {
    for (const auto* name : {"s3_secret", "aws_secret_access_key", "Secret Access Key", "aws_session_token", "s3_session_token",
                             "External ID", "external_id", "s3_key", "aws_access_key_id", "Access Key ID"}) {
        for (const std::string& value : {std::string{"wJalrXUtnFEMI"}, std::string{"wJalrXUtnFEMI\n"}, std::string{"${wJalrXUtnFEMI}"}}) {
            CAPTURE(name);
            CHECK(refused({{name, value}}).message().find("wJalrXUtnFEMI") == std::string::npos);
        }
    }
    CHECK(refused({{"endpoint", "http://me:wJalrXUtnFEMI@x"}}).message().find("wJalrXUtnFEMI") == std::string::npos);
    CHECK(refused({{"uri", "s3://me:wJalrXUtnFEMI@x/k"}}).message().find("wJalrXUtnFEMI") == std::string::npos);
}

TEST_CASE("text options: how to read ahead") {
    const auto of = [](std::map<std::string, std::string> o) { return s3::parallel_options_of(parsed(std::move(o)).data); };
    const auto said = of({{"buffer_blocks", "8"}, {"buffer_bytes", "128MiB"}});
    CHECK(said.connections() == 9);
    CHECK(said.window() == 128u << 20);
    CHECK(said.part_size() == 16u << 20);
    const auto small = of({{"buffer_blocks", "64"}, {"buffer_bytes", "16MiB"}});
    CHECK(small.part_size() == 1u << 20);
    CHECK(small.window() == 16u << 20);
    const s3::parallel_options usual;
    CHECK(of({}).connections() == usual.connections());
    CHECK(of({}).window() == usual.window());
    CHECK(of({{"buffer_bytes", "16MiB"}}).part_size() == usual.part_size());
    CHECK(of({{"buffer_blocks", "2"}}).connections() == 3);
    CHECK(of({{"buffer_blocks", "1000000"}}).connections() == 65);
}

} // namespace text_options_test
