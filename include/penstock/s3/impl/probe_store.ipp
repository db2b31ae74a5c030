// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/probe_store.hpp>

#include <penstock/core/as_result.hpp>
#include <penstock/s3/bucket_versioning.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/detail/client_state.hpp>

#include <algorithm>

namespace penstock::s3 {
namespace detail {

/// One probe: its objects, and what was found.
class store_probe {
  public:
    store_probe(client c, object_address where) : client_{std::move(c)}, where_{std::move(where)} {
        if (!where_.key.empty() && !where_.key.ends_with('/')) where_.key += '/';
        char digits[17];
        const auto n = make_system_random()->next();
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(n));
        where_.key += std::string{"penstock-probe-"} + digits;
    }

    awaitable<store_capabilities> run() {
        const auto first = co_await client_.put(where_, "probe");
        co_await try_writes(first.etag.raw());
        co_await try_reads();
        co_await try_listing();
        co_await try_bucket();
        co_await try_delete();
        const auto& state = client_access::state(client_);
        state->learn([this](store_capabilities& known) { known = completed(found_, known); });
        co_return state->capabilities(where_.bucket);
    }

  private:
    using flag = std::optional<bool> store_capabilities::*;

    /// The condition does not hold: a refusal for that reason shows that the store heeds it.
    template <class T>
    void note(flag f, const result<T>& answer) {
        if (answer)
            found_.*f = false;
        else if (answer.error().code() == condition::changed)
            found_.*f = true;
        else if (answer.error().detail().http_status == 501)
            found_.*f = false;
    }

    awaitable<result<put_object_result>> put(put_object_options how) {
        auto op = make_put_object(where_, {as_bytes(std::string_view{"other"})}, how);
        op.try_conditions = true;
        auto sent = client_access::state(client_)->call(std::move(op), &parse_put_object);
        co_return co_await as_result(std::move(sent));
    }

    awaitable<void> try_writes(std::string etag) {
        const auto created = co_await put(put_object_options().if_none_match("*"));
        note(&store_capabilities::create_only, created);
        const auto replaced = co_await put(put_object_options().if_match(wrong_etag));
        note(&store_capabilities::conditional_write, replaced);
        if (found_.conditional_write != true) co_return;
        // A store that refuses every condition heeds none.
        if (found_.create_only != true) co_return;
        const auto right = co_await put(put_object_options().if_match(etag));
        if (!right) found_.conditional_write = false;
    }

    awaitable<void> try_reads() {
        const auto read = co_await as_result(client_.get(where_, get_object_options().if_match(wrong_etag)));
        note(&store_capabilities::conditional_read, read);
        const auto last = co_await as_result(client_.get(where_, get_object_options().range(object_range::suffix(2))));
        if (last) found_.suffix_range = last->body.size() == 2;
    }

    /// In the order of bytes, '-' and '.' come before '/'.
    awaitable<void> try_listing() {
        const std::vector<std::string> keys{where_.key, where_.key + "a-", where_.key + "a/b", where_.key + "a0"};
        for (std::size_t i = 1; i < keys.size(); ++i) co_await client_.put(object_address{where_.bucket, keys[i]}, "");
        list_objects_options by;
        by.prefix(where_.key);
        auto asked = client_access::state(client_)->call(make_list_objects_v2(where_.bucket, by), &parse_list_objects_v2);
        const auto page = co_await as_result(std::move(asked));
        if (page) {
            found_.list_objects_v2 = !page->is_first_version;
            std::vector<std::string> got;
            for (const auto& o : page->objects) got.push_back(o.key);
            auto sorted = got;
            std::sort(sorted.begin(), sorted.end());
            if (sorted == keys) found_.byte_order = got == keys;
        }
        for (std::size_t i = 1; i < keys.size(); ++i) co_await client_.remove(object_address{where_.bucket, keys[i]});
    }

    awaitable<void> try_bucket() {
        const auto bucket = co_await as_result(client_.head_bucket(where_.bucket));
        if (bucket) found_.region_header = !bucket->region.empty();
        const auto versions = co_await as_result(get_bucket_versioning(client_, where_.bucket));
        if (versions)
            found_.versions = true;
        else if (versions.error().detail().http_status == 501)
            found_.versions = false;
    }

    /// Removes the last object in any case.
    awaitable<void> try_delete() {
        auto op = make_delete_object(where_, delete_object_options().if_match(wrong_etag));
        op.try_conditions = true;
        auto sent = client_access::state(client_)->call(std::move(op), &parse_delete_object);
        const auto removed = co_await as_result(std::move(sent));
        note(&store_capabilities::conditional_delete, removed);
        co_await client_.remove(where_);
    }

    static constexpr const char* wrong_etag = "\"00000000000000000000000000000000\"";

    client client_;
    object_address where_;
    store_capabilities found_;
};

inline awaitable<store_capabilities> run_probe(client c, object_address where) {
    store_probe probe{std::move(c), std::move(where)};
    co_return co_await probe.run();
}

} // namespace detail

PENSTOCK_DECL store_capabilities known_capabilities(const client& c, std::string bucket) {
    return detail::client_access::state(c)->capabilities(bucket);
}

PENSTOCK_DECL awaitable<store_capabilities> probe_store(client c, object_address where) {
    return detail::run_probe(std::move(c), std::move(where));
}

} // namespace penstock::s3
