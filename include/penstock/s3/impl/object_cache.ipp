// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/s3/object_cache.hpp>

#include <penstock/core/wait_list.hpp>

#include <list>
#include <map>
#include <utility>

namespace penstock::s3 {

struct object_cache::state {
    struct entry {
        std::string key;
        cached_object_ptr value;
        steady_time validated; ///< when the store last said that this is the object
        std::uint64_t cost = 0;
        permit held;
    };
    struct flight {
        wait_list landed;
        cached_object_ptr brought;
    };
    /// However a flight ends, those who wait for it are woken.
    struct landing {
        landing(std::shared_ptr<state> s, std::string k) : of{std::move(s)}, key{std::move(k)} {
            mine = of->flights.emplace(key, std::make_shared<flight>()).first->second;
        }
        landing(const landing&) = delete;
        landing& operator=(const landing&) = delete;
        ~landing() {
            of->flights.erase(key);
            mine->landed.notify_all();
        }

        std::shared_ptr<state> of;
        std::string key;
        std::shared_ptr<flight> mine;
    };

    object_cache_options options;
    std::list<entry> entries; ///< the one used last first
    std::map<std::string, std::list<entry>::iterator, std::less<>> index;
    std::map<std::string, std::shared_ptr<flight>, std::less<>> flights;
    std::uint64_t bytes = 0;

    static std::uint64_t cost_of(const std::string& key, const cached_object& o) noexcept {
        const auto& m = o.metadata;
        std::uint64_t n = 2 * key.size() + sizeof(entry) + sizeof(cached_object) + 128 + o.tail.size() + m.etag.raw().size();
        n += m.content_type.size() + m.version_id.size() + m.cache_control.size() + m.content_disposition.size();
        for (const auto& [name, value] : m.metadata) n += name.size() + value.size() + 64;
        return n;
    }
    void forget(std::string_view key) {
        const auto found = index.find(key);
        if (found == index.end()) return;
        bytes -= found->second->cost;
        entries.erase(found->second);
        index.erase(found);
    }
    bool young(const entry& e) const {
        return options.max_age() > duration{} && options.clock()->now() - e.validated < options.max_age();
    }
    const entry* find(const std::string& key) {
        const auto found = index.find(key);
        if (found == index.end()) return nullptr;
        entries.splice(entries.begin(), entries, found->second);
        return &*found->second;
    }
    void keep(const std::string& key, cached_object_ptr value) {
        forget(key);
        const auto cost = cost_of(key, *value);
        if (cost > options.max_bytes()) return;
        while (bytes + cost > options.max_bytes()) forget(std::string{entries.back().key});
        permit held;
        if (const auto& budget = options.budget()) {
            const auto headroom = budget->limit() / 4;
            for (held = budget->try_acquire(cost, headroom); held.units() == 0; held = budget->try_acquire(cost, headroom)) {
                if (entries.empty()) return;
                forget(std::string{entries.back().key});
            }
        }
        entries.push_front({key, std::move(value), options.clock()->now(), cost, std::move(held)});
        index.emplace(key, entries.begin());
        bytes += cost;
    }
};

PENSTOCK_DECL object_cache::object_cache(object_cache_options options) : state_{std::make_shared<state>()} {
    state_->options = std::move(options);
    if (!state_->options.clock()) state_->options.clock(make_system_clock());
}
PENSTOCK_DECL object_cache::~object_cache() = default;

PENSTOCK_DECL std::shared_ptr<object_cache> object_cache::create(object_cache_options options) {
    return std::shared_ptr<object_cache>{new object_cache{std::move(options)}};
}

PENSTOCK_DECL awaitable<cached_object_ptr> object_cache::get(std::string key, fetch_function fetch) {
    const auto s = state_;
    for (;;) {
        if (const auto* kept = s->find(key); kept && s->young(*kept)) co_return kept->value;
        const auto under_way = s->flights.find(key);
        if (under_way == s->flights.end()) break;
        const auto flight = under_way->second;
        co_await flight->landed.wait();
        if (flight->brought) co_return flight->brought;
    }
    const state::landing now{s, key};
    const auto* kept = s->find(key);
    auto fetching = fetch(kept ? kept->value : nullptr);
    now.mine->brought = co_await std::move(fetching);
    s->keep(key, now.mine->brought);
    co_return now.mine->brought;
}

PENSTOCK_DECL void object_cache::forget(const std::string& key) noexcept { state_->forget(key); }
PENSTOCK_DECL std::uint64_t object_cache::bytes() const noexcept { return state_->bytes; }
PENSTOCK_DECL std::size_t object_cache::size() const noexcept { return state_->entries.size(); }

} // namespace penstock::s3
