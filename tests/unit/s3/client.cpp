// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <exception>
#include <optional>

namespace client_test {

using namespace penstock;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";

std::string document(int status, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " S\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string{body};
}
std::string refusal(int status, std::string_view code) {
    return document(status, "<Error><Code>" + std::string{code} + "</Code><Message>x</Message></Error>");
}

TEST_CASE("client: a call outlives the client it was made on") {
    world w{{ok}};
    auto call = s3::client{w.io.get_executor(), w.options}.head("s3://b/k");
    CHECK(w.run(std::move(call)).etag.value() == "e");
}

TEST_CASE("client: half a key in the environment is told at construction") {
    asio::io_context io;
    s3::client_options o;
    o.endpoint_url("http://127.0.0.1:1").environment(aws::environment{{{"AWS_ACCESS_KEY_ID", "AKID"}}});
    CHECK_THROWS_WITH_AS(s3::client(io.get_executor(), o),
                         doctest::Contains("AWS_SECRET_ACCESS_KEY is not"), penstock::error);
}

TEST_CASE("client: each kind of bucket is asked at its host, signed for its region and service") {
    const auto empty = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
    const auto session = document(
        200, "<CreateSessionResult><Credentials><SessionToken>T</SessionToken><SecretAccessKey>S</SecretAccessKey><AccessKeyId>"
             "K</AccessKeyId><Expiration>2026-01-01T00:05:00Z</Expiration></Credentials></CreateSessionResult>");
    world w{{ok, ok, session, ok, empty, ok}};
    w.options.endpoint_url("").path_style(false).region("eu-west-1").dual_stack(true);
    auto client = w.client();
    w.run(client.head("s3://lake/k"));
    w.run(client.head("s3://arn:aws:s3:us-west-2:123456789012:accesspoint/point/k"));
    w.run(client.head("s3://logs--euw1-az1--x-s3/k"));
    w.run(client.remove_bucket("logs--euw1-az1--x-s3"));
    w.run(client.create_bucket("lake"));
    CHECK(w.how->hosts == std::vector<std::string>{
                              "https://lake.s3.dualstack.eu-west-1.amazonaws.com",
                              "https://point-123456789012.s3-accesspoint.dualstack.us-west-2.amazonaws.com",
                              "https://logs--euw1-az1--x-s3.s3express-euw1-az1.dualstack.eu-west-1.amazonaws.com",
                              "https://logs--euw1-az1--x-s3.s3express-euw1-az1.dualstack.eu-west-1.amazonaws.com",
                              "https://s3express-control.dualstack.eu-west-1.amazonaws.com",
                              "https://lake.s3.dualstack.eu-west-1.amazonaws.com",
                          });
    const char* starts[] = {"HEAD /k ", "HEAD /k ", "GET /?session= ", "HEAD /k ", "DELETE /logs--euw1-az1--x-s3 ", "PUT / "};
    const char* scopes[] = {"/eu-west-1/s3/", "/us-west-2/s3/", "/eu-west-1/s3express/", "/eu-west-1/s3express/",
                            "/eu-west-1/s3express/", "/eu-west-1/s3/"};
    REQUIRE(w.how->requests.size() == std::size(starts));
    for (std::size_t i = 0; i < std::size(starts); ++i) {
        CAPTURE(w.how->requests[i]);
        CHECK(w.how->requests[i].starts_with(starts[i]));
        CHECK(w.how->requests[i].find(scopes[i]) != std::string::npos);
    }
}

TEST_CASE("client: a bucket that cannot be resolved is told with the operation, and nothing is sent") {
    world w{{ok}};
    w.options.endpoint_url("").path_style(false).accelerate(true);
    const auto dotted = w.run(as_result(w.client().head("s3://my.lake/k")));
    REQUIRE(dotted.has_error());
    CHECK(dotted.error().code() == errc::invalid_option);
    CHECK(dotted.error().message().find("head object s3://my.lake") == 0);
    const auto link = w.run(as_result(w.client().presign("s3://my.lake/k", std::chrono::minutes{1})));
    REQUIRE(link.has_error());
    CHECK(link.error().detail().operation == "presign");
    CHECK(w.how->hosts.empty());

    w.options.fips(true);
    CHECK_THROWS_WITH_AS(w.client(), doctest::Contains("switch accelerate or fips off"), penstock::error);
}

TEST_CASE("get: of a store that sends the whole object for a range, the range is what the caller gets") {
    const std::string whole = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 10\r\n\r\n0123456789";
    const auto get = [&](s3::object_range range, std::string answer) {
        return world{{answer}}.get(s3::get_object_options{}.range(range));
    };
    using s3::object_range;
    CHECK(get(object_range::slice(3, 4), whole).value() == "3456");
    CHECK(get(object_range::slice(8, 4), whole).value() == "89");
    CHECK(get(object_range::from(7), whole).value() == "789");
    CHECK(get(object_range::suffix(3), whole).value() == "789");
    CHECK(get(object_range::suffix(30), whole).value() == "0123456789");
    CHECK(get(object_range::from(10), whole).error().code() == errc::range_not_satisfiable);
    CHECK(get(object_range::from(~std::uint64_t{0}), whole).error().code() == errc::range_not_satisfiable);
    const std::string unknown = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nConnection: close\r\n\r\n0123456789";
    CHECK(get(object_range::slice(3, 4), unknown).error().code() == errc::unsupported);
}

TEST_CASE("put: a success before the body was sent is none") {
    const std::string body(2'000'000, 'b');
    world announced{{say{ok}.early()}};
    auto r = announced.run(as_result(announced.client().put("s3://b/k", body)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::malformed_response);

    const std::string unannounced(500'000, 'b');
    world cut{{say{ok}.early()}, aws::retry_options::preset("none")};
    r = cut.run(as_result(cut.client().put("s3://b/k", unannounced)));
    CHECK(r.has_error());
}

TEST_CASE("put: a condition that only our own first attempt fails is a success") {
    const auto md5_of_hello = "\"5d41402abc4b2a76b9719d911017c592\"";
    const auto found = "HTTP/1.1 200 OK\r\nETag: " + std::string{md5_of_hello} + "\r\nx-amz-version-id: v1\r\n\r\n";
    const auto once = s3::put_object_options{}.if_none_match("*");
    world ours{{say::nothing(), refusal(412, "PreconditionFailed"), found}};
    const auto done = ours.run(as_result(ours.client().put("s3://b/k", "hello", once)));
    REQUIRE(done.has_value());
    CHECK(done->etag.raw() == md5_of_hello);
    CHECK(done->version_id == "v1");
    CHECK(ours.how->requests.back().starts_with("HEAD "));

    world anothers{{say::nothing(), refusal(412, "PreconditionFailed"), ok}};
    auto r = anothers.run(as_result(anothers.client().put("s3://b/k", "hello", once)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::precondition_failed);

    world at_once{{refusal(412, "PreconditionFailed"), found}};
    r = at_once.run(as_result(at_once.client().put("s3://b/k", "hello", once)));
    REQUIRE(r.has_error());
    CHECK(at_once.how->requests.size() == 1);
}

const std::string created = document(
    200, "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>");

awaitable<std::string> write_two_parts(s3::client c) {
    auto w = c.create("s3://b/k");
    const std::string half(std::size_t{1} << 20, 'h');
    co_await w.write(half);
    co_await w.write(half);
    co_await w.commit();
    co_return w.result().etag.raw();
}

TEST_CASE("writer: an upload that is gone because it was completed is a success") {
    const std::string part = "HTTP/1.1 200 OK\r\nETag: \"5d41402abc4b2a76b9719d911017c592\"\r\nContent-Length: 0\r\n\r\n";
    // the MD5 of the two digests
    const std::string whole = "\"616b22817b80eed9f65c3aa38cd29054-2\"";
    for (const bool ours : {true, false}) {
        world w{{created, part, part, say::nothing(), refusal(404, "NoSuchUpload"),
                 "HTTP/1.1 200 OK\r\nETag: " + (ours ? whole : std::string{"\"x\""}) + "\r\n\r\n", ok}};
        w.options.part_size(std::uint64_t{1} << 20);
        const auto done = w.run(as_result(write_two_parts(w.client())));
        CAPTURE((done ? std::string{} : done.error().message()));
        CHECK(done.has_value() == ours);
        if (done) CHECK(*done == whole);
        if (!done) CHECK(done.error().code() == errc::no_such_upload);
    }
}

awaitable<void> write_mebibytes(s3::client c, int count) {
    auto w = c.create("s3://b/k");
    const std::string mebibyte(std::size_t{1} << 20, 'm');
    for (int i = 0; i < count; ++i) co_await w.write(mebibyte);
    co_await w.commit();
}

TEST_CASE("writer: parts grow after a thousand, unless they have to be equal") {
    const auto part = say{"HTTP/1.1 200 OK\r\nETag: \"p\"\r\nContent-Length: 0\r\n\r\n"}.keep();
    const auto completed = document(200, "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>");
    for (const bool equal : {false, true}) {
        const std::size_t requests = equal ? 1'004 : 1'003;
        std::vector<say> script(requests, part);
        script.front() = say{created}.keep();
        script.back() = completed;
        world w{std::move(script)};
        w.how->heads_only = true;
        w.options.endpoint_url("https://store").part_size(std::uint64_t{1} << 20).equal_parts(equal); // TLS: no hashes
        w.run(write_mebibytes(w.client(), 1'002));
        REQUIRE(w.how->requests.size() == requests);
        CHECK(w.how->requests[1'000].find("Content-Length: 1048576\r\n") != std::string::npos);
        const auto last = equal ? "Content-Length: 1048576\r\n" : "Content-Length: 2097152\r\n";
        CHECK(w.how->requests[1'001].find(last) != std::string::npos);
    }
}

TEST_CASE("writer: destroyed while it commits, it still sends what was written") {
    world w{{ok}};
    auto c = w.client();
    const std::string text(100'000, 't');
    std::optional<s3::object_writer> writer{c.create("s3://b/k")};
    w.run(writer->write(text));
    std::exception_ptr failed;
    bool ended = false;
    asio::co_spawn(w.io, writer->commit(), [&](std::exception_ptr e) {
        failed = e;
        ended = true;
    });
    w.io.restart();
    while (w.how->connections == 0 && w.io.poll_one() > 0) {
    }
    writer.reset();
    auto other = c.create("s3://b/other"); // takes the memory that is free
    w.run(other.write(std::string_view{std::string(100'000, 'x')}));
    testing::run_simulated(w.io, *w.clock, [&] { return ended; });
    CHECK(ended);
    CHECK(!failed);
    REQUIRE(w.how->requests.size() == 1);
    CHECK(w.how->requests[0].ends_with(text));

    std::optional<s3::object_writer> early{c.create("s3://b/k")};
    w.run(early->write(text));
    auto commit = early->commit(); // not started
    early.reset();
    const auto r = w.run(as_result(std::move(commit)));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::closed);
    CHECK(w.how->requests.size() == 1);
}

TEST_CASE("remove: each key is told of, or it is an error") {
    const auto some = [] {
        std::vector<s3::object_identifier> v(2);
        v[0].key = "a";
        v[1].key = "b";
        return v;
    };
    world w{{document(200, "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>")}};
    auto r = w.run(as_result(w.client().remove("b", some())));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::malformed_response);
    CHECK(r.error().detail().key == "b");

    world quiet{{document(200, "<DeleteResult></DeleteResult>")}};
    CHECK(quiet.run(as_result(quiet.client().remove("b", some(), s3::delete_objects_options{}.quiet(true)))).has_value());

    // a key that XML cannot hold
    std::vector<s3::object_identifier> odd(1);
    odd[0].key = std::string{"a\x01"};
    world alone{{"HTTP/1.1 204 No Content\r\nx-amz-delete-marker: true\r\nx-amz-version-id: v9\r\n\r\n"}};
    const auto done = alone.run(alone.client().remove("b", odd));
    REQUIRE(done.deleted.size() == 1);
    CHECK(done.deleted[0].delete_marker);
    CHECK(done.deleted[0].delete_marker_version_id == "v9");
}

TEST_CASE("clock: only a believable date of the store corrects ours, and only where that helps") {
    const auto skewed = [](std::string_view date) {
        const std::string body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
        return "HTTP/1.1 403 F\r\nDate: " + std::string{date} + "\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    };
    for (const std::string_view date : {"Mon, 01 Jan 0001 00:00:00 GMT", "Sat, 01 Jan 1600 00:00:00 GMT",
                                        "Fri, 31 Dec 9999 23:59:59 GMT", "no date"}) {
        CAPTURE(date);
        world w{{skewed(date), skewed(date)}};
        CHECK(w.get().has_error());
        CHECK(w.how->requests.size() == 1);
    }
    const std::string later = "Tue, 01 Jan 2030 00:00:00 GMT";
    const std::string object = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    world helps{{skewed(later), object}};
    CHECK(*helps.get() == "hi");
    CHECK(helps.how->requests[1].find("20300101T") != std::string::npos);

    // What a busy store says is not about the clock.
    const std::string words = "<Error><Code>RequestTimeout</Code></Error>";
    const auto busy = "HTTP/1.1 400 Bad Request\r\nContent-Length: " + std::to_string(words.size()) + "\r\n\r\n" + words;
    world slow{{skewed(later), busy, object}};
    CHECK(*slow.get() == "hi");
    CHECK(slow.how->requests.at(2).find("20300101T") != std::string::npos);

    world lies{{say{skewed(later)}, say{skewed(later)}, say{object}}};
    auto twice = [](s3::client c) -> awaitable<void> {
        (void)co_await as_result(c.get("s3://b/k"));
        (void)co_await as_result(c.get("s3://b/k"));
    };
    lies.run(twice(lies.client()));
    REQUIRE(lies.how->requests.size() == 3);
    CHECK(lies.how->requests[2].find("20260101T") != std::string::npos);
}

TEST_CASE("documents: an endless error page is cut, not kept") {
    const std::string page(1 << 20, 'x');
    world w{{document(404, page)}};
    const auto got = w.get();
    REQUIRE(got.has_error());
    CHECK(got.error().code() == condition::not_found);
}

TEST_CASE("documents: one that drips ends in bounded time") {
    const std::string page(1 << 20, 'x');
    world w{{document(200, page)}, aws::retry_options::preset("none")};
    w.how->link.to_client.bytes_per_second = 50;
    w.how->link.to_client.max_transfer = 50;
    w.how->link.clock = w.clock;
    const auto start = w.clock->now();
    const auto r = w.run(as_result(w.client().list_buckets()));
    REQUIRE(r.has_error());
    CHECK(r.error().code() == errc::stall_timeout);
    CHECK(w.clock->now() - start < std::chrono::minutes{11});
}

/// Runs `op` for `steps` handlers, cancels it, and gives what came of it.
struct cancelled_run {
    cancelled_run() = default;
    bool finished_before = false;
    bool ended = false;
    std::exception_ptr failed;
};

template <class Op>
cancelled_run cancel_after(world& w, Op op, int steps, int side_by_side) {
    auto out = std::make_shared<cancelled_run>();
    asio::cancellation_signal signal;
    asio::co_spawn(w.io, std::move(op), asio::bind_cancellation_slot(signal.slot(), [out](std::exception_ptr e) {
                       out->failed = e;
                       out->ended = true;
                   }));
    for (int i = 0; i < steps && !out->ended; ++i)
        if (w.io.poll_one() == 0 && !w.clock->advance_to_next()) break;
    out->finished_before = out->ended;
    signal.emit(asio::cancellation_type::terminal);
    // An upload that was begun is aborted, and its parts looked for; nothing else follows.
    const auto sent = [&w] {
        return std::count_if(w.how->requests.begin(), w.how->requests.end(),
                             [](const std::string& r) {
                                 const bool lists = r.starts_with("GET ") && r.find("upload") < r.find("\r\n");
                                 return !r.starts_with("DELETE") && !lists;
                             });
    };
    const auto before = sent();
    testing::run_simulated(w.io, *w.clock, [&] { return out->ended; });
    testing::run_simulated(w.io, *w.clock);
    CHECK(sent() <= before + side_by_side); // those had left when it was cancelled
    return *out;
}

TEST_CASE("cancellation: at every step of every kind of call it ends in operation_aborted, and nothing else is thrown") {
    const std::string announced(2'000'000, 'b');
    const std::string part = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n";
    const std::string done = document(200, "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>");
    const auto get = [](s3::client c) -> awaitable<void> { co_await c.get("s3://b/k"); };
    const auto write = [](s3::client c) -> awaitable<void> { co_await write_two_parts(std::move(c)); };
    const auto put = [&announced](s3::client c) -> awaitable<void> { co_await c.put("s3://b/k", announced); };
    const auto run = [&](const char* what, auto call, std::vector<say> script, int side_by_side = 1) {
        CAPTURE(what);
        int aborted = 0;
        for (int steps = 0; steps < 2000; ++steps) {
            world w{script};
            w.options.part_size(std::uint64_t{1} << 20);
            const auto out = cancel_after(w, call(w.client()), steps, side_by_side);
            REQUIRE(out.ended);
            if (out.finished_before) return aborted;
            if (!out.failed) continue; // its last step was under way
            try {
                std::rethrow_exception(out.failed);
            } catch (const boost::system::system_error& e) {
                CHECK(e.code() == asio::error::operation_aborted);
                ++aborted;
            } catch (const std::exception& e) {
                FAIL(e.what());
            }
        }
        FAIL("never ended");
        return 0;
    };
    CHECK(run("get", get, {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"}) > 0);
    CHECK(run("get, resumed", get, {"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nhi",
                                    "HTTP/1.1 206 P\r\nETag: \"e\"\r\nContent-Range: bytes 2-3/4\r\nContent-Length: "
                                    "2\r\n\r\nho"}) > 0);
    CHECK(run("get, retried", get, {refusal(503, "SlowDown"), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"}) > 0);
    CHECK(run("put, announced", put,
              {say{"HTTP/1.1 100 Continue\r\n\r\n"}.early().keep(), ok}) > 0);
    CHECK(run("write", write, {created, part, part, done}, 2) > 0);
}

} // namespace client_test
