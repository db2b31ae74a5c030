// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/random.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

/// What to retry, when, and when to stop: pure decisions over an injected clock and random source.
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
namespace penstock::aws {

enum class retry_class : std::uint8_t {
    permanent,   ///< again would be the same
    transient,   ///< a broken connection, a timeout, a failing server
    throttling,  ///< the store asks for a pause
    credentials, ///< expired or refused credentials: renew them once, then again
    clock_skew,  ///< correct the clock once, then again
};

/// By the transport's error code, else by S3's error code, or by the status: whichever of the two is retryable.
PENSTOCK_DECL retry_class classify(const error_code& code, int http_status, std::string_view service_code) noexcept;
PENSTOCK_DECL retry_class classify(const failure& f) noexcept;

/// What all retries of a process (or of one client) may cost together: when much fails, retries stop soon, for they
/// would only add to it. Thread-safe.
class retry_budget {
  public:
    PENSTOCK_DECL explicit retry_budget(std::uint32_t capacity = 500);
    PENSTOCK_DECL ~retry_budget();
    /// Takes `cost`, or nothing where less is left.
    PENSTOCK_DECL bool take(std::uint32_t cost) noexcept;
    PENSTOCK_DECL void give_back(std::uint32_t amount) noexcept;
    PENSTOCK_DECL std::uint32_t available() const noexcept;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

class retry_options {
  public:
    enum class jitter : std::uint8_t {
        none,
        full, ///< anything between nothing and the delay
        added ///< up to one second on top
    };

    /// 6 attempts, 50 ms doubling (1 s when throttled) to 20 s with full jitter, within 180 s without progress.
    retry_options() = default;

    /// "default" (AWS's mode 2.1; also "aws-standard-2.1"), "aws-standard" (2.0), "adaptive" (the default's, and `adaptive`), "jetliner",
    /// "tensorstore", "none". Throws `errc::invalid_option` naming these.
    PENSTOCK_DECL static retry_options preset(std::string_view name);

    /// Attempts in all, the first included; at least 1.
    retry_options& max_attempts(int n) { return max_attempts_ = n > 1 ? n : 1, *this; }
    retry_options& first_delay(duration d) { return first_delay_ = d, *this; }
    retry_options& throttled_delay(duration d) { return throttled_delay_ = d, *this; }
    retry_options& max_delay(duration d) { return max_delay_ = d, *this; }
    retry_options& with_jitter(jitter j) { return jitter_ = j, *this; }
    /// Since the last progress; zero for none.
    retry_options& deadline(duration d) { return deadline_ = d, *this; }
    /// What a retry takes from the budget.
    retry_options& costs(std::uint32_t retry, std::uint32_t throttled, std::uint32_t timeout) {
        return cost_ = retry, throttled_cost_ = throttled, timeout_cost_ = timeout, *this;
    }
    /// Every 5xx and 429, and broken connections; nothing else.
    retry_options& every_5xx(bool on) { return every_5xx_ = on, *this; }
    /// Once the store has throttled, the client holds its requests back to a rate that it finds by AWS's adaptive mode (see
    /// `adaptive_rate`). Of the client's options, not of one call's.
    retry_options& adaptive(bool on) { return adaptive_ = on, *this; }
    /// Shared by clients; null: one budget of 500 for each client.
    retry_options& budget(std::shared_ptr<retry_budget> b) { return budget_ = std::move(b), *this; }

    int max_attempts() const noexcept { return max_attempts_; }
    duration first_delay() const noexcept { return first_delay_; }
    duration throttled_delay() const noexcept { return throttled_delay_; }
    duration max_delay() const noexcept { return max_delay_; }
    jitter with_jitter() const noexcept { return jitter_; }
    duration deadline() const noexcept { return deadline_; }
    std::uint32_t cost() const noexcept { return cost_; }
    std::uint32_t throttled_cost() const noexcept { return throttled_cost_; }
    std::uint32_t timeout_cost() const noexcept { return timeout_cost_; }
    bool every_5xx() const noexcept { return every_5xx_; }
    bool adaptive() const noexcept { return adaptive_; }
    const std::shared_ptr<retry_budget>& budget() const noexcept { return budget_; }

  private:
    int max_attempts_ = 6;
    duration first_delay_ = std::chrono::milliseconds{50};
    duration throttled_delay_ = std::chrono::seconds{1};
    duration max_delay_ = std::chrono::seconds{20};
    jitter jitter_ = jitter::full;
    duration deadline_ = std::chrono::seconds{180};
    std::uint32_t cost_ = 14;
    std::uint32_t throttled_cost_ = 5;
    std::uint32_t timeout_cost_ = 14;
    bool every_5xx_ = false;
    bool adaptive_ = false;
    std::shared_ptr<retry_budget> budget_;
};

/// One operation's retries.
class retry_session {
  public:
    retry_session() = default;

    int attempts() const noexcept { return attempts_; }

  private:
    friend class retry_strategy;
    int attempts_ = 0; ///< failed so far
    std::uint32_t held_ = 0; ///< taken from the budget for the latest retry
    steady_time last_progress_{};
};

/// The rules of one client. Belongs to one executor.
class retry_strategy {
  public:
    PENSTOCK_DECL retry_strategy(retry_options options, std::shared_ptr<random_source> random);

    PENSTOCK_DECL retry_session begin(steady_time now) const noexcept;

    /// After a failed attempt: how long to wait before the next, or none where that was the last. `hint` is the store's
    /// x-amz-retry-after: it moves the delay t to anything within t and t + 5 s.
    PENSTOCK_DECL std::optional<duration> next(retry_session& s, const failure& f, steady_time now,
                                               std::optional<std::chrono::milliseconds> hint = std::nullopt);

    /// The failing attempt got on at `when`: the deadline counts from there.
    void progressed(retry_session& s, steady_time when) const noexcept {
        s.last_progress_ = std::max(s.last_progress_, when);
    }

    /// What was asked for came in part: attempts count from anew, and what the latest retry took goes back.
    PENSTOCK_DECL void advanced(retry_session& s, steady_time when) noexcept;

    /// The operation succeeded: what its retry took goes back.
    PENSTOCK_DECL void succeeded(retry_session& s) noexcept;

    /// The delay after failed attempt number `attempt` (from 1).
    PENSTOCK_DECL duration delay_after(int attempt, retry_class kind,
                                       std::optional<std::chrono::milliseconds> hint = std::nullopt) const;

    /// `classify` under this strategy's options.
    PENSTOCK_DECL retry_class classify(const failure& f) const noexcept;

    /// The rules of one call, at the cost of the same budget unless `options` names one.
    PENSTOCK_DECL retry_strategy with(retry_options options) const;

    const retry_options& options() const noexcept { return options_; }
    const std::shared_ptr<retry_budget>& budget() const noexcept { return budget_; }

  private:
    retry_options options_;
    std::shared_ptr<random_source> random_;
    std::shared_ptr<retry_budget> budget_;
};

} // namespace penstock::aws

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/aws/impl/retry_strategy.ipp>
#endif
