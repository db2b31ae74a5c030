// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/client.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/s3/create_bucket.hpp>
#include <penstock/s3/delete_bucket.hpp>
#include <penstock/s3/detail/call_limit.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/object_reader_state.hpp>
#include <penstock/s3/detail/object_writer_state.hpp>
#include <penstock/s3/detail/write_modes.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <vector>

namespace penstock::s3 {

namespace detail {

// Each call is a coroutine that owns the client's state: so a call may outlive the client it was made on, even one that
// was a temporary. The public members only hand that state over.

inline awaitable<object_reader> open_object(std::shared_ptr<client_state> client, object_address object,
                                            get_object_options options, permit held = permit()) {
    // As client_state::open, without a coroutine between.
    auto s = std::make_unique<object_reader_state>();
    client_state::interpreter look = [&body = s->body, &options](const http::response_head& head,
                                                                std::string_view text) {
        return look_at_object(options, head, text, body);
    };
    auto op = make_get_object(object, options);
    op.memory_held = held.units() > 0;
    s->memory = std::move(held);
    s->lease = co_await client->execute(std::move(op), client_state::answer_kind::stream, std::move(look));
    s->client = std::move(client);
    s->where = std::move(object);
    s->version_id = options.version_id();
    s->settings = options.settings();
    s->key = options.customer_key();
    s->answer = s->lease->head();
    s->position = s->body.range.offset;
    if (s->body.outcome == get_object_outcome::partial || s->body.size) s->end = s->position + s->body.range.length;
    if (options.checksum_mode()) s->validation = validation_of(options, s->body, s->metadata().checksums);
    s->done = s->body.outcome == get_object_outcome::not_modified || s->body.outcome == get_object_outcome::empty;
    if (s->done) s->lease.give_back();
    co_return object_reader{std::move(s)};
}

inline awaitable<aws::credentials_ptr> get_credentials(std::shared_ptr<client_state> client) {
    co_return co_await client->credentials();
}

inline failure cannot_cut(const object_reader& reader, errc code, std::string message, std::string hint) {
    error_detail d;
    d.operation = "get object";
    d.object = reader.name();
    d.message = std::move(message);
    d.hint = std::move(hint);
    return failure{code, std::move(d)};
}

/// What was asked for of a whole object, which a store without ranges sends (and some that know them, for a range they
/// find odd).
inline awaitable<std::string> cut_out(object_reader& reader, object_range asked, std::size_t limit) {
    const auto size = reader.metadata().size;
    if (!size)
        throw_failure(cannot_cut(reader, errc::unsupported, "the store does not know ranges", "read it as one stream"));
    const auto part = resolve(asked, *size);
    if (part.length == 0 && *size != 0)
        throw_failure(cannot_cut(reader, errc::range_not_satisfiable, "the object ends before the range",
                                 "the object has " + std::to_string(*size) + " bytes"));
    if (part.length > limit)
        throw_failure(cannot_cut(reader, errc::response_too_large, "more than " + std::to_string(limit) + " bytes", {}));
    std::string out(static_cast<std::size_t>(part.length), '\0');
    std::vector<std::byte> before(static_cast<std::size_t>(std::min<std::uint64_t>(part.offset, 64 << 10)));
    for (auto left = part.offset; left > 0;) {
        const auto piece = std::span{before}.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, before.size())));
        const auto n = co_await reader.read(piece);
        if (n == 0) break; // a body that ends early is an error of the reader
        left -= n;
    }
    const auto into = std::as_writable_bytes(std::span{out});
    out.resize(co_await reader.read(into));
    co_return out;
}

inline awaitable<stored_object> get_object(std::shared_ptr<client_state> client, object_address object,
                                           get_object_options options, std::size_t limit) {
    const auto asked = options.range();
    auto reader = co_await open_object(std::move(client), std::move(object), std::move(options));
    stored_object out;
    out.metadata = reader.metadata();
    if (reader.outcome() == get_object_outcome::range_ignored)
        out.body = co_await cut_out(reader, asked, limit);
    else
        out.body = co_await reader.read_all(limit);
    co_return out;
}

inline awaitable<std::size_t> read_object_at(std::shared_ptr<client_state> client, object_address object,
                                             std::uint64_t offset, std::span<std::byte> into,
                                             get_object_options options) {
    if (into.empty()) co_return 0;
    options.range(object_range::slice(offset, into.size()));
    auto opening = open_object(std::move(client), std::move(object), std::move(options));
    penstock::detail::attempt opened{std::move(opening)};
    co_await opened.run();
    if (!opened) {
        if (opened.error().code() == errc::range_not_satisfiable) co_return 0; // the object ends before `offset`
        throw_failure(opened.error());
    }
    auto& reader = *opened;
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

inline awaitable<object_metadata> head_object(std::shared_ptr<client_state> client, object_address object,
                                              head_object_options options) {
    auto op = make_head_object(object, options);
    co_return co_await client->call(std::move(op), &parse_head_object);
}

inline awaitable<put_object_result> put_object(std::shared_ptr<client_state> client, object_address object,
                                               std::span<const std::byte> body, put_object_options options) {
    settle_mode(*client, object, options);
    if (body.size() > client->options().multipart_threshold())
        co_return co_await put_in_parts(std::move(client), std::move(object), body, std::move(options));
    std::vector<std::span<const std::byte>> pieces(1, body);
    auto op = make_put_object(object, pieces, options);
    auto sending = client->call(std::move(op), &parse_put_object);
    penstock::detail::attempt done{std::move(sending)};
    co_await done.run();
    if (done) {
        done->key = std::move(object.key);
        co_return std::move(*done);
    }
    if (!may_be_echo(done.error())) throw_failure(done.error());
    expected_object expected;
    expected.etag = expected_etag(pieces);
    expected.size = body.size();
    expected.checksum = options.checksum();
    expected.key = options.customer_key();
    if (expected.checksum && expected.checksum->value.empty()) expected.checksum->value = co_await checksum_slowly(expected.checksum->algorithm, pieces);
    auto confirming = confirm_stored(std::move(client), std::move(object), std::move(expected), done.error(), options.settings());
    co_return co_await std::move(confirming);
}

inline awaitable<delete_object_result> delete_object(std::shared_ptr<client_state> client, object_address object,
                                                     delete_object_options options) {
    auto op = make_delete_object(object, options);
    auto deleting = client->call(std::move(op), &parse_delete_object);
    penstock::detail::attempt done{std::move(deleting)};
    co_await done.run();
    if (done) co_return std::move(*done);
    // An object that is gone does not meet the condition: an attempt whose answer was lost may be what removed it.
    const auto code = done.error().code();
    const bool echo = !options.if_match().empty() && earlier_may_have_worked(done.error());
    if (echo && code == errc::no_such_key) co_return delete_object_result();
    if (echo && code == errc::precondition_failed) {
        auto asking = make_head_object(object, head_object_options().settings(options.settings()));
        auto asked = client->call(std::move(asking), &parse_head_object);
        penstock::detail::attempt found{std::move(asked)};
        co_await found.run();
        if (!found && found.error().code() == condition::not_found) co_return delete_object_result();
    }
    throw_failure(done.error());
}

/// A key that XML cannot hold is deleted by a request of its own.
inline awaitable<void> delete_alone(std::shared_ptr<client_state> client, std::string bucket, object_identifier which,
                                    const delete_objects_options& asked, delete_objects_result& out) {
    delete_object_options options;
    options.settings(asked.settings()).version_id(which.version_id).if_match(which.if_match);
    auto deleting = delete_object(std::move(client), object_address{std::move(bucket), which.key}, std::move(options));
    penstock::detail::attempt done{std::move(deleting)};
    co_await done.run();
    if (done) {
        if (asked.quiet()) co_return;
        deleted_object d;
        d.key = std::move(which.key);
        d.version_id = std::move(which.version_id);
        d.delete_marker = done->delete_marker;
        if (d.delete_marker) d.delete_marker_version_id = std::move(done->version_id);
        out.deleted.push_back(std::move(d));
        co_return;
    }
    const auto why = done.error();
    if (why.detail().service_code.empty()) throw_failure(why); // not this key's failure alone
    delete_error e;
    e.key = std::move(which.key);
    e.version_id = std::move(which.version_id);
    e.code = why.detail().service_code;
    e.message = why.message();
    out.errors.push_back(std::move(e));
}

/// Unless quiet, a store says of each key what became of it; silence is no success.
inline void check_all_told(const std::vector<object_identifier>& batch, const delete_objects_result& page, bool quiet) {
    if (quiet) return;
    std::set<std::string_view> told;
    for (const auto& d : page.deleted) told.insert(d.key);
    for (const auto& e : page.errors) told.insert(e.key);
    for (const auto& o : batch) {
        if (told.contains(o.key)) continue;
        error_detail d;
        d.operation = "delete objects";
        d.key = o.key;
        d.message = "the store does not say whether it deleted this key";
        throw_failure(failure{errc::malformed_response, std::move(d)});
    }
}

/// One request, and more for the keys that failed in a way that may pass.
inline awaitable<void> delete_batch(std::shared_ptr<client_state> client, std::string bucket, std::vector<object_identifier> batch,
                                    const delete_objects_options& options, delete_objects_result& out) {
    auto rules = client->rules_of(options.settings());
    auto session = rules.begin(client->clock()->now());
    for (;;) {
        auto op = make_delete_objects(bucket, batch, options);
        auto page = co_await client->call(std::move(op), &parse_delete_objects);
        check_all_told(batch, page, options.quiet());
        std::move(page.deleted.begin(), page.deleted.end(), std::back_inserter(out.deleted));

        std::vector<object_identifier> again;
        std::vector<delete_error> refused;
        failure why;
        for (auto& e : page.errors) {
            const auto same = [&e](const object_identifier& o) { return o.key == e.key && o.version_id == e.version_id; };
            const auto of = std::find_if(batch.begin(), batch.end(), same);
            error_detail d;
            d.http_status = 200;
            d.service_code = e.code;
            const failure f{errc::invalid_request, std::move(d)}; // its S3 code alone says whether it may pass
            const auto kind = rules.classify(f);
            const bool may_pass = kind == aws::retry_class::transient || kind == aws::retry_class::throttling;
            if (of == batch.end() || !may_pass) {
                out.errors.push_back(std::move(e));
                continue;
            }
            why = f;
            again.push_back(*of);
            refused.push_back(std::move(e));
        }
        if (again.empty()) co_return;
        const auto delay = rules.next(session, why, client->clock()->now());
        if (!delay) {
            std::move(refused.begin(), refused.end(), std::back_inserter(out.errors));
            co_return;
        }
        co_await sleep_for(client->clock(), *delay);
        batch = std::move(again);
    }
}

inline awaitable<delete_objects_result> delete_objects(std::shared_ptr<client_state> client, std::string bucket,
                                                       std::vector<object_identifier> objects,
                                                       delete_objects_options options) {
    delete_objects_result out;
    std::vector<object_identifier> batch;
    for (std::size_t at = 0; at < objects.size();) {
        batch.clear();
        for (; at < objects.size() && batch.size() < max_delete_objects; ++at) {
            if (!deletable_in_batch(objects[at].key)) break;
            batch.push_back(objects[at]);
        }
        if (!batch.empty()) {
            co_await delete_batch(client, bucket, batch, options, out);
            continue;
        }
        co_await delete_alone(client, bucket, std::move(objects[at++]), options, out);
    }
    co_return out;
}

inline awaitable<list_buckets_page> list_buckets(std::shared_ptr<client_state> client, list_buckets_options options) {
    auto op = make_list_buckets(options);
    co_return co_await client->call(std::move(op), &parse_list_buckets);
}

inline awaitable<void> create_bucket(std::shared_ptr<client_state> client, std::string bucket) {
    auto op = make_create_bucket(bucket, client->region());
    co_await client->call(std::move(op), &parse_create_bucket);
}

inline awaitable<void> delete_bucket(std::shared_ptr<client_state> client, std::string bucket) {
    auto op = make_delete_bucket(bucket);
    co_await client->call(std::move(op), &parse_delete_bucket);
}

inline awaitable<bucket_metadata> head_bucket(std::shared_ptr<client_state> client, std::string bucket) {
    auto op = make_head_bucket(bucket);
    co_return co_await client->call(std::move(op), &parse_head_bucket);
}

inline awaitable<std::string> presign_object(std::shared_ptr<client_state> client, object_address object,
                                             std::chrono::seconds expires, std::string method) {
    co_return co_await client->presign(std::move(object), expires, std::move(method));
}

} // namespace detail

PENSTOCK_DECL client::client(executor ex, client_options options)
    : state_{penstock::detail::share<detail::client_state>(std::move(ex), std::move(options))} {}

// ---- reading

PENSTOCK_DECL awaitable<object_reader> client::open(object_address object, get_object_options options) {
    return detail::open_object(state_, std::move(object), std::move(options));
}

PENSTOCK_DECL awaitable<object_reader> detail::client_access::open(const client& c, object_address object,
                                                                   get_object_options options, permit held) {
    return open_object(c.state_, std::move(object), std::move(options), std::move(held));
}

PENSTOCK_DECL awaitable<stored_object> client::get(object_address object, get_object_options options,
                                                   std::size_t limit) {
    auto start = [state = state_, object = std::move(object), limit](get_object_options o) mutable {
        return detail::get_object(std::move(state), std::move(object), std::move(o), limit);
    };
    return detail::as_one_call(state_->clock(), std::move(options), "reading the body", std::move(start));
}

PENSTOCK_DECL awaitable<std::size_t> client::read_at(object_address object, std::uint64_t offset,
                                                     std::span<std::byte> into, get_object_options options) {
    auto start = [state = state_, object = std::move(object), offset, into](get_object_options o) mutable {
        return detail::read_object_at(std::move(state), std::move(object), offset, into, std::move(o));
    };
    return detail::as_one_call(state_->clock(), std::move(options), "reading the body", std::move(start));
}

PENSTOCK_DECL awaitable<object_metadata> client::head(object_address object, head_object_options options) {
    return detail::head_object(state_, std::move(object), std::move(options));
}

// ---- writing

PENSTOCK_DECL awaitable<put_object_result> client::put(object_address object, std::span<const std::byte> body,
                                                       put_object_options options) {
    auto start = [state = state_, object = std::move(object), body](put_object_options o) mutable {
        return detail::put_object(std::move(state), std::move(object), body, std::move(o));
    };
    return detail::as_one_call(state_->clock(), std::move(options), "sending", std::move(start));
}

PENSTOCK_DECL object_writer client::create(object_address object, put_object_options options) {
    return object_writer{detail::make_writer(state_, std::move(object), std::move(options))};
}

PENSTOCK_DECL awaitable<copy_object_result> client::copy(object_address source, object_address target,
                                                         copy_object_options options) {
    return detail::copy_confirmed(state_, std::move(source), std::move(target), std::move(options));
}

PENSTOCK_DECL awaitable<delete_object_result> client::remove(object_address object, delete_object_options options) {
    return detail::delete_object(state_, std::move(object), std::move(options));
}

PENSTOCK_DECL awaitable<delete_objects_result> client::remove(std::string bucket,
                                                              std::vector<object_identifier> objects,
                                                              delete_objects_options options) {
    auto start = [state = state_, bucket = std::move(bucket), objects = std::move(objects)](delete_objects_options o) mutable {
        return detail::delete_objects(std::move(state), std::move(bucket), std::move(objects), std::move(o));
    };
    return detail::as_one_call(state_->clock(), std::move(options), "deleting", std::move(start));
}

// ---- listing and buckets

PENSTOCK_DECL object_lister client::list(object_address prefix, list_objects_options options) {
    if (options.prefix().empty()) options.prefix(prefix.key);
    return object_lister{state_, std::move(prefix.bucket), std::move(options)};
}

PENSTOCK_DECL awaitable<list_buckets_page> client::list_buckets(list_buckets_options options) {
    return detail::list_buckets(state_, std::move(options));
}

PENSTOCK_DECL awaitable<void> client::create_bucket(std::string bucket) {
    return detail::create_bucket(state_, std::move(bucket));
}

PENSTOCK_DECL awaitable<void> client::remove_bucket(std::string bucket) {
    return detail::delete_bucket(state_, std::move(bucket));
}

PENSTOCK_DECL awaitable<bucket_metadata> client::head_bucket(std::string bucket) {
    return detail::head_bucket(state_, std::move(bucket));
}

// ---- links and the rest

PENSTOCK_DECL awaitable<std::string> client::presign(object_address object, std::chrono::seconds expires,
                                                     std::string method) {
    return detail::presign_object(state_, std::move(object), expires, std::move(method));
}

PENSTOCK_DECL awaitable<aws::credentials_ptr> client::credentials() { return detail::get_credentials(state_); }

PENSTOCK_DECL client_statistics client::statistics() const { return state_->statistics(); }
PENSTOCK_DECL const std::shared_ptr<metrics_registry>& client::metrics() const noexcept { return state_->metrics().all(); }
PENSTOCK_DECL const std::shared_ptr<memory_budget>& client::budget() const noexcept { return state_->budget(); }
PENSTOCK_DECL const std::shared_ptr<buffer_pool>& client::buffers() const noexcept { return state_->buffers(); }
PENSTOCK_DECL const client_options& client::options() const noexcept { return state_->options(); }
PENSTOCK_DECL executor client::get_executor() const { return state_->get_executor(); }

} // namespace penstock::s3
