// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/conformance.hpp"

#include <penstock/aws/adaptive_rate.hpp>
#include <penstock/aws/retry_strategy.hpp>

#include <charconv>
#include <cmath>

namespace test_retry_suite {

namespace aws = penstock::aws;
namespace json = boost::json;
using penstock::duration;
using penstock::errc;

/// Jitter fixed at 1 (as near as [0, 1) goes).
class fixed_random final : public penstock::random_source {
  public:
    std::uint64_t next() noexcept override { return UINT64_MAX; }
};

duration seconds_of(const json::value& v) {
    return std::chrono::round<duration>(std::chrono::duration<double>{v.to_number<double>()});
}

bool near(duration got, const json::value& expected) {
    return std::abs(std::chrono::duration<double>{got}.count() - expected.to_number<double>()) < 1e-6;
}

std::string text_of(const json::value* v) { return v && v->is_string() ? std::string{v->as_string()} : ""; }

/// What the client would make of it; no error for a success.
penstock::failure answer(int status, std::string code) {
    penstock::error_detail d;
    d.http_status = status;
    d.service_code = std::move(code);
    return {status < 300 ? penstock::error_code{} : make_error_code(errc::service_error), std::move(d)};
}

penstock::failure broken(const std::string& kind) {
    const bool timeout = kind.find("timeout") != std::string::npos;
    return timeout ? errc::first_byte_timeout : errc::connection_closed;
}

// ---- classification.json

std::string check_classification(const json::object& c) {
    const auto transport = text_of(c.if_contains("transport_error"));
    const auto& status = c.at("status");
    const auto f = !transport.empty() ? broken(transport)
                                      : answer(status.is_null() ? 0 : status.to_number<int>(),
                                               text_of(c.if_contains("error_code")));
    const auto kind = aws::classify(f);
    const bool throttling = kind == aws::retry_class::throttling;
    // What is throttled is retried as well: a 503 without a code is both here.
    const bool transient = throttling || kind == aws::retry_class::transient;
    const auto question = text_of(c.if_contains("question"));
    const bool got = question == "is_throttling" ? throttling : transient;
    if (question != "is_throttling" && question != "is_transient") return "unknown question " + question;
    return got == c.at("expected").as_bool() ? "" : std::string{"got "} + (got ? "true" : "false");
}

// ---- backoff.json

std::optional<std::chrono::milliseconds> hint_of(const std::string& text) {
    std::uint32_t ms = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::milliseconds{ms};
}

std::string check_backoff(const json::object& c) {
    const auto& p = c.at("params").as_object();
    if (p.at("jitter").to_number<double>() != 1) return "a jitter other than 1";
    aws::retry_options options;
    options.first_delay(seconds_of(p.at("base"))).max_delay(seconds_of(p.at("max")));
    const aws::retry_strategy strategy{options, std::make_shared<fixed_random>()};
    const auto got =
        strategy.delay_after(c.at("failed_attempt").to_number<int>(), aws::retry_class::transient,
                             hint_of(text_of(c.if_contains("x-amz-retry-after"))));
    return near(got, c.at("delay")) ? "" : "got " + std::to_string(got.count()) + " ns";
}

// ---- sequences.json

aws::retry_options options_of(const json::object& c, std::shared_ptr<aws::retry_budget> budget) {
    const auto& spec = c.at("spec").as_object();
    const auto number = [&spec](const char* name) { return spec.at(name).to_number<std::uint32_t>(); };
    aws::retry_options options;
    options.max_attempts(c.at("max_attempts").to_number<int>())
        .costs(number("retry_cost"), number("throttling_cost"), number("timeout_cost"))
        .first_delay(seconds_of(spec.at("base_delay")))
        .throttled_delay(seconds_of(spec.at("throttling_base_delay")))
        .max_delay(seconds_of(spec.at("max_backoff")))
        .deadline(duration::zero())
        .budget(std::move(budget));
    return options;
}

/// The response of a step: a status, "timeout", or an error code.
std::optional<penstock::failure> failure_of(const json::value& response) {
    if (response.is_string()) {
        const std::string text{response.as_string()};
        if (text == "timeout" || text.find("connection") != std::string::npos) return broken(text);
        return answer(400, text);
    }
    const auto status = response.to_number<int>();
    if (status < 400) return std::nullopt;
    return answer(status, "");
}

std::string check_step(const json::object& step, aws::retry_strategy& strategy, aws::retry_session& session) {
    const auto f = failure_of(step.at("response"));
    const auto outcome = text_of(step.if_contains("outcome"));
    if (!f) {
        strategy.succeeded(session);
        if (outcome != "success") return "expected " + outcome + ", but it is a success";
        return "";
    }
    std::optional<std::chrono::milliseconds> hint;
    if (const auto* h = step.if_contains("x-amz-retry-after")) hint = hint_of(text_of(h));
    const auto delay = strategy.next(session, *f, {}, hint);
    const bool retried = outcome == "retry_request";
    if (retried != delay.has_value()) return "expected " + outcome + (delay ? ", got a retry" : ", got none");
    const auto* expected = step.if_contains("delay");
    if (delay && expected && !near(*delay, *expected))
        return "a delay of " + std::to_string(delay->count()) + " ns";
    return "";
}

std::string check_sequence(const json::object& c) {
    const auto capacity = c.at("spec").at("capacity").to_number<std::uint32_t>();
    const auto budget = std::make_shared<aws::retry_budget>(capacity);
    aws::retry_strategy strategy{options_of(c, budget), std::make_shared<fixed_random>()};
    auto session = strategy.begin({});
    int number = 0;
    for (const auto& value : c.at("steps").as_array()) {
        const auto& step = value.as_object();
        const auto where = "step " + std::to_string(++number) + ": ";
        if (const auto* quota = step.if_contains("set_quota")) {
            budget->take(budget->available());
            budget->give_back(quota->to_number<std::uint32_t>());
        }
        if (step.contains("new_request")) session = strategy.begin({});
        if (!step.contains("response")) continue;
        if (const auto why = check_step(step, strategy, session); !why.empty()) return where + why;
        const auto* left = step.if_contains("quota_after");
        if (left && left->to_number<std::uint32_t>() != budget->available())
            return where + std::to_string(budget->available()) + " left in the budget";
    }
    return "";
}

// ---- adaptive.json

bool near(double got, const json::value& expected) {
    return std::abs(got - expected.to_number<double>()) < 1e-9 * std::max(1.0, std::abs(got));
}

std::string check_constants(const json::object& c) {
    using rate = aws::adaptive_rate;
    const std::pair<const char*, double> ours[] = {
        {"beta", rate::beta}, {"scale_constant", rate::scale_constant}, {"smoothing", rate::smoothing},
        {"min_fill_rate", rate::min_fill_rate}, {"min_capacity", rate::min_capacity},
        {"measure_bucket_seconds", rate::measure_bucket}};
    for (const auto& [name, value] : ours)
        if (!near(value, c.at(name))) return name;
    return "";
}

/// From the start of a client, or from a rate that was throttled at a time.
std::string check_adaptive(const json::object& c) {
    const auto& start = c.at("start").as_object();
    const auto number = [&start](const char* name) {
        const auto* v = start.if_contains(name);
        return v ? v->to_number<double>() : 0;
    };
    const double last_max_rate = number("last_max_rate"), throttled_at = number("last_throttle_time");
    if (const auto* expect = c.if_contains("expect")) {
        const auto k = aws::detail::cubic_window(last_max_rate);
        return near(k, expect->at("k")) ? "" : "k is " + std::to_string(k);
    }
    aws::adaptive_rate rates{penstock::steady_time{}};
    int number_of_step = 0;
    for (const auto& value : c.at("steps").as_array()) {
        const auto& step = value.as_object();
        const auto where = "step " + std::to_string(++number_of_step) + ": ";
        const auto t = step.at("t").to_number<double>();
        if (const auto* rate = step.if_contains("rate")) {
            const auto got = aws::detail::cubic_rate(last_max_rate, t - throttled_at);
            if (!near(got, *rate)) return where + "a rate of " + std::to_string(got);
            continue;
        }
        rates.answered(step.at("throttled").as_bool(), penstock::steady_time{} + seconds_of(step.at("t")));
        if (!near(rates.measured_rate(), step.at("measured_rate")))
            return where + "measured " + std::to_string(rates.measured_rate());
        if (!near(rates.fill_rate(), step.at("fill_rate"))) return where + "filled at " + std::to_string(rates.fill_rate());
    }
    return "";
}

TEST_CASE("conformance: retry") {
    const auto folder = test::conformance_folder("retry");
    if (!folder) return;
    test::conformance_report report{"retry"};
    for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
        if (entry.path().extension() != ".json") continue;
        const auto file = test::read_json(entry.path());
        const auto kind = entry.path().stem().string();
        if (kind == "adaptive") report.check("adaptive constants", check_constants(file.at("constants").as_object()));
        for (const auto& value : file.at("cases").as_array()) {
            const auto& c = value.as_object();
            const auto name = kind + " " + text_of(c.if_contains("name"));
            if (kind == "classification")
                report.check(name, check_classification(c));
            else if (kind == "backoff")
                report.check(name, check_backoff(c));
            else if (kind == "sequences")
                report.check(name, check_sequence(c));
            else if (kind == "adaptive")
                report.check(name, check_adaptive(c));
            else
                report.fail(name, "an unknown kind of case");
        }
    }
}

} // namespace test_retry_suite
