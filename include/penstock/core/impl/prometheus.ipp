// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/prometheus.hpp>

#include <charconv>
#include <chrono>

namespace penstock {
namespace detail {

/// A backslash and a line's end are escaped everywhere, a quote only within quotes.
inline void append_prometheus_escaped(std::string& out, std::string_view text, bool quoted) {
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quoted)
            out += "\\\"";
        else
            out += c;
    }
}

/// The shortest decimal text that reads back as this number of seconds.
inline void append_prometheus_seconds(std::string& out, duration d) {
    char digits[64];
    const auto r = std::to_chars(digits, digits + sizeof digits, std::chrono::duration<double>(d).count());
    out.append(digits, r.ptr);
}

/// `name{a="1",le="…"}` and a space.
inline void append_prometheus_name(std::string& out, std::string_view name, std::string_view suffix,
                                   const metric_labels& labels, std::string_view le = {}) {
    out += name;
    out += suffix;
    if (!labels.empty() || !le.empty()) {
        char before = '{';
        for (const auto& [label, value] : labels) {
            out += before;
            out += label;
            out += "=\"";
            append_prometheus_escaped(out, value, true);
            out += '"';
            before = ',';
        }
        if (!le.empty()) {
            out += before;
            out += "le=\"";
            out += le;
            out += '"';
        }
        out += '}';
    }
    out += ' ';
}

inline void append_prometheus_histogram(std::string& out, const std::string& name, const metric_series& s) {
    std::uint64_t below = 0;
    std::string bound;
    for (std::size_t i = 0; i < s.histogram.buckets.size(); ++i) {
        below += s.histogram.buckets[i];
        bound.clear();
        if (i < histogram_snapshot::bounds)
            append_prometheus_seconds(bound, histogram_snapshot::bound(i));
        else
            bound = "+Inf";
        append_prometheus_name(out, name, "_bucket", s.labels, bound);
        out += std::to_string(below);
        out += '\n';
    }
    append_prometheus_name(out, name, "_sum", s.labels);
    append_prometheus_seconds(out, s.histogram.sum);
    out += '\n';
    append_prometheus_name(out, name, "_count", s.labels);
    out += std::to_string(below);
    out += '\n';
}

} // namespace detail

PENSTOCK_DECL std::string prometheus_text(const std::vector<metric_family>& collected) {
    constexpr std::string_view kinds[] = {"counter", "gauge", "histogram"};
    std::string out;
    for (const auto& f : collected) {
        out += "# HELP " + f.name + ' ';
        detail::append_prometheus_escaped(out, f.help, false);
        out += "\n# TYPE " + f.name + ' ';
        out += kinds[static_cast<std::size_t>(f.kind)];
        out += '\n';
        for (const auto& s : f.series) {
            if (f.kind == metric_kind::histogram) {
                detail::append_prometheus_histogram(out, f.name, s);
                continue;
            }
            detail::append_prometheus_name(out, f.name, "", s.labels);
            out += std::to_string(s.value);
            out += '\n';
        }
    }
    return out;
}

} // namespace penstock
