// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/uploads.hpp>

#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/list_all_parts.hpp>
#include <penstock/s3/detail/multipart_upload.hpp>
#include <penstock/s3/upload_part.hpp>

#include <utility>

namespace penstock::s3 {
namespace detail {

inline awaitable<std::string> begin_one_upload(std::shared_ptr<client_state> client, object_address object,
                                    create_multipart_upload_options options) {
    auto upload = std::make_shared<multipart_upload>(client, std::move(object), options.settings(), 1);
    upload_guard guard{upload};
    co_await upload->begin(std::move(options), false);
    auto id = upload->id();
    guard.done();
    upload->leave();
    upload->abandon(); // what a lost answer may have begun
    co_return id;
}

inline awaitable<completed_part> send_one_part(std::shared_ptr<client_state> client, object_address object, std::string id,
                                      std::uint32_t number, std::span<const std::byte> body, upload_part_options options) {
    std::vector<std::span<const std::byte>> pieces(1, body);
    auto op = make_upload_part(object, id, number, std::move(pieces), options);
    auto sent = co_await client->call(std::move(op), &parse_upload_part);
    completed_part part{number, std::move(sent.etag)};
    part.checksums = std::move(sent.checksums);
    co_return part;
}

inline awaitable<put_object_result> complete_one_upload(std::shared_ptr<client_state> client, object_address object, std::string id,
                                             std::vector<completed_part> parts, complete_multipart_upload_options options) {
    (void)make_complete_multipart_upload(object, id, parts, options); // what is wrong with them
    auto upload = std::make_shared<multipart_upload>(std::move(client), std::move(object), options.settings(), 1);
    upload->adopt(std::move(id), std::move(parts));
    auto completing = upload->complete_as(std::move(options));
    co_return co_await std::move(completing);
}

inline awaitable<void> abort_one_upload(std::shared_ptr<client_state> client, object_address object, std::string id) {
    (void)make_abort_multipart_upload(object, id);
    auto upload = std::make_shared<multipart_upload>(std::move(client), std::move(object), nullptr, 1);
    upload->adopt(std::move(id), {});
    co_await upload->abort();
}

} // namespace detail

PENSTOCK_DECL upload_lister::upload_lister(std::shared_ptr<detail::client_state> client, std::string bucket,
                                           list_multipart_uploads_options options)
    : client_{std::move(client)}, bucket_{std::move(bucket)}, options_{std::move(options)},
      guard_{"list multipart uploads", bucket_} {}

PENSTOCK_DECL awaitable<std::optional<list_multipart_uploads_page>> upload_lister::next() {
    std::optional<list_multipart_uploads_page> out;
    if (ended_) co_return out;
    auto op = detail::make_list_multipart_uploads(bucket_, options_);
    out = co_await client_->call(std::move(op), &detail::parse_list_multipart_uploads);
    check(*out);
    if (out->is_truncated)
        options_.markers(out->next_key_marker, out->next_upload_id_marker);
    else
        ended_ = true;
    co_return out;
}

PENSTOCK_DECL void upload_lister::check(const list_multipart_uploads_page& page) {
    for (const auto& u : page.uploads) guard_.check_entry(u.key, options_.prefix());
    for (const auto& p : page.common_prefixes) guard_.check_entry(p, options_.prefix());
    if (page.is_truncated)
        guard_.check_next(!page.uploads.empty() || !page.common_prefixes.empty(),
                          detail::joined_markers(options_.key_marker(), options_.upload_id_marker()),
                          detail::joined_markers(page.next_key_marker, page.next_upload_id_marker));
}

PENSTOCK_DECL upload_lister list_uploads(client c, object_address prefix, list_multipart_uploads_options options) {
    if (options.prefix().empty()) options.prefix(prefix.key);
    return upload_lister{detail::client_access::state(c), std::move(prefix.bucket), std::move(options)};
}

PENSTOCK_DECL part_lister::part_lister(std::shared_ptr<detail::client_state> client, object_address object,
                                       std::string upload_id, list_parts_options options)
    : client_{std::move(client)}, object_{std::move(object)}, upload_id_{std::move(upload_id)}, options_{std::move(options)} {}

PENSTOCK_DECL awaitable<std::optional<list_parts_page>> part_lister::next() {
    std::optional<list_parts_page> out;
    if (ended_) co_return out;
    out = co_await detail::list_page_of_parts(client_, object_, upload_id_, options_);
    if (out->is_truncated)
        options_.part_number_marker(*out->next_part_number_marker);
    else
        ended_ = true;
    co_return out;
}

PENSTOCK_DECL part_lister list_parts(client c, object_address object, std::string upload_id, list_parts_options options) {
    return part_lister{detail::client_access::state(c), std::move(object), std::move(upload_id), std::move(options)};
}

PENSTOCK_DECL awaitable<std::string> begin_upload(client c, object_address object, create_multipart_upload_options options) {
    return detail::begin_one_upload(detail::client_access::state(c), std::move(object), std::move(options));
}

PENSTOCK_DECL awaitable<completed_part> upload_part(client c, object_address object, std::string upload_id, std::uint32_t number,
                                                    std::span<const std::byte> body, upload_part_options options) {
    return detail::send_one_part(detail::client_access::state(c), std::move(object), std::move(upload_id), number, body, std::move(options));
}

PENSTOCK_DECL awaitable<put_object_result> complete_upload(client c, object_address object, std::string upload_id,
                                                           std::vector<completed_part> parts,
                                                           complete_multipart_upload_options options) {
    return detail::complete_one_upload(detail::client_access::state(c), std::move(object), std::move(upload_id), std::move(parts),
                            std::move(options));
}

PENSTOCK_DECL awaitable<void> abort_upload(client c, object_address object, std::string upload_id) {
    return detail::abort_one_upload(detail::client_access::state(c), std::move(object), std::move(upload_id));
}

} // namespace penstock::s3
