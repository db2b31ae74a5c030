// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "model.hpp"
#include "schedule.hpp"
#include "seams.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/memory_io.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/operation.hpp>
#include <penstock/s3/find_objects.hpp>
#include <penstock/s3/list_multipart_uploads.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/s3/read_unordered.hpp>
#include <penstock/s3/upload.hpp>
#include <penstock/testing/simulation.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace simulation_test {

/// What became of a run. Two runs of one schedule give the same text.
struct verdict {
    verdict() = default;
    std::string broken; ///< the first promise that was not kept; empty: all were
    std::string text;   ///< what happened
    int succeeded = 0;
    int failed = 0;
    int cancelled = 0;
    std::uint64_t turns = 0;
};

/// One operation that runs or ran.
struct operation_record {
    operation_record() = default;
    bool started = false;
    bool ended = false;
    bool pausing = false; ///< of its own will
    duration paused{};
    std::uint64_t first_turn = 0;
    std::uint64_t last_turn = 0;
    steady_time began{};
    steady_time finished{};
    std::optional<steady_time> cancelled_at;
    std::uint64_t waiting_for_turn = 0, waiting_for_memory = 0; ///< how many were, when it was cancelled
    asio::cancellation_signal cancel;
    std::set<std::string> refused;     ///< requests that can never succeed
    std::map<std::string, int> aborts; ///< requests that abort, by upload
    std::map<std::string, int> unanswered; ///< requests that write, of which at least a byte was sent
};

/// A whole client with its server, in a world that follows from the schedule. Use once.
class run {
  public:
    run(const schedule& plan, const omissions& without, coverage& seen)
        : plan_{plan}, without_{without}, seen_{seen}, observer_{std::make_shared<observer>(seen, clock_)},
          model_{turn_}, operations_(plan.steps.size()) {}

    verdict play() {
        start_world();
        start_client();
        for (int lane = 0; lane < plan_.lanes; ++lane)
            asio::co_spawn(*io_, run_lane(lane), [this](std::exception_ptr e) {
                ++lanes_done_;
                if (e) complain("something that is no error of a client was thrown: " + penstock::to_failure(e).message());
            });
        testing::simulation_limits limits;
        limits.max_handlers = 3'000'000;
        limits.max_timers = 500'000;
        auto end = testing::run_simulated(*io_, *clock_, [this] { return tick() && lanes_done_ == plan_.lanes; }, limits);
        if (end != testing::simulation_end::done) {
            complain(end == testing::simulation_end::idle ? "an await that nothing will ever end: " + unfinished()
                                                          : "a loop without end: " + unfinished());
        } else {
            finish(limits);
        }
        for (const auto& q : server_->requests())
            out_.text += q.method + " " + q.target + " " + std::to_string(q.status) + " " + q.code +
                         (q.fault.empty() ? "" : "  <- " + q.fault) + "\n";
        out_.text += std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(clock_->now().time_since_epoch()).count()) + " us\n";
        out_.turns = turn_;
        close_world();
        return std::move(out_);
    }

  private:
    void complain(const std::string& what) {
        if (out_.broken.empty()) out_.broken = what;
        out_.text += "BROKEN: " + what + "\n";
    }

    std::string label(int i) const {
        return "o" + std::to_string(i) + " " + action_names[static_cast<int>(plan_.steps[static_cast<std::size_t>(i)].what)];
    }

    std::string unfinished() const {
        std::string out;
        for (std::size_t i = 0; i < operations_.size(); ++i)
            if (operations_[i].started && !operations_[i].ended) out += (out.empty() ? "" : ", ") + label(static_cast<int>(i));
        return out.empty() ? "what runs after the operations" : out;
    }

    // ---- the world

    void start_world() {
        network_ = testing::simulated_network::create(io_->get_executor(), clock_, plan_.seed);
        auto faults = testing::fault_plan::create();
        for (std::size_t i = 0; i < plan_.server_faults.size(); ++i)
            if (!without_.contains("f" + std::to_string(i))) faults->add(plan_.server_faults[i].rule);
        faults_ = faults;
        testing::s3_server_limits limits;
        limits.idle_timeout = plan_.server_idle;
        limits.stall_timeout = std::chrono::minutes{3};
        auto store = std::make_shared<watched_storage>(testing::make_memory_storage(), model_,
                                                       [this](const std::string& what) { complain(what); });
        server_ = std::make_unique<testing::s3_server>(io_->get_executor(), testing::s3_server_options()
                                                                               .credentials("ak", "sk")
                                                                               .min_part_size(std::uint64_t{1} << 20)
                                                                               .clock(clock_)
                                                                               .random(make_seeded_random(plan_.seed))
                                                                               .storage(std::move(store))
                                                                               .limits(limits)
                                                                               .faults(std::move(faults)));
        server_->listen(*network_, "s3.test", 80);
        for (std::size_t i = 0; i < plan_.objects.size(); ++i) {
            if (plan_.objects[i] == ~std::size_t{}) continue;
            const auto text = model_.make_content(100 + i, plan_.objects[i]);
            server_->put("b", "k" + std::to_string(i), text);
        }
        server_->store().has_bucket("b") ? void() : server_->store().create_bucket("b", clock_->wall_now());
        network_->plan([this](const testing::connection_attempt& a) { return connection(a); });
    }

    testing::connection_plan connection(const testing::connection_attempt& a) const {
        testing::connection_plan p;
        for (auto* link : {&p.to_server, &p.to_client}) {
            link->latency = plan_.latency;
            link->capacity = plan_.capacity;
            link->max_transfer = plan_.max_transfer;
        }
        for (std::size_t i = 0; i < plan_.connection_faults.size(); ++i) {
            const auto& f = plan_.connection_faults[i];
            if (f.number != a.number || without_.contains("n" + std::to_string(i))) continue;
            if (f.fate) p.what = *f.fate;
            if (f.to_server) p.to_server.faults.push_back(*f.to_server);
            if (f.to_client) p.to_client.faults.push_back(*f.to_client);
            if (f.bytes_per_second) p.to_client.bytes_per_second = p.to_server.bytes_per_second = f.bytes_per_second;
            if (f.reset_at_step) p.reset_at_client_step = f.reset_at_step;
        }
        const auto in_order = [](const auto& x, const auto& y) { return x.at < y.at; };
        std::sort(p.to_server.faults.begin(), p.to_server.faults.end(), in_order);
        std::sort(p.to_client.faults.begin(), p.to_client.faults.end(), in_order);
        return p;
    }

    void start_client() {
        s3::client_options o;
        o.endpoint_url("http://s3.test").region("us-east-1");
        if (plan_.keys_live == duration{})
            o.credentials("ak", "sk");
        else
            o.credentials(std::make_shared<watched_keys>(*server_, observer_, make_seeded_random(plan_.seed + 5), plan_.keys_live,
                                                         plan_.keys_take, plan_.keys_fail));
        o.clock(std::make_shared<wrong_clock>(clock_, plan_.client_clock)).random(make_seeded_random(plan_.seed ^ 0x5eed));
        o.connector(std::make_shared<watched_connector>(network_, observer_));
        o.part_size(std::uint64_t{1} << 20).memory_budget(plan_.budget).buffers(buffers());
        o.environment(aws::environment{std::map<std::string, std::string>{}});
        o.transport(http::transport_options().expect_continue_from(plan_.expect_continue_from));
        o.retry(aws::retry_options().max_attempts(plan_.max_attempts));
        if (plan_.hedge_after != duration{}) o.hedging(s3::hedging_options{plan_.hedge_after});
        if (plan_.concurrency) {
            turns_ = fair_semaphore::create(plan_.concurrency);
            o.request_concurrency(turns_);
        }
        client_.emplace(io_->get_executor(), o);
        budget_ = client_->budget();
        observer_->on_request = [this](const sent_request& q) { check_request(q); };
        observer_->on_no_way = [this] { last_without_way_ = turn_; };
        observer_->on_first_byte = [this](const sent_request& q) {
            if (q.operation < 0 || q.method == "GET" || q.method == "HEAD" || q.clears_up()) return;
            const auto n = ++operations_[static_cast<std::size_t>(q.operation)].unanswered[q.method + " " + q.target];
            if (n > plan_.max_attempts)
                complain(label(q.operation) + " may try " + std::to_string(plan_.max_attempts) + " times, but sends once more: " + q.method + " " + q.target);
        };
        observer_->on_answer = [this](const sent_request& q, int status) {
            if (q.operation >= 0) operations_[static_cast<std::size_t>(q.operation)].unanswered.erase(q.method + " " + q.target);
            // The other one of a hedged pair may still be on its way: only good answers decide.
            const bool hedged = plan_.hedge_after != duration{} && q.method == "GET";
            const bool alone = q.operation >= 0 && !reads_parts(of(q.operation).what) && !hedged;
            if (alone && (status == 404 || status == 412)) // for ever
                operations_[static_cast<std::size_t>(q.operation)].refused.insert(q.method + " " + q.target);
            if (q.method == "DELETE" && q.clears_up() && (status / 100 == 2 || status == 404)) aborted_.insert(q.upload_id());
        };
    }

    /// Pages that are written to again cost less than fresh ones.
    static std::shared_ptr<buffer_pool> buffers() {
        static const auto pool = buffer_pool::create();
        return pool;
    }

    // ---- every turn of the loop

    bool tick() {
        ++turn_;
        if (turns_ && turns_->waiting() > 0 && !waited_for_turn_) seen_.count(point::turn, hit::none);
        if (budget_->waiting() > 0 && !waited_for_memory_) seen_.count(point::budget, hit::none);
        waited_for_turn_ = turns_ && turns_->waiting() > 0;
        waited_for_memory_ = budget_->waiting() > 0;
        // A connection's own buffers may be there a moment before or after they are paid for.
        const auto uncounted = std::uint64_t{96} << 10;
        if (buffers()->in_use() > budget_->used() + uncounted)
            complain(std::to_string(buffers()->in_use()) + " bytes of buffers, but only " + std::to_string(budget_->used()) +
                     " of the budget are used");
        for (const auto i : to_cancel_) {
            auto& o = operations_[i];
            const auto& c = *plan_.steps[i].cancel;
            const bool due = c.turns ? turn_ - o.first_turn >= c.turns : clock_->now() - o.began >= c.after;
            if (due) cancel(i);
        }
        std::erase_if(to_cancel_, [this](std::size_t i) { return operations_[i].ended || operations_[i].cancelled_at; });
        return true;
    }

    void cancel(std::size_t i) {
        auto& o = operations_[i];
        o.cancelled_at = clock_->now();
        o.waiting_for_turn = turns_ ? turns_->waiting() : 0;
        o.waiting_for_memory = budget_->waiting();
        const bool nowhere = observer_->waits == 0 && !o.waiting_for_turn && !o.waiting_for_memory && !o.pausing;
        if (plan_.lanes == 1 && nowhere && plan_.steps[i].cancel->turns == 0) seen_.count(point::back_off, hit::cancelled);
        o.cancel.emit(plan_.steps[i].cancel->type);
    }

    void check_request(const sent_request& q) {
        if (q.method == "DELETE" && q.clears_up()) tried_.insert(q.upload_id());
        if (q.operation < 0) {
            if (q.method == "HEAD" && (q.target == "/b" || q.target == "/b/")) return; // looks for the bucket's region
            if (!q.clears_up()) complain("a request that no operation made: " + q.method + " " + q.target);
            ++free_aborts_[q.upload_id()];
            if (free_aborts_[q.upload_id()] > 40) complain("an abort without end of " + q.target);
            return;
        }
        auto& o = operations_[static_cast<std::size_t>(q.operation)];
        if (q.method != "HEAD" && !q.clears_up() && o.refused.contains(q.method + " " + q.target))
            complain(label(q.operation) + " asks again for what was refused: " + q.method + " " + q.target);
        if (!q.upload_id().empty() && !q.clears_up()) known_uploads_.emplace(q.upload_id(), q.operation);
        const bool over = o.ended || (o.cancelled_at && clock_->now() > *o.cancelled_at);
        if (!over) return;
        if (!q.clears_up()) complain(label(q.operation) + " is over, but sends " + q.method + " " + q.target);
        if (++o.aborts[q.upload_id()] > 40) complain("an abort without end of " + q.target);
        if (clock_->now() - (o.ended ? o.finished : *o.cancelled_at) > std::chrono::minutes{2})
            complain(label(q.operation) + " is over, but minutes later sends " + q.method + " " + q.target);
    }

    // ---- the operations

    awaitable<void> run_lane(int lane) {
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            const auto& s = plan_.steps[i];
            if (s.lane != lane || without_.contains("o" + std::to_string(i))) continue;
            auto think = sleep_for(clock_, s.wait);
            co_await std::move(think);
            auto& o = operations_[i];
            o.started = true;
            o.first_turn = turn_;
            o.began = clock_->now();
            if (s.cancel && !without_.contains("c" + std::to_string(i))) to_cancel_.push_back(i);
            auto token = asio::bind_cancellation_slot(o.cancel.slot(), asio::use_awaitable);
            auto f = co_await asio::co_spawn(*io_, perform(static_cast<int>(i)), token);
            o.ended = true;
            o.last_turn = turn_;
            o.finished = clock_->now();
            judge(static_cast<int>(i), f);
        }
    }

    /// Whether what an operation ended with is a fair end.
    void judge(int i, const failure& f) {
        auto& o = operations_[static_cast<std::size_t>(i)];
        const auto& s = plan_.steps[static_cast<std::size_t>(i)];
        out_.text += label(i) + " " + s.key + (f ? ": " + f.message() : ": ok") +
                     (o.cancelled_at ? " (cancelled)" : "") + "\n";
        ++(o.cancelled_at ? out_.cancelled : f ? out_.failed : out_.succeeded);
        if (o.finished - o.began - o.paused > std::chrono::hours{2}) complain(label(i) + " took hours");
        if (o.cancelled_at) {
            if (o.finished > *o.cancelled_at && !o.pausing) complain(label(i) + " went on after its cancellation");
            if (turns_ && turns_->waiting() < o.waiting_for_turn) seen_.count(point::turn, hit::cancelled);
            if (budget_->waiting() < o.waiting_for_memory) seen_.count(point::budget, hit::cancelled);
            if (f.code() == asio::error::operation_aborted) return;
        }
        if (!f) return;
        if (!fair(s, o, f)) complain(label(i) + " has no right to fail so: " + f.message());
    }

    bool any_fault(std::string_view part) const {
        for (std::size_t i = 0; i < plan_.server_faults.size(); ++i)
            if (!without_.contains("f" + std::to_string(i)) && plan_.server_faults[i].where.find(part) != std::string::npos)
                return true;
        return false;
    }

    bool fair(const step& s, const operation_record& o, const failure& f) const {
        const error_code c = f.code();
        const auto& d = f.detail();
        const auto changed = [&](const std::string& key) { return model_.during(key, o.first_turn, o.last_turn).size() > 1; };
        if (c == errc::header_too_large) return any_fault("flood");
        if (d.http_status >= 400 && d.http_status < 500 && d.service_code.empty()) return true; // a refusal, cut
        if (c == errc::host_not_found) return true; // as good as for ever
        if (c == condition::connection || c == condition::timeout || c == condition::throttled || c == condition::unavailable)
            return tried_enough(f, o);
        if (c == condition::not_found)
            return (d.http_status == 404 || d.http_status == 200) &&
                   (model_.may_be_absent(s.key, o.first_turn, o.last_turn) || c == errc::no_such_upload);
        if (c == errc::object_changed || (c == errc::precondition_failed && s.what != action::put_new && s.what != action::create))
            return changed(s.key) || any_fault("wrong ETag") || any_fault("ignored If-Match") || any_fault("wrong length");
        if (c == errc::precondition_failed) // not by its own hand
            return model_.may_be_there(s.key, o.first_turn, o.last_turn);
        if (c == errc::range_not_satisfiable) return reads_bytes(s.what);
        if (c == condition::malformed || c == errc::body_too_long || c == errc::body_too_short)
            return any_fault("wrong") || any_fault("ignored If-Match") || any_fault("garbage") || any_fault("flood") || any_fault("error in 200");
        if (c == errc::no_credentials) return plan_.keys_fail > 0;
        if (c == errc::expired_token || c == errc::access_denied || c == condition::authentication)
            return any_fault("ExpiredToken") || (plan_.keys_live != duration{} && d.attempts.size() > 1); // new keys, no better
        // A 400 to HEAD has no words: it may be any.
        if (d.http_status == 400 && d.service_code.empty()) return any_fault("400");
        if (d.http_status == 200) return any_fault("error in 200");
        return false;
    }

    /// Nobody gives up before the last attempt, the deadline, or the end of what retries may cost.
    bool tried_enough(const failure& f, const operation_record& o) const {
        const auto tries = f.detail().attempts.size();
        return tries >= static_cast<std::size_t>(plan_.max_attempts) || tries == 0 ||
               o.finished - o.began >= std::chrono::seconds{150};
    }

    awaitable<failure> perform(int i);
    awaitable<void> put(int i, bool only_new);
    awaitable<void> get(int i);
    awaitable<void> read(int i);
    awaitable<void> read_parallel(int i);
    awaitable<void> read_unordered(int i);
    awaitable<void> read_on(int i, byte_source* reader);
    awaitable<void> read_at(int i);
    awaitable<void> head(int i);
    awaitable<void> write(int i, bool only_new);
    awaitable<void> upload(int i);
    awaitable<void> copy(int i);
    awaitable<void> list(int i);
    awaitable<void> find(int i);
    awaitable<void> remove(int i);
    awaitable<void> remove_many(int i);
    awaitable<void> rest(int i);

    void check_written(int i, std::string_view text, const failure& f);
    void check_listed(int i, const std::map<std::string, std::uint64_t>& found);
    s3::parallel_options side_by_side(int i) const;

    template <class Options>
    static Options tagged(int i, Options o = Options()) {
        o.header(operation_header, std::to_string(i));
        return o;
    }
    s3::get_object_options part_of(int i) const {
        const auto& s = of(i);
        auto out = tagged<s3::get_object_options>(i);
        out.checksum_mode(s.checked);
        if (s.offset > 0 || s.length > 0)
            out.range(s.length ? s3::object_range::slice(s.offset, s.length) : s3::object_range::from(s.offset));
        return out;
    }
    /// Of an operation that writes: every algorithm in its turn, ahead of the body or behind it.
    s3::put_object_options kept_as(int i) const {
        auto out = tagged<s3::put_object_options>(i);
        if (!of(i).checked) return out;
        using enum checksum_algorithm;
        constexpr checksum_algorithm all[] = {crc32, crc32c, crc64nvme, sha1, sha256};
        const auto which = all[of(i).chunk % std::size(all)];
        if (of(i).size % 2 == 0)
            out.checksum(which);
        else
            out.trailing_checksum(which);
        return out;
    }
    const step& of(int i) const { return plan_.steps[static_cast<std::size_t>(i)]; }
    static std::string url(const std::string& key) { return "s3://b/" + key; }
    std::uint64_t since(int i) const { return operations_[static_cast<std::size_t>(i)].first_turn; }

    /// Bytes that came for a part of an object: the same part of something that was there.
    void check_bytes(int i, std::uint64_t offset, std::string_view got, bool to_the_end) {
        for (const auto& v : model_.during(of(i).key, since(i), turn_)) {
            if (!v.bytes) continue;
            if (v.bytes->empty() && got.empty()) return; // no part of it is an error
            if (offset > v.bytes->size()) continue;
            const auto expected = v.bytes->substr(offset, got.size());
            if (expected != got) continue;
            if (!to_the_end || offset + got.size() == v.bytes->size()) return;
            // What comes later than the promised end of a body, nobody can wait for.
            if (any_fault("wrong length -") && offset + got.size() + 10 >= v.bytes->size()) return;
        }
        if (got.empty() && !to_the_end) return;
        complain(label(i) + " got " + std::to_string(got.size()) + " bytes from " + std::to_string(offset) +
                 " that are no object's, or not all");
    }

    /// Nobody can tell an object of the same bytes from one's own.
    bool there_before(int i, std::string_view text) const { return model_.was(of(i).key, text, since(i), turn_); }

    // ---- the end

    void finish(const testing::simulation_limits& limits) {
        retries_ = client_->statistics().retries;
        seen_.count(point::back_off, hit::none, retries_);
        client_.reset();
        // Aborts in flight end; kept connections do at once.
        if (testing::run_simulated(*io_, *clock_, [this] { return ++turn_, false; }, limits) == testing::simulation_end::step_limit)
            complain("something runs on after the last operation and without a client");
        if (observer_->streams != 0) complain(std::to_string(observer_->streams) + " connections are open without a client");
        if (observer_->waits != 0) complain("somebody waits without a client");
        if (buffers()->in_use() != 0) complain(std::to_string(buffers()->in_use()) + " bytes of buffers are held by nobody");
        if (budget_->used() != 0) complain(std::to_string(budget_->used()) + " bytes of the budget are held by nobody");
        if (budget_->peak() > budget_->limit()) complain("the budget was exceeded");
        if (turns_ && turns_->used() != 0) complain(std::to_string(turns_->used()) + " turns are held by nobody");
        check_uploads();
        count_server_faults();
        server_->stop();
        testing::run_simulated(*io_, *clock_, [] { return false; }, limits);
        if (clock_->running_timers() != 0) complain("a timer runs on");
        if (!io_->stopped()) complain("somebody waits for ever");
    }

    /// An upload whose id the client knew is gone, or the store did not answer its abort.
    void check_uploads() {
        if (server_->service().open_uploads() == 0) return;
        server_->faults().clear();
        network_->plan([](const testing::connection_attempt&) { return testing::connection_plan(); });
        auto look = [](run* self) -> awaitable<std::vector<std::string>> {
            s3::client_options o;
            o.endpoint_url("http://s3.test").region("us-east-1").credentials("ak", "sk").clock(self->clock_);
            o.connector(std::make_shared<plain_connector>(self->network_));
            o.environment(aws::environment{std::map<std::string, std::string>{}});
            const s3::client c{self->io_->get_executor(), o};
            auto op = s3::detail::make_list_multipart_uploads("b");
            auto listing = s3::detail::client_access::state(c)->call(std::move(op), &s3::detail::parse_list_multipart_uploads);
            const auto page = co_await std::move(listing);
            std::vector<std::string> ids;
            for (const auto& u : page.uploads) ids.push_back(u.upload_id);
            co_return ids;
        };
        for (const auto& id : testing::simulate(*io_, *clock_, look(this))) {
            const auto known = known_uploads_.find(id);
            if (known == known_uploads_.end()) continue;
            const bool no_way = last_without_way_ >= operations_[static_cast<std::size_t>(known->second)].last_turn;
            if (!tried_.contains(id) && !no_way) complain("upload " + id + " is left, and nobody tried to abort it");
            if (aborted_.contains(id)) complain("upload " + id + " is left although the store said it was gone");
        }
    }

    class plain_connector final : public http::connector {
      public:
        explicit plain_connector(std::shared_ptr<testing::simulated_network> network) : network_{std::move(network)} {}
        awaitable<http::stream_ptr> connect(http::origin to) override { co_return co_await network_->connect(to.host, to.port); }

      private:
        std::shared_ptr<testing::simulated_network> network_;
    };

    /// What only the server knows of its faults.
    void count_server_faults() {
        for (const auto& q : server_->requests()) {
            const auto has = [&q](const char* part) { return q.fault.find(part) != std::string::npos; };
            if (q.status == 0) continue;
            if (has("wrong") || has("ignored")) seen_.count(point::body, hit::wrong);
            if (has("error in 200")) seen_.count(point::body, hit::refusal);
            if (q.code == "ExpiredToken") seen_.count(point::head, hit::expired);
        }
    }

    /// Coroutines that did not end are destroyed with their context, before what they refer to.
    void close_world() {
        client_.reset();
        server_.reset();
        network_.reset();
        io_.reset();
    }

    const schedule& plan_;
    const omissions& without_;
    coverage& seen_;
    verdict out_;
    std::uint64_t turn_ = 0;
    std::shared_ptr<testing::manual_clock> clock_ = testing::manual_clock::create();
    std::shared_ptr<observer> observer_;
    model model_;
    std::deque<operation_record> operations_;
    std::vector<std::size_t> to_cancel_;
    std::map<std::string, int> known_uploads_; ///< whose they are
    std::uint64_t last_without_way_ = 0;
    std::set<std::string> tried_; ///< to abort
    std::set<std::string> aborted_;
    std::map<std::string, int> free_aborts_;
    std::shared_ptr<fair_semaphore> turns_;
    std::shared_ptr<memory_budget> budget_;
    std::shared_ptr<testing::fault_plan> faults_;
    std::uint64_t retries_ = 0;
    bool waited_for_turn_ = false, waited_for_memory_ = false;
    int lanes_done_ = 0;
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
    std::shared_ptr<testing::simulated_network> network_;
    std::unique_ptr<testing::s3_server> server_;
    std::optional<s3::client> client_;
};

} // namespace simulation_test
