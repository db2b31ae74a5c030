// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/request_observation.hpp>

#include <penstock/s3/detail/request_secrets.hpp>

#include <boost/asio/error.hpp>

#include <utility>
#include <vector>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string api_name(std::string_view operation) {
    if (operation == "list objects") return "ListObjectsV2";
    if (operation == "find region") return "HeadBucket";
    std::string out;
    bool start = true;
    for (const char c : operation) {
        if (c == ' ') {
            start = true;
            continue;
        }
        out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        start = false;
    }
    return out;
}

/// Hooks are the caller's: what they throw is dropped.
template <class F>
void request_observation::tell(F f) const noexcept {
    try {
        f();
    } catch (...) { // its own affair
    }
}

PENSTOCK_DECL request_observation::request_observation(client_metrics& all, request_observer* observer, clock_source& clock,
                                                       const operation& op, steady_time began)
    : all_{all}, of_{all.of(op.name, op.settings ? std::string_view{op.settings->label} : std::string_view{})}, observer_{observer}, clock_{clock}, op_{op}, began_{began} {
    if (!op_.hedge) all_.under_way->add(1);
    if (!observer_) return;
    tell([this] {
        const auto method = api_name(op_.name);
        const auto name = "S3." + method;
        std::vector<span_attribute> attributes;
        attributes.emplace_back("rpc.system", std::string_view{"aws-api"});
        attributes.emplace_back("rpc.service", std::string_view{"S3"});
        attributes.emplace_back("rpc.method", std::string_view{method});
        if (!op_.bucket.empty()) attributes.emplace_back("aws.s3.bucket", std::string_view{op_.bucket});
        if (!op_.key.empty()) attributes.emplace_back("aws.s3.key", std::string_view{op_.key});
        add_names(attributes);
        span_start start;
        if (op_.settings) start.parent = op_.settings->trace_parent;
        start.name = name;
        start.at = now();
        start.attributes = attributes;
        span_ = observer_->start(start);
    });
}

PENSTOCK_DECL request_observation::~request_observation() {
    if (!op_.hedge) all_.under_way->add(-1);
    if (ended_) return;
    // It was given up, by the caller or because its time was over.
    const auto at = clock_.now();
    const auto* said = op_.settings.get();
    const bool late = said && ((said->ends && at >= *said->ends) || (said->time_limit && at >= later(began_, *said->time_limit)));
    const error_code code = late ? make_error_code(errc::deadline_exceeded) : error_code{asio::error::operation_aborted};
    if (in_attempt_) end_attempt(code, {}, late ? "out of time" : "cancelled");
    end_call(code, {}, late ? "out of time" : "cancelled", at);
}

/// Of the caller's and the tenant's.
inline void request_observation::add_names(std::vector<span_attribute>& to) const {
    if (!all_.tenant().empty()) to.emplace_back("penstock.tenant", std::string_view{all_.tenant()});
    if (op_.settings && !op_.settings->label.empty()) to.emplace_back("penstock.label", std::string_view{op_.settings->label});
}

PENSTOCK_DECL span_time request_observation::now() const {
    span_time t;
    t.wall = clock_.wall_now();
    t.steady = clock_.now();
    return t;
}

PENSTOCK_DECL steady_time request_observation::waited(wait_kind k, steady_time since) {
    const auto at = clock_.now();
    all_.waits(k).record(at - since);
    return at;
}

PENSTOCK_DECL void request_observation::attempt(const aws::endpoint& where, const char* method) {
    in_attempt_ = true;
    if (!span_) return;
    tell([&] {
        std::vector<span_attribute> attributes;
        attributes.emplace_back("http.request.method", std::string_view{method});
        attributes.emplace_back("server.address", std::string_view{where.to.host});
        attributes.emplace_back("server.port", std::int64_t{where.to.port});
        if (resends_ > 0) attributes.emplace_back("http.request.resend_count", resends_);
        add_names(attributes);
        span_start start;
        start.name = method;
        start.at = now();
        start.attributes = attributes;
        attempt_ = span_->child(start);
    });
    ++resends_;
}

PENSTOCK_DECL void request_observation::inject(http::request& out) {
    if (!attempt_) return;
    tell([&] {
        http::header_list wanted, allowed;
        attempt_->inject(wanted);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto field = wanted[i];
            if (out.headers.contains(field.name)) continue;
            tell([&] { add_extra_header(allowed, field.name, field.value); });
        }
        for (std::size_t i = 0; i < allowed.size(); ++i) out.headers.add_valid(allowed[i].name, allowed[i].value);
    });
}

PENSTOCK_DECL void request_observation::answered(const http::response_head& head, const aws::credentials_ptr& who) {
    answered_at_ = clock_.now();
    of_.first_byte->record(answered_at_ - sent_at_);
    if (!attempt_) return;
    tell([&] {
        attempt_->attribute({"http.response.status_code", std::int64_t{head.status}});
        static constexpr std::pair<std::string_view, std::string_view> ids[] = {{"x-amz-request-id", "aws.request_id"},
                                                                                {"x-amz-id-2", "aws.extended_request_id"}};
        for (const auto& [field, attribute] : ids) {
            const auto id = head.headers.find(field);
            if (!id) continue;
            const auto shown = shown_text(*id, op_, who);
            attempt_->attribute({attribute, std::string_view{shown}});
        }
    });
}

/// By S3's code, which is the store's text, or in words of our own.
inline void set_error_type(request_span& span, const error_code& code, std::string_view service_code) {
    if (!code) return;
    const auto shown = printable(service_code, 128);
    span.attribute({"error.type", shown.empty() ? outcome_class(code) : std::string_view{shown}});
}

PENSTOCK_DECL void request_observation::end_attempt(const error_code& code, std::string_view service_code,
                                                    std::string_view message) noexcept {
    in_attempt_ = false;
    tell([&] { of_.attempts.of(*all_.all(), of_.name, of_.whose, code).add(); });
    if (const auto span = std::exchange(attempt_, nullptr)) {
        tell([&] {
            set_error_type(*span, code, service_code);
            span->end(now(), message);
        });
    }
}

PENSTOCK_DECL void request_observation::end_call(const error_code& code, std::string_view service_code,
                                                 std::string_view message, steady_time at) noexcept {
    ended_ = true;
    // Of two requests for one call the one whose answer was taken counts, else the first.
    if (!code || !(op_.hedge || (op_.beaten && *op_.beaten))) {
        of_.latency->record(at - began_);
        tell([&] { of_.calls.of(*all_.all(), of_.name, of_.whose, code).add(); });
    }
    if (const auto span = std::exchange(span_, nullptr)) {
        tell([&] {
            set_error_type(*span, code, service_code);
            span->end(now(), message);
        });
    }
}

PENSTOCK_DECL void request_observation::attempt_failed(const failure& why) {
    if (span_)
        end_attempt(why.code(), why.detail().service_code, why.code().message());
    else
        end_attempt(why.code(), {}, {});
}

PENSTOCK_DECL void request_observation::stale() {
    in_attempt_ = false;
    --resends_;
    if (const auto span = std::exchange(attempt_, nullptr))
        tell([&] { span->end(now(), "the kept connection had been closed"); });
}

PENSTOCK_DECL void request_observation::event(std::string_view name, std::span<const span_attribute> attributes) {
    if (span_) tell([&] { span_->event(name, now(), attributes); });
}

PENSTOCK_DECL void request_observation::retrying(duration delay) {
    of_.retries->add();
    if (!span_) return;
    using std::chrono::milliseconds;
    const span_attribute attribute{"penstock.delay_ms",
                                   std::int64_t{std::chrono::duration_cast<milliseconds>(delay).count()}};
    event("retry", {&attribute, 1});
}

PENSTOCK_DECL void request_observation::redirected(const aws::endpoint& to) {
    const span_attribute attribute{"cloud.region", std::string_view{to.region}};
    event("redirect", {&attribute, 1});
}

PENSTOCK_DECL void request_observation::far_bucket(std::string_view region, std::string_view own) {
    all_.far_buckets->add();
    const span_attribute attribute{"cloud.region", region};
    event("cross region", {&attribute, 1});
    if (!observer_) return;
    tell([&] {
        observer_->advise("bucket '" + op_.bucket + "' is in region " + std::string{region} + ", this client in " +
                          std::string{own} + ": what is read from there is charged as transfer between regions, and each "
                          "request takes longer; run the program in " + std::string{region} + ", or replicate the bucket");
    });
}

PENSTOCK_DECL void request_observation::succeeded(bool read_more) {
    end_attempt({}, {}, {});
    end_call({}, {}, {}, read_more ? clock_.now() : answered_at_);
}

PENSTOCK_DECL failure request_observation::failed(failure why) {
    end_call(why.code(), why.detail().service_code, span_ ? why.code().message() : std::string{}, clock_.now());
    return why;
}

} // namespace penstock::s3::detail
