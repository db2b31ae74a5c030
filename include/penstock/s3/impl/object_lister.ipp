// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_lister.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/list_objects_v1.hpp>

namespace penstock::s3 {
PENSTOCK_DECL object_lister::object_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                           list_objects_options options)
    : client_{std::move(client)}, bucket_{std::move(bucket)}, options_{std::move(options)}, guard_{"list objects", bucket_} {}

PENSTOCK_DECL awaitable<list_objects_page> object_lister::ask() {
    if (!begun_) first_version_ = client_->capabilities(bucket_).list_objects_v2 == false;
    if (!first_version_) {
        auto op = detail::make_list_objects_v2(bucket_, options_);
        auto asked = client_->call(std::move(op), &detail::parse_list_objects_v2);
        penstock::detail::attempt page{std::move(asked)};
        co_await page.run();
        const bool refused = !page && !begun_ && options_.continuation_token().empty() &&
                             client_->capabilities(bucket_).list_objects_v2 != true &&
                             detail::wants_list_objects_v1(page.error());
        if (!page && !refused) throw_failure(page.error());
        first_version_ = refused || page->is_first_version;
        begun_ = page.has_value();
        if (page) co_return std::move(*page);
    }
    auto op = detail::make_list_objects_v1(bucket_, options_);
    auto page = co_await client_->call(std::move(op), &detail::parse_list_objects_v1);
    begun_ = true;
    client_->learn([](store_capabilities& c) { c.list_objects_v2 = false; });
    co_return page;
}

PENSTOCK_DECL awaitable<std::optional<list_objects_page>> object_lister::next() {
    std::optional<list_objects_page> out;
    if (ended_) co_return out;
    out = co_await ask();
    check(*out);
    if (out->is_truncated)
        options_.continuation_token(out->next_continuation_token);
    else
        ended_ = true;
    co_return out;
}

PENSTOCK_DECL void object_lister::check(const list_objects_page& page) {
    for (const auto& o : page.objects) guard_.check_entry(o.key, options_.prefix());
    for (const auto& p : page.common_prefixes) guard_.check_entry(p, options_.prefix());
    if (page.is_truncated)
        guard_.check_next(!page.objects.empty() || !page.common_prefixes.empty(), options_.continuation_token(),
                          page.next_continuation_token);
}

} // namespace penstock::s3
