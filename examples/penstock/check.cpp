// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include <penstock/s3/check_connection.hpp>
#include <penstock/s3/probe_store.hpp>

#include <boost/json/object.hpp>

#include <cstdio>

namespace tool {

using namespace penstock;

namespace {

const char* word_for(s3::connection_step::outcome o) {
    switch (o) {
    case s3::connection_step::outcome::passed: return "ok";
    case s3::connection_step::outcome::failed: return "FAILED";
    default: return "-";
    }
}

boost::json::object facts_of(const s3::connection_step& step) {
    boost::json::object o;
    o["step"] = json_text(step.name);
    o["result"] = step.result == s3::connection_step::outcome::left_out ? "left out" : word_for(step.result);
    o["detail"] = json_text(step.detail);
    if (step.why && !step.why.detail().hint.empty()) o["hint"] = json_text(step.why.detail().hint);
    o["microseconds"] = std::chrono::duration_cast<std::chrono::microseconds>(step.took).count();
    return o;
}

std::string line_for(const s3::connection_step& step) {
    char head[64], time[32] = "";
    std::snprintf(head, sizeof head, "%-7s %-12s ", word_for(step.result), step.name.c_str());
    if (step.result != s3::connection_step::outcome::left_out)
        std::snprintf(time, sizeof time, " (%.1f ms)", std::chrono::duration<double, std::milli>{step.took}.count());
    return head + printable(step.detail, 1000) + time;
}

} // namespace

awaitable<void> check(session& s, check_options o) {
    s3::object_address where{"", ""};
    if (!o.url.empty() && o.url != "s3://") where = s3::object_address{o.url};
    const auto report = co_await s3::check_connection(s.s3(), where);
    failure first;
    for (const auto& step : report.steps) {
        s.out().line(s.json() ? json_line(facts_of(step)) : line_for(step));
        if (step.why && !first) first = step.why;
    }
    if (first) throw_failure(std::move(first));
    s3::connection_step store;
    store.name = "store";
    store.result = s3::connection_step::outcome::passed;
    store.detail = s3::to_text(s3::known_capabilities(s.s3(), where.bucket));
    s.out().line(s.json() ? json_line(facts_of(store)) : line_for(store));
}

} // namespace tool
