// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "unit/s3/scripted_store.hpp"

#include <doctest/doctest.h>

namespace time_limit_test {

using namespace penstock;
using namespace std::chrono_literals;
using scripted::say;
using scripted::world;

const std::string ok = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbody";
const std::string busy = "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n";
const std::string error = "HTTP/1.1 500 E\r\nContent-Length: 0\r\n\r\n";

aws::retry_options steady(duration delay) {
    return aws::retry_options{}.with_jitter(aws::retry_options::jitter::none).first_delay(delay).throttled_delay(delay);
}

/// Never answers.
const say silence{""};

s3::get_object_options within(duration d) { return s3::get_object_options{}.time_limit(d); }

TEST_CASE("time limit: past it a call ends, and says where it stood") {
    struct row {
        const char* what;
        std::vector<say> script;
        const char* doing;
        std::size_t attempts;
    };
    const row rows[] = {
        {"no answer", {say{silence}.keep()}, "waiting for the answer", 0},
        {"between attempts", {busy, busy, busy}, "waiting to try again", 1},
        {"half a body", {say{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbo"}.keep()}, "reading the body", 0},
        {"half an error document", {say{"HTTP/1.1 500 E\r\nContent-Length: 4\r\n\r\nbo"}.keep()}, "waiting for the answer", 0},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        world w{r.script, steady(10s)};
        const auto start = w.clock->now();
        const auto got = w.get(within(5s));
        REQUIRE(got.has_error());
        const auto why = got.error();
        CHECK(why.code() == errc::deadline_exceeded);
        CHECK(why.message().find(std::string{"5000 ms: it was "} + r.doing) != std::string::npos);
        CHECK(why.detail().attempts.size() == r.attempts);
        CHECK(w.clock->now() - start >= 5s);
        CHECK(w.clock->now() - start < 6s);
        const auto asked = w.how->requests.size();
        w.run(sleep_for(w.clock, 100s));
        CHECK(w.how->requests.size() == asked); // nothing goes on
    }
}

TEST_CASE("time limit: waiting for a turn counts") {
    world w{{ok, ok}};
    const auto requests = fair_semaphore::create(1);
    w.options.request_concurrency(requests);
    auto taken = requests->share()->try_acquire(work_kind::write);
    const auto got = w.get(within(5s));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::deadline_exceeded);
    CHECK(got.error().message().find("waiting for its turn") != std::string::npos);
    CHECK(got.error().detail().key == "k");
    CHECK(w.how->requests.empty());
    taken.release();
    CHECK(requests->used() == 0);
    CHECK(w.get(within(5s)).has_value());
}

TEST_CASE("time limit: who is done in time is not touched, and one of nothing is over at once") {
    world w{{error, ok}, steady(1s)};
    CHECK(w.get(within(5s)).has_value());
    const auto none = w.get(within(0s));
    REQUIRE(none.has_error());
    CHECK(none.error().code() == errc::deadline_exceeded);
    CHECK(w.how->requests.size() == 2);
}

TEST_CASE("time limit: of a call of several requests it is one") {
    // The lists of keys come 1,000 a request.
    const std::string deleted = "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<DeleteResult/>";
    world w{{error, deleted, error, deleted, error, deleted}, steady(2s)};
    std::vector<s3::object_identifier> keys(3000);
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i].key = std::to_string(i);
    s3::delete_objects_options o;
    o.time_limit(5s).quiet(true);
    const auto got = w.run(as_result(w.client().remove("b", keys, o)));
    REQUIRE(got.has_error());
    CHECK(got.error().code() == errc::deadline_exceeded);
    CHECK(got.error().message().find("waiting to try again") != std::string::npos);
    CHECK(w.how->requests.size() == 5);
}

TEST_CASE("time limit: a body is read after its call") {
    world w{{say{"HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 4\r\n\r\nbo"}.later("dy")}};
    auto read = [](s3::client c, std::shared_ptr<clock_source> clock) -> awaitable<std::string> {
        auto reader = co_await c.open("s3://b/k", within(5s));
        co_await sleep_for(clock, 10s);
        co_return co_await reader.read_all();
    };
    CHECK(w.run(read(w.client(), w.clock)) == "body");
}

TEST_CASE("retries of a call: its own instead of the client's") {
    const std::vector<say> script{error, error, error, error, ok};
    world patient{script, aws::retry_options::preset("none")};
    CHECK(patient.get(s3::get_object_options{}.retry(steady(1s))).has_value());
    CHECK(patient.how->requests.size() == 5);
    world hasty{script};
    const auto got = hasty.get(s3::get_object_options{}.retry(aws::retry_options::preset("none")));
    REQUIRE(got.has_error());
    CHECK(hasty.how->requests.size() == 1);
}

TEST_CASE("retries of a call: resumes keep to its own, too") {
    const std::string part = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 10\r\n\r\n01234";
    const std::string cut = "HTTP/1.1 206 P\r\nETag: \"e\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n";
    world w{{part, cut, cut, cut, cut, cut, cut, cut, cut}};
    const auto budget = std::make_shared<aws::retry_budget>(500);
    const auto got = w.get(s3::get_object_options{}.retry(steady(1s).max_attempts(3).budget(budget)));
    REQUIRE(got.has_error());
    CHECK(w.how->requests.size() == 4); // the first resume is no retry
    CHECK(budget->available() < 500);   // the others are
}

TEST_CASE("retry-after: AWS's in milliseconds, that of others in seconds where they are busy") {
    struct row {
        const char *status, *field;
        duration wait;
    };
    const row rows[] = {
        {"503 S", "x-amz-retry-after: 1500", 1500ms}, {"500 E", "x-amz-retry-after: 1500", 1500ms},
        {"503 S", "Retry-After: 3", 3s},              {"429 T", "Retry-After: 3", 3s},
        {"500 E", "Retry-After: 3", 1s},              {"503 S", "Retry-After: soon", 1s},
        {"503 S", "Retry-After: 3600", 6s}, // t + 5 s at most
    };
    for (const auto& r : rows) {
        CAPTURE(r.status);
        CAPTURE(r.field);
        world w{{"HTTP/1.1 " + std::string{r.status} + "\r\n" + r.field + "\r\nContent-Length: 0\r\n\r\n", ok}, steady(1s)};
        const auto start = w.clock->now();
        CHECK(w.get().has_value());
        CHECK(w.clock->now() - start >= r.wait);
        CHECK(w.clock->now() - start < r.wait + 500ms);
    }
}

} // namespace time_limit_test
