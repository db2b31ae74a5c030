// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/pinned_object.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/object_pin.hpp>

namespace penstock::s3::detail {

PENSTOCK_DECL failure pinned_object::told(failure f) const {
    return f.with([this](error_detail& d) {
        d.operation = "get object";
        d.bucket = where.bucket;
        d.key = where.key;
    });
}

PENSTOCK_DECL failure pinned_object::because(const failure& why) const {
    const auto code = why.code();
    if (code == errc::precondition_failed) return told(changed_object(then, "another (the store refused If-Match)"));
    if (code == errc::no_such_key) return told(changed_object(then, "there is no object"));
    if (code == errc::range_not_satisfiable) return told(changed_object(then, "a smaller size"));
    return why;
}

PENSTOCK_DECL awaitable<object_reader> pinned_object::begin(object_range range, permit held) {
    auto first = asked;
    first.range(range);
    auto opened = co_await client_access::open(from, where, std::move(first), std::move(held));
    then = opened.metadata();
    co_return opened;
}

PENSTOCK_DECL awaitable<object_reader> pinned_object::open(byte_range part, permit held) const {
    auto options = asked;
    static_cast<read_conditions<get_object_options>&>(options) = {};
    options.range(part).if_match(pin_of(then));
    auto opening = client_access::open(from, where, std::move(options), std::move(held));
    auto opened = co_await as_result(std::move(opening));
    if (!opened) {
        const auto why = opened.error();
        throw_failure(because(why));
    }
    if (opened->outcome() == get_object_outcome::empty) throw_failure(told(changed_object(then, "a size of 0")));
    const auto differs = difference(then, opened->metadata());
    if (!differs.empty()) throw_failure(told(changed_object(then, differs)));
    if (opened->outcome() != get_object_outcome::partial || opened->range() != part)
        throw_failure(told(failure{errc::malformed_response, "the store answered a request for a part of the object by something else",
                                   "read it as one stream"}));
    co_return std::move(*opened);
}

PENSTOCK_DECL awaitable<void> pinned_object::read(std::uint64_t offset, std::span<std::byte> into) const {
    auto held = co_await take_memory();
    auto body = co_await open(byte_range{offset, into.size()}, std::move(held));
    co_await read_out(body, into);
}

PENSTOCK_DECL awaitable<void> read_out(object_reader& body, std::span<std::byte> into) {
    co_await body.read(into);
    std::byte beyond; // the end of the body gives the connection back
    co_await body.read_some({&beyond, 1});
}

} // namespace penstock::s3::detail
