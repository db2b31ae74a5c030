// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_reader.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/s3/detail/client_state.hpp>
#include <penstock/s3/detail/object_pin.hpp>
#include <penstock/s3/detail/object_reader_state.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace penstock::s3 {
namespace detail {

/// Ranges of a parallel read are received in as much at a time: with several connections there is always one to read from.
inline constexpr std::size_t gathered = std::size_t{512} << 10;

inline constexpr std::size_t worth_a_resume = std::size_t{64} << 10;

} // namespace detail

PENSTOCK_DECL object_reader::object_reader(std::unique_ptr<detail::object_reader_state> s) noexcept : state_{std::move(s)} {}
PENSTOCK_DECL object_reader::object_reader(object_reader&&) noexcept = default;
PENSTOCK_DECL object_reader& object_reader::operator=(object_reader&&) noexcept = default;
PENSTOCK_DECL object_reader::~object_reader() = default;

PENSTOCK_DECL const object_metadata& object_reader::metadata() const { return state_->metadata(); }
PENSTOCK_DECL byte_range object_reader::range() const noexcept { return state_->body.range; }
PENSTOCK_DECL get_object_outcome object_reader::outcome() const noexcept { return state_->body.outcome; }
PENSTOCK_DECL std::string object_reader::name() const { return state_->where.url(); }

PENSTOCK_DECL bool object_reader::checksum_validated() const noexcept {
    return state_->validation && state_->validation->passed();
}

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

        std::byte beyond;
        const bool complete = s.end && s.position == *s.end && s.skip == 0;
        auto r = s.lease->try_read_body(complete ? std::span{&beyond, 1} : s.wanted(into));
        if (complete && r.status == io_status::bytes) {
            // A whole object came for the rest of a part: what follows the part is nobody's. Else a promise is broken.
            if (s.whole_again) {
                s.done = true;
                s.lease = {};
                return io_result::end();
            }
            s.lease = {};
            s.failed = s.told(failure{errc::body_too_long, "bytes follow the end of the range"});
            continue;
        }
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
            if (s.validation) {
                s.validation->update(into.first(r.size));
                if (s.end && s.position == *s.end && !s.validate()) continue;
            }
            // A byte a connection would be no progress: it costs a request each.
            if (s.position - s.resumed_at >= detail::worth_a_resume) s.advanced = true;
            return r;
        case io_status::end:
            s.lease.give_back();
            if (s.end && !complete) { // a resume that brought less than the rest
                s.broken = failure{errc::body_too_short};
                continue;
            }
            if (!s.validate()) continue;
            s.done = true;
            return r;
        case io_status::error:
            s.lease.give_back();
            if (s.client->rules_of(s.settings).classify(r.error) != aws::retry_class::transient) {
                s.failed = s.told(std::move(r.error));
                continue;
            }
            if (complete) { // what broke off is the last chunk, which holds nothing; there is no rest to ask for
                s.done = true;
                return io_result::end();
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
    return reading ? s.lease->body_ready(s.memory.units() > 0 ? detail::gathered : 1) : s.resume();
}

/// At the end of the body. False, and `failed` is set, where it is not what the store keeps.
PENSTOCK_DECL bool detail::object_reader_state::validate() {
    if (!validation) return true;
    auto why = validation->finish();
    if (!why) return true;
    lease = {};
    failed = told(std::move(why));
    return false;
}

PENSTOCK_DECL const object_metadata& detail::object_reader_state::metadata() const {
    if (!known_metadata) known_metadata = std::make_unique<object_metadata>(detail::metadata_of(answer, body));
    return *known_metadata;
}

/// As much of `into` as what is still to come may fill, with the bytes that will be dropped.
PENSTOCK_DECL std::span<std::byte> detail::object_reader_state::wanted(std::span<std::byte> into) const noexcept {
    if (!end) return into;
    return into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), skip + (*end - position))));
}

PENSTOCK_DECL failure detail::object_reader_state::told(failure f) const {
    return f.with([this](error_detail& d) {
        d.operation = "get object";
        d.bucket = where.bucket;
        d.key = where.key;
        if (!d.byte_offset) d.byte_offset = position;
    });
}

PENSTOCK_DECL failure detail::object_reader_state::changed(std::string now) const {
    return told(changed_object(metadata(), now));
}

/// No failure where what came is the rest of the same object.
PENSTOCK_DECL failure detail::object_reader_state::another_object(const detail::opened_object& opened) const {
    const auto& now = opened.lease->head();
    using outcome = get_object_outcome;
    if (opened.body.outcome == outcome::empty) return changed("a size of 0");
    if (opened.body.outcome != outcome::partial && opened.body.outcome != outcome::range_ignored)
        return told(failure{errc::malformed_response,
                            "status " + std::to_string(now.status) + " to a request for the rest of the object"});
    const auto differs = difference(metadata(), metadata_of(now, opened.body));
    return differs.empty() ? failure{} : changed(differs);
}

/// Asks for the rest of the very same object on another connection, where the one before broke. Ends with a new body, or
/// with `failed` set.
PENSTOCK_DECL awaitable<void> detail::object_reader_state::resume() {
    if (!broken) co_return;
    // The first break after some progress is no retry; a server that only ever breaks is.
    auto rules = client->rules_of(settings);
    const auto now = client->clock()->now();
    if (advanced) {
        rules.advanced(session, now);
    } else if (const auto delay = rules.next(session, broken, now)) {
        co_await sleep_for(client->clock(), *delay);
    } else {
        failed = told(std::move(broken));
        co_return;
    }
    advanced = false;
    client->count_resume(settings);

    get_object_options rest;
    rest.version_id(version_id).settings(settings).customer_key(key).if_match(pin_of(metadata()));
    if (end)
        rest.range(object_range::slice(position, *end - position));
    else
        rest.range(object_range::from(position));

    penstock::detail::attempt opened{client->reopen(where, rest, memory.units() > 0)};
    co_await opened.run();
    if (!opened) {
        const error_code code = opened.error().code();
        if (code == asio::error::operation_aborted) throw boost::system::system_error{code};
        if (code == errc::precondition_failed)
            failed = changed("another (the store refused If-Match)");
        else if (code == errc::no_such_key)
            failed = changed("there is no object");
        else if (code == errc::range_not_satisfiable)
            failed = changed("no byte " + std::to_string(position)); // also where its length was promised wrongly
        else
            failed = told(opened.error());
        broken = {};
        co_return;
    }
    failed = another_object(*opened);
    if (!failed) {
        lease = std::move(opened->lease);
        whole_again = opened->body.outcome == get_object_outcome::range_ignored;
        skip = whole_again ? position : 0;
        resumed_at = position;
    }
    broken = {};
}

} // namespace penstock::s3
