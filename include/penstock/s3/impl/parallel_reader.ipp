// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/parallel_reader.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/first_answer.hpp>
#include <penstock/s3/detail/parallel_reader_state.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::s3 {
namespace detail {

// ---- what the caller takes

PENSTOCK_DECL received_part* parallel_reader_state::first_part() {
    for (;;) {
        if (parts.empty()) {
            if (plan.all_taken()) return nullptr;
            // Nothing could be begun ahead. The caller's own part needs no memory.
            parts.push_back(std::make_shared<received_part>(plan.take()));
            parts.front()->first = true;
            begin(parts.front());
            begin_parts_ahead();
        }
        auto& p = *parts.front();
        p.first = true; // from now on nobody else receives
        if (p.filling) {
            p.blocks.push_back(std::exchange(p.filling, received_block{}));
        } else if (!p.filling.room().empty()) {
            p.filling = received_block{};
            ahead -= received_block_size;
        }
        if (!p.blocks.empty() || p.receiving) return &p;
        if (p.reserved.units() > 0) { // the rest needs no memory any more
            ahead -= p.reserved.units();
            p.reserved.release();
        }
        if (p.failed || !p.complete) return &p;
        parts.pop_front();
        if (!parts.empty()) begin_parts_ahead();
    }
}

PENSTOCK_DECL io_result parallel_reader_state::try_read_some(std::span<std::byte> into) {
    for (;;) {
        if (failed) return io_result::failed(failed);
        auto* p = first_part();
        if (!p) return io_result::end();
        if (!p->blocks.empty()) {
            auto& block = p->blocks.front();
            const auto n = std::min(into.size(), block.bytes().size());
            std::memcpy(into.data(), block.bytes().data(), n);
            block.drop(n);
            position += n;
            if (!block) drop_block();
            return io_result::bytes(n);
        }
        if (p->receiving) return io_result::would_block();
        if (p->failed) {
            failed = p->failed;
            tasks.cancel();
            continue;
        }
        auto r = p->body->try_read_some(into);
        if (r.status == io_status::bytes) position += r.size;
        if (r.status == io_status::error) p->failed = std::move(r.error);
        else if (r.status == io_status::end) p->complete = true;
        else return r;
    }
}

/// The first part's first block, whose share of the budget goes with it.
PENSTOCK_DECL received_block parallel_reader_state::take_block() {
    auto& blocks = parts.front()->blocks;
    auto out = std::move(blocks.front());
    position += out.bytes().size();
    drop_block();
    return out;
}

PENSTOCK_DECL void parallel_reader_state::drop_block() {
    parts.front()->blocks.pop_front();
    ahead -= received_block_size;
    begin_parts_ahead();
}

// ---- what is received ahead

PENSTOCK_DECL void parallel_reader_state::begin_parts_ahead() {
    const auto& budget = object.from.budget();
    while (!abandoned && !failed) {
        std::size_t running = 0;
        for (const auto& p : parts) {
            if (p->failed) return; // the caller will get no further
            if (!p->complete) ++running;
        }
        auto length = plan.wanted_ahead(running, ahead);
        permit held;
        for (; length > 0 && held.units() == 0; length = held.units() > 0 ? length : plan.smaller(length, ahead))
            held = budget->try_acquire(in_blocks(length) + receiving_memory, plan.limits().headroom);
        if (held.units() == 0) return;
        auto part = std::make_shared<received_part>(plan.take(length));
        part->connecting = held.split(receiving_memory);
        ahead += held.units();
        part->reserved = std::move(held);
        parts.push_back(part);
        begin(std::move(part));
    }
}

PENSTOCK_DECL void parallel_reader_state::begin(std::shared_ptr<received_part> part) {
    part->receiving = true;
    tasks.start(run(shared_from_this(), std::move(part)));
}

PENSTOCK_DECL awaitable<void> parallel_reader_state::run(std::shared_ptr<parallel_reader_state> s,
                                                         std::shared_ptr<received_part> part) {
    auto receiving = receive_ahead(s, *part);
    auto done = co_await as_result(std::move(receiving));
    if (!done) part->failed = done.error();
    part->receiving = false;
    s->changed.notify_all();
    s->begin_parts_ahead();
}

/// Until all of the part is there, or the caller goes on reading it.
PENSTOCK_DECL awaitable<void> parallel_reader_state::receive_ahead(std::shared_ptr<parallel_reader_state> s,
                                                                   received_part& part) {
    // The caller's own part comes without; then nothing else is held.
    if (part.connecting.units() == 0) part.connecting = co_await s->object.from.budget()->acquire_more(receiving_memory);
    part.body.emplace(co_await s->object.open(part.range, std::move(part.connecting)));
    for (;;) {
        if (s->abandoned || part.first) co_return;
        s->receive(part);
        if (part.complete) part.body.reset();
        if (part.complete || part.failed) co_return;
        co_await part.body->ready();
    }
}

/// What has come already.
PENSTOCK_DECL void parallel_reader_state::receive(received_part& part) {
    std::byte beyond;
    for (;;) {
        if (part.filling && part.filling.room().empty())
            part.blocks.push_back(std::exchange(part.filling, received_block{}));
        if (part.filling.room().empty() && part.reserved.units() > 0)
            part.filling = {object.from.buffers()->take(received_block_size), part.reserved.split(received_block_size)};
        const bool full = part.filling.room().empty();
        auto r = part.body->try_read_some(full ? std::span{&beyond, 1} : part.filling.room());
        switch (r.status) {
        case io_status::bytes: part.filling.add(r.size); continue;
        case io_status::would_block: return;
        case io_status::end: part.complete = true; return;
        case io_status::error: part.failed = std::move(r.error); return;
        }
    }
}

PENSTOCK_DECL awaitable<void> parallel_reader_state::wait(std::shared_ptr<parallel_reader_state> s) {
    while (s->waiting()) co_await s->changed.wait();
}

PENSTOCK_DECL void parallel_reader_state::abandon() noexcept {
    abandoned = true;
    tasks.cancel();
    parts.clear(); // those that a task still receives go with the task
}

} // namespace detail

PENSTOCK_DECL awaitable<parallel_reader> open_parallel(client from, object_address object, get_object_options options,
                                                       parallel_options how) {
    detail::check_parallel(how, options);
    auto ex = from.get_executor();
    detail::pinned_object pinned{std::move(from), std::move(object), std::move(options)};
    const auto limits = detail::settle_window(how, pinned.from.budget()->limit(), pinned.writer_part(), detail::receiving_memory);
    auto s = std::make_shared<detail::parallel_reader_state>(std::move(pinned), std::move(ex));
    auto held = co_await s->object.from.budget()->acquire(detail::first_memory);
    auto first = co_await detail::open_first(s->object, limits, how.pin_version(), held);
    held.release();
    s->range = first.range;
    s->outcome = first.outcome;
    s->counted = first.counted;
    s->plan = first.plan;
    s->position = s->range.offset;
    auto part = std::make_shared<detail::received_part>(first.body->range());
    part->body = std::move(first.body);
    part->first = true;
    s->parts.push_back(std::move(part));
    s->begin_parts_ahead();
    co_return parallel_reader{std::move(s)};
}

PENSTOCK_DECL parallel_reader::parallel_reader(std::shared_ptr<detail::parallel_reader_state> s) noexcept
    : state_{std::move(s)} {}
PENSTOCK_DECL parallel_reader::parallel_reader(parallel_reader&&) noexcept = default;
PENSTOCK_DECL parallel_reader& parallel_reader::operator=(parallel_reader&& o) noexcept {
    if (this != &o) {
        if (state_) state_->abandon();
        state_ = std::move(o.state_);
    }
    return *this;
}
PENSTOCK_DECL parallel_reader::~parallel_reader() {
    if (state_) state_->abandon();
}

PENSTOCK_DECL const object_metadata& parallel_reader::metadata() const noexcept { return state_->object.then; }
PENSTOCK_DECL byte_range parallel_reader::range() const noexcept { return state_->range; }
PENSTOCK_DECL get_object_outcome parallel_reader::outcome() const noexcept { return state_->outcome; }
PENSTOCK_DECL std::string parallel_reader::name() const { return state_->object.where.url(); }

PENSTOCK_DECL std::optional<std::uint64_t> parallel_reader::remaining() const {
    const auto& s = *state_;
    if (!s.counted) return std::nullopt;
    return s.range.offset + s.range.length - s.position;
}

PENSTOCK_DECL io_result parallel_reader::try_read_some(std::span<std::byte> into) { return state_->try_read_some(into); }

PENSTOCK_DECL awaitable<void> parallel_reader::ready() {
    auto& s = *state_;
    const bool direct = !s.failed && !s.parts.empty() && !s.waiting() && s.parts.front()->blocks.empty() &&
                        s.parts.front()->body && !s.parts.front()->complete && !s.parts.front()->failed;
    return direct ? s.parts.front()->body->ready() : detail::parallel_reader_state::wait(state_);
}

PENSTOCK_DECL awaitable<received_block> parallel_reader::next_block() {
    const auto s = state_;
    received_block out;
    for (;;) {
        if (s->failed) throw_failure(s->failed);
        auto* p = s->first_part();
        if (!p) co_return received_block{};
        if (!p->blocks.empty()) co_return s->take_block();
        if (!p->receiving) {
            if (out.room().empty()) {
                permit held = co_await s->object.from.budget()->acquire_more(detail::received_block_size);
                out = received_block{s->object.from.buffers()->take(detail::received_block_size), std::move(held)};
                continue; // meanwhile the reader may be elsewhere
            }
            while (p && !p->receiving && p->blocks.empty() && !out.room().empty()) {
                const auto r = s->try_read_some(out.room());
                if (r.status != io_status::bytes) break; // an error is told by the next call
                out.add(r.size);
                p = s->first_part();
            }
            if (out) co_return out;
            if (s->failed) continue;
        }
        auto waiting = ready();
        co_await std::move(waiting);
    }
}

} // namespace penstock::s3
