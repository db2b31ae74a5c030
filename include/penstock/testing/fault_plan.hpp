// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::testing {

/// Something that the embedded server does wrong with one request. Made by the functions below.
class fault {
  public:
    enum class kind : std::uint8_t {
        none,
        close,        ///< orderly end of the connection
        reset,        ///< RST
        stall,        ///< silence
        trickle,      ///< a few bytes at a time
        status,       ///< an error answer; the request is not carried out
        error_in_200, ///< the same with status 200
        redirect,     ///< to another region
        wrong_length, ///< Content-Length says more or less than comes
        wrong_etag,   ///< the ETag of another version; If-Match is ignored
        wrong_range,  ///< Content-Range names other bytes than come
        corrupt,      ///< one byte of the body is another
        header_flood, ///< a head that does not end
        garbage,      ///< bytes that are no HTTP
        short_session, ///< a session of a directory bucket ends before its time
        ignored_if_match ///< If-Match is ignored, as by a store that does not know it
    };
    /// Where a cut or a silence happens.
    enum class place : std::uint8_t {
        before_head,   ///< when the request was read and carried out, before the first byte of the answer
        response_body, ///< after `at` bytes of the answer's body
        request_body,  ///< after `at` bytes of the request's body, which is then not carried out
    };

    fault() = default;

    /// Ends the connection before the answer, although the request was carried out: the ambiguous failure.
    static fault close_before_head() { return at_place(kind::close, place::before_head, 0); }
    static fault reset_before_head() { return at_place(kind::reset, place::before_head, 0); }
    static fault close_at(std::uint64_t byte) { return at_place(kind::close, place::response_body, byte); }
    static fault reset_at(std::uint64_t byte) { return at_place(kind::reset, place::response_body, byte); }
    static fault close_request_at(std::uint64_t byte) {
        return at_place(kind::close, place::request_body, byte);
    }
    static fault reset_request_at(std::uint64_t byte) {
        return at_place(kind::reset, place::request_body, byte);
    }
    /// `duration::max()` is for ever.
    static fault stall_before_head(duration d = duration::max()) { return stalled(place::before_head, 0, d); }
    static fault stall_at(std::uint64_t byte, duration d = duration::max()) {
        return stalled(place::response_body, byte, d);
    }
    static fault stall_request_at(std::uint64_t byte, duration d = duration::max()) {
        return stalled(place::request_body, byte, d);
    }
    /// The body in pieces of `bytes`, one each `interval`.
    static fault trickle(std::uint64_t bytes, duration interval) {
        auto f = stalled(place::response_body, 0, interval);
        f.what_ = kind::trickle;
        f.amount_ = static_cast<std::int64_t>(bytes ? bytes : 1);
        return f;
    }
    static fault internal_error() {
        return answer(500, "InternalError", "We encountered an internal error. Please try again.");
    }
    /// 503 SlowDown, with x-amz-retry-after in milliseconds unless that is 0.
    static fault slow_down(std::uint64_t retry_after_ms = 0) {
        auto f = answer(503, "SlowDown", "Please reduce your request rate.");
        f.amount_ = static_cast<std::int64_t>(retry_after_ms);
        return f;
    }
    /// Any other error of S3, as "403 ExpiredToken".
    static fault answer(int status, std::string code, std::string message) {
        fault f;
        f.what_ = kind::status;
        f.status_ = status;
        f.text_ = std::move(code);
        f.message_ = std::move(message);
        return f;
    }
    /// Status 200 and an error document, as CopyObject and CompleteMultipartUpload may answer.
    static fault error_in_200(std::string code = "InternalError",
                              std::string message = "We encountered an internal error. Please try again.") {
        auto f = answer(200, std::move(code), std::move(message));
        f.what_ = kind::error_in_200;
        return f;
    }
    /// 301 PermanentRedirect or 307 TemporaryRedirect that names `region`; with a Location unless that is
    /// empty.
    static fault redirect(int status, std::string region, std::string location = {}) {
        fault f;
        f.what_ = kind::redirect;
        f.status_ = status;
        f.text_ = std::move(region);
        f.message_ = std::move(location);
        return f;
    }
    /// Content-Length promises `delta` bytes more (or less, where negative) than come; then the connection
    /// ends.
    static fault wrong_length(std::int64_t delta) { return amounting(kind::wrong_length, delta); }
    static fault wrong_etag() { return amounting(kind::wrong_etag, 0); }
    static fault ignored_if_match() { return amounting(kind::ignored_if_match, 0); }
    /// Content-Range starts `delta` bytes later than the body does.
    static fault wrong_range(std::int64_t delta) { return amounting(kind::wrong_range, delta); }
    static fault corrupt_byte(std::uint64_t at) { return at_place(kind::corrupt, place::response_body, at); }
    /// `bytes` of header fields before anything else.
    static fault header_flood(std::uint64_t bytes) {
        return amounting(kind::header_flood, static_cast<std::int64_t>(bytes));
    }
    static fault garbage() { return amounting(kind::garbage, 0); }
    /// For CreateSession: the answer promises five minutes, but the keys are good for `life` only.
    static fault short_session(duration life) {
        auto f = amounting(kind::short_session, 0);
        f.length_ = life;
        return f;
    }

    kind what() const noexcept { return what_; }
    place where() const noexcept { return where_; }
    std::uint64_t at() const noexcept { return at_; }
    duration length() const noexcept { return length_; }
    std::int64_t amount() const noexcept { return amount_; }
    int status() const noexcept { return status_; }
    /// S3 code, or region.
    const std::string& text() const noexcept { return text_; }
    const std::string& message() const noexcept { return message_; }

    /// For logs: "close at response byte 100".
    PENSTOCK_DECL std::string describe() const;

  private:
    static fault at_place(kind what, place where, std::uint64_t at) {
        fault f;
        f.what_ = what;
        f.where_ = where;
        f.at_ = at;
        return f;
    }
    static fault stalled(place where, std::uint64_t at, duration d) {
        auto f = at_place(kind::stall, where, at);
        f.length_ = d;
        return f;
    }
    static fault amounting(kind what, std::int64_t amount) {
        fault f;
        f.what_ = what;
        f.amount_ = amount;
        return f;
    }

    kind what_ = kind::none;
    place where_ = place::before_head;
    std::uint64_t at_ = 0;
    duration length_{};
    std::int64_t amount_ = 0;
    int status_ = 0;
    std::string text_;
    std::string message_;
};

/// Which requests get which fault.
class fault_rule {
  public:
    fault_rule() = default;
    explicit fault_rule(fault f) : fault_{std::move(f)} {}

    /// "GET"; empty is any.
    fault_rule& method(std::string m) { return method_ = std::move(m), *this; }
    /// A glob over "/bucket/key" (decoded): '*' is any text, '/' included, '?' one byte. Empty is any.
    fault_rule& path(std::string glob) { return path_ = std::move(glob), *this; }
    /// A text that must be in the query, as "uploadId=" or "list-type=2".
    fault_rule& query(std::string part) { return query_ = std::move(part), *this; }
    /// The first request that matches to be hit, counted from 1.
    fault_rule& from(std::uint64_t n) { return from_ = n, *this; }
    /// How many are hit from there on; 0 is all.
    fault_rule& times(std::uint64_t n) { return times_ = n, *this; }

    const fault& what() const noexcept { return fault_; }
    PENSTOCK_DECL bool matches(std::string_view method, std::string_view path, std::string_view query) const;

  private:
    friend class fault_plan;
    fault fault_;
    std::string method_;
    std::string path_;
    std::string query_;
    std::uint64_t from_ = 1;
    std::uint64_t times_ = 1;
    std::uint64_t seen_ = 0;
};

/// How a random plan chooses. The chance is for each request; the kinds are equally likely among those
/// allowed.
struct random_faults {
    random_faults() = default;
    double probability = 0.2;
    /// No more than this many in a row, so that a client with more attempts gets through; 0 is no limit.
    std::uint64_t most_in_a_row = 3;
    duration longest_stall = std::chrono::minutes{2};
    std::uint64_t largest_offset = std::uint64_t{1} << 20; ///< of a cut
    bool wrong_data = false; ///< also faults that only a checksum or a comparison finds
};

/// Decides for each request what goes wrong, by rules in order (the first that hits) and then by chance from
/// a seed. The same requests in the same order get the same faults.
class fault_plan {
  public:
    fault_plan() = default;
    static std::shared_ptr<fault_plan> create() { return std::make_shared<fault_plan>(); }
    PENSTOCK_DECL static std::shared_ptr<fault_plan> random(std::uint64_t seed,
                                                            random_faults how = random_faults());

    fault_plan& add(fault_rule rule) { return rules_.push_back(std::move(rule)), *this; }
    /// `f` for the next `times` requests.
    fault_plan& next(fault f, std::uint64_t times = 1) { return add(fault_rule{std::move(f)}.times(times)); }
    /// Forgets all rules and the chance.
    void clear() {
        rules_.clear();
        random_.reset();
    }

    /// `path` is decoded, "/bucket/key".
    PENSTOCK_DECL fault decide(std::string_view method, std::string_view path, std::string_view query);

    /// How many requests were hit so far.
    std::uint64_t hits() const noexcept { return hits_; }

  private:
    PENSTOCK_DECL fault by_chance(std::string_view method);

    std::vector<fault_rule> rules_;
    std::shared_ptr<random_source> random_;
    random_faults how_;
    std::uint64_t in_a_row_ = 0;
    std::uint64_t hits_ = 0;
};

/// Whether `text` matches a glob of '*' and '?', in time linear in both lengths' product.
PENSTOCK_DECL bool glob_matches(std::string_view glob, std::string_view text) noexcept;

} // namespace penstock::testing

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/testing/impl/fault_plan.ipp>
#endif
