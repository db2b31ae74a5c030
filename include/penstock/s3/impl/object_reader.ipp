// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_reader.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/object_reader_state.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace penstock::s3 {

PENSTOCK_DECL object_reader::object_reader(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}
PENSTOCK_DECL object_reader::object_reader(object_reader&&) noexcept = default;
PENSTOCK_DECL object_reader& object_reader::operator=(object_reader&&) noexcept = default;
PENSTOCK_DECL object_reader::~object_reader() = default;

PENSTOCK_DECL const object_metadata& object_reader::metadata() const { return state_->metadata(); }
PENSTOCK_DECL byte_range object_reader::range() const noexcept { return state_->body.range; }
PENSTOCK_DECL get_object_outcome object_reader::outcome() const noexcept { return state_->body.outcome; }
PENSTOCK_DECL std::string object_reader::name() const { return state_->where.url(); }

PENSTOCK_DECL std::optional<std::uint64_t> object_reader::remaining() const {
    const auto& s = *state_;
    if (s.done) return 0;
    if (s.end) return *s.end - s.position;
    return std::nullopt;
}

PENSTOCK_DECL io_result object_reader::try_read_some(std::span<std::byte> into) {
    auto& s = *state_;
    for (;;) {
        if (s.failed) return io_result::failed(s.failed);
        if (s.done) return io_result::end();
        if (s.broken) return io_result::would_block(); // `ready` connects anew

        auto r = s.lease->try_read_body(into);
        switch (r.status) {
        case io_status::would_block: return r;
        case io_status::bytes:
            if (s.skip > 0) { // a store that ignores ranges sends again what was delivered before
                const auto known = static_cast<std::size_t>(std::min<std::uint64_t>(s.skip, r.size));
                s.skip -= known;
                if (known == r.size) continue;
                std::copy(into.begin() + known, into.begin() + r.size, into.begin());
                r.size -= known;
            }
            s.position += r.size;
            s.fruitless = 0;
            return r;
        case io_status::end:
            s.done = true;
            s.lease.give_back();
            return r;
        case io_status::error:
            s.lease.give_back();
            if (!s.client->may_resume(r.error)) {
                s.failed = s.told(std::move(r.error));
                continue;
            }
            s.broken = std::move(r.error);
            continue;
        }
    }
}

PENSTOCK_DECL awaitable<void> object_reader::ready() {
    // No coroutine itself, so that a wait takes no third frame.
    auto& s = *state_;
    const bool reading = !s.failed && !s.done && !s.broken;
    return reading ? s.lease->body_ready() : s.resume();
}

PENSTOCK_DECL const object_metadata& object_reader::state::metadata() const {
    if (!known_metadata) known_metadata = std::make_unique<object_metadata>(detail::metadata_of(answer, body));
    return *known_metadata;
}

PENSTOCK_DECL failure object_reader::state::told(failure f) const {
    return f.with([this](error_detail& d) {
        d.operation = "get object";
        d.bucket = where.bucket;
        d.key = where.key;
        if (!d.byte_offset) d.byte_offset = position;
    });
}

PENSTOCK_DECL failure object_reader::state::changed(std::string now) const {
    error_detail d;
    d.message = "reading began with ETag " + metadata().etag.raw() + ", now " + now;
    d.hint = "read it again from the start, or pin a version id on a versioned bucket";
    return told(failure{errc::object_changed, std::move(d)});
}

/// Asks for the rest of the very same object on another connection, where the one before broke. Ends with a new body, or
/// with `failed` set.
PENSTOCK_DECL awaitable<void> object_reader::state::resume() {
    if (!broken) co_return;
    // The first break after some progress costs no wait; a server that only ever breaks does.
    if (fruitless >= client->max_attempts()) {
        failed = told(std::move(broken));
        co_return;
    }
    if (fruitless > 0) co_await client->back_off(fruitless);
    ++fruitless;
    client->count_resume();

    const auto& etag = metadata().etag;
    get_object_options rest;
    rest.version_id(version_id);
    if (!etag.empty() && !etag.weak()) rest.if_match(etag.raw());
    if (end)
        rest.range(object_range::slice(position, *end - position));
    else
        rest.range(object_range::from(position));

    auto opened = co_await as_result(client->open(where, rest));
    if (!opened) {
        const error_code code = opened.error().code();
        if (code == asio::error::operation_aborted) throw boost::system::system_error{code};
        if (code == errc::precondition_failed)
            failed = changed("another (the store refused If-Match)");
        else if (code == errc::no_such_key)
            failed = changed("there is no object");
        else if (code == errc::range_not_satisfiable)
            failed = told(std::move(broken)); // the very same object ends here: its length was promised wrongly
        else
            failed = told(opened.error());
        broken = {};
        co_return;
    }
    // Not every store heeds If-Match: what came is compared, too.
    const entity_tag now{std::string{opened->lease->head().headers["ETag"]}};
    if (!etag.empty() && !now.empty() && !(now == etag)) {
        failed = changed("ETag " + now.raw());
    } else if (body.size && opened->body.size && *body.size != *opened->body.size) {
        failed = changed("a size of " + std::to_string(*opened->body.size) + " instead of " +
                         std::to_string(*body.size));
    } else {
        lease = std::move(opened->lease);
        skip = opened->body.outcome == get_object_outcome::range_ignored ? position : 0;
    }
    broken = {};
}

} // namespace penstock::s3
