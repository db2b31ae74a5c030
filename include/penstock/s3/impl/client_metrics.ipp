// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/client_metrics.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string_view outcome_class(const error_code& code) noexcept {
    if (!code) return "ok";
    constexpr std::pair<condition, std::string_view> names[] = {
        {condition::not_found, "not_found"},     {condition::access_denied, "access_denied"},
        {condition::authentication, "authentication"}, {condition::throttled, "throttled"},
        {condition::timeout, "timeout"},         {condition::connection, "connection"},
        {condition::unavailable, "unavailable"}, {condition::changed, "changed"},
        {condition::malformed, "malformed"},     {condition::configuration, "configuration"},
        {condition::limit, "limit"},             {condition::unsupported, "unsupported"},
        {condition::cancelled, "cancelled"},
    };
    for (const auto& [which, name] : names)
        if (code == which) return name;
    return "other";
}

PENSTOCK_DECL metric_labels series_labels::add_to(metric_labels others) const {
    if (!tenant.empty()) others.emplace_back("tenant", tenant);
    if (!label.empty()) others.emplace_back("label", label);
    return others;
}

PENSTOCK_DECL counter& client_metrics::by_outcome::of(metrics_registry& all, const char* operation, const series_labels& whose,
                                                      const error_code& code) {
    if (!code && ok_) return *ok_;
    const auto outcome = outcome_class(code);
    for (const auto& [name, known] : others_)
        if (name == outcome) return *known;
    metric_labels labels;
    labels.emplace_back("operation", operation);
    labels.emplace_back("outcome", outcome);
    auto made = all.make_counter(name_, help_, whose.add_to(std::move(labels)));
    if (!code) return *(ok_ = std::move(made));
    return *others_.emplace_back(outcome, std::move(made)).second;
}

PENSTOCK_DECL std::uint64_t client_metrics::by_outcome::total() const noexcept {
    std::uint64_t n = ok_ ? ok_->value() : 0;
    for (const auto& [name, c] : others_) n += c->value();
    return n;
}

inline metric_labels one_label(const char* name, const char* value) {
    metric_labels labels;
    labels.emplace_back(name, value);
    return labels;
}

inline metric_labels of_operation(const char* name, const series_labels& whose) { return whose.add_to(one_label("operation", name)); }

PENSTOCK_DECL client_metrics::operation_metrics::operation_metrics(metrics_registry& all, const char* operation, series_labels of)
    : name{operation}, whose{std::move(of)}, calls{"penstock_s3_requests_total", "Calls that ended, their retries included."},
      attempts{"penstock_s3_attempts_total", "Requests that were sent, or for which no connection could be had."},
      retries{all.make_counter("penstock_s3_retries_total", "Attempts that were put off after a failure.", of_operation(operation, whose))},
      resumes{all.make_counter("penstock_s3_resumes_total", "Bodies that broke off and went on at their next byte.", of_operation(operation, whose))},
      sent{all.make_counter("penstock_s3_sent_bytes_total", "Bytes of the bodies of requests, repetitions included.", of_operation(operation, whose))},
      received{all.make_counter("penstock_s3_received_bytes_total", "Bytes of the bodies of answers.", of_operation(operation, whose))},
      latency{all.make_histogram("penstock_s3_request_duration_seconds",
                                 "From a call to its answer, retries and waits included; to the head of the answer where its "
                                 "body is streamed.", of_operation(operation, whose))},
      first_byte{all.make_histogram("penstock_s3_first_byte_seconds", "From a request that was sent to the head of its answer.",
                                    of_operation(operation, whose))} {}

PENSTOCK_DECL client_metrics::client_metrics(std::shared_ptr<metrics_registry> all, std::string tenant, std::size_t labels)
    : all_{std::move(all)}, tenant_{std::move(tenant)}, most_labels_{labels} {
    const series_labels own{tenant_, {}};
    const auto make_counter = [&](const char* name, const char* help) { return all_->make_counter(name, help, own.add_to({})); };
    connections = make_counter("penstock_s3_connections_total", "Connections that were opened.");
    hedges = make_counter("penstock_s3_hedges_total", "Second requests, for the answer to the first was late.");
    hedges_won = make_counter("penstock_s3_hedges_won_total", "Of these, whose answer came first.");
    far_buckets = make_counter("penstock_s3_cross_region_buckets_total",
                               "Buckets that were found in another region than the client's.");
    under_way = all_->make_gauge("penstock_s3_requests_in_flight", "Calls under way, waiting ones included.", own.add_to({}));
    constexpr const char* kinds[wait_kinds] = {"turn", "memory", "rate", "credentials", "resolve", "tcp", "tls", "back_off"};
    for (std::size_t i = 0; i < wait_kinds; ++i)
        waits_[i] = all_->make_histogram("penstock_s3_wait_seconds", "Waits of calls for something else than an answer.",
                                         own.add_to(one_label("for", kinds[i])));
}

/// What is found comes first.
inline client_metrics::operation_metrics* client_metrics::find(const char* operation, std::string_view label) noexcept {
    const auto found = std::find_if(operations_.begin(), operations_.end(), [=](const auto& o) {
        return o->whose.label == label && (o->name == operation || std::string_view{o->name} == operation);
    });
    if (found == operations_.end()) return nullptr;
    if (found != operations_.begin()) std::rotate(operations_.begin(), found, found + 1);
    return operations_.front().get();
}

PENSTOCK_DECL client_metrics::operation_metrics& client_metrics::of(const char* operation, std::string_view label) {
    if (label.size() > max_label) {
        auto end = max_label;
        while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xc0) == 0x80) --end; // not in the middle of a character
        label = label.substr(0, end);
    }
    if (auto* known = find(operation, label)) return *known;
    if (!label.empty() && !all_->admit("label", label, most_labels_)) {
        label = most_labels_ > 0 ? other_labels : std::string_view{};
        if (auto* rest = find(operation, label)) return *rest;
    }
    auto made = std::make_unique<operation_metrics>(*all_, operation, series_labels{tenant_, std::string{label}});
    return **operations_.insert(operations_.begin(), std::move(made));
}

PENSTOCK_DECL void client_metrics::observe_budget(const std::shared_ptr<semaphore>& budget) {
    const series_labels whose{tenant_, {}};
    const auto add = [&](const char* name, const char* help, auto figure) {
        all_->observe(name, help, whose.add_to({}), budget, [b = budget.get(), figure] { return static_cast<std::int64_t>((b->*figure)()); });
    };
    add("penstock_s3_memory_limit_bytes", "The memory budget.", &semaphore::limit);
    add("penstock_s3_memory_used_bytes", "What buffers take of the memory budget now.", &semaphore::used);
    add("penstock_s3_memory_peak_bytes", "The most they ever took.", &semaphore::peak);
    add("penstock_s3_memory_waiting", "How many wait for memory now.", &semaphore::waiting);
}

PENSTOCK_DECL void client_metrics::observe_pool(const std::shared_ptr<http::pool_gauges>& pool) {
    const auto add = [&](const char* name, const char* help, gauge http::pool_gauges::*figure) {
        all_->observe(name, help, {}, pool, [p = pool.get(), figure] { return (p->*figure).value(); });
    };
    add("penstock_s3_pool_open", "Connections that are open, idle ones included.", &http::pool_gauges::open);
    add("penstock_s3_pool_idle", "Connections that are kept for the next request.", &http::pool_gauges::idle);
    add("penstock_s3_pool_waiting", "How many calls wait for a connection, for their origin has as many as it may.",
        &http::pool_gauges::waiting);
}

PENSTOCK_DECL void client_metrics::observe_turns(const std::shared_ptr<fair_semaphore>& turns) {
    const auto add = [&](const char* name, const char* help, auto figure) {
        all_->observe(name, help, {}, turns, [t = turns.get(), figure] { return static_cast<std::int64_t>((t->*figure)()); });
    };
    add("penstock_s3_turns_limit", "How many requests may be under way at a time.", &fair_semaphore::limit);
    add("penstock_s3_turns_used", "How many requests are under way, of those whose number is limited.", &fair_semaphore::used);
    add("penstock_s3_turns_waiting", "How many requests wait for their turn now.", &fair_semaphore::waiting);
}

/// Between the connector and whoever else looks.
class step_metrics final : public http::transport_observer {
  public:
    step_metrics(std::shared_ptr<client_metrics> to, std::shared_ptr<http::transport_observer> next)
        : to_{std::move(to)}, next_{std::move(next)} {}

    void connecting(const http::connect_event& e) override {
        using http::connect_step;
        const auto kind = e.step == connect_step::resolve ? wait_kind::resolve
                          : e.step == connect_step::tcp   ? wait_kind::tcp
                                                          : wait_kind::tls;
        to_->waits(kind).record(e.took);
        if (next_) next_->connecting(e);
    }

  private:
    std::shared_ptr<client_metrics> to_;
    std::shared_ptr<http::transport_observer> next_;
};

PENSTOCK_DECL std::shared_ptr<http::transport_observer>
client_metrics::step_observer(const std::shared_ptr<client_metrics>& to, std::shared_ptr<http::transport_observer> next) {
    return std::make_shared<step_metrics>(to, std::move(next));
}

} // namespace penstock::s3::detail
