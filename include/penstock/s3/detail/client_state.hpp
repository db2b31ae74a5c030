// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/endpoint.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/provider_context.hpp>
#include <penstock/aws/retry_strategy.hpp>
#include <penstock/aws/sigv4.hpp>
#include <penstock/core/error.hpp>
#include <penstock/http/connection_pool.hpp>
#include <penstock/http/request.hpp>
#include <penstock/s3/client_options.hpp>
#include <penstock/s3/client_statistics.hpp>
#include <penstock/s3/detail/bucket_endpoints.hpp>
#include <penstock/s3/detail/client_metrics.hpp>
#include <penstock/s3/detail/express_sessions.hpp>
#include <penstock/s3/detail/hedge_control.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/detail/request_gate.hpp>
#include <penstock/s3/detail/signing_identity.hpp>
#include <penstock/s3/get_object.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::s3 {
class tenant_options;
}

namespace penstock::s3::detail {

class client_state;
PENSTOCK_DECL std::shared_ptr<client_state> make_tenant_state(std::shared_ptr<client_state> of, const tenant_options& asked);

/// An object's answer, its body still to come.
struct opened_object {
    opened_object() = default;

    http::connection_lease lease; ///< with the answer's head
    get_object_body body;
};

/// The interpreter of every GET of an object.
inline failure look_at_object(const get_object_options& asked, const http::response_head& head, std::string_view text,
                              get_object_body& found) {
    const auto parsed = parse_get_object_body(asked, head, text);
    if (!parsed) return parsed.error();
    found = *parsed;
    return failure{};
}

/// What a client is: its settings, its pool, and the one driver that sends every operation. Readers and writers keep it
/// alive. Belongs to one executor.
class request_observation;

class client_state : public std::enable_shared_from_this<client_state> {
  public:
    /// Of a tenant, whose label stands in metrics and spans.
    PENSTOCK_DECL client_state(executor ex, client_options options, std::string tenant = {});

    /// Looks at an answer: no failure where it is what the operation wanted.
    using interpreter = std::function<failure(const http::response_head& head, std::string_view body)>;

    enum class answer_kind {
        document, ///< the interpreter gets the whole body
        stream,   ///< the body of a success stays on the connection
    };

    /// Sends `op`, as often as the retry strategy allows, until `look` finds no failure. Gives the connection with the
    /// rest of the answer on it (only for `stream`). Throws the last failure with its story.
    awaitable<http::connection_lease> execute(operation op, answer_kind kind, interpreter look) {
        const bool limited = op.settings && (op.settings->time_limit || op.settings->ends);
        return limited ? run_limited(std::move(op), kind, std::move(look)) : start(std::move(op), kind, std::move(look), nullptr);
    }

    /// As `execute`, for operations whose answer is a document (`Body` is a string_view) or a head alone.
    template <class T, class... Body>
    awaitable<T> call(operation op, result<T> (*parse)(const http::response_head&, Body...)) {
        result<T> out{failure{}};
        interpreter look = [&out, parse](const http::response_head& head, std::string_view body) {
            (void)body;
            if constexpr (sizeof...(Body) == 0)
                out = parse(head);
            else
                out = parse(head, body);
            return out ? failure{} : out.error();
        };
        co_await execute(std::move(op), answer_kind::document, std::move(look));
        if constexpr (!std::is_void_v<T>) co_return std::move(*out);
    }

    /// Both must outlive the operation.
    PENSTOCK_DECL awaitable<opened_object> open(const object_address& where, const get_object_options& asked);
    /// To go on with a body. The same, and `memory_held` as for `operation`.
    PENSTOCK_DECL awaitable<opened_object> reopen(const object_address& where, const get_object_options& asked, bool memory_held);

    /// The rules of one call: those that it was given, else the client's.
    PENSTOCK_DECL aws::retry_strategy rules_of(const request_settings_ptr& said) const;
    void count_resume(const request_settings_ptr& said) {
        metrics_->of("get object", said ? std::string_view{said->label} : std::string_view{}).resumes->add();
    }
    client_metrics& metrics() const noexcept { return *metrics_; }
    /// From the memory budget; a wait is measured.
    PENSTOCK_DECL awaitable<permit> acquire_memory(std::uint64_t bytes, std::uint64_t headroom);
    /// The same, for who holds some.
    PENSTOCK_DECL awaitable<permit> acquire_more_memory(std::uint64_t bytes);

    PENSTOCK_DECL awaitable<std::string> presign(object_address where, std::chrono::seconds expires,
                                                 std::string method);

    const executor& get_executor() const noexcept { return ex_; }
    const client_options& options() const noexcept { return options_; }
    const std::shared_ptr<clock_source>& clock() const noexcept { return clock_; }
    random_source& random() const noexcept { return *random_; }
    const std::shared_ptr<memory_budget>& budget() const noexcept { return budget_; }
    const std::shared_ptr<buffer_pool>& buffers() const noexcept { return buffers_; }
    std::string_view region() { return settle(), aws::signing_region(places_.settings().region); }

    /// Keys for a directory bucket. For `express_sessions`, which keeps them.
    PENSTOCK_DECL awaitable<aws::credentials> create_session(std::string bucket);

    /// What is known of the store that has a bucket: what the options say, else what it has shown, else who it is.
    PENSTOCK_DECL store_capabilities capabilities(std::string_view bucket);
    /// `change` gets what the store has shown so far.
    template <class F>
    void learn(F change) {
        change(learned_);
    }

    PENSTOCK_DECL client_statistics statistics() const;

    // ---- for looking at the way step by step

    endpoint_ptr endpoint_for(const char* operation, const std::string& bucket) {
        return settle(), places_.of(operation, bucket);
    }
    /// Null where the caller's own connector is used.
    const std::shared_ptr<http::resolver>& names() const noexcept { return names_; }
    const http::tls_options& trusted() const noexcept { return tls_; }
    const http::proxy_options& proxies() const noexcept { return proxies_; }
    /// Those that the next request is signed by. Their source is asked even where they are at hand.
    PENSTOCK_DECL awaitable<aws::credentials_ptr> credentials();

  private:
    friend std::shared_ptr<client_state> make_tenant_state(std::shared_ptr<client_state> of, const tenant_options& asked);

    /// What one operation has been through.
    struct history {
        history() = default;
        const char* doing = ""; ///< for who is told that time is over
        std::optional<steady_time> on_its_way; ///< since when an attempt connects or waits for its answer
        std::vector<attempt_record> attempts;
        std::chrono::nanoseconds waited{};
        bool renewed_credentials = false;
        bool moved = false; ///< to another region
        std::optional<std::chrono::seconds> clock_difference; ///< the store's clock, ahead of ours, when it answered last
        std::optional<duration> skew_before; ///< where our clock was corrected: what it was
    };

    /// `past` is kept by the caller, or null.
    PENSTOCK_DECL awaitable<http::connection_lease> run(operation op, answer_kind kind, interpreter look, history* kept);
    PENSTOCK_DECL awaitable<http::connection_lease> run_limited(operation op, answer_kind kind, interpreter look);
    awaitable<http::connection_lease> start(operation op, answer_kind kind, interpreter look, history* kept) {
        const bool hedged = hedges_ && kind == answer_kind::stream && !op.once;
        return hedged ? run_hedged(std::move(op), std::move(look), kept) : run(std::move(op), kind, std::move(look), kept);
    }

    // client_hedging.ipp
    struct hedge_race;
    PENSTOCK_DECL awaitable<http::connection_lease> run_hedged(operation op, interpreter look, history* kept);
    PENSTOCK_DECL void join_race(std::shared_ptr<hedge_race> race, std::size_t number, operation op, interpreter look);
    PENSTOCK_DECL void watch_race(hedge_race& race, timer& watch, const operation& op, const interpreter& look);

    PENSTOCK_DECL void settle();
    PENSTOCK_DECL void settle_as_tenant();
    PENSTOCK_DECL aws::provider_context provider_context() const;
    PENSTOCK_DECL wall_time corrected_now() const noexcept { return clock_->wall_now() + skew_; }
    PENSTOCK_DECL void build(http::request& out, const operation& op, const aws::endpoint& where) const;
    PENSTOCK_DECL http::outgoing compose(const operation& op, const aws::endpoint& where,
                                         const signing_identity& signing, wall_time wall, std::span<const std::span<const std::byte>> pieces,
                                         std::string_view payload_hash, http::connection& c, request_observation& seen);
    PENSTOCK_DECL void record(history& past, const failure& why, steady_time began) const;
    PENSTOCK_DECL bool renew(history& past, const operation& op, const failure& why, const signing_identity& signing);
    PENSTOCK_DECL bool correct_clock(history& past, const failure& f, const http::response_head* head);
    PENSTOCK_DECL failure told(const operation& op, failure f, const aws::endpoint* where,
                               const aws::credentials_ptr& who, history&& past) const;

    // client_signing.ipp
    PENSTOCK_DECL aws::signer& signer_of(const aws::endpoint& where, aws::token_name token);
    PENSTOCK_DECL express_sessions& sessions();
    PENSTOCK_DECL std::optional<signing_identity> try_identity(signed_by by, const std::string& bucket,
                                                               const aws::endpoint& where, wall_time wall);
    PENSTOCK_DECL awaitable<signing_identity> get_identity(signed_by by, std::string bucket, endpoint_ptr where);

    // client_capabilities.ipp
    /// That a write's condition is one that the store is known to ignore.
    PENSTOCK_DECL failure ignored_condition(const operation& op, bool sent);
    /// Learns from an answer. Gives `why` back, unless it has to be told that a condition was ignored.
    PENSTOCK_DECL failure take_note(const operation& op, const http::response_head& head, failure why);

    // client_regions.ipp
    PENSTOCK_DECL awaitable<std::string> find_region(std::string bucket);
    /// Finds out where a bucket is when nobody has said it.
    PENSTOCK_DECL awaitable<void> settle_region(std::string bucket);
    PENSTOCK_DECL void note_region(const std::string& bucket, std::string_view region, request_observation& seen);
    /// Where a request that was refused in one region goes next. Null where it goes nowhere; then `why` says what is known.
    PENSTOCK_DECL awaitable<endpoint_ptr> follow_region(const operation& op, endpoint_ptr where,
                                                        const signing_identity& signing, history& past, failure& why);

    executor ex_;
    client_options options_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    std::shared_ptr<buffer_pool> buffers_;
    std::shared_ptr<memory_budget> budget_;
    aws::provider_ptr credentials_; ///< null until settled
    std::optional<express_sessions> sessions_; ///< none until one is needed
    aws::retry_strategy retry_;
    request_gate gate_;
    std::shared_ptr<http::resolver> names_;
    http::tls_options tls_;
    http::proxy_options proxies_;
    std::shared_ptr<http::connection_pool> pool_; ///< null until settled
    std::string user_agent_;
    std::optional<hedge_control> hedges_; ///< none where requests are not hedged
    std::shared_ptr<client_state> parent_; ///< null where this is nobody's tenant
    std::optional<aws::retry_options> own_retry_; ///< of a tenant

    bucket_endpoints places_; ///< once settled
    std::vector<std::unique_ptr<aws::signer>> signers_;
    http::request scratch_; ///< every request is built here; no suspension between building and copying it out
    duration skew_{};
    store_capabilities learned_;
    std::string store_; ///< who it says to be, after the first answer
    bool store_looked_at_ = false;
    std::shared_ptr<client_metrics> metrics_;
};

} // namespace penstock::s3::detail

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/s3/impl/client_capabilities.ipp>
#include <penstock/s3/impl/client_hedging.ipp>
#include <penstock/s3/impl/client_regions.ipp>
#include <penstock/s3/impl/client_signing.ipp>
#include <penstock/s3/impl/client_state.ipp>
#endif
