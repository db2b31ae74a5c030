// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/metrics.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The Content-Type of `prometheus_text`.
inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// What a Prometheus server reads from /metrics: text format 0.0.4, durations in seconds.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
PENSTOCK_DECL std::string prometheus_text(const std::vector<metric_family>& collected);

} // namespace penstock

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/core/impl/prometheus.ipp>
#endif
