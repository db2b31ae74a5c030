// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/read_unordered.hpp>

#include <penstock/core/detail/yield.hpp>
#include <penstock/s3/detail/unordered_read.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::s3 {
namespace detail {

PENSTOCK_DECL awaitable<object_read> unordered_read::run(std::shared_ptr<unordered_read> s, parallel_options how) {
    check_parallel(how, s->object.asked);
    const auto& budget = s->object.from.budget();
    s->headroom = headroom_of(budget->limit(), s->object.writer_part());
    parallel_limits limits;
    limits.part_size = how.part_size();
    limits.connections = how.connections();

    auto held = co_await budget->acquire(unordered_slice + first_memory);
    auto first = co_await open_first(s->object, limits, how.pin_version(), held);
    s->out.metadata = s->object.then;
    s->out.not_modified = first.outcome == get_object_outcome::not_modified;
    if (s->out.not_modified) co_return s->out;
    s->range = first.range;
    s->counted = first.counted;
    s->plan = first.plan;
    s->clipped = first.outcome == get_object_outcome::range_ignored;
    if (s->clipped) {
        if (!first.counted)
            throw_failure(s->object.told(failure{errc::unsupported, "the store does not know ranges, nor tells the object's size",
                                                 "read the whole object"}));
        s->range = resolve(s->object.asked.range(), first.range.length);
    }
    auto beginning = s->begin(s->range.offset, s->counted ? std::optional{s->range.length} : std::nullopt);
    co_await std::move(beginning);

    co_await penstock::detail::cancellation_point();
    held.shrink(s->memory.empty() ? unordered_slice : 0);
    ++s->workers;
    s->tasks.start(work(s, std::move(held), std::move(first.body), true));
    s->start_workers();
    co_await s->tasks.join();
    co_return s->out;
}

/// As many as there are connections for, and memory.
PENSTOCK_DECL void unordered_read::start_workers() {
    while (workers < plan.limits().connections && !plan.all_taken()) {
        auto held = object.from.budget()->try_acquire(worker_memory(), headroom);
        if (held.units() == 0) return;
        ++workers;
        tasks.start(work(shared_from_this(), std::move(held), std::nullopt, false));
    }
}

/// Part after part. The last worker waits where there is no memory; the others end, and are started anew when a part is
/// done. Nobody waits who holds some.
PENSTOCK_DECL awaitable<void> unordered_read::work(std::shared_ptr<unordered_read> s, permit held,
                                                   std::optional<object_reader> body, bool last) {
    const auto& budget = s->object.from.budget();
    for (;;) {
        if (body) {
            co_await s->take(*body);
            body.reset();
            held.release();
            s->start_workers();
        }
        if (s->plan.all_taken()) break;
        if (held.units() == 0) held = budget->try_acquire(s->worker_memory(), s->headroom);
        if (held.units() == 0 && !last) break;
        if (held.units() == 0) held = co_await budget->acquire(s->worker_memory(), receiving_memory);
        if (s->plan.all_taken()) break;
        const auto part = s->plan.take();
        body.emplace(co_await s->object.open(part, held.split(receiving_memory)));
    }
    --s->workers;
}

/// All bytes of a body, which must lie in the object where it says.
PENSTOCK_DECL awaitable<void> unordered_read::take(object_reader& body) {
    auto at = body.range().offset;
    if (!memory.empty()) {
        const auto place = memory.subspan(static_cast<std::size_t>(at - range.offset), static_cast<std::size_t>(body.range().length));
        co_await read_out(body, place);
        out.bytes += place.size();
        co_return;
    }
    const auto buffer = object.from.buffers()->take(unordered_slice);
    const auto end = range.offset + range.length;
    for (;;) {
        const auto n = co_await body.read(buffer.span());
        if (n == 0) co_return;
        std::span<const std::byte> bytes{buffer.data(), n};
        auto from = at;
        at += n;
        if (clipped) {
            if (at <= range.offset) continue;
            if (from >= end) co_return;
            const auto before = range.offset > from ? range.offset - from : 0;
            bytes = bytes.subspan(static_cast<std::size_t>(before), static_cast<std::size_t>(std::min(at, end) - from - before));
            from += before;
        }
        auto consuming = consume(from, bytes);
        co_await std::move(consuming);
        out.bytes += bytes.size();
    }
}

PENSTOCK_DECL std::shared_ptr<unordered_read> make_unordered_read(client from, object_address object,
                                                                  get_object_options options) {
    auto ex = from.get_executor();
    pinned_object pinned{std::move(from), std::move(object), std::move(options)};
    return std::make_shared<unordered_read>(std::move(pinned), std::move(ex));
}

inline awaitable<void> begin_nothing() { co_return; }

inline failure too_large(const pinned_object& object, std::size_t room) {
    return object.told(failure{errc::response_too_large, "the memory given has room for " + std::to_string(room) + " bytes"});
}

/// Of an object of unknown length.
inline awaitable<void> copy_into(unordered_read& s, std::span<std::byte> into, std::uint64_t offset,
                                 std::span<const std::byte> bytes) {
    const auto at = offset - s.range.offset;
    if (at > into.size() || bytes.size() > into.size() - at) throw_failure(too_large(s.object, into.size()));
    std::memcpy(into.data() + at, bytes.data(), bytes.size());
    co_return;
}

inline awaitable<void> settle_into(unordered_read& s, std::span<std::byte> into, std::optional<std::uint64_t> length) {
    if (length && *length > into.size()) throw_failure(too_large(s.object, into.size()));
    if (length && !s.clipped) s.memory = into.first(static_cast<std::size_t>(*length));
    co_return;
}

} // namespace detail

PENSTOCK_DECL awaitable<object_read> read_unordered(client from, object_address object, bytes_consumer consume,
                                                    get_object_options options, parallel_options how) {
    auto s = detail::make_unordered_read(std::move(from), std::move(object), std::move(options));
    s->begin = [](std::uint64_t, std::optional<std::uint64_t>) { return detail::begin_nothing(); };
    s->consume = std::move(consume);
    return detail::unordered_read::run(std::move(s), how);
}

PENSTOCK_DECL awaitable<object_read> read_into(client from, object_address object, std::span<std::byte> into,
                                               get_object_options options, parallel_options how) {
    auto s = detail::make_unordered_read(std::move(from), std::move(object), std::move(options));
    s->begin = [&s = *s, into](std::uint64_t, std::optional<std::uint64_t> length) {
        return detail::settle_into(s, into, length);
    };
    s->consume = [&s = *s, into](std::uint64_t offset, std::span<const std::byte> bytes) {
        return detail::copy_into(s, into, offset, bytes);
    };
    return detail::unordered_read::run(std::move(s), how);
}

} // namespace penstock::s3
