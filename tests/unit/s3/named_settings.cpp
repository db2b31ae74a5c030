// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <penstock/core/file_io.hpp>
#include <penstock/s3/json_spec.hpp>
#include <penstock/s3/text_options.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

/// What both kinds of configuration call by one name.
namespace named_settings_test {

using namespace penstock;
using s3::client_options;

struct setting {
    const char* name;
    const char* text; ///< as a text option
    const char* json; ///< as a member of a spec
    std::string (*of)(const client_options&);
    const char* value;
    std::map<std::string, std::string> with = {}; ///< what it needs beside it
};

std::string word(bool v) { return v ? "yes" : "no"; }
std::string ms(duration d) { return std::to_string(d / std::chrono::milliseconds{1}); }
template <auto Get>
std::string of_transport(const client_options& o) {
    return std::to_string((o.transport().*Get)());
}
template <auto Get>
std::string time_of_transport(const client_options& o) {
    return ms((o.transport().*Get)());
}

using t = http::transport_options;
using d = duration (t::*)() const noexcept;
using n = std::size_t (t::*)() const noexcept;
using u = std::uint64_t (t::*)() const noexcept;

const setting settings[] = {
    {"path_style", "true", "true", [](const client_options& o) { return word(o.path_style().value()); }, "yes"},
    {"check_region", "false", "false", [](const client_options& o) { return word(o.check_region()); }, "no"},
    {"dual_stack", "true", "true", [](const client_options& o) { return word(*o.endpoint_switches().dual_stack); }, "yes"},
    {"fips", "true", "true", [](const client_options& o) { return word(*o.endpoint_switches().fips); }, "yes"},
    {"accelerate", "true", "true", [](const client_options& o) { return word(*o.endpoint_switches().accelerate); }, "yes"},
    {"use_arn_region", "false", "false", [](const client_options& o) { return word(*o.endpoint_switches().use_arn_region); }, "no"},
    {"legacy_us_east_1", "true", "true", [](const client_options& o) { return word(*o.endpoint_switches().legacy_us_east_1); }, "yes"},
    {"connect_timeout", "500ms", "\"500ms\"", time_of_transport<static_cast<d>(&t::connect_timeout)>, "500"},
    {"tls_timeout", "7s", "\"7s\"", time_of_transport<static_cast<d>(&t::tls_timeout)>, "7000"},
    {"first_byte_timeout", "1m", "\"1m\"", time_of_transport<static_cast<d>(&t::first_byte_timeout)>, "60000"},
    {"stall_timeout", "2s", "\"2s\"", time_of_transport<static_cast<d>(&t::stall_timeout)>, "2000"},
    {"idle_timeout", "0s", "\"0s\"", time_of_transport<static_cast<d>(&t::idle_timeout)>, "0"},
    {"max_lifetime", "1m", "\"1m\"", time_of_transport<static_cast<d>(&t::max_lifetime)>, "60000"},
    {"minimum_speed", "1KiB", "\"1KiB\"", of_transport<static_cast<u>(&t::minimum_speed)>, "1024"},
    {"minimum_speed", "77", "77", of_transport<static_cast<u>(&t::minimum_speed)>, "77"},
    {"minimum_speed_window", "9s", "\"9s\"", time_of_transport<static_cast<d>(&t::speed_window)>, "9000", {{"minimum_speed", "77"}}},
    {"max_connections_per_origin", "9", "9", of_transport<static_cast<n>(&t::max_connections_per_origin)>, "9"},
    {"connection_wait_timeout", "3s", "\"3s\"", time_of_transport<static_cast<d>(&t::connection_wait_timeout)>, "3000"},
    {"max_idle", "0", "0", of_transport<static_cast<n>(&t::max_idle)>, "0"},
    {"max_idle_per_origin", "3", "3", of_transport<static_cast<n>(&t::max_idle_per_origin)>, "3"},
    {"drain_limit", "0", "0", of_transport<static_cast<u>(&t::drain_limit)>, "0"},
    {"drain_limit", "2KiB", "\"2KiB\"", of_transport<static_cast<u>(&t::drain_limit)>, "2048"},
    {"drain_timeout", "5s", "\"5s\"", time_of_transport<static_cast<d>(&t::drain_timeout)>, "5000"},
    {"max_header_size", "32KiB", "32768", of_transport<static_cast<n>(&t::max_header_size)>, "32768"},
    {"expect_continue_from", "1MiB", "1048576", of_transport<static_cast<u>(&t::expect_continue_from)>, "1048576"},
    {"continue_timeout", "4s", "\"4s\"", time_of_transport<static_cast<d>(&t::continue_timeout)>, "4000"},
    {"ca_file", "a.pem", "\"a.pem\"", [](const client_options& o) { return o.tls().ca_file(); }, "a.pem"},
    {"ca_directory", "d", "\"d\"", [](const client_options& o) { return o.tls().ca_directory(); }, "d"},
    {"client_certificate_file", "c.pem", "\"c.pem\"", [](const client_options& o) { return o.tls().client_certificate_file(); }, "c.pem"},
    {"client_key_file", "k.pem", "\"k.pem\"", [](const client_options& o) { return o.tls().client_key_file(); }, "k.pem",
     {{"client_certificate_file", "c.pem"}}},
    {"memory_budget", "16MiB", "16777216", [](const client_options& o) { return std::to_string(o.memory_budget()); }, "16777216"},
    {"part_size", "5MiB", "\"5MiB\"", [](const client_options& o) { return std::to_string(o.part_size()); }, "5242880"},
    {"equal_parts", "true", "true", [](const client_options& o) { return word(o.equal_parts()); }, "yes"},
    {"multipart_threshold", "1GiB", "\"1GiB\"", [](const client_options& o) { return std::to_string(o.multipart_threshold()); }, "1073741824"},
    {"upload_concurrency", "9", "9", [](const client_options& o) { return std::to_string(o.upload_concurrency()); }, "9"},
    {"sign_payload", "false", "false", [](const client_options& o) { return word(o.sign_payload()); }, "no"},
    {"hedging", "true", "true", [](const client_options& o) { return word(o.hedging() && !o.hedging()->after()); }, "yes"},
    {"hedging", "50ms", "\"50ms\"", [](const client_options& o) { return ms(*o.hedging()->after()); }, "50"},
    {"hedging", "false", "false", [](const client_options& o) { return word(o.hedging().has_value()); }, "no"},
    {"weight", "2.5", "2.5", [](const client_options& o) { return std::to_string(o.weight() * 10).substr(0, 2); }, "25"},
    {"weight", "3", "3", [](const client_options& o) { return std::to_string(o.weight() * 10).substr(0, 2); }, "30"},
    {"max_requests", "5", "5", [](const client_options& o) { return std::to_string(o.max_requests()); }, "5"},
    {"metric_labels", "0", "0", [](const client_options& o) { return std::to_string(o.metric_labels()); }, "0"},
    {"user_agent", "spice/1", "\"spice/1\"", [](const client_options& o) { return o.user_agent(); }, "spice/1"},
    {"proxy", "none", "\"none\"", [](const client_options& o) { return word(o.proxy() && !o.proxy()->find({"s3", 443, true})); }, "yes"},
    {"dns_servers", "10.0.0.2", "\"10.0.0.2\"", [](const client_options& o) { return word(o.resolver() != nullptr); }, "yes"},
    {"no_proxy", "s3", "\"s3\"", [](const client_options& o) { return word(o.proxy()->find({"s3", 443, true}) == nullptr); }, "yes",
     {{"proxy", "http://proxy:3128"}}},
};

s3::store_context no_environment() { return s3::store_context{aws::environment{{}}}; }

result<s3::store_spec> spec(const std::string& members, client_options otherwise = {}) {
    return s3::parse_json_spec(R"({"driver":"s3","bucket":"b",)" + members + "}", no_environment(), std::move(otherwise));
}

std::string member(const std::string& name, const std::string& json) { return "\"" + name + "\":" + json; }

TEST_CASE("each setting of a client is known by its name, as text and in a JSON spec") {
    for (const auto& s : settings) {
        CAPTURE(s.name);
        CAPTURE(s.text);
        auto texts = s.with;
        texts[s.name] = s.text;
        const auto as_text = s3::parse_text_options(texts, no_environment());
        REQUIRE_MESSAGE(as_text.has_value(), as_text.error().message());
        CHECK(s.of(as_text->client) == s.value);
        auto members = member(s.name, s.json);
        for (const auto& [name, value] : s.with) members += "," + member(name, value == "77" ? value : "\"" + value + "\"");
        const auto as_json = spec(members);
        REQUIRE_MESSAGE(as_json.has_value(), as_json.error().message());
        CHECK(s.of(as_json->client) == s.value);
    }
}

/// docs/options.md, from the repository's folder, where tests run.
TEST_CASE("each of them stands in the table of the documentation, and what a spec takes in the line about it") {
    const auto page = read_small_file("docs/options.md", 1 << 20);
    REQUIRE(page.has_value());
    const auto json_part = page->find("## JSON spec");
    REQUIRE(json_part != std::string::npos);
    for (const auto& s : settings) {
        CAPTURE(s.name);
        const auto name = "`" + std::string{s.name} + "`";
        CHECK(page->find(name) < json_part);
        CHECK(page->find(name, json_part) != std::string::npos);
    }
}

TEST_CASE("JSON spec: wrong values of a client's settings are told by their pointer, as their kind wants them") {
    struct row {
        std::string members;
        const char* place;
        const char* part;
        errc code = errc::invalid_option;
    };
    const row rows[] = {
        {R"("upload_concurrency":0)", "/upload_concurrency", "from 1"},
        {R"("upload_concurrency":"9")", "/upload_concurrency", "whole number"},
        {R"("upload_concurrency":-1)", "/upload_concurrency", "whole number"},
        {R"("uploadconcurrency":1)", "/uploadconcurrency", "did you mean 'upload_concurrency'?"},
        {R"("part_size":"8 megs")", "/part_size", "64MiB"},
        {R"("part_size":1.5)", "/part_size", "a number of bytes"},
        {R"("part_size":[])", "/part_size", "an array"},
        {R"("path_style":"true")", "/path_style", "true or false"},
        {R"("stall_timeout":3)", "/stall_timeout", "a string"},
        {R"("stall_timeout":"3")", "/stall_timeout", "with its unit"},
        {R"("ca_file":"")", "/ca_file", "not empty"},
        {R"("client_key_file":"k")", "/client_key_file", "no certificate"},
        {R"("no_proxy":"x")", "/no_proxy", "no proxy"},
        {R"("minimum_speed_window":"1s")", "/minimum_speed_window", "no speed"},
        {R"("proxy":"socks://x")", "/proxy", "SOCKS", errc::unsupported},
        {R"("hedging":1)", "/hedging", "a string"},
        {R"("hedging":"0s")", "/hedging", "50ms"},
        {R"("weight":0)", "/weight", "above 0"},
        {R"("weight":"1")", "/weight", "above 0"},
        {R"("max_idle":null)", "/max_idle", "null"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.members);
        const auto done = spec(r.members);
        REQUIRE(done.has_error());
        const auto why = done.error();
        CAPTURE(why.message());
        CHECK(why.code() == r.code);
        CHECK(why.detail().object == r.place);
        CHECK(why.message().find(r.part) != std::string::npos);
    }
    CHECK(s3::parse_text_options({{"minimum_speed_window", "1s"}}, no_environment()).has_error());
    CHECK(s3::parse_text_options({{"hedging", "soon"}}, no_environment()).has_error());
    CHECK(s3::parse_text_options({{"drain_limit", "little"}}, no_environment()).has_error());
}

TEST_CASE("JSON spec: what it does not say of the client stays as it was") {
    client_options base;
    base.upload_concurrency(7).part_size(6u << 20).user_agent("base").budget(memory_budget::create(16u << 20));
    base.transport(http::transport_options{}.stall_timeout(std::chrono::seconds{9}));
    const auto said = spec(R"("upload_concurrency":2,"connect_timeout":"1s")", base);
    REQUIRE(said.has_value());
    CHECK(said->client.upload_concurrency() == 2);
    CHECK(said->client.part_size() == 6u << 20);
    CHECK(said->client.user_agent() == "base");
    CHECK(said->client.transport().connect_timeout() == std::chrono::seconds{1});
    CHECK(said->client.transport().stall_timeout() == std::chrono::seconds{9});
    CHECK(said->client.budget() == base.budget());
    const auto own = spec(R"("memory_budget":"4MiB")", base);
    REQUIRE(own.has_value());
    CHECK(own->client.budget() == nullptr);
    CHECK(own->client.memory_budget() == 4u << 20);
}

} // namespace named_settings_test
