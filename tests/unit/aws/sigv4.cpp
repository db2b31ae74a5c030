// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/sigv4.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/aws/uri.hpp>
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace test_aws_sigv4 {

namespace aws = penstock::aws;
namespace http = penstock::http;
using penstock::errc;

const std::string key_id = "AKIAIOSFODNN7EXAMPLE";
const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

penstock::wall_time at(std::string_view amz_date) {
    return aws::parse_amz_date(amz_date).value().to_wall_time();
}

http::request get_range() {
    http::request r;
    r.path = "/test.txt";
    r.headers.add("Host", "examplebucket.s3.amazonaws.com");
    r.headers.add("Range", "bytes=0-9");
    return r;
}

std::string canonical_of(std::vector<http::header_view> headers, std::string_view path = "/",
                         aws::sigv4_path_rules rules = {}) {
    aws::sigv4_message m;
    m.method = "GET";
    m.path = path;
    m.headers = headers;
    m.payload_hash = "P";
    m.path_rules = rules;
    return aws::canonical_request(m);
}

TEST_CASE("aws/sigv4: hashes") {
    CHECK(aws::sha256_hex("") == aws::empty_payload_hash);
    CHECK(aws::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::vector<std::uint8_t> key(20, 0x0b); // RFC 4231, case 1
    CHECK(aws::hex(aws::hmac_sha256(key, "Hi There")) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    aws::sha256_hasher hasher;
    hasher.update(std::string_view{"a"});
    hasher.update(std::string_view{"bc"});
    CHECK(hasher.finish() == aws::sha256("abc"));
    CHECK(hasher.finish_hex() == aws::empty_payload_hash);
    aws::sha256_hasher moved = std::move(hasher);
    moved.update(std::string_view{"abc"});
    CHECK(moved.finish() == aws::sha256("abc"));
}

TEST_CASE("aws/sigv4: the key of the published example") {
    CHECK(aws::hex(
              aws::signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")) ==
          "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST_CASE("aws/sigv4: header fields are lower case, sorted, trimmed, folded and joined") {
    CHECK(canonical_of(
              {{"Host", "h"}, {"B", "  1   2\t 3 "}, {"a", "x"}, {"b", "second"}, {"A", ""}, {"C", ""}}) ==
          "GET\n/\n\na:x,\nb:1 2 3,second\nc:\nhost:h\n\na;b;c;host\nP");
    CHECK(canonical_of({}) == "GET\n/\n\n\n\nP");
    // Spaces within quotes are folded, too.
    CHECK(canonical_of({{"a", "\"x   y\""}}) == "GET\n/\n\na:\"x y\"\n\na\nP");
    // "x-amz-date" sorts before "x-amz-date-2": by the name, not by the line.
    CHECK(aws::signed_headers(std::vector<http::header_view>{{"x-amz-date-2", ""}, {"X-Amz-Date", ""}}) ==
          "x-amz-date;x-amz-date-2");
}

TEST_CASE("aws/sigv4: many headers sort the same way as few") {
    std::vector<http::header_view> headers;
    std::vector<std::string> names;
    for (int i = 0; i < 100; ++i) names.push_back("n" + std::to_string((i * 37) % 100 / 2));
    for (const auto& n : names) headers.push_back({n, "v"});
    auto sorted = names;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    std::string expected;
    for (const auto& n : sorted) expected += (expected.empty() ? "" : ";") + n;
    CHECK(aws::signed_headers(headers) == expected);
}

TEST_CASE("aws/sigv4: paths") {
    const auto path_of = [](std::string_view path, bool normalize, bool twice) {
        aws::sigv4_path_rules rules;
        rules.normalize = normalize;
        rules.double_encode = twice;
        const auto text = canonical_of({}, path, rules);
        return text.substr(4, text.find('\n', 4) - 4);
    };
    struct row {
        const char *path, *plain, *normalized, *twice;
    };
    static constexpr row rows[] = {
        {"", "/", "/", "/"},
        {"/", "/", "/", "/"},
        {"//", "//", "/", "//"},
        {"/./", "/./", "/", "/./"},
        {"/a/../b", "/a/../b", "/b", "/a/../b"},
        {"/..", "/..", "/", "/.."},
        {"/../../a", "/../../a", "/a", "/../../a"},
        {"/a/./b/", "/a/./b/", "/a/b/", "/a/./b/"},
        {"/a%20b", "/a%20b", "/a%20b", "/a%2520b"},
        {"/...", "/...", "/...", "/..."},
    };
    for (const auto& r : rows) {
        CAPTURE(r.path);
        CHECK(path_of(r.path, false, false) == r.plain);
        CHECK(path_of(r.path, true, false) == r.normalized);
        CHECK(path_of(r.path, false, true) == r.twice);
    }
}

TEST_CASE("aws/sigv4: the signer gives the published signature and adds its fields") {
    aws::signer signer{"us-east-1"};
    auto r = get_range();
    const auto signature = signer.sign(r, {key_id, secret}, at("20130524T000000Z"), aws::empty_payload_hash);
    CHECK(signature == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    CHECK(r.headers["x-amz-date"] == "20130524T000000Z");
    CHECK(r.headers["x-amz-content-sha256"] == aws::empty_payload_hash);
    CHECK_FALSE(r.headers.contains("x-amz-security-token"));
    CHECK(
        r.headers["authorization"] ==
        "AWS4-HMAC-SHA256 Credential=" + key_id +
            "/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=" +
            signature);
}

TEST_CASE("aws/sigv4: the signer agrees with the pure functions, whatever changes between two requests") {
    aws::signer signer{"eu-west-1"};
    const aws::credentials people[] = {
        {key_id, secret}, {key_id, secret, "TOKEN=="}, {key_id, secret + "x"}, {"OTHERKEYID", secret}};
    const char* dates[] = {"20240229T235959Z", "20240301T000000Z", "20240229T235959Z", "20240229T000000Z"};
    for (const auto& date : dates) {
        for (const auto& who : people) {
            for (int repeat = 0; repeat < 2; ++repeat) {
                auto r = get_range();
                r.method = "PUT";
                r.path = "/a%20b/../c";
                r.query = aws::canonical_query({{"partNumber", "2"}, {"uploadId", "x/y"}});
                r.headers.add("User-Agent", "not signed");
                r.headers.add("Content-Length", std::uint64_t{5});
                r.headers.add("x-amz-meta-b", " two  words ");
                const auto got = signer.sign(r, who, at(date), aws::unsigned_payload);

                std::vector<http::header_view> headers;
                for (std::size_t i = 0; i < r.headers.size(); ++i) {
                    const auto h = r.headers[i];
                    const bool skipped = http::iequals(h.name, "user-agent") ||
                                         http::iequals(h.name, "content-length") ||
                                         http::iequals(h.name, "authorization");
                    if (!skipped) headers.push_back(h);
                }
                aws::sigv4_message m;
                m.method = r.method;
                m.path = r.path;
                m.query = r.query;
                m.headers = headers;
                m.payload_hash = aws::unsigned_payload;
                const auto scope = aws::credential_scope(date, "eu-west-1", "s3");
                const auto key = aws::signing_key(who.secret_access_key, std::string_view{date}.substr(0, 8),
                                                  "eu-west-1", "s3");
                CHECK(got ==
                      aws::signature(key, aws::string_to_sign(date, scope, aws::canonical_request(m))));
                CHECK(r.headers["x-amz-security-token"] == who.session_token);
                CHECK(r.headers["authorization"].find(who.access_key_id + "/" + scope) !=
                      std::string_view::npos);
            }
        }
    }
}

TEST_CASE("aws/sigv4: signing again replaces the first signature") {
    aws::signer signer{"us-east-1"};
    auto r = get_range();
    signer.sign(r, {key_id, secret, "OLDTOKEN"}, at("20230101T000000Z"), aws::unsigned_payload);
    const auto n = r.headers.size();
    const auto signature = signer.sign(r, {key_id, secret}, at("20130524T000000Z"), aws::empty_payload_hash);
    CHECK(signature == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    CHECK(r.headers.size() == n - 1);
    CHECK(r.headers.text().find("OLDTOKEN") == std::string_view::npos);
}

TEST_CASE("aws/sigv4: the token of a session of a directory bucket has a name of its own") {
    http::request r;
    r.method = "GET";
    r.path = "/k";
    r.headers.add("Host", "h");
    const aws::credentials who{"AKID", "secret", "token"};
    aws::signer by_session{"us-east-1", "s3express", aws::token_name::s3session_token}, by_iam{"us-east-1", "s3express"};
    const penstock::wall_time now{};
    by_session.sign(r, who, now, aws::empty_payload_hash);
    CHECK(r.headers["x-amz-s3session-token"] == "token");
    CHECK_FALSE(r.headers.contains("x-amz-security-token"));
    CHECK(r.headers["Authorization"].find(";x-amz-s3session-token, Signature") != std::string_view::npos);
    by_iam.sign(r, who, now, aws::empty_payload_hash);
    CHECK(r.headers["x-amz-security-token"] == "token");
    CHECK_FALSE(r.headers.contains("x-amz-s3session-token"));
    http::request link;
    link.method = "GET";
    link.path = "/k";
    link.headers.add("Host", "h");
    const auto query = by_session.presign(link, who, now, std::chrono::seconds{60});
    CHECK(query.find("X-Amz-S3session-Token=token") != std::string::npos);
    CHECK(query.find("X-Amz-Security-Token") == std::string::npos);
}

TEST_CASE("aws/sigv4: a moved signer goes on") {
    aws::signer first{"us-east-1"};
    auto r = get_range();
    first.sign(r, {key_id, secret}, at("20130524T000000Z"), aws::empty_payload_hash);
    aws::signer second{std::move(first)};
    auto again = get_range();
    CHECK(second.sign(again, {key_id, secret}, at("20130524T000000Z"), aws::empty_payload_hash) ==
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("aws/sigv4: other services normalize the path and encode it again") {
    aws::signer sts{"us-east-1", "execute-api"}, s3{"us-east-1"};
    auto a = get_range(), b = get_range();
    a.path = "/x/../test.txt";
    b.path = "/test.txt";
    const auto normalized = std::string{sts.sign(a, {key_id, secret}, at("20130524T000000Z"), "P")};
    CHECK(normalized == sts.sign(b, {key_id, secret}, at("20130524T000000Z"), "P"));
    auto c = get_range(), d = get_range();
    c.path = "/x/../test.txt";
    const auto kept = std::string{s3.sign(c, {key_id, secret}, at("20130524T000000Z"), "P")};
    CHECK(kept != s3.sign(d, {key_id, secret}, at("20130524T000000Z"), "P"));
}

TEST_CASE("aws/sigv4: the published presigned URL") {
    aws::signer signer{"us-east-1"};
    http::request r;
    r.path = "/test.txt";
    r.headers.add("Host", "examplebucket.s3.amazonaws.com");
    CHECK(signer.presign(r, {key_id, secret}, at("20130524T000000Z"), std::chrono::seconds{86400}) ==
          "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%"
          "2Fs3%2F"
          "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-"
          "Signature="
          "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

errc code_of(const std::exception_ptr& e) {
    const auto f = penstock::to_failure(e);
    CHECK(f.message().find("wJalr") == std::string::npos);
    return static_cast<errc>(f.code().value());
}

template <class F>
errc thrown_by(F&& f) {
    try {
        f();
    } catch (...) {
        return code_of(std::current_exception());
    }
    FAIL_CHECK("nothing was thrown");
    return errc{};
}

TEST_CASE("aws/sigv4: what cannot be signed") {
    aws::signer signer{"us-east-1"};
    const auto now = at("20130524T000000Z");
    const aws::credentials good{key_id, secret};
    using std::chrono::seconds;
    auto r = get_range();
    for (const auto expires : {seconds{0}, seconds{-1}, seconds{604801}, seconds::max()}) {
        CHECK(thrown_by([&] { signer.presign(r, good, now, expires); }) == errc::invalid_option);
    }
    CHECK(signer.presign(r, good, now, seconds{604800}).size() > 0);
    http::request hostless;
    CHECK(thrown_by([&] { signer.presign(hostless, good, now, seconds{1}); }) == errc::invalid_option);
    CHECK(thrown_by([&] { signer.sign(r, {"", secret}, now, "P"); }) == errc::invalid_credentials);
    CHECK(thrown_by([&] { signer.sign(r, {key_id, ""}, now, "P"); }) == errc::invalid_credentials);
    const aws::credentials broken{key_id, secret, "wJalr\r\nEvil: 1"};
    CHECK(thrown_by([&] { signer.sign(r, broken, now, "P"); }) == errc::invalid_credentials);
    CHECK(thrown_by([&] {
              signer.sign(r, {key_id + "\r\nEvil: 1", secret}, now, "P");
          }) == errc::invalid_credentials);
    CHECK(thrown_by([&] { signer.sign(r, good, now, "P\r\nEvil: 1"); }) == errc::invalid_option);
    // The signer is still good.
    auto again = get_range();
    CHECK(signer.sign(again, good, now, aws::empty_payload_hash) ==
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("aws/sigv4: comparing signatures") {
    CHECK(aws::constant_time_equal("", ""));
    CHECK(aws::constant_time_equal("abc", "abc"));
    CHECK_FALSE(aws::constant_time_equal("abc", "abd"));
    CHECK_FALSE(aws::constant_time_equal("abc", "abcd"));
    CHECK_FALSE(aws::constant_time_equal("", "a"));
}

} // namespace test_aws_sigv4
