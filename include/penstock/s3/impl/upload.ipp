// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/upload.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/file_io.hpp>
#include <penstock/s3/detail/call_limit.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/file_part.hpp>
#include <penstock/s3/detail/list_all_parts.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/object_writer_state.hpp>
#include <penstock/s3/detail/write_modes.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// A part of a file is read in slices of this size: each is one call to the system, which blocks.
inline constexpr std::size_t file_part_buffer = file_slice;

// ---- a source

inline awaitable<put_object_result> upload_source(std::shared_ptr<client_state> client, object_address object,
                                                  byte_source& source, put_object_options options, upload_options how) {
    auto s = make_writer(client, std::move(object), std::move(options));
    if (const auto left = source.remaining(); left && !s->options.content_length())
        s->plan_parts(*left);
    s->upload->on_progress(how.progress());
    object_writer writer{s};
    const upload_guard keep{how.keep_parts() ? s->upload : nullptr, true};
    co_await object_writer_state::write_from(s, source);
    co_await writer.commit();
    co_return writer.result();
}

// ---- a file

/// What all parts of one file share.
struct file_upload {
    file_upload() = default;

    std::shared_ptr<client_state> client;
    object_address object;
    std::shared_ptr<const local_file> file;
    put_object_options options;
    upload_options how;
};

/// The memory of a part that is read while it is sent, its connection included.
inline awaitable<permit> file_part_memory(client_state& client) {
    return client.budget()->acquire(file_part_buffer + sending_memory);
}

inline awaitable<put_object_result> send_file_part(std::shared_ptr<multipart_upload> upload, std::shared_ptr<const local_file> file,
                                                   std::uint32_t number, byte_range range) {
    auto& client = *upload->client();
    const auto memory = co_await file_part_memory(client);
    auto body = std::make_shared<file_part>(std::move(file), range, client.buffers()->take(file_part_buffer));
    auto sending = upload->send(number, std::move(body), true);
    co_return co_await std::move(sending);
}

/// One request, or the story of a condition that only its own first attempt failed.
inline awaitable<put_object_result> put_file(file_upload f) {
    auto memory = co_await file_part_memory(*f.client);
    auto op = make_put_object(f.object, {}, f.options);
    const auto body = std::make_shared<file_part>(f.file, byte_range{0, *f.file->size()}, f.client->buffers()->take(file_part_buffer));
    op.stream = body;
    op.memory_held = true;
    auto sending = f.client->call(std::move(op), &parse_put_object);
    auto done = co_await as_result(std::move(sending));
    if (done) {
        done->key = std::move(f.object.key);
        co_return std::move(*done);
    }
    if (!may_be_echo(done.error())) throw_failure(done.error());
    expected_object expected;
    expected.etag = co_await expected_etag(body);
    expected.size = body->size();
    expected.checksum = f.options.checksum();
    expected.key = f.options.customer_key();
    if (expected.checksum && expected.checksum->value.empty()) expected.checksum->value = co_await checksum_slowly(expected.checksum->algorithm, body);
    memory.release(); // what follows is a request like any other
    auto confirming = confirm_stored(f.client, f.object, std::move(expected), done.error(), f.options.settings());
    co_return co_await std::move(confirming);
}

/// Sends what of the file the store has not got, in parts of `size`, and completes the upload.
inline awaitable<put_object_result> finish_file(std::shared_ptr<multipart_upload> upload, file_upload f, std::uint64_t size) {
    upload->on_progress(f.how.progress());
    part_sender send = [upload, file = f.file](std::uint32_t number, byte_range r) {
        return send_file_part(upload, file, number, r);
    };
    co_await send_parts(upload, size, *f.file->size(), std::move(send));
    f.file->check_unchanged();
    auto completing = upload->complete(f.options.if_match(), f.options.if_none_match());
    co_return co_await std::move(completing);
}

inline awaitable<put_object_result> upload_regular_file(file_upload f) {
    const auto& o = f.client->options();
    const part_plan plan{o.part_size(), true, *f.file->size()};
    if (*f.file->size() <= plan.first()) {
        auto done = co_await put_file(f);
        f.file->check_unchanged();
        if (f.how.progress()) f.how.progress()(*f.file->size());
        co_return done;
    }
    auto upload = std::make_shared<multipart_upload>(f.client, f.object, f.options.settings(), o.upload_concurrency());
    upload->checksum(f.options.checksum());
    upload->customer_key(f.options.customer_key());
    upload_guard guard{upload, f.how.keep_parts()};
    co_await upload->begin(attributes_of(f.options), false);
    auto finishing = finish_file(upload, f, plan.first());
    auto done = co_await std::move(finishing);
    guard.done();
    co_return done;
}

inline awaitable<put_object_result> upload_any_file(std::shared_ptr<client_state> client, std::string path, object_address object,
                                                    put_object_options options, upload_options how) {
    settle_mode(*client, object, options);
    (void)make_put_object(object, {}, options); // what is wrong with them is told before the file is touched
    auto file = std::make_shared<local_file>(path);
    if (file->size()) {
        file_upload f;
        f.client = std::move(client);
        f.object = std::move(object);
        f.file = std::move(file);
        f.options = std::move(options);
        f.how = std::move(how);
        co_return co_await upload_regular_file(std::move(f));
    }
    file.reset();
    const auto source = open_file(std::move(path));
    auto sending = upload_source(std::move(client), std::move(object), *source, std::move(options), std::move(how));
    co_return co_await std::move(sending);
}

// ---- going on

/// Whether the store has exactly the file's bytes as this part.
inline awaitable<bool> is_part_of(std::shared_ptr<const local_file> file, byte_range range, const part_summary& part, bool trust_size,
                                  buffer_pool& buffers) {
    if (part.size != range.length) co_return false;
    if (trust_size) co_return true;
    auto body = std::make_shared<file_part>(std::move(file), range, buffers.take(file_part_buffer));
    const auto md5 = co_await expected_etag(std::move(body));
    co_return !md5.empty() && part.etag.value() == md5;
}

/// What size the parts of an upload have that has these: that of any but the last. What is larger than a part can be, or
/// than the whole file, was not sent from it.
inline std::uint64_t part_size_of(const std::vector<part_summary>& parts, std::uint64_t total, std::uint64_t otherwise) {
    std::uint64_t size = 0;
    for (const auto& p : parts)
        if (p.size && *p.size <= std::min(total, largest_part)) size = std::max(size, *p.size);
    return size > 0 ? size : otherwise;
}

inline awaitable<put_object_result> resume_file(std::shared_ptr<client_state> client, std::string path, object_address object,
                                                std::string id, put_object_options options, upload_options how) {
    (void)make_put_object(object, {}, options);
    file_upload f;
    f.file = std::make_shared<local_file>(path);
    if (!f.file->size()) throw_failure(failure{errc::unsupported, "'" + path + "' is no regular file", "use resume_writer"});
    const auto total = *f.file->size();
    const auto& o = client->options();
    auto there = co_await list_all_parts(client, object, id, options.settings());
    // Parts of one size by which 10,000 suffice, as every upload of a file has them; what does not fit is sent again.
    const auto size = part_plan{part_size_of(there, total, o.part_size()), true, total}.first();
    std::vector<completed_part> kept;
    std::map<std::uint32_t, std::uint64_t> sizes;
    {
        const auto memory = co_await file_part_memory(*client);
        for (auto& p : there) {
            const auto at = (p.number - 1) * size;
            if (at >= total) continue;
            const bool same = co_await is_part_of(f.file, byte_range{at, std::min(size, total - at)}, p, how.trust_sizes(), *client->buffers());
            if (!same) continue;
            completed_part part{p.number, std::move(p.etag)};
            part.checksums = std::move(p.checksums);
            sizes[p.number] = *p.size;
            kept.push_back(std::move(part));
        }
    }
    auto upload = std::make_shared<multipart_upload>(client, object, options.settings(), o.upload_concurrency());
    upload->checksum(options.checksum());
    upload->customer_key(options.customer_key());
    upload->adopt(std::move(id), std::move(kept), std::move(sizes));
    upload_guard guard{upload, true};
    f.client = std::move(client);
    f.object = std::move(object);
    f.options = std::move(options);
    f.how = std::move(how);
    auto finishing = finish_file(upload, std::move(f), size);
    auto done = co_await std::move(finishing);
    guard.done();
    co_return done;
}

inline awaitable<object_writer> resume_writing(std::shared_ptr<client_state> client, object_address object, std::string id,
                                               put_object_options options) {
    auto s = make_writer(client, std::move(object), std::move(options));
    auto there = co_await list_all_parts(client, s->upload->where(), id, s->options.settings());
    std::vector<completed_part> kept;
    std::map<std::uint32_t, std::uint64_t> sizes;
    for (auto& p : there) {
        if (p.number != s->next_part || !p.size) break;
        completed_part part{p.number, std::move(p.etag)};
        part.checksums = std::move(p.checksums);
        kept.push_back(std::move(part));
        s->size += *p.size;
        sizes[p.number] = *p.size;
        ++s->next_part;
    }
    if (const auto total = s->options.content_length(); total && s->size > *total) s->refuse_size(errc::body_too_long); // it stays
    s->upload->adopt(std::move(id), std::move(kept), std::move(sizes));
    co_return object_writer{std::move(s)};
}

} // namespace detail

PENSTOCK_DECL awaitable<put_object_result> upload(client c, object_address object, byte_source& source,
                                                  put_object_options options, upload_options how) {
    const auto& state = detail::client_access::state(c);
    auto start = [state, object = std::move(object), &source, how = std::move(how)](put_object_options o) mutable {
        return detail::upload_source(std::move(state), std::move(object), source, std::move(o), std::move(how));
    };
    return detail::as_one_call(state->clock(), std::move(options), "sending", std::move(start));
}

PENSTOCK_DECL awaitable<put_object_result> upload_file(client c, std::string path, object_address object,
                                                       put_object_options options, upload_options how) {
    const auto& state = detail::client_access::state(c);
    auto start = [state, path = std::move(path), object = std::move(object), how = std::move(how)](put_object_options o) mutable {
        return detail::upload_any_file(std::move(state), std::move(path), std::move(object), std::move(o), std::move(how));
    };
    return detail::as_one_call(state->clock(), std::move(options), "sending", std::move(start));
}

PENSTOCK_DECL awaitable<put_object_result> resume_upload(client c, std::string path, object_address object,
                                                         std::string upload_id, put_object_options options, upload_options how) {
    const auto& state = detail::client_access::state(c);
    auto start = [state, path = std::move(path), object = std::move(object), id = std::move(upload_id),
                  how = std::move(how)](put_object_options o) mutable {
        return detail::resume_file(std::move(state), std::move(path), std::move(object), std::move(id), std::move(o), std::move(how));
    };
    return detail::as_one_call(state->clock(), std::move(options), "sending", std::move(start));
}

PENSTOCK_DECL awaitable<object_writer> resume_writer(client c, object_address object, std::string upload_id,
                                                     put_object_options options) {
    return detail::resume_writing(detail::client_access::state(c), std::move(object), std::move(upload_id), std::move(options));
}

} // namespace penstock::s3
