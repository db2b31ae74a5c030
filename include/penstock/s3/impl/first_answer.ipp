// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/first_answer.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/detail/object_pin.hpp>

#include <algorithm>

namespace penstock::s3::detail {

PENSTOCK_DECL void check_parallel(const parallel_options& how, const get_object_options& asked) {
    if (how.part_size() < min_parallel_part)
        throw_failure(failure{errc::invalid_option, "the part size of a parallel read is below 1 MiB"});
    if (how.connections() == 0) throw_failure(failure{errc::invalid_option, "a parallel read over no connection"});
    if (asked.part_number() != 0)
        throw_failure(failure{errc::invalid_option, "a part number for a parallel read", "open it as one stream"});
}

PENSTOCK_DECL object_range first_request(const object_range& asked, std::uint64_t part_size) noexcept {
    using kind = object_range::kind;
    const bool counted = asked.what() == kind::slice || asked.what() == kind::suffix;
    if (counted && asked.length() <= part_size) return asked; // also what cannot be, to be refused
    return asked.what() == kind::suffix ? object_range::suffix(1) : object_range::slice(asked.offset(), part_size);
}

PENSTOCK_DECL awaitable<first_answer> open_first(pinned_object& object, parallel_limits limits, bool pin_version,
                                                 permit& held) {
    using enum get_object_outcome;
    const auto asked = object.asked.range();
    const bool all = asked == object_range{};
    const auto first = limits.connections == 1 ? asked : first_request(asked, limits.part_size);
    first_answer out;
    auto beginning = object.begin(first, held.split(receiving_memory));
    auto begun = co_await as_result(std::move(beginning));
    if (begun) {
        out.body.emplace(std::move(*begun));
    } else {
        const auto why = begun.error();
        if (why.code() != errc::range_not_satisfiable || !all || first == asked) throw_failure(why);
        // An object of no byte, and a store that does not say so.
        out.body.emplace(co_await object.begin(asked, held.split(receiving_memory)));
    }
    out.outcome = out.body->outcome();
    if (pin_version) object.pin_version();
    auto size = out.body->metadata().size;
    if (out.outcome == partial && first != asked) {
        if (size) {
            out.range = resolve(asked, *size);
            out.plan = part_planner{out.range.offset, out.range.offset + out.range.length, limits};
            if (first.what() == object_range::kind::suffix) {
                std::byte last;
                co_await read_out(*out.body, {&last, 1});
                out.body.reset();
                out.body.emplace(co_await object.open(out.plan.take(), held.split(receiving_memory)));
            } else {
                out.plan.take(out.body->range().length);
            }
            if (all) out.outcome = whole;
            co_return out;
        }
        // "bytes 0-99/*": who does not tell the size is asked for everything at once.
        out.body.reset();
        object.asked.if_match(pin_of(object.then));
        out.body.emplace(co_await object.begin(asked, held.split(receiving_memory)));
        out.outcome = out.body->outcome();
        size = out.body->metadata().size;
    }
    if (out.outcome == range_ignored && all) out.outcome = whole;
    out.range = out.body->range();
    out.counted = size || (out.outcome != whole && out.outcome != range_ignored);
    co_return out;
}

} // namespace penstock::s3::detail
