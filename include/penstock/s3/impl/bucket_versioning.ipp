// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/bucket_versioning.hpp>

#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/response_reader.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

namespace penstock::s3 {
namespace detail {

class versioning_handler final : public xml::field_handler {
  public:
    versioning_handler() noexcept : field_handler{table} {}

    std::string status;

  protected:
    void close_field(std::uint8_t id, std::string& text) override {
        if (id == status_element) status = trimmed(text);
    }

  private:
    enum : std::uint8_t { root_element = 1, status_element };
    static constexpr field table[] = {{0, "VersioningConfiguration"}, {root_element, "Status"}};
};

PENSTOCK_DECL operation make_get_bucket_versioning(std::string_view bucket) {
    auto op = bucket_operation("get bucket versioning", "GET", bucket);
    add_query(op, "versioning");
    return op;
}

PENSTOCK_DECL result<versioning_status> parse_get_bucket_versioning(const http::response_head& head,
                                                                    std::string_view body) {
    versioning_handler fields;
    auto done = read_response("get bucket versioning", head, body, fields, "VersioningConfiguration", error_scope::bucket);
    if (!done) return done.error();
    if (fields.status.empty()) return versioning_status::never;
    if (fields.status == "Enabled") return versioning_status::enabled;
    if (fields.status == "Suspended") return versioning_status::suspended;
    return malformed("get bucket versioning", head, "the status '" + printable(fields.status, 64) + "' is not known");
}

PENSTOCK_DECL operation make_put_bucket_versioning(std::string_view bucket, bool enabled) {
    auto op = bucket_operation("put bucket versioning", "PUT", bucket);
    add_query(op, "versioning");
    xml::writer document;
    document.open("VersioningConfiguration").attribute("xmlns", xml_namespace);
    document.element("Status", enabled ? "Enabled" : "Suspended");
    set_document(op, document.finish());
    return op;
}

PENSTOCK_DECL result<void> parse_put_bucket_versioning(const http::response_head& head, std::string_view body) {
    return check_status("put bucket versioning", head, body, error_scope::bucket);
}

inline awaitable<versioning_status> ask_versioning(std::shared_ptr<client_state> client, std::string bucket) {
    auto op = make_get_bucket_versioning(bucket);
    co_return co_await client->call(std::move(op), &parse_get_bucket_versioning);
}

inline awaitable<void> set_versioning(std::shared_ptr<client_state> client, std::string bucket, bool enabled) {
    auto op = make_put_bucket_versioning(bucket, enabled);
    co_await client->call(std::move(op), &parse_put_bucket_versioning);
}

} // namespace detail

PENSTOCK_DECL awaitable<versioning_status> get_bucket_versioning(const client& c, std::string bucket) {
    return detail::ask_versioning(detail::client_access::state(c), std::move(bucket));
}

PENSTOCK_DECL awaitable<void> set_bucket_versioning(const client& c, std::string bucket, bool enabled) {
    return detail::set_versioning(detail::client_access::state(c), std::move(bucket), enabled);
}

} // namespace penstock::s3
