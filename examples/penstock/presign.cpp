// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "session.hpp"

namespace tool {

using namespace penstock;

awaitable<void> presign(session& s, presign_options o) {
    const s3::object_address object{o.url};
    if (object.key.empty()) throw usage_error{"presign: the URL names a bucket, but no key", "write s3://bucket/key"};
    const auto link = co_await s.s3().presign(object, o.expires, o.method);
    if (!s.json()) {
        s.out().line(link);
        co_return;
    }
    boost::json::object found;
    found["url"] = json_text(link);
    found["method"] = json_text(o.method);
    found["expires"] = o.expires.count();
    s.out().line(json_line(found));
}

} // namespace tool
