// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/list_all_parts.hpp>

#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/listing_guard.hpp>
#include <penstock/s3/detail/part_number.hpp>

#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL awaitable<list_parts_page> list_page_of_parts(std::shared_ptr<client_state> client, object_address object,
                                                            std::string upload_id, list_parts_options options) {
    auto op = make_list_parts(object, upload_id, options);
    auto page = co_await client->call(std::move(op), &parse_list_parts);
    const listing_guard guard{"list parts", object.bucket, object.key};
    auto previous = options.part_number_marker().value_or(0);
    for (const auto& part : page.parts) {
        if (part.number <= previous || part.number > max_part_number) guard.refuse("the parts are not in ascending order");
        previous = part.number;
    }
    const auto next = page.next_part_number_marker.value_or(0);
    if (page.is_truncated && (next < previous || next <= options.part_number_marker().value_or(0) || next >= max_part_number))
        guard.refuse("the next page begins before this one ended");
    co_return page;
}

PENSTOCK_DECL awaitable<std::vector<part_summary>> list_all_parts(std::shared_ptr<client_state> client, object_address object,
                                                                  std::string upload_id, request_settings_ptr settings) {
    std::vector<part_summary> all;
    list_parts_options asked;
    asked.settings(std::move(settings));
    for (;;) {
        auto page = co_await list_page_of_parts(client, object, upload_id, asked);
        for (auto& part : page.parts) all.push_back(std::move(part));
        if (!page.is_truncated) break;
        asked.part_number_marker(*page.next_part_number_marker);
    }
    co_return all;
}

} // namespace penstock::s3::detail
