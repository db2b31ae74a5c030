// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_writer.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/object_writer_state.hpp>
#include <penstock/s3/detail/part_planner.hpp>
#include <penstock/s3/detail/write_modes.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::s3 {

PENSTOCK_DECL object_writer::object_writer(std::shared_ptr<detail::object_writer_state> s) noexcept : state_{std::move(s)} {}
PENSTOCK_DECL object_writer::object_writer(object_writer&&) noexcept = default;
PENSTOCK_DECL object_writer& object_writer::operator=(object_writer&& o) noexcept {
    if (this != &o) {
        if (state_) state_->abandon();
        state_ = std::move(o.state_);
    }
    return *this;
}
PENSTOCK_DECL object_writer::~object_writer() {
    if (state_) state_->abandon();
}

PENSTOCK_DECL std::string object_writer::name() const { return state_->upload->where().url(); }
PENSTOCK_DECL const put_object_result& object_writer::result() const noexcept { return state_->result; }
PENSTOCK_DECL std::uint64_t object_writer::size() const noexcept { return state_->size; }
PENSTOCK_DECL const std::string& object_writer::upload_id() const noexcept { return state_->upload->id(); }

PENSTOCK_DECL awaitable<permit> object_writer::acquire_beside(std::shared_ptr<memory_budget> budget, std::uint64_t bytes) {
    const bool same = budget == state_->client->budget() && state_->gathering.capacity() == 0;
    return same ? detail::object_writer_state::acquire_beside(state_, bytes) : byte_sink::acquire_beside(std::move(budget), bytes);
}

// The calls own the state, so that one under way outlives its writer.

PENSTOCK_DECL awaitable<void> object_writer::write(std::span<const std::byte> bytes) {
    return detail::object_writer_state::write(state_, bytes);
}
PENSTOCK_DECL awaitable<void> object_writer::commit() { return detail::object_writer_state::commit(state_); }
PENSTOCK_DECL awaitable<void> object_writer::abort() { return detail::object_writer_state::abort(state_); }

PENSTOCK_DECL std::string object_writer::detach() {
    if (state_->running) throw_failure(failure{errc::closed, "a call of this writer is under way"});
    if (state_->committed) throw_failure(failure{errc::closed, "the object is complete"});
    state_->given_up = true;
    state_->end_in_vain();
    state_->upload->leave();
    return state_->upload->id();
}

namespace detail {

PENSTOCK_DECL std::shared_ptr<object_writer_state> make_writer(std::shared_ptr<client_state> client, object_address object,
                                                               put_object_options options) {
    settle_mode(*client, object, options);
    (void)make_put_object(object, {}, options); // built once in vain: what is wrong is told before a byte is written
    auto s = penstock::detail::share<object_writer_state>();
    s->upload = penstock::detail::share<multipart_upload>(client, std::move(object), options.settings(), client->options().upload_concurrency());
    s->upload->checksum(options.checksum());
    s->upload->customer_key(options.customer_key());
    s->client = std::move(client);
    s->options = std::move(options);
    s->plan_parts(s->options.content_length());
    return s;
}

PENSTOCK_DECL void object_writer_state::plan_parts(std::optional<std::uint64_t> total, std::uint64_t beside) {
    const auto& o = client->options();
    const auto limit = client->budget()->limit() - beside;
    const auto usual = part_plan::within(limit, o.part_size(), beside_a_part);
    plan = part_plan{usual, o.equal_parts(), total};
    if (plan.first() <= part_plan::largest_within(limit, usual, beside_a_part)) return;
    refuse(errc::budget_exceeded,
           std::to_string(*total) + " bytes take parts of " + std::to_string(plan.first()) +
               " bytes, which are too much for a memory budget of " + std::to_string(limit) + " bytes",
           "set client_options::memory_budget to more than four of such parts");
}

PENSTOCK_DECL awaitable<void> object_writer_state::write(std::shared_ptr<object_writer_state> s, std::span<const std::byte> bytes) {
    const auto running = s->begin_call();
    s->upload->check();
    const auto total = s->options.content_length();
    if (total && bytes.size() > *total - s->size) s->refuse_size(errc::body_too_long);
    while (!bytes.empty()) {
        if (s->gathering.full()) co_await s->make_room();
        const auto room = s->gathering.room(*s->client->buffers());
        const auto n = std::min(bytes.size(), room.size());
        std::memcpy(room.data(), bytes.data(), n);
        s->gathering.filled(n);
        s->size += n;
        bytes = bytes.subspan(n);
    }
    s->end_call();
}

PENSTOCK_DECL awaitable<void> object_writer_state::write_from(std::shared_ptr<object_writer_state> s, byte_source& source) {
    const auto running = s->begin_call();
    const auto total = s->options.content_length();
    std::byte next; // behind a full part: it may have been the last one
    for (;;) {
        s->upload->check();
        const bool full = s->gathering.full();
        const auto room = full ? std::span{&next, 1} : s->gathering.room(*s->client->buffers());
        auto r = source.try_read_some(room);
        if (r.status == io_status::would_block) {
            co_await source.ready();
            continue;
        }
        if (r.status == io_status::error) throw_failure(s->upload->told(r.error));
        if (r.status == io_status::end) break;
        if (total && r.size > *total - s->size) s->refuse_size(errc::body_too_long);
        if (full) {
            co_await s->make_room();
            s->gathering.room(*s->client->buffers()).front() = next;
        }
        s->gathering.filled(r.size);
        s->size += r.size;
    }
    s->end_call();
}

PENSTOCK_DECL awaitable<void> object_writer_state::commit(std::shared_ptr<object_writer_state> s) {
    const auto running = s->begin_call();
    s->upload->check();
    if (s->options.content_length() && s->size < *s->options.content_length()) s->refuse_size(errc::body_too_short);
    s->keeps_memory = false;
    s->spare.reset();
    if (s->upload->id().empty()) {
        co_await s->put();
    } else {
        if (s->gathering.size() > 0) co_await s->upload_gathered();
        co_await s->upload->drain();
        auto completing = s->upload->complete(s->options.if_match(), s->options.if_none_match());
        s->result = co_await std::move(completing);
    }
    s->committed = true;
    s->end_call();
}

PENSTOCK_DECL awaitable<void> object_writer_state::abort(std::shared_ptr<object_writer_state> s) {
    if (s->running) throw_failure(failure{errc::closed, "another call of this writer is under way"});
    if (s->committed) throw_failure(failure{errc::closed, "the object is complete"});
    s->given_up = true;
    s->end_in_vain();
    co_await s->upload->abort();
}

PENSTOCK_DECL void object_writer_state::refuse(errc code, std::string why, std::string hint) const {
    error_detail d;
    d.operation = "write object";
    d.bucket = upload->where().bucket;
    d.key = upload->where().key;
    d.message = std::move(why);
    d.hint = std::move(hint);
    throw_failure(upload->told(failure{code, std::move(d)}));
}

PENSTOCK_DECL void object_writer_state::refuse_size(errc code) const {
    refuse(code, "its size was said to be " + std::to_string(*options.content_length()) + " bytes");
}

PENSTOCK_DECL object_writer_state::running_call object_writer_state::begin_call() {
    if (committed || in_call || abandoned || given_up)
        throw_failure(failure{errc::closed, abandoned   ? "the writer is gone"
                                            : committed ? "the object is complete"
                                            : given_up  ? "the upload was aborted"
                                                        : "an earlier write did not succeed"});
    in_call = true;
    return running_call{*this};
}

// ---- memory

PENSTOCK_DECL awaitable<void> object_writer_state::make_room() {
    const auto whole = plan.first();
    if (gathering.capacity() == 0) {
        co_await begin_gathering();
    } else if (gathering.capacity() < whole) {
        const auto rest = static_cast<std::size_t>(whole - gathering.capacity());
        auto held = co_await client->acquire_more_memory(rest);
        gathering.add(std::move(held), rest);
    } else {
        co_await upload_gathered();
        co_await gather_next_part();
    }
}

/// One block for the first bytes, and the rest of a whole part with the second: so a small object takes little, and of all
/// writers that hold a block and wait for the rest, one can always have it, and its reader another connection.
PENSTOCK_DECL awaitable<void> object_writer_state::begin_gathering() {
    auto nothing = begin_gathering_beside(0);
    (void)co_await std::move(nothing);
}

/// The same, with `bytes` for the caller, which are his.
PENSTOCK_DECL awaitable<permit> object_writer_state::begin_gathering_beside(std::uint64_t bytes) {
    const auto first = static_cast<std::size_t>(std::min<std::uint64_t>(plan.first(), part_block));
    const auto later = plan.first() - first + http::connection_memory(true);
    auto held = co_await client->acquire_memory(bytes + first + sending_memory, later);
    auto callers = held.split(bytes);
    gathering.add(std::move(held), first);
    co_return callers;
}

/// Who writes gives its memory back only after the commit. So this writer waits for that of a part only once, and goes on with
/// it to the end.
PENSTOCK_DECL awaitable<permit> object_writer_state::acquire_beside(std::shared_ptr<object_writer_state> s, std::uint64_t bytes) {
    const auto running = s->begin_call();
    const auto limit = s->client->budget()->limit();
    if (bytes < limit && limit - bytes > smallest_part + beside_a_part) s->plan_parts(s->options.content_length(), bytes);
    auto beginning = s->begin_gathering_beside(bytes);
    auto callers = co_await std::move(beginning);
    s->keeps_memory = true;
    s->end_call();
    co_return callers;
}

/// Memory for a part beside those under way is taken where it is free, never waited for: what those hold comes back when
/// they end. Only who holds none waits for the budget. So no two writers wait for each other.
PENSTOCK_DECL awaitable<void> object_writer_state::gather_next_part() {
    const auto wanted = plan.size_of(next_part);
    const auto largest = std::max(plan.first(), part_plan::within(client->budget()->limit(), wanted, beside_a_part));
    for (;;) {
        if (!spare) {
            if (upload->has_room() && (try_gather(largest) || try_gather(plan.first()))) co_return;
            if (upload->running() == 0) {
                co_await begin_gathering();
                co_return;
            }
            wants_memory = true;
            co_await upload->part_ended();
            wants_memory = false;
            if (!spare) continue;
        }
        gathering = std::move(*spare);
        spare.reset();
        gathering.clear();
        if (gathering.capacity() >= largest) co_return;
        const auto more = static_cast<std::size_t>(largest - gathering.capacity());
        auto held = client->budget()->try_acquire(more, part_block);
        if (held.units() > 0) gathering.add(std::move(held), more);
        co_return;
    }
}

/// Leaves a block, so that small objects can be written meanwhile.
PENSTOCK_DECL bool object_writer_state::try_gather(std::uint64_t bytes) {
    auto held = client->budget()->try_acquire(bytes + sending_memory, part_block);
    if (held.units() == 0) return false;
    gathering.add(std::move(held), static_cast<std::size_t>(bytes));
    return true;
}

// ---- sending

PENSTOCK_DECL awaitable<void> object_writer_state::upload_gathered() {
    if (upload->id().empty()) co_await upload->begin(attributes_of(options), true);
    co_await upload->room();
    if (next_part > max_part_number)
        refuse(errc::invalid_option, "more than 10,000 parts", "set client_options::part_size higher, or say the object's size ahead");
    const auto number = next_part++;
    const auto bytes = gathering.size();
    auto sending = send_part(shared_from_this(), number, std::move(gathering));
    gathering = {};
    upload->start(number, bytes, std::move(sending));
}

PENSTOCK_DECL awaitable<put_object_result> object_writer_state::send_part(std::shared_ptr<object_writer_state> s,
                                                                          std::uint32_t number, part_memory memory) {
    auto sending = s->upload->send(number, memory.pieces(), true);
    auto sent = co_await std::move(sending);
    if ((s->wants_memory || s->keeps_memory) && !s->spare) s->spare = std::move(memory);
    co_return sent;
}

PENSTOCK_DECL awaitable<void> object_writer_state::put() {
    auto op = make_put_object(upload->where(), gathering.pieces(), options);
    op.memory_held = gathering.capacity() > 0;
    auto sending = client->call(std::move(op), &parse_put_object);
    penstock::detail::attempt done{std::move(sending)};
    co_await done.run();
    if (done) {
        result = std::move(*done);
        result.key = upload->where().key;
        gathering = {};
        upload->count(size);
        co_return;
    }
    if (!may_be_echo(done.error())) throw_failure(done.error());
    expected_object expected;
    expected.etag = expected_etag(gathering.pieces());
    expected.size = gathering.size();
    expected.checksum = options.checksum();
    expected.key = options.customer_key();
    if (expected.checksum && expected.checksum->value.empty()) expected.checksum->value = co_await checksum_slowly(expected.checksum->algorithm, gathering.pieces());
    gathering = {}; // what follows is a request like any other
    auto confirming = confirm_stored(client, upload->where(), std::move(expected), done.error(), options.settings());
    result = co_await std::move(confirming);
}

PENSTOCK_DECL void object_writer_state::end_in_vain() noexcept {
    upload->stop();
    wants_memory = keeps_memory = false;
    spare.reset();
    gathering = {};
}

PENSTOCK_DECL void object_writer_state::abandon() noexcept {
    abandoned = true;
    if (running || committed) return; // what it sends must stay; its end does the rest
    end_in_vain();
    upload->abandon();
}

} // namespace detail
} // namespace penstock::s3
