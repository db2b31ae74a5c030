// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include <penstock/dataset/open.hpp>

namespace tool {

using namespace penstock;

awaitable<void> cat(session& s, cat_options o) {
    const auto out = standard_output();
    for (const auto& url : o.urls) {
        const auto source = co_await open_source(s.s3_for(url), url);
        // On a terminal the bytes themselves show the progress.
        progress bar{s.show_progress() && !s.out().terminal(), url, source->remaining()};
        co_await pump(*source, *out, bar);
    }
}

} // namespace tool
