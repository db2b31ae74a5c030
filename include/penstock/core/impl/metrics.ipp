// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/metrics.hpp>

#include <penstock/core/detail/share.hpp>
#include <penstock/core/detail/utf8.hpp>
#include <penstock/core/error.hpp>

#include <algorithm>

namespace penstock {
namespace detail {

/// https://prometheus.io/docs/concepts/data_model/
inline bool valid_metric_name(std::string_view s, bool colons) noexcept {
    if (s.empty() || (s[0] >= '0' && s[0] <= '9')) return false;
    return std::all_of(s.begin(), s.end(), [colons](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               (colons && c == ':');
    });
}

inline void check_metric(std::string_view name, const metric_labels& labels) {
    if (!valid_metric_name(name, true))
        throw_failure(failure{errc::invalid_option, "'" + std::string{name} + "' cannot name a metric"});
    for (auto l = labels.begin(); l != labels.end(); ++l) {
        const bool again = std::any_of(labels.begin(), l, [&](const auto& other) { return other.first == l->first; });
        if (!valid_metric_name(l->first, false) || l->first.starts_with("__") || l->first == "le" || again)
            throw_failure(failure{errc::invalid_option, "'" + l->first + "' cannot label a metric"});
    }
}

/// A server of Prometheus refuses all of a text that is not UTF-8.
inline std::string as_utf8(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = first_character(text).size;
        out += size > 0 ? text.substr(0, size) : std::string_view{"\xEF\xBF\xBD"};
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

/// Adds to `sum` what the cells say, and keeps in `left` what those counted whose owners are gone.
template <class Cell, class Value, class Read>
void add_up(std::vector<std::shared_ptr<Cell>>& cells, Value& left, Read read) {
    std::erase_if(cells, [&](const std::shared_ptr<Cell>& c) {
        if (c.use_count() > 1) return false;
        std::atomic_thread_fence(std::memory_order_acquire); // with the release of the last owner's reference
        left += read(*c);
        return true;
    });
}

} // namespace detail

PENSTOCK_DECL histogram_snapshot& histogram_snapshot::operator+=(const histogram_snapshot& o) noexcept {
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += o.buckets[i];
    sum += o.sum;
    return *this;
}

PENSTOCK_DECL histogram_snapshot duration_histogram::value() const noexcept {
    histogram_snapshot s;
    for (std::size_t i = 0; i < s.buckets.size(); ++i) s.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
    s.sum = duration{static_cast<duration::rep>(sum_.load(std::memory_order_relaxed))};
    return s;
}

/// One combination of labels: the living cells, and what those counted that are gone.
struct metrics_registry::series {
    series() = default;

    struct observed {
        std::weak_ptr<const void> of;
        std::function<std::int64_t()> read;
    };

    metric_labels labels;
    std::vector<std::shared_ptr<counter>> counters;
    std::vector<std::shared_ptr<gauge>> gauges;
    std::vector<std::shared_ptr<duration_histogram>> histograms;
    std::vector<observed> observeds;
    std::uint64_t left = 0;
    histogram_snapshot left_histogram;

    void forget_the_dead() {
        detail::add_up(counters, left, [](const counter& c) { return c.value(); });
        detail::add_up(histograms, left_histogram, [](const duration_histogram& h) { return h.value(); });
        std::erase_if(gauges, [](const std::shared_ptr<gauge>& g) { return g.use_count() == 1; });
        std::erase_if(observeds, [](const observed& o) { return o.of.expired(); });
    }

    metric_series read() {
        forget_the_dead();
        metric_series out;
        out.labels = labels;
        auto total = left;
        for (const auto& c : counters) total += c->value();
        out.value = static_cast<std::int64_t>(total);
        for (const auto& g : gauges) out.value += g->value();
        for (const auto& o : observeds)
            if (const auto alive = o.of.lock()) out.value += o.read();
        out.histogram = left_histogram;
        for (const auto& h : histograms) out.histogram += h->value();
        return out;
    }
};

struct metrics_registry::family {
    family() = default;

    std::string name;
    std::string help;
    metric_kind kind = metric_kind::counter;
    std::vector<std::unique_ptr<series>> all; ///< by labels
};

PENSTOCK_DECL metrics_registry::metrics_registry() = default;
PENSTOCK_DECL metrics_registry::~metrics_registry() = default;

PENSTOCK_DECL std::shared_ptr<metrics_registry> metrics_registry::create() {
    return std::shared_ptr<metrics_registry>{new metrics_registry};
}

/// With the lock held. Whoever comes here leaves no dead cells behind: their number is bounded by that of the living.
PENSTOCK_DECL metrics_registry::series& metrics_registry::find_or_add(std::string_view name, std::string_view help,
                                                                      metric_kind kind, metric_labels labels) {
    for (auto& [label, value] : labels) value = detail::as_utf8(value);
    auto f = std::lower_bound(families_.begin(), families_.end(), name,
                              [](const auto& have, std::string_view n) { return have->name < n; });
    if (f == families_.end() || (*f)->name != name) {
        f = families_.insert(f, std::make_unique<family>());
        (*f)->name = name;
        (*f)->help = help;
        (*f)->kind = kind;
    } else if ((*f)->kind != kind) {
        throw_failure(failure{errc::invalid_option, "metric '" + std::string{name} + "' is of another kind already"});
    }
    auto& all = (*f)->all;
    auto s = std::lower_bound(all.begin(), all.end(), labels,
                              [](const auto& have, const metric_labels& l) { return have->labels < l; });
    if (s == all.end() || (*s)->labels != labels) {
        s = all.insert(s, std::make_unique<series>());
        (*s)->labels = std::move(labels);
    }
    (*s)->forget_the_dead();
    return **s;
}

PENSTOCK_DECL std::shared_ptr<counter> metrics_registry::make_counter(std::string_view name, std::string_view help,
                                                                      metric_labels labels) {
    detail::check_metric(name, labels);
    const std::lock_guard lock{mutex_};
    return find_or_add(name, help, metric_kind::counter, std::move(labels))
        .counters.emplace_back(detail::share<counter>());
}

PENSTOCK_DECL std::shared_ptr<gauge> metrics_registry::make_gauge(std::string_view name, std::string_view help,
                                                                  metric_labels labels) {
    detail::check_metric(name, labels);
    const std::lock_guard lock{mutex_};
    return find_or_add(name, help, metric_kind::gauge, std::move(labels)).gauges.emplace_back(detail::share<gauge>());
}

PENSTOCK_DECL std::shared_ptr<duration_histogram>
metrics_registry::make_histogram(std::string_view name, std::string_view help, metric_labels labels) {
    detail::check_metric(name, labels);
    const std::lock_guard lock{mutex_};
    return find_or_add(name, help, metric_kind::histogram, std::move(labels))
        .histograms.emplace_back(detail::share<duration_histogram>());
}

PENSTOCK_DECL void metrics_registry::observe(std::string_view name, std::string_view help, metric_labels labels,
                                             std::shared_ptr<const void> of, std::function<std::int64_t()> read) {
    detail::check_metric(name, labels);
    const std::lock_guard lock{mutex_};
    auto& known = find_or_add(name, help, metric_kind::gauge, std::move(labels)).observeds;
    const bool again = std::any_of(known.begin(), known.end(), [&of](const series::observed& o) { return o.of.lock() == of; });
    if (!again) known.push_back({of, std::move(read)});
}

PENSTOCK_DECL bool metrics_registry::admit(std::string_view label, std::string_view value, std::size_t most) {
    const std::lock_guard lock{mutex_};
    auto of = std::find_if(admitted_.begin(), admitted_.end(), [label](const auto& a) { return a.first == label; });
    if (of == admitted_.end()) of = admitted_.emplace(of, label, std::vector<std::string>{});
    auto& known = of->second;
    const auto at = std::lower_bound(known.begin(), known.end(), value);
    if (at != known.end() && *at == value) return true;
    if (known.size() >= most) return false;
    known.emplace(at, value);
    return true;
}

PENSTOCK_DECL std::vector<metric_family> metrics_registry::collect() const {
    std::vector<metric_family> out;
    const std::lock_guard lock{mutex_};
    out.reserve(families_.size());
    for (const auto& f : families_) {
        metric_family told;
        told.name = f->name;
        told.help = f->help;
        told.kind = f->kind;
        told.series.reserve(f->all.size());
        for (const auto& s : f->all) told.series.push_back(s->read());
        out.push_back(std::move(told));
    }
    return out;
}

PENSTOCK_DECL std::int64_t value_of(const std::vector<metric_family>& collected, std::string_view name,
                                    const metric_labels& labels) {
    for (const auto& f : collected)
        for (const auto& s : f.series)
            if (f.name == name && s.labels == labels) return s.value;
    return 0;
}

} // namespace penstock
