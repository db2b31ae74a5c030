// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/core/error.hpp>

#include <doctest/doctest.h>

#include <boost/asio/error.hpp>

#include <cerrno>
#include <set>
#include <stdexcept>
#include <string>

namespace error_test {

using namespace penstock;

inline constexpr int first_code = static_cast<int>(errc::invalid_url);
inline constexpr int last_code = static_cast<int>(errc::invalid_utf16);
inline constexpr int last_condition = static_cast<int>(condition::cancelled);

inline int conditions_of(error_code code) {
    int n = 0;
    for (int c = 1; c <= last_condition; ++c)
        if (code == static_cast<condition>(c)) ++n;
    return n;
}

TEST_CASE("every code has a text of its own and exactly one condition") {
    std::set<std::string> texts;
    for (int value = first_code; value <= last_code; ++value) {
        const auto code = make_error_code(static_cast<errc>(value));
        CAPTURE(value);
        CHECK(code.failed());
        CHECK(code.message() != "unknown error");
        CHECK(texts.insert(code.message()).second);
        CHECK(conditions_of(code) == 1);
        CHECK(code.default_error_condition().category() == condition_category());
    }
    CHECK(make_error_code(static_cast<errc>(last_code + 1)).message() == "unknown error");
    CHECK(conditions_of(make_error_code(static_cast<errc>(last_code + 1))) == 0);
}

TEST_CASE("every condition has a text") {
    std::set<std::string> texts;
    for (int c = 1; c <= last_condition; ++c) {
        const auto text = make_error_condition(static_cast<condition>(c)).message();
        CHECK(text != "unknown condition");
        CHECK(texts.insert(text).second);
    }
}

TEST_CASE("codes of the system and of Asio belong to conditions") {
    const auto system = [](int code) { return error_code{code, boost::system::system_category()}; };
    CHECK(system(ENOENT) == condition::not_found);
    CHECK(system(EACCES) == condition::access_denied);
    CHECK(system(EPERM) == condition::access_denied);
    CHECK(system(EROFS) == condition::access_denied);
    CHECK(system(ETIMEDOUT) == condition::timeout);
    CHECK(system(ECONNREFUSED) == condition::connection);
    CHECK(system(ECONNRESET) == condition::connection);
    CHECK(system(EPIPE) == condition::connection);
    CHECK(system(EHOSTUNREACH) == condition::connection);
    CHECK(system(ENOSPC) == condition::limit);
    CHECK(system(EFBIG) == condition::limit);
    CHECK(system(EMFILE) == condition::limit);
    CHECK(system(ENOMEM) == condition::limit);
    CHECK(error_code{boost::asio::error::operation_aborted} == condition::cancelled);
    CHECK(error_code{boost::asio::error::eof} == condition::connection);
    CHECK(conditions_of(system(EINVAL)) == 0);
    CHECK(conditions_of(error_code{}) == 0);
}

TEST_CASE("a failure without a story reads as its code") {
    const failure f = errc::no_such_key;
    CHECK(f.message() == "no such object");
    CHECK(f.detail().bucket.empty());
    CHECK(static_cast<bool>(f));
    CHECK_FALSE(static_cast<bool>(failure{}));
}

TEST_CASE("the story of a service error, in order") {
    error_detail d;
    d.operation = "get object";
    d.bucket = "lake";
    d.key = "a/b.csv";
    d.endpoint = "https://s3.example";
    d.message = "The specified key does not exist.";
    d.http_status = 404;
    d.service_code = "NoSuchKey";
    d.request_id = "R1";
    d.region = "eu-central-1";
    d.credential_source = "environment (…WXYZ)";
    d.attempts.resize(3);
    d.hint = "check the key";
    CHECK(failure{errc::no_such_key, d}.message() ==
          "get object s3://lake/a/b.csv: no such object: The specified key does not exist. (NoSuchKey, HTTP 404, "
          "request id R1, region eu-central-1, endpoint https://s3.example, credentials from environment (…WXYZ), "
          "attempts 3); hint: check the key");
}

TEST_CASE("the story of a parse error names line, column and byte") {
    error_detail d;
    d.operation = "read csv";
    d.object = "/data/a.csv";
    d.line = 7;
    d.column = 3;
    d.byte_offset = 120;
    CHECK(failure{errc::ragged_row, d}.message() ==
          "read csv /data/a.csv, line 7, column 3, byte 120: a row has the wrong number of fields");
    error_detail bare;
    bare.line = 2;
    CHECK(failure{errc::ragged_row, bare}.message() == "line 2: a row has the wrong number of fields");
    error_detail offset;
    offset.byte_offset = 0;
    CHECK(failure{errc::malformed_json, offset}.message() == "byte 0: malformed JSON");
}

TEST_CASE("object stands for bucket and key, one attempt is not told") {
    error_detail d;
    d.object = "memory";
    d.bucket = "lake";
    d.attempts.resize(1);
    CHECK(failure{errc::unsupported, d}.message() == "memory: not supported");
    error_detail bucket;
    bucket.bucket = "lake";
    CHECK(failure{errc::no_such_bucket, bucket}.message() == "s3://lake: no such bucket");
}

TEST_CASE("no control character of any field reaches the line") {
    const std::string evil = "a\nb\r\t\x1b[31m\x7f" + std::string(1, '\0');
    error_detail d;
    d.operation = evil;
    d.bucket = evil;
    d.key = evil;
    d.endpoint = evil;
    d.message = evil;
    d.http_status = 500;
    d.service_code = evil;
    d.request_id = evil;
    d.host_id = evil;
    d.region = evil;
    d.credential_source = evil;
    d.hint = evil;
    auto text = failure{errc::service_error, d}.message();
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(text.find('\x7f') == std::string::npos);
    d.object = evil;
    text = failure{errc::service_error, d}.message();
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(text.find("a\\nb\\r\\t\\x1b[31m\\x7f\\x00") != std::string::npos);
}

TEST_CASE("printable escapes, cuts, and leaves UTF-8 alone") {
    CHECK(printable("plain") == "plain");
    CHECK(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
    CHECK(printable(std::string_view{"\0\x01\n\r\t\x7f", 6}) == "\\x00\\x01\\n\\r\\t\\x7f");
    CHECK(printable("a\xff\xc3") == "a\\xff\\xc3");
    // controls beyond ASCII, and writing directions
    CHECK(printable("\xc2\x9b[31m \xe2\x80\xae \xe2\x80\xa8") ==
          "\\xc2\\x9b[31m \\xe2\\x80\\xae \\xe2\\x80\\xa8");
    CHECK(printable("ab\xc3\xbc", 3) == "ab...");
    CHECK(printable("abcdef", 3) == "abc...");
    CHECK(printable("abc", 3) == "abc");
    CHECK(printable("", 0).empty());
}

TEST_CASE("text beyond all measure is cut") {
    error_detail d;
    d.message = std::string(1'000'000, 'x');
    d.key = std::string(1'000'000, 'k');
    d.bucket = "b";
    d.request_id = std::string(1'000'000, 'r');
    CHECK(failure{errc::service_error, d}.message().size() < 4000);
}

TEST_CASE("with changes a copy and keeps the code") {
    const failure f{errc::access_denied, "no", "ask"};
    const auto g = f.with([](error_detail& d) { d.bucket = "lake"; });
    CHECK(f.detail().bucket.empty());
    CHECK(g.detail().bucket == "lake");
    CHECK(g.detail().hint == "ask");
    CHECK(g.code() == errc::access_denied);
    const failure copy = g; // shares the story
    CHECK(&copy.detail() == &g.detail());
}

TEST_CASE("error carries code, story and what()") {
    try {
        throw_failure(failure{errc::throttled, "slow", "wait"});
        FAIL("nothing thrown");
    } catch (const boost::system::system_error& e) {
        CHECK(std::string{e.what()} == "the store asks to slow down: slow; hint: wait");
        CHECK(e.code() == errc::throttled);
        CHECK(e.code() == condition::throttled);
        const auto& x = dynamic_cast<const error&>(e);
        CHECK(x.detail().hint == "wait");
        const error copy = x;
        CHECK(std::string{copy.what()} == x.what());
    }
}

TEST_CASE("result throws error from value()") {
    const result<int> good{4};
    CHECK(good.value() == 4);
    const result<int> bad = failure{errc::missing_key, "empty key"};
    CHECK_FALSE(bad.has_value());
    CHECK_THROWS_AS((void)bad.value(), error);
    try {
        (void)bad.value();
    } catch (const error& e) {
        CHECK(e.code() == errc::missing_key);
        CHECK(e.detail().message == "empty key");
    }
}

TEST_CASE("to_failure takes penstock's and Asio's exceptions and no others") {
    const auto caught = [](auto e) { return std::make_exception_ptr(std::move(e)); };
    const auto own = to_failure(caught(error{failure{errc::closed, "story"}}));
    CHECK(own.code() == errc::closed);
    CHECK(own.detail().message == "story");
    const auto asio = to_failure(caught(boost::system::system_error{boost::asio::error::operation_aborted}));
    CHECK(asio.code() == condition::cancelled);
    CHECK_THROWS_AS(to_failure(caught(std::logic_error{"mine"})), std::logic_error);
    CHECK_THROWS_AS(to_failure(caught(std::bad_alloc{})), std::bad_alloc);
    CHECK_THROWS_AS(to_failure(caught(42)), int);
}

} // namespace error_test
