// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace simulation_test {

/// Where a client waits, as it is seen from its seams.
enum class point : std::uint8_t {
    credentials, ///< of the provider
    turn,        ///< among the requests at once
    budget,      ///< for memory
    connect,
    send_head,
    send_body,
    go_ahead, ///< "100 Continue"
    head,     ///< of the answer
    body,     ///< of the answer
    idle,     ///< a kept connection, between requests
    back_off,
    abort, ///< of an upload, after its writer is gone: any of the steps above
};
inline constexpr int points = 12;
inline constexpr const char* point_names[points] = {"credentials", "turn", "budget", "connect", "send head", "send body",
                                                    "go ahead",    "head", "body",   "idle",    "back-off",  "abort"};

/// What struck there. `none` counts how often the point was crossed.
enum class hit : std::uint8_t {
    none,
    cancelled,
    refused, ///< no connection, no such host, no keys
    silent,  ///< until a limit of the client ended it
    slow,    ///< a second or more, then it went on
    cut,     ///< an orderly end
    reset,
    refusal, ///< an error that the store answered
    garbage, ///< no HTTP
    wrong,   ///< HTTP that does not keep its promises: lengths, ranges, tags
    expired, ///< credentials
};
inline constexpr int hits = 11;
inline constexpr const char* hit_names[hits] = {"crossed", "cancelled", "refused", "silent", "slow",   "cut",
                                                "reset",   "refusal",   "garbage", "wrong",  "expired"};

/// How often which fault reached which point, over all schedules.
class coverage {
  public:
    coverage() = default;

    void count(point p, hit h, std::uint64_t n = 1) noexcept { cells_[index(p, h)] += n; }
    std::uint64_t of(point p, hit h) const noexcept { return cells_[index(p, h)]; }

    /// A fault that can reach a point; all else cannot: nobody resets a semaphore.
    static constexpr bool reachable(point p, hit h) noexcept {
        if (h == hit::none) return true;
        switch (p) {
        case point::credentials: return h == hit::cancelled || h == hit::refused || h == hit::slow;
        case point::turn:
        case point::budget:
        case point::back_off: return h == hit::cancelled;
        case point::connect: return h == hit::cancelled || h == hit::refused || h == hit::silent;
        case point::send_head:
        case point::send_body:
            return h == hit::cancelled || h == hit::silent || h == hit::slow || h == hit::cut || h == hit::reset;
        case point::go_ahead:
            return h == hit::cancelled || h == hit::slow || h == hit::cut || h == hit::reset || h == hit::refusal;
        case point::head: return h != hit::refused && h != hit::wrong;
        case point::body: return h != hit::refused && h != hit::garbage && h != hit::expired;
        case point::idle: return h == hit::silent || h == hit::cut || h == hit::reset;
        case point::abort:
            return h == hit::cancelled || h == hit::slow || h == hit::cut || h == hit::reset || h == hit::refusal ||
                   h == hit::garbage; // its own limit is the first that ends a silence
        }
        return false;
    }

    /// The table; '-' where nothing can strike.
    std::string table() const {
        std::string out = "await point ";
        char cell[32];
        for (int h = 0; h < hits; ++h) {
            std::snprintf(cell, sizeof cell, "%10s", hit_names[h]);
            out += cell;
        }
        for (int p = 0; p < points; ++p) {
            std::snprintf(cell, sizeof cell, "\n%-12s", point_names[p]);
            out += cell;
            for (int h = 0; h < hits; ++h) {
                const auto n = cells_[static_cast<std::size_t>(p * hits + h)];
                if (n == 0 && !reachable(static_cast<point>(p), static_cast<hit>(h)))
                    std::snprintf(cell, sizeof cell, "%10s", "-");
                else
                    std::snprintf(cell, sizeof cell, "%10llu", static_cast<unsigned long long>(n));
                out += cell;
            }
        }
        return out + "\n";
    }

    /// The cells that nothing reached although it could: "head: garbage".
    std::string missing() const {
        std::string out;
        for (int p = 0; p < points; ++p)
            for (int h = 0; h < hits; ++h)
                if (cells_[static_cast<std::size_t>(p * hits + h)] == 0 && reachable(static_cast<point>(p), static_cast<hit>(h)))
                    out += std::string{out.empty() ? "" : ", "} + point_names[p] + ": " + hit_names[h];
        return out;
    }

  private:
    static constexpr std::size_t index(point p, hit h) noexcept {
        return static_cast<std::size_t>(p) * hits + static_cast<std::size_t>(h);
    }
    std::array<std::uint64_t, std::size_t{points} * hits> cells_{};
};

} // namespace simulation_test
