// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/range_reader.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/detail/yield.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/object_pin.hpp>
#include <penstock/s3/detail/range_reader_state.hpp>

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

namespace penstock::s3 {
namespace detail {

/// What lies between two ranges is read into this.
inline constexpr std::size_t dropped_slice = std::size_t{64} << 10;

// ---- what the object is

/// What is kept meets the If-Match that is part of its key; of other conditions only the store can tell.
PENSTOCK_DECL bool range_reader_state::may_use_cache() const noexcept {
    const auto& asked = object.asked;
    return how.cache() && asked.if_none_match().empty() && !asked.if_modified_since() && !asked.if_unmodified_since();
}

/// Of the same store alone, and for those alone who ask for the same ETag.
PENSTOCK_DECL std::string range_reader_state::cache_key() const {
    const auto store = client_access::state(object.from)->endpoint_for("get object", object.where.bucket);
    auto key = store->url() + '\n' + object.asked.version_id() + '\n' + object.asked.if_match() + '\n' + object.where.url();
    // What was read with a customer key is only for those who have it.
    if (const auto& secret = object.asked.customer_key(); !secret.empty()) key += '\n' + secret.md5();
    return key;
}

/// Whoever keeps it shall not believe it any more.
PENSTOCK_DECL void range_reader_state::changed() noexcept {
    if (may_use_cache()) how.cache()->forget(kept_as);
}

PENSTOCK_DECL void range_reader_state::adopt(object_metadata m) {
    if (!m.size) throw_failure(object.told(failure{errc::unsupported, "the store does not tell the object's size", "read it as one stream"}));
    object.then = std::move(m);
    if (how.read_ahead().pin_version()) object.pin_version();
    size = *object.then.size;
}

/// Under the caller's conditions, but without bytes.
inline awaitable<cached_object_ptr> ask_head(std::shared_ptr<range_reader_state> s) {
    head_object_options options;
    options.settings(s->object.asked.settings()).version_id(s->object.asked.version_id());
    options.customer_key(s->object.asked.customer_key());
    copy_conditions(s->object.asked, options);
    auto out = std::make_shared<cached_object>();
    out->metadata = co_await s->object.from.head(s->object.where, std::move(options));
    co_return out;
}

/// What is known already is asked about by its ETag, so that it need not come again.
PENSTOCK_DECL awaitable<cached_object_ptr> range_reader_state::ask(self s, cached_object_ptr known) {
    const auto wanted = std::min(s->how.tail(), s->object.from.budget()->limit()); // more is refused as that is
    if (wanted == 0) co_return co_await ask_head(s);
    auto held = co_await s->object.from.budget()->acquire(wanted + receiving_memory, receiving_memory);
    auto asking = s->object;
    const bool enough = known && known->tail.size() >= std::min(wanted, known->metadata.size.value_or(wanted));
    if (enough) asking.asked.if_none_match(known->metadata.etag.raw());
    auto beginning = asking.begin(object_range::suffix(wanted), held.split(receiving_memory));
    auto begun = co_await as_result(std::move(beginning));
    if (!begun) {
        const auto why = begun.error();
        if (why.code() != errc::range_not_satisfiable) throw_failure(why);
        held.release(); // an object of no byte, and a store that does not say so
        co_return co_await ask_head(s);
    }
    auto& body = *begun;
    using enum get_object_outcome;
    if (enough && body.outcome() == not_modified) co_return known;
    if (body.outcome() == not_modified) throw_failure(s->object.told(failure{errc::not_modified}));
    if (body.outcome() == range_ignored && body.range().length > wanted)
        throw_failure(s->object.told(failure{errc::unsupported, "the store does not know ranges", "read it as one stream"}));
    auto out = std::make_shared<cached_object>();
    out->metadata = body.metadata();
    out->tail.resize(static_cast<std::size_t>(body.range().length));
    if (!out->tail.empty()) co_await read_out(body, std::as_writable_bytes(std::span{out->tail}));
    held.shrink(out->tail.size());
    s->kept_memory = std::move(held);
    co_return out;
}

PENSTOCK_DECL awaitable<std::uint64_t> range_reader_state::learn(self s) {
    if (s->size) co_return *s->size;
    const auto turn = co_await s->first->acquire(1);
    if (s->size) co_return *s->size;
    cached_object_ptr got;
    if (s->may_use_cache()) {
        const auto cache = s->how.cache();
        object_cache::fetch_function fetch = [s](cached_object_ptr known) { return ask(s, std::move(known)); };
        s->kept_as = s->cache_key();
        auto getting = cache->get(s->kept_as, std::move(fetch));
        got = co_await std::move(getting);
    } else {
        got = co_await ask(s, nullptr);
    }
    s->adopt(got->metadata);
    s->kept = std::move(got);
    co_return *s->size;
}

PENSTOCK_DECL awaitable<object_metadata> range_reader_state::metadata(self s) {
    co_await learn(s);
    co_return s->object.then;
}

/// By a request that tells, besides, what the object is. 0 bytes where it ended before them when that was asked.
PENSTOCK_DECL awaitable<std::size_t> range_reader_state::read_first(self s, object_range range, std::span<std::byte> into) {
    auto held = co_await s->object.take_memory();
    auto asking = s->object;
    auto opening = asking.begin(range, std::move(held));
    auto opened = co_await as_result(std::move(opening));
    if (!opened) {
        const auto why = opened.error();
        if (why.code() != errc::range_not_satisfiable) throw_failure(why);
        const auto found = co_await ask_head(s); // may have become longer meanwhile
        s->adopt(found->metadata);
        co_return 0;
    }
    using enum get_object_outcome;
    if (opened->outcome() == not_modified) throw_failure(s->object.told(failure{errc::not_modified}));
    if (opened->outcome() == range_ignored)
        throw_failure(s->object.told(failure{errc::unsupported, "the store does not know ranges", "read it as one stream"}));
    s->adopt(opened->metadata());
    const auto n = static_cast<std::size_t>(opened->range().length);
    if (n > 0) co_await read_out(*opened, into.first(n));
    co_return n;
}

// ---- one range

PENSTOCK_DECL awaitable<std::size_t> range_reader_state::read_at(self s, std::uint64_t offset, std::span<std::byte> into) {
    if (into.empty()) co_return 0;
    if (!s->size && (s->how.tail() > 0 || s->may_use_cache())) co_await learn(s);
    std::size_t before = 0;
    if (!s->size) {
        const auto turn = co_await s->first->acquire(1);
        if (!s->size) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), s->how.max_request()));
            before = co_await read_first(s, object_range::slice(offset, n), into.first(n));
            s->last_end = offset + before;
            if (before == into.size()) co_return before;
        }
    }
    offset += before;
    into = into.subspan(before);
    if (offset >= *s->size) co_return before;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), *s->size - offset));
    into = into.first(n);

    if (s->kept && *s->size - offset <= s->kept->tail.size()) {
        std::memcpy(into.data(), s->kept->tail.data() + (s->kept->tail.size() - (*s->size - offset)), n);
        co_return before + n;
    }
    const bool follows = s->follows(offset);
    s->last_end = offset + n;
    std::exception_ptr failed;
    try {
        if (follows) {
            if (!s->stream) co_await s->open_stream(offset);
            co_await s->read_stream(offset, into);
        } else {
            s->stream.reset();
            range_read all{offset, into};
            if (n <= s->how.max_request())
                co_await s->object.read(offset, into);
            else
                co_await read_ranges(s, {&all, 1});
        }
    } catch (const error& e) {
        if (e.code() == errc::object_changed) s->changed();
        failed = std::current_exception();
    }
    if (failed) std::rethrow_exception(failed);
    co_return before + n;
}

/// Whether a read continues the one before it.
PENSTOCK_DECL bool range_reader_state::follows(std::uint64_t offset) const noexcept {
    if (how.seek_window() == 0) return false;
    const auto from = stream ? std::optional{stream_at} : last_end;
    return from && offset >= *from && offset - *from <= how.seek_window();
}

PENSTOCK_DECL awaitable<void> range_reader_state::open_stream(std::uint64_t offset) {
    auto options = object.asked;
    static_cast<read_conditions<get_object_options>&>(options) = {};
    options.range(object_range::from(offset)).if_match(pin_of(object.then));
    auto opening = open_parallel(object.from, object.where, std::move(options), how.read_ahead());
    auto opened = co_await as_result(std::move(opening));
    if (!opened) {
        const auto why = opened.error();
        throw_failure(object.because(why));
    }
    const auto differs = difference(object.then, opened->metadata());
    if (!differs.empty()) throw_failure(object.told(changed_object(object.then, differs)));
    if (opened->range() != byte_range{offset, *size - offset})
        throw_failure(object.told(failure{errc::malformed_response, "the store answered a request for the object's rest by something else"}));
    stream.emplace(std::move(*opened));
    stream_at = offset;
}

/// The stream is the call's own meanwhile: where it fails or is cancelled, the stream is gone.
PENSTOCK_DECL awaitable<void> range_reader_state::read_stream(std::uint64_t offset, std::span<std::byte> into) {
    auto mine = std::move(*stream);
    auto at = stream_at;
    stream.reset();
    while (at < offset) {
        const auto rest = std::min<std::uint64_t>(into.size(), offset - at); // what lies between goes there, too
        const auto n = co_await mine.read(into.first(static_cast<std::size_t>(rest)));
        if (n == 0) throw_failure(object.told(failure{errc::body_too_short}));
        at += n;
    }
    const auto n = co_await mine.read(into);
    if (n < into.size()) throw_failure(object.told(failure{errc::body_too_short}));
    if (offset + n == *size || stream) co_return; // at the end, or another call has one by now
    stream.emplace(std::move(mine));
    stream_at = offset + n;
}

PENSTOCK_DECL awaitable<std::size_t> range_reader_state::read_tail(self s, std::span<std::byte> into) {
    if (into.empty()) co_return 0;
    if (!s->size && s->how.tail() == 0 && !s->may_use_cache()) {
        const auto turn = co_await s->first->acquire(1);
        if (!s->size) {
            const auto n = co_await read_first(s, object_range::suffix(into.size()), into);
            if (n > 0) co_return n;
        }
    }
    const auto size = co_await learn(s);
    const auto n = std::min<std::uint64_t>(size, into.size());
    co_return co_await read_at(s, size - n, into.first(static_cast<std::size_t>(n)));
}

// ---- many ranges

/// The requests of one call, taken one after another by as many workers as there is memory for.
struct ranges_call {
    ranges_call(std::shared_ptr<range_reader_state> r, std::span<range_read> ranges, executor ex)
        : reader{std::move(r)}, ranges{ranges}, tasks{std::move(ex)} {}

    std::shared_ptr<range_reader_state> reader;
    std::span<range_read> ranges;
    range_plan plan;
    std::size_t next = 0;
    std::uint64_t headroom = 0;
    penstock::detail::task_group tasks;

    std::span<std::byte> place(const range_piece& p, std::size_t range) const {
        auto& r = ranges[range];
        return r.into.subspan(static_cast<std::size_t>(p.offset - r.offset), static_cast<std::size_t>(p.length));
    }
    PENSTOCK_DECL static awaitable<void> work(std::shared_ptr<ranges_call> c, bool last);
    PENSTOCK_DECL awaitable<void> read(const planned_request& request, permit held);
};

PENSTOCK_DECL awaitable<void> ranges_call::read(const planned_request& request, permit held) {
    auto body = co_await reader->object.open(request.range, held.split(receiving_memory));
    pooled_buffer dropped;
    auto at = request.range.offset;
    for (const auto& piece : request.pieces) {
        while (at < piece.offset) {
            if (!dropped) dropped = reader->object.from.buffers()->take(dropped_slice);
            const auto rest = std::min<std::uint64_t>(dropped_slice, piece.offset - at);
            at += co_await body.read(dropped.span().first(static_cast<std::size_t>(rest)));
        }
        const bool end = &piece == &request.pieces.back();
        if (end)
            co_await read_out(body, place(piece, piece.range));
        else
            co_await body.read(place(piece, piece.range));
        at += piece.length;
    }
}

/// The last worker waits where there is no memory, while it holds none; the others end.
PENSTOCK_DECL awaitable<void> ranges_call::work(std::shared_ptr<ranges_call> c, bool last) {
    const auto& budget = c->reader->object.from.budget();
    constexpr auto needed = receiving_memory + dropped_slice;
    while (c->next < c->plan.requests.size()) {
        auto held = budget->try_acquire(needed, c->headroom);
        if (held.units() == 0) {
            if (!last) co_return;
            held = co_await budget->acquire(needed, receiving_memory);
            if (c->next == c->plan.requests.size()) co_return;
        }
        const auto& request = c->plan.requests[c->next++];
        co_await c->read(request, std::move(held));
    }
}

PENSTOCK_DECL awaitable<void> range_reader_state::read_ranges(self s, std::span<range_read> ranges) {
    const auto size = co_await learn(s);
    std::vector<byte_range> wanted;
    for (auto& r : ranges) {
        wanted.push_back(byte_range{r.offset, r.into.size()});
        r.got = r.offset < size ? static_cast<std::size_t>(std::min<std::uint64_t>(r.into.size(), size - r.offset)) : 0;
    }
    auto call = std::make_shared<ranges_call>(s, ranges, s->object.from.get_executor());
    call->plan = plan_ranges(wanted, size, s->how.coalesce_gap(), s->how.max_request());
    const auto& budget = s->object.from.budget();
    call->headroom = headroom_of(budget->limit(), s->object.writer_part());
    const auto workers = std::min<std::size_t>(s->how.connections(), call->plan.requests.size());
    co_await penstock::detail::cancellation_point();
    for (std::size_t i = 0; i < workers; ++i) call->tasks.start(ranges_call::work(call, i == 0));
    std::exception_ptr failed;
    try {
        co_await call->tasks.join();
    } catch (const error& e) {
        if (e.code() == errc::object_changed) s->changed();
        failed = std::current_exception();
    }
    if (failed) std::rethrow_exception(failed);
    for (const auto& copy : call->plan.copies) {
        const auto from = call->place(copy.piece, copy.piece.range);
        std::memmove(call->place(copy.piece, copy.to).data(), from.data(), from.size());
    }
}

} // namespace detail

PENSTOCK_DECL range_reader::range_reader(client from, object_address object, get_object_options options, range_options how) {
    if (options.part_number() != 0 || options.range() != object_range{})
        throw_failure(failure{errc::invalid_option, "a range or part number for a reader of ranges"});
    if (how.max_request() == 0 || how.connections() == 0)
        throw_failure(failure{errc::invalid_option, "requests of no bytes, or none at a time"});
    detail::pinned_object pinned{std::move(from), std::move(object), std::move(options)};
    state_ = std::make_shared<detail::range_reader_state>(std::move(pinned), std::move(how));
}
PENSTOCK_DECL range_reader::range_reader(range_reader&&) noexcept = default;
PENSTOCK_DECL range_reader& range_reader::operator=(range_reader&&) noexcept = default;
PENSTOCK_DECL range_reader::~range_reader() = default;

PENSTOCK_DECL awaitable<std::uint64_t> range_reader::size() { return detail::range_reader_state::learn(state_); }
PENSTOCK_DECL awaitable<object_metadata> range_reader::metadata() { return detail::range_reader_state::metadata(state_); }
PENSTOCK_DECL awaitable<std::size_t> range_reader::read_at(std::uint64_t offset, std::span<std::byte> into) {
    return detail::range_reader_state::read_at(state_, offset, into);
}
PENSTOCK_DECL awaitable<std::size_t> range_reader::read_tail(std::span<std::byte> into) {
    return detail::range_reader_state::read_tail(state_, into);
}
PENSTOCK_DECL awaitable<void> range_reader::read_ranges(std::span<range_read> ranges) {
    return detail::range_reader_state::read_ranges(state_, ranges);
}
PENSTOCK_DECL std::string range_reader::name() const { return state_->object.where.url(); }

} // namespace penstock::s3
