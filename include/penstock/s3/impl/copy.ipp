// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/copy.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/call_limit.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/multipart_upload.hpp>
#include <penstock/s3/detail/part_plan.hpp>
#include <penstock/s3/upload_part_copy.hpp>

#include <memory>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// What a copy in parts begins with: the source's attributes, as far as the options do not replace them.
inline create_multipart_upload_options attributes_of_copy(const copy_object_options& o, const object_metadata& source,
                                                          const object_tags& tags) {
    create_multipart_upload_options out;
    out.settings(o.settings()).attributes(o).encryption(o.encryption()).customer_key(o.customer_key());
    if (!o.replace_metadata()) {
        out.content_type(source.content_type).content_encoding(source.content_encoding).expires(source.expires);
        out.content_disposition(source.content_disposition).content_language(source.content_language);
        out.cache_control(source.cache_control).metadata(source.metadata);
    }
    if (!o.replace_tags())
        for (const auto& [name, value] : tags) out.tag(name, value);
    return out;
}

inline head_object_options head_of_source(const copy_object_options& o) {
    head_object_options out;
    out.settings(o.settings()).version_id(o.source_version_id()).if_match(o.source_if_match());
    out.if_none_match(o.source_if_none_match()).customer_key(o.source_customer_key());
    if (o.source_if_modified_since()) out.if_modified_since(*o.source_if_modified_since());
    if (o.source_if_unmodified_since()) out.if_unmodified_since(*o.source_if_unmodified_since());
    return out;
}

inline awaitable<put_object_result> copy_part(std::shared_ptr<multipart_upload> upload, object_address source,
                                              upload_part_copy_options options, std::uint32_t number) {
    auto op = make_upload_part_copy(source, upload->where(), upload->id(), number, options);
    auto copied = co_await upload->client()->call(std::move(op), &parse_upload_part_copy);
    put_object_result out;
    out.etag = std::move(copied.etag);
    out.checksums = std::move(copied.checksums);
    co_return out;
}

inline awaitable<copy_object_result> copy_in_parts(std::shared_ptr<client_state> client, object_address source,
                                                   object_address target, copy_object_options options, copy_limits limits,
                                                   object_metadata found) {
    object_tags tags;
    if (!std::as_const(options).replace_tags() && found.tag_count.value_or(0) > 0) {
        auto op = make_get_object_tagging(source, get_object_tagging_options{}.settings(options.settings()).version_id(options.source_version_id()));
        tags = co_await client->call(std::move(op), &parse_get_object_tagging);
    }
    auto upload = std::make_shared<multipart_upload>(client, target, options.settings(), client->options().upload_concurrency());
    upload->on_progress(limits.progress());
    upload->customer_key(options.customer_key());
    upload_guard guard{upload};
    co_await upload->begin(attributes_of_copy(options, found, tags), false);
    upload_part_copy_options pinned;
    pinned.settings(options.settings()).source_version_id(options.source_version_id()).source_if_match(options.source_if_match());
    pinned.customer_key(options.customer_key()).source_customer_key(options.source_customer_key());
    part_sender send = [upload, source, pinned](std::uint32_t number, byte_range r) {
        auto o = pinned;
        o.source_range(r);
        return copy_part(upload, source, std::move(o), number);
    };
    const part_plan plan{limits.part_size(), true, *found.size};
    co_await send_parts(upload, plan.first(), *found.size, std::move(send));
    auto completing = upload->complete(options.if_match(), options.if_none_match());
    auto done = co_await std::move(completing);
    guard.done();
    copy_object_result out;
    out.etag = std::move(done.etag);
    out.version_id = std::move(done.version_id);
    out.source_version_id = std::move(found.version_id);
    out.checksums = std::move(done.checksums);
    co_return out;
}

inline awaitable<copy_object_result> copy_any(std::shared_ptr<client_state> client, object_address source, object_address target,
                                              copy_object_options options, copy_limits limits) {
    (void)make_copy_object(source, target, options); // what is wrong with them is told before anything is sent
    auto asking = make_head_object(source, head_of_source(options));
    auto answer = client->call(std::move(asking), &parse_head_object);
    auto asked = co_await as_result(std::move(answer));
    if (!asked && asked.error().code() == errc::not_modified)
        throw_failure(failure{make_error_code(errc::precondition_failed), asked.error().detail()}); // as a copy would say
    auto found = std::move(asked).value();
    options.source_if_none_match({}); // holds
    if (!found.etag.empty() && !found.etag.weak()) options.source_if_match(found.etag.raw());
    if (!found.version_id.empty() && found.version_id != "null") options.source_version_id(found.version_id);
    if (found.size.value_or(0) > limits.threshold()) {
        auto copying = copy_in_parts(std::move(client), std::move(source), std::move(target), std::move(options), std::move(limits), std::move(found));
        co_return co_await std::move(copying);
    }
    auto copying = copy_confirmed(std::move(client), std::move(source), std::move(target), std::move(options));
    auto done = co_await std::move(copying);
    if (limits.progress()) limits.progress()(found.size.value_or(0));
    co_return done;
}

inline awaitable<object_tags> get_object_tags(std::shared_ptr<client_state> client, object_address object,
                                              get_object_tagging_options options) {
    auto op = make_get_object_tagging(object, options);
    co_return co_await client->call(std::move(op), &parse_get_object_tagging);
}

} // namespace detail

PENSTOCK_DECL awaitable<copy_object_result> copy(client c, object_address source, object_address target,
                                                 copy_object_options options, copy_limits limits) {
    const auto& state = detail::client_access::state(c);
    auto start = [state, source = std::move(source), target = std::move(target), limits = std::move(limits)](copy_object_options o) mutable {
        return detail::copy_any(std::move(state), std::move(source), std::move(target), std::move(o), std::move(limits));
    };
    return detail::as_one_call(state->clock(), std::move(options), "copying", std::move(start));
}

PENSTOCK_DECL awaitable<object_tags> get_tags(client c, object_address object, get_object_tagging_options options) {
    return detail::get_object_tags(detail::client_access::state(c), std::move(object), std::move(options));
}

} // namespace penstock::s3
