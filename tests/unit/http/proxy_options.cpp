// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/error.hpp>
#include <penstock/http/proxy_options.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>

namespace proxy_options_test {

using namespace penstock;
using http::origin;
using http::proxy_options;

inline std::string text_of(const http::proxy* p) {
    return p ? p->at.url() + (p->authorization.empty() ? "" : " " + p->authorization) : "direct";
}

TEST_CASE("what a proxy's URL says") {
    const std::pair<const char*, const char*> cases[] = {
        {"http://proxy.example:3128", "http://proxy.example:3128"},
        {"HTTP://proxy.example:3128/", "http://proxy.example:3128"},
        {"proxy.example:3128", "http://proxy.example:3128"},
        {"proxy.example", "http://proxy.example"},
        {"http://proxy.example", "http://proxy.example"},
        {"https://proxy.example", "https://proxy.example"},
        {"https://proxy.example:8443/", "https://proxy.example:8443"},
        {"http://10.0.0.1:80", "http://10.0.0.1"},
        {"http://[::1]:3128", "http://[::1]:3128"},
        {"[::1]", "http://[::1]"},
        {"http://user:pass@proxy.example:3128", "http://proxy.example:3128 Basic dXNlcjpwYXNz"},
        {"http://user@proxy.example:3128", "http://proxy.example:3128 Basic dXNlcjo="},
        {"user:pass@proxy.example:3128", "http://proxy.example:3128 Basic dXNlcjpwYXNz"},
        // RFC 7617's own example
        {"http://Aladdin:open%20sesame@p", "http://p Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"http://u:p%40ss%2Fw%3a@p", "http://p Basic dTpwQHNzL3c6"},
        {"http://u:p@s/s@p", "http://p Basic dTpwQHMvcw=="},
    };
    for (const auto& [given, wanted] : cases) {
        CAPTURE(given);
        CHECK(text_of(proxy_options().url(given).find(origin{"s3", 443, true})) == wanted);
    }
}

TEST_CASE("what is no proxy is refused without repeating it") {
    for (const auto* given : {"", "http://", "http://:3128", "http://SECRET@", "http://u:SECRET@host:0", "http://u:SECRET@host:65536",
                              "http://u:SECRET@host:x", "http://u:SECRET@host:", "http://u:SEC%RET@host", "ftp://u:SECRET@host", "http://u:SECRET@ho st:1",
                              "http://u:SECRET@host\r\nX: y", "socks5://u:SECRET@host:1080", "http://u:SECRET@[::1:3128", "http://u:SECRET@[zz]:3128"}) {
        CAPTURE(given);
        proxy_options by;
        bool refused = false;
        try {
            by.url(given);
        } catch (const error& e) {
            refused = true;
            const bool expected = e.code() == errc::invalid_option || e.code() == errc::unsupported;
            CHECK(expected);
            CHECK(std::string{e.what()}.find("SEC") == std::string::npos);
        }
        CHECK(refused);
    }
}

TEST_CASE("schemes apart, and none at all") {
    const origin plain{"s3", 80, false}, tls{"s3", 443, true};
    CHECK(proxy_options().find(tls) == nullptr);
    const auto one = proxy_options().http_url("a:1");
    CHECK(text_of(one.find(plain)) == "http://a:1");
    CHECK(one.find(tls) == nullptr);
    const auto both = proxy_options().http_url("a:1").https_url("b:2");
    CHECK(text_of(both.find(plain)) == "http://a:1");
    CHECK(text_of(both.find(tls)) == "http://b:2");
}

TEST_CASE("whom to reach directly") {
    struct row {
        const char* list;
        const char* host;
        std::uint16_t port;
        bool direct;
    };
    const row rows[] = {
        {"*", "s3.example.com", 443, true},
        {"", "s3.example.com", 443, false},
        {" , ,", "s3.example.com", 443, false},
        {"example.com", "example.com", 443, true},
        {"example.com", "s3.example.com", 443, true},
        {"example.com", "badexample.com", 443, false},
        {"example.com", "example.com.evil.org", 443, false},
        {".example.com", "example.com", 443, true},
        {".example.com", "s3.example.com", 443, true},
        {"*.example.com", "s3.example.com", 443, true},
        {"EXAMPLE.com", "S3.Example.COM", 443, true},
        {"example.com.", "s3.example.com", 443, true},
        {"example.com", "s3.example.com.", 443, true},
        {"a.org,example.com", "example.com", 443, true},
        {"a.org example.com\tb.org", "example.com", 443, true},
        {"example.com:443", "example.com", 443, true},
        {"example.com:443", "example.com", 8443, false},
        {"localhost", "localhost", 9000, true},
        {"localhost", "127.0.0.1", 9000, false}, // nothing is looked up
        {"127.0.0.1", "127.0.0.1", 9000, true},
        {"127.0.0.1:9000", "127.0.0.1", 9000, true},
        {"127.0.0.1:9001", "127.0.0.1", 9000, false},
        {"10.0.0.1", "10.0.0.10", 80, false},
        {"0.0.1", "10.0.0.1", 80, false},
        {"10.0.0.0/8", "10.255.1.2", 80, true},
        {"10.0.0.0/8", "11.0.0.1", 80, false},
        {"192.168.4.0/22", "192.168.7.255", 80, true},
        {"192.168.4.0/22", "192.168.8.0", 80, false},
        {"0.0.0.0/0", "8.8.8.8", 80, true},
        {"0.0.0.0/0", "::1", 80, false},
        {"10.0.0.0/33", "10.0.0.1", 80, false},
        {"10.0.0.0/x", "10.0.0.1", 80, false},
        {"::1", "::1", 80, true},
        {"[::1]", "::1", 80, true},
        {"[::1]:81", "::1", 80, false},
        {"[::1]:80", "::1", 80, true},
        {"fd00::/8", "fd12::1", 80, true},
        {"fd00::/8", "fe80::1", 80, false},
        {"[::1", "::1", 80, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.list);
        CAPTURE(r.host);
        const auto by = proxy_options().url("p:1").no_proxy(r.list);
        CHECK((by.find(origin{r.host, r.port, true}) == nullptr) == r.direct);
    }
}

inline proxy_options from(std::map<std::string, std::string> variables) {
    return http::read_proxy_environment([&](const std::string& name) -> std::optional<std::string> {
        const auto it = variables.find(name);
        if (it == variables.end()) return std::nullopt;
        return it->second;
    });
}

TEST_CASE("the environment's variables") {
    struct row {
        std::map<std::string, std::string> variables;
        const char* plain;
        const char* tls;
    };
    const row rows[] = {
        {{}, "direct", "direct"},
        {{{"http_proxy", "a:1"}}, "http://a:1", "direct"},
        {{{"HTTP_PROXY", "a:1"}}, "http://a:1", "direct"},
        {{{"HTTP_PROXY", "a:1"}, {"http_proxy", "b:1"}}, "http://b:1", "direct"},
        {{{"HTTP_PROXY", "a:1"}, {"REQUEST_METHOD", "GET"}}, "direct", "direct"},
        {{{"http_proxy", "a:1"}, {"REQUEST_METHOD", "GET"}}, "http://a:1", "direct"},
        {{{"https_proxy", "a:1"}}, "direct", "http://a:1"},
        {{{"HTTPS_PROXY", "a:1"}}, "direct", "http://a:1"},
        {{{"HTTPS_PROXY", "a:1"}, {"https_proxy", "b:1"}}, "direct", "http://b:1"},
        {{{"ALL_PROXY", "a:1"}}, "http://a:1", "http://a:1"},
        {{{"all_proxy", "a:1"}, {"HTTPS_PROXY", "b:2"}}, "http://a:1", "http://b:2"},
        {{{"ALL_PROXY", "a:1"}, {"http_proxy", ""}}, "http://a:1", "http://a:1"},
        {{{"ALL_PROXY", "a:1"}, {"NO_PROXY", "s3"}}, "direct", "direct"},
        {{{"ALL_PROXY", "a:1"}, {"NO_PROXY", "other"}, {"no_proxy", "s3"}}, "direct", "direct"},
        {{{"ALL_PROXY", "a:1"}, {"NO_PROXY", "s3"}, {"no_proxy", "other"}}, "http://a:1", "http://a:1"},
    };
    for (const auto& r : rows) {
        const auto by = from(r.variables);
        CHECK(text_of(by.find(origin{"s3", 80, false})) == r.plain);
        CHECK(text_of(by.find(origin{"s3", 443, true})) == r.tls);
    }
}

TEST_CASE("a variable that is no proxy is named, and not repeated") {
    try {
        (void)from({{"HTTPS_PROXY", "http://u:SECRET@host:x"}});
        FAIL("taken");
    } catch (const error& e) {
        CHECK(e.detail().object == "HTTPS_PROXY");
        CHECK(std::string{e.what()}.find("SECRET") == std::string::npos);
    }
}

} // namespace proxy_options_test
