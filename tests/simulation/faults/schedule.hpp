// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/clock.hpp>
#include <penstock/core/random.hpp>
#include <penstock/testing/fault_plan.hpp>
#include <penstock/testing/simulated_network.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What happens in one run, made of a seed: pure data, so that it can be printed and made smaller.
namespace simulation_test {

using namespace penstock;

enum class action : std::uint8_t {
    put,
    put_new, ///< only where there is no object
    get,
    read, ///< in pieces, perhaps a part, perhaps not to the end
    read_parallel, ///< the same, by several requests at a time
    read_unordered,
    read_at,
    head,
    write,  ///< through an object_writer
    create, ///< the same, only where there is no object
    upload, ///< from a source
    copy,
    list,
    find, ///< by a pattern, several pages at a time
    remove,
    remove_many,
};
inline constexpr int actions = 16;
inline constexpr const char* action_names[actions] = {"put",     "put_new", "get",  "read",  "read_parallel", "read_unordered",
                                                      "read_at", "head",    "write", "create", "upload",      "copy",
                                                      "list",    "find",    "remove", "remove_many"};

inline bool writes(action a) {
    return a == action::put || a == action::put_new || a == action::write || a == action::create || a == action::upload;
}
inline bool writes_parts(action a) { return a == action::write || a == action::create || a == action::upload; }
/// By several requests at a time, which may ask for the same.
inline bool reads_parts(action a) { return a == action::read_parallel || a == action::read_unordered; }
inline bool reads_bytes(action a) { return reads_parts(a) || a == action::read || a == action::read_at; }

struct cancellation {
    cancellation() = default;
    std::uint64_t turns = 0; ///< loop turns after the operation began; 0: by time
    duration after{};
    asio::cancellation_type type = asio::cancellation_type::terminal;
};

struct step {
    step() = default;
    action what = action::get;
    int lane = 0;
    std::string key;
    std::string other_key;      ///< target of a copy, second key of a deletion
    std::size_t size = 0;       ///< of what is written
    std::size_t chunk = 1;      ///< of what is written or read at once
    std::uint64_t offset = 0;   ///< of a read
    std::uint64_t length = 0;   ///< of a read; 0: to the end
    std::size_t stop_after = 0; ///< give a reader or writer up after so many bytes; 0: never
    duration wait{};            ///< before it
    duration pause{};           ///< between pieces
    bool checked = false;       ///< sent with a checksum, or compared with the one that the store keeps
    std::optional<cancellation> cancel;
};

struct server_fault {
    server_fault() = default;
    std::string where; ///< for people
    testing::fault_rule rule;
};

struct connection_fault {
    connection_fault() = default;
    std::uint64_t number = 1; ///< of the connection
    std::string text;         ///< for people
    std::optional<testing::connection_plan::fate> fate;
    std::optional<testing::link_fault> to_server;
    std::optional<testing::link_fault> to_client;
    std::uint64_t bytes_per_second = 0; ///< a connection that drips
    std::uint64_t reset_at_step = 0;
};

struct schedule {
    schedule() = default;
    std::uint64_t seed = 0;
    int lanes = 1;
    std::vector<std::size_t> objects; ///< sizes of those there at the start, k0 first
    std::vector<step> steps;
    std::vector<server_fault> server_faults;
    std::vector<connection_fault> connection_faults;
    // the world
    int max_attempts = 6;
    std::uint64_t concurrency = 0; ///< requests at once; 0: no limit
    std::uint64_t budget = 0;
    duration hedge_after{}; ///< after which a GET is sent a second time; 0: never
    std::uint64_t expect_continue_from = 0;
    duration client_clock{};  ///< ahead of the server's
    duration keys_live{};     ///< credentials are good for so long; 0: for ever
    duration keys_take{};     ///< to fetch
    double keys_fail = 0;     ///< how often fetching them fails
    duration server_idle{};   ///< after which the server closes a kept connection
    std::size_t capacity = 0; ///< of a connection, each way
    std::size_t max_transfer = 0;
    duration latency{};
};

/// What is left out of a schedule to make it smaller: "o3" an operation, "c3" its cancellation, "f2" a fault of the
/// server, "n1" one of the network.
using omissions = std::set<std::string>;

inline constexpr int keys = 4;

inline std::string any_key(random_source& r) { return "k" + std::to_string(r.below(keys)); }

inline std::size_t any_size(random_source& r, bool may_be_large) {
    const auto kind = r.below(20);
    if (kind == 0) return 0;
    if (kind == 1) return 1;
    if (may_be_large && kind >= 15) return (std::size_t{1} << 20) - 5 + r.below(std::size_t{9} << 18);
    if (kind >= 15) return r.below(300'000);
    return r.below(1 + r.below(60'000));
}

inline step make_step(random_source& r, int lanes) {
    using std::chrono::milliseconds;
    step s;
    s.what = static_cast<action>(r.below(actions));
    s.lane = static_cast<int>(r.below(static_cast<std::uint64_t>(lanes)));
    s.key = any_key(r);
    s.other_key = any_key(r);
    const bool writer = writes_parts(s.what);
    s.size = any_size(r, writer);
    s.chunk = 1 + r.below(1 + r.below(writer ? 900'000 : 70'000));
    if (s.size / s.chunk > 200) s.chunk = s.size / 200 + 1;
    if (r.below(2) == 0) {
        s.offset = r.below(1 + r.below(60'000));
        s.length = r.below(2) == 0 ? 0 : 1 + r.below(40'000);
    }
    s.checked = r.below(3) == 0;
    if (r.below(4) == 0) s.stop_after = 1 + r.below(1 + s.size);
    s.wait = milliseconds{r.below(3) == 0 ? r.below(20'000) : r.below(50)};
    if (r.below(5) == 0) s.pause = milliseconds{r.below(r.below(8) == 0 ? 60'000 : 100)};
    if (r.below(4) == 0) {
        cancellation c;
        if (r.below(2) == 0)
            c.turns = 1 + r.below(1 + r.below(300));
        else
            c.after = std::chrono::microseconds{r.below(1 + r.below(r.below(4) == 0 ? 60'000'000 : 400'000))};
        using type = asio::cancellation_type;
        constexpr type types[] = {type::terminal, type::partial, type::total};
        c.type = types[r.below(3)];
        s.cancel = c;
    }
    return s;
}

/// What S3 does not do is left out: only the answers to POST may be errors under a good status, and bytes of a body that
/// are exchanged on the way are for checksums to find.
inline testing::fault any_fault(random_source& r, std::string_view method) {
    using testing::fault;
    const auto at = r.below(1 + r.below(r.below(8) == 0 ? 1'500'000 : 60'000));
    const auto pause = std::chrono::milliseconds{1 + r.below(r.below(2) == 0 ? 90'000 : 5'000)};
    switch (r.below(method == "GET" ? 24 : 19)) {
    case 0: return fault::close_before_head();
    case 1: return fault::reset_before_head();
    case 2: return fault::close_at(at);
    case 3: return fault::reset_at(at);
    case 4: return fault::stall_at(at, pause);
    case 5: return fault::stall_before_head(pause);
    case 6: return fault::close_request_at(at);
    case 7: return fault::reset_request_at(at);
    case 8: return fault::stall_request_at(at, pause);
    case 9: return fault::internal_error();
    case 10: return fault::slow_down(r.below(2) == 0 ? 0 : 1 + r.below(5'000));
    case 11: return fault::answer(503, "ServiceUnavailable", "Please try again.");
    case 12: return fault::answer(400, "RequestTimeout", "The connection was idle for too long.");
    case 13: return fault::answer(400, "ExpiredToken", "The provided token has expired.");
    case 14: return fault::trickle(1 + at % 4'096, std::chrono::milliseconds{1 + r.below(50)});
    case 15: return fault::wrong_length(static_cast<std::int64_t>(1 + at % 100));
    case 16: return fault::garbage();
    case 17:
        if (method != "POST") return fault::internal_error();
        return fault::error_in_200(r.below(2) == 0 ? "InternalError" : "SlowDown");
    case 18: return fault::wrong_length(-static_cast<std::int64_t>(1 + at % 10));
    case 19: return fault::wrong_etag();
    case 20: return fault::wrong_range(1);
    case 21: return fault::ignored_if_match();
    case 22: return fault::header_flood(100'000);
    default: return fault::close_at(r.below(3) == 0 ? at : at % 3'000);
    }
}

inline server_fault make_server_fault(random_source& r) {
    server_fault out;
    struct target {
        const char* method;
        const char* query;
    };
    constexpr target targets[] = {{"", ""},       {"GET", ""},       {"HEAD", ""},          {"PUT", ""},
                                  {"DELETE", ""}, {"POST", ""},      {"POST", "uploads"},   {"PUT", "partNumber="},
                                  {"GET", ""},    {"", "uploadId="}, {"DELETE", "uploadId="}, {"POST", "uploadId="}};
    const auto& t = targets[r.below(std::size(targets))];
    const std::string method{t.method};
    const auto first = 1 + r.below(method.empty() && !*t.query ? 12 : 3);
    const auto times = 1 + r.below(1 + r.below(6));
    out.rule = testing::fault_rule{any_fault(r, method)}.method(method).query(t.query).from(first).times(times);
    out.where = (method.empty() ? "any" : method) + (*t.query ? "?" + std::string{t.query} : "") + " request " +
                std::to_string(first) + (times > 1 ? " to " + std::to_string(first + times - 1) : "") + ": " +
                out.rule.what().describe();
    return out;
}

inline connection_fault make_connection_fault(random_source& r, bool narrow) {
    using fate = testing::connection_plan::fate;
    using kind = testing::link_fault::kind;
    connection_fault out;
    out.number = 1 + r.below(6);
    constexpr std::uint64_t ranges[] = {700, 30'000, 30'000, 1'500'000};
    const auto at = r.below(1 + r.below(ranges[r.below(4)]));
    const auto pause = r.below(3) == 0 ? duration::max() : duration{std::chrono::milliseconds{r.below(70'000)}};
    const auto n = "connection " + std::to_string(out.number) + ": ";
    switch (r.below(11)) {
    case 0:
        out.fate = fate::refuse;
        out.text = n + "refused";
        break;
    case 1:
        out.fate = fate::host_not_found;
        out.text = n + "host not found";
        break;
    case 2:
        out.fate = fate::black_hole;
        out.text = n + "black hole";
        break;
    case 3:
        out.to_server = testing::link_fault{kind::close, at};
        out.text = n + "cut after " + std::to_string(at) + " bytes to the server";
        break;
    case 4:
        out.to_server = testing::link_fault{kind::reset, at};
        out.text = n + "reset after " + std::to_string(at) + " bytes to the server";
        break;
    case 5:
        out.to_server = testing::link_fault{kind::stall, at, pause};
        out.text = n + "stall after " + std::to_string(at) + " bytes to the server";
        break;
    case 6:
        out.to_client = testing::link_fault{kind::close, at};
        out.text = n + "cut after " + std::to_string(at) + " bytes to the client";
        break;
    case 7:
        out.to_client = testing::link_fault{kind::reset, at};
        out.text = n + "reset after " + std::to_string(at) + " bytes to the client";
        break;
    case 8:
        out.to_client = testing::link_fault{kind::stall, at, pause};
        out.text = n + "stall after " + std::to_string(at) + " bytes to the client";
        break;
    case 9:
        out.bytes_per_second = narrow ? 100 + r.below(2'000) : 2'000 + r.below(100'000);
        out.text = n + "drips " + std::to_string(out.bytes_per_second) + " bytes a second";
        break;
    default:
        out.reset_at_step = 1 + r.below(40);
        out.text = n + "reset at step " + std::to_string(out.reset_at_step);
    }
    return out;
}

/// A long write that is given up or cancelled, and what may strike its abort.
inline void make_abort(random_source& r, schedule& s) {
    auto& t = s.steps[r.below(s.steps.size())];
    t.what = action::write;
    t.size = (std::size_t{1} << 20) + 1 + r.below(std::size_t{1} << 20);
    t.chunk = 100'000 + r.below(600'000);
    if (!t.cancel) t.stop_after = (std::size_t{1} << 20) + 1;
    s.capacity = std::max<std::size_t>(s.capacity, 20'000);
    if (s.max_transfer > 0) s.max_transfer = std::max<std::size_t>(s.max_transfer, 20'000);
    server_fault f;
    f.rule = testing::fault_rule{any_fault(r, "DELETE")}.method("DELETE").query("uploadId=").times(1 + r.below(3));
    f.where = "DELETE?uploadId= request 1 and on: " + f.rule.what().describe();
    s.server_faults.push_back(std::move(f));
}

/// A reader whose connection breaks while somebody replaces the object, on a store that may not know If-Match.
inline void make_change(random_source& r, schedule& s) {
    using std::chrono::milliseconds;
    s.lanes = std::max(s.lanes, 2);
    const auto size = 20'000 + r.below(60'000);
    s.objects[0] = size;
    s.capacity = 4'000 + r.below(12'000);
    step reader;
    reader.what = r.below(2) == 0 ? action::read : action::read_parallel;
    reader.key = "k0";
    reader.chunk = 1'000 + r.below(4'000);
    reader.pause = milliseconds{20 + r.below(100)};
    step writer;
    writer.what = action::put;
    writer.lane = 1;
    writer.key = "k0";
    writer.size = r.below(2) == 0 ? size : 1 + r.below(80'000);
    writer.wait = milliseconds{r.below(2'000)};
    s.steps.insert(s.steps.begin(), {reader, writer});
    connection_fault f;
    f.number = 1;
    f.to_client = testing::link_fault{testing::link_fault::kind::reset, 1'000 + r.below(size)};
    f.text = "connection 1: reset after " + std::to_string(f.to_client->at) + " bytes to the client";
    s.connection_faults.push_back(std::move(f));
    server_fault ignores;
    ignores.rule = testing::fault_rule{testing::fault::ignored_if_match()}.method("GET").times(0);
    ignores.where = "GET all requests: " + ignores.rule.what().describe();
    if (r.below(2) == 0) s.server_faults.push_back(std::move(ignores));
}

/// A write on a kept connection, which breaks before, while or after it is sent, and that may be tried once.
inline void make_stale(random_source& r, schedule& s) {
    s.max_attempts = 1;
    step first;
    first.what = action::head;
    first.key = "k0";
    step second;
    second.what = r.below(2) == 0 ? action::put : action::put_new;
    second.key = "k2";
    second.size = r.below(3'000);
    s.steps.insert(s.steps.begin(), {first, second});
    using kind = testing::link_fault::kind;
    connection_fault f;
    f.number = 1;
    auto& link = r.below(2) == 0 ? f.to_server : f.to_client;
    link = testing::link_fault{r.below(2) == 0 ? kind::close : kind::reset, 100 + r.below(1'500)};
    f.text = "connection 1: " + std::string{link->what == kind::close ? "cut" : "reset"} + " after " + std::to_string(link->at) +
             (f.to_server ? " bytes to the server" : " bytes to the client");
    s.connection_faults.push_back(std::move(f));
}

/// An object of a few parts, read by several requests at a time.
inline void make_parallel(random_source& r, schedule& s) {
    s.objects[1] = (std::size_t{2} << 20) + r.below(std::size_t{3} << 20);
    s.capacity = 40'000 + r.below(200'000);
    s.max_transfer = 0;
    s.budget = std::uint64_t{6} << 20;
    auto& t = s.steps[r.below(s.steps.size())];
    t.what = r.below(3) == 0 ? action::read_unordered : action::read_parallel;
    t.key = "k1";
    t.chunk = 10'000 + r.below(300'000);
    t.offset = t.length = t.stop_after = 0;
    t.pause = std::chrono::milliseconds{r.below(3) == 0 ? r.below(50) : 0};
}

inline schedule make_schedule(std::uint64_t seed) {
    using std::chrono::milliseconds;
    const auto source = make_seeded_random((seed + 1) * 0xd1342543de82ef95ULL ^ 0x2545f4914f6cdd1dULL);
    auto& r = *source;
    schedule s;
    s.seed = seed;
    s.lanes = r.below(2) == 0 ? 1 : 2 + static_cast<int>(r.below(3));
    s.max_attempts = r.below(4) == 0 ? 1 + static_cast<int>(r.below(3)) : 6;
    s.concurrency = r.below(2) == 0 ? 0 : 1 + r.below(3);
    s.budget = (2 + r.below(4)) << 20;
    if (r.below(4) == 0) s.hedge_after = milliseconds{20 + r.below(2'000)};
    s.expect_continue_from = r.below(3) == 0 ? 4'000 : std::uint64_t{2} << 20;
    if (r.below(6) == 0) s.client_clock = std::chrono::minutes{30} * (r.below(2) == 0 ? 1 : -1);
    if (r.below(3) == 0) {
        s.keys_live = std::chrono::seconds{5 + r.below(120)};
        s.keys_take = milliseconds{r.below(1'500)};
        s.keys_fail = r.below(3) == 0 ? 0.2 : 0;
    }
    s.server_idle = milliseconds{r.below(2) == 0 ? 300 + r.below(4'000) : 120'000};
    s.capacity = r.below(4) == 0 ? 100 + r.below(2'000) : 4'000 + r.below(200'000);
    s.max_transfer = r.below(3) == 0 ? 0 : (s.capacity < 2'100 ? 100 : 3'000) + r.below(60'000);
    s.latency = std::chrono::microseconds{100 + r.below(40'000)};
    for (int i = 0; i < keys; ++i) s.objects.push_back(r.below(4) == 0 ? ~std::size_t{} : any_size(r, i == 1));
    const auto steps = 2 + r.below(7);
    for (std::uint64_t i = 0; i < steps; ++i) s.steps.push_back(make_step(r, s.lanes));
    for (auto& step : s.steps) {
        if (reads_parts(step.what)) step.key = "k1"; // the one that may be long enough
        const auto length = s.objects[1] == ~std::size_t{} ? 0 : s.objects[1];
        if (step.key == "k1") step.chunk = std::max(step.chunk, length / 200 + 1);
    }
    // With a narrow connection large bodies would be thousands of turns that show nothing new.
    if (s.capacity < 4'000 || (s.max_transfer > 0 && s.max_transfer < 4'000)) {
        for (auto& step : s.steps) step.size = std::min<std::size_t>(step.size, 30'000);
        if (s.objects[1] != ~std::size_t{}) s.objects[1] = std::min<std::size_t>(s.objects[1], 30'000);
    }
    if (r.below(8) == 0) make_abort(r, s);
    if (r.below(8) == 0) make_change(r, s);
    if (r.below(10) == 0) make_parallel(r, s);
    if (r.below(20) == 0) make_stale(r, s);
    const auto faults = r.below(5);
    for (std::uint64_t i = 0; i < faults; ++i) s.server_faults.push_back(make_server_fault(r));
    const auto breaks = r.below(4);
    for (std::uint64_t i = 0; i < breaks; ++i) s.connection_faults.push_back(make_connection_fault(r, s.capacity < 4'000));
    return s;
}

/// The names of all that can be left out.
inline std::vector<std::string> parts_of(const schedule& s) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < s.steps.size(); ++i) out.push_back("o" + std::to_string(i));
    for (std::size_t i = 0; i < s.steps.size(); ++i)
        if (s.steps[i].cancel) out.push_back("c" + std::to_string(i));
    for (std::size_t i = 0; i < s.server_faults.size(); ++i) out.push_back("f" + std::to_string(i));
    for (std::size_t i = 0; i < s.connection_faults.size(); ++i) out.push_back("n" + std::to_string(i));
    return out;
}

inline std::string describe(const schedule& s, const omissions& without) {
    const auto ms = [](duration d) {
        return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(d).count()) + " ms";
    };
    std::string out = "  world: " + std::to_string(s.max_attempts) + " attempts, " +
                      (s.concurrency ? std::to_string(s.concurrency) + " requests at once" : "any number of requests") +
                      ", budget " + std::to_string(s.budget >> 20) + " MiB, latency " + ms(s.latency) + ", capacity " +
                      std::to_string(s.capacity) + ", 100-continue from " + std::to_string(s.expect_continue_from) +
                      ", server's idle limit " + ms(s.server_idle) + ", client's clock ahead by " + ms(s.client_clock);
    if (s.hedge_after != duration{}) out += ", hedges after " + ms(s.hedge_after);
    if (s.keys_live != duration{})
        out += ", keys for " + ms(s.keys_live) + " that take " + ms(s.keys_take) + (s.keys_fail > 0 ? ", sometimes none" : "");
    out += "\n  objects:";
    for (std::size_t i = 0; i < s.objects.size(); ++i)
        out += " k" + std::to_string(i) + (s.objects[i] == ~std::size_t{} ? " none" : " " + std::to_string(s.objects[i]));
    for (std::size_t i = 0; i < s.steps.size(); ++i) {
        const auto n = std::to_string(i);
        if (without.contains("o" + n)) continue;
        const auto& t = s.steps[i];
        out += "\n  o" + n + " (lane " + std::to_string(t.lane) + ", after " + ms(t.wait) + "): " +
               action_names[static_cast<int>(t.what)] + " " + t.key;
        using enum action;
        if (t.what == copy || t.what == remove_many) out += " " + t.other_key;
        if (t.checked) out += ", checked";
        if (writes(t.what)) out += ", " + std::to_string(t.size) + " bytes";
        if (reads_bytes(t.what))
            out += ", from " + std::to_string(t.offset) + (t.length ? ", " + std::to_string(t.length) + " bytes" : "");
        if (t.what == read || t.what == read_parallel || writes_parts(t.what)) {
            out += " by " + std::to_string(t.chunk);
            if (t.stop_after) out += ", given up after " + std::to_string(t.stop_after);
        }
        if (t.cancel && !without.contains("c" + n))
            out += ", c" + n + " cancelled after " +
                   (t.cancel->turns ? std::to_string(t.cancel->turns) + " turns" : ms(t.cancel->after));
    }
    for (std::size_t i = 0; i < s.server_faults.size(); ++i)
        if (!without.contains("f" + std::to_string(i)))
            out += "\n  f" + std::to_string(i) + " " + s.server_faults[i].where;
    for (std::size_t i = 0; i < s.connection_faults.size(); ++i)
        if (!without.contains("n" + std::to_string(i)))
            out += "\n  n" + std::to_string(i) + " " + s.connection_faults[i].text;
    return out + "\n";
}

} // namespace simulation_test
