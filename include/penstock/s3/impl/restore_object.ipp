// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/restore_object.hpp>

#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/error_response.hpp>
#include <penstock/s3/detail/request_builder.hpp>
#include <penstock/s3/detail/text.hpp>
#include <penstock/s3/xml_namespace.hpp>
#include <penstock/xml/writer.hpp>

namespace penstock::s3 {
namespace detail {

PENSTOCK_DECL operation make_restore_object(const object_address& object, const restore_object_options& options) {
    auto op = object_operation("restore object", "POST", object);
    op.settings = options.settings();
    add_query(op, "restore");
    add_query_if(op, "versionId", options.version_id());
    constexpr std::string_view tiers[] = {"Standard", "Bulk", "Expedited"};
    xml::writer document;
    document.open("RestoreRequest").attribute("xmlns", xml_namespace);
    if (options.days() > 0) document.element("Days", std::uint64_t{options.days()});
    document.open("GlacierJobParameters").element("Tier", tiers[static_cast<std::size_t>(options.tier())]).close();
    set_document(op, document.finish());
    return op;
}

PENSTOCK_DECL result<restore_outcome> parse_restore_object(const http::response_head& head, std::string_view body) {
    if (head.status == 200) return restore_outcome::restored;
    auto good = check_status("restore object", head, body, error_scope::object);
    if (good) return restore_outcome::begun; // 202
    if (good.error().detail().service_code == "RestoreAlreadyInProgress") return restore_outcome::under_way;
    return good.error();
}

/// Owns the client's state, so that it may outlive the client.
inline awaitable<restore_outcome> restore_object(std::shared_ptr<client_state> client, object_address object,
                                                 restore_object_options options) {
    auto op = make_restore_object(object, options);
    co_return co_await client->call(std::move(op), &parse_restore_object);
}

} // namespace detail

PENSTOCK_DECL awaitable<restore_outcome> restore_object(client& c, object_address object, restore_object_options options) {
    return detail::restore_object(detail::client_access::state(c), std::move(object), std::move(options));
}

/// ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"
PENSTOCK_DECL std::optional<restore_status> parse_restore_status(std::string_view text) {
    const auto value = [text](std::string_view name) -> std::optional<std::string_view> {
        const auto at = text.find(name);
        if (at == text.npos) return std::nullopt;
        const auto rest = text.substr(at + name.size());
        const auto end = rest.find('"');
        return end == rest.npos ? std::nullopt : std::optional{rest.substr(0, end)};
    };
    const auto ongoing = value("ongoing-request=\"");
    if (!ongoing) return std::nullopt;
    restore_status found;
    found.ongoing = detail::parse_flag(*ongoing);
    if (const auto expires = value("expiry-date=\"")) found.expires = detail::parse_time(*expires);
    return found;
}

} // namespace penstock::s3
