// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/error.hpp>
#include <penstock/http/header_list.hpp>
#include <penstock/http/origin.hpp>
#include <penstock/http/request.hpp>

#include <doctest/doctest.h>

#include <string>

namespace header_list_test {

using namespace penstock;
using http::header_list;

TEST_CASE("fields keep their order, their case and their wire form") {
    header_list h;
    CHECK(h.empty());
    h.add("Host", "a.example");
    h.add("Content-Length", 18446744073709551615ULL);
    h.add("X-Empty", "");
    CHECK(h.text() == "Host: a.example\r\nContent-Length: 18446744073709551615\r\nX-Empty: \r\n");
    CHECK(h.size() == 3);
    CHECK(h[0].name == "Host");
    CHECK(h[2].value.empty());
    h.clear();
    CHECK(h.empty());
    CHECK(h.text().empty());
}

TEST_CASE("names are found without case, and only whole") {
    header_list h;
    h.add("ETag", "1");
    h.add("etag", "2");
    CHECK(h.find("ETAG") == "1");
    CHECK(h["eTaG"] == "1");
    CHECK_FALSE(h.contains("eta"));
    CHECK_FALSE(h.contains("etags"));
    CHECK_FALSE(h.contains(""));
    CHECK(h["none"].empty());
    // case folds ASCII letters alone: '[' and '{' differ by the same bit
    CHECK_FALSE(http::iequals("a[", "a{"));
    CHECK(http::iequals("AZ-az", "az-AZ"));
}

TEST_CASE("set puts one in the place of all") {
    header_list h;
    h.add("A", "1");
    h.add("B", "2");
    h.add("a", "3");
    h.set("a", "new");
    CHECK(h.text() == "a: new\r\nB: 2\r\n");
    h.set("C", "4");
    CHECK(h.text() == "a: new\r\nB: 2\r\nC: 4\r\n");
    h.set("C", h["a"]); // views into the list itself
    CHECK(h["c"] == "new");
    h.set(h[1].name, h[0].value);
    CHECK(h.text() == "a: new\r\nB: new\r\nC: new\r\n");
}

TEST_CASE("remove takes all of a name") {
    header_list h;
    h.add("A", "1");
    h.add("B", "2");
    h.add("a", "3");
    h.remove("none");
    CHECK(h.size() == 3);
    h.remove("a");
    CHECK(h.text() == "B: 2\r\n");
    CHECK(h[0].value == "2");
    h.remove("B");
    CHECK(h.empty());
}

TEST_CASE("no text from outside starts a header of its own") {
    const std::string evil_values[] = {"a\r\nX: y", "a\n", "\r", std::string(1, '\0'), "\x01", "\x7f", "\x1b[0m"};
    const std::string evil_names[] = {"", "a b", "a:", "a\r\n", "\xc3\xbc", "a\t", "(a)", std::string("a\0b", 3)};
    header_list h;
    h.add("A", "old");
    for (const auto& v : evil_values) {
        CAPTURE(v);
        CHECK_FALSE(http::valid_header("A", v));
        CHECK_THROWS_AS(h.add("A", v), error);
        CHECK_THROWS_AS(h.set("A", v), error);
        CHECK_THROWS_AS(h.set("B", v), error);
    }
    for (const auto& n : evil_names) {
        CAPTURE(n);
        CHECK_FALSE(http::valid_header(n, "v"));
        CHECK_THROWS_AS(h.add(n, "v"), error);
        CHECK_THROWS_AS(h.add(n, 1), error);
        CHECK_THROWS_AS(h.set(n, "v"), error);
    }
    CHECK(h.text() == "A: old\r\n"); // a refused change changes nothing
    try {
        h.add("X\r\nInjected", "v");
    } catch (const error& e) {
        CHECK(e.code() == errc::invalid_option);
        CHECK(e.code() == condition::configuration);
        CHECK(std::string{e.what()}.find('\n') == std::string::npos);
    }
    CHECK(http::valid_header("A", "tab\tand \xc3\xbc"));
}

TEST_CASE("a request's text") {
    http::request r;
    r.headers.add("Host", "h");
    std::string out = "kept ";
    r.append_to(out);
    CHECK(out == "kept GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    r.method = "PUT";
    r.path = "/a%20b";
    r.query = "uploads=";
    out.clear();
    r.append_to(out);
    CHECK(out == "PUT /a%20b?uploads= HTTP/1.1\r\nHost: h\r\n\r\n");
    r.clear();
    CHECK(r.method == "GET");
    CHECK(r.path == "/");
    CHECK(r.query.empty());
    CHECK(r.headers.empty());
}

TEST_CASE("an origin for people") {
    CHECK(http::origin{"h", 443, true}.url() == "https://h");
    CHECK(http::origin{"h", 80, true}.url() == "https://h:80");
    CHECK(http::origin{"h", 80, false}.url() == "http://h");
    CHECK(http::origin{"::1", 9000, false}.url() == "http://[::1]:9000");
    CHECK(http::origin{"h", 1, true} != http::origin{"h", 1, false});
}

} // namespace header_list_test
