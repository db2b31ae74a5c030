// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/create_bucket.hpp>
#include <penstock/s3/delete_bucket.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/object_reader_state.hpp>
#include <penstock/s3/detail/object_writer_state.hpp>

#include <algorithm>
#include <iterator>

namespace penstock::s3 {

PENSTOCK_DECL client::client(executor ex, client_options options)
    : state_{std::make_shared<detail::client_state>(std::move(ex), std::move(options))} {}

// ---- reading

PENSTOCK_DECL awaitable<object_reader> client::open(object_address object, get_object_options options) {
    // As client_state::open, without a coroutine between.
    auto s = std::make_unique<object_reader::state>();
    detail::client_state::interpreter look = [&body = s->body, &options](const http::response_head& head,
                                                                        std::string_view text) {
        return detail::look_at_object(options, head, text, body);
    };
    auto op = detail::make_get_object(object, options);
    s->lease = co_await state_->execute(std::move(op), detail::client_state::answer_kind::stream, std::move(look));
    s->client = state_;
    s->where = std::move(object);
    s->version_id = options.version_id();
    s->answer = s->lease->head();
    s->position = s->body.range.offset;
    if (s->body.outcome == get_object_outcome::partial || s->body.size) s->end = s->position + s->body.range.length;
    s->done = s->body.outcome == get_object_outcome::not_modified || s->body.outcome == get_object_outcome::empty;
    if (s->done) s->lease.give_back();
    co_return object_reader{std::move(s)};
}

PENSTOCK_DECL awaitable<stored_object> client::get(object_address object, get_object_options options,
                                                   std::size_t limit) {
    auto reader = co_await open(std::move(object), std::move(options));
    stored_object out;
    out.metadata = reader.metadata();
    out.body = co_await reader.read_all(limit);
    co_return out;
}

PENSTOCK_DECL awaitable<std::size_t> client::read_at(object_address object, std::uint64_t offset,
                                                     std::span<std::byte> into, get_object_options options) {
    if (into.empty()) co_return 0;
    options.range(object_range::slice(offset, into.size()));
    auto reader = co_await open(std::move(object), std::move(options));
    // A store without ranges sends the whole object.
    if (reader.outcome() == get_object_outcome::range_ignored) {
        auto left = offset;
        while (left > 0) {
            const auto n = co_await reader.read_some(into.first(std::min<std::uint64_t>(left, into.size())));
            if (n == 0) co_return 0;
            left -= n;
        }
    }
    const auto got = co_await reader.read(into);
    if (got == into.size() && reader.outcome() == get_object_outcome::partial) {
        std::byte probe; // the end of the body gives the connection back
        co_await reader.read_some({&probe, 1});
    }
    co_return got;
}

PENSTOCK_DECL awaitable<object_metadata> client::head(object_address object, head_object_options options) {
    auto op = detail::make_head_object(object, options);
    co_return co_await state_->call(std::move(op), &detail::parse_head_object);
}

// ---- writing

PENSTOCK_DECL awaitable<put_object_result> client::put(object_address object, std::span<const std::byte> body,
                                                       put_object_options options) {
    std::vector<std::span<const std::byte>> pieces(1, body);
    auto op = detail::make_put_object(object, std::move(pieces), options);
    co_return co_await state_->call(std::move(op), &detail::parse_put_object);
}

PENSTOCK_DECL object_writer client::create(object_address object, put_object_options options) {
    auto s = std::make_shared<object_writer::state>();
    s->client = state_;
    s->where = std::move(object);
    s->options = std::move(options);
    s->part_size = static_cast<std::size_t>(state_->options().part_size());
    // Builds the request once in vain: what is wrong with address or options is told before a byte is written.
    (void)detail::make_put_object(s->where, {}, s->options);
    return object_writer{std::move(s)};
}

PENSTOCK_DECL awaitable<copy_object_result> client::copy(object_address source, object_address target,
                                                         copy_object_options options) {
    auto op = detail::make_copy_object(source, target, options);
    co_return co_await state_->call(std::move(op), &detail::parse_copy_object);
}

PENSTOCK_DECL awaitable<delete_object_result> client::remove(object_address object, delete_object_options options) {
    auto op = detail::make_delete_object(object, options);
    co_return co_await state_->call(std::move(op), &detail::parse_delete_object);
}

PENSTOCK_DECL awaitable<delete_objects_result> client::remove(std::string bucket,
                                                              std::vector<object_identifier> objects,
                                                              delete_objects_options options) {
    delete_objects_result out;
    std::vector<object_identifier> batch;
    for (std::size_t at = 0; at < objects.size();) {
        batch.clear();
        for (; at < objects.size() && batch.size() < detail::max_delete_objects; ++at) {
            // A key that XML cannot hold goes alone.
            if (!detail::deletable_in_batch(objects[at].key)) break;
            batch.push_back(objects[at]);
        }
        if (!batch.empty()) {
            auto op = detail::make_delete_objects(bucket, batch, options);
            auto page = co_await state_->call(std::move(op), &detail::parse_delete_objects);
            std::move(page.deleted.begin(), page.deleted.end(), std::back_inserter(out.deleted));
            std::move(page.errors.begin(), page.errors.end(), std::back_inserter(out.errors));
            continue;
        }
        const auto& alone = objects[at++];
        delete_object_options one;
        one.version_id(alone.version_id).if_match(alone.if_match);
        auto done = co_await as_result(remove(object_address{bucket, alone.key}, one));
        if (done) {
            deleted_object d;
            d.key = alone.key;
            if (!options.quiet()) out.deleted.push_back(std::move(d));
        } else {
            delete_error e;
            e.key = alone.key;
            e.code = done.error().detail().service_code;
            e.message = done.error().message();
            out.errors.push_back(std::move(e));
        }
    }
    co_return out;
}

// ---- listing and buckets

PENSTOCK_DECL object_lister client::list(object_address prefix, list_objects_options options) {
    if (options.prefix().empty()) options.prefix(prefix.key);
    return object_lister{state_, std::move(prefix.bucket), std::move(options)};
}

PENSTOCK_DECL awaitable<list_buckets_page> client::list_buckets(list_buckets_options options) {
    auto op = detail::make_list_buckets(options);
    co_return co_await state_->call(std::move(op), &detail::parse_list_buckets);
}

PENSTOCK_DECL awaitable<void> client::create_bucket(std::string bucket) {
    auto op = detail::make_create_bucket(bucket, state_->region());
    co_await state_->call(std::move(op), &detail::parse_create_bucket);
}

PENSTOCK_DECL awaitable<void> client::remove_bucket(std::string bucket) {
    auto op = detail::make_delete_bucket(bucket);
    co_await state_->call(std::move(op), &detail::parse_delete_bucket);
}

PENSTOCK_DECL awaitable<bucket_metadata> client::head_bucket(std::string bucket) {
    auto op = detail::make_head_bucket(bucket);
    co_return co_await state_->call(std::move(op), &detail::parse_head_bucket);
}

// ---- links and the rest

PENSTOCK_DECL awaitable<std::string> client::presign(object_address object, std::chrono::seconds expires,
                                                     std::string method) {
    return state_->presign(std::move(object), expires, std::move(method));
}

PENSTOCK_DECL client_statistics client::statistics() const { return state_->statistics(); }
PENSTOCK_DECL const std::shared_ptr<memory_budget>& client::budget() const noexcept { return state_->budget(); }
PENSTOCK_DECL const std::shared_ptr<buffer_pool>& client::buffers() const noexcept { return state_->buffers(); }
PENSTOCK_DECL executor client::get_executor() const { return state_->get_executor(); }

} // namespace penstock::s3
