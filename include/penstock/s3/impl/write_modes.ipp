// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/detail/write_modes.hpp>

#include <penstock/aws/date_time.hpp>
#include <penstock/s3/detail/client_state.hpp>

#include <utility>

namespace penstock::s3::detail {

PENSTOCK_DECL std::string unique_key(std::string_view prefix, wall_time now, random_source& random, std::string_view suffix) {
    static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
    std::string key{prefix};
    const auto time = aws::format_iso8601(aws::instant{now}).value();
    for (const char c : time)
        if (c != '-' && c != ':') key += c;
    key += '-';
    for (int word = 0; word < 2; ++word) {
        auto bits = random.next();
        for (int i = 0; i < 8; ++i, bits >>= 5) key += digits[bits & 31];
    }
    return key.append(suffix);
}

[[noreturn]] inline void refuse_mode(const object_address& where, errc code, std::string why, std::string hint) {
    error_detail d;
    d.operation = "write object";
    d.bucket = where.bucket;
    d.key = where.key;
    d.message = std::move(why);
    d.hint = std::move(hint);
    throw_failure(failure{code, std::move(d)});
}

PENSTOCK_DECL void settle_mode(object_address& where, put_object_options& options, const store_capabilities& store,
                               const clock_source& clock, random_source& random) {
    const auto mode = options.mode();
    if (mode == write_mode::replace) return;
    const auto contradicts = [&where](std::string what) {
        refuse_mode(where, errc::invalid_option, std::move(what), "give the mode or the conditions");
    };
    if (mode == write_mode::if_unchanged) {
        if (options.if_match().empty()) contradicts("the mode if_unchanged needs the ETag of the object");
        if (!options.if_none_match().empty()) contradicts("the mode if_unchanged contradicts if_none_match");
        if (store.conditional_write == false)
            refuse_mode(where, errc::unsupported, "this store does not write under a condition", "use the mode replace");
        return;
    }
    if (!options.if_match().empty()) contradicts("an object that is not there cannot match an ETag");
    if (mode == write_mode::append_to_prefix) {
        where.key = unique_key(where.key, clock.wall_now(), random, options.key_suffix());
        if (store.create_only == false) return; // nobody else chooses that key
    } else if (store.create_only == false) {
        refuse_mode(where, errc::unsupported, "this store does not know If-None-Match when it writes: it would overwrite",
                    "use the mode replace, or append_to_prefix");
    }
    options.if_none_match("*");
}

PENSTOCK_DECL void settle_mode(client_state& client, object_address& where, put_object_options& options) {
    if (options.mode() == write_mode::replace) return;
    settle_mode(where, options, client.capabilities(where.bucket), *client.clock(), client.random());
    options.mode(write_mode::replace); // what it stands for is said now
}

} // namespace penstock::s3::detail
