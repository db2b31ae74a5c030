// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "store.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>

#include <doctest/doctest.h>

#include <algorithm>

#include <memory>

/// Every fault of the embedded server's plan, once, over real sockets: it ends in the right error, or in none.
namespace faults_test {

using namespace penstock;
using store_test::store;
using testing::fault;
using testing::fault_rule;

inline std::string text_of(std::size_t n) {
    std::string s(n, '\0');
    for (std::size_t i = 0; i < n; ++i) s[i] = static_cast<char>('a' + i * 31 % 26);
    return s;
}

struct lab {
    explicit lab(bool tls = false) : st{tls} {
        st.server->put("bucket", "key", body);
        st.server->put("bucket", "small", "small");
    }

    s3::client client(duration stall = std::chrono::milliseconds{400}, std::string retries = "default") {
        auto o = st.options();
        http::transport_options t;
        t.stall_timeout(stall).first_byte_timeout(stall);
        aws::retry_options r = aws::retry_options::preset(retries);
        r.first_delay(std::chrono::milliseconds{1}).throttled_delay(std::chrono::milliseconds{1});
        o.transport(t).retry(r);
        return s3::client{st.io.get_executor(), o};
    }
    testing::fault_plan& plan() { return st.server->faults(); }

    result<s3::stored_object> get(s3::client c, std::string key = "key") {
        return st.run(as_result(c.get("s3://bucket/" + key)));
    }

    std::string body = text_of(900'000);
    store st;
};

/// Only the embedded server fails on demand.
#define ON_EMBEDDED_ONLY                                                                                             \
    if (store_test::store_name() != "embedded") return

TEST_CASE("faults: a body that breaks off goes on at its byte, pinned to its ETag") {
    ON_EMBEDDED_ONLY;
    for (const bool tls : {false, true}) {
        for (const auto& f : {fault::close_at(100'000), fault::reset_at(350'000), fault::stall_at(200'000),
                              fault::close_at(0)}) {
            CAPTURE(f.describe());
            lab l{tls};
            l.plan().add(fault_rule{f}.method("GET").times(1));
            auto c = l.client();
            const auto got = l.get(c);
            REQUIRE_MESSAGE(got.has_value(), got.error().message());
            CHECK(got->body == l.body);
            CHECK(c.statistics().resumes == 1);
            const auto& again = l.st.server->requests().back();
            CHECK(!again.headers["if-match"].empty());
            CHECK(again.headers["range"].starts_with("bytes="));
        }
    }
}

TEST_CASE("faults: an object that changes while it is read is an error, whatever the store does with If-Match") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().add(fault_rule{fault::close_at(300'000)}.times(1));
    auto c = l.client();
    auto read = [](lab* l, s3::client c) -> awaitable<void> {
        auto reader = co_await c.open("s3://bucket/key");
        std::vector<std::byte> some(1'000);
        co_await reader.read(some);
        l->st.server->put("bucket", "key", "something else");
        const auto rest = co_await as_result(reader.read_all());
        REQUIRE(rest.has_error());
        CHECK(rest.error().code() == errc::object_changed);
        CHECK(rest.error().code() == condition::changed);
        CHECK(rest.error().message().find("s3://bucket/key") != std::string::npos);
    };
    l.st.run(read(&l, c));

    lab m;
    m.plan().add(fault_rule{fault::close_at(300'000)}.times(1)).add(fault_rule{fault::wrong_etag()}.from(2));
    const auto got = m.get(m.client());
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::object_changed);
}

TEST_CASE("faults: a server that only ever breaks is given up, in bounded time") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().add(fault_rule{fault::close_at(0)}.times(0));
    auto c = l.client();
    const auto got = l.get(c);
    REQUIRE(got.has_error());
    CHECK(got.error().code() == condition::connection);
    CHECK(l.st.server->statistics().requests <= 20);
}

TEST_CASE("faults: failing answers are retried, and refusals are not") {
    ON_EMBEDDED_ONLY;
    struct row {
        fault what;
        std::uint64_t requests;
        bool succeeds;
    };
    const row rows[] = {
        {fault::internal_error(), 2, true},
        {fault::slow_down(), 2, true},
        {fault::slow_down(5), 2, true},
        {fault::answer(400, "RequestTimeout", "Your socket connection was not read."), 2, true},
        {fault::close_before_head(), 2, true},
        {fault::reset_before_head(), 2, true},
        {fault::stall_before_head(), 2, true},
        {fault::answer(403, "AccessDenied", "Access Denied"), 1, false},
        {fault::answer(404, "NoSuchKey", "The specified key does not exist."), 1, false},
        {fault::answer(501, "NotImplemented", "no"), 1, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what.describe());
        lab l;
        l.plan().next(r.what);
        auto c = l.client();
        const auto got = l.get(c, "small");
        CHECK(got.has_value() == r.succeeds);
        CHECK(c.statistics().requests == r.requests);
        if (got) CHECK(got->body == "small");
    }
}

TEST_CASE("faults: retries end, and the error tells how many there were") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().add(fault_rule{fault::internal_error()}.times(0));
    auto c = l.client();
    const auto got = l.get(c);
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::service_unavailable);
    CHECK(got.error().detail().attempts.size() == 6);
    CHECK(got.error().detail().service_code == "InternalError");
    CHECK(!got.error().detail().request_id.empty());
    CHECK(got.error().message().find("attempts 6") != std::string::npos);
}

TEST_CASE("faults: a redirect is no success, and names the region") {
    ON_EMBEDDED_ONLY;
    for (const int status : {301, 307}) {
        lab l;
        l.plan().add(fault_rule{fault::redirect(status, "eu-west-1")}.times(0));
        const auto got = l.get(l.client());
        REQUIRE(got.has_error());
        CHECK(got.error().code() == errc::wrong_region);
        CHECK(got.error().message().find("eu-west-1") != std::string::npos);
    }
}

TEST_CASE("faults: an error in a 200 is an error, and retried where that helps") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().next(fault::error_in_200());
    auto c = l.client();
    auto copied = l.st.run(as_result(c.copy("s3://bucket/small", "s3://bucket/copy")));
    CHECK_MESSAGE(copied.has_value(), copied.error().message());
    CHECK(c.statistics().requests == 2);
    l.plan().next(fault::error_in_200("AccessDenied", "no"));
    copied = l.st.run(as_result(c.copy("s3://bucket/small", "s3://bucket/copy")));
    REQUIRE(copied.has_error());
    CHECK(copied.error().code() == errc::access_denied);
}

TEST_CASE("faults: broken HTTP is told as such, and the client goes on working") {
    ON_EMBEDDED_ONLY;
    struct row {
        fault what;
        error_code code;
    };
    const row rows[] = {
        {fault::header_flood(300'000), errc::header_too_large},
        {fault::garbage(), errc::malformed_response},
        {fault::wrong_length(-2), errc::body_too_long},
        {fault::wrong_length(500), errc::object_changed},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what.describe());
        lab l;
        l.plan().next(r.what);
        auto c = l.client();
        auto got = l.get(c, "small");
        REQUIRE(got.has_error());
        CHECK(got.error().code() == r.code);
        CHECK(got.error().message().find("s3://bucket/small") != std::string::npos);
        got = l.get(c, "small");
        CHECK(got.has_value());
    }
    lab l;
    s3::get_object_options part;
    part.range(s3::object_range::slice(1'000, 1'000));
    l.plan().next(fault::wrong_range(5));
    auto c = l.client();
    const auto ranged = l.st.run(as_result(c.get("s3://bucket/key", part)));
    REQUIRE(ranged.has_error());
    CHECK(ranged.error().code() == errc::malformed_response);
}

TEST_CASE("faults: a connection that the server closed while idle costs nothing") {
    ON_EMBEDDED_ONLY;
    lab l;
    auto c = l.client();
    CHECK(l.get(c, "small").has_value());
    const auto before = c.statistics();
    l.plan().next(fault::close_before_head());
    CHECK(l.get(c, "small").has_value());
    CHECK(c.statistics().retries == before.retries); // a reconnect is no retry
}

TEST_CASE("faults: uploads that break are sent again, whole") {
    ON_EMBEDDED_ONLY;
    for (const auto& f : {fault::close_request_at(50'000), fault::reset_request_at(200'000), fault::internal_error(),
                          fault::close_before_head()}) {
        CAPTURE(f.describe());
        lab l;
        l.plan().add(fault_rule{f}.method("PUT").times(1));
        auto c = l.client();
        const auto put = l.st.run(as_result(c.put("s3://bucket/up", l.body)));
        REQUIRE_MESSAGE(put.has_value(), put.error().message());
        const auto got = l.get(c, "up");
        REQUIRE(got.has_value());
        CHECK(got->body == l.body);
    }
}

TEST_CASE("faults: a multipart upload that fails is aborted, and its object never appears") {
    ON_EMBEDDED_ONLY;
    lab l;
    auto write = [](lab* l) -> awaitable<void> {
        auto c = l->client();
        {
            auto writer = c.create("s3://bucket/up");
            l->plan().add(fault_rule{fault::answer(403, "AccessDenied", "no")}.query("partNumber=2").times(0));
            const auto block = text_of(std::size_t{1} << 20);
            failure f;
            for (int i = 0; i < 20 && !f; ++i) {
                const auto r = co_await as_result(writer.write(std::string_view{block}));
                if (!r) f = r.error();
            }
            if (!f) { // the part failed after the last write had begun
                const auto r = co_await as_result(writer.commit());
                REQUIRE(r.has_error());
                f = r.error();
            }
            CHECK(f.code() == errc::access_denied);
            CHECK(f.detail().upload_id == writer.upload_id());
            const auto after = co_await as_result(writer.commit());
            REQUIRE(after.has_error());
            CHECK(after.error().code() == errc::closed);
        }
        co_await sleep_for(make_system_clock(), std::chrono::milliseconds{200});
        const auto& sent = l->st.server->requests();
        CHECK(std::count_if(sent.begin(), sent.end(), [](const auto& r) { return r.method == "DELETE" && r.status == 204; }) == 1);
        CHECK(std::count_if(sent.begin(), sent.end(), [](const auto& r) { return r.code == "NoSuchUpload"; }) == 1);
        const auto head = co_await as_result(c.head("s3://bucket/up"));
        CHECK(head.has_error());
    };
    l.st.run(write(&l));
}

TEST_CASE("faults: cancelling ends an operation at once, closes its connection and sends nothing more") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().next(fault::stall_before_head());
    auto cancel = [](lab* l) -> awaitable<void> {
        auto c = l->client(std::chrono::seconds{60});
        const auto r = co_await as_result(with_timeout(c.get("s3://bucket/key"), std::chrono::milliseconds{100}));
        REQUIRE(r.has_error());
        CHECK(r.error().code() == errc::deadline_exceeded);
        const auto sent = l->st.server->statistics().requests;
        co_await sleep_for(make_system_clock(), std::chrono::milliseconds{100});
        CHECK(l->st.server->statistics().requests == sent);
        CHECK(l->st.server->statistics().open_connections == 0);
        const auto got = co_await c.get("s3://bucket/small");
        CHECK(got.body == "small");
    };
    l.st.run(cancel(&l));
}

TEST_CASE("faults: slow but steady is no error") {
    ON_EMBEDDED_ONLY;
    lab l;
    l.plan().next(fault::trickle(100'000, std::chrono::milliseconds{50}));
    const auto got = l.get(l.client());
    REQUIRE(got.has_value());
    CHECK(got->body == l.body);
}

TEST_CASE("faults: what cannot be reached") {
    ON_EMBEDDED_ONLY;
    lab l{true};
    auto o = l.st.options();
    o.retry(aws::retry_options::preset("none"));
    const auto ask = [&](s3::client_options options) {
        s3::client c{l.st.io.get_executor(), std::move(options)};
        auto r = l.st.run(as_result(c.get("s3://bucket/key")));
        REQUIRE(r.has_error());
        CHECK(r.error().message().find("hint") != std::string::npos);
        CHECK(r.error().message().find(l.st.secret_key) == std::string::npos);
        return r.error().code();
    };
    auto untrusted = o;
    untrusted.tls(http::tls_options());
    CHECK(ask(untrusted) == errc::certificate_rejected);

    auto refused = o;
    refused.endpoint_url("http://127.0.0.1:9");
    CHECK(ask(refused) == condition::connection);

    auto unknown = o;
    unknown.endpoint_url("http://no-such-host.invalid");
    CHECK(ask(unknown) == errc::host_not_found);

    auto plain_to_tls = o;
    auto url = l.st.endpoint;
    plain_to_tls.endpoint_url("http" + url.substr(5));
    s3::client c{l.st.io.get_executor(), plain_to_tls};
    CHECK(l.st.run(as_result(c.get("s3://bucket/key"))).has_error());

    auto unverified = o;
    http::tls_options off;
    off.verify(false);
    unverified.tls(off);
    s3::client trusting{l.st.io.get_executor(), unverified};
    CHECK(l.st.run(as_result(trusting.get("s3://bucket/small"))).has_value());
}

TEST_CASE("faults: options that cannot work are refused before anything is sent") {
    ON_EMBEDDED_ONLY;
    asio::io_context io{1};
    const auto refused = [&](s3::client_options o) -> error_code {
        try {
            s3::client c{io.get_executor(), o};
        } catch (const error& e) {
            return e.code();
        }
        return {};
    };
    s3::client_options o;
    o.environment(aws::environment{std::map<std::string, std::string>{}});
    CHECK(refused(s3::client_options{o}.endpoint_url("127.0.0.1:9000")) == errc::invalid_endpoint);
    CHECK(refused(s3::client_options{o}.endpoint_url("ftp://host")) == errc::invalid_endpoint);
    CHECK(refused(s3::client_options{o}.region("US-EAST-1")) == errc::invalid_region);
    CHECK(refused(s3::client_options{o}.region("us-east-11")) == errc::invalid_region);
    CHECK(!refused(s3::client_options{o}.region("us-east-11").check_region(false)).failed());
    CHECK(refused(s3::client_options{o}.host_header("x")) == errc::invalid_option);
    CHECK(refused(s3::client_options{o}.memory_budget(1000)) == errc::invalid_option);
    CHECK(refused(s3::client_options{o}.user_agent("a\r\nb: c")) == errc::invalid_option);
    s3::client c{io.get_executor(), o};
    for (const auto& url : {"", "s3:/x", "http://bucket/key", "s3://", "s3:///key"}) {
        CAPTURE(url);
        CHECK_THROWS_AS((void)s3::object_address{url}, error);
    }
}

#undef ON_EMBEDDED_ONLY

} // namespace faults_test
