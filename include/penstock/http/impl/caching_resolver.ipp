// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/http/caching_resolver.hpp>

#include <penstock/core/detail/attempt.hpp>
#include <penstock/core/detail/share.hpp>
#include <penstock/core/error.hpp>
#include <penstock/core/wait_list.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace penstock::http {
namespace detail {

/// What bounds the memory; a client talks to few hosts.
inline constexpr std::size_t max_kept_names = 1024;

/// The addresses that took no connection lately.
class avoided_addresses {
  public:
    void add(const asio::ip::address& a, steady_time now, duration length) {
        if (until_.size() >= max_kept_names) until_.clear();
        std::erase_if(until_, [now](const auto& kept) { return kept.second <= now; });
        until_[a] = later(now, length);
    }
    bool holds(const asio::ip::address& a, steady_time now) const {
        const auto it = until_.find(a);
        return it != until_.end() && now < it->second;
    }

  private:
    std::map<asio::ip::address, steady_time> until_;
};

/// All of `addresses`, beginning with the one at `first`; those to avoid come last.
inline std::vector<asio::ip::address> in_turn(std::vector<asio::ip::address> addresses, std::size_t first,
                                              const avoided_addresses& avoided, steady_time now) {
    const auto begin = addresses.begin();
    std::rotate(begin, begin + static_cast<std::ptrdiff_t>(first % addresses.size()), addresses.end());
    std::stable_partition(begin, addresses.end(), [&](const auto& a) { return !avoided.holds(a, now); });
    return addresses;
}

class caching_resolver final : public resolver {
  public:
    caching_resolver(std::shared_ptr<resolver> names, std::shared_ptr<clock_source> clock,
                     std::shared_ptr<random_source> random, caching_resolver_options options)
        : names_{std::move(names)}, clock_{std::move(clock)}, random_{std::move(random)}, options_{options} {}

    awaitable<std::vector<asio::ip::address>> resolve(std::string host) override {
        const auto kept = entry_of(host);
        for (bool answered = clock_->now() < kept->until; !answered;) {
            const auto before = kept->answers;
            if (kept->asking)
                co_await kept->changed.wait();
            else
                co_await ask(kept, host);
            answered = kept->answers != before; // else who asked was cancelled
        }
        if (kept->refused) throw_failure(kept->refused);
        co_return in_turn(kept->addresses, kept->next++, avoided_, clock_->now());
    }

    void unreachable(const asio::ip::address& a) noexcept override {
        try {
            avoided_.add(a, clock_->now(), options_.avoid_for());
        } catch (...) { // no memory to remember it: it is tried again
        }
    }

  private:
    struct entry {
        std::vector<asio::ip::address> addresses;
        failure refused; ///< in place of addresses
        steady_time until{};
        steady_time refused_until{}; ///< the next "no such name" before that is the second
        std::size_t next = 0;
        std::uint64_t answers = 0;
        bool asking = false;
        wait_list changed;
    };
    using entry_ptr = std::shared_ptr<entry>;

    class asking_scope {
      public:
        explicit asking_scope(entry_ptr e) : entry_{std::move(e)} { entry_->asking = true; }
        asking_scope(const asking_scope&) = delete;
        asking_scope& operator=(const asking_scope&) = delete;
        ~asking_scope() {
            entry_->asking = false;
            entry_->changed.notify_all();
        }

      private:
        entry_ptr entry_;
    };

    entry_ptr entry_of(const std::string& host) {
        if (const auto it = kept_.find(host); it != kept_.end()) return it->second;
        if (kept_.size() >= max_kept_names) kept_.clear(); // who waits for an answer holds its entry
        return kept_[host] = penstock::detail::share<entry>();
    }

    awaitable<void> ask(entry_ptr kept, std::string host) {
        const asking_scope asking{kept};
        penstock::detail::attempt found{names_->look_up(host)};
        co_await found.run();
        if (!found && found.error().code() == condition::cancelled) throw_failure(found.error());
        const auto now = clock_->now();
        kept->refused = {};
        if (found && found->addresses.empty()) {
            kept->refused = failure{errc::host_not_found, "the resolver knows no address of " + host};
        } else if (!found) {
            kept->refused = found.error();
            const bool unknown = kept->refused.code() == errc::host_not_found;
            const bool again = unknown && now < kept->refused_until;
            const auto remembered = later(now, options_.negative_ttl());
            kept->until = again ? remembered : now;
            kept->refused_until = unknown ? remembered : now;
        } else {
            if (kept->addresses.empty()) kept->next = random_->below(found->addresses.size());
            kept->addresses = std::move(found->addresses);
            kept->until = later(now, std::min(found->ttl, options_.max_ttl()));
            kept->refused_until = now;
        }
        ++kept->answers;
    }

    std::shared_ptr<resolver> names_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<random_source> random_;
    caching_resolver_options options_;
    std::map<std::string, entry_ptr, std::less<>> kept_;
    avoided_addresses avoided_;
};

} // namespace detail

PENSTOCK_DECL std::shared_ptr<resolver> make_caching_resolver(std::shared_ptr<resolver> names,
                                                              std::shared_ptr<clock_source> clock,
                                                              std::shared_ptr<random_source> random,
                                                              caching_resolver_options options) {
    return penstock::detail::share<detail::caching_resolver>(std::move(names), std::move(clock), std::move(random), options);
}

} // namespace penstock::http
