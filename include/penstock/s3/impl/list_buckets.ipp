// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/list_buckets.hpp>

#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/xml/field_handler.hpp>

namespace penstock::s3::detail {

class list_buckets_handler final : public xml::field_handler {
  public:
    list_buckets_handler() noexcept : field_handler{table} {}

    list_buckets_page page;

  protected:
    void open_field(std::uint8_t id) override {
        if (id == bucket) page.buckets.emplace_back();
        if (id == owner_element) page.owner.emplace();
    }
    void close_field(std::uint8_t id, std::string& text) override {
        switch (id) {
        case name: page.buckets.back().name = trimmed(text); break;
        case created: page.buckets.back().created = parse_time(text); break;
        case region: page.buckets.back().region = trimmed(text); break;
        case bucket:
            if (page.buckets.back().name.empty())
                throw_failure(failure{errc::malformed_response, "a bucket without a name"});
            break;
        case owner_id: page.owner->id = std::move(text); break;
        case owner_name: page.owner->display_name = std::move(text); break;
        case next_token: page.next_continuation_token = std::move(text); break;
        default: break;
        }
    }

  private:
    enum : std::uint8_t {
        root_element = 1,
        buckets,
        bucket,
        name,
        created,
        region,
        owner_element,
        owner_id,
        owner_name,
        next_token,
    };
    static constexpr field table[] = {
        {0, "ListAllMyBucketsResult"},
        {root_element, "Buckets"},
        {buckets, "Bucket"},
        {bucket, "Name"},
        {bucket, "CreationDate"},
        {bucket, "BucketRegion"},
        {root_element, "Owner"},
        {owner_element, "ID"},
        {owner_element, "DisplayName"},
        {root_element, "ContinuationToken"},
    };
};

PENSTOCK_DECL operation make_list_buckets(const list_buckets_options& options) {
    auto op = service_operation("list buckets", "GET");
    op.settings = options.settings();
    add_query_if(op, "prefix", options.prefix());
    add_query_if(op, "bucket-region", options.region());
    add_query_if(op, "continuation-token", options.continuation_token());
    if (options.max_buckets()) add_query(op, "max-buckets", std::uint64_t{*options.max_buckets()});
    return op;
}

PENSTOCK_DECL result<list_buckets_page> parse_list_buckets(const http::response_head& head,
                                                           std::string_view body) {
    list_buckets_handler fields;
    auto done =
        read_response("list buckets", head, body, fields, "ListAllMyBucketsResult", error_scope::service);
    if (!done) return done.error();
    return std::move(fields.page);
}

} // namespace penstock::s3::detail
