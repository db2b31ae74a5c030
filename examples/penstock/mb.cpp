// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

#include <penstock/dataset/open.hpp>

namespace tool {

using namespace penstock;

awaitable<void> mb(session& s, mb_options o) {
    if (!is_s3_url(o.url)) throw usage_error{"mb: '" + o.url + "' is not a bucket", "write s3://bucket"};
    const s3::object_address where{o.url};
    if (!where.key.empty()) throw usage_error{"mb: the URL goes on after the bucket", "write s3://bucket"};
    co_await s.s3().create_bucket(where.bucket);
    if (!s.json()) co_return;
    boost::json::object done;
    done["bucket"] = json_text(where.bucket);
    s.out().line(json_line(done));
}

} // namespace tool
