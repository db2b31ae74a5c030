// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_lister.hpp>

#include <penstock/s3/detail/client_state.hpp>

namespace penstock::s3 {

PENSTOCK_DECL object_lister::object_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                           list_objects_options options)
    : client_{std::move(client)}, bucket_{std::move(bucket)}, options_{std::move(options)} {}

PENSTOCK_DECL awaitable<std::optional<list_objects_page>> object_lister::next() {
    std::optional<list_objects_page> out;
    if (ended_) co_return out;
    out = co_await client_->call(detail::make_list_objects_v2(bucket_, options_), &detail::parse_list_objects_v2);
    if (!out->is_truncated) {
        ended_ = true;
    } else if (out->next_continuation_token == options_.continuation_token()) {
        // Such a store would be listed for ever.
        error_detail d;
        d.operation = "list objects";
        d.bucket = bucket_;
        d.message = "the store gave the same continuation token twice";
        throw_failure(failure{errc::malformed_response, std::move(d)});
    } else {
        options_.continuation_token(out->next_continuation_token);
    }
    co_return out;
}

} // namespace penstock::s3
