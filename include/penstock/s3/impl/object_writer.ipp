// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_writer.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/core/with_timeout.hpp>
#include <penstock/s3/abort_multipart_upload.hpp>
#include <penstock/s3/complete_multipart_upload.hpp>
#include <penstock/s3/create_multipart_upload.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/lost_answer.hpp>
#include <penstock/s3/detail/object_writer_state.hpp>
#include <penstock/s3/upload_part.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cstring>

namespace penstock::s3 {
namespace detail {

/// A part is gathered in blocks of this size, so that a small object takes little memory.
inline constexpr std::size_t writer_block = std::size_t{1} << 20;
inline constexpr std::chrono::seconds abort_limit{10};

/// An upload gets its object's attributes when it begins; its conditions only when it is completed.
inline create_multipart_upload_options attributes_of(const put_object_options& o) {
    create_multipart_upload_options out;
    out.settings(o.settings()).content_type(o.content_type()).content_encoding(o.content_encoding());
    out.content_disposition(o.content_disposition()).content_language(o.content_language());
    out.cache_control(o.cache_control()).storage_class(o.storage_class()).metadata(o.metadata());
    for (const auto& [name, value] : o.tags()) out.tag(name, value);
    return out;
}

/// Outlives the writer: the abort of an upload that nobody will complete.
inline awaitable<void> abort_upload(std::shared_ptr<client_state> client, object_address where, std::string id) {
    auto op = make_abort_multipart_upload(where, id);
    auto attempt = with_timeout(client->call(std::move(op), &parse_abort_multipart_upload), abort_limit,
                                client->clock());
    (void)co_await as_result(std::move(attempt));
}

} // namespace detail

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

PENSTOCK_DECL std::string object_writer::name() const { return state_->where.url(); }
PENSTOCK_DECL const put_object_result& object_writer::result() const noexcept { return state_->result; }
PENSTOCK_DECL std::uint64_t object_writer::size() const noexcept { return state_->size; }
PENSTOCK_DECL const std::string& object_writer::upload_id() const noexcept { return state_->upload_id; }

// The calls own the state, so that one under way outlives its writer.

PENSTOCK_DECL awaitable<void> object_writer::write(std::span<const std::byte> bytes) {
    return detail::object_writer_state::write(state_, bytes);
}
PENSTOCK_DECL awaitable<void> object_writer::commit() { return detail::object_writer_state::commit(state_); }

PENSTOCK_DECL awaitable<void> detail::object_writer_state::write(std::shared_ptr<detail::object_writer_state> s, std::span<const std::byte> bytes) {
    const auto running = s->begin_call();
    while (!bytes.empty()) {
        if (s->gathered == s->part_size) co_await s->upload_gathered();
        if (s->gathered == s->room()) co_await s->add_block();
        const auto taken = s->gather(bytes);
        bytes = bytes.subspan(taken);
    }
    s->end_call();
}

PENSTOCK_DECL awaitable<void> detail::object_writer_state::commit(std::shared_ptr<detail::object_writer_state> s) {
    const auto running = s->begin_call();
    if (s->upload_id.empty()) {
        co_await s->put();
    } else {
        if (s->gathered > 0) co_await s->upload_gathered();
        co_await s->complete();
    }
    s->release_memory();
    s->committed = true;
}

PENSTOCK_DECL detail::object_writer_state::running_call detail::object_writer_state::begin_call() {
    if (committed || in_call || abandoned)
        throw_failure(failure{errc::closed, abandoned   ? "the writer is gone"
                                            : committed ? "the object is complete"
                                                        : "an earlier write did not succeed"});
    in_call = true;
    return running_call{*this};
}

/// One block of the budget for the first block, and the rest of a whole part with the second: so a small object takes
/// little, and of all writers that hold a block and wait for the rest, one can always have it. The first brings the memory
/// of the connection that will carry it, so that sending never waits for the budget.
PENSTOCK_DECL awaitable<void> detail::object_writer_state::add_block() {
    const auto first = std::min(part_size, detail::writer_block);
    const auto rest = part_size - first;
    if (blocks.empty())
        first_block = co_await client->budget()->acquire(first + detail::sending_memory, rest);
    else if (blocks.size() == 1)
        other_blocks = co_await client->budget()->acquire(rest);
    blocks.push_back(client->buffers()->take(first));
}

PENSTOCK_DECL std::size_t detail::object_writer_state::gather(std::span<const std::byte> bytes) noexcept {
    auto& memory = blocks[gathered / detail::writer_block];
    const auto offset = gathered % detail::writer_block;
    const auto n = std::min({bytes.size(), detail::writer_block - offset, part_size - gathered});
    std::memcpy(memory.data() + offset, bytes.data(), n);
    gathered += n;
    size += n;
    return n;
}

PENSTOCK_DECL void detail::object_writer_state::release_memory() noexcept {
    blocks.clear();
    growth.clear();
    other_blocks.release();
    first_block.release();
}

PENSTOCK_DECL std::size_t detail::object_writer_state::room() const noexcept {
    return std::min(blocks.size() * detail::writer_block, part_size);
}

PENSTOCK_DECL std::vector<std::span<const std::byte>> detail::object_writer_state::pieces() const {
    std::vector<std::span<const std::byte>> out;
    for (std::size_t at = 0; at < gathered; at += detail::writer_block) {
        const auto n = std::min(detail::writer_block, gathered - at);
        out.push_back(blocks[at / detail::writer_block].span().first(n));
    }
    return out;
}

PENSTOCK_DECL awaitable<void> detail::object_writer_state::upload_gathered() {
    if (upload_id.empty()) {
        auto op = detail::make_create_multipart_upload(where, detail::attributes_of(options));
        op.memory_held = true;
        auto created = co_await client->call(std::move(op), &detail::parse_create_multipart_upload);
        upload_id = std::move(created.upload_id);
    }
    const auto number = static_cast<std::uint32_t>(parts.size() + 1);
    if (number > detail::max_part_number) {
        error_detail d;
        d.operation = "write object";
        d.bucket = where.bucket;
        d.key = where.key;
        d.message = "more than 10,000 parts";
        d.hint = "set client_options::part_size higher";
        throw_failure(failure{errc::invalid_option, std::move(d)});
    }
    auto op = detail::make_upload_part(where, upload_id, number, pieces());
    op.settings = options.settings();
    op.memory_held = true;
    auto part = co_await client->call(std::move(op), &detail::parse_upload_part);
    completed_part sent{number, std::move(part.etag)};
    sent.checksums = std::move(part.checksums);
    parts.push_back(std::move(sent));
    gathered = 0;
    // Later parts grow, so that 10,000 of them reach the largest object; where the budget has no room for that now, the
    // next part tries again.
    if (parts.size() < next_growth || client->options().equal_parts()) co_return;
    const auto larger = std::min<std::uint64_t>(part_size * 2, std::uint64_t{5} << 30);
    growth.push_back(client->budget()->try_acquire(larger - part_size));
    if (growth.back().units() == 0) {
        growth.pop_back();
        co_return;
    }
    part_size = static_cast<std::size_t>(larger);
    next_growth += parts_before_doubling;
}

PENSTOCK_DECL awaitable<void> detail::object_writer_state::put() {
    auto op = detail::make_put_object(where, pieces(), options);
    op.memory_held = first_block.units() > 0;
    auto sending = client->call(std::move(op), &detail::parse_put_object);
    auto done = co_await as_result(std::move(sending));
    if (done) {
        result = std::move(*done);
        co_return;
    }
    if (!detail::may_be_echo(done.error())) throw_failure(done.error());
    auto etag = detail::expected_etag(pieces());
    release_memory(); // what follows is a request like any other
    result = co_await detail::confirm_stored(client, where, std::move(etag), done.error());
}

PENSTOCK_DECL awaitable<void> detail::object_writer_state::complete() {
    complete_multipart_upload_options conditions;
    conditions.settings(options.settings()).if_match(options.if_match());
    conditions.if_none_match(options.if_none_match());
    release_memory();
    auto op = detail::make_complete_multipart_upload(where, upload_id, parts, conditions);
    auto sending = client->call(std::move(op), &detail::parse_complete_multipart_upload);
    auto done = co_await as_result(std::move(sending));
    if (done) {
        result.etag = std::move(done->etag);
        result.version_id = std::move(done->version_id);
        result.checksums = std::move(done->checksums);
        co_return;
    }
    if (!detail::may_be_echo(done.error())) throw_failure(done.error());
    result = co_await detail::confirm_stored(client, where, detail::expected_etag(parts), done.error());
}

PENSTOCK_DECL void detail::object_writer_state::abandon() noexcept {
    abandoned = true;
    if (running) return; // what it sends must stay; its end does the rest
    release_memory();
    if (committed || upload_id.empty()) return;
    committed = true; // once
    try {
        asio::co_spawn(client->get_executor(), detail::abort_upload(client, where, upload_id),
                       [](std::exception_ptr) {}); // what failed is left to the bucket's lifecycle rule
    } catch (...) { // no memory to start it
    }
}

} // namespace penstock::s3
