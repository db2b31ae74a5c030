// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/service_lab.hpp"

#include <penstock/aws/detail/service_call.hpp>
#include <penstock/core/with_timeout.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace test_aws_service_call {

using namespace penstock;
using aws::detail::service_call;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::http_answer;

/// A service that gives these answers, the last of them again and again.
struct lab : test::service_lab {
    explicit lab(std::vector<http_answer> said)
        : service_lab{[this](const http::origin&, const testing::http_request&) {
              const auto n = std::min(server.requests().size(), answers.size()) - 1;
              return answers[n];
          }},
          answers{std::move(said)} {}

    /// Each request says which it is.
    service_call call() {
        aws::endpoint to;
        to.to = http::origin{"service", 80, false};
        service_call c{to, [this] {
                           http::request r;
                           r.method = "POST";
                           r.path = "/" + std::to_string(++asked);
                           r.headers.add("Host", "service");
                           return r;
                       }};
        c.look = [](const http::document& d) {
            error_detail why;
            why.http_status = d.head.status;
            why.service_code = d.body;
            return d.head.status == 200 ? failure{} : failure{errc::service_error, std::move(why)};
        };
        return c;
    }
    result<http::document> run(service_call c) { return ask(aws::detail::call_service(context(), std::move(c))); }

    std::vector<http_answer> answers;
    int asked = 0;
};

TEST_CASE("aws/service_call: an answer that is taken is the end of it") {
    lab l{{http_answer{200, "first"}, http_answer{200, "second"}}};
    auto call = l.call();
    call.body = "question";
    const auto got = l.run(std::move(call));
    REQUIRE(got.has_value());
    CHECK(got->body == "first");
    REQUIRE(l.server.requests().size() == 1);
    CHECK(l.server.requests()[0].body == "question");
    lab any{{http_answer{503, "busy"}}};
    auto unread = any.call();
    unread.look = nullptr;
    const auto status = any.run(std::move(unread)).value().head.status;
    CHECK(status == 503);
}

TEST_CASE("aws/service_call: what passes is asked again, made anew, after a wait; nothing else is") {
    const std::vector<http_answer> passing{http_answer{503}, http_answer{400, "Throttling"}, http_answer{400, "InternalFailure"},
                                           http_answer{200, "x"}.cut_at(10),
                                           http_answer::raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab")};
    for (const auto& once : passing) {
        lab l{{once, http_answer{200, "good"}}};
        auto call = l.call();
        call.body = "question";
        const auto began = l.clock->now();
        const auto got = l.run(std::move(call));
        REQUIRE(got.has_value());
        CHECK(got->body == "good");
        REQUIRE(l.server.requests().size() == 2);
        CHECK(l.server.requests()[1].path == "/2");
        CHECK(l.server.requests()[1].body == "question");
        CHECK(l.clock->now() > began);
    }
    for (const auto& refused : {http_answer{403, "AccessDenied"}, http_answer{400, "ExpiredToken"}, http_answer{501}}) {
        lab l{{refused, http_answer{200}}};
        const auto got = l.run(l.call());
        REQUIRE(got.has_error());
        const auto why = got.error();
        CHECK(why.detail().http_status == l.answers[0].status());
        CHECK(why.detail().attempts.size() == 1);
        CHECK(l.asked == 1);
    }
}

TEST_CASE("aws/service_call: the last failure says where, and what became of each attempt") {
    lab l{{http_answer{503, "SlowDown"}, http_answer{500}, http_answer{502, "last"}}};
    auto call = l.call();
    call.retry.max_attempts(3);
    const auto got = l.run(std::move(call));
    REQUIRE(got.has_error());
    const auto why = got.error();
    CHECK(why.detail().endpoint == "http://service");
    REQUIRE(why.detail().attempts.size() == 3);
    CHECK(why.detail().attempts[0].service_code == "SlowDown");
    CHECK(why.detail().attempts[1].http_status == 500);
    CHECK(why.detail().attempts[2].http_status == 502);
    CHECK(why.detail().service_code == "last");
}

TEST_CASE("aws/service_call: a service that cannot be reached is tried as often, and given up in time") {
    lab l{{http_answer{200}}};
    l.unreachable = failure{errc::connect_failed, "nobody there"};
    auto few = l.call();
    few.retry.max_attempts(4);
    const auto got = l.run(std::move(few));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::connect_failed);
    CHECK(l.asked == 4);
    auto many = l.call();
    many.retry.max_attempts(1000).deadline(seconds{60});
    const auto began = l.clock->now();
    CHECK(l.run(std::move(many)).has_error());
    CHECK(l.clock->now() - began <= seconds{60});
    CHECK(l.asked < 100);
}

TEST_CASE("aws/service_call: what an answer tells how to mend is asked again at once, and is no retry") {
    lab l{{http_answer{403, "wrong clock"}, http_answer{200, "good"}}};
    auto call = l.call();
    call.retry.max_attempts(1);
    int mended = 0;
    call.mend = [&mended](const failure& why, const http::document& d) {
        CHECK(why.detail().http_status == 403);
        CHECK(d.body == "wrong clock");
        return ++mended == 1;
    };
    const auto began = l.clock->now();
    const auto got = l.run(std::move(call));
    REQUIRE(got.has_value());
    CHECK(got->body == "good");
    CHECK(l.clock->now() == began);

    lab again{{http_answer{403, "wrong clock"}}};
    auto twice = again.call();
    mended = 0;
    twice.mend = [&mended](const failure&, const http::document&) { return ++mended == 1; };
    const auto why = again.run(std::move(twice));
    REQUIRE(why.has_error());
    CHECK(why.error().detail().attempts.size() == 2);
    CHECK(mended == 2);

    lab mute{{http_answer{200}}}; // without an answer there is nothing that could tell
    mute.unreachable = failure{errc::connect_failed};
    auto never = mute.call();
    never.retry.max_attempts(2);
    mended = 0;
    never.mend = [&mended](const failure&, const http::document&) { return ++mended > 0; };
    CHECK(mute.run(std::move(never)).has_error());
    CHECK(mended == 0);
}

TEST_CASE("aws/service_call: cancelled while it waits for another attempt, it asks no more") {
    lab l{{http_answer{503}}};
    auto call = l.call();
    call.retry.first_delay(seconds{100}).with_jitter(aws::retry_options::jitter::none).max_delay(seconds{100});
    auto calling = aws::detail::call_service(l.context(), std::move(call));
    auto limited = with_timeout(std::move(calling), seconds{1}, l.clock);
    const auto got = l.ask(std::move(limited));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::deadline_exceeded);
    CHECK(l.asked == 1);
    l.clock->advance(seconds{1000});
    l.io.restart();
    l.io.poll();
    CHECK(l.asked == 1);
}

} // namespace test_aws_service_call
