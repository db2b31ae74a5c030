// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/aws/retry_strategy.hpp>

#include <doctest/doctest.h>

#include <boost/asio/error.hpp>

#include <atomic>
#include <thread>
#include <vector>

namespace test_aws_retry_strategy {

namespace aws = penstock::aws;
using aws::retry_class;
using penstock::duration;
using penstock::errc;
using penstock::failure;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Always the same number: uniform() is `value`, as near as it goes.
class fixed_random final : public penstock::random_source {
  public:
    explicit fixed_random(double value) : next_{static_cast<std::uint64_t>(value * 0x1.0p53) << 11} {}
    std::uint64_t next() noexcept override { return next_; }

  private:
    std::uint64_t next_;
};

aws::retry_strategy strategy(aws::retry_options options, double jitter = 0.5) {
    return {std::move(options), std::make_shared<fixed_random>(jitter)};
}

failure answer(int status, std::string code = "", errc why = errc::service_error) {
    penstock::error_detail d;
    d.http_status = status;
    d.service_code = std::move(code);
    return {why, std::move(d)};
}

const failure broken{errc::connection_closed};
const failure late{errc::first_byte_timeout};
const auto internal = answer(500);
const auto slow_down = answer(503, "SlowDown");

penstock::steady_time after(duration d) { return penstock::steady_time{} + d; }

TEST_CASE("aws/retry_strategy: answers by status and code, whichever is retryable") {
    struct row {
        int status;
        const char* code;
        retry_class kind;
    };
    using enum retry_class;
    static constexpr row rows[] = {
        {400, "", permanent},
        {401, "", permanent},
        {403, "", permanent},
        {404, "", permanent},
        {405, "", permanent},
        {408, "", transient},
        {409, "", permanent},
        {412, "", permanent},
        {416, "", permanent},
        {429, "", throttling},
        {499, "", transient},
        {500, "", transient},
        {501, "", permanent},
        {502, "", transient},
        {503, "", throttling},
        {504, "", transient},
        {505, "", permanent},
        {509, "", transient},
        {599, "", transient},
        {600, "", permanent},
        {301, "PermanentRedirect", permanent},
        {304, "", permanent},
        {400, "RequestTimeout", transient},
        {400, "BadDigest", transient},
        {409, "OperationAborted", transient},
        {409, "ConditionalRequestConflict", transient},
        {400, "InternalError", transient},
        {400, "Throttling", throttling},
        {403, "RequestThrottled", throttling},
        {503, "SlowDown", throttling},
        {500, "SlowDown", throttling},
        {509, "BandwidthLimitExceeded", throttling},
        {429, "ExceedBucketQPSLimit", throttling},
        // An unlisted code does not hide a retryable status.
        {503, "XMinioServerNotInitialized", throttling},
        {500, "Whatever", transient},
        {400, "ExpiredToken", credentials},
        {403, "InvalidToken", credentials},
        {400, "TokenRefreshRequired", credentials},
        {403, "RequestTimeTooSkewed", clock_skew},
        {403, "RequestExpired", clock_skew},
        {403, "AccessDenied", permanent},
        {403, "SignatureDoesNotMatch", permanent},
        {403, "InvalidAccessKeyId", permanent},
        {404, "NoSuchKey", permanent},
        {404, "NoSuchBucket", permanent},
        {412, "PreconditionFailed", permanent},
        {501, "NotImplemented", permanent},
        {409, "BucketNotEmpty", permanent},
    };
    for (const auto& r : rows) {
        CAPTURE(r.status);
        CAPTURE(std::string{r.code});
        CHECK(aws::classify(answer(r.status, r.code)) == r.kind);
    }
}

TEST_CASE("aws/retry_strategy: failures on the way") {
    namespace error = boost::asio::error;
    const auto kind = [](penstock::error_code code, int status = 0) {
        return aws::classify(code, status, "");
    };
    for (const auto code :
         {errc::connect_failed, errc::connect_timeout, errc::resolve_failed, errc::tls_timeout,
          errc::connection_closed, errc::first_byte_timeout, errc::stall_timeout, errc::body_too_short}) {
        CAPTURE(static_cast<int>(code));
        CHECK(kind(code) == retry_class::transient);
    }
    for (const auto code :
         {errc::host_not_found, errc::certificate_rejected, errc::deadline_exceeded, errc::budget_exceeded,
          errc::invalid_endpoint, errc::invalid_option, errc::malformed_response, errc::no_credentials,
          errc::closed, errc::object_changed}) {
        CAPTURE(static_cast<int>(code));
        CHECK(kind(code) == retry_class::permanent);
    }
    CHECK(kind(penstock::error_code{}) == retry_class::permanent);
    CHECK(kind(error::operation_aborted) == retry_class::permanent);
    CHECK(kind(error::connection_reset) == retry_class::transient);
    CHECK(kind(error::connection_refused) == retry_class::transient);
    // A success whose body broke off.
    CHECK(kind(errc::connection_closed, 200) == retry_class::transient);
    CHECK(kind(errc::body_too_short, 206) == retry_class::transient);
    CHECK(kind(errc::stall_timeout, 200) == retry_class::transient);
    CHECK(kind(errc::malformed_xml, 200) == retry_class::permanent);
    CHECK(kind(penstock::error_code{}, 200) == retry_class::permanent);
    // A success with an error inside.
    CHECK(aws::classify(answer(200, "InternalError", errc::service_unavailable)) == retry_class::transient);
    CHECK(aws::classify(answer(200, "SlowDown", errc::throttled)) == retry_class::throttling);
    CHECK(aws::classify(answer(200, "AccessDenied", errc::access_denied)) == retry_class::permanent);
}

TEST_CASE("aws/retry_strategy: the delays of each preset") {
    struct row {
        const char* name;
        double jitter;
        retry_class kind;
        std::vector<duration> delays;
    };
    const row rows[] = {
        {"default",
         0.5,
         retry_class::transient,
         {milliseconds{25}, milliseconds{50}, milliseconds{100}, milliseconds{200}, milliseconds{400}}},
        {"default",
         0.5,
         retry_class::throttling,
         {milliseconds{500}, seconds{1}, seconds{2}, seconds{4}, seconds{8}, seconds{10}, seconds{10}}},
        {"default", 0, retry_class::transient, {duration{0}, duration{0}}},
        {"aws-standard",
         0.5,
         retry_class::transient,
         {milliseconds{500}, seconds{1}, seconds{2}, seconds{4}, seconds{8}, seconds{10}}},
        {"jetliner",
         0.5,
         retry_class::transient,
         {seconds{1}, seconds{2}, seconds{4}, seconds{8}, seconds{16}, seconds{32}}},
        {"jetliner", 0.5, retry_class::throttling, {seconds{1}, seconds{2}, seconds{4}}},
        {"tensorstore",
         0.5,
         retry_class::transient,
         {milliseconds{1500}, milliseconds{2500}, milliseconds{4500}, milliseconds{8500}, milliseconds{16500},
          milliseconds{32500}, milliseconds{32500}}},
    };
    for (const auto& r : rows) {
        CAPTURE(std::string{r.name});
        const auto s = strategy(aws::retry_options::preset(r.name), r.jitter);
        for (std::size_t i = 0; i < r.delays.size(); ++i)
            CHECK(s.delay_after(static_cast<int>(i) + 1, r.kind) == r.delays[i]);
    }
    CHECK(strategy(aws::retry_options{}).delay_after(1000000, retry_class::transient) == seconds{10});
}

TEST_CASE("aws/retry_strategy: the attempts of each preset") {
    const std::pair<const char*, int> rows[] = {{"default", 6},      {"aws-standard-2.1", 6}, {"aws-standard", 3}, {"adaptive", 6}, {"jetliner", 3},
                                                {"tensorstore", 32}, {"none", 1},         {"", 6}};
    for (const auto& [name, attempts] : rows) {
        CAPTURE(std::string{name});
        auto s = strategy(aws::retry_options::preset(name));
        auto session = s.begin(after({}));
        int n = 1;
        while (s.next(session, internal, after({}))) ++n;
        CHECK(n == attempts);
        CHECK(session.attempts() == attempts);
        CHECK_FALSE(s.next(session, internal, after({})));
    }
    try {
        aws::retry_options::preset("Default");
        FAIL_CHECK("accepted");
    } catch (const penstock::error& e) {
        CHECK(e.code() == errc::invalid_option);
        CHECK(e.detail().hint.find("tensorstore") != std::string::npos);
    }
    CHECK(aws::retry_options{}.max_attempts(0).max_attempts() == 1);
    CHECK(aws::retry_options{}.max_attempts(-5).max_attempts() == 1);
}

TEST_CASE("aws/retry_strategy: what each preset takes for retryable") {
    const auto jetliner = strategy(aws::retry_options::preset("jetliner"));
    for (const int status : {500, 501, 502, 503, 504, 505, 599})
        CHECK(jetliner.classify(answer(status)) != retry_class::permanent);
    CHECK(jetliner.classify(answer(429)) == retry_class::throttling);
    CHECK(jetliner.classify(broken) == retry_class::transient);
    CHECK(jetliner.classify(answer(400, "RequestTimeout")) == retry_class::permanent);
    CHECK(jetliner.classify(answer(408)) == retry_class::permanent);
    CHECK(jetliner.classify(answer(400, "Throttling")) == retry_class::permanent);
    CHECK(jetliner.classify(answer(404)) == retry_class::permanent);
    // Repairs are not retries.
    CHECK(jetliner.classify(answer(400, "ExpiredToken")) == retry_class::credentials);
    CHECK(jetliner.classify(answer(403, "RequestTimeTooSkewed")) == retry_class::clock_skew);
    const auto standard = strategy(aws::retry_options::preset("aws-standard"));
    CHECK(standard.classify(answer(501)) == retry_class::permanent);
    CHECK(standard.classify(answer(400, "RequestTimeout")) == retry_class::transient);
}

TEST_CASE("aws/retry_strategy: x-amz-retry-after moves the delay within t and t + 5 s") {
    const auto s = strategy(aws::retry_options{}, 0.5); // t = 25 ms
    const auto with = [&s](std::int64_t hint) {
        return s.delay_after(1, retry_class::transient, milliseconds{hint});
    };
    CHECK(with(0) == milliseconds{25});
    CHECK(with(24) == milliseconds{25});
    CHECK(with(100) == milliseconds{100});
    CHECK(with(5025) == milliseconds{5025});
    CHECK(with(5026) == milliseconds{5025});
    CHECK(with(4294967295) == milliseconds{5025});
}

TEST_CASE("aws/retry_strategy: never more than the budget") {
    const auto budget = std::make_shared<aws::retry_budget>(30);
    auto s = strategy(aws::retry_options{}.budget(budget));
    auto first = s.begin(after({}));
    CHECK(s.next(first, internal, after({}))); // 14
    CHECK(budget->available() == 16);
    CHECK(s.next(first, slow_down, after({}))); // 5
    CHECK(budget->available() == 11);
    CHECK_FALSE(s.next(first, internal, after({})));
    CHECK(budget->available() == 11);
    s.succeeded(first); // the latest
    CHECK(budget->available() == 16);
    auto second = s.begin(after({}));
    s.succeeded(second); // a first attempt that succeeds
    CHECK(budget->available() == 17);
    for (int i = 0; i < 100; ++i) s.succeeded(second);
    CHECK(budget->available() == 30);
    // Permanent failures take nothing.
    CHECK_FALSE(s.next(second, answer(404), after({})));
    CHECK(budget->available() == 30);
}

TEST_CASE("aws/retry_strategy: timeouts cost what they cost") {
    const auto budget = std::make_shared<aws::retry_budget>(500);
    auto options = aws::retry_options::preset("aws-standard");
    auto s = strategy(options.budget(budget));
    auto session = s.begin(after({}));
    CHECK(s.next(session, late, after({})));
    CHECK(budget->available() == 490);
    CHECK(s.next(session, broken, after({})));
    CHECK(budget->available() == 485);
}

TEST_CASE("aws/retry_strategy: presets without a budget never run dry") {
    const auto budget = std::make_shared<aws::retry_budget>(0);
    for (const char* name : {"jetliner", "tensorstore"}) {
        auto options = aws::retry_options::preset(name);
        auto s = strategy(options.budget(budget));
        auto session = s.begin(after({}));
        CHECK(s.next(session, internal, after({})));
    }
    auto s = strategy(aws::retry_options{}.budget(budget));
    auto session = s.begin(after({}));
    CHECK_FALSE(s.next(session, internal, after({})));
}

TEST_CASE("aws/retry_strategy: the deadline, its waiting included") {
    auto s = strategy(aws::retry_options{}.max_attempts(1000), 0.5);
    auto session = s.begin(after({}));
    CHECK(s.next(session, internal, after(seconds{179})));
    CHECK_FALSE(s.next(session, internal, after(seconds{180})));
    auto patient = strategy(aws::retry_options{}.max_attempts(1000).deadline(duration::zero()), 0.5);
    auto forever = patient.begin(after({}));
    CHECK(patient.next(forever, internal, after(std::chrono::hours{24})));
    // From the last progress, not from the start.
    auto slow = s.begin(after({}));
    s.progressed(slow, after(seconds{200}));
    s.progressed(slow, after(seconds{100})); // told late
    CHECK(s.next(slow, internal, after(seconds{379})));
    CHECK_FALSE(s.next(slow, internal, after(seconds{380})));
}

TEST_CASE("aws/retry_strategy: repairs and permanent failures are no retries") {
    auto s = strategy(aws::retry_options{});
    for (const auto& f :
         {answer(404), answer(400, "ExpiredToken"), answer(403, "RequestTimeTooSkewed"),
          failure{errc::certificate_rejected}, failure{boost::asio::error::operation_aborted}}) {
        auto session = s.begin(after({}));
        CHECK_FALSE(s.next(session, f, after({})));
    }
    CHECK(s.budget()->available() == 500);
}

TEST_CASE("aws/retry_strategy: delays of ages are long, and none is negative") {
    for (const char* name : {"default", "aws-standard", "tensorstore"}) {
        CAPTURE(name);
        const auto ages = penstock::duration::max() / 3 * 2;
        auto s = strategy(aws::retry_options::preset(name).first_delay(ages).max_delay(penstock::duration::max()));
        for (int attempt = 1; attempt < 5; ++attempt) {
            CHECK(s.delay_after(attempt, aws::retry_class::transient) > seconds{1});
            CHECK(s.delay_after(attempt, aws::retry_class::throttling, std::chrono::milliseconds{5}) > seconds{1});
        }
        auto session = s.begin(after({}));
        CHECK_NOTHROW(s.next(session, answer(500), after({})));
    }
}

TEST_CASE("aws/retry_strategy: one budget, many threads") {
    const auto budget = std::make_shared<aws::retry_budget>(1000);
    std::vector<std::thread> threads;
    std::atomic<int> taken{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) {
                if (budget->take(7)) {
                    ++taken;
                    if (i % 2 == 0) {
                        budget->give_back(7);
                        --taken;
                    }
                }
            }
        });
    for (auto& t : threads) t.join();
    CHECK(budget->available() == 1000 - 7 * static_cast<std::uint32_t>(taken.load()));
    CHECK(budget->available() < 7);
    budget->give_back(5000);
    CHECK(budget->available() == 1000);
}

TEST_CASE("aws/retry_strategy: a name that nobody knows is asked for twice") {
    auto s = strategy(aws::retry_options{}, 0.5);
    auto session = s.begin(after({}));
    CHECK(s.next(session, failure{errc::host_not_found}, after({})));
    CHECK_FALSE(s.next(session, failure{errc::host_not_found}, after({})));
    auto later = s.begin(after({}));
    CHECK(s.next(later, broken, after({})));
    CHECK_FALSE(s.next(later, failure{errc::host_not_found}, after({})));
}

TEST_CASE("aws/retry_strategy: what came in part lets attempts count from anew and gives back what they took") {
    const auto budget = std::make_shared<aws::retry_budget>(500);
    auto s = strategy(aws::retry_options{}.max_attempts(3).budget(budget), 0.5);
    auto session = s.begin(after({}));
    for (int i = 0; i < 10; ++i) {
        const auto now = after(seconds{100 * i});
        s.advanced(session, now);
        CHECK(budget->available() == 500 - 14 * i); // what the first of two took is gone
        CHECK(s.next(session, broken, now));
        CHECK(s.next(session, broken, now));
        CHECK_FALSE(s.next(session, broken, now));
    }
}

TEST_CASE("aws/retry_strategy: a call's own rules are at the cost of the client's budget, unless they name one") {
    const auto budget = std::make_shared<aws::retry_budget>(500), own = std::make_shared<aws::retry_budget>(100);
    const auto of_client = strategy(aws::retry_options{}.budget(budget));
    const auto patient = of_client.with(aws::retry_options{}.max_attempts(20));
    CHECK(patient.options().max_attempts() == 20);
    CHECK(patient.budget() == budget);
    CHECK(of_client.with(aws::retry_options{}.budget(own)).budget() == own);
}

} // namespace test_aws_retry_strategy
