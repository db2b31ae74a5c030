// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_state.hpp>

#include <penstock/aws/client_settings.hpp>
#include <penstock/aws/detail/clock_difference.hpp>
#include <penstock/aws/detail/trust.hpp>
#include <penstock/aws/load_profile.hpp>
#include <penstock/aws/partition.hpp>
#include <penstock/aws/sha256.hpp>
#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/caching_resolver.hpp>
#include <penstock/http/detail/read_text.hpp>
#include <penstock/s3/detail/body_hash.hpp>
#include <penstock/s3/detail/call_limit.hpp>
#include <penstock/s3/detail/client_credentials.hpp>
#include <penstock/s3/detail/hint.hpp>
#include <penstock/s3/detail/region_redirect.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/request_observation.hpp>
#include <penstock/s3/detail/request_secrets.hpp>
#include <penstock/s3/detail/trailing_body.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <charconv>

namespace penstock::s3::detail {

/// No answer of S3 that is kept whole in memory is larger than a page of 1,000 keys of 1,024 bytes, encoded.
inline constexpr std::size_t max_document = std::size_t{16} << 20;
/// Bodies up to this size leave in one piece with their head.
inline constexpr std::size_t joined_body = std::size_t{16} << 10;
/// An error document needs no more; a page in its place is cut.
inline constexpr std::size_t max_error_document = std::size_t{64} << 10;
/// A document that drips: every byte resets the stall limit. (To complete a large upload takes minutes, in which S3 sends
/// white space.)
inline constexpr std::chrono::minutes document_limit{10};

inline aws::endpoint_request endpoint_request_of(const client_options& o) {
    aws::endpoint_request r;
    r.endpoint_url = o.endpoint_url();
    r.region = o.region();
    r.path_style = o.path_style();
    r.host_header = o.host_header();
    r.check_region = o.check_region();
    r.switches = o.endpoint_switches();
    return r;
}

/// Tells what is wrong with options and environment before any file is read. Where a profile is named, it may name the
/// endpoint, too, on which it depends what regions there are and what a host header is for.
inline void check_without_files(const client_options& o) {
    auto asked = endpoint_request_of(o);
    if (aws::profile_name(o.profile(), o.environment()) != "default") {
        asked.check_region = false;
        asked.host_header.clear();
    }
    (void)aws::make_endpoint_settings(asked, o.environment());
}

PENSTOCK_DECL client_state::client_state(executor ex, client_options options, std::string tenant)
    : ex_{std::move(ex)}, options_{std::move(options)},
      clock_{options_.clock() ? options_.clock() : make_system_clock()},
      random_{options_.random() ? options_.random() : make_system_random()},
      // What is kept for reuse comes on top of the budget.
      buffers_{options_.buffers()
                   ? options_.buffers()
                   : buffer_pool::create(std::min(std::size_t{8} << 20, static_cast<std::size_t>(options_.memory_budget() / 4)))},
      budget_{options_.budget() ? options_.budget() : memory_budget::create(options_.memory_budget(), clock_, options_.memory_patience())},
      retry_{options_.retry().value_or(options_.default_retry()), random_}, gate_{options_, ex_, clock_},
      metrics_{penstock::detail::share<client_metrics>(options_.metrics() ? options_.metrics() : metrics_registry::create(),
                                                std::move(tenant), options_.metric_labels())} {
    if (metrics_->tenant().empty()) metrics_->observe_budget(budget_); // else it may be the client's
    metrics_->observe_turns(gate_.requests());
    if (options_.hedging()) hedges_.emplace(*options_.hedging());
    check_without_files(options_);
    check_credentials_options(options_);
    if (budget_->limit() < (std::uint64_t{1} << 20))
        throw_failure(failure{errc::invalid_option, "the memory budget is below 1 MiB"});
    if (options_.part_size() < (std::uint64_t{1} << 20) || options_.part_size() > (std::uint64_t{5} << 30))
        throw_failure(failure{errc::invalid_option, "the part size must be between 1 MiB and 5 GiB"});
    if (options_.upload_concurrency() == 0)
        throw_failure(failure{errc::invalid_option, "the upload concurrency is 0", "it must be 1 or more"});
    user_agent_ = "penstock/" PENSTOCK_VERSION_STRING;
    if (!options_.user_agent().empty()) user_agent_ += " " + options_.user_agent();
    if (!http::valid_header("User-Agent", user_agent_))
        throw_failure(failure{errc::invalid_option, "the user agent has a forbidden character"});
    if (options_.proxy()) {
        proxies_ = *options_.proxy();
    } else if (!options_.connector()) {
        proxies_ = http::read_proxy_environment([&env = options_.environment()](const std::string& name) { return env.get(name); });
    }
}

/// Reads the profile, and settles where to connect to, and how: before the first request, or again after a failure.
PENSTOCK_DECL void client_state::settle() {
    if (pool_) return;
    if (parent_) return settle_as_tenant();
    const auto& env = options_.environment();
    const auto profile = aws::load_profile(options_.profile(), env, options_.file_reader());
    places_.settle(aws::make_endpoint_settings(endpoint_request_of(options_), env, profile));
    auto said = aws::read_client_settings(env, profile);
    if (!options_.retry() && said.retry) retry_ = aws::retry_strategy{std::move(*said.retry), random_};
    tls_ = aws::detail::trust(options_.tls(), said.ca_bundle);
    credentials_ = make_client_credentials(options_, places_.settings(), provider_context());
    auto connector = options_.connector();
    if (!connector) {
        names_ = http::make_caching_resolver(options_.resolver() ? options_.resolver() : http::make_cares_resolver(),
                                             clock_, random_);
        auto measured = options_.transport();
        measured.observer(client_metrics::step_observer(metrics_, measured.observer()));
        connector = http::make_connector(names_, tls_, measured, clock_, proxies_);
    }
    if (retry_.options().adaptive()) gate_.adapt(nullptr);
    pool_ = http::connection_pool::create(ex_, std::move(connector), options_.transport(), clock_, buffers_);
    metrics_->observe_pool(pool_->gauges());
}

PENSTOCK_DECL void client_state::settle_as_tenant() {
    const auto& of = *parent_;
    parent_->settle();
    places_ = of.places_;
    retry_ = own_retry_ ? of.retry_.with(*own_retry_) : of.retry_;
    tls_ = of.tls_;
    credentials_ = of.credentials_;
    names_ = of.names_;
    if (of.gate_.found()) gate_.adapt(of.gate_.found());
    pool_ = of.pool_;
}

/// The services that credentials come from are reached as the store is.
PENSTOCK_DECL aws::provider_context client_state::provider_context() const {
    aws::provider_context c;
    c.env(options_.environment()).read_file(options_.file_reader()).clock(clock_).random(random_).tls(tls_).proxy(proxies_);
    c.observer(options_.transport().observer());
    if (const auto connector = options_.connector())
        c.connect([connector](const http::transport_options&) { return connector; });
    if (const auto names = options_.resolver()) c.resolver([names] { return names; });
    return c;
}

PENSTOCK_DECL client_statistics client_state::statistics() const {
    client_statistics s;
    for (const auto& op : metrics_->operations()) {
        s.requests += op->attempts.total();
        s.retries += op->retries->value();
        s.resumes += op->resumes->value();
        s.bytes_sent += op->sent->value();
        s.bytes_received += op->received->value();
    }
    s.connections = metrics_->connections->value();
    s.hedges = metrics_->hedges->value();
    s.hedges_won = metrics_->hedges_won->value();
    s.cross_region_buckets = metrics_->far_buckets->value();
    s.budget_used = budget_->used();
    s.budget_peak = budget_->peak();
    return s;
}

// ---- from an operation to the text of a request

PENSTOCK_DECL void client_state::build(http::request& out, const operation& op, const aws::endpoint& where) const {
    out.clear();
    out.method = op.method;
    out.path = where.path_prefix;
    out.path += '/';
    aws::append_uri_encoded(out.path, op.key, true);
    // "/bucket" alone, without a slash behind it, is how path-style requests on buckets are written
    if (op.key.empty() && !where.path_prefix.empty()) out.path.pop_back();
    if (!op.query.empty()) out.query = aws::canonical_query(op.query);
    out.headers.add_valid("Host", where.host_header);
    out.headers.add_valid("User-Agent", user_agent_);
    for (std::size_t i = 0; i < op.headers.size(); ++i)
        out.headers.add_valid(op.headers[i].name, op.headers[i].value); // a header_list holds none else
    bool requester_pays = options_.requester_pays();
    if (const auto* said = op.settings.get()) {
        requester_pays = said->requester_pays.value_or(requester_pays);
        if (!said->expected_bucket_owner.empty())
            out.headers.add("x-amz-expected-bucket-owner", said->expected_bucket_owner);
        for (std::size_t i = 0; i < said->headers.size(); ++i)
            out.headers.add_valid(said->headers[i].name, said->headers[i].value);
    }
    const auto& always = options_.headers();
    for (std::size_t i = 0; i < always.size(); ++i)
        if (!out.headers.contains(always[i].name)) out.headers.add_valid(always[i].name, always[i].value);
    if (requester_pays) out.headers.add("x-amz-request-payer", "requester");
}

/// Puts the body into the coding that has a trailer.
inline void begin_trailing(operation& op, body_pieces& pieces) {
    const auto& asked = *op.checksum;
    op.trailing = std::make_shared<trailing_body>(asked.algorithm, std::exchange(pieces, {}), std::move(op.stream), asked.chunk_size);
    op.stream = op.trailing;
    op.body.clear();
    const std::string encoding{op.headers["Content-Encoding"]};
    op.headers.set("Content-Encoding", encoding.empty() ? "aws-chunked" : "aws-chunked," + encoding);
    op.headers.add("x-amz-decoded-content-length", op.trailing->payload_size());
    op.headers.add("x-amz-trailer", checksum_header(asked.algorithm));
    op.headers.add("x-amz-sdk-checksum-algorithm", to_string(asked.algorithm));
}

/// The hash of a body that is signed (`hash`), and its checksum in a header field, in one pass.
inline awaitable<void> hash_body(operation& op, body_pieces pieces, std::string* hash) {
    std::optional<checksum_hasher> payload, asked;
    if (hash) payload.emplace(checksum_algorithm::sha256);
    if (op.checksum && op.checksum->value.empty()) asked.emplace(op.checksum->algorithm);
    auto* first = payload ? &*payload : nullptr;
    auto* second = asked ? &*asked : nullptr;
    if (op.stream && (first || second))
        co_await hash_slowly(op.stream, first, second);
    else if (first || second)
        co_await hash_slowly(std::move(pieces), first, second);
    if (payload) {
        const auto raw = payload->finish_raw();
        *hash = aws::hex({reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()});
    }
    if (!op.checksum) co_return;
    if (asked) op.checksum->value = asked->finish();
    op.headers.add(checksum_header(op.checksum->algorithm), op.checksum->value);
}

inline work_kind kind_of(const operation& op, client_state::answer_kind kind) noexcept {
    if (kind == client_state::answer_kind::stream) return work_kind::body;
    const std::string_view method = op.method;
    return method == "GET" || method == "HEAD" ? work_kind::read : work_kind::write;
}

// ---- what became of an attempt

/// A refusal for the time: takes the server's clock for ours, once. HEAD has no body to say so; there the difference
/// itself is the sign.
PENSTOCK_DECL bool client_state::correct_clock(history& past, const failure& f, const http::response_head* head) {
    if (!head) return false;
    const auto& d = f.detail();
    const bool silent = d.service_code.empty() && (d.http_status == 400 || d.http_status == 403);
    if (retry_.classify(f) != aws::retry_class::clock_skew && !silent) return false;
    const auto off = aws::detail::clock_difference(head->headers, corrected_now());
    if (!off || (silent && std::chrono::abs(*off) < aws::detail::clock_tolerance)) return false;
    past.skew_before = skew_;
    skew_ += *off;
    return true;
}

inline void leave_out_secrets(error_detail& d, const operation& op, const aws::credentials_ptr& who) {
    const auto check = [&](std::string& said) {
        if (repeats_secret(said, op, who)) said = "(not shown)";
    };
    for (auto* said : {&d.message, &d.service_code, &d.request_id, &d.host_id, &d.region, &d.hint}) check(*said);
    for (auto& attempt : d.attempts) check(attempt.service_code);
}

PENSTOCK_DECL failure client_state::told(const operation& op, failure f, const aws::endpoint* where,
                                         const aws::credentials_ptr& who, history&& past) const {
    return f.with([&](error_detail& d) {
        d.operation = op.name;
        d.bucket = op.bucket;
        d.key = op.key;
        // What a lower layer was about (an address, a host) becomes part of what happened.
        if (!d.object.empty()) {
            d.message = d.message.empty() ? d.object : d.object + ": " + d.message;
            d.object.clear();
        }
        if (where && d.endpoint.empty()) d.endpoint = where->url();
        const bool about_keys = f.code() == condition::authentication || f.code() == condition::access_denied;
        // What failed before anything was sent has a story of its own.
        if (past.attempts.empty()) return;
        d.attempts = std::move(past.attempts);
        leave_out_secrets(d, op, who);
        const bool sent = d.http_status != 0;
        if (about_keys && sent) d.credential_source = who ? who->display() : "none (anonymous)";
        if (sent && where && d.hint.empty()) {
            circumstances c;
            c.on_aws = aws::is_aws_host(where->to.host);
            c.region = where->region;
            if (who) c.access_key_id = who->access_key_id;
            c.clock_difference = past.clock_difference;
            d.hint = hint_for(f.with([&op](error_detail& named) { named.operation = op.name; }), c);
        }
    });
}

inline std::optional<std::uint32_t> number_of(std::string_view text) {
    std::uint32_t n = 0;
    const auto end = text.data() + text.size();
    const auto r = std::from_chars(text.data(), end, n);
    if (text.empty() || r.ec != std::errc{} || r.ptr != end) return std::nullopt;
    return n;
}

/// AWS tells it in milliseconds, other stores that are busy in seconds (or as a date, which no store is known to do).
inline std::optional<std::chrono::milliseconds> retry_hint(const http::response_head& head) {
    if (const auto ms = number_of(head.headers["x-amz-retry-after"])) return std::chrono::milliseconds{*ms};
    if (head.status != 429 && head.status != 503) return std::nullopt;
    if (const auto s = number_of(head.headers["Retry-After"])) return std::chrono::seconds{*s};
    return std::nullopt;
}

/// Builds and signs the request into the connection's own memory. No suspension: the scratch request is shared.
PENSTOCK_DECL http::outgoing client_state::compose(const operation& op, const aws::endpoint& where,
                                                   const signing_identity& signing, wall_time wall,
                                                   std::span<const std::span<const std::byte>> pieces,
                                                   std::string_view payload_hash, http::connection& c,
                                                   request_observation& seen) {
    const bool signs_chunks = op.trailing && signing.who && (op.checksum->signed_chunks || (!where.to.tls && options_.sign_payload()));
    if (op.trailing) {
        const auto framing = signs_chunks ? aws::chunk_framing::signed_chunks_signed_trailer : aws::chunk_framing::unsigned_trailer;
        op.trailing->frame(framing);
        payload_hash = aws::payload_hash_of(framing);
    }
    const auto size = body_size(op);
    build(scratch_, op, where);
    if (op.trailing && !signing.who) scratch_.headers.add_valid("x-amz-content-sha256", payload_hash); // says how it is framed
    http::outgoing out;
    out.method = op.method;
    if (op.has_body || size > 0) scratch_.headers.add("Content-Length", size);
    if (size > 0 && size >= options_.transport().expect_continue_from()) {
        scratch_.headers.add_valid("Expect", "100-continue");
        out.expect_continue = true;
    }
    seen.inject(scratch_);
    if (signing.who) {
        auto& signer = signer_of(where, signing.token);
        const auto& seed = signer.sign(scratch_, *signing.who, wall + skew_, payload_hash);
        if (signs_chunks)
            op.trailing->sign_with({*signing.who, scratch_.headers["x-amz-date"], signer.region(), signer.service(), seed});
    }
    auto& text = c.request_text();
    text.clear();
    scratch_.append_to(text, c.forwarded());
    if (op.stream && size > 0) {
        op.stream->rewind();
        out.stream = op.stream.get();
    } else if (size <= joined_body && !out.expect_continue) {
        for (const auto& piece : pieces) text.append(as_text(piece));
        if (size > 0) seen.sent().add(size);
    } else {
        out.body = pieces;
    }
    out.head = text;
    out.sent = &seen.sent();
    out.received = &seen.received();
    return out;
}

/// Adds the attempt that ended in `why` to the story.
PENSTOCK_DECL void client_state::record(history& past, const failure& why, steady_time began) const {
    using std::chrono::milliseconds;
    attempt_record a;
    a.code = why.code();
    a.http_status = why.detail().http_status;
    a.service_code = why.detail().service_code;
    a.duration = std::chrono::duration_cast<milliseconds>(clock_->now() - began);
    a.waited_before = std::chrono::duration_cast<milliseconds>(std::exchange(past.waited, {}));
    past.attempts.push_back(std::move(a));
}

/// Whether the store refused credentials that can be renewed, which is done once. Refusing a HEAD, it does not say why.
PENSTOCK_DECL bool client_state::renew(history& past, const operation& op, const failure& why,
                                       const signing_identity& signing) {
    const auto& d = why.detail();
    const bool silent_head = d.http_status == 400 && std::string_view{op.method} == "HEAD";
    const bool refused = retry_.classify(why) == aws::retry_class::credentials ||
                         (d.service_code.empty() && (d.http_status == 403 || silent_head));
    if (!refused || !signing.who || past.renewed_credentials) return false;
    past.renewed_credentials = true;
    return signing.from->invalidate(*signing.who);
}

/// Of an error's document only the first part is taken.
inline awaitable<result<std::string>> read_document(http::connection& c, clock_source& clock, bool good) {
    using enum http::detail::when_too_long;
    if (good) return http::detail::read_text(c, max_document, clock, document_limit, fail);
    return http::detail::read_text(c, max_error_document, clock, document_limit, cut);
}

// ---- the driver

/// As `run`, for no longer than the call may take.
PENSTOCK_DECL awaitable<http::connection_lease> client_state::run_limited(operation op, answer_kind kind,
                                                                          interpreter look) {
    const auto self = shared_from_this();
    const auto limit = time_left(*op.settings, clock_->now());
    operation named; // what the story needs of it
    named.name = op.name, named.bucket = op.bucket, named.key = op.key, named.settings = op.settings;
    history past;
    if (limit <= duration::zero()) throw_failure(told(named, out_of_time(*op.settings, past.doing), nullptr, nullptr, std::move(past)));
    penstock::detail::outcome_of<http::connection_lease> out;
    auto running = start(std::move(op), kind, std::move(look), &past);
    auto stored = penstock::detail::store_outcome(std::move(running), &out);
    const auto ends = later(clock_->now(), limit);
    const bool cut = co_await penstock::detail::run_with_limit(std::move(stored), limit, clock_);
    if (out.failed && (cut || clock_->now() >= ends)) // or the whole call's limit was before this one's
        throw_failure(told(named, out_of_time(*named.settings, past.doing), nullptr, nullptr, std::move(past)));
    if (out.failed) std::rethrow_exception(out.failed);
    co_return std::move(*out.value);
}

PENSTOCK_DECL awaitable<http::connection_lease> client_state::run(operation op, answer_kind kind, interpreter look,
                                                                  history* kept) {
    const auto self = shared_from_this();
    const auto what = kind_of(op, kind);
    history own;
    history& past = kept ? *kept : own;
    past.doing = "finding the bucket's region";
    settle();
    if (auto ignored = ignored_condition(op, false)) throw_failure(std::move(ignored));
    if (!op.once && !op.makes_bucket && places_.must_ask(op.bucket)) co_await settle_region(op.bucket);
    auto where = places_.of(op);
    if (!op.keys.empty() && !where->to.tls && !options_.customer_keys_without_tls())
        refuse(op, "a customer key would be sent to " + where->url() + " without TLS", "use an https endpoint");
    auto began = clock_->now();
    std::unique_ptr<aws::retry_strategy> of_call;
    if (op.settings && op.settings->retry) of_call = std::make_unique<aws::retry_strategy>(rules_of(op.settings));
    aws::retry_strategy& retry = of_call ? *of_call : retry_;
    auto session = retry.begin(began);
    request_observation seen{*metrics_, options_.observer().get(), *clock_, op, op.called.value_or(began)};
    bool must_connect = op.hedge; // or an idle connection proved to be stale

    std::vector<std::span<const std::byte>> pieces;
    if (!op.owned_body.empty()) pieces.push_back(as_bytes(op.owned_body));
    for (const auto& piece : op.body)
        if (!piece.empty()) pieces.push_back(piece);
    // Over TLS nobody can change a body on its way; over plain HTTP its hash is signed, unless that is not wanted.
    const bool has_bytes = !pieces.empty() || (op.stream && op.stream->size() > 0);
    std::string hash{has_bytes ? aws::unsigned_payload : aws::empty_payload_hash};
    const bool trailed = op.checksum && op.checksum->in_trailer && op.checksum->value.empty();
    const bool hashed = has_bytes && !where->to.tls && options_.sign_payload() && !trailed;
    if (trailed)
        begin_trailing(op, pieces);
    else if (hashed || op.checksum)
        co_await hash_body(op, pieces, hashed ? &hash : nullptr);

    for (;; began = clock_->now()) {
        past.on_its_way.reset();
        if (gate_.paced(what)) {
            past.doing = "held back to the rate of requests";
            co_await gate_.pass(what);
            began = seen.waited(wait_kind::rate, began);
        }
        failure why;
        std::optional<std::chrono::milliseconds> hint;
        http::connection_lease lease;
        const http::response_head* head = nullptr;

        auto wall = clock_->wall_now();
        auto signing = try_identity(op.by, op.bucket, *where, wall);
        if (!signing) {
            past.doing = "fetching credentials";
            penstock::detail::attempt fetched{get_identity(op.by, op.bucket, where)};
            co_await fetched.run();
            seen.waited(wait_kind::credentials, began);
            if (!fetched) throw_failure(seen.failed(told(op, fetched.error(), where.get(), nullptr, std::move(past))));
            signing = std::move(*fetched);
            wall = clock_->wall_now();
            where = places_.of(op); // a session may have been found in another region
        }

        // Memory first: who holds a turn never waits for it. Bodies leave enough for one short request.
        permit memory;
        if (op.memory_held) {
            memory = budget_->try_acquire_more(0); // as much as it takes to note that it is in use
        } else {
            const auto needed = http::connection_memory(where->to.tls);
            const auto headroom = kind == answer_kind::stream ? needed : 0;
            memory = op.goes_on ? budget_->try_acquire_more(needed) : budget_->try_acquire(needed, headroom);
            if (memory.units() == 0) {
                if (op.hedge) throw_failure(failure{errc::budget_exceeded});
                past.doing = "waiting for memory";
                auto acquiring = op.goes_on ? acquire_more_memory(needed) : acquire_memory(needed, headroom);
                penstock::detail::attempt granted{std::move(acquiring)};
                co_await granted.run();
                if (!granted) throw_failure(seen.failed(told(op, granted.error(), where.get(), signing->who, std::move(past))));
                memory = std::move(*granted);
                began = clock_->now();
            }
        }
        auto turn = gate_.try_enter(what);
        if (!turn) {
            if (op.hedge) throw_failure(failure{errc::budget_exceeded});
            past.doing = "waiting for its turn";
            const auto asked = clock_->now();
            penstock::detail::attempt granted{gate_.enter(what)};
            co_await granted.run();
            began = seen.waited(wait_kind::turn, asked);
            if (!granted) throw_failure(seen.failed(told(op, granted.error(), where.get(), signing->who, std::move(past))));
            turn = std::move(*granted);
            wall = clock_->wall_now(); // it may have been a long wait
            if (auto newer = try_identity(op.by, op.bucket, *where, wall)) signing = std::move(newer);
        }

        if (kept) past.on_its_way = clock_->now();
        seen.attempt(*where, op.method);
        if (!must_connect) lease = pool_->try_acquire(where->to);
        if (!lease) {
            past.doing = "connecting";
            penstock::detail::attempt made{pool_->connect(where->to)};
            co_await made.run();
            if (made) {
                lease = std::move(*made);
                metrics_->connections->add();
            } else {
                why = made.error();
            }
        }
        must_connect = false;

        if (lease) {
            lease.hold(std::move(turn));
            lease->charge(std::move(memory));
            if (op.unanswered) ++*op.unanswered;
            const auto out = compose(op, *where, *signing, wall, pieces, hash, *lease, seen);
            seen.sending(lease->earlier_requests() > 0 ? began : clock_->now());
            past.doing = "waiting for the answer";
            const auto exchanged = co_await lease->exchange(out);
            if (exchanged) {
                head = &lease->head();
                seen.answered(*head, signing->who);
                std::string body;
                const bool good = head->status >= 200 && head->status <= 299;
                if (kind == answer_kind::document || !good) {
                    auto read = co_await read_document(*lease, *clock_, good);
                    if (read)
                        body = std::move(*read);
                    else
                        why = read.error();
                }
                if (!why) why = look(*head, body);
                why = take_note(op, *head, std::move(why));
                if (!why) {
                    retry.succeeded(session);
                    if (op.unanswered) --*op.unanswered;
                    gate_.answered(false);
                    if (op.key.empty() && !op.bucket.empty()) note_region(op.bucket, region_in(*head), seen);
                    seen.succeeded(kind == answer_kind::document);
                    if (kind == answer_kind::document) lease.give_back();
                    co_return lease;
                }
                hint = retry_hint(*head);
                gate_.answered(retry.classify(why) == aws::retry_class::throttling);
                if (op.unanswered && head->status >= 300 && head->status < 500) --*op.unanswered;
                why = why.with([head, by = lease->forwarded()](error_detail& d) {
                    if (!d.http_status) d.http_status = head->status;
                    // Whose answer it is only a store's own id tells.
                    if (by && d.request_id.empty()) d.message += (d.message.empty() ? "" : ", ") + ("by way of the proxy " + by->proxy);
                });
            } else {
                why = exchanged.error();
                if (op.unanswered && !lease->request_started()) --*op.unanswered;
                retry.progressed(session, lease->progress());
                // A kept connection that the server had closed meanwhile: not a failure, only a reason to connect.
                const bool stale = lease->earlier_requests() > 0 && !lease->answered() &&
                                   why.code() == condition::connection;
                const bool harmless = out.method == "GET" || out.method == "HEAD" || !lease->request_started();
                if (stale && harmless) {
                    must_connect = true;
                    seen.stale();
                    continue;
                }
            }
        }
        if (why.code() == asio::error::operation_aborted) throw boost::system::system_error{why.code()};

        if (head) past.clock_difference = aws::detail::clock_difference(head->headers, clock_->wall_now());
        record(past, why, began);
        seen.attempt_failed(why.with([&](error_detail& d) { leave_out_secrets(d, op, signing->who); }));
        if (op.once) throw_failure(seen.failed(told(op, std::move(why), where.get(), signing->who, std::move(past))));
        if (!past.skew_before && correct_clock(past, why, head)) {
            seen.event("clock corrected");
            continue;
        }
        lease = {}; // nothing is held while waiting
        turn.release();
        memory.release();
        past.doing = "looking for the bucket's region";
        const auto elsewhere = co_await follow_region(op, where, *signing, past, why);
        if (elsewhere) {
            where = elsewhere;
            seen.redirected(*where);
            note_region(op.bucket, where->region, seen);
            continue;
        }
        if (renew(past, op, why, *signing)) {
            seen.event("credentials renewed");
            continue;
        }
        const auto status = why.detail().http_status;
        const auto nature = retry.classify(why);
        const bool passes = nature == aws::retry_class::transient || nature == aws::retry_class::throttling;
        if (past.skew_before && !passes && (status == 403 || status == 400)) skew_ = *past.skew_before; // it was not the clock
        const auto delay = retry.next(session, why, clock_->now(), hint);
        if (!delay) throw_failure(seen.failed(told(op, std::move(why), where.get(), signing->who, std::move(past))));
        seen.retrying(*delay);
        past.waited = *delay;
        past.on_its_way.reset();
        past.doing = "waiting to try again";
        const auto slept = clock_->now();
        co_await sleep_for(clock_, *delay);
        seen.waited(wait_kind::back_off, slept);
    }
}

PENSTOCK_DECL awaitable<permit> client_state::acquire_memory(std::uint64_t bytes, std::uint64_t headroom) {
    auto held = budget_->try_acquire(bytes, headroom);
    if (held.units() > 0 || bytes == 0) co_return held;
    const auto since = clock_->now();
    auto granted = co_await budget_->acquire(bytes, headroom);
    metrics_->waits(wait_kind::memory).record(clock_->now() - since);
    co_return granted;
}

PENSTOCK_DECL awaitable<permit> client_state::acquire_more_memory(std::uint64_t bytes) {
    auto held = budget_->try_acquire_more(bytes);
    if (held.units() > 0 || bytes == 0) co_return held;
    const auto since = clock_->now();
    auto granted = co_await budget_->acquire_more(bytes);
    metrics_->waits(wait_kind::memory).record(clock_->now() - since);
    co_return granted;
}

/// The interpreter looks at `asked` and `out`, which outlive the operation.
inline client_state::interpreter opening(const get_object_options& asked, opened_object& out) {
    return [&out, &asked](const http::response_head& head, std::string_view text) { return look_at_object(asked, head, text, out.body); };
}

PENSTOCK_DECL awaitable<opened_object> client_state::open(const object_address& where, const get_object_options& asked) {
    opened_object out;
    auto op = make_get_object(where, asked);
    auto look = opening(asked, out);
    out.lease = co_await execute(std::move(op), answer_kind::stream, std::move(look));
    co_return out;
}

PENSTOCK_DECL awaitable<opened_object> client_state::reopen(const object_address& where, const get_object_options& asked,
                                                            bool memory_held) {
    opened_object out;
    auto op = make_get_object(where, asked);
    op.memory_held = memory_held;
    op.goes_on = true;
    auto look = opening(asked, out);
    out.lease = co_await execute(std::move(op), answer_kind::stream, std::move(look));
    co_return out;
}

PENSTOCK_DECL aws::retry_strategy client_state::rules_of(const request_settings_ptr& said) const {
    return said && said->retry ? retry_.with(*said->retry) : retry_;
}

PENSTOCK_DECL awaitable<aws::credentials_ptr> client_state::credentials() {
    settle();
    co_return co_await credentials_->get();
}

PENSTOCK_DECL awaitable<std::string> client_state::presign(object_address object, std::chrono::seconds expires,
                                                           std::string method) {
    const auto self = shared_from_this();
    settle();
    if (places_.must_ask(object.bucket)) co_await settle_region(object.bucket);
    auto where = places_.of("presign", object.bucket);
    auto signing = try_identity(signed_by::session, object.bucket, *where, clock_->wall_now());
    if (!signing) {
        signing = co_await get_identity(signed_by::session, object.bucket, where);
        where = places_.of("presign", object.bucket);
    }
    if (!signing->who)
        throw_failure(failure{errc::no_credentials, "a link cannot be signed with anonymous access",
                              "give the client credentials"});
    http::request request;
    request.method = method;
    request.path = where->path_prefix + "/";
    aws::append_uri_encoded(request.path, object.key, true);
    request.headers.add("Host", where->host_header);
    const auto query = signer_of(*where, signing->token).presign(request, *signing->who, corrected_now(), expires);
    co_return (where->to.tls ? "https://" : "http://") + where->host_header + request.path + "?" + query;
}

} // namespace penstock::s3::detail
