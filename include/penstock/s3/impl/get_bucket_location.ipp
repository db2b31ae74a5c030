// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/get_bucket_location.hpp>

#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>

namespace penstock::s3::detail {

class location_handler final : public xml::field_handler {
  public:
    location_handler() noexcept : field_handler{table} {}

    std::string constraint;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        if (id != wrapper) constraint = trimmed(text);
    }

  private:
    // SeaweedFS answers what is sent to create a bucket.
    enum : std::uint8_t { plain = 1, wrapper, wrapped };
    static constexpr field table[] = {
        {0, "LocationConstraint"}, {0, "CreateBucketConfiguration"}, {wrapper, "LocationConstraint"}};
};

PENSTOCK_DECL operation make_get_bucket_location(std::string_view bucket) {
    auto op = bucket_operation("get bucket location", "GET", bucket);
    add_query(op, "location");
    return op;
}

PENSTOCK_DECL result<std::string> parse_location_constraint(const http::response_head& head,
                                                            std::string_view body) {
    location_handler fields;
    auto done = read_response("get bucket location", head, body, fields, {}, error_scope::bucket);
    if (!done) return done.error();
    if (fields.root() != "LocationConstraint" && fields.root() != "CreateBucketConfiguration")
        return malformed("get bucket location", head, "no location, but <" + printable(fields.root(), 64) + ">",
                         "check that the endpoint is an S3 store");
    return std::move(fields.constraint);
}

PENSTOCK_DECL result<std::string> parse_get_bucket_location(const http::response_head& head,
                                                            std::string_view body) {
    auto constraint = parse_location_constraint(head, body);
    if (!constraint) return constraint;
    if (constraint->empty()) return std::string{"us-east-1"};
    if (*constraint == "EU") return std::string{"eu-west-1"};
    return constraint;
}

inline awaitable<std::string> ask_location(std::shared_ptr<client_state> client, std::string bucket) {
    auto op = make_get_bucket_location(bucket);
    co_return co_await client->call(std::move(op), &parse_get_bucket_location);
}

} // namespace penstock::s3::detail

namespace penstock::s3 {

PENSTOCK_DECL awaitable<std::string> get_bucket_location(const client& c, std::string bucket) {
    return detail::ask_location(detail::client_access::state(c), std::move(bucket));
}

} // namespace penstock::s3
