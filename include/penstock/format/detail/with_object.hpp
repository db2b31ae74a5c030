// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/byte_sink.hpp>
#include <penstock/core/error.hpp>

namespace penstock::detail {

/// What `f` gives; what it throws names the sink, of which formatters, being pure, know nothing.
template <class F>
auto with_object(const byte_sink& sink, const F& f) {
    try {
        return f();
    } catch (const error& e) {
        throw_failure(e.as_failure().with([&](error_detail& d) { d.object = sink.name(); }));
    }
}

} // namespace penstock::detail
