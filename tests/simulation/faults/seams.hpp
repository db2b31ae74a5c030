// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "coverage.hpp"

#include <penstock/aws/credentials_provider.hpp>
#include <penstock/core/as_bytes.hpp>
#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/http/connector.hpp>
#include <penstock/testing/manual_clock.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// The places where a client meets its world, watched: the library is not changed for it.
namespace simulation_test {

using namespace penstock;

/// Which operation a request belongs to: a header that is sent with it.
inline constexpr const char* operation_header = "x-sim-operation";

/// One request that a client began to send.
struct sent_request {
    sent_request() = default;
    int operation = -1; ///< -1: it does not say
    std::string method;
    std::string target;
    std::string upload_id() const {
        const auto at = target.find("uploadId=");
        return at == std::string::npos ? std::string{} : target.substr(at + 9, target.find('&', at) - at - 9);
    }
    /// Part of clearing up after an upload.
    bool clears_up() const {
        const bool looks = method == "GET" && (target.find("uploads=") != std::string::npos || !upload_id().empty());
        return looks || (method == "DELETE" && !upload_id().empty());
    }
};

struct observer {
    observer(coverage& seen, std::shared_ptr<clock_source> clock) : seen{seen}, clock{std::move(clock)} {}

    coverage& seen;
    std::shared_ptr<clock_source> clock;
    /// There is no connection, or there are no keys: nothing can be sent.
    std::function<void()> on_no_way = [] {};
    std::function<void(const sent_request&)> on_request = [](const sent_request&) {};
    std::function<void(const sent_request&)> on_first_byte = [](const sent_request&) {}; ///< of a request, was sent
    int streams = 0; ///< open
    int waits = 0;   ///< going on, at whatever seam
    std::uint64_t bad_answers = 0;
    /// Uploads whose abort the store has answered, well or ill, by id, with the status.
    std::function<void(const sent_request&, int)> on_answer = [](const sent_request&, int) {};
};

/// Counts one wait: that it was crossed, and what ended it.
class watched_wait {
  public:
    watched_wait(observer& o, point p) : observer_{o}, point_{p}, began_{o.clock->now()} { ++o.waits; }
    watched_wait(const watched_wait&) = delete;
    watched_wait& operator=(const watched_wait&) = delete;
    ~watched_wait() { --observer_.waits; }

    void crossed() {
        observer_.seen.count(point_, hit::none);
        if (observer_.clock->now() - began_ >= std::chrono::seconds{1}) observer_.seen.count(point_, hit::slow);
    }
    void struck(hit h) { observer_.seen.count(point_, h); }
    /// For a catch (...): which exception it was.
    void failed() {
        try {
            throw;
        } catch (const boost::system::system_error& e) {
            const auto code = e.code();
            // A client gives a server one second to let a body come, and then sends it unasked.
            const bool gone_on = point_ == point::go_ahead && observer_.clock->now() - began_ >= std::chrono::seconds{1};
            if (code == asio::error::operation_aborted)
                struck(gone_on ? hit::slow : hit::cancelled);
            else if (code == errc::connect_timeout)
                struck(hit::silent);
            else
                struck(hit::refused);
        } catch (...) {
        }
    }

  private:
    observer& observer_;
    point point_;
    steady_time began_;
};

/// A stream that knows which request is on it and how far it is.
class watched_stream final : public http::stream {
  public:
    watched_stream(http::stream_ptr inner, std::shared_ptr<observer> o) : inner_{std::move(inner)}, observer_{std::move(o)} {
        ++observer_->streams;
    }
    ~watched_stream() override {
        watched_stream::close();
        --observer_->streams;
    }

    io_result try_read_some(std::span<std::byte> into) override {
        auto r = inner_->try_read_some(into);
        look(r, into);
        return r;
    }

    io_result try_write_some(std::span<const std::byte> from) override {
        if (now_ == state::idle) begin(as_text(from));
        auto r = inner_->try_write_some(from);
        if (r.status == io_status::bytes) {
            advance(r.size);
        } else if (r.status == io_status::error && !closed_) {
            observer_->seen.count(at(), fresh_on_kept() ? hit::cut : hit::reset);
        }
        return r;
    }

    awaitable<void> wait(http::wait_for what) override {
        const auto o = observer_;
        watched_wait w{*o, at(what == http::wait_for::read)};
        const auto left = std::make_shared<bool>(false);
        left_waiting_ = left;
        try {
            co_await inner_->wait(what);
        } catch (...) {
            w.failed();
            throw;
        }
        if (*left)
            w.struck(hit::silent);
        else
            w.crossed();
    }

    void close() noexcept override {
        if (closed_) return;
        closed_ = true;
        if (const auto waiting = left_waiting_.lock()) *waiting = true;
        if (now_ == state::idle && requests_ > 0) observer_->seen.count(point::idle, hit::silent);
        inner_->close();
    }

    bool usable() noexcept override {
        const bool is = inner_->usable();
        observer_->seen.count(point::idle, hit::none);
        if (!is) {
            std::byte beyond;
            observer_->seen.count(point::idle, inner_->try_read_some({&beyond, 1}).status == io_status::end ? hit::cut : hit::reset);
        }
        return is;
    }

  private:
    enum class state : std::uint8_t { idle, head, body, answer_head, answer_body };

    bool fresh_on_kept() const noexcept { return requests_ > 1 && sent_ == 0; }

    point at(bool reading = false) const noexcept {
        if (request_.method == "DELETE" && request_.clears_up()) return point::abort;
        switch (now_) {
        case state::idle: return point::idle;
        case state::head: return point::send_head;
        case state::body: return reading ? point::go_ahead : point::send_body;
        case state::answer_head: return point::head;
        case state::answer_body: return point::body;
        }
        return point::idle;
    }

    static std::uint64_t number(std::string_view head, std::string_view field) {
        const auto at = head.find(field);
        std::uint64_t n = 0;
        if (at != std::string_view::npos) std::from_chars(head.data() + at + field.size(), head.data() + head.size(), n);
        return n;
    }

    /// `text` is the whole head, as the client offers it at once.
    void begin(std::string_view text) {
        ++requests_;
        sent_ = 0;
        const auto end = text.find("\r\n\r\n");
        head_size_ = end == std::string_view::npos ? text.size() : end + 4;
        const auto head = text.substr(0, head_size_);
        request_ = {};
        request_.method = std::string{head.substr(0, head.find(' '))};
        const auto target = head.substr(request_.method.size() + 1);
        request_.target = std::string{target.substr(0, target.find(' '))};
        const std::string field = std::string{operation_header} + ": ";
        if (head.find(field) != std::string_view::npos) request_.operation = static_cast<int>(number(head, field));
        body_size_ = number(head, "Content-Length: ");
        answer_.clear();
        now_ = state::head;
        observer_->on_request(request_);
    }

    void advance(std::size_t n) {
        if (sent_ == 0 && n > 0) observer_->on_first_byte(request_);
        sent_ += n;
        if (now_ == state::head && sent_ >= head_size_) now_ = state::body;
        if (now_ == state::body && sent_ >= head_size_ + body_size_) now_ = state::answer_head;
    }

    void look(const io_result& r, std::span<const std::byte> into) {
        if (r.status == io_status::end && now_ != state::idle) observer_->seen.count(place(), hit::cut);
        if (r.status == io_status::error && !closed_) observer_->seen.count(place(), hit::reset);
        if (r.status != io_status::bytes) return;
        auto got = as_text(std::span<const std::byte>{into.first(r.size)});
        if (now_ == state::body || now_ == state::head) now_ = state::answer_head; // before all was sent
        while (!got.empty() && now_ == state::answer_head) {
            const auto before = answer_.size();
            answer_ += got;
            const auto end = answer_.find("\r\n\r\n");
            if (!answer_.starts_with(std::string_view{"HTTP/1."}.substr(0, answer_.size()))) {
                observer_->seen.count(at(), hit::garbage);
                now_ = state::answer_body;
                left_ = ~std::uint64_t{};
                return;
            }
            if (end == std::string::npos) return;
            got.remove_prefix(end + 4 - before);
            on_head(std::string_view{answer_}.substr(0, end + 4));
        }
        if (now_ == state::answer_body) {
            left_ -= std::min<std::uint64_t>(left_, got.size());
            if (left_ == 0) now_ = state::idle;
        }
    }

    /// Where a stream ended that was being read.
    point place() const noexcept {
        if (now_ == state::answer_head && requests_ > 1 && answer_.empty()) return point::idle; // a stale connection
        if ((now_ == state::body || now_ == state::head) && sent_ >= head_size_ && body_size_ > 0 && sent_ == head_size_)
            return at(true);
        return at();
    }

    void on_head(std::string_view head) {
        std::uint64_t status = 0;
        std::from_chars(head.data() + 9, head.data() + head.size(), status);
        if (status < 200) {
            answer_.clear();
            if (sent_ < head_size_ + body_size_) now_ = state::body;
            return;
        }
        const bool early = sent_ < head_size_ + body_size_;
        if (status >= 400) observer_->seen.count(early && sent_ == head_size_ ? point::go_ahead : at(), hit::refusal);
        observer_->on_answer(request_, static_cast<int>(status));
        const bool bodiless = request_.method == "HEAD" || status == 204 || status == 304;
        left_ = bodiless ? 0 : number(head, "Content-Length: ");
        now_ = left_ > 0 ? state::answer_body : state::idle;
    }

    http::stream_ptr inner_;
    std::shared_ptr<observer> observer_;
    std::weak_ptr<bool> left_waiting_;
    bool closed_ = false;
    state now_ = state::idle;
    std::uint64_t requests_ = 0;
    sent_request request_;
    std::size_t head_size_ = 0;
    std::uint64_t body_size_ = 0;
    std::uint64_t sent_ = 0;
    std::string answer_;
    std::uint64_t left_ = 0;
};

class watched_connector final : public http::connector {
  public:
    watched_connector(std::shared_ptr<testing::simulated_network> network, std::shared_ptr<observer> o)
        : network_{std::move(network)}, observer_{std::move(o)} {}

    awaitable<http::stream_ptr> connect(http::origin to) override {
        const auto o = observer_;
        watched_wait w{*o, point::connect};
        http::stream_ptr made;
        auto attempt = limited(to);
        try {
            made = co_await std::move(attempt);
        } catch (...) {
            w.failed();
            o->on_no_way();
            throw;
        }
        w.crossed();
        co_return std::make_unique<watched_stream>(std::move(made), o);
    }

  private:
    /// The limit is a connector's own business.
    awaitable<http::stream_ptr> limited(http::origin to) {
        auto attempt = with_timeout(network_->connect(to.host, to.port), std::chrono::milliseconds{3100}, observer_->clock);
        auto made = co_await as_result(std::move(attempt));
        if (made) co_return std::move(*made);
        const error_code code = made.error().code();
        if (code == errc::deadline_exceeded) throw_failure(failure{errc::connect_timeout, "not connected in time"});
        throw_failure(made.error());
    }

    std::shared_ptr<testing::simulated_network> network_;
    std::shared_ptr<observer> observer_;
};

/// Keys that end, and take a while to fetch; the store learns of them.
class watched_keys final : public aws::credentials_provider {
  public:
    watched_keys(testing::s3_server& store, std::shared_ptr<observer> o, std::shared_ptr<random_source> random, duration live,
                 duration take, double fail)
        : store_{store}, observer_{std::move(o)}, random_{std::move(random)}, live_{live}, take_{take}, fail_{fail} {}

    std::optional<aws::credentials_ptr> try_get(wall_time) override {
        if (!now_ || *now_->expiration <= observer_->clock->wall_now()) return std::nullopt;
        return now_;
    }

    awaitable<aws::credentials_ptr> get() override {
        const auto o = observer_;
        watched_wait w{*o, point::credentials};
        auto pause = sleep_for(o->clock, take_);
        try {
            co_await std::move(pause);
            if (random_->uniform() < fail_) throw_failure(failure{errc::no_credentials, "the simulated source is out of keys"});
        } catch (...) {
            w.failed();
            o->on_no_way();
            throw;
        }
        w.crossed();
        const auto n = std::to_string(++count_);
        auto made = std::make_shared<aws::credentials>("AK" + n, "SK" + n, "T" + n);
        made->source = "simulated";
        made->expiration = o->clock->wall_now() + std::chrono::duration_cast<wall_time::duration>(live_);
        store_.service().add_user(*made);
        now_ = made;
        co_return now_;
    }

    bool invalidate(const aws::credentials& used) override {
        if (now_ && aws::same_keys(*now_, used)) now_ = nullptr;
        return true;
    }
    std::string name() const override { return "simulated"; }

  private:
    testing::s3_server& store_;
    std::shared_ptr<observer> observer_;
    std::shared_ptr<random_source> random_;
    duration live_, take_;
    double fail_;
    int count_ = 0;
    aws::credentials_ptr now_;
};

/// The server's time, seen by a machine whose calendar is wrong.
class wrong_clock final : public clock_source {
  public:
    wrong_clock(std::shared_ptr<clock_source> right, duration ahead) : right_{std::move(right)}, ahead_{ahead} {}
    steady_time now() const noexcept override { return right_->now(); }
    wall_time wall_now() const noexcept override {
        return right_->wall_now() + std::chrono::duration_cast<wall_time::duration>(ahead_);
    }
    std::unique_ptr<timer> make_timer(executor ex) override { return right_->make_timer(std::move(ex)); }

  private:
    std::shared_ptr<clock_source> right_;
    duration ahead_;
};

} // namespace simulation_test
